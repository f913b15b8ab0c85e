//! The HTML form: one line of raw HTML per insertion.
//!
//! Everything is written through [`writer::Writer`], which takes tag and attribute names only as
//! literals and escapes every text, so that no answer can bring markup of its own.

mod answer;
mod axis;
mod compare;
mod costs;
mod document;
mod followers;
mod icons;
mod output;
mod panel;
mod plot;
mod prose;
mod scoreboard;
mod small;
mod steps;
mod tables;
mod timeline;
mod value;
mod writer;

pub(super) use compare::compare;
pub(super) use document::document;
pub(super) use followers::followers;
pub(super) use output::output;
pub(super) use panel::{group, panel};
pub(super) use scoreboard::{checks, scoreboard};
pub(super) use small::{challenge, facts_line, notice, page_notice};
pub(super) use steps::steps;
pub(super) use tables::{models, prices};
pub(super) use value::value;

/// The style sheet as it is written by people.
const STYLE: &str = include_str!("../style.css");

/// The style block: the sheet without comments and needless spaces.
pub(super) fn style() -> String {
    format!("<!--tutor--><style>{}</style>", compact(STYLE))
}

/// `css` without comments, and with single spaces only where two words would run together.
fn compact(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        squeeze(&rest[..start], &mut out);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    squeeze(rest, &mut out);
    out
}

fn squeeze(css: &str, out: &mut String) {
    let tight = |c: char| "{};,>".contains(c);
    let mut space = false;
    for c in css.chars() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        // After a colon a space is never needed; before one it is (`.a :hover`).
        let after = out.chars().next_back();
        if space && !tight(c) && after.is_some_and(|last| !tight(last) && last != ':') {
            out.push(' ');
        }
        space = false;
        if c == '}' && out.ends_with(';') {
            out.pop();
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_style_keeps_its_meaning() {
        let css = "/* a */\n.a > .b:hover ,\n.c :is(p) {\n  color: red;\n  width: calc(1px + 2px);\n}\n@media print {\n  .a { b: c; }\n}\n";
        assert_eq!(
            compact(css),
            ".a>.b:hover,.c :is(p){color:red;width:calc(1px + 2px)}@media print{.a{b:c}}"
        );
    }

    #[test]
    fn the_style_is_one_line_that_nothing_takes_for_a_directive() {
        let style = style();
        assert!(!style.contains('\n') && !style.contains("{{") && !style.contains("url("));
        assert!(style.len() < 12_500, "the style has grown to {} bytes", style.len());
    }
}
