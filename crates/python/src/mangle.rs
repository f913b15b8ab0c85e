//! Private names: in a class body `__name` stands for `_Class__name`, wherever it is written.
//!
//! The tree is rewritten once after parsing, so that nothing else needs to know.

use ruff_python_ast::visitor::transformer::{self, Transformer};
use ruff_python_ast::{self as ast, Expr, Identifier, ModModule, Pattern, Stmt};

/// Rewrites the private names of every class in a module.
pub(super) fn mangle(module: &mut ModModule) {
    Mangler::default().visit_body(&mut module.body);
}

/// Whether a name may be one that was rewritten.
pub(super) fn is_mangled(name: &str) -> bool {
    name.starts_with('_') && !name.starts_with("__") && name[1..].contains("__")
}

#[derive(Default)]
struct Mangler {
    /// The class around, without its leading underscores; empty for a class of underscores only.
    class: std::cell::RefCell<Vec<String>>,
}

impl Mangler {
    /// What a name stands for here, if that is another.
    fn mangled(&self, name: &str) -> Option<String> {
        let class = self.class.borrow();
        let class = class.last().filter(|class| !class.is_empty())?;
        let private = name.starts_with("__") && !name.ends_with("__") && !name.contains('.');
        private.then(|| format!("_{class}{name}"))
    }

    fn rename(&self, name: &mut Identifier) {
        if let Some(new) = self.mangled(name) {
            name.id = new.into();
        }
    }

    fn rename_all<'n>(&self, names: impl IntoIterator<Item = &'n mut Identifier>) {
        names.into_iter().for_each(|name| self.rename(name));
    }
}

impl Transformer for Mangler {
    fn visit_stmt(&self, statement: &mut Stmt) {
        match statement {
            Stmt::ClassDef(class) => {
                for decorator in &mut class.decorator_list {
                    self.visit_decorator(decorator);
                }
                if let Some(arguments) = &mut class.arguments {
                    self.visit_arguments(arguments);
                }
                let own = class.name.trim_start_matches('_').to_owned();
                self.class.borrow_mut().push(own);
                self.visit_body(&mut class.body);
                self.class.borrow_mut().pop();
                self.rename(&mut class.name);
                return;
            }
            Stmt::FunctionDef(def) => self.rename(&mut def.name),
            Stmt::Global(node) => self.rename_all(&mut node.names),
            Stmt::Nonlocal(node) => self.rename_all(&mut node.names),
            Stmt::Import(node) => node.names.iter_mut().for_each(|alias| self.visit_bound_alias(alias)),
            Stmt::ImportFrom(node) => node.names.iter_mut().for_each(|alias| self.visit_bound_alias(alias)),
            _ => {}
        }
        transformer::walk_stmt(self, statement);
    }

    fn visit_expr(&self, expression: &mut Expr) {
        match expression {
            Expr::Name(name) => {
                if let Some(new) = self.mangled(&name.id) {
                    name.id = new.into();
                }
            }
            Expr::Attribute(node) => self.rename(&mut node.attr),
            _ => {}
        }
        transformer::walk_expr(self, expression);
    }

    fn visit_keyword(&self, keyword: &mut ast::Keyword) {
        if let Some(name) = &mut keyword.arg {
            self.rename(name);
        }
        transformer::walk_keyword(self, keyword);
    }

    fn visit_parameter(&self, parameter: &mut ast::Parameter) {
        self.rename(&mut parameter.name);
        transformer::walk_parameter(self, parameter);
    }

    fn visit_except_handler(&self, handler: &mut ast::ExceptHandler) {
        let ast::ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &mut inner.name {
            self.rename(name);
        }
        transformer::walk_except_handler(self, handler);
    }

    fn visit_pattern(&self, pattern: &mut Pattern) {
        let name = match pattern {
            Pattern::MatchAs(node) => node.name.as_mut(),
            Pattern::MatchStar(node) => node.name.as_mut(),
            Pattern::MatchMapping(node) => node.rest.as_mut(),
            _ => None,
        };
        if let Some(name) = name {
            self.rename(name);
        }
        transformer::walk_pattern(self, pattern);
    }
}

impl Mangler {
    /// An import without `as` binds, and looks for, the name as it is written.
    fn visit_bound_alias(&self, alias: &mut ast::Alias) {
        if let Some(name) = &mut alias.asname {
            self.rename(name);
        }
    }
}
