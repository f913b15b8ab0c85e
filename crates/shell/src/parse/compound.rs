//! `if`, `for`, `while`, `case`, `[[ … ]]`, functions and arithmetic.

use std::rc::Rc;

use super::super::syntax::{Kind, Piece, Quoting, Script, Word};
use super::{Parsed, Parser, is_name};

impl Parser<'_> {
    pub(super) fn is_function_head(&self, word: &str) -> bool {
        !word.is_empty()
            && word.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
            && self.rest()[word.len()..].trim_start_matches([' ', '\t']).starts_with("()")
    }

    pub(super) fn function(&mut self, name: String) -> Parsed<Kind> {
        self.skip_lines()?;
        let body = self.nested(Self::command)?;
        Ok(Kind::Function { name, body: Rc::new(body) })
    }

    pub(super) fn arithmetic(&mut self) -> Parsed<Kind> {
        self.eat("((");
        let Some(end) = self.rest().find("))") else { return self.incomplete("`))` is missing") };
        let inner = self.rest()[..end].to_owned();
        self.eat(&inner);
        self.eat("))");
        Ok(Kind::Arithmetic(inner))
    }

    pub(super) fn if_command(&mut self) -> Parsed<Kind> {
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

    pub(super) fn for_command(&mut self) -> Parsed<Kind> {
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

    pub(super) fn while_command(&mut self, until: bool) -> Parsed<Kind> {
        self.eat(if until { "until" } else { "while" });
        let test = self.list()?;
        Ok(Kind::While { until, test, body: self.do_done()? })
    }

    pub(super) fn case_command(&mut self) -> Parsed<Kind> {
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
    pub(super) fn double_brackets(&mut self) -> Parsed<Kind> {
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
}
