//! Nothing that came from outside acts on a terminal, whichever verb shows it.

use std::process::Command;

use crate::project::Project;

const TUTOR: &str = env!("CARGO_BIN_EXE_tutor");

/// Clears the screen, sets the title, rings, turns the direction, and more.
const BAD: &str = "\u{1b}[2J\u{1b}]0;pwned\u{7}\u{9b}31m\u{202e}\u{2066}\u{200f}\u{8}";

/// The looks that tutor gives to text itself, and what a reader's cursor does.
const OWN: [&str; 16] = [
    "\u{1b}[31m",
    "\u{1b}[32m",
    "\u{1b}[33m",
    "\u{1b}[36m",
    "\u{1b}[1m",
    "\u{1b}[4m",
    "\u{1b}[2m",
    "\u{1b}[0m",
    "\u{1b}[39m",
    "\u{1b}[22m",
    "\u{1b}[24m",
    "\u{1b}[35m",
    "\u{1b}[35;1m",
    "\u{1b}[36;1;4m",
    "\u{1b}[36;1m",
    "\u{1b}[1;31m",
];

/// A book whose names, texts, answers and settings hold what acts.
fn book() -> Project {
    let fence = |model: &str, prompt: &str| {
        let body = serde_json::json!({ "inputText": prompt }).to_string();
        format!(
            "```python\nimport boto3\nboto3.client(\"bedrock-runtime\").invoke_model(modelId={}, body={})\n```\n\n",
            serde_json::Value::from(model),
            serde_json::Value::from(body),
        )
    };
    let text = format!(
        "---\ntitle: \"T {BAD}\"\n---\n\n# C{BAD}\n\n{}{}| Model{BAD} | Input (per 1M) |\n|---|---|\n\
         | Nova Lite | $0.60{BAD} |\n\n<!-- tutor: nmae = \"{BAD}\" -->\n```python\ndef f({BAD}\n```\n\n\
         {{{{#tutor prices x{BAD}.y}}}}\n\n{{{{#include no{BAD}.md}}}}\n",
        fence("amazon.titan-text-express-v1", &format!("Say {BAD}")),
        fence(&format!("acme.{BAD}-v1"), "Hi"),
    );
    let project = Project::with_chapter(&text);
    project.write(&format!("src/x{BAD}y.md"), "# Other\n\n```python\nx = (\n```\n");
    let other = format!("- [Other \u{1b}\u{202e}\u{9b}](<x{BAD}y.md>)");
    project.write("src/SUMMARY.md", &format!("# Summary\n\n- [One](chapter.md)\n{other}\n"));
    let answer = serde_json::json!({ "prompt": format!("Say {BAD}"), "text": format!("I say {BAD}") });
    let (prompt, said) = (&answer["prompt"], &answer["text"]);
    project.write("fixtures/practice.toml", &format!("[[answer]]\nprompt = {prompt}\ntext = {said}\n"));
    project
}

/// Fails if something in `text` acts that tutor itself does not do.
fn assert_harmless(what: &str, text: &str) {
    let mut rest = text.to_owned();
    for own in OWN {
        rest = rest.replace(own, "");
    }
    let acts = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\r' | '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let at = rest.find(acts);
    assert!(at.is_none(), "{what}: {:?}", at.map(|at| rest[at..].chars().take(60).collect::<String>()));
    assert!(!text.contains("\u{1b}[31m\u{202e}"), "{what}");
}

#[test]
fn no_verb_lets_anything_act_on_a_terminal_or_off() {
    let project = book();
    let unknown = format!("no{BAD}name");
    let verbs: Vec<Vec<&str>> = vec![
        vec!["list"],
        vec!["list", "--format", "json"],
        vec!["list", "src/chapter.md"],
        vec!["record", "--practice", "--dry-run"],
        vec!["record", "--practice"],
        vec!["record", "--practice", &unknown],
        vec!["record", "--dry-run"],
        vec!["record", "--verify"],
        vec!["build"],
        vec!["build", "--strict"],
        vec!["check"],
        vec!["check", "--format", "json"],
        vec!["check", "--format", "github"],
        vec!["check", "--explain", &unknown],
        vec!["review", &unknown],
        vec!["accept", &unknown],
        vec!["reject", &unknown],
        vec!["accept", "--all"],
        vec!["review", "--undo"],
        vec!["doctor"],
        vec!["doctor", "--format", "json"],
        vec!["compare", "--practice", &unknown],
        vec!["catalog", "show", &unknown],
        vec!["run", &unknown],
        vec!["init", &unknown],
        vec![&unknown],
        vec!["list", &unknown],
        vec!["endpoint", "--", &unknown],
    ];
    for verb in verbs {
        let mut command = Command::new(TUTOR);
        command.args(&verb);
        let terminal = project.on_terminal(command);
        let (code, said) = terminal.end();
        assert_ne!(code, Some(70), "{verb:?}: {said}");
        assert!(!said.is_empty(), "{verb:?}");
        assert_harmless(&format!("{verb:?} on a terminal"), &said);
        let done = project.tutor(&verb);
        assert_harmless(&format!("{verb:?} off it"), &(done.stdout + &done.stderr));
    }
}

#[test]
fn a_review_shows_what_acts_and_does_not_do_it() {
    let project = book();
    project.tutor(["record", "--practice"]);
    let mut command = Command::new(TUTOR);
    command.arg("review");
    let mut terminal = project.on_terminal(command);
    terminal.expect("? help: ").press("d").expect("request:").expect("? help: ").press("q");
    let (_, said) = terminal.end();
    assert!(said.contains("\u{241b}[2J"), "it is shown: {said}");
    assert_harmless("review", &said);
}

#[test]
fn settings_that_act_are_shown() {
    for table in [
        format!("fixtures{} = 1", serde_json::Value::from(BAD)),
        "mode = \"\\u001b[2Jx\\u202e\"".to_owned(),
        "fixtures = \"a\\u001b[2J\"\n[preprocessor.tutor.check]\nx = \"\\u001b]0;t\\u0007\"".to_owned(),
    ] {
        let project = Project::with_chapter("# C\n").with_config(&format!("[preprocessor.tutor]\n{table}\n"));
        for verb in ["build", "doctor", "list"] {
            let mut command = Command::new(TUTOR);
            command.arg(verb);
            let (_, said) = project.on_terminal(command).end();
            assert_harmless(&format!("{table} {verb}"), &said);
        }
    }
}
