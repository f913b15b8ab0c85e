//! The adapter around ruff's parser: a fence's text in, its tree out, with lines of the chapter.
//!
//! Notebook magics and shell lines are the parser's (its `IPython` mode); cell magics, doctest
//! prompts and indentation common to a whole fence are taken off here, line by line, so that every
//! line keeps its number.

use std::borrow::Cow;

use ruff_python_ast::{ModModule, Stmt};
use ruff_python_parser::{Mode, ParseOptions};
use ruff_text_size::{Ranged, TextSize};

use super::{limits, mangle, parser};
use tutor_bedrock::found::{Source, Unparsed};

/// A Python fence and its tree.
#[derive(Debug)]
pub(super) struct Fence<'s> {
    /// The fence as the chapter has it.
    pub(super) source: &'s Source,
    /// The text that was parsed; as many lines as the fence.
    pub(super) text: Cow<'s, str>,
    /// Its tree; as far as the parser could recover it if `broken` is set.
    pub(super) module: Option<ModModule>,
    /// Set if it does not parse.
    pub(super) broken: Option<Unparsed>,
    line_starts: Vec<u32>,
}

impl<'s> Fence<'s> {
    /// Parses the fences of a chapter. Those beyond what is read of one are taken for broken.
    pub(super) fn parse_all(sources: &[&'s Source]) -> Vec<Self> {
        let mut nodes = 0;
        let parse = |source: &&'s Source| {
            nodes += nodes_in(&source.text);
            if nodes <= limits::CHAPTER_NODES || source.text.len() > limits::FENCE_BYTES {
                return Fence::parse(source);
            }
            let mut fence =
                Fence { source, text: Cow::Borrowed(""), module: None, broken: None, line_starts: vec![0] };
            let message = "the chapter has more code than is read".to_owned();
            fence.broken = Some(fence.unparsed(TextSize::default(), message));
            fence
        };
        sources.iter().map(parse).collect()
    }

    /// Parses a fence.
    fn parse(source: &'s Source) -> Self {
        let whole = &source.text;
        let text = if whole.len() > limits::FENCE_BYTES { Cow::Borrowed("") } else { prepare(whole) };
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1))
            .collect();
        let mut fence = Fence { source, text, module: None, broken: None, line_starts };
        if let Some(message) = too_large(whole, &fence.text) {
            fence.broken = Some(fence.unparsed(TextSize::default(), message));
            return fence;
        }
        let Some(parsed) = parser::parse(&fence.text, ParseOptions::from(Mode::Ipython)) else {
            let message = "the parser gave up on this code".to_owned();
            fence.broken = Some(fence.unparsed(TextSize::default(), message));
            return fence;
        };
        let broken = parsed
            .errors()
            .first()
            .map(|error| fence.unparsed(error.location.start(), error.error.to_string()));
        fence.broken = broken;
        fence.module = parsed.try_into_module().map(ruff_python_parser::Parsed::into_syntax);
        if fence.text.contains("class ")
            && let Some(module) = &mut fence.module
        {
            mangle::mangle(module);
        }
        if fence.broken.is_none() {
            fence.broken = fence.module.as_ref().and_then(|module| {
                let stray = module.body.iter().find(|statement| matches!(statement, Stmt::Return(_)))?;
                Some(fence.unparsed(stray.start(), "'return' outside function".to_owned()))
            });
        }
        fence
    }

    fn unparsed(&self, at: TextSize, message: String) -> Unparsed {
        Unparsed { fence: self.source.fence, line: self.line(at), message }
    }

    /// The chapter's line of a place in the text.
    pub(super) fn line(&self, at: TextSize) -> usize {
        let row = self.line_starts.partition_point(|start| *start <= at.to_u32());
        self.source.first_line + row.saturating_sub(1)
    }
}

/// How many nodes a text's tree has, roughly: what joins and ends expressions is counted.
fn nodes_in(text: &str) -> usize {
    const FENCE: usize = 32;
    let joints = text.bytes().filter(|byte| b",([{.=:;+-*/%<>&|^~@\n".contains(byte)).count();
    FENCE + joints + text.len() / 32
}

/// Why a text is not even handed to the parser.
pub(super) fn too_large(whole: &str, text: &str) -> Option<String> {
    if whole.len() > limits::FENCE_BYTES {
        return Some(format!("the fence is larger than {} bytes", limits::FENCE_BYTES));
    }
    if deepest_bracket(text) > limits::BRACKETS {
        return Some("too many nested parentheses".to_owned());
    }
    (text.len() > LONGEST_CHAIN && longest_chain(text) > LONGEST_CHAIN)
        .then(|| "an expression is nested too deeply".to_owned())
}

/// How many operators may follow each other in one expression.
const LONGEST_CHAIN: usize = 20_000;

/// How deep brackets nest outside of strings and comments, told roughly: a bracket in a string
/// counts too, so text is only refused where that rough figure is far beyond any real code.
fn deepest_bracket(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The most operators, dots and spaces without a line break, comma or quote: the only way to nest
/// deeply without brackets.
fn longest_chain(text: &str) -> usize {
    text.split(['\n', ',', '"', '\'', ';'])
        .map(|piece| piece.bytes().filter(|byte| b" .+-~*/%&|^@".contains(byte)).count())
        .max()
        .unwrap_or(0)
}

/// Cell magics that run what follows as Python in the module.
const TRANSPARENT_MAGICS: [&str; 3] = ["%%time", "%%capture", "%%prun"];

/// The text that is parsed: as many lines as before, but nothing that is no Python.
fn prepare(text: &str) -> Cow<'_, str> {
    let Some(first) = text.lines().find(|line| !line.trim().is_empty()) else { return Cow::Borrowed(text) };
    let word = first.split_whitespace().next().unwrap_or_default();
    if word.starts_with("%%") {
        if TRANSPARENT_MAGICS.contains(&word) {
            let rest = &text[text.find(first).map_or(0, |at| at + first.len())..];
            let before = text.len() - rest.len() - first.len();
            return Cow::Owned(format!("{}{}", &text[..before], rest));
        }
        return Cow::Owned("\n".repeat(text.lines().count()));
    }
    if first.starts_with(">>> ") {
        return Cow::Owned(text.lines().map(without_prompt).collect());
    }
    let indent = &first[..first.len() - first.trim_start().len()];
    if indent.is_empty() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.lines().flat_map(|line| [line.strip_prefix(indent).unwrap_or(line), "\n"]).collect())
}

fn without_prompt(line: &str) -> String {
    let code = line.strip_prefix(">>> ").or_else(|| line.strip_prefix("... ")).unwrap_or_default();
    format!("{code}\n")
}

/// What may be bound by a fence that does not parse: words in the places of names.
pub(super) fn names_in(text: &str) -> Vec<(&str, Mention)> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut previous = "";
    while let Some(start) = rest.find(|c: char| c.is_alphabetic() || c == '_') {
        let word_end =
            rest[start..].find(|c: char| !c.is_alphanumeric() && c != '_').map_or(rest.len(), |n| start + n);
        let word = &rest[start..word_end];
        let after = rest[word_end..].trim_start_matches([' ', '\t']);
        let assigned = (after.starts_with('=') && !after.starts_with("==")) || after.starts_with(':');
        let operator = after.bytes().take_while(|byte| b"+-*/%|&^@<>".contains(byte)).count();
        let augmented = (1..=2).contains(&operator) && after.as_bytes().get(operator) == Some(&b'=');
        let declared = matches!(previous, "def" | "class" | "import" | "as" | "for" | "global" | "del");
        let listed = after.starts_with(',') || rest[..start].trim_end().ends_with(',');
        let binds = assigned || augmented || declared || listed || after.starts_with(" in ");
        found.push((word, if binds { Mention::Binds } else { Mention::Uses }));
        previous = word;
        rest = &rest[word_end..];
    }
    found
}

/// What a broken fence may do with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mention {
    /// Give it a new value.
    Binds,
    /// Change the object it names.
    Uses,
}
