//! The guide's transcript, from the first command to a passing run, is what the terminal says.
//!
//! What differs from run to run is put into words: figures of the comparison and versions.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::workshop::{CHAPTER, SCRIPT, Workshop, file, python};

/// The page with the transcript, and the comments it stands between.
const PAGE: &str = "book/guide/learners.md";
const BEGIN: &str = "<!-- transcript: tests/challenge/transcript.rs holds it true -->\n\n";
const END: &str = "\n<!-- end of the transcript -->";

/// The session without colours, which both tests look at.
static PLAIN: LazyLock<String> = LazyLock::new(|| session(false));

/// What a learner does, step by step.
fn session(color: bool) -> String {
    let workshop = Workshop::new();
    let first = told(&workshop, &[CHAPTER], color);
    let begun = told(&workshop, &[CHAPTER], color);
    let hint = told(&workshop, &[CHAPTER, "--hint"], color);
    workshop.write(SCRIPT, &file("solution.py"));
    let passed = told(&workshop, &[CHAPTER], color);
    format!(
        "```console\n$ tutor run {CHAPTER}\n{first}```\n\nYou run it as it is, to see what it says:\n\n\
         ```console\n$ tutor run {CHAPTER}\n{begun}```\n\nYou want a hint:\n\n```console\n$ tutor run {CHAPTER} \
         --hint\n{hint}```\n\nAn hour and some runs later:\n\n```console\n$ tutor run {CHAPTER}\n{passed}```\n"
    )
}

/// What stands on the terminal afterwards: talk and data.
fn told(workshop: &Workshop, arguments: &[&str], color: bool) -> String {
    let mut command = workshop.command(arguments);
    let path = std::env::join_paths(
        [python().parent().expect("a folder").to_owned()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    command.env("PATH", path.expect("a path"));
    if color {
        command.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1");
    }
    let done = workshop.finish(command);
    // A terminal gets a round's line when the round begins and the result when all are over.
    let is_hint = arguments.contains(&"--hint");
    if is_hint {
        format!("{}{}", done.stdout, done.stderr)
    } else {
        format!("{}{}", done.stderr, done.stdout)
    }
}

/// Figures and versions as words.
fn without_chance(text: &str) -> String {
    let rows = Regex::new(r"(?m)^(Claude 3 Haiku|Titan Text Express|Llama 2 Chat 13B|Command) {2,}.*\n.*$")
        .expect("a pattern");
    let versions = Regex::new(r"Python \S+ and boto3 [\d.]+").expect("a pattern");
    let text = versions.replace_all(text, "Python 3.x and boto3 1.x");
    let seed = Regex::new(r"--seed \d+").expect("a pattern");
    let text = seed.replace_all(&text, "--seed N");
    rows.replace_all(&text, "MODEL AND FIGURES").into_owned()
}

#[test]
fn the_guides_transcript_is_what_the_terminal_says() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE)).expect("the page");
    let (_, rest) = page.split_once(BEGIN).expect("the transcript's beginning");
    let (transcript, _) = rest.split_once(END).expect("its end");
    let said = &*PLAIN;
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    // Told in full, so that it can be put into the guide as it is.
    assert_eq!(without_chance(transcript), without_chance(said), "the guide should say:\n{said}");
}

#[test]
fn colours_change_nothing_but_colours() {
    let colours = Regex::new("\u{1b}\\[[0-9;]*m").expect("a pattern");
    let colourful = session(true);
    assert!(colours.is_match(&colourful));
    let plain = without_chance(&colours.replace_all(&colourful, ""));
    assert_eq!(plain, without_chance(&PLAIN));
}
