//! A folder with a learner's script, and a home that remembers only what happens there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::project::TODAY;

/// The chapter with the challenge.
pub(crate) const CHAPTER: &str = "foundation-models";
/// Where the starting code is put.
pub(crate) const SCRIPT: &str = "foundation-models/compare_models.py";

/// A learner at work.
pub(crate) struct Workshop {
    dir: tempfile::TempDir,
    chapter: String,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A file of the first challenge.
pub(crate) fn file(name: &str) -> String {
    file_of(CHAPTER, name)
}

/// The chapters of all challenges of the course.
pub(crate) fn challenges() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges");
    let mut chapters = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        if folder.join("challenge.toml").is_file() {
            let chapter = folder.strip_prefix(&root).expect("below it");
            chapters.push(chapter.to_string_lossy().replace('\\', "/"));
        }
        let entries = fs::read_dir(&folder).expect("a folder").flatten().map(|entry| entry.path());
        folders.extend(entries.filter(|path| path.is_dir()));
    }
    chapters.sort();
    chapters
}

/// A file of a chapter's challenge.
pub(crate) fn file_of(chapter: &str, name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("challenges").join(chapter).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The interpreter with boto3.
pub(crate) fn python() -> PathBuf {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/venv/bin/python");
    assert!(python.exists(), "{} is missing: run tests/run, which installs it", python.display());
    python
}

impl Workshop {
    /// Nothing is there yet.
    pub(crate) fn new() -> Self {
        Workshop { dir: tempfile::tempdir().expect("a temporary folder"), chapter: CHAPTER.to_owned() }
    }

    /// With this script where the starting code of a chapter's challenge would be.
    pub(crate) fn of(chapter: &str, script: &str) -> Self {
        let workshop = Workshop { chapter: chapter.to_owned(), ..Workshop::new() };
        let manifest: toml::Table = toml::from_str(&file_of(chapter, "challenge.toml")).expect("TOML");
        workshop.write(&format!("{chapter}/{}", manifest["file"].as_str().expect("a name")), script);
        workshop
    }

    /// With this script where the starting code would be.
    pub(crate) fn with(script: &str) -> Self {
        let workshop = Workshop::new();
        workshop.write(SCRIPT, script);
        workshop
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join("work").join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// `tutor run` with these arguments, ready to start.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let work = self.path("");
        fs::create_dir_all(&work).expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_tutor"));
        command.arg("run").args(arguments).current_dir(work);
        command.env("XDG_STATE_HOME", self.dir.path().join("state")).env("NO_COLOR", "1");
        command.env_remove("CI").env_remove("SOURCE_DATE_EPOCH").env_remove("VIRTUAL_ENV");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs `tutor run` to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        self.finish(self.command(arguments))
    }

    /// Runs the challenge with boto3's Python, and these arguments beside.
    pub(crate) fn challenge(&self, arguments: &[&str]) -> Done {
        let python = python().display().to_string();
        let fixed = [&self.chapter, "--python", &python, "--today", TODAY];
        // What is drawn is the same each time, unless a test says otherwise.
        let is_run =
            !["--hint", "--solution", "--reset", "--seed"].iter().any(|other| arguments.contains(other));
        let seed = if is_run { &["--seed", "7"][..] } else { &[] };
        self.run(&[&fixed[..], seed, arguments].concat())
    }

    /// The same, read by a program.
    pub(crate) fn judged(&self, arguments: &[&str]) -> Value {
        let done = self.challenge(&[&["--format", "json"][..], arguments].concat());
        serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"))
    }

    pub(crate) fn finish(&self, mut command: Command) -> Done {
        let output = command.output().expect("tutor runs");
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).replace(&self.dir.path().display().to_string(), "HOME")
        };
        Done { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }
}

/// The ids of the checks with this verdict.
pub(crate) fn with_verdict<'a>(judged: &'a Value, verdict: &str) -> Vec<&'a str> {
    let checks = judged["checks"].as_array().expect("checks").iter();
    checks.filter(|check| check["verdict"] == verdict).filter_map(|check| check["id"].as_str()).collect()
}

/// What was found by a check.
pub(crate) fn found<'a>(judged: &'a Value, id: &str) -> &'a str {
    let checks = judged["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["id"] == id).expect("the check");
    check["found"].as_str().unwrap_or_default()
}
