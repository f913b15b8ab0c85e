//! The AWS CLI's shorthand for structures: `maxTokens=512,temperature=0.5`,
//! `role=user,content=[{text=Hello}]`.
//!
//! Grammar: "Using shorthand syntax in the AWS CLI" in the AWS CLI User Guide, and the character
//! classes of `awscli/shorthand.py` in awscli 1.46. Values are texts; [`super::shape`] types them.

use tutor_bedrock::{Json, JsonObject};

/// How deep lists and structures may nest.
const MAX_DEPTH: usize = 30;

/// Reads one shorthand text into an object whose leaves are strings.
pub(super) fn parse(text: &str) -> Result<Json, String> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0 };
    reader.parameter()
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

type Read<T> = Result<T, String>;

impl Reader {
    fn parameter(&mut self) -> Read<Json> {
        let mut map = JsonObject::default();
        loop {
            let key = self.key()?;
            let value = self.values()?;
            if map.insert(key.clone(), value).is_some() {
                return Err(format!("`{key}` stands twice"));
            }
            if self.at >= self.chars.len() {
                return Ok(Json::Object(map));
            }
            self.expect(',')?;
        }
    }

    fn current(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while self.current().is_some_and(|c| c.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Takes `sign` with the blanks around it.
    fn expect(&mut self, sign: char) -> Read<()> {
        self.skip_blanks();
        match self.current() {
            Some(found) if found == sign => {
                self.at += 1;
                self.skip_blanks();
                Ok(())
            }
            Some(found) => {
                Err(format!("it is neither JSON nor the CLI's shorthand: expected `{sign}`, found `{found}`"))
            }
            None => {
                Err(format!("it is neither JSON nor the CLI's shorthand: expected `{sign}`, found the end"))
            }
        }
    }

    /// `key =`
    fn key(&mut self) -> Read<String> {
        let start = self.at;
        while self.current().is_some_and(|c| c.is_ascii_alphanumeric() || "-_.#/:".contains(c)) {
            self.at += 1;
        }
        let key = self.chars[start..self.at].iter().collect();
        self.skip_blanks();
        if self.current() == Some('@') {
            return Err("in the CLI's shorthand, `@=` reads a file, which is not followed".to_owned());
        }
        self.expect('=')?;
        Ok(key)
    }

    fn values(&mut self) -> Read<Json> {
        match self.current() {
            None => Ok(Json::from("")),
            Some('[') => self.list(0),
            Some('{') => self.structure(0),
            Some(_) => self.comma_list(),
        }
    }

    /// `a` or `a,b,c`; a comma that a further `key=` follows ends it.
    fn comma_list(&mut self) -> Read<Json> {
        let first = self.first_value()?;
        self.skip_blanks();
        if self.current() != Some(',') {
            return Ok(Json::String(first));
        }
        let mut comma = self.at;
        self.expect(',')?;
        let mut items = vec![Json::String(first.clone())];
        loop {
            let value = match self.second_value() {
                Err(error) if self.at >= self.chars.len() => return Err(error),
                Err(_) => break self.at = comma,
                Ok(value) => value,
            };
            self.skip_blanks();
            match self.current() {
                None => {
                    items.push(Json::String(value));
                    break;
                }
                Some(',') => {
                    comma = self.at;
                    self.expect(',')?;
                    items.push(Json::String(value));
                }
                Some(_) => break self.at = comma,
            }
        }
        Ok(if items.len() == 1 { Json::String(first) } else { Json::Array(items) })
    }

    fn list(&mut self, depth: usize) -> Read<Json> {
        self.expect('[')?;
        let mut items = Vec::new();
        while self.current() != Some(']') {
            items.push(self.explicit(depth)?);
            self.skip_blanks();
            if self.current() != Some(']') {
                self.expect(',')?;
            }
        }
        self.at += 1;
        Ok(Json::Array(items))
    }

    fn structure(&mut self, depth: usize) -> Read<Json> {
        self.expect('{')?;
        let mut map = JsonObject::default();
        while self.current() != Some('}') {
            let key = self.key()?;
            let value = self.explicit(depth)?;
            self.skip_blanks();
            if self.current() != Some('}') {
                self.expect(',')?;
            }
            map.insert(key, value);
        }
        self.at += 1;
        Ok(Json::Object(map))
    }

    fn explicit(&mut self, depth: usize) -> Read<Json> {
        if depth > MAX_DEPTH {
            return Err("in the CLI's shorthand, nested too deep".to_owned());
        }
        match self.current() {
            None => Err("in the CLI's shorthand, found the end".to_owned()),
            Some('[') => self.list(depth + 1),
            Some('{') => self.structure(depth + 1),
            Some(_) => self.first_value().map(Json::String),
        }
    }

    fn first_value(&mut self) -> Read<String> {
        match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => Ok(self.bare(is_first_follow).unwrap_or_default()),
        }
    }

    fn second_value(&mut self) -> Read<String> {
        match self.current() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => self
                .bare(is_second_follow)
                .ok_or_else(|| "in the CLI's shorthand, a value is missing".to_owned()),
        }
    }

    /// A value without quotes; `\,` is a comma.
    fn bare(&mut self, follows: fn(char) -> bool) -> Option<String> {
        let mut text = String::new();
        let mut accepts: fn(char) -> bool = is_start;
        while let Some(next) = self.current() {
            if next == '\\' && self.chars.get(self.at + 1) == Some(&',') {
                text.push(',');
                self.at += 2;
            } else if accepts(next) {
                text.push(next);
                self.at += 1;
            } else {
                break;
            }
            accepts = follows;
        }
        // Only a value of at least one character counts as one.
        let any = !text.is_empty();
        any.then(|| text.trim_end().to_owned())
    }

    fn quoted(&mut self, quote: char) -> Read<String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.current() {
                None => return Err(format!("in the CLI's shorthand, {quote} is not closed")),
                Some('\\') if self.chars.get(self.at + 1) == Some(&quote) => {
                    text.push(quote);
                    self.at += 2;
                }
                Some('\\') if self.chars.get(self.at + 1) == Some(&'\\') => {
                    // The CLI unescapes in two passes; they agree unless a quote follows.
                    if self.chars.get(self.at + 2) == Some(&quote) {
                        return Err("in the CLI's shorthand, a backslash before a quote".to_owned());
                    }
                    text.push('\\');
                    self.at += 2;
                }
                Some(next) => {
                    self.at += 1;
                    if next == quote {
                        return Ok(text);
                    }
                    text.push(next);
                }
            }
        }
    }
}

fn is_start(c: char) -> bool {
    matches!(c, '!' | '#'..='&' | '('..='+' | '-'..='<' | '>'..='Z' | '\\'..='z' | '|'..='\u{ffff}')
}

fn is_first_follow(c: char) -> bool {
    c.is_whitespace() || matches!(c, '!' | '#'..='&' | '('..='+' | '-'..='\\' | '^'..='|' | '~'..='\u{ffff}')
}

fn is_second_follow(c: char) -> bool {
    c.is_whitespace() || matches!(c, '!' | '#'..='&' | '('..='+' | '-'..='<' | '>'..='\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        parse(text).map_or_else(|error| error, |json| json.to_compact())
    }

    // Checked against `awscli.shorthand.ShorthandParser` of awscli 1.46.3.
    #[test]
    fn shorthand_reads_as_the_cli_reads_it() {
        assert_eq!(read("maxTokens=512,temperature=0.5"), r#"{"maxTokens":"512","temperature":"0.5"}"#);
        assert_eq!(read("a=b,c,d=e"), r#"{"a":["b","c"],"d":"e"}"#);
        assert_eq!(read("a=b,c"), r#"{"a":["b","c"]}"#);
        assert_eq!(
            read("role=user,content=[{text=Hello world}]"),
            r#"{"role":"user","content":[{"text":"Hello world"}]}"#
        );
        assert_eq!(read(r#"text="a, b""#), r#"{"text":"a, b"}"#);
        assert_eq!(read(r"text='it\'s'"), r#"{"text":"it's"}"#);
        assert_eq!(read("a=x y "), r#"{"a":"x y"}"#);
        assert_eq!(read(r"a=x\,y"), r#"{"a":"x,y"}"#);
        assert_eq!(read("a="), r#"{"a":""}"#);
        assert_eq!(read("a=,b=c"), r#"{"a":"","b":"c"}"#);
        assert_eq!(read("a=b ,c=d"), r#"{"a":"b","c":"d"}"#);
        assert_eq!(read("a=[ b , c ]"), r#"{"a":["b","c"]}"#);
        assert_eq!(read("a=b,'c d',e=f"), r#"{"a":["b","c d"],"e":"f"}"#);
        assert_eq!(read("a=b,c=,d=e"), r#"{"a":"b","c":"","d":"e"}"#);
        assert_eq!(read("text=1+1=2, right?"), r#"{"text":["1+1=2","right?"]}"#);
        assert_eq!(read("text=What is 1=1?"), r#"{"text":"What is 1=1?"}"#);
    }

    #[test]
    fn what_the_cli_refuses_is_refused() {
        for text in [
            "You are a poet",
            "a",
            "a=it's",
            "a=[b",
            "a={b=c",
            "a=b,a=c",
            "a=b,",
            "a=b}",
            "a=b],c",
            "text=😀",
            "a=b,c,",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&format!("a={}", "[".repeat(5000))).is_err());
    }
}
