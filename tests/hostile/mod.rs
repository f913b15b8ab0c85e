//! Every verb that asks Bedrock, against a service that means harm or is out of order: it ends, within
//! 150 MB, with the right exit code and words, and never above the cap.

mod service;

use std::process::Command;

use self::service::{Behaviour, Service};
use crate::challenge::workshop::{CHAPTER, SCRIPT, Workshop, file, python};
use crate::project::{Project, TODAY};

const TUTOR: &str = env!("CARGO_BIN_EXE_tutor");

/// What a verb may take at most, in bytes.
const MOST: u64 = 150_000_000;

/// What a verb did, and the memory it took.
struct Done {
    code: Option<i32>,
    said: String,
    peak: u64,
}

/// Runs a command and says on the last line of its errors how much memory it took at most, in bytes.
const MEASURED: &str = "import os, resource, subprocess, sys\n\
    code = subprocess.call(sys.argv[1:])\n\
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, file=sys.stderr)\n\
    sys.exit(code)";

/// `tutor` with these arguments, measured, with keys of nobody and the service in Bedrock's place.
fn command(service: &Service, arguments: &[&str]) -> Command {
    let mut command = Command::new(python());
    command.args(["-c", MEASURED, TUTOR]).args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_")) {
        command.env_remove(name);
    }
    command
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &service.url);
    command
}

fn done(code: Option<i32>, stdout: &str, stderr: &str) -> Done {
    let (said, peak) = stderr.trim_end().rsplit_once('\n').unwrap_or(("", stderr));
    let peak = peak.trim().parse().unwrap_or_else(|_| panic!("no measure: {stderr}"));
    let words = format!("{said} {stdout}");
    let words: Vec<&str> = words.split_whitespace().filter(|word| *word != "│").collect();
    Done { code, said: words.join(" "), peak }
}

fn run(project: &Project, service: &Service, arguments: &[&str]) -> Done {
    let ran = project.run(command(service, arguments), "");
    done(ran.code, &ran.stdout, &ran.stderr)
}

/// A chapter with a request of each operation.
fn chapter() -> String {
    let mut text = "# Four requests\n".to_owned();
    for operation in ["InvokeModel", "InvokeModelWithResponseStream", "Converse", "ConverseStream"] {
        text += &format!(
            "\n```toml bedrock\nmodel = \"amazon.nova-lite-v1:0\"\noperation = \"{operation}\"\nbody.messages = [{{ role \
             = \"user\", content = [{{ text = \"Why?\" }}] }}]\nbody.inferenceConfig = {{ maxTokens = 50 }}\n```\n"
        );
    }
    text
}

fn stored(project: &Project) -> usize {
    project.tree().iter().filter(|(path, _)| path.starts_with("fixtures")).count()
}

/// What is wrong, with the words that tell it.
const FAULTS: [(Behaviour, &str); 12] = [
    (Behaviour::Huge, "the answer is larger than 32 MB"),
    (Behaviour::Endless, "the answer is larger than 32 MB"),
    (Behaviour::EndlessStream, "the answer is larger than 32 MB"),
    (Behaviour::ManyMessages, "the stream has more than 100000 messages"),
    (Behaviour::ManyValues, "the answer holds more than 1000000 JSON values"),
    (Behaviour::Slow, "no whole answer came in time"),
    (Behaviour::Html, "HTTP 200 with HTML in place of an answer"),
    (Behaviour::Nothing, "HTTP 200 with nothing in place of an answer"),
    (Behaviour::BrokenJson, "HTTP 200 with broken JSON in place of an answer"),
    (Behaviour::RefusingInHtml, "HTTP 403 with HTML in place of Bedrock's error"),
    (Behaviour::CutShort, "the connection was lost in the middle of the answer"),
    (Behaviour::Hangup, "the connection was lost in the middle of the answer"),
];

/// How many seconds an attempt gets: enough to read 32 MB, unless waiting is all that happens.
fn patience(behaviour: Behaviour) -> &'static str {
    if behaviour == Behaviour::Slow { "1" } else { "120" }
}

#[test]
fn record_takes_nothing_from_a_service_that_is_out_of_order() {
    for (behaviour, words) in FAULTS {
        let (project, service) = (Project::with_chapter(&chapter()), Service::start(behaviour));
        let done = run(&project, &service, &["record", "--yes", "--timeout", patience(behaviour)]);
        assert_eq!(done.code, Some(3), "{behaviour:?}: {}", done.said);
        assert!(done.said.contains(words), "{behaviour:?}: {}", done.said);
        assert!(done.said.contains("Recorded 0, 4 without an answer."), "{behaviour:?}: {}", done.said);
        assert_eq!(stored(&project), 0, "{behaviour:?}");
        assert!(done.peak < MOST, "{behaviour:?}: {}", done.peak);
        assert!(service.requests() <= 4 * 4, "{behaviour:?}: {}", service.requests());
    }
}

#[test]
fn a_stream_is_told_what_it_lacks() {
    for (behaviour, native, converse) in [
        (Behaviour::CutShort, "(the invocation's metrics)", "(metadata)"),
        (Behaviour::Garbled, "the stream is damaged", "the stream is damaged"),
        (Behaviour::Html, "with HTML in place of an event stream", "with HTML in place of an event stream"),
        (Behaviour::Nothing, "with a stream without any message", "with a stream without any message"),
        (Behaviour::BrokenJson, "holds no JSON", "holds no JSON"),
    ] {
        let (project, service) = (Project::with_chapter(&chapter()), Service::start(behaviour));
        let done = run(&project, &service, &["record", "--yes"]);
        for words in [native, converse] {
            assert!(done.said.contains(words), "{behaviour:?}: {}", done.said);
        }
    }
}

#[test]
fn the_size_that_is_taken_can_be_set() {
    let large = Service::start(Behaviour::Good(3_000_000));
    let project = Project::with_chapter(&chapter());
    let done = run(&project, &large, &["record", "--yes", "--max-answer", "2"]);
    assert_eq!(done.code, Some(3), "{}", done.said);
    assert!(done.said.contains("the answer is larger than 2 MB"), "{}", done.said);
    let done = run(&project, &large, &["record", "--yes"]);
    assert_eq!((done.code, stored(&project)), (Some(0), 4), "{}", done.said);
    assert!(done.peak < MOST, "{}", done.peak);
}

#[test]
fn a_usage_that_cannot_be_is_doubted_and_counted_as_what_was_reserved() {
    let (project, service) = (Project::with_chapter(&chapter()), Service::start(Behaviour::Lying));
    let done = run(&project, &service, &["record", "--yes", "--accept", "--max-cost", "0.01"]);
    assert_eq!(done.code, Some(3), "{}", done.said);
    assert!(done.said.contains("are doubted: the service claims a usage worth"), "{}", done.said);
    assert!(done.said.contains("Spent at most $0.00109 of $0.01."), "{}", done.said);
    assert!(done.said.contains("together up to $0.00109"), "the plan and the end agree: {}", done.said);
    let pending =
        project.tree().into_iter().filter(|(path, _)| path.to_string_lossy().ends_with(".json.new"));
    assert_eq!(pending.count(), 4, "paid for, so kept, but for a person to look at");
}

#[test]
fn a_retry_that_the_cap_stops_tells_the_fault_behind_it() {
    let (project, service) = (Project::with_chapter(&chapter()), Service::start(Behaviour::Failing));
    let done = run(&project, &service, &["record", "--yes", "--max-cost", "0.0005"]);
    assert_eq!(done.code, Some(4), "{}", done.said);
    assert!(
        done.said.contains("(Bedrock: 500 out of order); it is not tried again: this call may cost up to"),
        "{}",
        done.said
    );
    assert!(done.said.contains("and up to $0.0131 with every retry (allowed: $0.0005"), "{}", done.said);
}

#[test]
fn equal_errors_are_told_once_and_nothing_is_spent_where_nothing_left() {
    let mut text = "# Ten requests\n".to_owned();
    for number in 0..10 {
        text += &format!(
            "\n```toml bedrock\nmodel = \"amazon.nova-lite-v1:0\"\nprompt = \"Question {number}\"\nmax-tokens = 50\n```\n"
        );
    }
    let project = Project::with_chapter(&text);
    let nobody = Service::start(Behaviour::Html);
    let done = run(&project, &nobody, &["record", "--yes", "--endpoint-url", "http://127.0.0.1:9"]);
    assert_eq!(done.code, Some(3), "{}", done.said);
    assert!(done.said.contains("Nothing was sent.") && !done.said.contains("pent"), "{}", done.said);
    assert_eq!(done.said.matches("cannot be reached").count(), 1, "{}", done.said);
    let done = run(&project, &nobody, &["record", "--yes", "--max-cost", "0"]);
    assert_eq!(done.code, Some(4), "{}", done.said);
    assert!(
        done.said.contains("`nova-lite` and 9 more have no answer: this call may cost up to"),
        "{}",
        done.said
    );
    assert!(done.said.contains("Nothing was sent.") && !done.said.contains("pent"), "{}", done.said);
    assert_eq!(nobody.requests(), 0);
}

#[test]
fn a_build_ends_with_a_notice_in_the_answers_place() {
    for (behaviour, words) in FAULTS {
        let config = format!(
            "[preprocessor.tutor]\nafter = [\"links\"]\nmode = \"live\"\nmax-cost = \"0.20\"\ntimeout = {}\n",
            patience(behaviour)
        );
        let project = Project::with_chapter(&chapter()).with_config(&config);
        let done = run(&project, &Service::start(behaviour), &["build"]);
        assert_eq!(done.code, Some(0), "{behaviour:?}: {}", done.said);
        assert!(done.said.contains(words), "{behaviour:?}: {}", done.said);
        assert!(project.read("book/chapter.html").contains("data-state=\"missing\""));
        assert!(done.peak < MOST, "{behaviour:?}: {}", done.peak);
    }
}

#[test]
fn a_comparison_says_who_did_not_answer_and_why() {
    let models = ["amazon.nova-lite-v1:0", "amazon.nova-micro-v1:0"];
    for (behaviour, words) in FAULTS {
        if matches!(behaviour, Behaviour::EndlessStream | Behaviour::ManyMessages) {
            continue;
        }
        let service = Service::start(behaviour);
        let timeout = patience(behaviour);
        let asked = ["compare", "Why?", "--today", TODAY, "--live", "--answer-timeout", timeout, "--models"];
        let done = run(&Project::empty(), &service, &[&asked[..], &models].concat());
        assert_eq!(done.code, Some(3), "{behaviour:?}: {}", done.said);
        assert!(done.said.contains(words), "{behaviour:?}: {}", done.said);
        assert!(done.peak < MOST, "{behaviour:?}: {}", done.peak);
    }
    let service = Service::start(Behaviour::Lying);
    let done =
        run(&Project::empty(), &service, &[&["compare", "Why?", "--live", "--models"][..], &models].concat());
    assert_eq!(done.code, Some(3), "{}", done.said);
    assert!(
        done.said.contains("is doubted: the service claims") && done.said.contains("unpriced"),
        "{}",
        done.said
    );
    assert!(!done.said.contains("Spent at most $3"), "{}", done.said);
}

#[test]
fn a_script_is_not_blamed_for_a_service_that_is_out_of_order() {
    for (behaviour, limits, words) in [
        (Behaviour::Endless, &[][..], "the answer is larger than 32 MB"),
        (Behaviour::Slow, &["--answer-timeout", "1"], "no whole answer came in time"),
        (Behaviour::Slow, &["--timeout", "1"], "the script ended before the service had answered"),
        (Behaviour::Html, &[], "HTTP 200 with HTML in place of an answer"),
        (Behaviour::Hangup, &[], "the connection was lost in the middle of the answer"),
        (Behaviour::Lying, &[], "the service claims a usage worth"),
    ] {
        let (workshop, service) = (Workshop::with(&file("solution.py")), Service::start(behaviour));
        let python = python().display().to_string();
        let arguments = ["run", CHAPTER, "--live", "--python", &python, "--today", TODAY];
        let mut command = command(&service, &[&arguments[..], limits].concat());
        command
            .current_dir(workshop.path(""))
            .env("XDG_STATE_HOME", workshop.path("state"))
            .env("NO_COLOR", "1")
            .stdin(std::process::Stdio::null());
        let ran = workshop.finish(command);
        let done = done(ran.code, &ran.stdout, &ran.stderr);
        assert_eq!(done.code, Some(3), "{behaviour:?}: {}", done.said);
        assert!(done.said.contains(words), "{behaviour:?}: {}", done.said);
        assert!(done.peak < MOST, "{behaviour:?}: {}", done.peak);
        assert!(workshop.path(SCRIPT).exists());
    }
}

#[test]
fn secrets_in_pieces_and_in_escapes_reach_neither_disk_nor_page() {
    let (project, service) = (Project::with_chapter(&chapter()), Service::start(Behaviour::Leaking));
    let done = run(&project, &service, &["record", "--yes", "--accept"]);
    assert_eq!(done.code, Some(0), "{}", done.said);
    let page = project.page();
    let masked = "I am arn:aws:iam::000000000000:user/x, Signature=[REDACTED].";
    assert_eq!(page.matches(masked).count(), 4, "{page}");
    for (path, bytes) in project.tree().iter().filter(|(path, _)| path.starts_with("fixtures")) {
        let text = String::from_utf8_lossy(bytes);
        for piece in ["3141", "59265", "358:user", "u0033", "0123456789abcdef"] {
            assert!(!text.contains(piece), "{piece} in {}: {text}", path.display());
        }
    }
}
