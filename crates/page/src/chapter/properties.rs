//! What holds for any Markdown at all, tried on texts assembled from nasty fragments.

use mdbook_markdown::pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use proptest::prelude::*;

use super::{Chapter, Place, Splice, splice};

/// Marks what the tests insert; no fragment holds it.
const PANEL: &str = "<div class=\"tutor\">PANEL</div>";

const PREFIXES: [&str; 24] = [
    "", "", "", "", "> ", ">", "- ", "  ", "   ", "    ", "\t", "1. ", "10) ", "  > ", "> - ", ">\t", "- > ",
    "-\t", ": ", "[^1]: ", "- [ ] ", "> > ", "* ", "-    ",
];

const LINES: [&str; 50] = [
    "",
    "",
    "",
    "```",
    "```",
    "```",
    "```python",
    "````",
    "~~~",
    "~~~ py ~~~",
    "   ```",
    "``` x",
    "text",
    "text *with* `code` and  ",
    "back\\",
    "# Heading",
    "Setext",
    "===",
    "---",
    "***",
    "| a | b |",
    "|---|---|",
    "| 1 | 2 |",
    "<div>",
    "</div>",
    "<!-- comment -->",
    "<!-- open",
    "-->",
    "<!-- tutor: name = \"a\" -->",
    "<!-- tutor:",
    "samples = 5,",
    "<!-- tutor: smaples = 5 --> x",
    "{{#tutor compare}}",
    "{{#tutor prices a key=\"v\"}}",
    "\\{{#tutor compare}}",
    "{{#tutor nope}} and",
    "[!NOTE]",
    "[ref]: /url 'title'",
    "[^1]",
    "[link](x",
    "y)",
    "<b>inline",
    "é € 😀",
    "a\rb",
    "```\rx",
    "\u{feff}",
    "&amp; \\* \\\\",
    "---\ntitle: x\n---",
    "import boto3",
    "- - - x",
];

/// A few lines, each with a few prefixes, with any line endings, with and without one at the end.
fn markdown() -> impl Strategy<Value = String> {
    let line = (
        prop::collection::vec(prop::sample::select(&PREFIXES[..]), 0..3),
        prop::sample::select(&LINES[..]),
        prop::sample::select(&["\n", "\n", "\n", "\n", "\r\n", "\r"][..]),
    );
    let lines = prop::collection::vec(line, 0..14);
    // The same prefix on every line makes whole documents inside a container likely.
    let outer = prop::sample::select(&["", "", "", "> ", "  ", ">", "- ", "    "][..]);
    (outer, lines, any::<bool>(), any::<bool>()).prop_map(|(outer, lines, ended, list)| {
        let mut text = String::new();
        for (index, (prefixes, line, newline)) in lines.iter().enumerate() {
            let outer = if list && index > 0 && outer == "- " { "  " } else { outer };
            text.push_str(outer);
            text.extend(prefixes.iter().copied());
            text.push_str(line);
            text.push_str(newline);
        }
        if !ended {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        text
    })
}

fn body(chapter: &Chapter) -> usize {
    chapter.front_matter.as_ref().map_or(0, |front_matter| front_matter.range.end)
}

fn events(text: &str) -> Vec<Event<'_>> {
    new_cmark_parser(text, &MarkdownOptions::default()).collect()
}

/// The events without the HTML blocks that hold a panel, and how many of those there were.
fn without_panels<'e>(events: &[Event<'e>]) -> (Vec<Event<'e>>, usize) {
    let mut rest = Vec::new();
    let mut panels = 0;
    let mut block: Option<Vec<Event>> = None;
    for event in events {
        match (event, &mut block) {
            (Event::Start(Tag::HtmlBlock), _) => block = Some(vec![event.clone()]),
            (Event::End(TagEnd::HtmlBlock), Some(_)) => {
                let mut block = block.take().unwrap();
                let html: String = block
                    .iter()
                    .filter_map(
                        |event| if let Event::Html(html) = event { Some(html.as_ref()) } else { None },
                    )
                    .collect();
                if html.contains(PANEL) {
                    assert_eq!(html.trim().lines().count(), 1, "a panel swallowed its neighbours: {html:?}");
                    assert_eq!(html.trim(), format!("<!--tutor-->{PANEL}"));
                    panels += 1;
                } else {
                    block.push(event.clone());
                    rest.extend(block);
                }
            }
            (_, Some(block)) => block.push(event.clone()),
            (_, None) => rest.push(event.clone()),
        }
    }
    (rest, panels)
}

/// Inserting panels at these places changes nothing else.
fn check_insertions(text: &str, body: usize, places: &[&Place]) -> Result<(), TestCaseError> {
    let changes: Vec<Splice> = places.iter().map(|place| place.html(PANEL)).collect();
    let spliced = splice(text, changes).unwrap();
    prop_assert_eq!(spliced.original().unwrap(), text);
    let after = events(&spliced.text[body..]);
    let (rest, panels) = without_panels(&after);
    prop_assert_eq!(panels, places.len(), "in {:?}", spliced.text);
    prop_assert_eq!(rest, events(&text[body..]), "{:?} became {:?}", text, spliced.text);
    Ok(())
}

/// The events of a document, the content of HTML blocks left out.
fn skeleton(text: &str) -> Vec<Event<'_>> {
    let mut html = false;
    events(text)
        .into_iter()
        .filter(|event| {
            let inside = html;
            html = matches!(event, Event::Start(Tag::HtmlBlock))
                || html && *event != Event::End(TagEnd::HtmlBlock);
            !inside
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fences_are_those_of_the_parser(text in markdown()) {
        let chapter = Chapter::parse(&text);
        let mut expected: Vec<(String, String)> = Vec::new();
        let mut inside = false;
        for event in events(&text[body(&chapter)..]) {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    expected.push((info.to_string(), String::new()));
                    inside = true;
                }
                Event::End(TagEnd::CodeBlock) => inside = false,
                Event::Text(piece) if inside => expected.last_mut().unwrap().1.push_str(&piece),
                _ => {}
            }
        }
        let found: Vec<_> = chapter.fences.iter().map(|f| (f.info.clone(), f.content.clone())).collect();
        prop_assert_eq!(found, expected);
        for (index, fence) in chapter.fences.iter().enumerate() {
            prop_assert_eq!(fence.index, index);
            let line = text.split('\n').nth(fence.line - 1).unwrap();
            prop_assert!(line.contains("```") || line.contains("~~~"));
            for (number, content) in fence.content.lines().enumerate() {
                // The parser drops a lone carriage return before the last character of a text.
                let line = text.split('\n').nth(fence.first_line - 1 + number).unwrap().replace('\r', "");
                let content = content.replace('\r', "");
                prop_assert!(line.contains(content.trim()), "{:?} is not in {:?}", content, line);
            }
        }
    }

    #[test]
    fn a_panel_below_a_fence_changes_nothing_else(text in markdown()) {
        let chapter = Chapter::parse(&text);
        let places: Vec<&Place> = chapter.fences.iter().filter_map(|fence| fence.below.as_ref()).collect();
        for place in &places {
            check_insertions(&text, body(&chapter), &[place])?;
        }
        // Two of one fence's calls, and something at the top.
        let mut all: Vec<&Place> = places.iter().flat_map(|place| [*place, *place]).collect();
        all.push(&chapter.top);
        check_insertions(&text, body(&chapter), &all)?;
    }

    #[test]
    fn every_closed_fence_has_a_place(lines in prop::collection::vec("[a-z ]{0,8}", 0..4), at in 0..8_usize) {
        let (first, rest) = [("", ""), ("> ", "> "), ("- ", "  "), ("1. > ", "   > "), ("> - ", ">   "),
            ("-\t", "\t"), ("[^1]: ", "    "), ("x\n: ", "  ")][at];
        let content: Vec<String> = lines.iter().map(|line| format!("{rest}{line}\n")).collect();
        let text = format!("{first}```\n{}{rest}```", content.concat());
        let chapter = Chapter::parse(&text);
        prop_assert!(chapter.fences[0].is_closed(), "{:?}", text);
        prop_assert_eq!(&chapter.fences[0].below.as_ref().unwrap().prefix, rest);
    }

    #[test]
    fn taking_annotations_off_changes_no_block(text in markdown()) {
        let chapter = Chapter::parse(&text);
        let splices: Vec<Splice> = chapter
            .fences
            .iter()
            .filter_map(|fence| fence.annotation.as_ref())
            .map(super::Annotation::removed)
            .collect();
        let spliced = splice(&text, splices).unwrap();
        prop_assert_eq!(spliced.original().unwrap(), text.as_str());
        prop_assert_eq!(skeleton(&spliced.text), skeleton(&text), "{:?} became {:?}", text, spliced.text);
        prop_assert!(Chapter::parse(&spliced.text).fences.iter().all(|fence| fence.annotation.is_none()));
    }

    #[test]
    fn a_directive_gives_way_to_one_block(text in markdown()) {
        let chapter = Chapter::parse(&text);
        let body = body(&chapter);
        for directive in &chapter.directives {
            let spliced = splice(&text, vec![directive.place.html(PANEL)]).unwrap();
            let after = events(&spliced.text[body..]);
            let (after, panels) = without_panels(&after);
            prop_assert_eq!(panels, 1, "{:?} became {:?}", text, spliced.text);
            // What the paragraph was made of: everything inside it, and it.
            let range = &directive.place.range;
            let parser = new_cmark_parser(&text[body..], &MarkdownOptions::default());
            let before: Vec<Event> = parser
                .into_offset_iter()
                .filter(|(event, at)| {
                    let at = at.start + body..at.end + body;
                    let paragraph = matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph));
                    let inside = at.start >= range.start && at.end <= range.end;
                    !(inside || paragraph && at.start <= range.start && range.end <= at.end)
                })
                .map(|(event, _)| event)
                .collect();
            prop_assert_eq!(after, before, "{:?} became {:?}", text, spliced.text);
        }
    }

    #[test]
    fn markdown_goes_in_as_blocks_of_its_own(text in markdown()) {
        const MARKDOWN: &str = "**PANEL**\n\n```text\nPANEL\n```\n\n| PANEL |\n| --- |\n| a |";
        let chapter = Chapter::parse(&text);
        let places: Vec<&Place> = chapter.fences.iter().filter_map(|fence| fence.below.as_ref()).collect();
        let splices = places.iter().map(|place| place.markdown(MARKDOWN)).collect();
        let spliced = splice(&text, splices).unwrap();
        prop_assert_eq!(spliced.original().unwrap(), text.as_str());
        // Taken out again, the blocks leave what was there, but for the tightness of lists.
        let body = body(&chapter);
        let inserted: Vec<_> = spliced.undo.iter().map(|undo| undo.range.clone()).collect();
        let loose = |event: &Event| matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph));
        let rest: Vec<String> = new_cmark_parser(&spliced.text[body..], &MarkdownOptions::default())
            .into_offset_iter()
            .filter(|(_, at)| !inserted.iter().any(|range| range.start <= at.start + body && at.end + body <= range.end))
            .filter(|(event, _)| !loose(event))
            .map(|(event, _)| format!("{event:?}"))
            .collect();
        let before: Vec<String> =
            events(&text[body..]).iter().filter(|event| !loose(event)).map(|event| format!("{event:?}")).collect();
        prop_assert_eq!(rest, before, "{:?} became {:?}", text, spliced.text);
    }

    #[test]
    fn the_cheap_look_never_misses(text in markdown()) {
        let chapter = Chapter::parse(&text);
        let reads = |info: &str| info.starts_with("py") || info == "x";
        let something = chapter.front_matter.is_some()
            || !chapter.directives.is_empty()
            || chapter.fences.iter().any(|fence| fence.annotation.is_some() || reads(&fence.info));
        prop_assert!(!something || super::is_of_interest(&text, reads));
    }

    #[test]
    fn any_text_at_all_is_a_chapter(text in any::<String>()) {
        let chapter = Chapter::parse(&text);
        let places = chapter.fences.iter().filter_map(|fence| fence.below.as_ref()).chain([&chapter.top]);
        let spliced = splice(&text, places.map(|place| place.html(PANEL)).collect()).unwrap();
        prop_assert_eq!(spliced.original().unwrap(), text);
    }
}
