//! Answers of a real engine: llama.cpp's server with SmolLM2-135M-Instruct, both installed by `tests/run`.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::project::Project;

/// A running server; it ends with the test.
struct Engine {
    child: Child,
    url: String,
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn python() -> PathBuf {
    let python = repository("target/venv/bin/python");
    assert!(python.exists(), "{} is missing: run tests/run, which installs it", python.display());
    python
}

impl Engine {
    fn start() -> Self {
        let mut child = Command::new(python())
            .arg(repository("tests/engine/server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the engine starts");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut url).expect("its address");
        let url = url.trim().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "the engine does not start: {url}");
        Engine { child, url }
    }

    /// What the server itself says to the question of `client.py`.
    fn directly(&self) -> Value {
        let body = json!({
            "messages": [{"role": "user", "content": "What is the capital of Norway?"}],
            "max_tokens": 12,
            "temperature": 0,
        });
        let script = "import json, sys, urllib.request as u\n\
            r = u.Request(sys.argv[1] + '/v1/chat/completions', sys.argv[2].encode(), {'content-type': 'application/json'})\n\
            print(u.build_opener(u.ProxyHandler({})).open(r).read().decode())";
        let output = Command::new(python())
            .args(["-c", script, &self.url, &body.to_string()])
            .output()
            .expect("Python runs");
        let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let usage = &answer["usage"];
        json!([
            answer["choices"][0]["message"]["content"],
            usage["prompt_tokens"],
            usage["completion_tokens"]
        ])
    }
}

const CHAPTER: &str = r#"# A question

<!-- tutor: name = "norway", samples = 2, expect = [{ max-latency = "600s" }] -->
```toml bedrock
model = "amazon.nova-lite-v1:0"
prompt = "What is the capital of Norway?"
max-tokens = 12
```
"#;

#[test]
fn a_real_model_answers_scripts_and_chapters_in_its_own_words() {
    let engine = Engine::start();
    let project = Project::with_chapter(CHAPTER);
    let book = format!(
        "{}\n[preprocessor.tutor.local]\nurl = \"{}\"\nmachine = \"a desk\"\n",
        project.read("book.toml"),
        engine.url
    );
    project.write("book.toml", &book);

    let client = repository("tests/engine/client.py").display().to_string();
    let done = project.tutor(["endpoint", "--local", "--", &python().display().to_string(), &client]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let heard: Value = serde_json::from_str(&done.stdout).expect("what the client heard");
    let said = engine.directly();
    for dialect in ["converse", "stream", "claude", "llama"] {
        assert_eq!(heard[dialect], said, "{dialect}");
    }
    assert!(heard["pieces"].as_u64() > Some(2), "{heard}");
    assert_eq!(heard["tool"], json!(["tool_use", "clock", ["city"]]));
    assert_eq!(heard["schema"], json!(["city"]));
    assert_eq!(heard["too long"], true);
    assert!(done.stderr.contains("by a local model, not Bedrock"), "{}", done.stderr);

    let done = project.tutor(["record", "--local", "--accept"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let page = project.page();
    for words in [
        "data-state=\"local\"",
        "Local answer: SmolLM2-135M-Instruct (Q4_1) by llama.cpp on a desk, not by Nova Lite",
        "All answers on this page are local",
        "no bill",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert!(
        !page.contains("Live answer") && !page.contains("gguf") && !page.contains("site-packages"),
        "{page}"
    );
    let done = project.tutor(["check"]);
    assert!(!done.stdout.contains("expectation"), "{}", done.stdout);
}
