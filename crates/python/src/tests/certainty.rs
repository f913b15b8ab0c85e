//! What is certain, and what is not and why.

use super::{said, surely};

#[test]
fn arms_of_an_unknown_condition_are_not_certain_and_what_differs_after_them_is_unknown() {
    let lines = said("if unknown():\n    m = 'a'\n    say('one')\nelse:\n    m = 'b'\nsay(m)\nsay('after')");
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("? it depends on a condition"), "{lines:?}");
    assert!(lines[1].starts_with("? it depends on a condition"), "{lines:?}");
    assert_eq!(lines[2], "after");
}

#[test]
fn after_an_early_return_that_is_not_certain_only_the_rest_of_the_function_is_uncertain() {
    assert_eq!(surely("def f():\n    if unknown(): return\n    say('inside')\nf()\nsay('after')"), ["after"]);
}

#[test]
fn a_way_that_raises_uncaught_is_not_taken() {
    assert_eq!(surely("if not unknown():\n    raise ValueError('no key')\nsay('after')"), ["after"]);
}

#[test]
fn what_is_unknown_inside_a_try_may_raise() {
    let code = "try:\n    say('first')\n    unknown()\n    say('second')\nexcept Exception:\n    say('third')\nsay('after')";
    assert_eq!(surely(code), ["first", "after"]);
}

#[test]
fn a_call_of_bedrock_succeeds_and_its_answer_has_its_places() {
    let code = "\
try:
    for q in ['a', 'b']:
        r = say(q)
        print(r['output']['message']['content'][0]['text'])
except Exception as e:
    say('fallback')
say('after')";
    assert_eq!(surely(code), ["a", "b", "after"]);
}

#[test]
fn objects_handed_to_unknown_code_are_given_up_with_their_aliases() {
    assert!(surely("a = ['x']\nb = {'k': a}\nunknown(b)\nsay(a[0])").is_empty());
    assert!(
        surely("a = ['x']\nb = [a]\nc = b if unknown() else [1]\nc[0].append(1)\nsay(str(a))").is_empty()
    );
}

#[test]
fn a_function_handed_to_unknown_code_may_run_at_any_time() {
    let code = "mode = 'a'\ndef switch():\n    global mode\n    mode = 'b'\nunknown(switch)\nsay(mode)\nmode = 'c'\nsay(mode)";
    assert!(surely(code).is_empty());
    let code = "log = []\ndef keep(x):\n    log.append(x)\nunknown(keep)\nlog = ['new']\nsay(str(log))";
    assert!(surely(code).is_empty());
}

#[test]
fn loops_of_unknown_length_leave_what_they_change_unknown() {
    let code = "n = 0\nk = 'same'\nfor x in unknown():\n    n += 1\n    say('inside')\nsay(str(n))\nsay(k)";
    assert_eq!(surely(code), ["same"]);
    assert_eq!(surely("x = unknown()\nwhile not x:\n    x = unknown()\nsay('after')"), ["after"]);
}

#[test]
fn a_retry_loop_calls_once() {
    let code = "\
def ask(q):
    for attempt in range(3):
        try:
            return say(q)
        except Exception:
            continue
ask('once')";
    assert_eq!(surely(code), ["once"]);
}

#[test]
fn reasons_name_the_origin_and_its_line() {
    let findings = super::read(&[super::PRELUDE, "topic = input('?')\nsay(f'About {topic}')"]);
    let tutor_bedrock::found::Finding::Unresolved { reason, known } = &findings.calls[0].finding else {
        panic!("{findings:?}")
    };
    assert_eq!(reason.text, "`topic` comes from `input()`");
    assert_eq!(reason.line, Some(6));
    assert_eq!(known.model_id.as_deref(), Some("m"));
}

#[test]
fn environment_defaults_stand_and_the_rest_of_it_is_unknown() {
    assert_eq!(
        surely("import os\nsay(os.environ.get('MODE', 'plain'))\nsay(os.getenv('X', 'y'))"),
        ["plain", "y"]
    );
    assert!(surely("import os\nsay(os.environ['MODE'])").is_empty());
    assert_eq!(surely("import os\nos.environ['MODE'] = 'set'\nsay(os.environ['MODE'])"), ["set"]);
}

#[test]
fn a_set_of_strings_has_no_known_order() {
    assert!(surely("say(str(list({'a', 'b'})))").is_empty());
}

#[test]
fn a_request_that_boto3_refuses_is_not_sent() {
    let last = |code: &str| said(code).pop().unwrap_or_default();
    let line = last("client.converse(modelId='m', messages=[{'role': 'user', 'content': 'plain'}])");
    assert!(line.starts_with("? boto3 refuses a message"), "{line}");
    let line = last("client.invoke_model(modelId='m', body='no json')");
    assert!(line.starts_with("? the body is not JSON"), "{line}");
}

#[test]
fn what_only_one_arm_sets_and_nobody_reads_again_spoils_nothing() {
    let code = |after: &str, inside: &str| {
        format!(
            "\
tool = ['t']
def ask(q):
    params = [q, tool]
    {inside}
    if unknown():
        params = []
    {after}
    say(q)
ask('one')
ask('two')
say(str(tool))"
        )
    };
    assert_eq!(surely(&code("pass", "pass")), ["one", "two", "['t']"]);
    let returned = code("pass", "pass").replace("params = []", "params = []\n        return say(q)");
    assert_eq!(surely(&returned), ["['t']"]);
    for (after, inside) in [
        ("params.append(1)", "pass"),
        ("print(locals())", "pass"),
        ("pass", "later = lambda: params"),
        ("pass", "for x in 'a': later = [params for y in 'b']"),
    ] {
        assert!(!surely(&code(after, inside)).contains(&"['t']".to_owned()), "{after} {inside}");
    }
}

#[test]
fn a_thread_does_its_work_once_it_is_started() {
    let code = "\
import threading
def work(a, b='-'):
    say(a + b)
ts = [threading.Thread(target=work, args=(q,), daemon=True) for q in ('a', 'b')]
for t in ts: t.start()
for t in ts: t.join()
threading.Thread(target=work, args=('never started',))
say('after')";
    assert_eq!(surely(code), ["a-", "b-", "after"]);
}

#[test]
fn what_a_thread_changes_is_not_known_and_its_exception_ends_it_alone() {
    let code = "\
from threading import Thread
log = []
def work():
    log.append('x')
    raise ValueError('here')
Thread(target=work).start()
say('after')
say(str(log))";
    assert_eq!(surely(code), ["after"]);
}

#[test]
fn a_thread_given_more_than_is_known_is_left_unknown() {
    let code = "import threading\nmode = 'a'\ndef work(x):\n    global mode\n    mode = x\n    say(x)\nthreading.Thread(target=work, kwargs={'x': 'b'}).start()\nsay(mode)";
    assert!(surely(code).is_empty());
}
