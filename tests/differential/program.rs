//! A program as a tree of statements, so that it can be made smaller.

use std::fmt::Write as _;

/// Fences, each with its top-level statements.
#[derive(Debug, Clone)]
pub(super) struct Program(pub(super) Vec<Vec<Statement>>);

/// A statement.
#[derive(Debug, Clone)]
pub(super) enum Statement {
    /// One that stands on its own; its text may have several lines.
    Line(String),
    /// One with clauses: `if`/`else`, `try`/`except`, `def`, a decorated `class`.
    Block(Vec<Clause>),
}

/// The head of a clause, such as `else:`, and its body.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) head: String,
    pub(super) body: Vec<Statement>,
}

impl Statement {
    pub(super) fn line(text: impl Into<String>) -> Self {
        Statement::Line(text.into())
    }

    pub(super) fn block(head: impl Into<String>, body: Vec<Statement>) -> Self {
        Statement::Block(vec![Clause { head: head.into(), body }])
    }

    fn write(&self, out: &mut String, depth: usize) {
        let indent = "    ".repeat(depth);
        match self {
            // Lines of a text in triple quotes must not be indented.
            Statement::Line(text) => writeln!(out, "{indent}{text}").expect("writing to a string"),
            Statement::Block(clauses) => {
                for clause in clauses {
                    for line in clause.head.lines() {
                        writeln!(out, "{indent}{line}").expect("writing to a string");
                    }
                    if clause.body.is_empty() {
                        writeln!(out, "{indent}    pass").expect("writing to a string");
                    }
                    for statement in &clause.body {
                        statement.write(out, depth + 1);
                    }
                }
            }
        }
    }
}

impl Program {
    /// The text of every fence.
    pub(super) fn fences(&self) -> Vec<String> {
        let text = |statements: &Vec<Statement>| {
            let mut out = String::new();
            for statement in statements {
                statement.write(&mut out, 0);
            }
            out
        };
        self.0.iter().map(text).collect()
    }

    /// The program as a chapter.
    pub(super) fn markdown(&self) -> String {
        let fences = self.fences();
        fences.iter().map(|fence| format!("```python\n{fence}```\n")).collect::<Vec<_>>().join("\n")
    }

    /// Programs that lack one thing this one has, the largest losses first.
    pub(super) fn smaller(&self) -> Vec<Program> {
        let mut all = Vec::new();
        for (index, fence) in self.0.iter().enumerate() {
            let without = |statements: Vec<Statement>| {
                let mut fences = self.0.clone();
                fences[index] = statements;
                Program(fences)
            };
            if self.0.len() > 1 {
                let mut fences = self.0.clone();
                fences.remove(index);
                all.push(Program(fences));
            }
            all.extend(smaller_lists(fence).into_iter().map(without));
        }
        if self.0.len() > 1 {
            all.push(Program(vec![self.0.concat()]));
        }
        all
    }
}

/// The statements of a text, as a tree by its indentation.
pub(super) fn parse(text: &str) -> Vec<Statement> {
    let lines: Vec<&str> = text.lines().collect();
    statements(&lines, 0)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn statements(lines: &[&str], depth: usize) -> Vec<Statement> {
    const CONTINUES: [&str; 4] = ["else:", "elif ", "except", "finally:"];
    let mut all: Vec<Statement> = Vec::new();
    let mut at = 0;
    let mut head: Vec<&str> = Vec::new();
    while at < lines.len() {
        let line = lines[at].get(depth..).unwrap_or("");
        at += 1;
        let end = at + lines[at..].iter().take_while(|line| indent(line) > depth).count();
        if end == at {
            if line.starts_with('@') {
                head.push(line);
            } else {
                all.push(Statement::line(line));
            }
            continue;
        }
        head.push(line);
        let clause = Clause { head: head.join("\n"), body: statements(&lines[at..end], indent(lines[at])) };
        head.clear();
        match all.last_mut() {
            Some(Statement::Block(clauses)) if CONTINUES.iter().any(|word| line.starts_with(word)) => {
                clauses.push(clause);
            }
            _ => all.push(Statement::Block(vec![clause])),
        }
        at = end;
    }
    all
}

/// Lists that lack a statement, or have a smaller one.
fn smaller_lists(statements: &[Statement]) -> Vec<Vec<Statement>> {
    let mut all = Vec::new();
    let replaced = |at: usize, by: Vec<Statement>| {
        let mut list = statements.to_vec();
        list.splice(at..=at, by);
        list
    };
    for (at, statement) in statements.iter().enumerate() {
        all.push(replaced(at, Vec::new()));
        if let Statement::Block(clauses) = statement {
            // The bodies without what is around them.
            all.extend(clauses.iter().map(|clause| replaced(at, clause.body.clone())));
        }
    }
    for (at, statement) in statements.iter().enumerate() {
        let Statement::Block(clauses) = statement else { continue };
        for (index, clause) in clauses.iter().enumerate() {
            if index > 0 {
                let mut fewer = clauses.clone();
                fewer.remove(index);
                all.push(replaced(at, vec![Statement::Block(fewer)]));
            }
            for body in smaller_lists(&clause.body) {
                let mut changed = clauses.clone();
                changed[index].body = body;
                all.push(replaced(at, vec![Statement::Block(changed)]));
            }
        }
    }
    all
}
