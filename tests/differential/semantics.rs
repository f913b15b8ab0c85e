//! Python's rules, one kind a Markdown file: every fence is a program of its own, run by real Python and read
//! by tutor. What tutor resolves must have been sent, with that content and as often.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tutor_bedrock::Json;

use super::compare::resolved;

/// What every program begins with.
const HEAD: &str = "\
import boto3, json
c = boto3.client(\"bedrock-runtime\")
def send(v):
    c.converse(modelId=\"m\", messages=[{\"role\": \"user\", \"content\": [{\"text\": str(v)}]}])
";

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/semantics"))
}

/// The programs of all files, each with its file and line.
fn programs() -> Vec<(String, String)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the folder is there")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    files.sort();
    let mut programs = Vec::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).expect("a Markdown file");
        let mut open: Option<(usize, String)> = None;
        for (number, line) in text.lines().enumerate() {
            match &mut open {
                None if line == "```python" => open = Some((number + 1, String::new())),
                None => {}
                Some(_) if line == "```" => {
                    if let Some((start, code)) = open.take() {
                        programs.push((format!("{name}:{start}"), format!("{HEAD}{code}")));
                    }
                }
                Some((_, code)) => {
                    code.push_str(line);
                    code.push('\n');
                }
            }
        }
    }
    programs
}

/// A request without its place.
type Sent = (String, String, String);

/// What real Python sends, program by program.
fn sent_by_python(programs: &[(String, String)]) -> Vec<BTreeMap<Sent, usize>> {
    let mut child = Command::new("python3")
        .args(["-I", "-W", "default"])
        .arg(folder().join("run.py"))
        .env("PYTHONHASHSEED", "random")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs python3 (3.11 or newer)");
    let mut input = child.stdin.take().expect("stdin is piped");
    for (_, program) in programs {
        writeln!(input, "{}", serde_json::json!(program)).expect("python3 reads programs");
    }
    drop(input);
    let output = child.wait_with_output().expect("python3 ends");
    let lines: Vec<Vec<Sent>> = String::from_utf8(output.stdout)
        .expect("JSON")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a list of requests"))
        .collect();
    assert_eq!(lines.len(), programs.len(), "python3 answers every program");
    lines.into_iter().map(|sent| counted(sent.into_iter().map(canonical))).collect()
}

fn canonical((operation, model, body): Sent) -> Sent {
    let body = Json::parse(body.as_bytes()).map_or(body, |body| body.to_canonical());
    (operation, model, body)
}

fn counted(requests: impl Iterator<Item = Sent>) -> BTreeMap<Sent, usize> {
    let mut counts = BTreeMap::new();
    for request in requests {
        *counts.entry(request).or_insert(0) += 1;
    }
    counts
}

#[test]
fn python_s_rules_hold() {
    let programs = programs();
    assert!(programs.len() > 300, "the suite is there: {}", programs.len());
    let mut failures = Vec::new();
    let (mut all, mut known) = (0, 0);
    for ((place, program), sent) in programs.iter().zip(sent_by_python(&programs)) {
        let claims = resolved(std::slice::from_ref(program))
            .into_iter()
            .map(|request| (request.operation, request.model, request.body));
        let claims = counted(claims);
        all += sent.values().sum::<usize>();
        known += claims.values().sum::<usize>();
        for (request, count) in claims {
            if sent.get(&request).copied().unwrap_or(0) < count {
                failures.push(format!(
                    "{place}: tutor resolves {count} times {request:?}\nbut Python sent {sent:?}"
                ));
            }
        }
    }
    println!("{} programs, {all} requests sent, {known} of them resolved", programs.len());
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(known * 5 > all * 2, "the suite says little: {known} of {all} requests are resolved");
}
