use std::fs;

use mdbook_driver::builtin_preprocessors::LinkPreprocessor;
use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::config::Config;
use mdbook_preprocessor::{Preprocessor as _, PreprocessorContext};
use proptest::prelude::*;

use super::*;

const FILES: [(&str, &str); 12] = [
    ("a.py", "import boto3\n\nclient = boto3.client(\"s3\")\nprint(client)\n"),
    ("crlf.txt", "one\r\ntwo\r\nthree"),
    ("empty.txt", ""),
    ("newline.txt", "\n"),
    ("blank.md", "first\n\n   \n"),
    (
        "anchors.rs",
        "before\n// ANCHOR: a\nin a\n// ANCHOR: b\nin both\n// ANCHOR_END: a\nin b\n// ANCHOR_END:b\n\
         // ANCHOR: a\nagain a\n// ANCHOR_END: a\nafter\n// ANCHOR: open\nto the end\n",
    ),
    ("sub/nested.md", "nested\n{{#include deep.md}}\nend of nested"),
    ("sub/deep.md", "deep\n{{#include ../a.py:3}}\n\\{{#include deep.md}}\n"),
    ("self.md", "self {{#include self.md}} end\n{{#title From self}}"),
    ("broken.md", "x {{#include nowhere.md}} y\n{{#include a.py:1}}\n"),
    ("main.rs", "fn main() {\n    one();\n}"),
    ("links.md", "{{#playground main.rs}}\n{{#include links.md:3}}\nlast"),
];

struct Course {
    folder: tempfile::TempDir,
}

impl Course {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in FILES {
            let path = folder.path().join("src/part").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        Self { folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("src/part/chapter.md")
    }

    fn expand(&self, text: &str) -> Expanded {
        expand(text, &self.file())
    }

    /// What mdBook makes of it.
    fn mdbook(&self, text: &str) -> String {
        let context =
            PreprocessorContext::new(self.folder.path().to_owned(), Config::default(), "html".to_owned());
        let chapter = Chapter::new("Title", text.to_owned(), "part/chapter.md", vec![]);
        let book = Book::new_with_items(vec![BookItem::Chapter(chapter)]);
        match LinkPreprocessor::new().run(&context, book).unwrap().items.remove(0) {
            BookItem::Chapter(chapter) => chapter.content,
            other => panic!("{other:?}"),
        }
    }

    /// Every line of the expanded text as `file:line | text`.
    fn listing(&self, text: &str) -> String {
        let expanded = self.expand(text);
        let line = |(index, line): (usize, &str)| {
            let origin = expanded.map.origin(index + 1);
            format!("{}:{} | {line}\n", origin.file.file_name().unwrap().display(), origin.line)
        };
        expanded.text.split('\n').enumerate().map(line).collect()
    }
}

#[test]
fn every_part_is_taken_as_mdbook_takes_it() {
    let course = Course::new();
    for (file, _) in FILES {
        for word in ["include", "rustdoc_include", "playground", "playpen", "title", "unknown", "tutor"] {
            for part in [
                "",
                ":",
                "::",
                ":1",
                ":0",
                ":2",
                ":2:",
                ":2:3",
                "::2",
                ":3:2",
                ":2:x",
                "::x",
                ":9",
                ":-1",
                ":a",
                ":b",
                ":a:b",
                ":open",
                ":missing",
                ":1:2:3",
                " editable",
                "  a b ",
            ] {
                let text =
                    format!("start\n{{{{#{word} {file}{part}}}}}\nmiddle {{{{#{word} {file}{part}}}}} end");
                assert_eq!(course.expand(&text).text, course.mdbook(&text), "{text}");
            }
        }
    }
}

#[test]
fn odd_texts_are_read_as_mdbook_reads_them() {
    let course = Course::new();
    for text in [
        "",
        "no links",
        "{{",
        "{{}} {{#}} {{#include}} {{#include }} {{#include a.py",
        "{{ #include a.py:1 }} {{#include\na.py:1\n}}",
        "\\{{#include a.py}} and {{#include a.py:1}} }}",
        "\\\\{{#include a.py}}\r\n{{#include crlf.txt}}\r\n",
        "{{#include a.py:1}}{{#include a.py:3}}",
        "é{{#include a.py:1}}é",
        "{{#include /nowhere}} {{#include .}} {{#include ../../..}} {{#include sub}}",
        "{{#tutor compare}}\n\\{{#tutor compare}}",
    ] {
        assert_eq!(course.expand(text).text, course.mdbook(text), "{text}");
    }
}

fn piece() -> impl Strategy<Value = String> {
    let link = (
        prop::sample::select(&["include", "rustdoc_include", "playground", "title", "tutor"][..]),
        prop::sample::select(&FILES[..]),
        prop::sample::select(&["", ":1", ":2:3", ":a", ":open", ":x", " editable"][..]),
        prop::sample::select(&["{{#", "{{ #", "\\{{#"][..]),
    );
    prop_oneof![
        3 => link.prop_map(|(word, (file, _), part, open)| format!("{open}{word} {file}{part}}}}}")),
        2 => prop::sample::select(&["\n", "\r\n", "text", "    ", "> ", "```python\n", "```\n", "}}", "{{", "\\"][..])
            .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_expands_as_in_mdbook(pieces in prop::collection::vec(piece(), 0..12)) {
        let course = Course::new();
        let text = pieces.concat();
        let expanded = course.expand(&text);
        prop_assert_eq!(&expanded.text, &course.mdbook(&text));
        // Every line has an origin that holds what stands there.
        for (index, line) in expanded.text.split('\n').enumerate() {
            let origin = expanded.map.origin(index + 1);
            let source = if origin.file == course.file() { text.clone() } else { fs::read_to_string(origin.file).unwrap() };
            let at = source.split('\n').nth(origin.line - 1);
            prop_assert!(at.is_some(), "line {} comes from {:?}", index + 1, origin);
            let plain = line.trim().trim_start_matches("# ").trim();
            if !at.unwrap().contains("{{") && !line.contains("```") {
                let at = at.unwrap().trim();
                prop_assert!(plain.contains(at) || at.contains(plain), "{:?} comes from {:?}", plain, at);
            }
        }
    }
}

#[test]
fn lines_are_mapped_back() {
    let course = Course::new();
    insta::assert_snapshot!(course.listing(
        "# Title\n\n```python\n{{#include a.py}}\n```\n> {{#include a.py:3:4}} tail\n\n{{#include sub/nested.md}}\n\
         {{#playground main.rs editable}}\n{{#include empty.txt}}\n{{#rustdoc_include anchors.rs:b}}\nlast\n"
    ));
}

#[test]
fn what_cannot_be_followed_is_said_where_it_stands() {
    let course = Course::new();
    let expanded = course.expand("one\n{{#include a.py}}\n{{#include gone.py}}\n{{#include broken.md}}\n");
    let said: Vec<_> = expanded
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let origin = expanded.map.origin(diagnostic.line);
            let folder = course.folder.path().display().to_string();
            let message = diagnostic.message.replace(&folder, "");
            format!("{}:{}: {message}", origin.file.file_name().unwrap().display(), origin.line)
        })
        .collect();
    insta::assert_debug_snapshot!(said);
    let deep = course.expand("{{#include self.md}}");
    assert_eq!(deep.diagnostics.len(), 2, "the include and the title at depth 10: {:?}", deep.diagnostics);
}

#[test]
fn a_text_without_links_is_its_own_map() {
    let expanded = expand("a\nb\n", Path::new("x/y.md"));
    assert_eq!(expanded.map, LineMap::identity(Path::new("x/y.md")));
    assert_eq!(expanded.map.origin(2), Origin { file: Path::new("x/y.md"), line: 2 });
}

#[test]
fn files_that_multiply_are_stopped() {
    let course = Course::new();
    let bomb = "{{#include bomb.md}}".repeat(10);
    fs::write(course.folder.path().join("src/part/bomb.md"), &bomb).unwrap();
    let expanded = course.expand(&bomb);
    assert!(expanded.diagnostics.iter().any(|diagnostic| diagnostic.message.contains("not followed")));
}
