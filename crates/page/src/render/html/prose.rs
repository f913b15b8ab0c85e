//! An answer's text: a small, safe subset of Markdown, or the text as it is.
//!
//! Paragraphs, emphasis, code, lists, tables and quotes are drawn; headings become bold paragraphs;
//! addresses stay text; markup stays text.

use pulldown_cmark::{Alignment, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::writer::{Attributes, Writer};
use tutor_bedrock::json::Json;

/// Longer texts are shown as they are: reading Markdown pays for answers, not for dumps.
const LONGEST_MARKDOWN: usize = 64 * 1024;
/// Texts that nest deeper are shown as they are.
const DEEPEST: usize = 12;
/// Tables with more cells in a row are shown as they are.
const WIDEST_TABLE: usize = 16;

/// How a text is best shown.
pub(super) enum Reading {
    /// It is JSON: formatted.
    Json(String),
    /// It has structure.
    Markdown,
    /// Words and line breaks.
    Plain,
}

/// Decides how `text` is shown.
pub(super) fn reading(text: &str) -> Reading {
    if text.len() > LONGEST_MARKDOWN {
        return Reading::Plain;
    }
    if text.starts_with(['{', '['])
        && let Ok(json) = Json::parse(text.as_bytes())
    {
        return Reading::Json(json.to_pretty());
    }
    let mut depth = 0_usize;
    let mut structured = false;
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Start(tag) => {
                depth += 1;
                if depth > DEEPEST || matches!(&tag, Tag::Table(columns) if columns.len() > WIDEST_TABLE) {
                    return Reading::Plain;
                }
                structured |=
                    !matches!(tag, Tag::Paragraph | Tag::HtmlBlock | Tag::Link { .. } | Tag::Image { .. })
                        && !is_indented_code(&tag);
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Code(_) | Event::Rule => structured = true,
            _ => {}
        }
    }
    if structured { Reading::Markdown } else { Reading::Plain }
}

fn is_indented_code(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Indented))
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

/// How many lines of a page `text` fills, roughly.
pub(super) fn lines(text: &str) -> usize {
    text.lines().map(|line| 1 + line.chars().count() / 90).sum()
}

/// Writes `text` as it was received. mdBook gives `pre > code` its copy button.
pub(super) fn plain(writer: &mut Writer, text: &str) {
    writer.open("pre", &[("class", "tt-plain"), ("dir", "auto")]).leaf("code", &[], text).close();
}

/// What a program printed is wrapped if a line has more characters than this; columns keep their
/// places in narrower texts, which scroll where a page is narrower still.
const WIDEST_OUTPUT: usize = 120;

/// Writes what a program printed.
pub(super) fn printed(writer: &mut Writer, text: &str) {
    let wraps = text.lines().any(|line| line.chars().nth(WIDEST_OUTPUT).is_some());
    let (class, code): (_, Attributes<'_>) =
        if wraps { ("tt-printed", &[]) } else { ("tt-printed tt-code", &[("tabindex", "0")]) };
    writer.open("pre", &[("class", class), ("dir", "auto")]).leaf("code", code, text).close();
}

/// Writes a command to type.
pub(super) fn command(writer: &mut Writer, command: &str) {
    writer.open("pre", &[("class", "tt-command")]).leaf("code", &[], command).close();
}

/// Writes code, scrolling on its own; what scrolls takes the focus, so that a keyboard can scroll it.
pub(super) fn code(writer: &mut Writer, text: &str) {
    writer.open("pre", &[("class", "tt-code")]).leaf("code", &[("tabindex", "0")], text).close();
}

/// Writes `text` as Markdown's safe subset. Call it only for [`Reading::Markdown`].
pub(super) fn markdown(writer: &mut Writer, text: &str) {
    let floor = writer.depth();
    let mut prose =
        Prose { writer, floor, columns: Vec::new(), cell: 0, head: false, code: None, links: Vec::new() };
    for event in Parser::new_ext(text, options()) {
        prose.event(event);
    }
    prose.writer.close_to(floor);
}

struct Prose<'w> {
    writer: &'w mut Writer,
    floor: usize,
    /// Alignment of the columns of the table we are in.
    columns: Vec<Alignment>,
    cell: usize,
    head: bool,
    /// The text of the code block or markup block we are in.
    code: Option<String>,
    /// Addresses of the links and images we are in, with the text seen so far.
    links: Vec<(String, String)>,
}

impl Prose<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.words(&text),
            Event::Code(text) => {
                self.writer.leaf("code", &[], &text);
            }
            Event::SoftBreak | Event::HardBreak => {
                self.writer.void("br", &[]);
            }
            Event::Rule => {
                self.writer.void("hr", &[]);
            }
            // Not asked for in `options`; if they come, their source is text.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.words(&text);
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn words(&mut self, text: &str) {
        for (_, seen) in &mut self.links {
            seen.push_str(text);
        }
        match &mut self.code {
            Some(code) => code.push_str(text),
            None => {
                self.writer.text(text);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let writer = &mut *self.writer;
        match tag {
            Tag::Paragraph => {
                writer.open("p", AUTO);
            }
            Tag::Heading { .. } => {
                writer.open("p", AUTO).open("strong", &[]);
            }
            Tag::BlockQuote(_) => {
                writer.open("blockquote", AUTO);
            }
            Tag::CodeBlock(_) | Tag::HtmlBlock => self.code = Some(String::new()),
            Tag::List(None) => {
                writer.open("ul", AUTO);
            }
            Tag::List(Some(1)) => {
                writer.open("ol", AUTO);
            }
            Tag::List(Some(first)) => {
                writer.open("ol", &[("dir", "auto"), ("start", &first.to_string())]);
            }
            Tag::Item => {
                writer.open("li", AUTO);
            }
            Tag::Table(columns) => {
                self.columns = columns;
                scroller(writer, "Table in the answer").open("table", &[]);
            }
            Tag::TableHead => {
                (self.head, self.cell) = (true, 0);
                writer.open("thead", &[]).open("tr", &[]);
            }
            Tag::TableRow => {
                self.cell = 0;
                writer.open("tr", &[]);
            }
            Tag::TableCell => self.start_cell(),
            Tag::Emphasis => {
                writer.open("em", &[]);
            }
            Tag::Strong => {
                writer.open("strong", &[]);
            }
            Tag::Strikethrough => {
                writer.open("del", &[]);
            }
            Tag::Link { link_type, dest_url, .. } => {
                let address =
                    if link_type == LinkType::Autolink { String::new() } else { dest_url.into_string() };
                self.links.push((address, String::new()));
            }
            Tag::Image { dest_url, .. } => {
                writer.text("[image: ");
                self.links.push((dest_url.into_string(), String::new()));
            }
            // Not asked for in `options`: their content is shown, they are not.
            _ => {}
        }
    }

    fn start_cell(&mut self) {
        let align = match self.columns.get(self.cell) {
            Some(Alignment::Right) => "tt-r",
            Some(Alignment::Center) => "tt-c",
            _ => "",
        };
        let mut attributes = AUTO.to_vec();
        if !align.is_empty() {
            attributes.push(("class", align));
        }
        if self.head {
            attributes.push(("scope", "col"));
        }
        self.writer.open(if self.head { "th" } else { "td" }, &attributes);
        self.cell += 1;
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock => {
                let text = self.code.take().unwrap_or_default();
                code(self.writer, text.trim_end_matches('\n'));
            }
            TagEnd::HtmlBlock => {
                let text = self.code.take().unwrap_or_default();
                plain(self.writer, text.trim_end_matches('\n'));
            }
            TagEnd::Heading(_) | TagEnd::Table => {
                self.writer.close().close();
            }
            TagEnd::TableHead => {
                self.head = false;
                self.writer.close().close().open("tbody", &[]);
            }
            TagEnd::Link => self.address("", ""),
            TagEnd::Image => self.address("]", ""),
            TagEnd::Paragraph
            | TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::TableRow
            | TagEnd::TableCell
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough => {
                debug_assert!(self.writer.depth() > self.floor);
                self.writer.close();
            }
            _ => {}
        }
        if tag == TagEnd::Table {
            // The body, then the table, then its scroller: two were closed above.
            self.writer.close();
        }
    }

    /// Writes the address of a link as text, unless its text already is the address.
    fn address(&mut self, before: &str, after: &str) {
        let Some((address, seen)) = self.links.pop() else { return };
        self.writer.text(before);
        if !address.is_empty() && address != seen {
            self.writer.text(&format!(" ({address})"));
        }
        self.writer.text(after);
    }
}

/// The direction follows the text.
const AUTO: &[(&str, &str)] = &[("dir", "auto")];

/// Opens a box in which a wide table scrolls, reachable by keyboard.
pub(super) fn scroller<'w>(writer: &'w mut Writer, label: &str) -> &'w mut Writer {
    writer.open("div", &[("class", "tt-scroll"), ("role", "group"), ("tabindex", "0"), ("aria-label", label)])
}
