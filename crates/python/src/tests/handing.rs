//! Nothing is silent: what code that is not known may send is told where it gets to know of it.

use super::{PRELUDE, read, said, told};

/// The lines under which something that is not known is told.
fn open_lines(code: &str) -> Vec<usize> {
    let findings = read(&[PRELUDE, code]);
    let first = PRELUDE.lines().count();
    let open = told(&findings).into_iter().zip(&findings.calls).filter(|(text, _)| text.starts_with("? "));
    open.map(|(_, call)| call.line - first).collect()
}

#[test]
fn a_function_that_sends_is_told_wherever_it_is_handed_over() {
    let code = "\
import pandas as pd
say('once')
frame = pd.DataFrame(['a'])
frame['x'] = frame['t'].apply(say)
frame['y'] = frame.apply(lambda row: say(row['t']), axis=1)
unknown.schedule([say], {'f': say})
pool = unknown.Pool()
pool.submit(say, 'x')
texts = list(map(say, unknown.texts))
quiet = frame.apply(lambda row: row['t'])";
    assert_eq!(open_lines(code), [4, 5, 6, 8, 9]);
    let text = said(code).swap_remove(1);
    assert_eq!(text, "? `say` is handed to code that is not known: `frame` comes from `pandas.DataFrame()`");
}

#[test]
fn a_function_behind_others_is_told_too() {
    let code = "\
say('once')
def inner(text): return say(text)
class Agent:
    def ask(self, text): return inner(text)
agent = Agent()
unknown.every(5).do(agent.ask, 'x')
unknown.every(5).do(lambda: agent.ask('x'))";
    assert_eq!(open_lines(code), [6, 7]);
}

#[test]
fn what_a_decorator_that_is_not_known_made_is_told_where_it_is_called() {
    let code = "\
@unknown.decorate
def again(text): return say(text)
say('once')
again('decorated')
class Agent:
    @unknown.decorate
    def ask(self, text): return say(text)
Agent().ask('x')";
    assert_eq!(open_lines(code), [1, 4, 5, 8]);
}

#[test]
fn what_a_star_import_may_have_replaced_is_told_where_it_is_called() {
    let code = "say('known')\nfrom helpers import *\nsay('perhaps')\nprint('nothing')";
    assert_eq!(open_lines(code), [3]);
}

#[test]
fn the_wrong_service_is_told_for_each_call_and_raises() {
    let code = "\
control = boto3.client('bedrock')
def ask(text): return control.converse(modelId='m', messages=[{'role': 'user', 'content': [{'text': text}]}])
try:
    ask('one')
except AttributeError:
    say('no such method')
ask('two')
say('never')";
    let lines = said(code);
    let wrong = "? boto3's client of `bedrock` has no `converse()`, which is `bedrock-runtime`'s: it raises AttributeError";
    assert_eq!(lines, [wrong, "no such method", wrong, "? the fence ends before, with AttributeError"]);
}

#[test]
fn what_stands_behind_the_budget_is_told() {
    let code = "x = 'a' * 1000000\nl = []\nfor i in range(90): l.append(x + str(i))\nsay('after')\nprint('nothing')\nsay('again')";
    assert_eq!(open_lines(code), [4, 6]);
}

#[test]
fn what_a_statement_would_send_that_raises_before_is_told() {
    let code = "\
def ask(text): return other.converse(modelId='m', messages=[{'role': 'user', 'content': [{'text': text}]}])
ask(1 / 0)";
    assert_eq!(open_lines(code), [2]);
}
