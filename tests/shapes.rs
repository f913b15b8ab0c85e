//! A book without Bedrock code is none of tutor's business: five shapes of books as people publish them
//! build to the same bytes with and without tutor, and no verb has a word to say about them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::project::Project;
use crate::real_mdbook::{mdbook, pages};

/// A shape: its name, its configuration but for tutor, and its chapters.
type Shape = (&'static str, String, &'static [(&'static str, &'static str)]);

const LANGUAGE: &[(&str, &str)] = &[
    (
        "chapter.md",
        "# Ownership\n\n```rust\nfn main() {\n#     let hidden = 1;\n    println!(\"{}\", 1);\n}\n```\n\n```rust,editable,should_panic\npanic!();\n```\n\n\
         | Command | Does | Context |\n| --- | --- | --- |\n| `cargo run` | runs | 4k |\n| Command | costs $3 per million tokens | 8k |\n\n\
         Titan is a moon. Opus is a codec; Haiku is legacy. Command is retired and Nova is active.\n",
    ),
    (
        "deep/nested.md",
        "# Nested\n\n[back](../chapter.md)\n\n~~~console\n$ cargo build\n   Compiling x\n~~~\n",
    ),
    ("README.md", "# The book\n\nWords, and `{{braces}}`.\n"),
];

const SCIENCE: &[(&str, &str)] = &[
    (
        "chapter.md",
        "---\ntitle: Fits\nauthor: Somebody\ntags:\n- a\n---\n# Fits\n\n```python\nimport numpy as np\nx = np.linspace(0, 1)\nprint(x)\n```\n\n\
         ```python\n>>> 1 +\nnot python at all ...\n```\n\n```py\nprint \"two\"\n```\n\n<!-- a comment -->\n",
    ),
    (
        "cells.md",
        "# Cells\n\n``` {.python .numberLines}\nimport this\n```\n\n```{code-cell} python\n1+1\n```\n\n$$x^2$$\n",
    ),
];

const MANUAL: &[(&str, &str)] = &[
    (
        "chapter.md",
        "# Install\n\n```bash\ncurl -fsSL https://example.org | sh\nfor x in a b; do echo \"$x\"; done\n```\n\n\
         ```console\n$ aws s3 ls\n```\n\n1. First\n\n   ```sh\n   make && make install\n   ```\n\n> ```text\n> quoted\n",
    ),
    (
        "config.md",
        "# Configuration\n\n```toml\n[a]\nmodel = \"none\"\n```\n\n```yaml\nregion: eu-west-1\n```\n\n```json\n{\"a\": 1}\n```\n",
    ),
];

const INCLUDES: &[(&str, &str)] = &[
    (
        "chapter.md",
        "# Included\n\n```python\n{{#include code.py:part}}\n```\n\n{{#include part.txt}}\n\n\\{{#include nothing.md}}\n",
    ),
    ("windows.md", "# Lines\r\n\r\n```python\r\nx = 1\r\n```\r\n\r\nEnd\r\n"),
    ("mark.md", "\u{feff}# Marked\n\nWords.\n"),
];

const WRAPPED: &[(&str, &str)] = &[(
    "chapter.md",
    "# Notes\n\n````admonish warning\n```python\nprint('inside')\n```\n````\n\n````admonish\nWords\n````\n",
)];

fn shapes() -> Vec<Shape> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stand-ins/admonish.py");
    let command = format!("command = \"python3 '{}'\"", script.display());
    vec![
        ("language", "[output.html]\n\n[output.html.playground]\neditable = true\n".to_owned(), LANGUAGE),
        (
            "science",
            "[output.html]\nmathjax-support = true\n\n[output.html.code.hidelines]\npython = \"~\"\n"
                .to_owned(),
            SCIENCE,
        ),
        ("manual", "[output.html]\n\n[output.markdown]\n".to_owned(), MANUAL),
        ("includes", String::new(), INCLUDES),
        (
            "wrapped",
            format!(
                "[preprocessor.before]\n{command}\n\n[preprocessor.later]\nafter = [\"links\"]\n{command}\n"
            ),
            WRAPPED,
        ),
    ]
}

fn project(config: &str, chapters: &[(&str, &str)]) -> Project {
    let mut project = Project::empty();
    for (path, text) in chapters {
        project = project.chapter(path, text);
    }
    project.write("src/code.py", "# ANCHOR: part\nx = 1\n# ANCHOR_END: part\n");
    project.write("src/part.txt", "Some *words*.\n");
    project.with_config(config)
}

#[test]
fn books_without_bedrock_code_stay_byte_for_byte() {
    for (name, config, chapters) in shapes() {
        let project = project(&config, chapters);
        let build = |folder: &str| {
            let mut command = Command::new(mdbook());
            command.args(["build", "--dest-dir", folder]);
            let done = project.run(command, "");
            assert_eq!(done.code, Some(0), "{name}: {}", done.stderr);
            done.stderr
        };
        build("without");
        let tutor = env!("CARGO_BIN_EXE_mdbook-tutor");
        let before = if name == "wrapped" {
            "after = [\"links\", \"before\"]\nbefore = [\"later\"]"
        } else {
            "after = [\"links\"]"
        };
        let with = format!("{config}\n[preprocessor.tutor]\ncommand = '{tutor}'\n{before}\n");
        project.write("book.toml", &format!("[book]\ntitle = \"A book under test\"\n\n{with}"));
        let said = build("with");
        assert!(!said.contains("warning") && !said.contains('⚠'), "{name}: {said}");
        let (without, with) = (pages(&project, "without"), pages(&project, "with"));
        assert!(without.len() > 10, "{name}");
        for ((path, without), (other, with)) in without.iter().zip(&with) {
            assert_eq!(path, other, "{name}");
            assert!(without == with, "{name}: {path} differs");
        }
        assert_eq!(without.len(), with.len(), "{name}");
        let done = project.tutor(["check", "--format", "json"]);
        assert_eq!(done.code, Some(0), "{name}: {}{}", done.stdout, done.stderr);
        let verdict: Value = serde_json::from_str(&done.stdout).expect("one JSON document");
        assert_eq!(verdict["findings"], Value::Array(Vec::new()), "{name}");
        let done = project.tutor(["list"]);
        assert_eq!(
            (done.stdout.as_str(), done.stderr.as_str()),
            ("0 requests: 0 resolved, 0 unresolved\n", ""),
            "{name}"
        );
    }
}
