//! Everything around a run: the starting code, hints, the solution, progress, Python.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Command;

use super::workshop::{CHAPTER, Done, SCRIPT, Workshop, file, python};

#[test]
fn the_first_run_gives_the_starting_code_and_nothing_is_ever_overwritten() {
    let workshop = Workshop::new();
    let done = workshop.run(&[CHAPTER]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stdout.contains(&format!("Your starting code: {SCRIPT}\n")), "{}", done.stdout);
    assert_eq!(workshop.read(SCRIPT), file("start.py"));

    workshop.write(SCRIPT, "mine = 1\n");
    assert_eq!(workshop.challenge(&[]).code, Some(1));
    assert_eq!(workshop.read(SCRIPT), "mine = 1\n");

    let reset = workshop.run(&[CHAPTER, "--reset"]);
    assert_eq!(reset.code, Some(0));
    assert!(reset.stderr.contains("compare_models.backup-1.py"), "{}", reset.stderr);
    workshop.run(&[CHAPTER, "--reset"]);
    assert_eq!(workshop.read("foundation-models/compare_models.backup-1.py"), "mine = 1\n");
    assert_eq!(workshop.read("foundation-models/compare_models.backup-2.py"), file("start.py"));
    assert_eq!(workshop.read(SCRIPT), file("start.py"));
}

#[test]
fn scripts_and_folders_may_be_named() {
    let workshop = Workshop::new();
    let named = workshop.run(&[CHAPTER, "my own/script.py"]);
    assert_eq!(named.code, Some(0));
    assert!(named.stdout.contains("tutor run foundation-models 'my own/script.py'"), "{}", named.stdout);
    assert_eq!(workshop.read("my own/script.py"), file("start.py"));
    let elsewhere = workshop.run(&[CHAPTER, "--dir", "elsewhere"]);
    let again = "tutor run foundation-models --dir elsewhere";
    assert!(elsewhere.stdout.contains(&format!("{again} --hint")), "{}", elsewhere.stdout);
    assert_eq!(workshop.read("elsewhere/foundation-models/compare_models.py"), file("start.py"));
}

#[test]
fn hints_open_one_by_one_for_the_check_that_is_open() {
    let workshop = Workshop::with(&file("start.py"));
    workshop.challenge(&[]);
    let hints: Vec<Done> = (0..4).map(|_| workshop.run(&[CHAPTER, "--hint"])).collect();
    let heads = |done: &Done| {
        let heads = done.stdout.lines().filter(|line| line.starts_with("Hint ")).map(str::to_owned);
        heads.collect::<Vec<_>>()
    };
    let all = ["Hint 1 of 3 for `requests`:", "Hint 2 of 3 for `requests`:", "Hint 3 of 3 for `requests`:"];
    assert_eq!(heads(&hints[0]), all[..1]);
    assert_eq!(heads(&hints[1]), all[..2]);
    assert_eq!(heads(&hints[2]), all);
    assert_eq!(heads(&hints[3]), all);
    assert!(hints[3].stderr.contains("--solution"), "{:?}", hints[3]);
    assert!(hints.iter().flat_map(|hint| hint.stdout.lines()).all(|line| line.chars().count() <= 80));
}

#[test]
fn the_solution_is_shown_to_whoever_asks_twice_or_has_passed() {
    let workshop = Workshop::new();
    let first = workshop.run(&[CHAPTER, "--solution"]);
    assert_eq!((first.code, first.stdout.as_str()), (Some(0), ""));
    assert!(first.stderr.contains("ask once more"), "{}", first.stderr);
    assert_eq!(workshop.run(&[CHAPTER, "--solution"]).stdout, file("solution.py"));

    let passed = Workshop::with(&file("solution.py"));
    assert_eq!(passed.challenge(&[]).code, Some(0));
    assert_eq!(passed.run(&[CHAPTER, "--solution"]).stdout, file("solution.py"));
    assert!(passed.run(&[CHAPTER, "--hint"]).stderr.contains("You need no hint"));
}

#[test]
fn the_map_remembers_how_far_one_is() {
    let workshop = Workshop::new();
    let map = workshop.run(&[]).stdout;
    assert!(map.starts_with("foundation-models  Compare models: not begun\n"), "{map}");
    assert!(map.ends_with("\nNext: tutor run foundation-models\n"), "{map}");
    workshop.run(&[CHAPTER]);
    workshop.challenge(&[]);
    let map = workshop.run(&[]).stdout;
    assert!(
        map.starts_with(
            "foundation-models  Compare models: 1 of 12 checks in the last of 1 runs, open: requests\n"
        ),
        "{map}"
    );
    workshop.write(SCRIPT, &file("solution.py"));
    workshop.challenge(&[]);
    let map = workshop.run(&[]).stdout;
    assert!(map.starts_with("foundation-models  Compare models: passed on 2026-11-22\n"), "{map}");
    assert!(map.ends_with("\nNext: tutor run comparing\n"), "{map}");
    let map: serde_json::Value =
        serde_json::from_str(&workshop.run(&["--format", "json"]).stdout).expect("JSON");
    assert_eq!(map["challenges"][0]["passed_on"], "2026-11-22");
    // A memory that is damaged is no reason to fail.
    fs::write(workshop.path("../state/tutor/progress.json"), "{").expect("a file");
    assert!(workshop.run(&[]).stdout.contains("not begun"));
}

#[test]
fn without_boto3_it_says_where_it_looked_and_what_to_do() {
    let workshop = Workshop::with(&file("solution.py"));
    let bin = workshop.path("bin");
    fs::create_dir_all(&bin).expect("a folder");
    let look = |arguments: &[&str]| {
        let mut command = workshop.command(&[&[CHAPTER][..], arguments].concat());
        command.env("PATH", &bin);
        workshop.finish(command)
    };
    let mut told = String::new();
    let none = look(&[]);
    assert_eq!(none.code, Some(2));
    told += &none.stderr;
    program(&bin.join("python3"), "#!/bin/sh\necho 3.12.1\n");
    let bare = look(&[]);
    assert_eq!(bare.code, Some(2));
    told += &bare.stderr;
    let wrong = look(&["--python", "no/such/python"]);
    assert_eq!(wrong.code, Some(2));
    told += &wrong.stderr;
    insta::assert_snapshot!(told);
}

/// Offline, or where venv is missing: the programs' own words, and what to do.
#[test]
#[cfg(unix)]
fn a_setup_that_fails_says_what_to_do() {
    let workshop = Workshop::with(&file("solution.py"));
    let bin = workshop.path("bin");
    fs::create_dir_all(&bin).expect("a folder");
    let set_up = || {
        let mut command = workshop.command(&[CHAPTER, "--setup"]);
        command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
        workshop.finish(command)
    };
    program(
        &bin.join("python3"),
        "#!/bin/sh\ncase $1 in -c) echo 3.12.1;; *) echo ensurepip is not available; exit 1;; esac\n",
    );
    let without_venv = set_up();
    assert_eq!(without_venv.code, Some(2), "{without_venv:?}");
    assert!(
        without_venv.stderr.contains("ensurepip is not available")
            && without_venv.stderr.contains("python3-venv")
    );
    // A Python whose environment has a pip without a network.
    program(
        &bin.join("python3"),
        "#!/bin/sh\ncase $1 in -c) echo 3.12.1;; *) mkdir -p \"$4/bin\"; printf '#!/bin/sh\\necho no \
         network; exit 1\\n' > \"$4/bin/python\"; chmod +x \"$4/bin/python\";; esac\n",
    );
    let offline = set_up();
    assert_eq!(offline.code, Some(2), "{offline:?}");
    assert!(
        offline.stderr.contains("no network") && offline.stderr.contains("needs the network once"),
        "{offline:?}"
    );
}

/// An environment that was set up is found again without being named.
#[test]
#[cfg(unix)]
fn what_was_set_up_is_used_from_then_on() {
    let workshop = Workshop::with(&file("start.py"));
    let own = workshop.path("../state/tutor/python/bin/python");
    fs::create_dir_all(own.parent().expect("a folder")).expect("a folder");
    program(&own, &format!("#!/bin/sh\nexec '{}' \"$@\"\n", python().display()));
    let mut command = workshop.command(&[CHAPTER, "--format", "json"]);
    command.env("PATH", workshop.path("nothing"));
    let done = workshop.finish(command);
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(done.stdout.contains("\"boto3\":\"1."), "{done:?}");
}

#[test]
fn watching_runs_it_again_when_it_is_saved() {
    let workshop = Workshop::with(&file("start.py"));
    let python = python().display().to_string();
    let mut child = workshop
        .command(&[CHAPTER, "--python", &python, "--format", "json", "--watch"])
        .spawn()
        .expect("tutor starts");
    let mut data = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut passed = || {
        let line = data.next().expect("a result").expect("text");
        let judged: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        judged["passed"].as_bool().expect("a verdict")
    };
    assert!(!passed());
    // As editors do: a new file in the place of the old one.
    workshop.write("new.py", &file("solution.py"));
    fs::rename(workshop.path("new.py"), workshop.path(SCRIPT)).expect("renamed");
    assert!(passed());
    let sent = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn wrong_words_are_met_with_the_right_ones() {
    let workshop = Workshop::new();
    let done = workshop.run(&["foundation-model"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("did you mean `foundation-models`?"), "{}", done.stderr);
    assert_eq!(workshop.run(&["--hint"]).code, Some(2));
    assert_eq!(workshop.run(&[CHAPTER, "--hint", "--reset"]).code, Some(2));
}

/// A book's own challenge stands in the place of tutor's; one that is damaged is named with its line.
#[test]
fn a_book_may_have_challenges_of_its_own() {
    let workshop = Workshop::new();
    let manifest = file("challenge.toml").replacen("title = \"Compare models\"", "title = \"Our own\"", 1);
    workshop.write("challenges/part/one/challenge.toml", &manifest);
    let missing = workshop.run(&[]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.stderr.contains("start.py"), "{}", missing.stderr);
    workshop.write("challenges/part/one/start.py", "begin = 1\n");
    workshop.write("challenges/part/one/solution.py", "done = 1\n");
    let map = workshop.run(&[]).stdout;
    assert!(map.starts_with("part/one           Our own: not begun\nfoundation-models  Compare"), "{map}");
    workshop.run(&["part/one"]);
    assert_eq!(workshop.read("part/one/compare_models.py"), "begin = 1\n");
    workshop.write("challenges/part/one/challenge.toml", &manifest.replacen("[limits]", "[limit]", 1));
    let damaged = workshop.run(&[]);
    assert_eq!(damaged.code, Some(2));
    assert!(
        damaged.stderr.contains("challenge.toml") && damaged.stderr.contains("limit"),
        "{}",
        damaged.stderr
    );
}

#[test]
fn a_mistyped_script_is_no_new_start() {
    let workshop = Workshop::with(&file("start.py"));
    let done = workshop.run(&[CHAPTER, "foundation-models/compare_model.py"]);
    assert_eq!(done.code, Some(2), "{done:?}");
    assert!(done.stderr.contains("did you mean foundation-models/compare_models.py?"), "{}", done.stderr);
    assert!(!workshop.path("foundation-models/compare_model.py").exists());
}

/// An environment beside the script is found without being named or activated.
#[test]
#[cfg(unix)]
fn an_environment_beside_the_script_is_found() {
    let workshop = Workshop::with("x = 1\n");
    let own = workshop.path("foundation-models/.venv/bin/python");
    fs::create_dir_all(own.parent().expect("a folder")).expect("a folder");
    program(&own, &format!("#!/bin/sh\nexec '{}' \"$@\"\n", python().display()));
    let mut command = workshop.command(&[CHAPTER, "--format", "json"]);
    command.env("PATH", workshop.path("nothing"));
    let done = workshop.finish(command);
    assert!(done.stdout.contains("\"boto3\":\"1."), "{done:?}");
}

#[test]
#[cfg(unix)]
fn a_python_that_is_too_old_is_told_before_anything_is_made() {
    let workshop = Workshop::with(&file("solution.py"));
    let bin = workshop.path("bin");
    fs::create_dir_all(&bin).expect("a folder");
    program(&bin.join("python3"), "#!/bin/sh\necho 3.8.2\n");
    let mut command = workshop.command(&[CHAPTER, "--setup"]);
    command.env("PATH", &bin);
    let done = workshop.finish(command);
    assert_eq!(done.code, Some(2), "{done:?}");
    assert!(done.stderr.contains("3.8.2") && done.stderr.contains("3.10"), "{done:?}");
}

#[test]
fn a_class_is_a_table_and_a_report_for_programs() {
    let workshop = Workshop::new();
    let python = python().display().to_string();
    workshop.write("class/ada/foundation-models/compare_models.py", &file("solution.py"));
    workshop.write("class/bo/compare_models.py", &file("start.py"));
    workshop.write("class/cy/notes.txt", "nothing yet\n");
    let run = |arguments: &[&str]| {
        let fixed = [CHAPTER, "--submissions", "class", "--python", &python];
        workshop.run(&[&fixed[..], arguments].concat())
    };
    let done = run(&[]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let rows: Vec<Vec<&str>> = done.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    for row in [
        &["1", "foundation-models"][..],
        &["ada", "passed", "1", "of", "1"],
        &["bo", "1", "of", "12", "0", "of", "1"],
        &["cy", "–", "0", "of", "1"],
    ] {
        assert!(rows.iter().any(|line| line == row), "{row:?} in {}", done.stdout);
    }
    let document: serde_json::Value = serde_json::from_str(&run(&["--format", "json"]).stdout).expect("JSON");
    assert_eq!(document["students"][0]["challenges"][0]["passed"], true);
    assert_eq!(document["students"][2]["challenges"][0]["begun"], false);
    // Nothing was remembered, and nothing was written beside a script.
    assert!(workshop.run(&[]).stdout.contains("not begun"));
    assert!(!workshop.path("class/bo/__pycache__").exists());
}

#[test]
fn a_ci_job_gets_junits_form() {
    let workshop = Workshop::with(&file("start.py"));
    let python = python().display().to_string();
    let done = workshop.run(&[CHAPTER, "--all", "--format", "junit", "--python", &python]);
    assert_eq!(done.code, Some(1), "{done:?}");
    for part in [
        "<testsuite name=\"foundation-models\" tests=\"12\" failures=\"1\" errors=\"0\" skipped=\"10\">",
        "<testcase classname=\"foundation-models\" name=\"requests\"><failure message=\"none: NotImplementedError",
    ] {
        assert!(done.stdout.contains(part), "{}", done.stdout);
    }
    assert_eq!(workshop.run(&[CHAPTER, "--format", "junit"]).code, Some(2));
}

#[test]
fn the_first_round_is_shown_in_full() {
    let workshop = Workshop::with(&file("solution.py"));
    let done = workshop.challenge(&["--show"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    for part in
        ["The prompt of round 1:", "InvokeModel to amazon.titan-text-express-v1", "Your function returned:"]
    {
        assert!(done.stdout.contains(part), "{}", done.stdout);
    }
}

fn program(path: &std::path::Path, script: &str) {
    fs::write(path, script).expect("a file");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
}
