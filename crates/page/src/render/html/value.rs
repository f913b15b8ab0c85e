//! `{{#tutor value}}`: a figure in a sentence.

use std::fmt::Write as _;

use super::writer::Writer;
use crate::render::view::{State, ValueView};

/// A span that fits into a line of Markdown: nothing in it is read as Markdown, either.
pub(crate) fn value(view: &ValueView) -> String {
    let mut writer = Writer::bare();
    let state = view.origin.map_or("catalog", |origin| State::of(origin).name());
    writer
        .open(
            "span",
            &[("class", "tutor tutor-value tex2jax_ignore"), ("data-state", state), ("title", &view.source)],
        )
        .text(&view.text);
    let html = writer.finish();
    // Only text between tags is Markdown; a bar ends a table's cell wherever it stands.
    let (tag, rest) = html.split_once('>').unwrap_or((&html, ""));
    let mut out = format!("{}>", tag.replace('|', "&#124;"));
    for c in rest.chars() {
        match c {
            '*' | '_' | '[' | ']' | '`' | '~' | '\\' | '|' | '$' | '^' | '!' => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::view::Origin;

    #[test]
    fn nothing_in_a_value_is_read_as_markdown() {
        let view = ValueView {
            text: "**a** <b> [c](d) |".into(),
            origin: Some(Origin::Practice),
            source: "x | y".into(),
        };
        assert_eq!(
            value(&view),
            "<span class=\"tutor tutor-value tex2jax_ignore\" data-state=\"practice\" title=\"x &#124; y\">\
             &#42;&#42;a&#42;&#42; &lt;b&gt; &#91;c&#93;(d) &#124;</span>"
        );
    }
}
