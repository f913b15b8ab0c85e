//! The environment variables that change what tutor, mdBook or an AWS client does. Only their names
//! are told.

use super::{Check, Patient};

/// Names and beginnings of names that AWS clients read for Bedrock, by what they decide.
const AWS: [&str; 2] = ["AWS_", "ANTHROPIC_BEDROCK_"];

/// mdBook's own way to override book.toml.
const MDBOOK: [&str; 4] = ["MDBOOK_BOOK", "MDBOOK_BUILD", "MDBOOK_OUTPUT", "MDBOOK_PREPROCESSOR"];

/// Which of them are set.
pub(super) fn variables(_patient: &Patient) -> Vec<Check> {
    const NAME: &str = "environment";
    let mut names: Vec<String> = std::env::vars_os()
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, _)| name.into_string().ok())
        .collect();
    names.sort();
    let set = |beginnings: &[&str]| {
        let some = |name: &&String| beginnings.iter().any(|beginning| name.starts_with(beginning));
        names.iter().filter(some).cloned().collect::<Vec<_>>().join(", ")
    };
    let mut checks = Vec::new();
    match set(&AWS) {
        none if none.is_empty() => {
            checks.push(Check::ok(NAME, "no AWS variable is set; recordings and practice need none"));
        }
        aws => checks.push(Check::note(NAME, format!("{aws}: used only when Bedrock itself is asked"))),
    }
    match set(&MDBOOK) {
        none if none.is_empty() => {}
        mdbook => {
            checks.push(Check::note(NAME, format!("{mdbook}: mdBook puts it in the place of book.toml's")));
        }
    }
    if names.iter().any(|name| name == "CI") {
        checks.push(Check::note(NAME, "CI: a missing recording stops the build"));
    }
    if names.iter().any(|name| name == "SOURCE_DATE_EPOCH") {
        checks.push(Check::note(NAME, "SOURCE_DATE_EPOCH: decides which day a page takes for today"));
    }
    checks
}
