//! Scripts that go astray get a verdict in bounded time, with their own file and line.

use std::process::Command;

use super::workshop::{Workshop, file, found, with_verdict};

/// A script whose function has this body, indented by four spaces.
fn with_body(body: &str) -> String {
    format!("import os, sys, time\n\n\ndef model_comparison_test(prompt, models):\n{body}\n")
}

/// What `results` found; nothing passes.
fn verdict(script: &str, arguments: &[&str]) -> String {
    let judged = Workshop::with(script).judged(arguments);
    assert_eq!(with_verdict(&judged, "failed"), ["results"], "{judged:#}");
    assert_eq!(with_verdict(&judged, "passed"), Vec::<&str>::new(), "{judged:#}");
    found(&judged, "results").to_owned()
}

#[test]
fn what_cannot_be_loaded_is_told_with_its_line() {
    let told = [
        ("a syntax error", "import json\n\n\ndef f(:\n    pass\n"),
        ("an indentation error", "def f():\npass\n"),
        ("an import of nothing", "import json\nimport no_such_module_anywhere\n"),
        ("an exception", "import json\n\nraise RuntimeError('not\\ntoday')\n"),
        (
            "an exception deep inside",
            "import json\n\n\ndef read():\n    return json.loads('{')\n\n\nDATA = read()\n",
        ),
        ("an exit", "import sys\n\nsys.exit('enough')\n"),
        ("a hard exit", "import os\n\nos._exit(7)\n"),
        ("no function", "def model_comparison(prompt, models):\n    return []\n"),
        ("no text at all", ""),
    ]
    .map(|(name, script)| format!("{name}: {}\n", verdict(script, &[])));
    // Some words are Python's own and differ from version to version.
    insta::with_settings!({filters => vec![(r"(SyntaxError|IndentationError|JSONDecodeError): .*? at", "$1: … at")]}, {
        insta::assert_snapshot!(told.concat());
    });
}

#[test]
fn what_ends_in_mid_run_is_told_with_its_line() {
    let told = [
        ("a wrong key", "    return models[0]['modelId']"),
        ("an exit", "    sys.exit(3)"),
        ("a hard exit", "    os._exit(0)"),
        ("suicide", "    os.kill(os.getpid(), 9)"),
        ("recursion", "    return model_comparison_test(prompt, models)"),
        ("nothing returned", "    pass"),
        ("texts for results", "    return ['a', 'b', 'c', 'd']"),
        (
            "a result too few",
            "    return [{'model_id': model['model_id'], 'success': False} for model in models[1:]]",
        ),
        ("a generator", "    yield 1"),
        ("a number that is none", "    return float('nan')"),
        ("itself", "    results = []\n    results.append(results)\n    return results * 4"),
    ]
    .map(|(name, body)| format!("{name}: {}\n", verdict(&with_body(body), &[])));
    insta::assert_snapshot!(told.concat());
}

#[test]
fn an_endless_loop_is_stopped_and_shown() {
    let script = with_body("    while True:\n        pass");
    let told = verdict(&script, &["--timeout", "2"]);
    assert!(told.starts_with("it was still running after 2 seconds at compare_models.py:"), "{told}");
    assert!(told.ends_with(":5, `while True:`") || told.ends_with(":6, `pass`"), "{told}");
    let asleep = verdict(&with_body("    time.sleep(3600)"), &["--timeout", "1"]);
    assert_eq!(asleep, "it was still running after 1 seconds at compare_models.py:5, `time.sleep(3600)`");
}

#[test]
fn a_gigabyte_of_prints_fills_nothing() {
    let script = with_body("    for _ in range(1024):\n        print('x' * 1024 * 1024)\n    return []");
    let workshop = Workshop::with(&script);
    let judged = workshop.judged(&[]);
    let told = found(&judged, "results");
    assert_eq!(
        told,
        "it printed more than 1024 KB and was stopped at compare_models.py:6, `print('x' * 1024 * 1024)`"
    );
    assert!(judged["printed"].as_str().expect("text").len() <= 8 * 1024);
}

#[test]
fn a_huge_result_is_cut_down_to_size() {
    let told = verdict(&with_body("    return ['x' * 2**28] * 4"), &[]);
    assert!(told.starts_with("result 1 is “xxx") && told.len() < 400, "{told}");
}

/// Whatever a script starts ends with its run: forks that never end, and forks that return, too.
#[test]
#[cfg(unix)]
fn nothing_that_was_forked_stays() {
    let script = with_body(
        "    for _ in range(3):\n        if os.fork() == 0:\n            time.sleep(3600)\n    \
         if os.fork() == 0:\n        return []\n    print('group', os.getpgrp(), flush=True)\n    return None",
    );
    let workshop = Workshop::with(&script);
    let judged = workshop.judged(&[]);
    assert_eq!(found(&judged, "results"), "None");
    let printed = judged["printed"].as_str().expect("text").to_owned();
    let group = printed.split_whitespace().skip_while(|word| *word != "group").nth(1);
    let group = group.expect("the group").to_owned();
    let left = || {
        let listed = Command::new("ps").args(["-A", "-o", "pgid=,stat="]).output().expect("ps runs").stdout;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        listed.lines().any(|line| {
            let mut words = line.split_whitespace();
            // Those that are dead and not yet counted do not count.
            words.next() == Some(&group) && !words.next().is_some_and(|state| state.starts_with('Z'))
        })
    };
    // They were sent SIGKILL before tutor ended; the system may need a moment to carry it out.
    assert!((0..1000).any(|_| !left()), "group {group} is still there");
}

/// So does what began a session of its own, twice removed, while the script itself never ends or dies.
#[test]
#[cfg(target_os = "linux")]
fn nothing_that_left_the_group_stays() {
    for (ending, arguments) in
        [("time.sleep(3600)", &["--timeout", "3"][..]), ("os.kill(os.getpid(), 9)", &[]), ("return []", &[])]
    {
        let script = with_body(&format!(
            "    reading, writing = os.pipe()\n    if os.fork() == 0:\n        os.setsid()\n        \
             if os.fork() == 0:\n            os.setsid()\n            os.write(writing, b'%d' % os.getpid())\n            \
             time.sleep(3600)\n        os._exit(0)\n    print('daemon', os.read(reading, 20).decode(), flush=True)\n    \
             {ending}"
        ));
        let judged = Workshop::with(&script).judged(arguments);
        assert_eq!(with_verdict(&judged, "failed"), ["results"], "{ending}: {judged:#}");
        let printed = judged["printed"].as_str().expect("text");
        let daemons: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("daemon ")).collect();
        assert!(!daemons.is_empty(), "{ending}: {judged:#}");
        // They were waited for, so not even their entries are left.
        let left = |daemon: &&&str| std::path::Path::new("/proc").join(daemon).exists();
        assert_eq!(daemons.iter().find(left), None, "{ending}");
    }
}

/// Prints of the script itself do not get into the way of its result.
#[test]
fn prints_are_shown_and_do_no_harm() {
    let noisy = file("solution.py").replace(
        "    results = []\n",
        "    results = []\n    print('{\"returned\": []}', flush=True)\n    print('\\x1b[31mred', prompt[:6])\n",
    );
    let workshop = Workshop::with(&noisy);
    let done = workshop.challenge(&[]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(
        done.stdout.contains("  | {\"returned\": []}\n") && done.stdout.contains("  |  [31mred Answer\n"),
        "{done:?}"
    );
}

/// A script that calls its function while it is loaded is answered, and not judged by that.
#[test]
fn calls_while_loading_are_answered_and_do_not_count() {
    let eager = file("solution.py").replace("if __name__ == \"__main__\":", "if True:");
    let judged = Workshop::with(&eager).judged(&[]);
    assert_eq!(judged["passed"], true, "{judged:#}");
    assert!(judged["printed"].as_str().expect("text").contains("stand-in"), "{judged:#}");
}

/// Ctrl-C ends tutor and the script, at once.
#[test]
#[cfg(unix)]
fn ctrl_c_ends_both() {
    use std::io::{BufRead as _, BufReader, Read as _};
    let workshop = Workshop::with(&with_body("    time.sleep(3600)"));
    let python = super::workshop::python().display().to_string();
    let mut child =
        workshop.command(&["foundation-models", "--python", &python]).spawn().expect("tutor starts");
    let mut talk = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    while !line.starts_with("Round 1") {
        line.clear();
        assert_ne!(talk.read_line(&mut line).expect("text"), 0, "it ended too early");
    }
    let sent = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    // The script held the other end of nothing any more, or this would wait for it.
    talk.read_to_string(&mut line).expect("text");
}
