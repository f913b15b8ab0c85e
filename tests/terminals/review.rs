//! `tutor review` at a terminal of 80 columns.

use std::process::Command;

use crate::project::Project;
use crate::project::terminal::Terminal;

const TUTOR: &str = env!("CARGO_BIN_EXE_tutor");

/// A book with three answers that wait.
fn book() -> Project {
    let request = |topic: &str| {
        format!(
            "<!-- tutor: name = \"{topic}\" -->\n```toml bedrock\nmodel = \"amazon.nova-lite-v1:0\"\n\
             prompt = \"Say something about {topic}.\"\nmax-tokens = 20\n```\n\n"
        )
    };
    let text: String = ["ants", "bees", "cats"].map(request).concat();
    let project = Project::with_chapter(&format!("# Three\n\n{text}"));
    assert_eq!(project.tutor(["record", "--practice"]).code, Some(0));
    project
}

fn review(project: &Project) -> Terminal {
    let mut command = Command::new(TUTOR);
    command.arg("review");
    project.on_terminal(command)
}

/// The names of the files that are accepted and that wait.
fn state(project: &Project) -> (Vec<String>, Vec<String>) {
    let files = project.tree().into_iter().map(|(path, _)| path.to_string_lossy().into_owned());
    let names = files.filter_map(|path| path.strip_prefix("fixtures/chapter/").map(str::to_owned));
    let (pending, accepted): (Vec<String>, Vec<String>) = names.partition(|name| name.contains(".json.new"));
    let short = |names: Vec<String>| names.iter().map(|name| name[..4].to_owned()).collect();
    (short(accepted), short(pending))
}

const PROMPT: &str = "? help: ";

#[test]
fn every_decision_is_carried_out_at_once_and_said() {
    let project = book();
    let mut terminal = review(&project);
    terminal.expect("[1 of 3] new").expect("ants").expect(PROMPT).press("a");
    terminal.expect("accepted fixtures/chapter/ants.").expect("[2 of 3]").expect(PROMPT);
    assert_eq!(state(&project).0, ["ants"], "before the next key");
    terminal.press("r").expect("rejected fixtures/chapter/bees.").expect("[3 of 3]").expect(PROMPT);
    assert_eq!(state(&project), (vec!["ants".to_owned()], vec!["cats".to_owned()]));
    terminal.reads_keys().press("\u{3}");
    let (_, said) = terminal.end();
    assert_eq!(state(&project), (vec!["ants".to_owned()], vec!["cats".to_owned()]), "{said}");
    let plain =
        ["\u{1b}[1m", "\u{1b}[0m", "\u{1b}[32m"].iter().fold(said, |said, look| said.replace(look, ""));
    // An answer's line is as long as it is.
    let fits = |line: &str| {
        line.trim_end().chars().count() <= 80 || line.contains("fixtures/") || line.starts_with("  + ")
    };
    let wide: Vec<&str> = plain.lines().filter(|line| !fits(line)).collect();
    assert!(wide.is_empty(), "{wide:?}");
}

#[test]
fn q_leaves_u_goes_back_and_a_question_mark_helps() {
    let project = book();
    let mut terminal = review(&project);
    terminal.expect(PROMPT).press("?").expect("take back what was decided about it").expect("[1 of 3]");
    terminal.expect(PROMPT).press("u").expect("This is the first one").expect("[1 of 3]");
    terminal.expect(PROMPT).press("s").expect("[2 of 3]").expect(PROMPT).press("a").expect("[3 of 3]");
    assert_eq!(state(&project).0, ["bees"]);
    terminal.expect(PROMPT).press("u").expect("taken back: accepted chapter#bees").expect("[2 of 3]");
    assert_eq!(state(&project).0, [""; 0]);
    terminal.expect(PROMPT).press("r").expect("[3 of 3]").expect(PROMPT).press("u").expect("[2 of 3]");
    assert_eq!(state(&project).1, ["ants", "bees", "cats"]);
    terminal.expect(PROMPT).press("u").expect("[1 of 3]").expect(PROMPT).press("q");
    let (code, said) = terminal.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Accepted 0, rejected 0; 3 waiting."), "{said}");
}

#[test]
fn a_capital_settles_the_rest_and_is_one_decision() {
    let project = book();
    let mut terminal = review(&project);
    terminal.expect(PROMPT).press("s").expect("[2 of 3]").expect(PROMPT).press("A");
    let (code, said) = terminal.end();
    assert_eq!((code, state(&project).0), (Some(0), vec!["bees".to_owned(), "cats".to_owned()]), "{said}");
    assert!(said.contains("To take the last one back: tutor review --undo"), "{said}");
    assert_eq!(project.tutor(["review", "--undo"]).code, Some(0));
    assert_eq!(state(&project).1, ["ants", "bees", "cats"]);
}
