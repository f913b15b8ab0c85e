//! Call sites that were never followed: functions nobody calls, and code behind a fence's early end.

use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged as _, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Ended;
use super::evaluate::Evaluator;
use super::handing::Callee;
use super::names::{self, CodeId, Node};
use super::reason::Why;
use super::value::Value;
use tutor_bedrock::Operation;
use tutor_bedrock::found::{Finding, Findings, FoundCall, Language, PartialCall};

/// A call that looks like one of Bedrock Runtime's.
struct Site<'a> {
    node: &'a ast::ExprCall,
    fence: usize,
    operation: Operation,
    /// The innermost function around it.
    function: Option<usize>,
}

impl Site<'_> {
    fn place(&self) -> (usize, u32) {
        (self.fence, self.node.start().to_u32())
    }
}

/// A function of the chapter.
struct Func<'a> {
    start: TextSize,
    /// The address of its node.
    address: usize,
    name: &'a str,
    /// Whether it stands in a class.
    method: bool,
    /// Names of variables and attributes in it.
    mentions: FxHashSet<&'a str>,
    /// The functions inside.
    inner: Vec<usize>,
    sites: Vec<usize>,
}

/// All functions of a chapter and the call sites in it.
#[derive(Default)]
struct Finder<'a> {
    fence: usize,
    sites: Vec<Site<'a>>,
    functions: Vec<Func<'a>>,
    /// The functions around the place being visited.
    around: Vec<usize>,
    /// Whether the innermost thing around it is a class.
    in_class: bool,
}

impl<'a> Finder<'a> {
    fn function(&mut self, start: TextSize, address: usize, name: &'a str, visit: impl FnOnce(&mut Self)) {
        let index = self.functions.len();
        if let Some(outer) = self.around.last() {
            self.functions[*outer].inner.push(index);
        }
        self.functions.push(Func {
            start,
            address,
            name,
            method: self.in_class,
            mentions: FxHashSet::default(),
            inner: Vec::new(),
            sites: Vec::new(),
        });
        self.around.push(index);
        let in_class = std::mem::replace(&mut self.in_class, false);
        visit(self);
        self.in_class = in_class;
        self.around.pop();
    }

    fn mention(&mut self, name: &'a str) {
        if let Some(function) = self.around.last() {
            self.functions[*function].mentions.insert(name);
        }
    }

    /// The sites that these functions may come by, through whatever they call by name.
    fn reached_by(&self, from: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut seen: FxHashSet<usize> = FxHashSet::default();
        let mut work: Vec<usize> = from.into_iter().collect();
        let mut sites = Vec::new();
        while let Some(index) = work.pop() {
            if !seen.insert(index) {
                continue;
            }
            let function = &self.functions[index];
            sites.extend(&function.sites);
            work.extend(&function.inner);
            work.extend((0..self.functions.len()).filter(|other| {
                let other = &self.functions[*other];
                other.name != "<lambda>" && function.mentions.contains(other.name)
            }));
        }
        sites.sort_unstable();
        sites
    }
}

impl<'a> Visitor<'a> for Finder<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(def) => {
                let address = std::ptr::from_ref(def) as usize;
                self.function(def.name.start(), address, &def.name, |finder| {
                    visitor::walk_stmt(finder, statement);
                });
            }
            Stmt::ClassDef(_) => {
                let in_class = std::mem::replace(&mut self.in_class, true);
                visitor::walk_stmt(self, statement);
                self.in_class = in_class;
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(node) => {
                if let Expr::Attribute(target) = &*node.func
                    && let Some(operation) = Evaluator::operation(&target.attr)
                    && names_a_model(node)
                {
                    let function = self.around.last().copied();
                    if let Some(function) = function {
                        self.functions[function].sites.push(self.sites.len());
                    }
                    self.sites.push(Site { node, fence: self.fence, operation, function });
                }
                visitor::walk_expr(self, expression);
            }
            Expr::Lambda(lambda) => {
                let address = std::ptr::from_ref(lambda) as usize;
                self.function(lambda.start(), address, "<lambda>", |finder| {
                    visitor::walk_expr(finder, expression);
                });
            }
            Expr::Name(name) => self.mention(&name.id),
            Expr::Attribute(node) => {
                self.mention(&node.attr);
                visitor::walk_expr(self, expression);
            }
            _ => visitor::walk_expr(self, expression),
        }
    }
}

/// boto3 takes keywords only, and always the model.
fn names_a_model(node: &ast::ExprCall) -> bool {
    let keywords = &node.arguments.keywords;
    node.arguments.args.is_empty()
        && keywords.iter().any(|keyword| keyword.arg.as_ref().is_none_or(|name| &**name == "modelId"))
}

/// Adds what the evaluator never came by.
pub(super) fn add_unreached(reader: &Evaluator<'_>, ends: &[Ended], findings: &mut Findings) {
    let mut finder = Finder::default();
    for (index, fence) in reader.fences.iter().enumerate() {
        if let (None, Some(module)) = (&fence.broken, &fence.module) {
            finder.fence = index;
            finder.visit_body(&module.body);
        }
    }
    let mut told = Told::default();
    for noted in &reader.calls {
        told.places.insert(((noted.found.fence, noted.found.line), noted.site));
    }
    let mut found = behind_the_end(reader, ends, &finder, &mut told);
    found.extend(unreached(reader, ends, &finder, &mut told));
    found.extend(handed_over(reader, &finder, &mut told));
    findings.calls.extend(found);
}

/// What is told already: the site, under the fence and line where it is triggered.
#[derive(Default)]
struct Told {
    places: FxHashSet<((usize, usize), (usize, u32))>,
}

impl Told {
    /// A call that is not resolved, unless it is told already or its fence is skipped.
    fn unresolved(
        &mut self,
        reader: &Evaluator<'_>,
        finder: &Finder<'_>,
        site: usize,
        trigger: (usize, usize),
        why: &Why,
    ) -> Option<FoundCall> {
        let source = &reader.fences[trigger.0].source;
        let site = &finder.sites[site];
        if source.skip || !self.places.insert(((source.fence, trigger.1), site.place())) {
            return None;
        }
        let known = partial(reader, site);
        let finding = Finding::Unresolved { known, reason: why.reason() };
        Some(FoundCall { fence: source.fence, line: trigger.1, language: Language::Python, finding })
    }
}

/// Sites that no call came by: in functions that nobody calls or that were handed over, and behind the
/// end of a fence.
fn unreached(reader: &Evaluator<'_>, ends: &[Ended], finder: &Finder<'_>, told: &mut Told) -> Vec<FoundCall> {
    let handed: FxHashMap<usize, &(usize, usize, Rc<Why>)> =
        reader.handed_over.iter().map(|(id, place)| (address(reader, *id), place)).collect();
    let halted = halted(ends);
    let behind: FxHashSet<(usize, u32)> = told.places.iter().map(|(_, site)| *site).collect();
    let mut found = Vec::new();
    for (index, site) in finder.sites.iter().enumerate() {
        let fence = &reader.fences[site.fence];
        if fence.source.skip || reader.reached.contains(&site.place()) {
            continue;
        }
        let function = site.function.map(|function| &finder.functions[function]);
        let at = function.map_or(site.node.start(), |function| function.start);
        let here = (site.fence, fence.line(at));
        let handed = function.and_then(|function| handed.get(&function.address));
        let call = match (handed, function, &ends[site.fence]) {
            (Some((fence, line, why)), ..) => told.unresolved(reader, finder, index, (*fence, *line), why),
            (None, Some(_), _) => match halted {
                Some(_) if behind.contains(&site.place()) => None,
                Some(why) => told.unresolved(reader, finder, index, here, why),
                None => Some(FoundCall {
                    fence: fence.source.fence,
                    line: here.1,
                    language: Language::Python,
                    finding: Finding::Uncalled { known: partial(reader, site) },
                }),
            },
            (None, None, Some(why)) => told.unresolved(reader, finder, index, here, why),
            // Code that a known condition leaves out, or that handles what does not happen.
            (None, None, None) => None,
        };
        found.extend(call);
    }
    found
}

/// What functions send that code which is not known may call, under the statement that gives it to them.
fn handed_over(reader: &Evaluator<'_>, finder: &Finder<'_>, told: &mut Told) -> Vec<FoundCall> {
    let mut found = Vec::new();
    for handing in &reader.handings {
        let functions: Vec<usize> = match &handing.callee {
            Callee::Code(id) => {
                let address = address(reader, *id);
                (0..finder.functions.len()).filter(|at| finder.functions[*at].address == address).collect()
            }
            Callee::Named { name, method } => (0..finder.functions.len())
                .filter(|at| finder.functions[*at].name == &**name && finder.functions[*at].method == *method)
                .collect(),
        };
        for site in finder.reached_by(functions) {
            // One that nobody came by is told where its function was handed over first.
            if reader.reached.contains(&finder.sites[site].place()) {
                found.extend(told.unresolved(reader, finder, site, handing.trigger, &handing.why));
            }
        }
    }
    found
}

/// What statements send that were not read any more because reading took too much.
fn behind_the_end(
    reader: &Evaluator<'_>,
    ends: &[Ended],
    finder: &Finder<'_>,
    told: &mut Told,
) -> Vec<FoundCall> {
    let Some(why) = halted(ends) else { return Vec::new() };
    let mut found = Vec::new();
    for (index, fence) in reader.fences.iter().enumerate().skip(reader.trigger.0) {
        let Some(module) = fence.module.as_ref().filter(|_| fence.broken.is_none()) else { continue };
        for statement in &module.body {
            let trigger = (index, fence.line(statement.start()));
            if trigger < reader.trigger || matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                continue;
            }
            let names = names::mentioned_in(std::slice::from_ref(statement));
            let called = (0..finder.functions.len()).filter(|at| names.contains(finder.functions[*at].name));
            for site in finder.reached_by(called.collect::<Vec<_>>()) {
                found.extend(told.unresolved(reader, finder, site, trigger, why));
            }
        }
    }
    found
}

/// Why reading ended for good, if it did.
fn halted(ends: &[Ended]) -> Option<&Rc<Why>> {
    ends.last().and_then(Option::as_ref).filter(|why| why.text == super::TOO_MUCH)
}

fn address(reader: &Evaluator<'_>, id: CodeId) -> usize {
    match reader.code(id).node {
        Node::Def(def) => std::ptr::from_ref(def) as usize,
        Node::Lambda(lambda) => std::ptr::from_ref(lambda) as usize,
    }
}

/// What the text alone says of a call.
fn partial(reader: &Evaluator<'_>, site: &Site<'_>) -> PartialCall {
    let model = site.node.arguments.find_keyword("modelId").map(|keyword| &keyword.value);
    let model_id = match model {
        Some(Expr::StringLiteral(text)) => Some(text.value.to_str().to_owned()),
        // A name of the module is only meant if it is written like a constant.
        Some(Expr::Name(name)) if site.function.is_none() || !name.id.contains(char::is_lowercase) => {
            match reader.name_in(reader.module, &name.id) {
                Some(Value::Str(text)) => Some(text.to_string()),
                _ => None,
            }
        }
        _ => None,
    };
    PartialCall { operation: site.operation, model_id, body: None }
}
