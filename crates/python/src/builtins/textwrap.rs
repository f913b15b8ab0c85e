//! `textwrap`

use super::{Native, strings, text_of};
use crate::evaluate::{Evaluator, Run};
use crate::limits;
use crate::value::{Args, Value};

pub(super) const NATIVES: &[Native] = &[
    Native::function("textwrap.dedent", |reader, args| match text_of(args.pos.first()) {
        Some(text) => {
            reader.spend(text.len())?;
            Ok(Value::str(dedent(&text)))
        }
        None => reader.give_up(&args, "`dedent()`"),
    }),
    Native::function("textwrap.indent", |reader, args| {
        let (Some(text), Some(prefix), None) =
            (text_of(args.get(0, "text")), text_of(args.get(1, "prefix")), args.get(2, "predicate"))
        else {
            return reader.give_up(&args, "`indent()`");
        };
        let lines = strings::split_lines(&text, true);
        if lines.len().saturating_mul(prefix.len()).saturating_add(text.len()) > limits::SIZE {
            return reader.give_up(&args, "a very large text");
        }
        let lines = lines.into_iter().map(|line| {
            if line.trim_matches(strings::is_space).is_empty() {
                line.to_owned()
            } else {
                format!("{prefix}{line}")
            }
        });
        Ok(Value::str(lines.collect::<String>()))
    }),
    Native::function("textwrap.fill", |reader, args| wrap(reader, args, "\n")),
    Native::function("textwrap.wrap", |reader, args| wrap(reader, args, "")),
    Native::function("textwrap.shorten", |reader, args| reader.give_up(&args, "`shorten()`")),
];

/// `textwrap.dedent`: takes off what white space all lines that are not blank begin with.
fn dedent(text: &str) -> String {
    let blank = |line: &str| line.chars().all(|c| c == ' ' || c == '\t');
    let mut margin: Option<&str> = None;
    for line in text.split('\n').filter(|line| !blank(line)) {
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        margin = Some(match margin {
            None => indent,
            Some(margin) => {
                let common = margin.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count();
                &margin[..common]
            }
        });
    }
    let margin = margin.unwrap_or("");
    let lines =
        text.split('\n').map(|line| if blank(line) { "" } else { line.strip_prefix(margin).unwrap_or(line) });
    lines.collect::<Vec<_>>().join("\n")
}

/// `wrap` and `fill` of plain words: no hyphens, tabs or words longer than a line.
fn wrap(reader: &mut Evaluator<'_>, args: Args, join: &str) -> Run<Value> {
    let width = match args.get(1, "width") {
        None => Some(70),
        Some(width) => width.as_index().and_then(|width| usize::try_from(width).ok()),
    };
    let (Some(text), Some(width)) = (text_of(args.get(0, "text")), width) else {
        return reader.give_up(&args, "`wrap()`");
    };
    let options =
        args.kw.iter().any(|(name, _)| &**name != "width" && &**name != "text") || args.pos.len() > 2;
    let plain = text.chars().all(|c| (c.is_ascii_graphic() && c != '-') || c == ' ' || c == '\n')
        && !text.contains("  ")
        && !text.starts_with(' ');
    let words: Vec<&str> = text.split([' ', '\n']).collect();
    if options || !plain || words.iter().any(|word| word.len() > width || word.is_empty()) {
        return reader.give_up(&args, "a text wrapped in ways that are not read");
    }
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if join.is_empty() {
        let lines = lines.iter().map(Value::str).collect();
        return Ok(reader.list(lines));
    }
    Ok(Value::str(lines.join(join)))
}
