//! Where calls are found: fences, lines, functions nobody calls, fences that do not parse.

use super::{PRELUDE, read, sources, told};
use tutor_bedrock::Json;
use tutor_bedrock::found::{Finding, NoAnswers, NoFiles};

#[test]
fn a_call_stands_under_the_statement_that_triggers_it() {
    let findings = read(&[PRELUDE, "x = 1\nsay('a')\n", "for q in 'bc':\n    say(q)"]);
    let places: Vec<(usize, usize)> = findings.calls.iter().map(|call| (call.fence, call.line)).collect();
    assert_eq!(places, [(1, 7), (2, 8), (2, 8)]);
}

#[test]
fn a_function_nobody_calls_is_uncalled_where_it_stands() {
    let findings = read(&[
        "import boto3\nc = boto3.client('bedrock-runtime')\ndef ask(q):\n    return c.converse(modelId='m', messages=q)",
    ]);
    assert_eq!(told(&findings), ["uncalled"]);
    assert_eq!(findings.calls[0].line, 3);
    let Finding::Uncalled { known } = &findings.calls[0].finding else { panic!() };
    assert_eq!(known.model_id.as_deref(), Some("m"));
}

#[test]
fn a_function_handed_to_unknown_code_is_unresolved_where_that_happens() {
    let findings = read(&[PRELUDE, "unknown(say)"]);
    assert!(told(&findings)[0].starts_with("? "), "{findings:?}");
    assert_eq!(findings.calls[0].fence, 1);
}

#[test]
fn magics_and_shell_lines_are_passed_over() {
    let fences = [
        PRELUDE,
        "%pip install boto3\n!ls {x}\n%time say('a')\nsay('b')",
        "%%time\nsay('c')",
        "%%bash\nsay('d')",
    ];
    assert_eq!(told(&read(&fences)), ["b", "c"]);
}

#[test]
fn a_fence_that_does_not_parse_leaves_its_names_unknown() {
    let findings = read(&[PRELUDE, "mode = 'a'\nkeep = 'k'", "mode = (\n", "say(mode)\nsay(keep)"]);
    assert_eq!(findings.unparsed.len(), 1);
    assert_eq!(findings.unparsed[0].fence, 2);
    let lines = told(&findings);
    assert!(lines[0].starts_with("? a fence that does not parse"), "{lines:?}");
    assert_eq!(lines[1], "k");
}

#[test]
fn a_fence_that_surely_raises_ends_there_and_later_ones_go_on() {
    let findings = read(&[PRELUDE, "say('a')\n1 / 0\nsay('b')", "say('c')"]);
    assert_eq!(told(&findings), ["a", "? the fence ends before, with ZeroDivisionError", "c"]);
}

#[test]
fn stated_values_stand_for_what_is_not_known_in_their_fence() {
    let mut sources = sources(&[PRELUDE, "topic = input()\nsay(topic)", "topic = input()\nsay(topic)"]);
    sources[1].values = vec![("topic".to_owned(), Json::from("tides"))];
    let findings = super::super::read(&sources.iter().collect::<Vec<_>>(), &NoAnswers, &NoFiles);
    let lines = told(&findings);
    assert_eq!(lines[0], "tides");
    assert!(lines[1].starts_with("? `topic`"), "{lines:?}");
}

#[test]
fn a_skipped_fence_still_runs_but_reports_nothing() {
    let mut sources = sources(&[PRELUDE, "say('a')\nmode = 'm'", "say(mode)"]);
    sources[1].skip = true;
    let findings = super::super::read(&sources.iter().collect::<Vec<_>>(), &NoAnswers, &NoFiles);
    assert_eq!(told(&findings), ["m"]);
}

#[test]
fn a_client_that_is_not_known_makes_a_call_that_is_not() {
    let lines = told(&read(&["from helpers import client\nclient.converse(modelId='m', messages=[])"]));
    assert!(lines[0].starts_with("? the client is not known"), "{lines:?}");
}
