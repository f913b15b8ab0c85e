//! The programs that work on a book: mdBook, its preprocessors, Python.

use std::collections::BTreeMap;

use mdbook_preprocessor::MDBOOK_VERSION;
use serde::Deserialize;

use super::{Check, Patient, Verdict};
use crate::process::programs;
use crate::process::python::Python;

/// Whether mdBook is there and of the series that tutor speaks.
pub(super) fn mdbook(_patient: &Patient) -> Vec<Check> {
    const NAME: &str = "mdbook";
    let series = series(MDBOOK_VERSION);
    let install = format!("cargo install mdbook --version \"^{series}\"");
    let Some(program) = programs::on_path("mdbook") else {
        let check = Check::note(NAME, "is not on PATH; `tutor build` does without it");
        return vec![check.next(format!("for `mdbook build` and `mdbook serve`: {install}"))];
    };
    let said = programs::output(&program, &["--version"]).unwrap_or_default();
    let version = said.trim_start_matches("mdbook").trim().trim_start_matches('v');
    vec![if version.is_empty() {
        Check::warning(NAME, format!("{} does not tell its version", program.display())).next(install)
    } else if self::series(version) == series {
        Check::ok(NAME, format!("{version} at {}", program.display()))
    } else {
        let message = format!("{version} is on PATH, and tutor speaks the protocol of mdBook {series}");
        Check::warning(NAME, message).next(format!("{install}, or build with `tutor build`"))
    }]
}

/// Before 1.0, the protocol may change with the second number.
fn series(version: &str) -> String {
    version.split('.').take(2).collect::<Vec<_>>().join(".")
}

/// What mdBook reads of a preprocessor's table to run it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Preprocessor {
    command: Option<String>,
    optional: bool,
}

/// Whether the commands of all preprocessors can be found. A missing one stops a build, tutor's own
/// only one by mdBook.
pub(super) fn preprocessors(patient: &Patient) -> Vec<Check> {
    const NAME: &str = "commands";
    const BUILT_IN: [&str; 2] = ["index", "links"];
    let Ok(book) = &patient.book else { return Vec::new() };
    let Ok(all) = book.preprocessors::<Preprocessor>() else {
        let check = Check::broken(NAME, "a [preprocessor] table of book.toml has a key of the wrong type");
        return vec![check.next("`command` is a text and `optional` true or false")];
    };
    let all: BTreeMap<_, _> =
        all.into_iter().filter(|(name, _)| !BUILT_IN.contains(&name.as_str())).collect();
    let mut found = Vec::new();
    let mut checks = Vec::new();
    for (name, table) in &all {
        let command = table.command.clone().unwrap_or_else(|| format!("mdbook-{name}"));
        if programs::of_command(&command, &patient.root).is_some() {
            found.push(name.as_str());
        } else {
            checks.push(not_found(name, &command, table.optional));
        }
    }
    if !found.is_empty() {
        checks.insert(0, Check::ok(NAME, format!("found for {}", found.join(", "))));
    }
    checks
}

/// The check for a preprocessor whose command is not there.
fn not_found(name: &str, command: &str, optional: bool) -> Check {
    const NAME: &str = "commands";
    let message = format!("`{command}` of [preprocessor.{name}] cannot be found");
    if name == "tutor" {
        let verdict = if programs::on_path("mdbook").is_some() { Verdict::Broken } else { Verdict::Warning };
        let step = "put it on PATH (cargo install mdbook-tutor), or set `command` to where it is; \
                    `tutor build` does without it";
        return Check::new(NAME, verdict, message).next(step);
    }
    if optional {
        return Check::note(NAME, format!("{message}; it is optional"));
    }
    let step = format!("install it, or set `optional = true` in [preprocessor.{name}]");
    Check::broken(NAME, message).next(step)
}

/// Python and boto3, which only running code needs: `tutor run` and `tutor record --execute`.
pub(super) fn python(patient: &Patient) -> Vec<Check> {
    const NAME: &str = "python";
    let missing = match Python::find(None, Some(&patient.root)) {
        Ok(Python { version, boto3, .. }) => {
            return vec![Check::ok(NAME, format!("{version} with boto3 {}", boto3.unwrap_or_default()))];
        }
        Err(missing) => missing,
    };
    let tried: Vec<String> =
        missing.tried.iter().map(|(place, reason)| format!("{place}: {reason}")).collect();
    let message = format!("none with boto3 ({}); needed only to run challenges and code", tried.join(", "));
    let step = "tutor run CHAPTER --setup makes one, once; or: python3 -m pip install boto3";
    vec![Check::note(NAME, message).next(step)]
}
