//! A seeded writer of Python programs in the constructs that teaching code is made of.
//!
//! Values are typed, so that most programs run to their end; what is known and what is not is left
//! to chance. `expression`, `statement`, `definition` and `send` each write one kind of thing, `trick` and
//! `library` known traps.

mod definition;
mod expression;
mod library;
mod send;
mod statement;
mod trick;

use super::program::{Program, Statement};
use super::rng::Rng;

/// The types of the values that programs handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Int,
    Float,
    Bool,
    /// A list of texts.
    Texts,
    /// A dict of texts to anything JSON can hold.
    Options,
    /// Converse's messages.
    Messages,
}

/// How a parameter is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Always,
    Perhaps,
    ByName,
}

#[derive(Debug, Clone)]
struct Parameter {
    name: String,
    ty: Type,
    given: Given,
}

/// A function that the program has defined.
#[expect(clippy::struct_excessive_bools, reason = "they are independent")]
#[derive(Debug, Clone)]
struct Function {
    /// How it is called: `f1`, or `o1.m2`.
    name: String,
    parameters: Vec<Parameter>,
    /// Whether it takes `*args` of texts.
    takes_more: bool,
    /// Whether it takes `**kwargs`.
    takes_named: bool,
    returns: Option<Type>,
    is_async: bool,
    is_generator: bool,
}

#[derive(Debug, Clone)]
struct Variable {
    name: String,
    ty: Type,
    /// Whether the current function may assign it.
    own: bool,
}

#[derive(Debug, Clone)]
struct Class {
    name: String,
    /// Parameters of its constructor.
    parameters: Vec<Parameter>,
    fields: Vec<(String, Type)>,
    methods: Vec<Function>,
}

/// What is in scope.
#[derive(Debug, Clone, Default)]
struct Scope {
    variables: Vec<Variable>,
    functions: Vec<Function>,
    classes: Vec<Class>,
    decorators: Vec<String>,
}

/// Where the writer stands.
#[expect(clippy::struct_excessive_bools, reason = "they are independent")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Place {
    in_function: bool,
    in_async: bool,
    in_generator: bool,
    in_loop: bool,
    in_try: bool,
    in_class: bool,
    returns: Option<Type>,
    depth: usize,
}

/// Writes one program.
struct Writer {
    rng: Rng,
    scope: Scope,
    place: Place,
    names: usize,
    words: usize,
    /// How many more statements it may write.
    fuel: usize,
    /// Whether values nobody knows appear at all.
    unknowns: usize,
}

/// The program of a seed.
pub(super) fn program(rng: Rng) -> Program {
    let mut writer = Writer::new(rng);
    writer.unknowns = *writer.rng.pick(&[0, 4, 10, 20]);
    writer.fuel = *writer.rng.pick(&[5, 10, 16, 28]);
    writer.program()
}

/// Programs of one request each, for every awkward value there is.
pub(super) fn value_programs() -> Vec<Program> {
    let send = |value| format!("client.invoke_model(modelId=\"m\", body=json.dumps({{\"v\": {value}}}))");
    library::values().map(|value| Program(vec![Writer::head(), vec![Statement::line(send(value))]])).collect()
}

/// Programs of one known trap each, filled with known values and with unknown ones.
pub(super) fn trick_programs() -> Vec<Program> {
    let patterns = 0..trick::TRICKS.len();
    let programs = patterns.flat_map(|pattern| (0..6).map(move |seed| (pattern, seed)));
    programs
        .map(|(pattern, seed)| {
            let mut writer = Writer::new(Rng::new(seed));
            writer.unknowns = if seed < 3 { 0 } else { 20 };
            let text = writer.filled(trick::TRICKS[pattern]);
            Program(vec![Writer::head(), super::program::parse(&text)])
        })
        .collect()
}

impl Writer {
    fn new(rng: Rng) -> Self {
        Writer {
            rng,
            scope: Scope::default(),
            place: Place::default(),
            names: 0,
            words: 0,
            fuel: 0,
            unknowns: 0,
        }
    }

    fn program(&mut self) -> Program {
        let mut fences = vec![Self::head()];
        let count = 1 + self.rng.below(4);
        for _ in 0..count {
            let mut statements = Vec::new();
            for _ in 0..2 + self.rng.below(6) {
                self.statement(&mut statements);
            }
            fences.push(statements);
        }
        if self.rng.chance(30) {
            let second = fences.remove(1);
            fences[0].extend(second);
        }
        Program(fences)
    }

    fn head() -> Vec<Statement> {
        let imports = [
            "import asyncio, base64, copy, functools, itertools, json, os, random, re, textwrap, time",
            "from collections import OrderedDict, defaultdict",
            "from dataclasses import dataclass, field",
            "from string import Template",
            "import acme_tools",
            "import boto3",
            "client = boto3.client(\"bedrock-runtime\", region_name=\"us-east-1\")",
        ];
        imports.into_iter().map(Statement::line).collect()
    }

    fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    /// A word that stands nowhere else, so that a stale value shows.
    fn word(&mut self) -> String {
        self.words += 1;
        format!("w{}", self.words)
    }

    fn variables(&self, ty: Type) -> Vec<&Variable> {
        self.scope.variables.iter().filter(|variable| variable.ty == ty).collect()
    }

    fn variable(&mut self, ty: Type) -> Option<String> {
        let names: Vec<String> =
            self.variables(ty).into_iter().map(|variable| variable.name.clone()).collect();
        if names.is_empty() { None } else { Some(self.rng.pick(&names).clone()) }
    }

    /// A variable that may be assigned here.
    fn own_variable(&mut self, ty: Type) -> Option<String> {
        let own: Vec<String> =
            self.variables(ty).into_iter().filter(|variable| variable.own).map(|v| v.name.clone()).collect();
        if own.is_empty() { None } else { Some(self.rng.pick(&own).clone()) }
    }

    fn declare(&mut self, name: &str, ty: Type) {
        self.scope.variables.retain(|variable| variable.name != name);
        self.scope.variables.push(Variable { name: name.to_owned(), ty, own: true });
    }

    /// Writes a body whose names stay its own.
    fn body(&mut self, least: usize, place: Place) -> Vec<Statement> {
        let (outer_scope, outer_place) = (self.scope.clone(), self.place);
        self.place = Place { depth: outer_place.depth + 1, ..place };
        let mut statements = Vec::new();
        for _ in 0..least + self.rng.below(3) {
            self.statement(&mut statements);
        }
        self.scope = outer_scope;
        self.place = outer_place;
        statements
    }

    fn any_type(&mut self) -> Type {
        *self.rng.pick(&[
            Type::Text,
            Type::Text,
            Type::Text,
            Type::Int,
            Type::Float,
            Type::Bool,
            Type::Texts,
            Type::Texts,
            Type::Options,
            Type::Options,
            Type::Messages,
        ])
    }
}
