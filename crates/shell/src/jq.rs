//! The filters that scripts build request bodies with: literals, `$name`, objects and arrays.
//! `jq -n --arg prompt "$P" '{prompt: $prompt, max_tokens: 100}'`.

use std::collections::HashMap;

use tutor_bedrock::{Json, JsonObject};

/// How deep a filter may nest.
const MAX_DEPTH: usize = 50;

/// What `jq` prints for `arguments`; `None` for anything beyond the forms above.
pub(super) fn run(arguments: &[&str], input: Option<&str>) -> Option<String> {
    let mut names = HashMap::new();
    let (mut filter, mut compact, mut raw) = (None, false, false);
    let mut arguments = arguments.iter().copied();
    while let Some(argument) = arguments.next() {
        match argument {
            "--arg" => {
                let name = arguments.next()?;
                names.insert(name, Json::from(arguments.next()?));
            }
            "--argjson" => {
                let name = arguments.next()?;
                names.insert(name, Json::parse(arguments.next()?.as_bytes()).ok()?);
            }
            "--null-input" => {}
            "--compact-output" => compact = true,
            "--raw-output" => raw = true,
            // `-s` and `-R` read the input otherwise.
            flags if flags.starts_with('-') => {
                if !flags[1..].chars().all(|flag| "ncr".contains(flag)) {
                    return None;
                }
                compact |= flags.contains('c');
                raw |= flags.contains('r');
            }
            _ if filter.is_some() => return None,
            text => filter = Some(text),
        }
    }
    let input = match input {
        Some(text) => Json::parse(text.as_bytes()).ok()?,
        None => Json::Null,
    };
    let mut reader = Reader { rest: filter?, names, input };
    let value = reader.value(0)?;
    reader.skip_blanks();
    if !reader.rest.is_empty() {
        return None;
    }
    Some(match (value, raw) {
        (Json::String(text), true) => text + "\n",
        (value, _) if compact => value.to_compact() + "\n",
        (value, _) => value.to_pretty() + "\n",
    })
}

struct Reader<'a> {
    rest: &'a str,
    names: HashMap<&'a str, Json>,
    input: Json,
}

impl<'a> Reader<'a> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, sign: char) -> bool {
        self.skip_blanks();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        let rest = self.rest;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        self.rest = after;
        super::parse::is_name(name).then_some(name)
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.skip_blanks();
        match self.rest.chars().next()? {
            '{' => self.object(depth),
            '[' => {
                self.eat('[');
                let mut items = Vec::new();
                while !self.eat(']') {
                    if !items.is_empty() && !self.eat(',') {
                        return None;
                    }
                    items.push(self.value(depth + 1)?);
                }
                Some(Json::Array(items))
            }
            '"' => self.string().map(Json::String),
            '$' => {
                self.eat('$');
                let name = self.name()?;
                self.names.get(name).cloned()
            }
            '.' => {
                self.eat('.');
                let is_alone = !self.rest.starts_with(|c: char| c.is_alphanumeric() || "._[\"".contains(c));
                is_alone.then(|| self.input.clone())
            }
            '-' | '0'..='9' => self.number(),
            _ => match self.name()? {
                "null" => Some(Json::Null),
                "true" => Some(Json::Bool(true)),
                "false" => Some(Json::Bool(false)),
                _ => None,
            },
        }
    }

    fn number(&mut self) -> Option<Json> {
        let end =
            self.rest.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c))).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        // Beyond 15 digits jq versions disagree about what they print.
        if digits.len() > 15 { None } else { Json::parse(digits.as_bytes()).ok() }
    }

    fn string(&mut self) -> Option<String> {
        let mut escaped = false;
        let end = self.rest.char_indices().skip(1).find_map(|(at, next)| {
            let closes = next == '"' && !escaped;
            escaped = next == '\\' && !escaped;
            closes.then_some(at + 1)
        })?;
        let (literal, rest) = self.rest.split_at(end);
        self.rest = rest;
        // `\(…)` is jq's interpolation; JSON has no such escape, so the parser refuses it.
        match Json::parse(literal.as_bytes()).ok()? {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        self.eat('{');
        let mut map = JsonObject::default();
        while !self.eat('}') {
            if !map.is_empty() && !self.eat(',') {
                return None;
            }
            self.skip_blanks();
            if self.eat('$') {
                let name = self.name()?;
                map.insert(name, self.names.get(name)?.clone());
                continue;
            }
            let key = if self.rest.starts_with('"') { self.string()? } else { self.name()?.to_owned() };
            if !self.eat(':') {
                return None;
            }
            map.insert(key, self.value(depth + 1)?);
        }
        Some(Json::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_built_from_names_and_literals() {
        let filter = r#"{"prompt": $p, n: 3, t: 0.5, stop: ["\n", $p], $p, on: true}"#;
        assert_eq!(
            run(&["-nc", "--arg", "p", "say \"hi\"", filter], None).unwrap(),
            "{\"prompt\":\"say \\\"hi\\\"\",\"n\":3,\"t\":0.5,\"stop\":[\"\\n\",\"say \\\"hi\\\"\"],\"p\":\"say \\\"hi\\\"\",\"on\":true}\n"
        );
        assert_eq!(run(&["-r", "."], Some("\"a\"")).unwrap(), "a\n");
        assert_eq!(run(&["."], Some("{\"a\":1}")).unwrap(), "{\n  \"a\": 1\n}\n");
    }

    #[test]
    fn what_computes_is_not_guessed() {
        for filter in ["{a: (1+2)}", r#""\(1)""#, "$x", ".a", "{a: 1} | .a", "env", "1 + 2", "1, 2"] {
            assert_eq!(run(&["-n", filter], None), None, "{filter}");
        }
        assert_eq!(run(&["-n", &"[".repeat(5000)], None), None);
    }
}
