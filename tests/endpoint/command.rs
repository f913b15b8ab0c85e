//! `tutor endpoint -- CMD` and `--env`.

use std::io::{BufRead as _, BufReader};
use std::process::{Output, Stdio};

use super::served::tutor;

fn run(arguments: &[&str], environment: &[(&str, &str)], script: &str) -> Output {
    let mut command = tutor(arguments);
    command.args(["--", "sh", "-c", script]).envs(environment.iter().copied());
    command.output().expect("tutor runs")
}

#[test]
fn the_exit_code_is_the_commands() {
    assert_eq!(run(&[], &[], "exit 0").status.code(), Some(0));
    assert_eq!(run(&[], &[], "exit 7").status.code(), Some(7));
    assert_eq!(run(&[], &[], "kill -TERM $$").status.code(), Some(143));
    let missing = tutor(&["--", "no-such-command-anywhere"]).output().expect("tutor runs");
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("cannot be run"));
}

#[test]
fn the_command_is_led_here_and_nowhere_else() {
    let surprises = [
        ("AWS_PROFILE", "work"),
        ("AWS_BEARER_TOKEN_BEDROCK", "secret"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
        ("AWS_ENDPOINT_URL_S3", "https://example.com"),
        ("AWS_SESSION_TOKEN", "secret"),
        ("AWS_REGION", "eu-central-1"),
        ("NO_PROXY", "example.com"),
        ("HTTP_PROXY", "http://192.0.2.1:3128"),
    ];
    let output =
        run(&[], &surprises, "env | grep -E '^(AWS|ANTHROPIC|NO_PROXY)' | sort; cat \"$AWS_CONFIG_FILE\"");
    let environment = String::from_utf8(output.stdout).expect("text");
    insta::with_settings!({filters => vec![
        (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        (r"=/.*/(config|credentials)\b", "=FOLDER/$1"),
    ]}, {
        insta::assert_snapshot!(environment);
    });
}

#[test]
fn afterwards_there_is_a_summary_of_the_requests() {
    let script = r#"
        ask() {
            python3 - "$AWS_ENDPOINT_URL_BEDROCK_RUNTIME$1" "$2" <<'END'
import sys, urllib.error, urllib.request
try:
    urllib.request.urlopen(sys.argv[1], data=sys.argv[2].encode()).read()
except urllib.error.HTTPError as error:
    print(error.read().decode())
END
        }
        ask /model/amazon.titan-text-express-v1/invoke '{"inputText":"one two three"}'
        ask /model/amazon.titan-text-express-v1/invoke '{}'
        ask /model/amazon.nova-lite-v1:0/converse '{"messages":[{"role":"user","content":[{"text":"hi"}]}]}'
    "#;
    let output = run(&["--pace", "0", "--today", crate::project::TODAY], &[], script);
    assert!(String::from_utf8_lossy(&output.stdout).contains("required key [inputText] not found"));
    let log = String::from_utf8(output.stderr).expect("text");
    insta::with_settings!({filters => vec![(r"\d+ ms", "N ms")]}, {
        insta::assert_snapshot!(log);
    });
    let output = run(&["--pace", "0", "--format", "json", "--today", crate::project::TODAY], &[], script);
    let lines: Vec<serde_json::Value> = String::from_utf8(output.stderr)
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object a line"))
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["operation"], "InvokeModel");
    assert_eq!(lines[0]["input_tokens"], 4);
    assert_eq!(lines[0]["origin"], "practice");
    assert_eq!(lines[1]["status"], 400);
    assert!(lines[2]["cost_usd"].as_str().expect("a cost").starts_with("0.0000"));
}

#[test]
fn env_prints_exports_and_serves() {
    let mut child = tutor(&["--env"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("tutor starts");
    let exports: Vec<String> = BufReader::new(child.stdout.take().expect("a pipe"))
        .lines()
        .map(|line| line.expect("text"))
        .take_while(|line| !line.starts_with("export no_proxy="))
        .collect();
    let url = exports.iter().find_map(|line| line.strip_prefix("export AWS_ENDPOINT_URL_BEDROCK_RUNTIME='"));
    let port = url.and_then(|url| url.trim_end_matches('\'').rsplit(':').next()).expect("its address");
    assert!(std::net::TcpStream::connect(("127.0.0.1", port.parse().expect("a port"))).is_ok());
    assert!(exports.contains(&"unset AWS_PROFILE".to_owned()));
    child.kill().expect("it was running");
    child.wait().expect("it ends");
}

/// Ctrl-C while a stream is under way: the endpoint sums up and leaves.
#[test]
#[cfg(unix)]
fn it_stops_when_it_is_told_to() {
    for signal in ["INT", "TERM"] {
        let mut child = tutor(&[])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("tutor starts");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut url).expect("its address");
        let process = child.id().to_string();
        let sent = std::process::Command::new("kill").args(["-s", signal, &process]).status();
        assert!(sent.expect("kill runs").success());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{signal}");
        assert!(String::from_utf8_lossy(&output.stderr).ends_with("tutor endpoint: 0 requests\n"));
    }
}

#[test]
fn a_port_that_is_taken_and_rates_beyond_one_are_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let output = tutor(&["--port", &port]).output().expect("tutor runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("leave out --port"));
    for wrong in [["--throttle", "1.5"], ["--pace", "-1"], ["--fail", "often"], ["--port", "0"]] {
        let output = tutor(&wrong).output().expect("tutor runs");
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
    let output = tutor(&["--replay-only", "--book", "/"]).output().expect("tutor runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("leave out --replay-only"));
}
