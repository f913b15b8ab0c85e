//! Statements: assignments, mutation, control flow.

use super::super::program::{Clause, Statement};
use super::{Place, Type, Writer};

/// How deep blocks nest.
const MAX_DEPTH: usize = 4;
const HANDLERS: [&str; 7] = [
    "except ValueError:",
    "except (KeyError, IndexError):",
    "except Exception as e:",
    "except Exception:",
    "except:",
    "except RuntimeError as e:",
    "except (TypeError, ValueError, OSError) as e:",
];

impl Writer {
    /// Adds a statement, or the few that belong together.
    pub(super) fn statement(&mut self, out: &mut Vec<Statement>) {
        if self.fuel == 0 {
            return self.send(out);
        }
        self.fuel -= 1;
        let is_deep = self.place.depth >= MAX_DEPTH;
        match self.rng.below(116) {
            100..=110 => self.trick(out),
            111..=115 => {
                let line = self.library();
                out.push(Statement::line(line));
            }
            20..=33 => self.mutate(out),
            34..=37 => self.alias(out),
            38..=52 => self.send(out),
            53..=55 => self.conversation(out),
            56..=64 => self.call_statement(out),
            65..=68 => self.touch_unknown(out),
            69..=74 if !is_deep => self.if_statement(out),
            75..=79 if !is_deep => self.for_statement(out),
            80..=81 if !is_deep => self.while_statement(out),
            82..=86 if !is_deep => self.try_statement(out),
            87 if !is_deep => self.match_statement(out),
            88..=93 if !is_deep => self.define(out),
            94..=95 if self.place.depth == 0 => self.class(out),
            96..=99 => self.leave(out),
            _ => self.assign(out),
        }
    }

    fn assign(&mut self, out: &mut Vec<Statement>) {
        let ty = self.any_type();
        let depth = 1 + self.rng.below(2);
        let value = self.expression(ty, depth);
        let reused = if self.rng.chance(45) { self.own_variable(ty) } else { None };
        let name = reused.unwrap_or_else(|| self.name("v"));
        match self.rng.below(14) {
            0 if ty == Type::Text => {
                let (other, second) = (self.name("v"), self.expression(Type::Text, depth));
                out.push(Statement::line(format!("{name}, {other} = {value}, {second}")));
                self.declare(&other, Type::Text);
            }
            1 if ty == Type::Texts => {
                let first = self.name("v");
                out.push(Statement::line(format!("{first}, *{name} = {value} or [\"empty\"]")));
                self.declare(&first, Type::Text);
            }
            2 => {
                let other = self.name("v");
                out.push(Statement::line(format!("{name} = {other} = {value}")));
                self.declare(&other, ty);
            }
            3 if ty == Type::Text => {
                let length = self.name("v");
                out.push(Statement::line(format!("{length} = len({name} := {value})")));
                self.declare(&length, Type::Int);
            }
            4 => out.push(Statement::line(format!("{name}: object = {value}"))),
            _ => out.push(Statement::line(format!("{name} = {value}"))),
        }
        self.declare(&name, ty);
    }

    /// Changes a value in place.
    fn mutate(&mut self, out: &mut Vec<Statement>) {
        let depth = 1;
        let ty = *self.rng.pick(&[
            Type::Texts,
            Type::Options,
            Type::Options,
            Type::Messages,
            Type::Text,
            Type::Int,
        ]);
        let Some(name) = self.variable(ty) else { return self.assign(out) };
        let text = self.expression(Type::Text, depth);
        let key = self.key();
        let line = match ty {
            Type::Texts => match self.rng.below(9) {
                0..=2 => format!("{name}.append({text})"),
                3 => format!("{name}.extend({})", self.expression(Type::Texts, depth)),
                4 => format!("{name}.insert(0, {text})"),
                5 => format!("{name}[:1] = [{text}, {text}]"),
                6 => format!("{name}.reverse()"),
                7 => format!("if {name}: {name}.pop()"),
                _ => format!("if {name}: {name}[-1] = {text}"),
            },
            Type::Options => match self.rng.below(8) {
                0..=2 => {
                    let value_type = *self.rng.pick(&[Type::Text, Type::Int, Type::Texts, Type::Bool]);
                    format!("{name}[{key}] = {}", self.expression(value_type, depth))
                }
                3 => format!("{name}.update({})", self.expression(Type::Options, depth)),
                4 => format!("{name}.update(a={text})"),
                5 => format!("{name}.pop({key}, None)"),
                6 => format!("{name}.setdefault({key}, {text})"),
                _ => format!("{name} |= {}", self.expression(Type::Options, depth)),
            },
            Type::Messages => match self.rng.below(3) {
                0 => format!("{name}[0][\"content\"][0][\"text\"] = {text}"),
                1 => format!("{name}[-1][\"content\"].append({{\"text\": {text}}})"),
                _ => format!("{name}.append({{\"role\": \"user\", \"content\": [{{\"text\": {text}}}]}})"),
            },
            _ => {
                let Some(own) = self.own_variable(ty) else { return self.assign(out) };
                match ty {
                    Type::Int => format!("{own} += {}", self.expression(Type::Int, depth)),
                    _ => format!("{own} += {text}"),
                }
            }
        };
        let assigns = line.starts_with(&format!("{name} |="));
        let is_own = self.scope.variables.iter().any(|variable| variable.name == name && variable.own);
        if assigns && !is_own {
            return self.assign(out);
        }
        out.push(Statement::line(line));
    }

    /// Two names for one thing, or a copy that shares its inside.
    fn alias(&mut self, out: &mut Vec<Statement>) {
        let ty = *self.rng.pick(&[Type::Texts, Type::Options, Type::Messages]);
        let Some(old) = self.variable(ty) else { return self.assign(out) };
        let name = self.name("v");
        let line = match (ty, self.rng.below(3)) {
            (Type::Options, 0) => format!("{name} = {{**{old}}}"),
            (_, 0) => format!("{name} = {old}[:]"),
            (_, 1) => format!("{name} = copy.copy({old})"),
            _ => format!("{name} = {old}"),
        };
        out.push(Statement::line(line));
        self.declare(&name, ty);
    }

    fn call_statement(&mut self, out: &mut Vec<Statement>) {
        let fitting: Vec<_> = self
            .scope
            .functions
            .iter()
            .filter(|function| !function.is_async || self.place.in_async || !self.place.in_function)
            .cloned()
            .collect();
        if fitting.is_empty() {
            return self.define(out);
        }
        let function = self.rng.pick(&fitting).clone();
        let call = self.call(&function, 2);
        if function.is_generator {
            let place = Place { in_loop: true, ..self.place };
            let item = self.name("x");
            self.declare(&item, Type::Text);
            let body = self.body(1, place);
            self.scope.variables.retain(|variable| variable.name != item);
            out.push(Statement::block(format!("for {item} in {call}:"), body));
            return;
        }
        let call = match (function.is_async, self.place.in_async) {
            (true, true) => format!("await {call}"),
            (true, false) => format!("asyncio.run({call})"),
            (false, _) => call,
        };
        match function.returns {
            Some(ty) if self.rng.chance(60) => {
                let name = self.name("v");
                out.push(Statement::line(format!("{name} = {call}")));
                self.declare(&name, ty);
            }
            _ => out.push(Statement::line(match self.rng.below(5) {
                0 if !function.is_async => format!("[{call} for _ in range(2)]"),
                1 => format!("{} and {call}", self.condition(1)),
                2 => format!("print({call})"),
                _ => call,
            })),
        }
    }

    /// Hands something to code nobody knows.
    fn touch_unknown(&mut self, out: &mut Vec<Statement>) {
        if !self.rng.chance(self.unknowns * 4) {
            return self.send(out);
        }
        let ty = *self.rng.pick(&[Type::Texts, Type::Options, Type::Messages]);
        let line = match (self.rng.below(4), self.variable(ty)) {
            (0, _) if !self.scope.functions.is_empty() => {
                let functions: Vec<_> = self
                    .scope
                    .functions
                    .iter()
                    .filter(|f| f.parameters.iter().all(|p| p.given != super::Given::Always) && !f.is_async)
                    .map(|f| f.name.clone())
                    .collect();
                if functions.is_empty() {
                    return self.send(out);
                }
                format!("acme_tools.apply({})", self.rng.pick(&functions))
            }
            (1, Some(name)) => format!("acme_tools.fetch({name})"),
            (_, Some(name)) => format!("acme_tools.touch({name})"),
            _ => "print(acme_tools.fetch(1))".to_owned(),
        };
        out.push(Statement::line(line));
    }

    fn if_statement(&mut self, out: &mut Vec<Statement>) {
        let place = self.place;
        let mut clauses =
            vec![Clause { head: format!("if {}:", self.condition(2)), body: self.body(1, place) }];
        if self.rng.chance(25) {
            clauses.push(Clause { head: format!("elif {}:", self.condition(1)), body: self.body(1, place) });
        }
        if self.rng.chance(45) {
            clauses.push(Clause { head: "else:".to_owned(), body: self.body(1, place) });
        }
        out.push(Statement::Block(clauses));
    }

    fn for_statement(&mut self, out: &mut Vec<Statement>) {
        let item = self.name("x");
        let texts = self.expression(Type::Texts, 2);
        let (head, ty) = match self.rng.below(8) {
            0 => (
                format!(
                    "for {item} in range({}):",
                    self.expression(Type::Int, 1).replace("int(time.time())", "2")
                ),
                Type::Int,
            ),
            1 => {
                let index = self.name("i");
                self.declare(&index, Type::Int);
                (format!("for {index}, {item} in enumerate({texts}):"), Type::Text)
            }
            2 => {
                let other = self.name("x");
                self.declare(&other, Type::Text);
                let second = self.expression(Type::Texts, 1);
                (format!("for {item}, {other} in zip({texts}, {second}):"), Type::Text)
            }
            3 => {
                let value = self.name("y");
                (
                    format!("for {item}, {value} in list(({}).items()):", self.expression(Type::Options, 1)),
                    Type::Text,
                )
            }
            _ => (
                format!(
                    "for {item} in {}:",
                    if self.rng.chance(95) { format!("list({texts})") } else { texts }
                ),
                Type::Text,
            ),
        };
        let head = head.replace("range(1_000)", "range(2)").replace("range(100)", "range(3)");
        self.declare(&item, ty);
        let mut clauses = vec![Clause { head, body: self.body(1, Place { in_loop: true, ..self.place }) }];
        if self.rng.chance(10) {
            clauses.push(Clause { head: "else:".to_owned(), body: self.body(1, self.place) });
        }
        out.push(Statement::Block(clauses));
        // After a loop without rounds its variable is not there.
        self.scope
            .variables
            .retain(|variable| variable.name != item && !variable.name.starts_with(['x', 'i']));
    }

    fn while_statement(&mut self, out: &mut Vec<Statement>) {
        let place = Place { in_loop: true, ..self.place };
        if self.unknowns > 0 && self.rng.chance(40) {
            let body = self.body(1, place);
            let condition = self.unknown(Type::Bool);
            out.push(Statement::block(format!("while {condition}:"), body));
            return;
        }
        let counter = self.name("n");
        let most = 1 + self.rng.below(3);
        out.push(Statement::line(format!("{counter} = 0")));
        let mut body = vec![Statement::line(format!("{counter} += 1"))];
        body.extend(self.body(1, place));
        match self.rng.below(3) {
            0 => {
                body.insert(
                    1,
                    Statement::block(format!("if {counter} > {most}:"), vec![Statement::line("break")]),
                );
                out.push(Statement::block("while True:", body));
            }
            _ => out.push(Statement::block(format!("while {counter} < {most}:"), body)),
        }
    }

    fn try_statement(&mut self, out: &mut Vec<Statement>) {
        let place = self.place;
        let mut body = self.body(1, Place { in_try: true, ..place });
        if self.rng.chance(60) {
            let at = self.rng.below(body.len() + 1);
            let risk = self.risk();
            body.insert(at, risk);
        }
        let mut clauses = vec![Clause { head: "try:".to_owned(), body }];
        let only_finally = self.rng.chance(10);
        if !only_finally {
            let head = self.rng.pick(&HANDLERS).to_string();
            let stops = head == "except:" || head.starts_with("except Exception");
            clauses.push(Clause { head, body: self.body(1, place) });
            if !stops && self.rng.chance(60) {
                clauses.push(Clause { head: "except Exception:".to_owned(), body: self.body(0, place) });
            }
            if self.rng.chance(25) {
                clauses.push(Clause { head: "else:".to_owned(), body: self.body(1, place) });
            }
        }
        if only_finally || self.rng.chance(25) {
            // A `return` in `finally` swallows what was raised; that is for `leave` to find.
            clauses.push(Clause { head: "finally:".to_owned(), body: self.body(1, place) });
        }
        out.push(Statement::Block(clauses));
    }

    /// Something that raises, surely or perhaps.
    fn risk(&mut self) -> Statement {
        let texts = self.variable(Type::Texts).unwrap_or_else(|| "[]".to_owned());
        let options = self.variable(Type::Options).unwrap_or_else(|| "{}".to_owned());
        let text = self.expression(Type::Text, 1);
        Statement::line(match self.rng.below(11) {
            0 => "raise ValueError(\"known\")".to_owned(),
            1 => "raise KeyError(\"known\")".to_owned(),
            2 => format!("print({options}[\"missing\"])"),
            3 => format!("print({texts}[5])"),
            4 => format!("print(int({text}))"),
            5 => "print(1 // 0)".to_owned(),
            6 => "print(int(input(\"n: \")))".to_owned(),
            7 => "acme_tools.touch(1)".to_owned(),
            8 => format!("assert {}", self.condition(1)),
            9 => format!("if {}: raise RuntimeError(\"perhaps\")", self.condition(1)),
            _ => format!("print(json.loads({text}))"),
        })
    }

    fn match_statement(&mut self, out: &mut Vec<Statement>) {
        let place = self.place;
        let (subject, patterns) = match self.rng.below(3) {
            0 => (self.expression(Type::Text, 1), ["\"w1\" | \"y\"", "str() as s1"]),
            1 => (self.expression(Type::Texts, 1), ["[only]", "[first, *others]"]),
            _ => (self.expression(Type::Options, 1), ["{\"a\": value}", "{\"temperature\": t, **others}"]),
        };
        let mut clauses = vec![Clause { head: format!("match {subject}:"), body: Vec::new() }];
        let mut cases: Vec<Statement> = patterns
            .into_iter()
            .map(|pattern| Statement::block(format!("case {pattern}:"), self.body(1, place)))
            .collect();
        if self.rng.chance(60) {
            cases.push(Statement::block("case _:", self.body(1, place)));
        }
        clauses[0].body = cases;
        out.push(Statement::Block(clauses));
    }

    /// Leaves a loop or a function, most often under a condition.
    fn leave(&mut self, out: &mut Vec<Statement>) {
        let word = match (self.place.in_loop, self.place.in_function) {
            (true, _) if self.rng.chance(60) => self.rng.pick(&["break", "continue"]).to_string(),
            (_, true) => match self.place.returns {
                _ if self.place.in_generator => "return".to_owned(),
                Some(ty) => format!("return {}", self.expression(ty, 1)),
                None => "return".to_owned(),
            },
            _ => return self.send(out),
        };
        let condition = self.condition(1);
        out.push(Statement::block(format!("if {condition}:"), vec![Statement::line(word)]));
    }
}
