//! Text → commands. Reads the part of bash's grammar that teaching scripts use; what it cannot read
//! is an error with a line, never a guess.

use std::cell::OnceCell;
use std::rc::Rc;

use super::syntax::{
    Assignment, Command, Joint, Kind, Piece, Pipeline, Quoting, Redirect, Script, Statement, Word,
};

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

/// A here-document whose body stands after the current line.
pub(super) struct Pending {
    end: String,
    literal: bool,
    strip_tabs: bool,
    body: Rc<OnceCell<Word>>,
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

    fn here_document(&mut self, pending: &Pending) -> Parsed<()> {
        let first_line = self.line;
        let mut body = String::new();
        loop {
            if self.at >= self.text.len() {
                return self.incomplete(format!("the here-document up to `{}` does not end", pending.end));
            }
            let rest = self.rest();
            let (line, broken) = match rest.find('\n') {
                Some(end) => (&rest[..end], 1),
                None => (rest, 0),
            };
            self.at += line.len() + broken;
            self.line += broken;
            let line = if pending.strip_tabs { line.trim_start_matches('\t') } else { line };
            if line == pending.end {
                break;
            }
            body.push_str(line);
            body.push('\n');
        }
        let word = if pending.literal {
            Word(vec![Piece::Text(body, Quoting::Quoted)])
        } else {
            Parser::new(&body, first_line, self.depth).here_document_body()?
        };
        // Each body is read once, right after the line that announces it.
        let _ = pending.body.set(word);
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

    fn is_function_head(&self, word: &str) -> bool {
        !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
            && self.rest()[word.len()..].trim_start_matches([' ', '\t']).starts_with("()")
    }

    fn function(&mut self, name: String) -> Parsed<Kind> {
        self.skip_lines()?;
        let body = self.nested(Self::command)?;
        Ok(Kind::Function { name, body: Rc::new(body) })
    }

    fn arithmetic(&mut self) -> Parsed<Kind> {
        self.eat("((");
        let Some(end) = self.rest().find("))") else { return self.incomplete("`))` is missing") };
        let inner = self.rest()[..end].to_owned();
        self.eat(&inner);
        self.eat("))");
        Ok(Kind::Arithmetic(inner))
    }

    fn if_command(&mut self) -> Parsed<Kind> {
        let mut arms = Vec::new();
        self.eat("if");
        loop {
            let test = self.list()?;
            self.expect_word("then")?;
            arms.push((test, self.list()?));
            self.skip_lines()?;
            if self.peek_word() != "elif" {
                break;
            }
            self.eat("elif");
        }
        let mut otherwise = Script::new();
        if self.peek_word() == "else" {
            self.eat("else");
            otherwise = self.list()?;
        }
        self.expect_word("fi")?;
        Ok(Kind::If { arms, otherwise })
    }

    fn for_command(&mut self) -> Parsed<Kind> {
        let is_for = self.eat("for") || !self.eat("select");
        self.skip_blanks();
        if self.rest().starts_with("((") {
            self.arithmetic()?;
            self.end_of_head()?;
            // Counted loops are not followed: their body runs some unknown number of times.
            return Ok(Kind::While { until: false, test: Script::new(), body: self.do_done()? });
        }
        let name = self.peek_word().to_owned();
        if !is_name(&name) {
            return self.fail(format!("`{name}` is no variable"));
        }
        self.eat(&name);
        self.skip_lines()?;
        let mut words = None;
        if self.peek_word() == "in" {
            self.eat("in");
            let mut list = Vec::new();
            loop {
                self.skip_blanks();
                match self.word()? {
                    Some(word) => list.push(word),
                    None => break,
                }
            }
            words = Some(list);
        }
        self.end_of_head()?;
        let body = self.do_done()?;
        if is_for {
            return Ok(Kind::For { name, words, body });
        }
        let unknown = vec![Word(vec![Piece::Opaque("the choice of `select`")])];
        Ok(Kind::For { name, words: Some(unknown), body })
    }

    fn end_of_head(&mut self) -> Parsed<()> {
        self.skip_blanks();
        self.eat(";");
        self.skip_lines()
    }

    fn do_done(&mut self) -> Parsed<Script> {
        self.expect_word("do")?;
        let body = self.list()?;
        self.expect_word("done")?;
        Ok(body)
    }

    fn while_command(&mut self, until: bool) -> Parsed<Kind> {
        self.eat(if until { "until" } else { "while" });
        let test = self.list()?;
        Ok(Kind::While { until, test, body: self.do_done()? })
    }

    fn case_command(&mut self) -> Parsed<Kind> {
        self.eat("case");
        self.skip_blanks();
        self.word()?;
        self.expect_word("in")?;
        let mut arms = Vec::new();
        loop {
            self.skip_lines()?;
            if self.peek_word() == "esac" {
                self.eat("esac");
                return Ok(Kind::Case { arms });
            }
            self.eat("(");
            loop {
                self.skip_blanks();
                if self.word()?.is_none() {
                    return self.fail("a pattern of `case` is missing");
                }
                self.skip_blanks();
                if !self.eat("|") {
                    break;
                }
            }
            self.close(')')?;
            arms.push(self.list()?);
            self.skip_lines()?;
            if !(self.eat(";;&") || self.eat(";&") || self.eat(";;")) && self.peek_word() != "esac" {
                return match self.peek() {
                    None => self.incomplete("`esac` is missing"),
                    Some(_) => self.fail("expected `;;`"),
                };
            }
        }
    }

    /// `[[ … ]]`: operators count as words of their own.
    fn double_brackets(&mut self) -> Parsed<Kind> {
        self.eat("[[");
        let mut words = Vec::new();
        loop {
            self.skip_lines()?;
            if self.peek_word() == "]]" {
                self.eat("]]");
                return Ok(Kind::Test(words));
            }
            match self.word()? {
                Some(word) => words.push(word),
                None => match self.bump() {
                    Some(sign) => words.push(Word(vec![Piece::Text(sign.to_string(), Quoting::Bare)])),
                    None => return self.incomplete("`]]` is missing"),
                },
            }
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

    /// A redirection, if one stands at the cursor.
    fn redirect(&mut self) -> Parsed<Option<Redirect>> {
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let descriptor = &rest[..digits];
        let operator = &rest[digits..];
        let both = digits == 0 && operator.starts_with("&>");
        if !both
            && (!operator.starts_with(['<', '>']) || operator.starts_with("<(") || operator.starts_with(">("))
        {
            return Ok(None);
        }
        self.at += digits;
        let standard = matches!(descriptor, "" | "1");
        for (sign, copies) in [("<&", true), (">&", true), ("&>>", false), ("&>", false)] {
            if self.eat(sign) {
                let target = self.target()?;
                return Ok(Some(if copies { Redirect::Duplicate } else { Redirect::WriteUnknown(target) }));
            }
        }
        if self.rest().starts_with("<<<") {
            self.eat("<<<");
            return Ok(Some(Redirect::HereString(self.target()?)));
        }
        if self.rest().starts_with("<<") {
            return self.here_document_head().map(Some);
        }
        let append = self.eat(">>");
        if append || self.eat(">|") || self.eat(">") {
            let target = self.target()?;
            return Ok(Some(match (standard, append) {
                (true, true) => Redirect::Append(target),
                (true, false) => Redirect::Write(target),
                (false, _) => Redirect::WriteUnknown(target),
            }));
        }
        self.eat("<>");
        self.eat("<");
        Ok(Some(Redirect::Read(self.target()?)))
    }

    fn target(&mut self) -> Parsed<Word> {
        self.skip_blanks();
        match self.word()? {
            Some(word) => Ok(word),
            None if self.peek().is_none() => self.incomplete("a file name is missing"),
            None => self.fail("a file name is missing"),
        }
    }

    fn here_document_head(&mut self) -> Parsed<Redirect> {
        let strip_tabs = self.eat("<<-");
        if !strip_tabs {
            self.eat("<<");
        }
        let word = self.target()?;
        let mut end = String::new();
        let mut literal = false;
        for piece in &word.0 {
            let Piece::Text(text, quoting) = piece else {
                return self.fail("the end of a here-document is no plain word");
            };
            end.push_str(text);
            literal |= *quoting == Quoting::Quoted;
        }
        let body = Rc::new(OnceCell::new());
        self.pending.push(Pending { end, literal, strip_tabs, body: Rc::clone(&body) });
        Ok(Redirect::HereDocument(body))
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
