//! The chapter's own modules: files beside it, or in folders that its code puts on `sys.path`.
//!
//! [`load`] finds them before anything is evaluated, by the imports in the code's text; the evaluator
//! runs one when an import comes by it, as Python does: once, in a scope of its own. What goes wrong in
//! one is told under the chapter's statement, with the file and line in the reason.

use std::rc::Rc;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Operator, Stmt};
use ruff_python_parser::{Mode, ParseOptions};
use rustc_hash::{FxHashMap, FxHashSet};

use super::evaluate::{End, Evaluator, Frame, Run};
use super::heap::{Object, Scope};
use super::syntax::Fence;
use super::value::{Id, Text, Value};
use super::{builtins, limits, parser, syntax};
use tutor_bedrock::found::{Files, Language, Source};

/// A module of the chapter's own.
#[derive(Debug)]
pub(super) struct Own {
    /// The path of its file from the chapter's folder on.
    pub(super) file: String,
    /// Whether it is the `__init__.py` of a package.
    package: bool,
    /// Its place among the fences.
    fence: usize,
    /// Its names, once it was imported.
    scope: Option<Id>,
}

/// The modules of a chapter by their dotted names, and their texts.
#[derive(Debug, Default)]
pub(super) struct Modules {
    pub(super) sources: Vec<Source>,
    /// Name, file and whether it is a package, in the order of `sources`.
    found: Vec<(Text, String, bool)>,
}

impl Modules {
    /// The modules, whose fences stand after the chapter's own.
    pub(super) fn by_name(&self, chapter: usize) -> FxHashMap<Text, Own> {
        let numbered = self.found.iter().enumerate();
        numbered
            .map(|(index, (name, file, package))| {
                let own = Own { file: file.clone(), package: *package, fence: chapter + index, scope: None };
                (name.clone(), own)
            })
            .collect()
    }
}

/// Finds the modules that a chapter's fences import, and those that these import.
pub(super) fn load(fences: &[Fence<'_>], files: &dyn Files) -> Modules {
    let mut modules = Modules::default();
    let bodies: Vec<&[Stmt]> = fences
        .iter()
        .filter(|fence| fence.broken.is_none())
        .filter_map(|fence| Some(&*fence.module.as_ref()?.body))
        .collect();
    let folders = folders(&bodies);
    let mut imports = Imports { package: Vec::new(), names: Vec::new() };
    for body in bodies {
        imports.visit_body(body);
    }
    let mut tried: FxHashSet<String> = FxHashSet::default();
    let mut bytes = 0;
    while let Some(name) = imports.names.pop() {
        let first = name.split('.').next().unwrap_or_default();
        if name.is_empty() || builtins::is_standard(first) || builtins::is_module(first) {
            continue;
        }
        if modules.found.len() >= limits::MODULES || !tried.insert(name.clone()) {
            continue;
        }
        if let Some((parent, _)) = name.rsplit_once('.') {
            imports.names.push(parent.to_owned());
        }
        let path = name.replace('.', "/");
        let mut candidates = folders.iter().flat_map(|folder| {
            let join = |file: String| if folder.is_empty() { file } else { format!("{folder}/{file}") };
            [(join(format!("{path}/__init__.py")), true), (join(format!("{path}.py")), false)]
        });
        let Some((file, package, text)) =
            candidates.find_map(|(file, package)| files.text(&file).map(|text| (file, package, text)))
        else {
            continue;
        };
        bytes += text.len();
        if bytes > limits::MODULE_BYTES || syntax::too_large(&text, &text).is_some() {
            continue;
        }
        if let Some(module) = parser::parse(&text, ParseOptions::from(Mode::Module))
            .and_then(ruff_python_parser::Parsed::try_into_module)
        {
            let mut parts: Vec<String> = name.split('.').map(str::to_owned).collect();
            if !package {
                parts.pop();
            }
            imports.package = parts;
            imports.visit_body(&module.syntax().body);
        }
        modules.found.push((Text::from(name.as_str()), file, package));
        modules.sources.push(Source {
            fence: usize::MAX,
            language: Language::Python,
            text,
            first_line: 1,
            values: Vec::new(),
            skip: false,
        });
    }
    modules
}

/// Every module that code may import, by its dotted name.
struct Imports {
    /// The package of the code, for relative imports.
    package: Vec<String>,
    names: Vec<String>,
}

impl<'a> Visitor<'a> for Imports {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(node) => self.names.extend(node.names.iter().map(|alias| alias.name.to_string())),
            Stmt::ImportFrom(node) => {
                let module = node.module.as_ref().map_or("", ast::Identifier::as_str);
                let Some(module) = absolute(&self.package, node.level, module) else { return };
                self.names.extend(node.names.iter().map(|alias| format!("{module}.{}", alias.name)));
                self.names.push(module);
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }
}

/// The absolute name of a module that is imported from code in `package`.
fn absolute(package: &[String], level: u32, module: &str) -> Option<String> {
    if level == 0 {
        return Some(module.to_owned());
    }
    let keep = package.len().checked_sub(level as usize - 1)?;
    let mut parts: Vec<&str> = package[..keep].iter().map(String::as_str).collect();
    parts.extend(module.split('.').filter(|part| !part.is_empty()));
    (!parts.is_empty()).then(|| parts.join("."))
}

/// The folders that modules are looked for in, first ones first, from the chapter's on.
fn folders(bodies: &[&[Stmt]]) -> Vec<String> {
    let mut finder = Folders { values: FxHashMap::default(), first: Vec::new(), last: Vec::new() };
    for body in bodies {
        finder.visit_body(body);
    }
    finder.first.reverse();
    let mut all = finder.first;
    all.push(String::new());
    all.extend(finder.last);
    let mut seen = FxHashSet::default();
    all.retain(|folder| seen.insert(folder.clone()));
    all.truncate(limits::FOLDERS);
    all
}

/// Looks for what code puts on `sys.path`.
struct Folders<'a> {
    /// What names were assigned.
    values: FxHashMap<&'a str, &'a Expr>,
    first: Vec<String>,
    last: Vec<String>,
}

impl<'a> Folders<'a> {
    /// A path from the chapter's folder on, if an expression says so.
    fn path(&self, node: &'a Expr, depth: usize) -> Option<String> {
        if depth > 20 {
            return None;
        }
        let inner = |node: &'a Expr| self.path(node, depth + 1);
        match node {
            Expr::StringLiteral(text) => {
                let text = text.value.to_str();
                (!text.starts_with(['/', '~'])).then(|| text.to_owned())
            }
            Expr::Name(name) if name.id.as_str() == "__file__" => Some("chapter".to_owned()),
            Expr::Name(name) => inner(self.values.get(name.id.as_str())?),
            Expr::BinOp(node) if node.op == Operator::Div => {
                Some(joined(&inner(&node.left)?, &inner(&node.right)?))
            }
            Expr::BinOp(node) if node.op == Operator::Add => Some(inner(&node.left)? + &inner(&node.right)?),
            Expr::Attribute(node) => match node.attr.as_str() {
                "parent" => Some(joined(&inner(&node.value)?, "..")),
                "pardir" => Some("..".to_owned()),
                "curdir" => Some(String::new()),
                _ => None,
            },
            Expr::Subscript(node) => {
                let Expr::Attribute(parents) = &*node.value else { return None };
                let Expr::NumberLiteral(number) = &*node.slice else { return None };
                let up = number.value.as_int()?.as_u8()?;
                (parents.attr.as_str() == "parents" && up < 8).then_some(())?;
                Some((0..=up).fold(inner(&parents.value)?, |path, _| joined(&path, "..")))
            }
            Expr::Call(node) => self.called(node, depth),
            _ => None,
        }
    }

    fn called(&self, node: &'a ast::ExprCall, depth: usize) -> Option<String> {
        let arguments = &node.arguments.args;
        let inner = |node: &'a Expr| self.path(node, depth + 1);
        let (name, object) = match &*node.func {
            Expr::Name(name) => (name.id.as_str(), None),
            Expr::Attribute(target) => (target.attr.as_str(), Some(&*target.value)),
            _ => return None,
        };
        match (name, arguments.first()) {
            ("getcwd" | "cwd" | "Path", None) => Some(String::new()),
            ("join", Some(_)) => {
                arguments.iter().try_fold(String::new(), |path, part| Some(joined(&path, &inner(part)?)))
            }
            ("joinpath", Some(part)) => Some(joined(&inner(object?)?, &inner(part)?)),
            ("dirname", Some(path)) => Some(joined(&inner(path)?, "..")),
            ("abspath" | "realpath" | "normpath" | "expanduser" | "str" | "fspath", Some(path)) => {
                inner(path)
            }
            ("Path" | "PurePath", Some(_)) => {
                arguments.iter().try_fold(String::new(), |path, part| Some(joined(&path, &inner(part)?)))
            }
            ("resolve" | "absolute" | "as_posix", None) => inner(object?),
            _ => None,
        }
    }

    fn add(&mut self, node: &'a Expr, first: bool) {
        if let Some(path) = self.path(node, 0) {
            let path = normal(&path);
            if first { self.first.push(path) } else { self.last.push(path) }
        }
    }
}

impl<'a> Visitor<'a> for Folders<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(node) => {
                if let [Expr::Name(name)] = node.targets.as_slice() {
                    self.values.insert(&name.id, &node.value);
                }
            }
            Stmt::AugAssign(node) if is_sys_path(&node.target) => {
                if let Expr::List(list) = &*node.value {
                    list.elts.iter().for_each(|path| self.add(path, false));
                }
            }
            _ => {}
        }
        visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(node) = expression
            && let Expr::Attribute(target) = &*node.func
            && is_sys_path(&target.value)
        {
            match (target.attr.as_str(), &*node.arguments.args) {
                ("append", [path]) => self.add(path, false),
                ("insert", [_, path]) => self.add(path, true),
                ("extend", [Expr::List(list)]) => list.elts.iter().for_each(|path| self.add(path, false)),
                _ => {}
            }
        }
        visitor::walk_expr(self, expression);
    }
}

fn is_sys_path(node: &Expr) -> bool {
    matches!(node, Expr::Attribute(node) if node.attr.as_str() == "path"
        && matches!(&*node.value, Expr::Name(name) if name.id.as_str() == "sys"))
}

fn joined(path: &str, part: &str) -> String {
    if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") }
}

/// A path without `.` and without names that `..` takes back.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl Evaluator<'_> {
    /// Whether a dotted name is one of the chapter's own modules, or a folder of them.
    pub(super) fn is_own(&self, name: &str) -> bool {
        !self.own.is_empty()
            && self.own.keys().any(|own| {
                own.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
    }

    /// The names of a module of the chapter's own that was imported.
    pub(super) fn own_scope(&self, name: &str) -> Option<Id> {
        let scope = self.own.get(name)?.scope?;
        (!matches!(self.heap.get(scope), Object::Absent)).then_some(scope)
    }

    /// The file that is being followed, if it is a module's.
    pub(super) fn own_file(&self) -> Option<&str> {
        let fence = self.frame().fence;
        let own = (fence >= self.chapter).then(|| self.own.values().find(|own| own.fence == fence))??;
        Some(&own.file)
    }

    /// The absolute name of a module that the running code imports.
    pub(super) fn absolute_name(&self, level: u32, module: &str) -> Option<String> {
        let fence = self.frame().fence;
        let package =
            self.own.iter().find(|(_, own)| own.fence == fence).map_or_else(Vec::new, |(name, own)| {
                let mut parts: Vec<String> = name.split('.').map(str::to_owned).collect();
                if !own.package {
                    parts.pop();
                }
                parts
            });
        absolute(&package, level, module)
    }

    /// Runs a module of the chapter's own and its packages, unless that was done before.
    pub(super) fn import_own(&mut self, name: &str) -> Run<()> {
        if let Some((parent, _)) = name.rsplit_once('.') {
            self.import_own(parent)?;
        }
        let Some(own) = self.own.get(name) else { return Ok(()) };
        if self.own_scope(name).is_some() {
            return Ok(());
        }
        let index = own.fence;
        let scope = self.heap.add(Object::Scope(Rc::new(Scope::default())));
        if let Some(own) = self.own.get_mut(name) {
            own.scope = Some(scope);
        }
        let names = [("__name__", Value::str(name)), ("__file__", self.unknown("the path of a file"))];
        for (name, value) in names {
            let name = self.text(name);
            self.set_name(scope, name, value);
        }
        let fence = &self.fences[index];
        let (None, Some(module)) = (&fence.broken, &fence.module) else {
            let why = self.why(format!("it comes from `{name}`, which does not parse"));
            self.heap.set(scope, Object::Opaque(why, super::heap::Kind::Builtin("module")));
            return Ok(());
        };
        let at = self.at;
        let token = self.token();
        self.frames.push(Frame {
            scopes: Vec::new(),
            own: scope,
            function_scope: scope,
            globals: scope,
            token,
            loops: Vec::new(),
            fence: index,
            function: None,
            receiver: None,
            consumer: None,
            handling: None,
        });
        let result = self.run_body(&module.body);
        self.frames.pop();
        self.at = at;
        if matches!(result, Err(End::Raise(_)))
            && let Some(own) = self.own.get_mut(name)
        {
            own.scope = None;
        }
        result?;
        if let Some((parent, child)) = name.rsplit_once('.')
            && let Some(parent) = self.own_scope(parent)
        {
            let (child, module) = (self.text(child), Value::Module(self.text(name)));
            self.set_name(parent, child, module);
        }
        Ok(())
    }

    /// A name of a module of the chapter's own.
    pub(super) fn attribute_of_own(&mut self, module: &str, name: &str) -> Option<Value> {
        if !self.is_own(module) {
            return None;
        }
        if let Some(scope) = self.own_scope(module) {
            if let Object::Opaque(why, _) = self.heap.get(scope) {
                return Some(Value::Unknown(why.clone()));
            }
            if let Some(value) = self.name_in(scope, name) {
                return Some(value.clone());
            }
        }
        let inner = format!("{module}.{name}");
        if self.is_own(&inner) {
            return Some(Value::Module(self.text(&inner)));
        }
        Some(self.unknown(format!("it comes from `{module}`, which has no `{name}`")))
    }

    /// The names that a star import of a module of the chapter's own binds.
    pub(super) fn own_names(&self, module: &str) -> Option<Vec<(Text, Value)>> {
        let Object::Scope(scope) = self.heap.get(self.own_scope(module)?) else { return None };
        let listed: Option<Vec<Text>> = match scope.names.get("__all__") {
            None => None,
            Some(list) => match self.object(list)? {
                Object::List(items) => Some(items.iter().filter_map(Value::as_str).map(Text::from).collect()),
                _ => return None,
            },
        };
        let wanted = |name: &Text| match &listed {
            Some(listed) => listed.contains(name),
            None => !name.starts_with('_'),
        };
        let names = scope.names.iter().filter(|(name, _)| wanted(name));
        Some(names.map(|(name, value)| (name.clone(), value.clone())).collect())
    }
}
