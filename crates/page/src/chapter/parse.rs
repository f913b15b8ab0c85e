//! One walk over a chapter's Markdown events that finds everything tutor looks for.

use std::collections::HashMap;
use std::ops::Range;

use mdbook_markdown::pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

use super::place::{After, Before, newline_near};
use super::{
    AllowedBlock, Annotation, Diagnostic, Directive, Fence, FrontMatter, Place, annotation, directive, fence,
};

/// What tutor knows of one chapter.
#[derive(Debug, Clone, PartialEq)]
pub struct Chapter {
    /// The YAML front matter, if there is one.
    pub front_matter: Option<FrontMatter>,
    /// Where something about the whole chapter goes: below its title if it opens with one, else at
    /// its start.
    pub top: Place,
    /// All fenced code blocks, in order.
    pub fences: Vec<Fence>,
    /// All directives, in order.
    pub directives: Vec<Directive>,
    /// Blocks other than fences in which something is allowed, in order.
    pub allowed: Vec<AllowedBlock>,
    /// What an author should mend, in order of lines.
    pub diagnostics: Vec<Diagnostic>,
}

impl Chapter {
    /// Reads a chapter. Any text is a chapter; what is wrong with it stands in `diagnostics`. Every
    /// line and byte counts from the start of `text`, front matter included.
    pub fn parse(text: &str) -> Self {
        let front_matter = FrontMatter::parse(text);
        let body = front_matter.as_ref().map_or(0, |front_matter| front_matter.range.end);
        let mut walk = Walk::new(text, body);
        walk.run();
        let mut diagnostics = walk.diagnostics;
        diagnostics.sort_by_key(|diagnostic| diagnostic.line);
        let top = walk.top.unwrap_or_else(|| Place::at_line_start(text, body));
        Self {
            front_matter,
            top,
            fences: walk.fences,
            directives: walk.directives,
            allowed: walk.allowed,
            diagnostics,
        }
    }
}

/// The help for a directive that does not stand alone.
const ALONE: &str =
    "put it into a paragraph of its own, with blank lines around it, or into backticks to show it";

/// The state of the walk.
struct Walk<'t> {
    text: &'t str,
    /// Where the text after the front matter starts.
    body: usize,
    /// The byte each line starts at.
    line_starts: Vec<usize>,
    /// The open containers, outermost first.
    containers: Vec<Container>,
    /// Where the last block ended or the last container started.
    edge: usize,
    /// The annotation just read, and the byte its block ends at.
    waiting: Option<(Annotation, usize)>,
    /// The inline content being read.
    inline: Option<Inline>,
    /// What the inline content belongs to if that is no paragraph, such as "a heading".
    home: Option<&'static str>,
    /// The lines on which names were given.
    names: HashMap<String, usize>,
    fences: Vec<Fence>,
    directives: Vec<Directive>,
    allowed: Vec<AllowedBlock>,
    diagnostics: Vec<Diagnostic>,
    top: Option<Place>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Quote,
    Other,
}

/// A paragraph, or what stands for one in a tight list.
struct Inline {
    range: Range<usize>,
    /// Where the current line's source starts; `None` right after a line break.
    line: Option<usize>,
    /// The source of the lines before it, without container prefixes.
    source: String,
    /// Where things that look like directives stand.
    directives: Vec<usize>,
}

impl<'t> Walk<'t> {
    fn new(text: &'t str, body: usize) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self {
            text,
            body,
            line_starts: std::iter::once(0).chain(breaks).collect(),
            containers: Vec::new(),
            edge: body,
            waiting: None,
            inline: None,
            home: None,
            names: HashMap::new(),
            fences: Vec::new(),
            directives: Vec::new(),
            allowed: Vec::new(),
            diagnostics: Vec::new(),
            top: None,
        }
    }

    /// The 1-based line of a byte.
    fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= at)
    }

    fn note(&mut self, at: usize, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(self.line(at), message, help));
    }

    fn run(&mut self) {
        let parser = new_cmark_parser(&self.text[self.body..], &MarkdownOptions::default());
        let body = self.body;
        let mut events = parser
            .into_offset_iter()
            .map(|(event, range)| (event, range.start + body..range.end + body))
            .enumerate();
        while let Some((index, (event, range))) = events.next() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let block_end = range.end;
                    self.end_inline();
                    let (content, end) = take_block(&mut events);
                    match kind {
                        CodeBlockKind::Fenced(info) => self.fence(range, info.to_string(), content, end),
                        CodeBlockKind::Indented => self.end_waiting(),
                    }
                    self.edge = block_end;
                }
                Event::Start(Tag::HtmlBlock) => {
                    self.end_inline();
                    let (content, _) = take_block(&mut events);
                    self.edge = range.end;
                    self.html_block(range, &content);
                }
                Event::Start(tag) if !is_inline(tag.to_end()) => {
                    self.end_inline();
                    self.allow_in(&range);
                    self.start_block(&tag, range.start);
                    if index == 0 && matches!(tag, Tag::Heading { level: HeadingLevel::H1, .. }) {
                        self.top = self.below_title(&range);
                    }
                }
                Event::End(tag) if !is_inline(tag) => {
                    self.end_inline();
                    self.end_waiting();
                    self.end_block(tag);
                    // What is said of a container's end may take in link definitions below it.
                    if !is_container(tag) {
                        self.edge = range.end;
                    }
                }
                Event::Rule => {
                    self.end_inline();
                    self.end_waiting();
                    self.edge = range.end;
                }
                event => {
                    self.end_waiting();
                    self.inline_event(&event, range);
                }
            }
        }
        self.end_inline();
        self.end_waiting();
    }

    /// The place below a title, unless carriage returns make it hard to say where it ends.
    fn below_title(&self, title: &Range<usize>) -> Option<Place> {
        let rest = &self.text[title.start..];
        let end =
            memchr::memchr(b'\n', &rest.as_bytes()[title.len()..]).map_or(rest.len(), |at| title.len() + at);
        let lone = rest[..end].trim_end_matches('\r').replace("\r\n", "").contains('\r');
        let unended = end == rest.len() && rest.ends_with('\r');
        (!lone && !unended).then(|| Place::below_line(self.text, title.end, ""))
    }

    fn start_block(&mut self, tag: &Tag, start: usize) {
        match tag {
            Tag::BlockQuote(_) => {
                self.containers.push(Container::Quote);
                self.edge = start;
            }
            Tag::Item | Tag::DefinitionListDefinition | Tag::FootnoteDefinition(_) => {
                self.containers.push(Container::Other);
                self.edge = start;
            }
            Tag::Heading { .. } => self.home = Some("a heading"),
            Tag::TableHead | Tag::TableRow | Tag::TableCell => self.home = Some("a table"),
            Tag::DefinitionListTitle => self.home = Some("a definition list"),
            _ => {}
        }
    }

    fn end_block(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::BlockQuote(_)
            | TagEnd::Item
            | TagEnd::DefinitionListDefinition
            | TagEnd::FootnoteDefinition => {
                self.containers.pop();
            }
            TagEnd::Heading(_) | TagEnd::Table | TagEnd::DefinitionListTitle => self.home = None,
            _ => {}
        }
    }

    fn fence(&mut self, range: Range<usize>, info: String, content: String, content_end: Option<usize>) {
        // Without content, the closing marks follow the opening line.
        let content_end = content_end.unwrap_or_else(|| {
            let opening = &self.text.as_bytes()[range.clone()];
            memchr::memchr(b'\n', opening).map_or(range.end, |at| range.start + at + 1)
        });
        let below = fence::below(self.text, &range, content_end);
        if below.is_none() {
            self.note(
                range.start,
                "a code fence that is not closed",
                "end the code with a line of the same marks as its first; answers cannot be shown below it",
            );
        }
        let annotation = match self.waiting.take() {
            Some((annotation, end)) if self.is_blank(end..range.start) => Some(annotation),
            Some(waiting) => {
                self.waiting = Some(waiting);
                self.end_waiting();
                None
            }
            None => None,
        };
        if let Some(annotation) = &annotation {
            self.check_name(annotation);
        }
        let line = self.line(range.start);
        self.fences.push(Fence {
            index: self.fences.len(),
            info,
            content,
            line,
            first_line: line + 1,
            range,
            annotation,
            below,
        });
    }

    /// Whether nothing but container prefixes and line breaks stands there. Link definitions make no
    /// event, so events alone do not tell.
    fn is_blank(&self, range: Range<usize>) -> bool {
        self.text.get(range).is_some_and(|text| text.bytes().all(|b| b.is_ascii_whitespace() || b == b'>'))
    }

    fn check_name(&mut self, annotation: &Annotation) {
        let Some(name) = annotation.settings.name.clone() else { return };
        let first = *self.names.entry(name.clone()).or_insert(annotation.line);
        if first != annotation.line {
            self.diagnostics.push(Diagnostic::new(
                annotation.line,
                format!("the name `{name}` is already taken on line {first}"),
                "give each fence of a chapter its own name",
            ));
        }
    }

    fn html_block(&mut self, range: Range<usize>, content: &str) {
        let Some(inside) = annotation::inside(content) else {
            self.end_waiting();
            if let Some(at) = annotation::find(content) {
                let line =
                    self.line(range.start) + memchr::memchr_iter(b'\n', &content.as_bytes()[..at]).count();
                self.diagnostics.push(Diagnostic::new(
                    line,
                    "an annotation inside a block of HTML",
                    "put a blank line before it, so that it is a comment of its own",
                ));
            }
            return;
        };
        if let Some((earlier, _)) = self.waiting.take() {
            self.diagnostics.push(Diagnostic::new(
                earlier.line,
                "an annotation before another annotation",
                "join the two into one comment, separated by a comma",
            ));
        }
        let end = self.text[range.clone()].find("-->").map(|at| range.start + at + 3);
        let (Some(end), Some((inside, rest))) = (end, inside.split_once("-->")) else {
            return self.note(range.start, "an annotation that is not closed", "end the comment with -->");
        };
        if !rest.trim().is_empty() {
            return self.note(
                range.start,
                "an annotation with text after it",
                "put the comment on lines of its own, directly before the code fence",
            );
        }
        let line = self.line(range.start);
        let settings = annotation::parse(inside, line, &mut self.diagnostics);
        let place = Place {
            range: range.start..end,
            prefix: String::new(),
            newline: newline_near(self.text, end),
            before: Before::Container,
            after: After::LineEnd,
        };
        self.waiting = Some((Annotation { line, place, settings }, range.end));
    }

    /// The annotation just read stands before this block.
    fn allow_in(&mut self, block: &Range<usize>) {
        match self.waiting.take() {
            Some((annotation, end))
                if annotation.settings.only_allows() && self.is_blank(end..block.start) =>
            {
                let end = block.end.saturating_sub(1).max(block.start);
                let lines = self.line(block.start)..=self.line(end);
                self.allowed.push(AllowedBlock { annotation, lines });
            }
            waiting => {
                self.waiting = waiting;
                self.end_waiting();
            }
        }
    }

    /// The annotation just read was not followed by a fence.
    fn end_waiting(&mut self) {
        if let Some((annotation, _)) = self.waiting.take() {
            self.diagnostics.push(Diagnostic::new(
                annotation.line,
                "an annotation that is not before a code fence",
                "put it directly before the fence it is about: in the same list item or quote, with only blank \
                 lines between",
            ));
        }
    }

    fn inline_event(&mut self, event: &Event, range: Range<usize>) {
        if let Event::InlineHtml(html) = event
            && annotation::inside(html).is_some()
        {
            self.note(
                range.start,
                "an annotation in the middle of a paragraph",
                "put it on lines of its own, directly before the code fence it is about",
            );
        }
        let inline = self.inline.get_or_insert_with(|| Inline {
            range: range.clone(),
            line: Some(range.start),
            source: String::new(),
            directives: Vec::new(),
        });
        inline.range.end = inline.range.end.max(range.end);
        match event {
            Event::SoftBreak | Event::HardBreak => {
                if let Some(start) = inline.line.take() {
                    inline.source.push_str(self.text.get(start..range.start).unwrap_or_default());
                }
                inline.source.push('\n');
            }
            Event::End(_) => {}
            event => {
                inline.line.get_or_insert(range.start);
                if matches!(event, Event::Text(_)) {
                    inline.directives.extend(directive::find(self.text, range));
                }
            }
        }
    }

    fn directive_place(&self, range: &Range<usize>) -> Result<Place, directive::Fault> {
        directive::place(&directive::Surroundings {
            text: self.text,
            paragraph: range,
            line_start: self.line_starts[self.line(range.start) - 1],
            edge: self.edge,
            quotes: self.containers.iter().filter(|&&container| container == Container::Quote).count(),
        })
    }

    /// Takes the value that starts at `at` in the middle of its text; returns whether one does.
    fn value(&mut self, at: usize) -> bool {
        match directive::value(&self.text[at..]) {
            None => return false,
            Some(Err(fault)) => self.note(at, fault.message, fault.help),
            Some(Ok(_)) if self.home == Some("a heading") => {
                self.note(at, "a value in a heading", "put it into a sentence below the heading");
            }
            Some(Ok((content, length))) => self.directives.push(Directive {
                verb: content.verb,
                words: content.words,
                options: content.options,
                line: self.line(at),
                place: Place::inside(self.text, at..at + length),
            }),
        }
        true
    }

    fn end_inline(&mut self) {
        let Some(mut inline) = self.inline.take() else { return };
        let values = std::mem::take(&mut inline.directives);
        let Some(at) = values.into_iter().find(|&at| !self.value(at)) else { return };
        if let Some(start) = inline.line {
            inline.source.push_str(self.text.get(start..inline.range.end).unwrap_or_default());
        }
        if let Some(home) = self.home {
            return self.note(at, format!("a directive in {home}"), ALONE);
        }
        if at != inline.range.start || !directive::starts(&inline.source) {
            return self.note(at, "a directive in the middle of a paragraph", ALONE);
        }
        match directive::parse(&inline.source) {
            Err(fault) => self.note(at, fault.message, fault.help),
            Ok(content) => match self.directive_place(&inline.range) {
                Err(fault) => self.note(at, fault.message, fault.help),
                Ok(place) => self.directives.push(Directive {
                    verb: content.verb,
                    words: content.words,
                    options: content.options,
                    line: self.line(at),
                    place,
                }),
            },
        }
    }
}

/// The text up to the end of the block just started, and where its last piece ends.
fn take_block<'e>(
    events: &mut impl Iterator<Item = (usize, (Event<'e>, Range<usize>))>,
) -> (String, Option<usize>) {
    let mut content = String::new();
    let mut end = None;
    for (_, (event, range)) in events {
        match event {
            Event::Text(piece) | Event::Html(piece) => {
                content.push_str(&piece);
                end = end.max(Some(range.end));
            }
            _ => break,
        }
    }
    (content, end)
}

fn is_inline(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

/// Whether this closes something that holds blocks.
fn is_container(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListDefinition
    )
}

#[cfg(test)]
mod tests;
