//! Writes HTML that cannot be broken from outside.

use jiff::civil::Date;

use crate::render::visible::stand_in;
use crate::render::words::{Span, code_spans};

/// One line of HTML in the making.
///
/// Names of tags, classes and attributes are literals of this house; every text and every
/// attribute's value is escaped here and nowhere else.
pub(super) struct Writer {
    out: String,
    open: Vec<&'static str>,
}

/// Attributes with their values; a value may come from outside, a name never does.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Writer {
    /// A line whose root has the class `tutor` and these others. `MathJax`, which a book may switch
    /// on, is told to leave it alone: what it makes of an answer could hold links.
    pub(super) fn root(tag: &'static str, class: &str, attributes: Attributes<'_>) -> Self {
        let mut writer = Writer { out: "<!--tutor-->".to_owned(), open: Vec::new() };
        let class = format!("tutor {class} tex2jax_ignore");
        let mut all = vec![("class", class.as_str())];
        all.extend_from_slice(attributes);
        writer.open(tag, &all);
        writer
    }

    /// A line without a root, for what stands around blocks in a page of its own.
    pub(super) fn bare() -> Self {
        Writer { out: String::new(), open: Vec::new() }
    }

    /// Opens an element.
    pub(super) fn open(&mut self, tag: &'static str, attributes: Attributes<'_>) -> &mut Self {
        self.tag(tag, attributes);
        self.open.push(tag);
        self
    }

    /// Closes the element that was opened last.
    pub(super) fn close(&mut self) -> &mut Self {
        if let Some(tag) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(tag);
            self.out.push('>');
        }
        self
    }

    /// An element that is never closed: `br`, `hr`, `img`, `input`.
    pub(super) fn void(&mut self, tag: &'static str, attributes: Attributes<'_>) -> &mut Self {
        self.tag(tag, attributes);
        self
    }

    /// Text.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        escape(text, &mut self.out);
        self
    }

    /// An element with nothing but text.
    pub(super) fn leaf(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) -> &mut Self {
        self.open(tag, attributes).text(text).close()
    }

    /// A sentence of ours, with code between backticks.
    pub(super) fn sentence(&mut self, text: &str) -> &mut Self {
        for (span, part) in code_spans(text) {
            match span {
                Span::Words => self.text(part),
                Span::Code => self.leaf("code", &[], part),
            };
        }
        self
    }

    /// Words of ours with days in them (`2026-11-22`), which no line break takes apart.
    pub(super) fn dated(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some((before, day, after)) = split_at_day(rest) {
            self.text(before).leaf("time", &[], day);
            rest = after;
        }
        self.text(rest)
    }

    /// Markup of this house, never made from a text from outside.
    pub(super) fn own(&mut self, markup: &'static str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Closes elements until only `depth` are open.
    pub(super) fn close_to(&mut self, depth: usize) -> &mut Self {
        while self.open.len() > depth {
            self.close();
        }
        self
    }

    /// Closes everything and gives the line.
    pub(super) fn finish(mut self) -> String {
        self.close_to(0);
        self.out
    }

    fn tag(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            if !value.is_empty() {
                self.out.push_str("=\"");
                escape(value, &mut self.out);
                self.out.push('"');
            }
        }
        self.out.push('>');
    }
}

/// The first day in `text`, with what stands before and after it.
fn split_at_day(text: &str) -> Option<(&str, &str, &str)> {
    const LENGTH: usize = "2026-11-22".len();
    text.match_indices('-').find_map(|(at, _)| {
        let start = at.checked_sub(4)?;
        let day = text.get(start..start + LENGTH)?;
        let is_day = day.bytes().all(|b| b.is_ascii_digit() || b == b'-') && day.parse::<Date>().is_ok();
        is_day.then(|| (&text[..start], day, &text[start + LENGTH..]))
    })
}

/// Appends `text` so that it is text to HTML, to Markdown around it and to mdBook's `{{#…}}`.
fn escape(text: &str, out: &mut String) {
    out.reserve(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '{' => out.push_str("&#123;"),
            '}' => out.push_str("&#125;"),
            '\n' => out.push_str("&#10;"),
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push_str("&#10;");
            }
            '\t' => out.push_str("&#9;"),
            _ => match stand_in(c) {
                Some(shown) => out.push_str(&shown),
                None => out.push(c),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_stay_whole() {
        let mut writer = Writer::bare();
        writer.dated("é-2026-11-2, 2026-11-22 & 2026-02-30, 2027-01-01");
        assert_eq!(
            writer.finish(),
            "é-2026-11-2, <time>2026-11-22</time> &amp; 2026-02-30, <time>2027-01-01</time>"
        );
    }

    #[test]
    fn texts_and_values_are_inert() {
        let mut writer = Writer::root("div", "tt-x", &[("data-x", "\"><script>")]);
        writer.text("</div>{{#include x}}\r\n'\t");
        assert_eq!(
            writer.finish(),
            "<!--tutor--><div class=\"tutor tt-x tex2jax_ignore\" data-x=\"&quot;&gt;&lt;script&gt;\">&lt;/div&gt;\
             &#123;&#123;#include x&#125;&#125;&#10;&#39;&#9;</div>"
        );
    }
}
