//! Credentials and account ids, planted wherever they could come from, reach no file and no report.

use std::process::Command;

use super::fixtures;
use crate::project::{ONE_REQUEST, Project};

const ACCOUNT: &str = "314159265358";
const SECRET: &str = "canarySECRET/access+key000000000000000001";
const TOKEN: &str = "canaryTOKEN000000000000000000000000000002";
const KEY_ID: &str = "AKIACANARYCANARY234A";

fn bearer() -> String {
    format!("ABSK{}", "canaryBEARER3".repeat(5))
}

/// A chapter whose prompt and model id hold everything that must not be kept.
fn chapter() -> String {
    format!(
        "# Planted\n\n```toml bedrock\nmodel = \"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/\
         us.amazon.nova-lite-v1:0\"\nprompt = \"Account {ACCOUNT}, secret {SECRET}, token {TOKEN}, id {KEY_ID}, \
         bearer {}\"\nmax-tokens = 300\n```\n",
        bearer()
    )
}

#[test]
fn no_canary_gets_out() {
    let project = Project::with_chapter(&chapter());
    let tutor = env!("CARGO_BIN_EXE_tutor");
    for (verb, arguments) in
        [("record", &["--practice"][..]), ("record", &["--yes", "--all"]), ("review", &[])]
    {
        let mut command = Command::new(tutor);
        if arguments.contains(&"--yes") {
            command.args(["endpoint", "--pace", "0", "--quiet", "--", "env"]);
            command.arg(format!("AWS_ACCESS_KEY_ID={KEY_ID}"));
            command.arg(format!("AWS_SECRET_ACCESS_KEY={SECRET}"));
            command.arg(format!("AWS_SESSION_TOKEN={TOKEN}"));
            command.arg(tutor);
        }
        command.arg(verb).args(arguments);
        command.env("AWS_SECRET_ACCESS_KEY", SECRET).env("AWS_SESSION_TOKEN", TOKEN);
        let done = project.run(command, "");
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        let mut said = fixtures(&project);
        assert!(!said.is_empty());
        said.push(("what it says".to_owned(), done.stdout + &done.stderr));
        for (place, text) in said {
            for canary in [ACCOUNT, SECRET, TOKEN, KEY_ID, &bearer()] {
                assert!(!text.contains(canary), "{canary} in {place}: {text}");
            }
        }
    }
}

/// What a model says may hold them too; then no page, report or listing may.
#[test]
fn no_canary_of_an_answer_gets_to_a_page() {
    let project = Project::with_chapter(ONE_REQUEST);
    let said = format!("See arn:aws:iam::{ACCOUNT}:user/x, {SECRET}, {TOKEN}, {KEY_ID}, {}.", bearer());
    let answer = format!("[[answer]]\nprompt = \"Name three uses of a paper clip.\"\ntext = \"{said}\"\n");
    project.write("fixtures/practice.toml", &answer);
    let mut reports = String::new();
    for arguments in
        [&["record", "--practice"][..], &["review"], &["accept", "--all"], &["check"], &["list"], &["build"]]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tutor"));
        command.args(arguments).env("AWS_SECRET_ACCESS_KEY", SECRET).env("AWS_SESSION_TOKEN", TOKEN);
        let done = project.run(command, "");
        reports += &(done.stdout + &done.stderr);
    }
    let page = project.read("book/chapter.html");
    assert!(page.contains("See arn:aws:iam::000000000000:user/x"), "{page}");
    let files = project.tree().into_iter().filter(|(path, _)| !path.ends_with("practice.toml"));
    let files =
        files.map(|(path, bytes)| (path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    for (place, text) in files.chain([("what it says".to_owned(), reports)]) {
        for canary in [ACCOUNT, SECRET, TOKEN, KEY_ID, &bearer()] {
            assert!(!text.contains(canary), "{canary} in {place}");
        }
    }
}
