//! Which names a function's text binds, uses and rebinds elsewhere.

use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, ExprContext, Pattern, Stmt};
use ruff_text_size::{Ranged as _, TextSize};
use rustc_hash::FxHashSet;

use super::value::Text;

/// A function's or lambda's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CodeId(pub(super) u32);

/// The node of a function.
#[derive(Debug, Clone, Copy)]
pub(super) enum Node<'a> {
    /// `def` or `async def`
    Def(&'a ast::StmtFunctionDef),
    /// `lambda`
    Lambda(&'a ast::ExprLambda),
}

/// What is known of a function's text before it runs.
#[derive(Debug)]
pub(super) struct Code<'a> {
    pub(super) node: Node<'a>,
    /// The index of the fence it stands in, among the chapter's Python fences.
    pub(super) fence: usize,
    /// Parameters and names bound in the body.
    pub(super) locals: Rc<FxHashSet<Text>>,
    /// Names declared `global` in this body.
    pub(super) globals: FxHashSet<Text>,
    /// Names declared `nonlocal` in this body.
    pub(super) nonlocals: FxHashSet<Text>,
    /// Every name mentioned here or in a function inside.
    pub(super) mentions: FxHashSet<Text>,
    /// Every name that this or a function inside rebinds in a scope around it.
    pub(super) rebinds: FxHashSet<Text>,
    /// Whether the body yields.
    pub(super) generator: bool,
    /// Whether it is `async`.
    pub(super) is_async: bool,
}

impl<'a> Code<'a> {
    /// Reads a function's text.
    pub(super) fn of(node: Node<'a>, fence: usize) -> Self {
        let mut names = Collector::default();
        let parameters = match node {
            Node::Def(def) => Some(&*def.parameters),
            Node::Lambda(lambda) => lambda.parameters.as_deref(),
        };
        for parameter in parameters.into_iter().flat_map(|parameters| parameters.iter()) {
            names.bind(parameter.name());
        }
        match node {
            Node::Def(def) => names.visit_body(&def.body),
            Node::Lambda(lambda) => names.visit_expr(&lambda.body),
        }
        let mut locals = names.bound;
        locals.retain(|name| !names.globals.contains(name) && !names.nonlocals.contains(name));
        let rebinds: FxHashSet<Text> =
            names.inner_rebinds.iter().chain(&names.globals).chain(&names.nonlocals).cloned().collect();
        Code {
            node,
            fence,
            locals: Rc::new(locals),
            globals: names.globals,
            nonlocals: names.nonlocals,
            mentions: names.mentions,
            rebinds,
            generator: names.yields,
            is_async: matches!(node, Node::Def(def) if def.is_async),
        }
    }

    /// The parameters.
    pub(super) fn parameters(&self) -> Option<&'a ast::Parameters> {
        match self.node {
            Node::Def(def) => Some(&def.parameters),
            Node::Lambda(lambda) => lambda.parameters.as_deref(),
        }
    }
}

/// The names that statements bind, as a class body or a broken fence needs them.
pub(super) fn bound_in(body: &[Stmt]) -> FxHashSet<Text> {
    let mut names = Collector::default();
    names.visit_body(body);
    names.bound
}

/// What a class body says about names.
#[derive(Debug)]
pub(super) struct ClassNames {
    /// Names it binds: they are looked for here and in the module, not in functions around.
    pub(super) bound: FxHashSet<Text>,
    pub(super) globals: FxHashSet<Text>,
    pub(super) nonlocals: FxHashSet<Text>,
}

/// The names of a class body.
pub(super) fn class_names(body: &[Stmt]) -> ClassNames {
    let mut names = Collector::default();
    names.visit_body(body);
    ClassNames { bound: names.bound, globals: names.globals, nonlocals: names.nonlocals }
}

/// Every name and attribute that a statement mentions, functions inside included.
pub(super) fn mentioned_in(statement: &Stmt) -> FxHashSet<&str> {
    let mut mentions = Mentions(FxHashSet::default());
    mentions.visit_stmt(statement);
    mentions.0
}

struct Mentions<'a>(FxHashSet<&'a str>);

impl<'a> Visitor<'a> for Mentions<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => drop(self.0.insert(name.id.as_str())),
            Expr::Attribute(node) => drop(self.0.insert(node.attr.as_str())),
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}

/// Where a function's text mentions names, to tell which of its variables nobody reads any more.
#[derive(Debug, Default)]
pub(super) struct Uses<'a> {
    /// Each mention in its own text.
    here: Vec<(TextSize, &'a str)>,
    /// Names that functions inside mention: they may read them any time.
    inside: FxHashSet<&'a str>,
    /// Whether it reads names that are not in its text, as `locals()` does.
    any: bool,
    depth: usize,
}

impl<'a> Uses<'a> {
    /// Reads a function's text.
    pub(super) fn of(node: Node<'a>) -> Self {
        let mut uses = Uses::default();
        match node {
            Node::Def(def) => uses.visit_body(&def.body),
            Node::Lambda(lambda) => uses.visit_expr(&lambda.body),
        }
        uses
    }

    /// Whether a variable may be read by what stands at `from` or later; without a place, by functions
    /// inside only.
    pub(super) fn reads(&self, name: &str, from: Option<TextSize>) -> bool {
        self.any
            || self.inside.contains(name)
            || from.is_some_and(|from| self.here.iter().any(|(at, mention)| *at >= from && *mention == name))
    }
}

impl<'a> Visitor<'a> for Uses<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let inner = matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_));
        self.depth += usize::from(inner);
        visitor::walk_stmt(self, statement);
        self.depth -= usize::from(inner);
        // What a statement binds or removes is a mention, too.
        if let Stmt::Global(_) | Stmt::Nonlocal(_) = statement {
            self.any = true;
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let inner = matches!(
            expression,
            Expr::Lambda(_) | Expr::Generator(_) | Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_)
        );
        if let Expr::Name(name) = expression {
            let name = name.id.as_str();
            self.any |= matches!(name, "locals" | "vars" | "eval" | "exec" | "dir" | "globals");
            if self.depth > 0 {
                self.inside.insert(name);
            } else {
                self.here.push((expression.start(), name));
            }
        }
        self.depth += usize::from(inner);
        visitor::walk_expr(self, expression);
        self.depth -= usize::from(inner);
    }
}

/// Whether anything in the text of a loop's body may leave the loop: a statement that does, or a name
/// such as `exit`.
pub(super) fn may_leave(body: &[Stmt]) -> bool {
    let mut ways = WaysOut { found: false, loops: 0 };
    ways.visit_body(body);
    ways.found
}

struct WaysOut {
    found: bool,
    /// Inside how many loops of the body.
    loops: usize,
}

impl<'a> Visitor<'a> for WaysOut {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Return(_) | Stmt::Raise(_) | Stmt::Assert(_) => self.found = true,
            Stmt::Break(_) => self.found |= self.loops == 0,
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::For(_) | Stmt::While(_) => {
                self.loops += 1;
                visitor::walk_stmt(self, statement);
                self.loops -= 1;
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let name = match expression {
            Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_) => {
                self.found = true;
                return;
            }
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(node) => node.attr.as_str(),
            _ => "",
        };
        self.found |= name.contains("exit") || name.contains("quit") || name == "next";
        visitor::walk_expr(self, expression);
    }
}

#[derive(Default)]
struct Collector {
    bound: FxHashSet<Text>,
    globals: FxHashSet<Text>,
    nonlocals: FxHashSet<Text>,
    mentions: FxHashSet<Text>,
    inner_rebinds: FxHashSet<Text>,
    yields: bool,
    /// Inside how many comprehensions, whose targets are their own.
    comprehensions: usize,
}

impl Collector {
    fn bind(&mut self, name: &str) {
        self.bound.insert(Text::from(name));
    }

    /// Takes over what a function inside says of the scopes around it.
    fn nested(&mut self, visit: impl FnOnce(&mut Collector)) {
        let mut inner = Collector::default();
        visit(&mut inner);
        self.mentions.extend(inner.mentions);
        self.inner_rebinds.extend(inner.globals);
        self.inner_rebinds.extend(inner.nonlocals);
        self.inner_rebinds.extend(inner.inner_rebinds);
    }
}

impl<'a> Visitor<'a> for Collector {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(def) => {
                self.bind(&def.name);
                for decorator in &def.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                for parameter in def.parameters.iter_non_variadic_params() {
                    if let Some(default) = &parameter.default {
                        self.visit_expr(default);
                    }
                }
                self.nested(|inner| inner.visit_body(&def.body));
            }
            Stmt::ClassDef(class) => {
                self.bind(&class.name);
                for decorator in &class.decorator_list {
                    self.visit_expr(&decorator.expression);
                }
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
                self.nested(|inner| inner.visit_body(&class.body));
            }
            Stmt::Global(global) => self.globals.extend(global.names.iter().map(|name| Text::from(&**name))),
            Stmt::Nonlocal(nonlocal) => {
                self.nonlocals.extend(nonlocal.names.iter().map(|name| Text::from(&**name)));
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.bind(name.split('.').next().unwrap_or(name));
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.bind(alias.asname.as_ref().unwrap_or(&alias.name));
                }
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &inner.name {
            self.bind(name);
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_annotation(&mut self, _annotation: &'a Expr) {}

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(node) => node.name.as_ref(),
            Pattern::MatchStar(node) => node.name.as_ref(),
            Pattern::MatchMapping(node) => node.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name);
        }
        visitor::walk_pattern(self, pattern);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => {
                self.mentions.insert(Text::from(name.id.as_str()));
                if !matches!(name.ctx, ExprContext::Load) && self.comprehensions == 0 {
                    self.bind(name.id.as_str());
                }
            }
            Expr::Named(named) => {
                if let Expr::Name(name) = &*named.target {
                    self.bind(name.id.as_str());
                }
                self.visit_expr(&named.value);
            }
            Expr::Lambda(lambda) => {
                for parameter in lambda.parameters.iter().flat_map(|list| list.iter_non_variadic_params()) {
                    if let Some(default) = &parameter.default {
                        self.visit_expr(default);
                    }
                }
                self.nested(|inner| inner.visit_expr(&lambda.body));
            }
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.comprehensions += 1;
                visitor::walk_expr(self, expression);
                self.comprehensions -= 1;
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                self.yields = true;
                visitor::walk_expr(self, expression);
            }
            _ => visitor::walk_expr(self, expression),
        }
    }
}
