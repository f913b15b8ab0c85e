//! Call sites that were never followed: functions nobody calls, and code behind a fence's early end.

use std::cell::Cell;
use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged as _, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Ended;
use super::evaluate::Evaluator;
use super::handing::Callee;
use super::libraries::{Origins, Sent};
use super::limits;
use super::names::{self, CodeId, Node};
use super::reason::Why;
use super::syntax::Fence;
use super::value::Value;
use tutor_bedrock::Operation;
use tutor_bedrock::found::{Finding, Findings, FoundCall, Language, PartialCall, UnreadCall};

/// A call that sends, or looks like it.
struct Site<'a> {
    node: &'a ast::ExprCall,
    fence: usize,
    what: What,
    /// The innermost function around it.
    function: Option<usize>,
}

impl Site<'_> {
    fn place(&self) -> (usize, u32) {
        (self.fence, self.node.start().to_u32())
    }
}

/// What a call sends for.
enum What {
    /// A method of a Bedrock Runtime client, by its name and arguments.
    Operation(Operation),
    /// Something that is not read.
    Unread(Sent),
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
    by_name: FxHashMap<&'a str, Vec<usize>>,
    origins: Origins<'a>,
    /// Functions looked at so far, for whatever statement.
    looks: Cell<u64>,
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
        if name != LAMBDA {
            self.by_name.entry(name).or_default().push(index);
        }
        self.around.push(index);
        let in_class = std::mem::replace(&mut self.in_class, false);
        visit(self);
        self.in_class = in_class;
        self.around.pop();
    }

    fn what(&self, node: &'a ast::ExprCall) -> Option<What> {
        if let Expr::Attribute(target) = &*node.func
            && let Some(operation) = Evaluator::operation(&target.attr)
        {
            return names_a_model(node).then_some(What::Operation(operation));
        }
        self.origins.sent(node).map(What::Unread)
    }

    fn mention(&mut self, name: &'a str) {
        if let Some(function) = self.around.last() {
            self.functions[*function].mentions.insert(name);
        }
    }

    /// The functions that a statement may call, by name.
    fn called_in(&self, statement: &'a Stmt) -> Vec<usize> {
        let names = names::mentioned_in(statement);
        names.iter().filter_map(|name| self.by_name.get(name)).flatten().copied().collect()
    }

    /// The sites that these functions may come by, through whatever they call by name.
    fn reached_by(&self, from: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut seen: FxHashSet<usize> = FxHashSet::default();
        let mut work: Vec<usize> = from.into_iter().collect();
        let mut sites = Vec::new();
        if self.sites.is_empty() {
            return sites;
        }
        while let Some(index) = work.pop() {
            self.looks.set(self.looks.get() + 1);
            if self.looks.get() > limits::STEPS {
                break;
            }
            if !seen.insert(index) {
                continue;
            }
            let function = &self.functions[index];
            sites.extend(&function.sites);
            work.extend(&function.inner);
            work.extend(function.mentions.iter().filter_map(|name| self.by_name.get(name)).flatten());
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
                if let Some(what) = self.what(node) {
                    let function = self.around.last().copied();
                    if let Some(function) = function {
                        self.functions[function].sites.push(self.sites.len());
                    }
                    self.sites.push(Site { node, fence: self.fence, what, function });
                }
                visitor::walk_expr(self, expression);
            }
            Expr::Lambda(lambda) => {
                let address = std::ptr::from_ref(lambda) as usize;
                self.function(lambda.start(), address, LAMBDA, |finder| {
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

const LAMBDA: &str = "<lambda>";

/// boto3 takes keywords only, and always the model.
fn names_a_model(node: &ast::ExprCall) -> bool {
    let keywords = &node.arguments.keywords;
    node.arguments.args.is_empty()
        && keywords.iter().any(|keyword| keyword.arg.as_ref().is_none_or(|name| &**name == "modelId"))
}

/// Adds what the evaluator never came by.
pub(super) fn add_unreached(reader: &Evaluator<'_>, ends: &[Ended], findings: &mut Findings) {
    let bodies: Vec<(usize, &[Stmt])> = bodies(reader.fences).collect();
    let mut finder = Finder {
        origins: Origins::of(&bodies.iter().map(|(_, body)| *body).collect::<Vec<_>>()),
        ..Finder::default()
    };
    for (index, body) in &bodies {
        finder.fence = *index;
        finder.visit_body(body);
    }
    let mut told = Told::default();
    for noted in &reader.calls {
        told.places.insert(((noted.found.fence, noted.found.line), noted.site));
    }
    let mut found = behind_the_end(reader, ends, &finder, &mut told);
    for (trigger, statement, why) in &reader.failed {
        for site in finder.reached_by(finder.called_in(statement)) {
            found.extend(told.unresolved(reader, &finder, site, *trigger, why));
        }
    }
    found.extend(unreached(reader, ends, &finder, &mut told));
    found.extend(handed_over(reader, &finder, &mut told));
    if !finder.origins.is_empty() {
        found.extend(unread(reader, &finder, &mut told));
    }
    findings.calls.extend(found);
}

/// The statements of the fences that parse, with the fences' numbers.
fn bodies<'a>(fences: &'a [Fence<'a>]) -> impl Iterator<Item = (usize, &'a [Stmt])> {
    fences.iter().enumerate().filter(|(_, fence)| fence.broken.is_none()).filter_map(|(index, fence)| {
        let module = fence.module.as_ref()?;
        Some((index, &*module.body))
    })
}

/// What libraries send: under each top-level statement that comes by the call, by the names it calls; one
/// that none comes by stands at its function.
fn unread(reader: &Evaluator<'_>, finder: &Finder<'_>, told: &mut Told) -> Vec<FoundCall> {
    let mut found = Vec::new();
    // What was followed was told as far as it is sent.
    let is_followed = |site: &Site<'_>| reader.reached.contains(&site.place());
    let is_unread = |site: &usize| {
        let site = &finder.sites[*site];
        matches!(site.what, What::Unread(_)) && !is_followed(site)
    };
    let mut reached: FxHashSet<usize> = FxHashSet::default();
    let outside = |site: &usize| finder.sites[*site].function.is_none();
    let mut direct: Vec<(usize, TextSize, usize)> = (0..finder.sites.len())
        .filter(|site| is_unread(site) && outside(site))
        .map(|site| (finder.sites[site].fence, finder.sites[site].node.start(), site))
        .collect();
    direct.sort_unstable();
    for (index, body) in bodies(&reader.fences[..reader.chapter]) {
        for statement in body {
            if matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                continue;
            }
            let trigger = (index, reader.fences[index].line(statement.start()));
            let range = statement.range();
            let first = direct.partition_point(|(fence, start, _)| (*fence, *start) < (index, range.start()));
            let inside = direct[first..]
                .iter()
                .take_while(|(fence, start, _)| *fence == index && *start < range.end());
            let inside: Vec<usize> = inside.map(|(.., site)| *site).collect();
            let behind = finder.reached_by(finder.called_in(statement)).into_iter().filter(is_unread);
            for site in inside.into_iter().chain(behind) {
                reached.insert(site);
                found.extend(told.unread(reader, finder, site, trigger));
            }
        }
    }
    for site in (0..finder.sites.len()).filter(is_unread).filter(|site| !reached.contains(site)) {
        let site_of = &finder.sites[site];
        if site_of.fence >= reader.chapter {
            continue;
        }
        let at = site_of.function.map_or(site_of.node.start(), |function| finder.functions[function].start);
        let here = (site_of.fence, reader.fences[site_of.fence].line(at));
        found.extend(told.unread(reader, finder, site, here));
    }
    found
}

/// What is told already: the site, under the fence and line where it is triggered.
#[derive(Default)]
struct Told {
    /// How many calls were told at each statement beyond those that were followed.
    at: FxHashMap<(usize, usize), usize>,
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
        let site = &finder.sites[site];
        let known = partial(reader, site)?;
        let (fence, line) = self.take(reader, site, trigger)?;
        let finding = Finding::Unresolved { known, reason: why.reason() };
        Some(FoundCall { fence, line, language: Language::Python, finding })
    }

    /// A call that is not read.
    fn unread(
        &mut self,
        reader: &Evaluator<'_>,
        finder: &Finder<'_>,
        site: usize,
        trigger: (usize, usize),
    ) -> Option<FoundCall> {
        let site = &finder.sites[site];
        let What::Unread(sent) = &site.what else { return None };
        let (fence, line) = self.take(reader, site, trigger)?;
        let text = &reader.fences[site.fence].text;
        let function = &text[site.node.func.range()];
        let finding = Finding::Unread(UnreadCall {
            library: sent.library.clone(),
            written: shortened(function),
            operation: None,
            model_id: sent.model_id.clone(),
        });
        Some(FoundCall { fence, line, language: Language::Python, finding })
    }

    /// The fence and line of a statement that a site is not told under yet.
    fn take(
        &mut self,
        reader: &Evaluator<'_>,
        site: &Site<'_>,
        trigger: (usize, usize),
    ) -> Option<(usize, usize)> {
        let source = &reader.fences[trigger.0].source;
        let place = (source.fence, trigger.1);
        if source.skip || self.places.len() >= limits::CALLS || !self.places.insert((place, site.place())) {
            return None;
        }
        let told = self.at.entry(place).or_default();
        *told += 1;
        (*told <= limits::CALLS_OF_STATEMENT).then_some(place)
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
        let Some(known) = partial(reader, site) else { continue };
        let fence = &reader.fences[site.fence];
        let in_module = site.fence >= reader.chapter;
        if fence.source.skip || reader.reached.contains(&site.place()) {
            continue;
        }
        let function = site.function.map(|function| &finder.functions[function]);
        let at = function.map_or(site.node.start(), |function| function.start);
        let here = (site.fence, fence.line(at));
        let handed = function.and_then(|function| handed.get(&function.address));
        let call = match (handed, function, ends.get(site.fence).unwrap_or(&None)) {
            (Some((fence, line, why)), ..) => told.unresolved(reader, finder, index, (*fence, *line), why),
            // What a module of the chapter's own has and nobody calls is nobody's business here.
            _ if in_module => None,
            (None, Some(_), _) => match halted {
                _ if behind.contains(&site.place()) => None,
                Some(why) => told.unresolved(reader, finder, index, here, why),
                None => Some(FoundCall {
                    fence: fence.source.fence,
                    line: here.1,
                    language: Language::Python,
                    finding: Finding::Uncalled { known },
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
    for (index, fence) in reader.fences[..reader.chapter].iter().enumerate().skip(reader.trigger.0) {
        let Some(module) = fence.module.as_ref().filter(|_| fence.broken.is_none()) else { continue };
        for statement in &module.body {
            let trigger = (index, fence.line(statement.start()));
            if trigger < reader.trigger || matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                continue;
            }
            for site in finder.reached_by(finder.called_in(statement)) {
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

/// A function as the code writes it, on one line and not too long.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= LONGEST {
        line
    } else {
        line.chars().take(LONGEST - 1).chain(['…']).collect()
    }
}

/// What the text alone says of a call of a client.
fn partial(reader: &Evaluator<'_>, site: &Site<'_>) -> Option<PartialCall> {
    let What::Operation(operation) = site.what else { return None };
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
    Some(PartialCall { operation, model_id, body: None })
}
