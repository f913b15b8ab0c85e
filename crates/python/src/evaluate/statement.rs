//! Statements, in order.

use ruff_python_ast::{self as ast, Stmt};
use ruff_text_size::{Ranged as _, TextSize};

use super::{End, Evaluator, Run};
use crate::builtins;
use crate::heap::Object;
use crate::value::{Text, Value};

impl<'a> Evaluator<'a> {
    /// Runs statements one after the other.
    pub(crate) fn run_body(&mut self, body: &'a [Stmt]) -> Run<()> {
        self.nested(|reader| body.iter().try_for_each(|statement| reader.run(statement)))
    }

    /// Runs one statement.
    pub(crate) fn run(&mut self, statement: &'a Stmt) -> Run<()> {
        self.step()?;
        self.stand_at(statement);
        if !self.attributes.is_empty() {
            self.check_attributes();
        }
        match statement {
            Stmt::Expr(node) => self.eval(&node.value).map(drop),
            Stmt::Assign(node) => self.run_assign(node),
            Stmt::AugAssign(node) => self.run_augmented(node),
            Stmt::AnnAssign(node) => self.run_annotated(node),
            Stmt::If(node) => self.run_if(node),
            Stmt::For(node) => self.run_for(node),
            Stmt::While(node) => self.run_while(node),
            Stmt::Try(node) => self.run_try(node),
            Stmt::With(node) => self.run_with(&node.items, &node.body),
            Stmt::Match(node) => self.run_match(node),
            Stmt::FunctionDef(node) => self.run_def(node),
            Stmt::ClassDef(node) => self.run_class(node),
            Stmt::Return(node) => {
                let value = node.value.as_deref().map_or(Ok(Value::None), |value| self.eval(value))?;
                Err(End::Return(self.frame().token, value))
            }
            Stmt::Raise(node) => self.run_raise(node),
            Stmt::Break(_) => Err(self.frame().loops.last().map_or(End::Halt, |token| End::Break(*token))),
            Stmt::Continue(_) => {
                Err(self.frame().loops.last().map_or(End::Halt, |token| End::Continue(*token)))
            }
            Stmt::Delete(node) => node.targets.iter().try_for_each(|target| self.delete(target)),
            Stmt::Assert(node) => self.run_assert(node),
            Stmt::Import(node) => self.run_import(node),
            Stmt::ImportFrom(node) => self.run_import_from(node),
            Stmt::IpyEscapeCommand(node) => {
                self.run_magic(&node.value);
                Ok(())
            }
            Stmt::TypeAlias(node) => {
                let value = self.unknown("a type alias");
                self.assign(&node.name, value)
            }
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Pass(_) => Ok(()),
        }
    }

    fn run_if(&mut self, node: &'a ast::StmtIf) -> Run<()> {
        let test = self.eval(&node.test)?;
        self.choose(&test, &node.body, &node.elif_else_clauses, node.end())
    }

    /// Follows the arms of an `if` that ends at `after`.
    fn choose(
        &mut self,
        test: &Value,
        body: &'a [Stmt],
        rest: &'a [ast::ElifElseClause],
        after: TextSize,
    ) -> Run<()> {
        match self.truth(test)? {
            Ok(true) => self.run_body(body),
            Ok(false) => self.run_clauses(rest, after),
            Err(why) => {
                let why = self.condition(&why);
                self.branch_until(
                    after,
                    &why,
                    |reader| reader.run_body(body),
                    |reader| reader.run_clauses(rest, after),
                )
            }
        }
    }

    fn run_clauses(&mut self, clauses: &'a [ast::ElifElseClause], after: TextSize) -> Run<()> {
        let Some((clause, rest)) = clauses.split_first() else { return Ok(()) };
        match &clause.test {
            None => self.run_body(&clause.body),
            Some(test) => self.nested(|reader| {
                reader.stand_at(test);
                let test = reader.eval(test)?;
                reader.choose(&test, &clause.body, rest, after)
            }),
        }
    }

    fn run_assert(&mut self, node: &'a ast::StmtAssert) -> Run<()> {
        let test = self.eval(&node.test)?;
        match self.truth(&test)? {
            Ok(true) => Ok(()),
            Ok(false) => {
                let message = match &node.msg {
                    Some(message) => vec![self.eval(message)?],
                    None => Vec::new(),
                };
                let error = self.exception("AssertionError", message);
                Err(End::Raise(error))
            }
            Err(_) => {
                self.risk();
                Ok(())
            }
        }
    }

    fn run_raise(&mut self, node: &'a ast::StmtRaise) -> Run<()> {
        let Some(exc) = &node.exc else {
            let handled = self.frames.iter().rev().find_map(|frame| frame.handling.clone());
            return match handled {
                Some(error) => Err(End::Raise(error)),
                None => self.raise("RuntimeError", Some("No active exception to reraise".to_owned())),
            };
        };
        let value = self.eval(exc)?;
        if let Some(cause) = &node.cause {
            self.eval(cause)?;
        }
        let error = match &value {
            Value::Native(native) if native.is_exception() => self.exception(native.name, Vec::new()),
            Value::Object(id) if matches!(self.heap.get(*id), Object::Class(_)) => {
                self.call(&value, crate::value::Args::default())?
            }
            _ => value,
        };
        Err(End::Raise(error))
    }

    /// A magic or shell line. Nearly all of them leave the chapter's names alone.
    fn run_magic(&mut self, text: &str) {
        let mut words = text.split_whitespace();
        let command = words.next().unwrap_or_default();
        let restores = command == "store" && words.clone().any(|word| word.starts_with("-r"));
        if restores {
            let why = self.why("`%store -r` restores it from another notebook");
            for name in words.filter(|word| !word.starts_with('-')) {
                let name = Text::from(name);
                self.set_name(self.module, name, Value::Unknown(why.clone()));
            }
        } else if command == "run" || command == "load" || command == "reset" {
            let why = self.why(format!("`%{command}` runs code that is not in the chapter"));
            self.escape_module(&why);
            self.any_name = Some(why);
        }
    }

    fn run_import(&mut self, node: &ast::StmtImport) -> Run<()> {
        for alias in &node.names {
            let path = self.text(&alias.name);
            self.import_own(&path)?;
            if let Some(name) = &alias.asname {
                self.bind(name, Value::Module(path))?;
            } else {
                let first = path.split('.').next().unwrap_or(&path);
                let module = Value::Module(self.text(first));
                self.bind(first, module)?;
            }
        }
        self.import_may_fail(node.names.iter().map(|alias| &*alias.name));
        Ok(())
    }

    fn run_import_from(&mut self, node: &ast::StmtImportFrom) -> Run<()> {
        let path = node.module.as_ref().map_or("", |module| module.as_str());
        let own = self.absolute_name(node.level, path).filter(|name| self.is_own(name));
        if let Some(module) = &own {
            self.import_own(module)?;
        }
        let module = match own {
            Some(module) => module,
            None if node.level > 0 => format!(".{path}"),
            None => path.to_owned(),
        };
        self.import_may_fail(std::iter::once(module.as_str()));
        if module == "__future__" {
            return Ok(());
        }
        for alias in &node.names {
            if &*alias.name == "*" {
                self.import_all(&module)?;
                continue;
            }
            if self.is_own(&module) {
                self.import_own(&format!("{module}.{}", alias.name))?;
            }
            let value = self.module_attribute(&module, &alias.name);
            self.bind(alias.asname.as_ref().unwrap_or(&alias.name), value)?;
        }
        Ok(())
    }

    /// Importing what is not installed raises, which a `try` may catch.
    fn import_may_fail<'n>(&mut self, modules: impl Iterator<Item = &'n str>) {
        for module in modules {
            if !builtins::is_standard(module) && !self.is_own(module) {
                self.risk();
            }
        }
    }

    fn import_all(&mut self, module: &str) -> Run<()> {
        if let Some(names) = self.own_names(module) {
            for (name, value) in names {
                self.bind(&name, value)?;
            }
            return Ok(());
        }
        if let Some(names) = Self::module_names(module) {
            for (name, value) in names {
                self.bind(name, value)?;
            }
            return Ok(());
        }
        let why = self.why(format!("`from {module} import *` may set any name"));
        self.escape_module(&why);
        self.any_name = Some(why);
        Ok(())
    }
}
