//! Text → commands. Reads the part of bash's grammar that teaching scripts use; what it cannot read
//! is an error with a line, never a guess.

mod compound;
mod redirect;

use redirect::Pending;

use super::syntax::{Assignment, Command, Joint, Kind, Pipeline, Script, Statement, Word};

/// How deep commands, quotes and substitutions may nest.
const MAX_DEPTH: usize = 60;

/// Why a text is no script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ParseError {
    /// The 1-based chapter line.
    pub(super) line: usize,
    /// What is wrong, as a clause.
    pub(super) message: String,
    /// Whether more text could mend it, such as an open quote.
    pub(super) incomplete: bool,
}

/// The result of a parsing step.
pub(super) type Parsed<T> = Result<T, ParseError>;

/// Reads a whole script whose first line is chapter line `first_line`.
pub(super) fn parse(text: &str, first_line: usize) -> Parsed<Script> {
    Parser::new(text, first_line, 0).whole()
}

/// Reads from one text, front to back.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) line: usize,
    pub(super) depth: usize,
    pending: Vec<Pending>,
}

/// Words that end a list of commands; only the first word of a command is looked up.
const CLOSERS: [&str; 9] = ["then", "elif", "else", "fi", "do", "done", "esac", "}", ";;"];

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, line: usize, depth: usize) -> Self {
        Parser { text, at: 0, line, depth, pending: Vec::new() }
    }

    /// The script up to the end of the text.
    pub(super) fn whole(mut self) -> Parsed<Script> {
        let script = self.list()?;
        match self.peek() {
            None if self.pending.is_empty() => Ok(script),
            None => self.incomplete("the here-document does not end"),
            Some(found) => {
                let word = self.peek_word();
                let found = if word.is_empty() { found.to_string() } else { word.to_owned() };
                self.fail(format!("unexpected `{found}`"))
            }
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Takes one character and counts lines.
    pub(super) fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        if next == '\n' {
            self.line += 1;
        }
        Some(next)
    }

    /// Takes `prefix` if it is next.
    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        if found {
            for _ in prefix.chars() {
                self.bump();
            }
        }
        found
    }

    pub(super) fn fail<T>(&self, message: impl Into<String>) -> Parsed<T> {
        Err(ParseError { line: self.line, message: message.into(), incomplete: false })
    }

    pub(super) fn incomplete<T>(&self, message: impl Into<String>) -> Parsed<T> {
        Err(ParseError { line: self.line, message: message.into(), incomplete: true })
    }

    /// Runs `inner` one level deeper.
    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return self.fail(format!("nested deeper than {MAX_DEPTH} levels"));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Skips blanks, continued lines and a comment, but no line break.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => {
                    self.bump();
                }
                Some('\\') if self.rest().starts_with("\\\n") || self.rest().starts_with("\\\r\n") => {
                    self.bump();
                    self.eat("\r");
                    self.bump();
                }
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.bump();
                    }
                }
                _ => return,
            }
        }
    }

    /// Skips blanks and line breaks; a line break brings the bodies of here-documents.
    fn skip_lines(&mut self) -> Parsed<()> {
        loop {
            self.skip_blanks();
            if self.peek() != Some('\n') {
                return Ok(());
            }
            self.line_break()?;
        }
    }

    fn line_break(&mut self) -> Parsed<()> {
        self.bump();
        for pending in std::mem::take(&mut self.pending) {
            self.here_document(&pending)?;
        }
        Ok(())
    }

    /// The word at the cursor if it is made of plain letters, else `""`.
    fn peek_word(&self) -> &'a str {
        let rest = self.rest();
        if rest.starts_with(";;") {
            return ";;";
        }
        let end = rest.find(|c: char| c.is_whitespace() || ";&|<>()".contains(c)).unwrap_or(rest.len());
        &rest[..end]
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        self.skip_lines()?;
        if self.peek_word() == word {
            self.eat(word);
            return Ok(());
        }
        match self.peek() {
            None => self.incomplete(format!("`{word}` is missing")),
            Some(_) => self.fail(format!("expected `{word}`, found `{}`", self.peek_word())),
        }
    }

    /// Commands up to a word or sign that closes them.
    fn list(&mut self) -> Parsed<Script> {
        let mut script = Script::new();
        loop {
            self.skip_lines()?;
            match self.peek() {
                None | Some(')') => return Ok(script),
                _ if CLOSERS.contains(&self.peek_word()) => return Ok(script),
                _ => script.push(self.statement()?),
            }
            self.skip_blanks();
            match self.peek() {
                Some(';') if !self.rest().starts_with(";;") => {
                    self.bump();
                }
                Some('&') => {
                    self.bump();
                    if let Some(last) = script.last_mut() {
                        last.background = true;
                    }
                }
                Some('\n') | None => {}
                _ => return Ok(script),
            }
        }
    }

    fn statement(&mut self) -> Parsed<Statement> {
        let line = self.line;
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let joint = if self.eat("&&") {
                Joint::And
            } else if self.eat("||") {
                Joint::Or
            } else {
                return Ok(Statement { line, first, rest, background: false });
            };
            self.skip_lines()?;
            rest.push((joint, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        let mut negated = false;
        while self.peek_word() == "!" || self.peek_word() == "time" {
            negated ^= self.eat("!");
            self.eat("time");
            self.skip_blanks();
        }
        let mut commands = vec![self.nested(Self::command)?];
        loop {
            self.skip_blanks();
            if self.rest().starts_with("||") || self.peek() != Some('|') {
                return Ok(Pipeline { negated, commands });
            }
            self.bump();
            self.eat("&");
            self.skip_lines()?;
            commands.push(self.nested(Self::command)?);
        }
    }

    fn command(&mut self) -> Parsed<Command> {
        let line = self.line;
        let Some(next) = self.peek() else { return self.incomplete("a command is missing") };
        let kind = match self.peek_word() {
            _ if self.rest().starts_with("((") => self.arithmetic()?,
            "" if next == '(' => {
                self.bump();
                let body = self.list()?;
                self.close(')')?;
                Kind::Subshell(body)
            }
            "{" => {
                self.eat("{");
                let body = self.list()?;
                self.expect_word("}")?;
                Kind::Group(body)
            }
            "if" => self.if_command()?,
            "for" | "select" => self.for_command()?,
            "while" => self.while_command(false)?,
            "until" => self.while_command(true)?,
            "case" => self.case_command()?,
            "[[" => self.double_brackets()?,
            "function" => {
                self.eat("function");
                self.skip_blanks();
                let name = self.peek_word().to_owned();
                self.eat(&name);
                self.skip_blanks();
                if self.eat("(") {
                    self.close(')')?;
                }
                self.function(name)?
            }
            word if self.is_function_head(word) => {
                let name = word.to_owned();
                self.eat(&name);
                self.skip_blanks();
                self.bump();
                self.close(')')?;
                self.function(name)?
            }
            word if CLOSERS.contains(&word) => return self.fail(format!("unexpected `{word}`")),
            _ => return self.simple(line),
        };
        let mut redirects = Vec::new();
        loop {
            self.skip_blanks();
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None => return Ok(Command { line, kind, redirects }),
            }
        }
    }

    fn close(&mut self, sign: char) -> Parsed<()> {
        self.skip_lines()?;
        match self.peek() {
            Some(found) if found == sign => {
                self.bump();
                Ok(())
            }
            Some(found) => self.fail(format!("expected `{sign}`, found `{found}`")),
            None => self.incomplete(format!("`{sign}` is missing")),
        }
    }

    fn simple(&mut self, line: usize) -> Parsed<Command> {
        let (mut assignments, mut words, mut redirects) = (Vec::new(), Vec::<Word>::new(), Vec::new());
        loop {
            self.skip_blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if words.is_empty()
                && let Some(assignment) = self.assignment()?
            {
                assignments.push(assignment);
                continue;
            }
            match self.word()? {
                Some(word) => words.push(word),
                None => break,
            }
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return match self.peek() {
                None => self.incomplete("a command is missing"),
                Some(sign) => self.fail(format!("unexpected `{}`", sign.escape_default())),
            };
        }
        Ok(Command { line, kind: Kind::Simple { assignments, words }, redirects })
    }

    fn assignment(&mut self) -> Parsed<Option<Assignment>> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let name = &rest[..end];
        let append = rest[end..].starts_with("+=");
        if !is_name(name) || !(append || rest[end..].starts_with('=')) {
            return Ok(None);
        }
        self.eat(name);
        self.eat("+");
        self.eat("=");
        let name = name.to_owned();
        if self.peek() == Some('(') {
            self.bump();
            loop {
                self.skip_lines()?;
                if self.word()?.is_none() {
                    break;
                }
            }
            self.close(')')?;
            return Ok(Some(Assignment { name, append, value: None }));
        }
        let value = self.word()?.unwrap_or_default();
        Ok(Some(Assignment { name, append, value: Some(value) }))
    }

    /// The commands of `$(…)`, after the opening bracket.
    pub(super) fn substitution(&mut self) -> Parsed<Script> {
        let script = self.nested(Self::list)?;
        self.close(')')?;
        Ok(script)
    }
}

/// Whether `text` is a variable's name.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
