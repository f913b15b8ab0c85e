//! Hostile code ends in "unknown", within bounds, and never in a panic.

use super::{PRELUDE, read};
use tutor_bedrock::found::Finding;

fn survives(code: &str) {
    // What is found does not matter here, only that reading ends.
    let _ = read(&[PRELUDE, code, "say('after')"]);
}

#[test]
fn endless_loops_and_recursion_end() {
    survives("while True:\n    pass");
    survives("i = 0\nwhile True:\n    i += 1");
    survives("def f(x): return f(x + 1)\nf(0)");
    survives("def g():\n    while True: yield 1\nfor x in g(): pass");
    survives("def f():\n    if unknown(): f()\n    if unknown(): f()\n    if unknown(): f()\nf()");
}

#[test]
fn what_would_be_huge_is_not_built() {
    survives("x = 'a' * 10**12");
    survives("x = 'a'\nwhile True: x = x + x");
    survives("x = [0] * 10**9\ny = list(range(10**10))");
    survives("x = 9 ** 9 ** 9 ** 9");
    survives("x = 'a' * 4000000\n','.join([x] * 1000000)\nstr([x] * 1000000)\njson.dumps([x] * 1000000)");
    survives("f'{1:>1000000000}'\n'%1000000000d' % 3\n'a'.ljust(10**10)\n'aaa'.replace('a', 'b' * 10**7)");
    survives("[1 for a in range(100) for b in range(100) for c in range(100) for d in range(100)]");
}

#[test]
fn deep_nesting_is_refused_or_survived() {
    survives(&format!("x = {}{}", "[".repeat(10_000), "]".repeat(10_000)));
    survives(&format!("x = {}1", "-".repeat(15_000)));
    survives(&format!("x = a{}", ".b".repeat(9_000)));
    survives(&format!("x = (\n{}1)", "1 +\n".repeat(50_000)));
    survives("x = []\nfor i in range(100000): x = [x]\nstr(x)\njson.dumps(x)");
    survives("x = ()\nfor i in range(100000): x = (x,)\nstr(x)\nd = {x: 1}\nx == x");
    survives("a = []\na.append(a)\nb = []\nb.append(b)\nstr(a)\na == b\nimport copy\ncopy.deepcopy(a)");
}

#[test]
fn catastrophic_expressions_are_linear() {
    survives("import re\nre.match('(a+)+$', 'a' * 5000 + '!')\nre.findall('(x+x+)+y', 'x' * 5000)");
}

#[test]
fn a_fence_too_large_to_read_says_so() {
    let large = "x = 1\n".repeat(200_000);
    let findings = read(&[PRELUDE, &large, "say('after')"]);
    assert!(findings.unparsed[0].message.contains("larger than"), "{:?}", findings.unparsed);
}

#[test]
fn what_was_sure_before_the_bound_was_met_stays_so() {
    let findings = read(&[PRELUDE, "say('before')\nwhile True: pass\nsay('never')", "say('later')"]);
    let lines = super::told(&findings);
    assert_eq!(lines[0], "before");
    assert!(
        lines[1..].iter().all(|line| !line.starts_with("never") && !line.starts_with("later")),
        "{lines:?}"
    );
}

/// Found by fuzzing.
#[test]
fn names_before_any_letters_are_found_in_code_that_does_not_parse() {
    for rest in ["\u{fffd}(", "é = (", "**= 2 (", ">>= 2 (", "語"] {
        survives(&format!("x = {{name{rest}"));
    }
}

#[test]
fn what_code_that_does_not_parse_may_assign_is_not_known() {
    for broken in ["x = (", "x += (", "x **= (", "x //= (", "x >>= ("] {
        let found = read(&[PRELUDE, "x = 2", broken, "say(str(x))"]);
        let resolved = found.calls.iter().any(|call| matches!(call.finding, Finding::Resolved(_)));
        assert!(!resolved, "{broken}");
    }
}

/// Found by fuzzing: the parser takes these for unreachable.
#[test]
fn escapes_where_the_parser_expects_none_are_code_that_does_not_parse() {
    for code in ["{)\n,", "x = {)\n/f 1", "f([}\n;g", "(]\n?x"] {
        let found = read(&[PRELUDE, code, "say('after')"]);
        assert_eq!(found.unparsed.len(), 1, "{code}");
    }
}
