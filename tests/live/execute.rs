//! `tutor record --execute`: a chapter's own code is run, after a person has allowed it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::fixtures;
use crate::project::{Done, Project};

const HELPERS: &str = r#"
def ask(client, text):
    answer = client.converse(
        modelId="amazon.nova-lite-v1:0",
        messages=[{"role": "user", "content": [{"text": text}]}],
        inferenceConfig={"maxTokens": 60},
    )
    return answer["output"]["message"]["content"][0]["text"]
"#;

/// Helpers from another file, a loop over what only a run knows, two turns, a picture, prints.
const CHAPTER: &str = r#"# Run me

```python
import base64, json, os
import boto3
from helpers import ask

client = boto3.client("bedrock-runtime")
topics = open("topics.txt").read().split()
```

```python
for topic in topics:
    print(topic, "->", len(ask(client, f"Say one word about the {topic}.")) > 0)
```

```python
messages = [{"role": "user", "content": [{"text": f"Name a kind of {topics[0]}."}]}]
limit = {"maxTokens": 60}
first = client.converse(modelId="amazon.nova-micro-v1:0", messages=messages, inferenceConfig=limit)
messages.append(first["output"]["message"])
messages.append({"role": "user", "content": [{"text": "And another."}]})
second = client.converse(modelId="amazon.nova-micro-v1:0", messages=messages, inferenceConfig=limit)
print("turns:", len(messages), "in", os.getcwd(), "{{#include no}} <b>")
```

```python
body = json.dumps({"text_prompts": [{"text": f"a {topics[1]}"}], "width": 512, "height": 512, "seed": 7})
answer = client.invoke_model(modelId="stability.stable-diffusion-xl-v1", body=body)
picture = base64.b64decode(json.loads(answer["body"].read())["artifacts"][0]["base64"])
with open("picture.png", "wb") as file:
    file.write(picture)
```

<!-- tutor: skip = "costs too much" -->
```python
raise RuntimeError("skipped code never runs")
```
"#;

/// A book with the chapter above, and a home that remembers what its reader allows.
struct Book {
    project: Project,
    home: tempfile::TempDir,
}

impl Book {
    fn new(chapter: &str) -> Self {
        let project = Project::with_chapter(chapter);
        project.write("src/helpers.py", HELPERS);
        project.write("src/topics.txt", "river lighthouse\n");
        Book { project, home: tempfile::tempdir().expect("a home") }
    }

    /// `tutor record --execute chapter` with these arguments and an interpreter that has boto3.
    fn execute(&self, arguments: &[&str]) -> Done {
        self.run(Command::new(env!("CARGO_BIN_EXE_tutor")), arguments)
    }

    fn run(&self, mut command: Command, arguments: &[&str]) -> Done {
        command.args(["record", "--execute", "chapter"]).args(arguments).arg("--python").arg(python());
        command.args(["--today", "2026-11-22"]);
        command.env("HOME", self.home.path()).env_remove("XDG_CONFIG_HOME").env_remove("APPDATA");
        command.env("AWS_SECRET_ACCESS_KEY", "canarySECRET/access+key000000000000000009");
        self.project.run(command, "")
    }
}

fn python() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/venv/bin/python");
    assert!(path.is_file(), "{} is missing: see CONTRIBUTING.md", path.display());
    path
}

/// The names of the files among the recordings, their keys taken off.
fn names(book: &Book) -> Vec<String> {
    let files = fixtures(&book.project).into_iter();
    files
        .map(|(path, _)| {
            let name = path.rsplit('/').next().expect("a name").to_owned();
            let parts: Vec<&str> = name.split('.').filter(|part| part.len() != 8).collect();
            parts.join(".")
        })
        .collect()
}

#[test]
fn a_run_yields_every_call_and_shows_what_it_printed() {
    let book = Book::new(CHAPTER);
    let done = book.execute(&["--practice"]);
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("It is no sandbox"), "{}", done.stderr);
    assert!(done.stderr.contains("--yes-run-code"), "{}", done.stderr);
    assert!(fixtures(&book.project).is_empty(), "nothing ran");

    let done = book.execute(&["--practice", "--yes-run-code"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(
        names(&book),
        [
            "capture.json.new",
            "nova-lite.json.new",
            "nova-lite.json.new",
            "nova-micro.json.new",
            "nova-micro.json.new",
            "stable-diffusion-xl.json.new",
        ]
    );
    let listed = book.project.tutor(["list", "--format", "json"]).stdout;
    assert_eq!(listed.matches("\"recording\":\"pending\"").count(), 5, "{listed}");
    assert!(!listed.contains("\"status\":\"unresolved\""), "{listed}");
    let review = book.project.tutor(["review"]);
    assert!(review.stdout.contains("chapter#capture, practice"), "{}", review.stdout);
    assert!(book.project.page().contains("not yet accepted"));

    let done = book.project.tutor(["accept", "--all"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let page = book.project.page();
    assert!(page.contains("turns: 3 in . {{#include no}} &lt;b&gt;"), "{page}");
    assert!(page.contains("river -&gt; True\nlighthouse -&gt; True"), "{page}");
    assert!(page.contains("alt=\"Picture made by this code\""), "{page}");
    assert_eq!(page.matches("This code ran on <time>2026-11-22</time>, on practice answers").count(), 3);
    let check = book.project.tutor(["check"]);
    for rule in ["capture-", "-orphaned", "-missing", "-unresolved"] {
        assert!(!check.stdout.contains(rule), "{rule}: {}", check.stdout);
    }
    for (path, text) in fixtures(&book.project) {
        assert!(!text.contains("canarySECRET"), "{path}");
    }
    let sources: Vec<PathBuf> = book.project.tree().into_iter().map(|(path, _)| path).collect();
    assert!(!sources.contains(&"src/picture.png".into()), "the code wrote into the book");

    // The same again is allowed, answered from the recordings, and changes nothing.
    std::fs::remove_dir_all(book.project.path("book")).expect("the site");
    let before = book.project.tree();
    let done = book.execute(&["--practice", "--accept"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(before == book.project.tree());
}

#[test]
fn other_code_is_asked_about_again_and_shows_no_old_output() {
    let book = Book::new(CHAPTER);
    let run = ["--practice", "--accept", "--yes-run-code"];
    assert_eq!(book.execute(&run).code, Some(0));
    book.project.write("src/helpers.py", &HELPERS.replace("60", "61"));
    assert_eq!(book.execute(&["--practice"]).code, Some(2), "an imported file has changed");
    book.project.write("src/helpers.py", HELPERS);
    book.project.write("src/chapter.md", &CHAPTER.replace("turns:", "turns now:"));
    let page = book.project.page();
    assert!(page.contains("river -&gt; True"), "the fences before it are as they were");
    assert!(!page.contains("turns: 3"), "{page}");
    let check = book.project.tutor(["check"]);
    assert_eq!(check.code, Some(1));
    assert!(check.stdout.contains("captured with other code"), "{}", check.stdout);
    assert!(check.stdout.contains("tutor record --execute chapter"), "{}", check.stdout);
}

#[test]
fn bedrock_behind_it_is_paid_from_the_same_budget() {
    let book = Book::new(CHAPTER);
    let tutor = env!("CARGO_BIN_EXE_tutor");
    let against_an_endpoint = |arguments: &[&str]| {
        let mut command = Command::new(tutor);
        command.args(["endpoint", "--pace", "0", "--throttle", "0.3", "--seed", "3", "--", tutor]);
        book.run(command, arguments)
    };
    let done = against_an_endpoint(&["--yes", "--yes-run-code", "--max-cost", "0.0003"]);
    assert_eq!(done.code, Some(4), "{}", done.stderr);
    assert!(done.stderr.contains("--max-cost"), "{}", done.stderr);
    let done = against_an_endpoint(&["--yes"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(names(&book).len(), 6);
    assert!(done.stderr.contains("Spent at most $0."), "{}", done.stderr);
    for (path, text) in fixtures(&book.project) {
        assert!(!text.contains("\"bedrock\""), "{path} must not claim to be Bedrock's: {text}");
    }
}

#[test]
fn code_that_fails_hangs_or_prints_without_end_is_said_with_its_line() {
    let run = ["--practice", "--yes-run-code"];
    let failing = CHAPTER.replace("topics = open", "print(1 / 0)\ntopics = open");
    let done = Book::new(&failing).execute(&run);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(done.stderr.contains("src/chapter.md:9: the code stops: ZeroDivisionError"), "{}", done.stderr);
    let hang = Book::new("# A\n\n```python\nwhile True: pass\n```\n")
        .execute(&[&run[..], &["--execute-timeout", "1"]].concat());
    assert_eq!(hang.code, Some(1), "{}", hang.stderr);
    assert!(hang.stderr.contains("the code did not end within 1 s"), "{}", hang.stderr);
    for (code, words) in [
        ("while True: print('x' * 100000)", "printed more than"),
        ("import os; os._exit(3)", "the interpreter ended in the middle"),
        ("x = (", "SyntaxError"),
    ] {
        let done = Book::new(&format!("# A\n\n```python\n{code}\n```\n")).execute(&run);
        assert_eq!(done.code, Some(1), "{code}: {}", done.stderr);
        let said: Vec<&str> = done.stderr.split_whitespace().filter(|word| *word != "│").collect();
        assert!(said.join(" ").contains(words), "{code}: {}", done.stderr);
        assert!(said.join(" ").contains("src/chapter.md:4"), "{code}: {}", done.stderr);
    }
}

#[test]
fn an_interpreter_that_is_none_and_a_chapter_that_is_none_are_usage_errors() {
    let book = Book::new(CHAPTER);
    let done = book.execute(&["--practice", "--yes-run-code", "nonsense"]);
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("no chapter `nonsense`"), "{}", done.stderr);
    let arguments =
        ["record", "--execute", "chapter", "--practice", "--yes-run-code", "--python", "no-python"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutor"));
    command.args(arguments).env("HOME", book.home.path()).env_remove("XDG_CONFIG_HOME");
    let done = book.project.run(command, "");
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("no Python with boto3 was found"), "{}", done.stderr);
    assert_eq!(book.project.tutor(["record", "--execute"]).code, Some(2), "no chapter is named");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_code_and_keeps_what_is_recorded() {
    let text = "# A\n\n```python\nimport boto3, time\nfrom helpers import ask\n\
                ask(boto3.client('bedrock-runtime'), 'Wait.')\ntime.sleep(600)\n```\n";
    let book = Book::new(text);
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutor"));
    command
        .args(["record", "--execute", "chapter", "--practice", "--yes-run-code", "--python"])
        .arg(python());
    command.env("HOME", book.home.path()).env_remove("XDG_CONFIG_HOME").current_dir(book.project.path(""));
    command.stdout(std::process::Stdio::null());
    let child = command.stderr(std::process::Stdio::piped()).spawn().expect("tutor runs");
    while fixtures(&book.project).is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupt.expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(names(&book), ["nova-lite.json.new"]);
}

/// Libraries that tutor does not read, and clients whose URL stands in the code.
const LIBRARIES: &str = r#"# Through libraries

```python
from openai import OpenAI

client = OpenAI(base_url="https://bedrock-mantle.us-east-1.api.aws/v1", api_key="any")
print(client.chat.completions.create(
    model="openai.gpt-oss-120b", messages=[{"role": "user", "content": "Name a river."}]
).choices[0].message.content[:8])
```

```python
from langchain_aws import ChatBedrockConverse

print(ChatBedrockConverse(model="amazon.nova-lite-v1:0").invoke("Name a lake.").text[:8])
```

```python
import litellm

answer = litellm.completion(
    model="bedrock/amazon.nova-micro-v1:0", messages=[{"role": "user", "content": "Name a sea."}]
)
print(answer.choices[0].message.content[:8])
```

```python
import requests

asked = {"model": "us.openai.gpt-6-luna", "input": "Name a gulf."}
url = "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1/responses"
print(requests.post(url, json=asked, headers={"Authorization": "Bearer any"}).json()["status"])
```
"#;

#[test]
fn any_python_client_is_captured_under_its_own_fence() {
    let book = Book::new(LIBRARIES);
    let done = book.execute(&["--practice", "--accept", "--yes-run-code"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let listed: serde_json::Value =
        serde_json::from_str(&book.project.tutor(["list", "--format", "json"]).stdout).expect("JSON");
    let calls = listed["chapters"][0]["calls"].as_array().expect("calls");
    let told: Vec<String> = calls
        .iter()
        .filter(|call| call["recording"] == "current")
        .map(|call| format!("{} {} {}", call["fence"], call["operation"], call["model_id"]).replace('"', ""))
        .collect();
    assert_eq!(
        told,
        [
            "0 ChatCompletions openai.gpt-oss-120b",
            "1 Converse amazon.nova-lite-v1:0",
            "2 Converse amazon.nova-micro-v1:0",
            "3 Responses us.openai.gpt-6-luna",
        ],
        "{calls:#?}"
    );
    assert_eq!(book.project.page().matches("data-key=").count(), 4, "a panel for each");
}
