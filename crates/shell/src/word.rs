//! Text → words: quotes, escapes, parameters, substitutions, as bash reads them.

use std::rc::Rc;

use super::parse::{Parsed, Parser, is_name};
use super::syntax::{Change, Parameter, Piece, Quoting, Word};

/// Where a run of pieces ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// A blank or an operator.
    WordEnd,
    /// A double quote.
    DoubleQuote,
    /// The brace that closes `${`, in or out of double quotes.
    Brace(Quoting),
    /// The end of the text: the body of a here-document.
    TextEnd,
}

impl Until {
    /// Whether the run stands in double quotes, or where they would mean nothing.
    fn quoting(self) -> Quoting {
        match self {
            Until::WordEnd => Quoting::Bare,
            Until::Brace(quoting) => quoting,
            Until::DoubleQuote | Until::TextEnd => Quoting::Quoted,
        }
    }

    fn ends_at(self, next: char) -> bool {
        match self {
            Until::WordEnd => next.is_ascii_whitespace() || ";&|<>()".contains(next),
            Until::DoubleQuote => next == '"',
            Until::Brace(_) => next == '}',
            Until::TextEnd => false,
        }
    }
}

impl Parser<'_> {
    /// The word at the cursor; `None` if an operator, a line break or the end stands there.
    pub(super) fn word(&mut self) -> Parsed<Option<Word>> {
        let process = self.rest().starts_with("<(") || self.rest().starts_with(">(");
        match self.peek() {
            None => return Ok(None),
            Some(next) if Until::WordEnd.ends_at(next) && !process => return Ok(None),
            Some(_) => {}
        }
        self.nested(|parser| parser.pieces(Until::WordEnd)).map(Some)
    }

    /// The body of an unquoted here-document: parameters and substitutions count, quotes do not.
    pub(super) fn here_document_body(&mut self) -> Parsed<Word> {
        self.pieces(Until::TextEnd)
    }

    fn pieces(&mut self, until: Until) -> Parsed<Word> {
        let mut word = Vec::new();
        let mut text = String::new();
        let quoting = until.quoting();
        let flush = |text: &mut String, word: &mut Vec<Piece>| {
            if !text.is_empty() {
                word.push(Piece::Text(std::mem::take(text), quoting));
            }
        };
        while let Some(next) = self.peek() {
            if until == Until::WordEnd && (self.rest().starts_with("<(") || self.rest().starts_with(">(")) {
                flush(&mut text, &mut word);
                self.bump();
                self.bump();
                self.substitution()?;
                word.push(Piece::Opaque("a process substitution"));
                continue;
            }
            if until.ends_at(next) {
                flush(&mut text, &mut word);
                return Ok(Word(word));
            }
            match next {
                '\\' => {
                    self.bump();
                    self.escape(until, &mut text, &mut word);
                }
                '$' | '`' => {
                    flush(&mut text, &mut word);
                    let piece = self.dollar(until)?;
                    word.push(piece);
                }
                '\'' if quoting == Quoting::Bare => {
                    flush(&mut text, &mut word);
                    self.bump();
                    word.push(self.single_quoted()?);
                }
                '"' if until != Until::TextEnd => {
                    flush(&mut text, &mut word);
                    self.bump();
                    word.extend(self.double_quoted()?.0);
                }
                _ => {
                    self.bump();
                    text.push(next);
                }
            }
        }
        match until {
            Until::WordEnd | Until::TextEnd => {
                flush(&mut text, &mut word);
                Ok(Word(word))
            }
            Until::DoubleQuote => self.incomplete("a double quote is not closed"),
            Until::Brace(_) => self.incomplete("`${` is not closed"),
        }
    }

    /// After a backslash. In double quotes it only escapes what would mean something there.
    fn escape(&mut self, until: Until, text: &mut String, word: &mut Vec<Piece>) {
        match (self.peek(), until.quoting()) {
            (None, _) => text.push('\\'),
            (Some('\n'), _) => {
                self.bump();
            }
            (Some(next), Quoting::Quoted) => {
                let special =
                    "$`\\".contains(next) || (next == '"' && until != Until::TextEnd) || until.ends_at(next);
                if !special {
                    text.push('\\');
                }
                text.push(next);
                self.bump();
            }
            (Some(next), Quoting::Bare) => {
                self.bump();
                if !text.is_empty() {
                    word.push(Piece::Text(std::mem::take(text), Quoting::Bare));
                }
                word.push(Piece::Text(next.to_string(), Quoting::Quoted));
            }
        }
    }

    fn single_quoted(&mut self) -> Parsed<Piece> {
        let Some(end) = self.rest().find('\'') else {
            return self.incomplete("a single quote is not closed");
        };
        let text = self.rest()[..end].to_owned();
        self.eat(&text);
        self.bump();
        Ok(Piece::Text(text, Quoting::Quoted))
    }

    fn double_quoted(&mut self) -> Parsed<Word> {
        let mut word = self.nested(|parser| parser.pieces(Until::DoubleQuote))?;
        self.bump();
        if word.0.is_empty() {
            // `""` is a word, though an empty one.
            word.0.push(Piece::Text(String::new(), Quoting::Quoted));
        }
        Ok(word)
    }

    /// At a `$` or a backtick.
    fn dollar(&mut self, until: Until) -> Parsed<Piece> {
        let quoting = until.quoting();
        if self.eat("`") {
            return self.backticks(quoting);
        }
        self.bump();
        let plain = |name: String| Piece::Parameter(Parameter { name, change: Change::None }, quoting);
        match self.peek() {
            Some('(') if self.rest().starts_with("((") => {
                self.skip_arithmetic()?;
                Ok(Piece::Opaque("an arithmetic expansion"))
            }
            Some('(') => {
                self.bump();
                Ok(Piece::Substitution(Rc::new(self.substitution()?), quoting))
            }
            Some('{') => {
                self.bump();
                self.nested(|parser| parser.braced(quoting))
            }
            Some('\'') if quoting == Quoting::Bare => {
                self.bump();
                self.ansi_quoted()
            }
            Some('"') if quoting == Quoting::Bare => {
                // `$"…"`: translated by the locale, which for scripts without one is nothing.
                Ok(Piece::Text(String::new(), Quoting::Bare))
            }
            Some(sign) if "@*#?$!-".contains(sign) || sign.is_ascii_digit() => {
                self.bump();
                Ok(plain(sign.to_string()))
            }
            _ => {
                let name = self.take_name();
                Ok(if name.is_empty() { Piece::Text("$".to_owned(), quoting) } else { plain(name) })
            }
        }
    }

    fn take_name(&mut self) -> String {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let name = &rest[..end];
        if !is_name(name) {
            return String::new();
        }
        self.at += end;
        name.to_owned()
    }

    fn skip_arithmetic(&mut self) -> Parsed<()> {
        let mut open = 0_usize;
        while let Some(next) = self.bump() {
            match next {
                '(' => open += 1,
                ')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Ok(());
            }
        }
        self.incomplete("`$((` is not closed")
    }

    /// After `${`.
    fn braced(&mut self, quoting: Quoting) -> Parsed<Piece> {
        let name = match self.peek() {
            Some(sign) if "@*?$-".contains(sign) || sign.is_ascii_digit() => {
                self.bump();
                sign.to_string()
            }
            _ => self.take_name(),
        };
        let or_empty = !name.is_empty() && self.eat(":");
        let operator = self.peek();
        let change = match operator {
            _ if name.is_empty() => Change::Opaque,
            Some('}') if !or_empty => Change::None,
            Some('-' | '=' | '+' | '?') => {
                self.bump();
                let word = self.pieces(Until::Brace(quoting))?;
                match operator {
                    Some('+') => Change::Alternative { word, or_empty },
                    Some('?') => Change::Required,
                    _ => Change::Default { word, or_empty, assign: operator == Some('=') },
                }
            }
            _ => Change::Opaque,
        };
        if matches!(change, Change::Opaque) {
            self.pieces(Until::Brace(quoting))?;
        }
        if !self.eat("}") {
            return self.incomplete("`${` is not closed");
        }
        Ok(Piece::Parameter(Parameter { name, change }, quoting))
    }

    /// After an opening backtick: the text up to the closing one is a script of its own.
    fn backticks(&mut self, quoting: Quoting) -> Parsed<Piece> {
        let line = self.line;
        let mut inner = String::new();
        loop {
            match self.bump() {
                None => return self.incomplete("a backtick is not closed"),
                Some('`') => break,
                Some('\\') => match self.peek() {
                    Some(next) if "$`\\".contains(next) || (next == '"' && quoting == Quoting::Quoted) => {
                        inner.push(next);
                        self.bump();
                    }
                    _ => inner.push('\\'),
                },
                Some(next) => inner.push(next),
            }
        }
        let script = self.nested(|parser| Parser::new(&inner, line, parser.depth).whole())?;
        Ok(Piece::Substitution(Rc::new(script), quoting))
    }

    /// After `$'`: the escapes of ANSI C.
    fn ansi_quoted(&mut self) -> Parsed<Piece> {
        let mut text = String::new();
        loop {
            let next = match self.bump() {
                None => return self.incomplete("`$'` is not closed"),
                Some('\'') => return Ok(Piece::Text(text, Quoting::Quoted)),
                Some('\\') => match self.bump() {
                    Some('n') => '\n',
                    Some('t') => '\t',
                    Some('r') => '\r',
                    Some(quote @ ('\'' | '"' | '\\' | '?')) => quote,
                    Some('u') => match self.hexadecimal(4) {
                        Some(decoded) => decoded,
                        None => return self.fail("an escape in `$'…'` that tutor does not read"),
                    },
                    Some('x') => match self.hexadecimal(2) {
                        Some(decoded) if decoded.is_ascii() => decoded,
                        _ => return self.fail("an escape in `$'…'` that tutor does not read"),
                    },
                    _ => return self.fail("an escape in `$'…'` that tutor does not read"),
                },
                Some(next) => next,
            };
            text.push(next);
        }
    }

    fn hexadecimal(&mut self, most: usize) -> Option<char> {
        let rest = self.rest();
        let digits = rest.chars().take(most).take_while(char::is_ascii_hexdigit).count();
        let code = u32::from_str_radix(&rest[..digits], 16).ok()?;
        self.at += digits;
        char::from_u32(code).filter(|decoded| *decoded != '\0')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Kind;

    /// The pieces of the first argument after `x`.
    fn argument(text: &str) -> String {
        let source = format!("x {text}");
        let script = super::super::parse::parse(&source, 1).unwrap();
        let Kind::Simple { words, .. } = &script[0].first.commands[0].kind else { panic!("{script:?}") };
        assert_eq!(words.len(), 2, "{words:?}");
        words[1]
            .0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text, Quoting::Bare) => text.clone(),
                Piece::Text(text, Quoting::Quoted) => format!("‹{text}›"),
                Piece::Parameter(parameter, _) => format!("${}", parameter.name),
                Piece::Substitution(..) => "$()".to_owned(),
                Piece::Opaque(what) => format!("[{what}]"),
            })
            .collect()
    }

    #[test]
    fn quotes_are_bash_s() {
        assert_eq!(argument(r"'a\n$b'"), r"‹a\n$b›");
        assert_eq!(argument(r#""a\n\"\$b$c""#), r#"‹a\n"$b›$c"#);
        assert_eq!(argument(r"'it'\''s'"), "‹it›‹'›‹s›");
        assert_eq!(argument(r"$'a\n\'b\u00e9'"), "‹a\n'bé›");
        assert_eq!(argument(r#"a"b"c"#), "a‹b›c");
        assert_eq!(argument("a\\\nb"), "ab");
        assert_eq!(argument("\"\""), "‹›");
    }

    #[test]
    fn parameters_and_substitutions_are_pieces() {
        assert_eq!(argument("${a:-'x y'}b$c-d"), "$ab$c-d");
        assert_eq!(argument(r#""$(echo "a b" | cat)""#), "$()");
        assert_eq!(argument("`echo \\`date\\``"), "$()");
        assert_eq!(argument("$((1+(2)))"), "[an arithmetic expansion]");
        assert_eq!(argument("<(echo a)"), "[a process substitution]");
        assert_eq!(argument("5$"), "5$");
    }
}
