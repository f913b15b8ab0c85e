//! Hostile texts in every place of every view stay texts.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::render::Form;
use crate::render::samples;
use crate::render::view::*;
use tutor_bedrock::json::Json;

const TAGS: &str = " blockquote br circle code dd del desc details div dl dt em figcaption figure g hr img input \
label li ol p path pre small span strong summary svg table tbody td text th thead time title tr ul ";
const ATTRIBUTES: &str = " alt aria-hidden aria-label class colspan cx cy d data-key data-state dir height \
loading preserveAspectRatio r role rowspan scope src start style tabindex type viewBox width x y ";
const ENTITIES: [&str; 8] = ["amp;", "lt;", "gt;", "quot;", "#39;", "#123;", "#125;", "#10;"];

/// Walks over the line as a browser would and says what is wrong with it.
fn check(html: &str) -> Result<(), String> {
    let mut rest = html.strip_prefix("<!--tutor-->").ok_or("it does not start with the comment")?;
    if let Some(bad) = html.chars().find(|c| matches!(c, '\n' | '\r' | '{' | '}' | '\u{202a}'..='\u{202e}')) {
        return Err(format!("it holds {bad:?}"));
    }
    let mut open: Vec<&str> = Vec::new();
    let mut first = true;
    while let Some(at) = rest.find('<') {
        text(&rest[..at])?;
        if at > 0 && open.is_empty() {
            return Err("text outside the root".into());
        }
        let end = rest[at..].find('>').ok_or("a tag without end")? + at;
        let inside = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes something else"));
            }
            continue;
        }
        let name = inside.split(' ').next().unwrap_or_default();
        if !TAGS.contains(&format!(" {name} ")) {
            return Err(format!("the tag <{name}>"));
        }
        attributes(&inside[name.len()..])?;
        if std::mem::take(&mut first) && !inside.contains("class=\"tutor") {
            return Err("the root is not of class tutor".into());
        }
        if !["br", "hr", "img", "input"].contains(&name) {
            open.push(name);
        }
    }
    if rest.is_empty() && open.is_empty() { Ok(()) } else { Err(format!("left over: {rest} {open:?}")) }
}

fn text(text: &str) -> Result<(), String> {
    if text.contains('>') {
        return Err(format!("a bare > in {text}"));
    }
    for (at, _) in text.match_indices('&') {
        let entity = &text[at + 1..];
        if entity.strip_prefix("#9;").is_none() && !ENTITIES.iter().any(|known| entity.starts_with(known)) {
            return Err(format!("a bare & in {text}"));
        }
    }
    Ok(())
}

fn attributes(mut rest: &str) -> Result<(), String> {
    while !rest.is_empty() {
        let body = rest.strip_prefix(' ').ok_or_else(|| format!("attributes run together: {rest}"))?;
        let length = body.find(['=', ' ']).unwrap_or(body.len());
        let (name, after) = body.split_at(length);
        if !ATTRIBUTES.contains(&format!(" {name} ")) {
            return Err(format!("the attribute {name}"));
        }
        rest = after;
        if let Some(value) = after.strip_prefix("=\"") {
            let end = value.find('"').ok_or("a value without end")?;
            text(&value[..end])?;
            let style = |value: &str| {
                let number = value.strip_prefix("width:").or_else(|| value.strip_prefix("left:"));
                number.and_then(|n| n.strip_suffix('%')).is_some_and(|n| n.parse::<f64>().is_ok())
            };
            if name == "style" && !style(&value[..end]) {
                return Err(format!("the style {}", &value[..end]));
            }
            if name == "src"
                && !value[..end].bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b))
            {
                return Err(format!("the source {}", &value[..end]));
            }
            rest = &value[end + 1..];
        }
    }
    Ok(())
}

/// What Markdown makes of `text`: its blocks at the top, with all signs of markup inside.
fn structure(text: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_MATH;
    let mut depth = 0_usize;
    let mut out = Vec::new();
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(tag) => {
                let kind = match &tag {
                    Tag::CodeBlock(_) => "code block".to_owned(),
                    tag => format!("{tag:?}"),
                };
                // Words may be cut into emphasis-free runs only: no inline markup but strong of ours.
                if depth == 0 || !matches!(tag, Tag::Paragraph) {
                    out.push(kind);
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Text(_) | Event::SoftBreak => {}
            Event::Code(_) => out.push("code".into()),
            other => out.push(format!("{other:?}")),
        }
    }
    out
}

/// A panel with `text` wherever a view takes one.
fn hostile(text: &str) -> PanelView {
    let s = || text.to_owned();
    let pieces = vec![
        Piece::Text(s()),
        Piece::Reasoning(s()),
        Piece::ToolUse { name: s(), input: Json::String(s()) },
        Piece::Image(ImageView { src: s(), size: Some((1, 2)), prompt: s() }),
        Piece::Image(ImageView { src: "recorded/a.png".into(), size: None, prompt: s() }),
        Piece::Refusal(s()),
    ];
    let mut recorded = samples::recorded(Origin::Bedrock, pieces);
    recorded.region = Some(s());
    recorded.stop_reason = Some(s());
    recorded.other_samples =
        vec![Outcome::Error(ErrorView { status: 400, kind: s(), message: s(), meaning: Some(s()) })];
    let mut model = samples::line(text, text, text);
    model.lifecycle = Some(LifecycleNote::Retired { on: None, successor: Some(s()) });
    let mut view = samples::view(model, PanelBody::Recorded(Box::new(recorded)));
    view.key = s();
    view.name = format!("own {text}");
    view
}

/// Everything the room draws, with `text` in it.
fn drawings(form: Form, text: &str) -> Vec<String> {
    let s = || text.to_owned();
    let view = hostile(text);
    let missing = MissingView { reason: s(), command: Some(s()) };
    let missing = samples::view(samples::line(text, text, text), PanelBody::Missing(missing));
    let mut json = view.clone();
    if let PanelBody::Recorded(recorded) = &mut json.body {
        recorded.show = Show::Json(Json::String(s()));
    }
    let mut compare = samples::comparison();
    for row in &mut compare.rows {
        row.model.name = s();
        if let Some(recorded) = &mut row.recorded {
            recorded.error = Some(s());
            recorded.region = Some(s());
        }
    }
    compare.rows[1].recorded.as_mut().expect("a sample").error = None;
    compare.rows[2].recorded.as_mut().expect("a sample").error = None;
    let mut models = samples::models();
    for model in &mut models {
        (model.name, model.provider, model.features.source) = (s(), s(), Some(s()));
        model.modalities.input = vec![s()];
        for price in &mut model.prices {
            (price.source, price.note) = (s(), Some(s()));
        }
        if let Some(lifecycle) = &mut model.lifecycle {
            (lifecycle.source, lifecycle.note, lifecycle.successor) = (s(), Some(s()), Some(s()));
        }
    }
    vec![
        form.panel(&view),
        form.panel(&json),
        form.panel(&missing),
        // Nothing is written for blank output, so that it always begins with a word.
        form.output(&samples::output(&format!("printed {text}"))),
        form.group(&[view, missing, json]),
        form.compare(&compare),
        form.prices(&PricesView { rows: samples::rows(&models) }),
        form.models(&ModelsView { rows: samples::rows(&models), today: samples::DAY }),
        form.facts_line(&FactsLine { facts: vec![(s(), s())] }),
        form.challenge(&ChallengeView { title: s(), task: s(), checks: vec![s()], command: s() }),
        form.notice(&NoticeView { message: s(), command: Some(s()) }),
    ]
}

/// Words that mean something to a browser, to Markdown or to mdBook.
const ATTACKS: [&str; 44] = [
    "<script>alert(1)</script>",
    "</div>",
    "-->",
    "<!--",
    "<img src=x onerror=alert(1)>",
    "{{#include /etc/passwd}}",
    "{{",
    "}}",
    "{{ #title x }}",
    "![a](https://example.com/a.png)",
    "[a](javascript:alert(1))",
    "<https://example.com>",
    "https://example.com",
    "```",
    "~~~",
    "````python",
    "|a|b|\n|-|-|\n|c|d|\n",
    "\n\n",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "    ",
    "> ",
    "- ",
    "1. ",
    "1234567890. ",
    "# ",
    "===",
    "---",
    "***",
    "**",
    "_",
    "~~",
    "`",
    "\\",
    "&lt;",
    "&#60;",
    "\u{202e}",
    "\u{200b}",
    "\0",
    "</style>",
    "[^1]",
    "$a$",
];

fn attack() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(ATTACKS.to_vec()).prop_map(str::to_owned),
        2 => "[a-z 0-9]{1,8}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 1..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_breaks_out_of_the_html(text in attack()) {
        for html in drawings(Form::Html, &text) {
            prop_assert_eq!(check(&html), Ok(()), "{}", html);
            let blocks = structure(&html);
            prop_assert!(blocks.len() == 2 && blocks[0] == "HtmlBlock" && blocks[1].starts_with("Html("));
        }
    }

    #[test]
    fn nothing_breaks_out_of_the_markdown(text in attack()) {
        for (markdown, plain) in drawings(Form::Markdown, &text).iter().zip(drawings(Form::Markdown, "x")) {
            prop_assert!(!markdown.contains("{{"));
            prop_assert_eq!(blocks(markdown), blocks(&plain), "{}", markdown);
        }
    }
}

/// What Markdown makes of `text`, without the emphasis and code that are ours to write.
fn blocks(text: &str) -> Vec<String> {
    let mut all = structure(text);
    all.retain(|kind| !["Paragraph", "Strong", "code"].contains(&kind.as_str()));
    all
}

#[test]
fn the_checker_sees_what_it_must() {
    for bad in [
        "<p class=\"tutor\"></p>",
        "<!--tutor--><p class=\"tutor\"><script></script></p>",
        "<!--tutor--><p class=\"tutor\" onclick=\"x\"></p>",
        "<!--tutor--><p class=\"tutor\"></div>",
        "<!--tutor--><p class=\"tutor\">&x</p>",
        "<!--tutor--><p class=\"tutor\">{</p>",
        "<!--tutor--><p class=\"tutor\" style=\"color:red\"></p>",
        "<!--tutor--><p class=\"tutor\"></p>x",
    ] {
        assert!(check(bad).is_err(), "{bad}");
    }
}

#[test]
fn huge_and_deep_answers_are_bounded() {
    let texts = [
        "a".repeat(1_000_000),
        "> ".repeat(30_000),
        "- ".repeat(30_000),
        "[".repeat(60_000),
        "*a_".repeat(20_000),
        "<b>".repeat(20_000),
        format!("|{}\n|{}\n", "a|".repeat(9_000), "-|".repeat(9_000)),
        "`".repeat(60_000),
    ];
    for text in texts {
        let recorded = samples::recorded(Origin::Bedrock, vec![Piece::Text(text)]);
        let view = samples::view(samples::line("a", "b", "c"), PanelBody::Recorded(Box::new(recorded)));
        let panel = Form::Html.panel(&view);
        assert_eq!(check(&panel), Ok(()));
        assert!(panel.len() < 1_500_000, "{} bytes", panel.len());
        assert_eq!(check(&Form::Html.group(std::slice::from_ref(&view))), Ok(()));
        assert!(!Form::Markdown.panel(&view).contains("{{"));
    }
}
