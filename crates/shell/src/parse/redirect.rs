//! Redirections, and here-documents with their bodies.

use std::cell::OnceCell;
use std::rc::Rc;

use super::super::syntax::{Piece, Quoting, Redirect, Word};
use super::{Parsed, Parser};

/// A here-document whose body stands after the current line.
pub(super) struct Pending {
    end: String,
    literal: bool,
    strip_tabs: bool,
    body: Rc<OnceCell<Word>>,
}

impl Parser<'_> {
    pub(super) fn here_document(&mut self, pending: &Pending) -> Parsed<()> {
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

    /// A redirection, if one stands at the cursor.
    pub(super) fn redirect(&mut self) -> Parsed<Option<Redirect>> {
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
}
