use std::fmt::Write as _;

use super::*;
use crate::chapter::splice;

/// What was found, a line each.
fn listing(text: &str) -> String {
    let chapter = Chapter::parse(text);
    let mut out = String::new();
    if let Some(front_matter) = &chapter.front_matter {
        writeln!(out, "front matter {:?}: {:?}", front_matter.range, front_matter.entries).unwrap();
    }
    for fence in &chapter.fences {
        let name = fence.annotation.as_ref().map(|annotation| (annotation.line, &annotation.settings.name));
        let below = fence.below.as_ref().map(|place| (place.range.start, &place.prefix, place.newline));
        writeln!(
            out,
            "fence {} line {} ({:?}) from {}: {:?}, annotated {name:?}, below {below:?}",
            fence.index, fence.line, fence.info, fence.first_line, fence.content
        )
        .unwrap();
    }
    for directive in &chapter.directives {
        let Directive { verb, words, options, line, place } = directive;
        writeln!(
            out,
            "directive line {line}: {verb:?} {words:?} {options:?} for {:?}, prefix {:?}",
            &text[place.range.clone()],
            place.prefix
        )
        .unwrap();
    }
    for diagnostic in &chapter.diagnostics {
        writeln!(out, "line {}: {} ({})", diagnostic.line, diagnostic.message, diagnostic.help).unwrap();
    }
    out
}

#[test]
fn fences_are_counted_in_every_container() {
    insta::assert_snapshot!(listing(
        "---\ntitle: Fences\n---\n# Title\n\n```python,editable\nimport boto3\n\nprint(1)\n```\n\n\
         > ```py\n> a = 1\n>\n>   b = 2\n> ```\n\n\
         1. text\n   ~~~ sh\n   $ aws\n     more\n   ~~~\n2. > - ```\n   >   deep\n   >   ```\n\n\
         text\n\n    ```python\n    indented code\n    ```\n\n<!--\n```python\nin a comment\n```\n-->\n\n\
         term\n: ```\n  defined\n  ```\n\n[^1]: ```\n    footnote\n    ```\n\n-\t```\n\ttab\n\t```\n\n````md\n```\n````\n"
    ));
}

#[test]
fn windows_line_endings_are_kept() {
    insta::assert_snapshot!(listing(
        "---\r\ntitle: x\r\n---\r\n<!-- tutor: name = \"a\",\r\n samples = 3 -->\r\n\r\n```python\r\nx = 1\r\n```\r\n"
    ));
}

#[test]
fn unclosed_fences_count_and_are_said() {
    insta::assert_snapshot!(listing(
        "> ```python\n> in a quote\n\n- ```\n  in a list\n\n```python\nto the end\n~~~\n"
    ));
}

#[test]
fn annotations_belong_to_the_next_fence_of_their_container() {
    insta::assert_snapshot!(listing(
        "<!-- tutor: name = \"plain\" -->\n```\n```\n\n\
         <!--tutor:\n  name = \"long\",\n\n  samples = 5,\n-->\n\n\n```\n```\n\n\
         > <!-- tutor:\n>   name = \"quoted\" -->\n>\n> ```\n> ```\n\n\
         - item\n\n  <!-- tutor: name = \"listed\" -->\n  ```\n  ```\n\n<!-- tutor without a colon -->\n```\n```\n"
    ));
}

#[test]
fn annotations_before_no_fence_are_said() {
    insta::assert_snapshot!(listing(
        "<!-- tutor: name = \"prose\" -->\n\ntext\n\n\
         <!-- tutor: name = \"twice\" -->\n<!-- tutor: samples = 2 -->\n```\n```\n\n\
         <!-- tutor: name = \"outside\" -->\n> ```\n> ```\n\n\
         - <!-- tutor: name = \"inside\" -->\n\n```\n```\n\n\
         <!-- tutor: name = \"definition\" -->\n[a]: /b\n\n```\n```\n\n\
         <!-- tutor: name = \"text\" --> text\n```\n```\n\nin <!-- tutor: skip = true --> line\n\n\
         <div>\n<!-- tutor: name = \"html\" -->\n</div>\n\n\
         <!-- tutor: name = \"same\" -->\n```\n```\n\n<!-- tutor:\n  name = \"same\", nmae = 1 -->\n```\n```\n\n\
         \x20   <!-- tutor: in = code -->\n\n<!-- tutor: name = \"unclosed\"\n"
    ));
}

#[test]
fn directives_are_paragraphs_of_their_own() {
    insta::assert_snapshot!(listing(
        "{{#tutor compare}}\n\n> {{#tutor prices a\n> b=\"c *d*\" }}\n\n- {{#tutor models}}\n- two\n\n\
         10. > text\n    >\n    > {{#tutor challenge}}\n\n[^label]: {{#tutor compare}}\n\n\
         `{{#tutor compare}}` and \\{{#tutor compare}} and {{#tutorial}} are none\n\n\
         \\{{#tutor compare}}\n\n```\n{{#tutor compare}}\n```\n\n    {{#tutor compare}}\n"
    ));
}

#[test]
fn directives_elsewhere_are_said() {
    insta::assert_snapshot!(listing(
        "see {{#tutor compare}}\n\n# {{#tutor compare}}\n\n| {{#tutor compare}} |\n|---|\n\n{{#tutor}}\n\n\
         {{#tutor comapre}}\n\n{{#tutor compare}}\n{{#tutor prices}}\n\n- [ ] {{#tutor compare}}\n\n\
         - [a]: /b\n{{#tutor compare}}\n\n{{#tutor compare\n"
    ));
}

#[test]
fn a_definition_below_a_list_is_a_definition() {
    // Markdown's parser counts the definition to the list, and the third line's indent as nothing.
    let chapter = Chapter::parse("1. ---\n[ref]: /url 'title'\n    {{#tutor compare}}");
    assert!(chapter.directives.is_empty());
    assert!(chapter.diagnostics[0].message.contains("below a link definition"), "{:?}", chapter.diagnostics);
    let set_off = Chapter::parse("1. ---\n[ref]: /url 'title'\n\n{{#tutor compare}}");
    assert_eq!((set_off.directives.len(), set_off.diagnostics.len()), (1, 0));
}

#[test]
fn the_top_is_below_the_title() {
    let top = |text: &str| {
        let spliced = splice(text, vec![Chapter::parse(text).top.html("X")]).unwrap();
        spliced.text
    };
    assert_eq!(top("# Title\ntext"), "# Title\n<!--tutor-->X\ntext");
    assert_eq!(
        top("---\na: b\n---\n\n# Title #  \r\n"),
        "---\na: b\n---\n\n# Title #  \r\n<!--tutor-->X\r\n"
    );
    assert_eq!(top("# Title"), "# Title\n<!--tutor-->X");
    assert_eq!(top("Title\n===\n\ntext\n"), "Title\n===\n<!--tutor-->X\n\ntext\n");
    assert_eq!(top("text\n"), "<!--tutor-->X\ntext\n");
    assert_eq!(top("## Not a title\n"), "<!--tutor-->X\n## Not a title\n");
    assert_eq!(top(""), "<!--tutor-->X\n");
    assert_eq!(top("---\na: b\n---\ntext"), "---\na: b\n---\n<!--tutor-->X\ntext");
}

#[test]
fn a_chapter_with_everything_changes_only_where_it_should() {
    let text = "---\ntitle: Costs\n---\n# Costs\n\n1. First:\n\n   <!-- tutor: name = \"x\",\n        samples = 2 -->\n   \
                ```python\n   call()\n   ```\n   text right below\n\n> ```python\n> call()\n> ```\n\n{{#tutor compare}}\n";
    let chapter = Chapter::parse(text);
    for html in [true, false] {
        let put = |place: &Place, what: &str| {
            if html {
                place.html(&format!("<p>{what}</p>"))
            } else {
                place.markdown(&format!("**{what}**\n\n- one"))
            }
        };
        let mut changes: Vec<_> = chapter.front_matter.iter().map(FrontMatter::removed).collect();
        changes.push(put(&chapter.top, "facts"));
        changes.extend(chapter.fences.iter().filter_map(|f| f.annotation.as_ref()).map(Annotation::removed));
        changes
            .extend(chapter.fences.iter().filter_map(|f| f.below.as_ref()).map(|place| put(place, "panel")));
        changes.extend(chapter.directives.iter().map(|directive| put(&directive.place, "table")));
        let spliced = splice(text, changes).unwrap();
        assert_eq!(spliced.original().unwrap(), text);
        insta::assert_snapshot!(if html { "everything_html" } else { "everything_markdown" }, spliced.text);
    }
}
