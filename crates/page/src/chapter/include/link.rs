//! The links themselves: how they are written and which lines of a file they take.
//!
//! Follows `links.rs` and `links/take_lines.rs` of mdbook-driver 0.5.4 rule by rule, odd ones
//! included: `:-5` is an anchor, `:5:x` runs to the end, an anchor that is missing takes nothing.

use std::ops::{Bound, Range, RangeBounds as _};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::lines::{Lines, Origin};

/// One link in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link<'t> {
    pub(super) range: Range<usize>,
    pub(super) text: &'t str,
    pub(super) kind: Kind<'t>,
}

/// What a link asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'t> {
    /// `\{{#…}}`: the same without the backslash.
    Escaped,
    /// `{{#include PATH:PART}}`
    Include(&'t str, Part<'t>),
    /// `{{#rustdoc_include PATH:PART}}`: the rest of the file stands there too, behind `# `.
    RustdocInclude(&'t str, Part<'t>),
    /// `{{#playground PATH ATTRIBUTES…}}`: the file as a Rust fence.
    Playground(&'t str, Vec<&'t str>),
    /// `{{#title …}}`: nothing on the page.
    Title,
}

/// Which part of a file is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// Lines counted from 0.
    Lines(Bound<usize>, Bound<usize>),
    /// The lines between two comments with this name.
    Anchor(&'t str),
}

/// All links in a text, in order.
pub(super) fn find(text: &str) -> impl Iterator<Item = Link<'_>> {
    static LINK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\\\{\{\#.*\}\}|\{\{\s*\#([a-zA-Z0-9_]+)\s+([^}]+)\}\}").expect("a constant pattern")
    });
    LINK.captures_iter(text).filter_map(|captures| Link::new(&captures))
}

impl<'t> Link<'t> {
    fn new(captures: &Captures<'t>) -> Option<Self> {
        let whole = captures.get(0)?;
        let kind = match (captures.get(1), captures.get(2)) {
            (Some(word), Some(rest)) => Kind::new(word.as_str(), rest.as_str())?,
            _ => Kind::Escaped,
        };
        Some(Self { range: whole.range(), text: whole.as_str(), kind })
    }

    /// The path as written, if the link has one.
    pub(super) fn path(&self) -> Option<&'t str> {
        match &self.kind {
            Kind::Escaped | Kind::Title => None,
            Kind::Include(path, _) | Kind::RustdocInclude(path, _) | Kind::Playground(path, _) => Some(path),
        }
    }

    /// The folder that links in the linked file are relative to.
    pub(super) fn folder(&self, folder: &Path) -> Option<PathBuf> {
        Some(folder.join(self.path()?).parent()?.to_owned())
    }
}

impl<'t> Kind<'t> {
    fn new(word: &str, rest: &'t str) -> Option<Self> {
        if word == "title" {
            return Some(Kind::Title);
        }
        let mut words = rest.split_whitespace();
        let path = words.next()?;
        let parted = || match path.split_once(':') {
            Some((path, part)) => (path, Part::new(part)),
            None => (path, Part::new("")),
        };
        match word {
            "include" => {
                let (path, part) = parted();
                Some(Kind::Include(path, part))
            }
            "rustdoc_include" => {
                let (path, part) = parted();
                Some(Kind::RustdocInclude(path, part))
            }
            "playground" | "playpen" => Some(Kind::Playground(path, words.collect())),
            _ => None,
        }
    }

    /// What the link takes of `content`, which is the file number `file`; `own` is where the link
    /// itself stands.
    pub(super) fn take(&self, content: &str, file: usize, own: Origin) -> Lines {
        let lines = || content.lines().enumerate().map(|(index, line)| (line, (file, index + 1)));
        match self {
            Kind::Escaped | Kind::Title => Lines::all_from("", own),
            Kind::Include(_, part) => {
                // Only the first stretch between an anchor's comments is taken.
                let taken = part.choose(lines()).take_while(|(_, _, chosen)| *chosen != Chosen::End);
                let taken = taken.filter(|(_, _, chosen)| *chosen == Chosen::Within);
                Lines::join(taken.map(|(line, origin, _)| (line, origin)), own)
            }
            Kind::RustdocInclude(_, part) => {
                let taken = part.choose(lines()).filter_map(|(line, origin, chosen)| match chosen {
                    Chosen::Within => Some((line.to_owned(), origin)),
                    Chosen::Outside => Some((format!("# {line}"), origin)),
                    Chosen::Comment | Chosen::End => None,
                });
                Lines::join(taken, own)
            }
            Kind::Playground(_, attributes) => {
                let comma = if attributes.is_empty() { "" } else { "," };
                let opening = format!("```rust{comma}{}", attributes.join(","));
                // The file keeps its line endings here, so it is not taken line by line.
                let body: Vec<(&str, Origin)> = content
                    .strip_suffix('\n')
                    .unwrap_or(content)
                    .split('\n')
                    .enumerate()
                    .map(|(index, line)| (line, (file, index + 1)))
                    .collect();
                let lines =
                    [(opening.as_str(), own)].into_iter().chain(body).chain([("```", own), ("", own)]);
                Lines::join(lines, own)
            }
        }
    }
}

impl<'t> Part<'t> {
    fn new(text: &'t str) -> Self {
        let mut parts = text.splitn(3, ':');
        let first = parts.next().unwrap_or_default();
        let start = match first.parse::<usize>() {
            Ok(line) => Some(line.saturating_sub(1)),
            Err(_) if first.is_empty() => None,
            Err(_) => return Part::Anchor(first),
        };
        let end = parts.next().map(str::parse::<usize>);
        match (start, end) {
            (Some(start), Some(Ok(end))) => Part::Lines(Bound::Included(start), Bound::Excluded(end)),
            (Some(start), Some(Err(_))) => Part::Lines(Bound::Included(start), Bound::Unbounded),
            (Some(start), None) => Part::Lines(Bound::Included(start), Bound::Included(start)),
            (None, Some(Ok(end))) => Part::Lines(Bound::Unbounded, Bound::Excluded(end)),
            (None, None | Some(Err(_))) => Part::Lines(Bound::Unbounded, Bound::Unbounded),
        }
    }

    /// Says of each line whether it is in this part.
    fn choose<'l, I>(&self, lines: I) -> impl Iterator<Item = (&'l str, Origin, Chosen)>
    where
        I: Iterator<Item = (&'l str, Origin)>,
    {
        let mut within = false;
        lines.enumerate().map(move |(index, (line, origin))| {
            let chosen = match self {
                Part::Lines(start, end) if (*start, *end).contains(&index) => Chosen::Within,
                Part::Lines(..) => Chosen::Outside,
                Part::Anchor(name) => at_anchor(line, name, &mut within),
            };
            (line, origin, chosen)
        })
    }
}

/// How a line stands to the part that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Within,
    Outside,
    /// A comment that holds some anchor.
    Comment,
    /// The comment that ends the part.
    End,
}

/// How a line stands to the anchor `name`; `within` is kept from line to line.
fn at_anchor(line: &str, name: &str, within: &mut bool) -> Chosen {
    static START: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"ANCHOR:\s*(?P<name>[\w_-]+)").expect("a constant pattern"));
    static END: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"ANCHOR_END:\s*(?P<name>[\w_-]+)").expect("a constant pattern"));
    let named = |anchor: &Regex| anchor.captures(line).map(|captures| &captures["name"] == name);
    if *within {
        return match named(&END) {
            Some(true) => {
                *within = false;
                Chosen::End
            }
            Some(false) => Chosen::Comment,
            None if START.is_match(line) => Chosen::Comment,
            None => Chosen::Within,
        };
    }
    match named(&START) {
        Some(ours) => {
            *within = ours;
            Chosen::Comment
        }
        None if END.is_match(line) => Chosen::Comment,
        None => Chosen::Outside,
    }
}
