//! Functions, generators, decorators and classes.

use super::super::program::{Clause, Statement};
use super::{Class, Function, Given, Parameter, Place, Type, Variable, Writer};

impl Writer {
    /// Adds a definition that later statements may use.
    pub(super) fn define(&mut self, out: &mut Vec<Statement>) {
        match self.rng.below(12) {
            0 => self.decorator(out),
            1 => self.generator(out),
            2 => self.lambda(out),
            3 if self.place.depth == 0 => self.counter(out),
            _ => {
                let name = self.name("f");
                let is_async = self.place.depth == 0 && self.rng.chance(10);
                let (function, statement) = self.function(&name, false, is_async);
                out.push(statement);
                if !self.rng.chance(12) {
                    self.scope.functions.push(function);
                }
            }
        }
    }

    fn parameters(&mut self) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        let mut given = Given::Always;
        for _ in 0..self.rng.below(4) {
            given = match given {
                Given::Always if self.rng.chance(40) => Given::Perhaps,
                Given::Perhaps if self.rng.chance(30) => Given::ByName,
                same => same,
            };
            let ty = self.any_type();
            parameters.push(Parameter { name: self.name("p"), ty, given });
        }
        parameters
    }

    /// The text between the brackets of a `def`.
    fn parameter_list(&mut self, function: &Function, first: &str) -> String {
        let mut parts: Vec<String> = if first.is_empty() { Vec::new() } else { vec![first.to_owned()] };
        let mut named = false;
        for parameter in &function.parameters {
            if parameter.given == Given::ByName && !named {
                named = true;
                parts.push(if function.takes_more { "*more".to_owned() } else { "*".to_owned() });
            }
            parts.push(match parameter.given {
                Given::Always => parameter.name.clone(),
                // Defaults are made once: mutable ones are shared by all calls.
                _ => format!("{}={}", parameter.name, self.expression(parameter.ty, 1)),
            });
        }
        if function.takes_more && !named {
            parts.push("*more".to_owned());
        }
        if function.takes_named {
            parts.push("**named".to_owned());
        }
        parts.join(", ")
    }

    /// A function or, with `is_method`, a method of the class whose fields are in scope.
    fn function(&mut self, name: &str, is_method: bool, is_async: bool) -> (Function, Statement) {
        let parameters = self.parameters();
        let returns = if self.rng.chance(55) { Some(self.any_type()) } else { None };
        let function = Function {
            name: name.to_owned(),
            takes_more: self.rng.chance(15),
            takes_named: self.rng.chance(15),
            parameters,
            returns,
            is_async,
            is_generator: false,
        };
        // Defaults are made in the class, where there is no `self`.
        let around = self.scope.variables.clone();
        self.scope.variables.retain(|variable| !variable.name.starts_with("self."));
        let list = self.parameter_list(&function, if is_method { "self" } else { "" });
        self.scope.variables = around;
        let outer = self.enter(&function);
        let place = Place {
            in_function: true,
            in_async: is_async,
            returns: function.returns,
            depth: outer.1.depth,
            ..Place::default()
        };
        let mut body = self.preamble(&outer.0.variables);
        if self.rng.chance(35) {
            self.place = place;
            self.send(&mut body);
        }
        body.extend(self.body(1, place));
        if let Some(ty) = function.returns {
            let value = self.expression(ty, 1);
            body.push(Statement::line(format!("return {value}")));
        }
        (self.scope, self.place) = outer;
        let decorator = if is_method || is_async || self.scope.decorators.is_empty() || !self.rng.chance(25) {
            String::new()
        } else {
            let decorators = self.scope.decorators.clone();
            format!("@{}\n", self.rng.pick(&decorators))
        };
        let keyword = if is_async { "async def" } else { "def" };
        (function, Statement::block(format!("{decorator}{keyword} {name}({list}):"), body))
    }

    /// Enters a function: its parameters are its own, what is outside it may only read.
    fn enter(&mut self, function: &Function) -> (super::Scope, Place) {
        let outer = (self.scope.clone(), self.place);
        for variable in &mut self.scope.variables {
            variable.own = false;
        }
        for parameter in &function.parameters {
            self.declare(&parameter.name, parameter.ty);
        }
        if function.takes_more {
            self.declare("more", Type::Texts);
            // A tuple, which cannot be changed in place.
            self.scope.variables.retain(|variable| variable.name != "more");
        }
        if function.takes_named {
            self.declare("named", Type::Options);
        }
        outer
    }

    /// `global` or `nonlocal` for a variable of the outside.
    fn preamble(&mut self, outside: &[Variable]) -> Vec<Statement> {
        let mut statements = Vec::new();
        if self.rng.chance(25) && !outside.is_empty() {
            let variable = self.rng.pick(outside).clone();
            let is_loop = variable.name.starts_with(['x', 'i', 'y']) || variable.name.contains('.');
            let is_parameter = self.scope.variables.iter().any(|v| v.name == variable.name && v.own);
            if !is_loop && !is_parameter && (variable.own || !self.place.in_function) {
                let word = if self.place.in_function { "nonlocal" } else { "global" };
                statements.push(Statement::line(format!("{word} {}", variable.name)));
                self.declare(&variable.name, variable.ty);
            }
        }
        statements
    }

    fn decorator(&mut self, out: &mut Vec<Statement>) {
        let name = self.name("d");
        let log = self.variable(Type::Texts).unwrap_or_else(|| "[]".to_owned());
        let mut body = vec![Statement::line(match self.rng.below(3) {
            0 => format!("{log}.append(fn.__name__)"),
            1 => "print(fn.__name__)".to_owned(),
            _ => "pass".to_owned(),
        })];
        match self.rng.below(3) {
            0 => body.push(Statement::line("return fn")),
            _ => {
                let wrapper = vec![
                    Statement::line(format!("{log}.append(\"{}\")", self.word())),
                    Statement::line("return fn(*args, **kwargs)"),
                ];
                body.push(Statement::block("@functools.wraps(fn)\ndef wrapper(*args, **kwargs):", wrapper));
                body.push(Statement::line("return wrapper"));
            }
        }
        out.push(Statement::block(format!("def {name}(fn):"), body));
        self.scope.decorators.push(name);
    }

    fn generator(&mut self, out: &mut Vec<Statement>) {
        let function = Function {
            name: self.name("g"),
            parameters: self.parameters(),
            takes_more: false,
            takes_named: false,
            returns: None,
            is_async: false,
            is_generator: true,
        };
        let list = self.parameter_list(&function, "");
        let outer = self.enter(&function);
        let place = Place { in_function: true, in_generator: true, depth: outer.1.depth, ..Place::default() };
        let mut body = self.preamble(&outer.0.variables);
        body.push(Statement::line(format!("yield {}", self.expression(Type::Text, 1))));
        body.extend(self.body(1, place));
        body.push(Statement::line(match self.rng.below(3) {
            0 => format!("yield from {}", self.expression(Type::Texts, 1)),
            _ => format!("yield {}", self.expression(Type::Text, 1)),
        }));
        (self.scope, self.place) = outer;
        out.push(Statement::block(format!("def {}({list}):", function.name), body));
        self.scope.functions.push(function);
    }

    fn lambda(&mut self, out: &mut Vec<Statement>) {
        let name = self.name("h");
        let ty = *self.rng.pick(&[Type::Text, Type::Options]);
        let parameter = Parameter { name: "x".to_owned(), ty: Type::Text, given: Given::Always };
        let variable = Variable { name: "x".to_owned(), ty: Type::Text, own: false };
        self.scope.variables.push(variable);
        let value = match self.rng.below(3) {
            0 if ty == Type::Text => format!("functools.partial(str.replace, {})", self.literal(Type::Text)),
            _ => format!("lambda x: {}", self.expression(ty, 2)),
        };
        self.scope.variables.retain(|variable| variable.name != "x");
        if value.starts_with("functools") {
            return self.define(out);
        }
        out.push(Statement::line(format!("{name} = {value}")));
        self.scope.functions.push(Function {
            name,
            parameters: vec![parameter],
            takes_more: false,
            takes_named: true,
            returns: Some(ty),
            is_async: false,
            is_generator: false,
        });
        if let Some(last) = self.scope.functions.last_mut() {
            last.takes_named = false;
        }
    }

    /// A closure that counts.
    fn counter(&mut self, out: &mut Vec<Statement>) {
        let (maker, name, word) = (self.name("make"), self.name("c"), self.word());
        let step = vec![
            Statement::line("nonlocal count"),
            Statement::line("count += 1"),
            Statement::line("seen.append(count)"),
            Statement::line(format!("return f\"{word} {{count}} {{len(seen)}}\"")),
        ];
        let body = vec![
            Statement::line("seen = []"),
            Statement::block("def step():", step),
            Statement::line("return step"),
        ];
        out.push(Statement::block(format!("def {maker}(count=0):"), body));
        out.push(Statement::line(format!("{name} = {maker}()")));
        self.scope.functions.push(Function {
            name,
            parameters: Vec::new(),
            takes_more: false,
            takes_named: false,
            returns: Some(Type::Text),
            is_async: false,
            is_generator: false,
        });
    }

    /// A class, perhaps with a parent or as a dataclass, and an object of it.
    pub(super) fn class(&mut self, out: &mut Vec<Statement>) {
        let parents = self.scope.classes.clone();
        let parent = if !parents.is_empty() && self.rng.chance(45) {
            Some(self.rng.pick(&parents).clone())
        } else {
            None
        };
        let class = match (&parent, self.rng.below(3)) {
            (None, 0) => self.dataclass(out),
            _ => self.plain_class(parent.as_ref(), out),
        };
        self.object(&class, out);
        self.scope.classes.push(class);
    }

    fn dataclass(&mut self, out: &mut Vec<Statement>) -> Class {
        let name = self.name("D");
        let (text, texts) = (self.name("a"), self.name("a"));
        let word = self.word();
        let fields = vec![(text.clone(), Type::Text), (texts.clone(), Type::Texts)];
        let mut body = vec![
            Statement::line(format!("{text}: str = \"{word}\"")),
            Statement::line(format!("{texts}: list = field(default_factory=list)")),
        ];
        let method = self.method(&fields);
        body.push(method.1);
        out.push(Statement::block(format!("@dataclass\nclass {name}:"), body));
        let parameters = vec![
            Parameter { name: text, ty: Type::Text, given: Given::Perhaps },
            Parameter { name: texts, ty: Type::Texts, given: Given::Perhaps },
        ];
        Class { name, parameters, fields, methods: vec![method.0] }
    }

    fn plain_class(&mut self, parent: Option<&Class>, out: &mut Vec<Statement>) -> Class {
        let name = self.name("C");
        let (shared, own) = (self.name("a"), self.name("a"));
        let (shared_type, own_type) = (self.any_type(), self.any_type());
        let mut fields = parent.map(|parent| parent.fields.clone()).unwrap_or_default();
        fields.push((shared.clone(), shared_type));
        fields.push((own.clone(), own_type));
        let parameter = Parameter { name: self.name("p"), ty: own_type, given: Given::Always };
        let mut body = vec![Statement::line(format!("{shared} = {}", self.literal(shared_type)))];
        let mut init = Vec::new();
        if let Some(parent) = parent {
            let constructor = constructor(parent, "super().__init__");
            init.push(Statement::line(self.call(&constructor, 1)));
        }
        init.push(Statement::line(format!("self.{own} = {}", parameter.name)));
        body.push(Statement::block(format!("def __init__(self, {}):", parameter.name), init));
        let mut methods = parent.map(|parent| parent.methods.clone()).unwrap_or_default();
        // One of the parent's methods is replaced, or a new one comes.
        let replaced = if methods.is_empty() || self.rng.chance(60) { None } else { methods.pop() };
        let (mut method, statement) = self.method(&fields);
        let statement = match (replaced, statement) {
            (Some(old), Statement::Block(mut clauses)) if old.parameters.is_empty() => {
                for clause in &mut clauses {
                    let head: &str = clause.head.split('(').next().unwrap_or("");
                    let rest = clause.head[head.len()..].to_owned();
                    clause.head = format!("def {}{rest}", old.name);
                }
                method.name.clone_from(&old.name);
                Statement::Block(clauses)
            }
            (Some(old), statement) => {
                methods.push(old);
                statement
            }
            (None, statement) => statement,
        };
        body.push(statement);
        methods.push(method);
        if self.rng.chance(30) {
            let property = self.name("q");
            body.push(Statement::Block(vec![Clause {
                head: format!("@property\ndef {property}(self):"),
                body: vec![Statement::line(format!("return f\"{{self.{own}}} {}\"", self.word()))],
            }]));
            fields.push((property, Type::Text));
        }
        let head = match parent {
            Some(parent) => format!("class {name}({}):", parent.name),
            None => format!("class {name}:"),
        };
        out.push(Statement::block(head, body));
        Class { name, parameters: vec![parameter], fields, methods }
    }

    /// A method that reads and perhaps changes the fields.
    fn method(&mut self, fields: &[(String, Type)]) -> (Function, Statement) {
        let outer = self.scope.clone();
        for (field, ty) in fields {
            self.scope.variables.push(Variable { name: format!("self.{field}"), ty: *ty, own: true });
        }
        let name = self.name("m");
        let (function, statement) = self.function(&name, true, false);
        self.scope = outer;
        (function, statement)
    }

    /// An object whose fields and methods are in scope from here on.
    fn object(&mut self, class: &Class, out: &mut Vec<Statement>) {
        let name = self.name("o");
        let constructor = constructor(class, &class.name);
        let call = self.call(&constructor, 2);
        out.push(Statement::line(format!("{name} = {call}")));
        for (field, ty) in &class.fields {
            let own = !field.starts_with('q');
            self.scope.variables.push(Variable { name: format!("{name}.{field}"), ty: *ty, own });
        }
        for method in &class.methods {
            let mut method = method.clone();
            method.name = format!("{name}.{}", method.name);
            self.scope.functions.push(method);
        }
    }
}

fn constructor(class: &Class, name: &str) -> Function {
    Function {
        name: name.to_owned(),
        parameters: class.parameters.clone(),
        takes_more: false,
        takes_named: false,
        returns: None,
        is_async: false,
        is_generator: false,
    }
}
