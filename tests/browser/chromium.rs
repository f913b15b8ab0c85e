//! Starts a script that drives Chromium, and reads what it prints.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::course::{Sites, WITH, WITHOUT};
use crate::project::Project;

/// Runs `scripts/NAME.mjs` on the sites and returns the JSON lines it prints. What else it needs to
/// know stands in `options`, among it other `pages` than the chapters'.
pub(super) fn run(script: &str, sites: &Sites, options: Value) -> Vec<Value> {
    let mut input = options;
    input["with"] = sites.project.path(WITH).display().to_string().into();
    input["without"] = sites.project.path(WITHOUT).display().to_string().into();
    if input["pages"].is_null() {
        input["pages"] = sites.pages.clone().into();
    }
    look(script, &sites.project, input)
}

/// Runs `scripts/NAME.mjs` with this input and returns the JSON lines it prints.
pub(super) fn look(script: &str, project: &Project, mut input: Value) -> Vec<Value> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    assert!(
        scripts.join("node_modules/playwright-core").exists(),
        "the scripts' packages are missing: run tests/run, which installs them, or `npm ci` in tests/browser"
    );
    input["chromium"] = chromium().display().to_string().into();
    let mut command = Command::new("node");
    command.arg(scripts.join("scripts").join(format!("{script}.mjs")));
    let done = project.run(command, &input.to_string());
    assert_eq!(done.code, Some(0), "{script}: {}", done.stderr);
    let line =
        |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{script}: {error}: {line}"));
    done.stdout.lines().map(line).collect()
}

/// Chromium: what `TUTOR_CHROMIUM` names, else the first of its usual names on PATH.
fn chromium() -> PathBuf {
    if let Some(path) = env::var_os("TUTOR_CHROMIUM") {
        return path.into();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    let all = env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    all.into_iter().find(|path| path.is_file()).expect(
        "no Chromium on PATH: run tests/run, which installs it where it can, or name one in TUTOR_CHROMIUM",
    )
}

/// The lines of this kind.
pub(super) fn of_kind<'a>(lines: &'a [Value], kind: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["kind"] == kind).collect()
}

/// Lines for a person, one each.
pub(super) fn told(lines: &[&Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect::<Vec<_>>().concat()
}
