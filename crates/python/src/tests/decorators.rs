//! Decorators of libraries, members of enums as texts, and code evaluated from text.

use super::{said, surely};

#[test]
fn known_decorators_leave_a_function_what_it_is() {
    for decorator in [
        "tenacity.retry",
        "tenacity.retry(stop=unknown)",
        "backoff.on_exception(backoff.expo, Exception)",
        "strands.tool",
        "strands.tool(name='x')",
    ] {
        let module = decorator.split('.').next().unwrap_or_default();
        let code =
            format!("import {module}\n@{decorator}\ndef ask(text): return say(text)\nask('a')\nask('a')");
        assert_eq!(said(&code), ["a", "a"], "{decorator}");
    }
    for decorator in [
        "st.cache_data",
        "st.cache_resource",
        "st.cache_data(ttl=60)",
        "functools.cache",
        "functools.lru_cache(maxsize=None)",
    ] {
        let code = format!(
            "import functools\nimport streamlit as st\n@{decorator}\ndef ask(text): return say(text)\nask('a')\nask('a')\nask('b')"
        );
        assert_eq!(said(&code), ["a", "b"], "{decorator}");
    }
}

#[test]
fn members_of_enums_of_text_are_texts_in_requests() {
    let code = "\
from enum import Enum
class Model(str, Enum):
    SMALL = 'small'
class Plain(Enum):
    SMALL = 'small'
def ask(model, text): return client.converse(modelId=model, messages=[{'role': 'user', 'content': [{'text': text}]}])
ask(Model.SMALL, 'a')
ask(Plain.SMALL, 'b')
ask('m', Model.SMALL)";
    assert_eq!(said(code)[1..], ["a", "? the model id is no text", "small"]);
}

#[test]
fn a_literal_that_is_evaluated_from_text_touches_nothing() {
    assert_eq!(surely("n = eval('37 + 20')\nlog = []\nsay(str(log))\nsay('after')"), ["[]", "after"]);
    assert!(surely("log = []\neval('log.append(1)')\nsay(str(log))").is_empty());
}
