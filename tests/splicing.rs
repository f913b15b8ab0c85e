//! Large books: what tutor puts on their pages, and that nothing else on them changes.

use std::fmt::Write as _;
use std::process::Command;

use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use proptest::prelude::*;

use crate::project::Project;

/// Fences that ask something, `N` in the place of a number, and how many panels they get.
const ASKING: [(&str, usize); 4] = [
    ("```toml bedrock\nmodel = \"amazon.nova-lite-v1:0\"\nprompt = \"question N\"\n```\n", 1),
    (
        "```python\nimport boto3\n\nboto3.client(\"bedrock-runtime\").converse(\n    modelId=\"amazon.nova-lite-v1:0\",\n    \
         messages=[{\"role\": \"user\", \"content\": [{\"text\": \"question N\"}]}],\n)\n```\n",
        1,
    ),
    (
        "~~~toml bedrock\nmodels = [\"amazon.nova-lite-v1:0\", \"amazon.nova-pro-v1:0\"]\nprompt = \"question N\"\n~~~\n",
        2,
    ),
    (
        "<!-- tutor: name = \"named-N\", show = \"json\" -->\n\n```toml bedrock\nmodel = \"amazon.titan-text-express-v1\"\nprompt = \"question N\"\n```\n",
        1,
    ),
];

/// What else a chapter holds.
const PROSE: [&str; 12] = [
    "# A heading\n",
    "Text with *emphasis*, `code`, a [link](x.md) and ![an image](y.png).\n",
    "- a tight list\n- of two\n",
    "1. a loose\n\n2. list\n",
    "> a quote\n> of two lines\n",
    "| a | b |\n|---|--:|\n| 1 | 2 |\n",
    "```rust\nfn main() {}\n```\n",
    "    indented code\n",
    "<div>\n\n*inside* markup\n\n</div>\n",
    "A footnote.[^N]\n\n[^N]: Its text.\n",
    "---\n",
    "Setext\n======\n",
];

/// What a block may stand in: the first line's prefix and that of the others.
const PLACES: [(&str, &str); 6] =
    [("", ""), ("> ", "> "), ("- ", "  "), ("10. ", "    "), ("> - ", ">   "), ("- > ", "  > ")];

/// A chapter as places and blocks; every number is below 1,000.
fn chapter() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0..PLACES.len(), 0..ASKING.len() + PROSE.len()), 60..120)
}

/// The chapter's text, and how many panels belong on it.
fn written(number: usize, blocks: &[(usize, usize)]) -> (String, usize) {
    let (mut text, mut panels) = (String::new(), 0);
    for (index, (place, block)) in blocks.iter().enumerate() {
        let (block, more) = match block.checked_sub(ASKING.len()) {
            None => ASKING[*block],
            Some(prose) => (PROSE[prose], 0),
        };
        panels += more;
        let (first, others) = PLACES[*place];
        for (line, content) in block.replace('N', &format!("{number}-{index}")).lines().enumerate() {
            let prefix = if line == 0 { first } else { others };
            writeln!(text, "{}", format!("{prefix}{content}").trim_end()).expect("a string");
        }
        // A comment ends any list, so that blocks stand where they say.
        text += "\n<!-- next -->\n\n";
    }
    (text, panels)
}

/// The chapters as mdBook gets them back.
fn preprocessed(project: &Project, chapters: &[(String, usize)]) -> Vec<String> {
    let items: Vec<_> = chapters
        .iter()
        .enumerate()
        .map(|(number, (text, _))| {
            let path = format!("c{number}.md");
            serde_json::json!({"Chapter": {
                "name": path, "content": text, "number": [number + 1], "sub_items": [], "path": path,
                "source_path": path, "parent_names": [],
            }})
        })
        .collect();
    let input = serde_json::json!([
        {
            "root": project.path(""), "config": {"book": {"title": "A large book"}, "preprocessor": {"tutor": {}}},
            "renderer": "html", "mdbook_version": mdbook_preprocessor::MDBOOK_VERSION,
        },
        {"items": items},
    ]);
    let done = project.run(Command::new(env!("CARGO_BIN_EXE_mdbook-tutor")), &input.to_string());
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let book: serde_json::Value = serde_json::from_str(&done.stdout).expect("a book");
    let content = |item: &serde_json::Value| item["Chapter"]["content"].as_str().expect("text").to_owned();
    book["items"].as_array().expect("items").iter().map(content).collect()
}

/// What Markdown makes of `text` but for the blocks that tutor drew and its annotations, and how
/// many panels those blocks are.
fn without_tutor(text: &str) -> (Vec<Event<'_>>, usize) {
    let (mut rest, mut block, mut panels) = (Vec::new(), None::<Vec<Event>>, 0);
    for event in new_cmark_parser(text, &MarkdownOptions::default()) {
        match (event, &mut block) {
            (event @ Event::Start(Tag::HtmlBlock), _) => block = Some(vec![event]),
            (event @ Event::End(TagEnd::HtmlBlock), Some(events)) => {
                let html: String = events.iter().map(words).collect();
                panels += html.matches("<div class=\"tutor tutor-panel").count();
                if !html.starts_with("<!--tutor-->") && !html.starts_with("<!-- tutor:") {
                    events.push(event);
                    rest.append(events);
                }
                block = None;
            }
            (event, Some(events)) => events.push(event),
            (event, None) => rest.push(event),
        }
    }
    (rest, panels)
}

fn words<'e>(event: &'e Event<'_>) -> &'e str {
    if let Event::Html(html) = event { html } else { "" }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, max_shrink_iters: 50, ..ProptestConfig::default() })]

    #[test]
    fn panels_in_a_large_book_change_no_other_event(blocks in prop::collection::vec(chapter(), 8)) {
        let project = Project::new();
        let chapters: Vec<_> = blocks.iter().enumerate().map(|(number, blocks)| written(number, blocks)).collect();
        for ((text, wanted), page) in chapters.iter().zip(preprocessed(&project, &chapters)) {
            let (before, none) = without_tutor(text);
            let (after, panels) = without_tutor(&page);
            prop_assert_eq!((none, panels), (0, *wanted));
            prop_assert_eq!(before, after);
        }
    }
}
