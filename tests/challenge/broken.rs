//! The challenge judges rightly: the reference passes, the starting code is met with a kind word, and
//! every broken solution fails exactly the checks it is made for.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;

use super::workshop::{Workshop, challenges, file, file_of, found, with_verdict};

/// How many scripts run at a time: they spend most of their time waiting for held answers.
const AT_ONCE: usize = 8;
/// Fewer would be fewer than promised.
const LEAST_BROKEN: usize = 15;
const LEAST_RIGHT: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Broken {
    broken: Vec<Solution>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Right {
    right: Vec<Solution>,
}

/// The reference with a fault in it, or in another style.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Solution {
    name: String,
    #[serde(alias = "way")]
    fault: String,
    #[serde(default)]
    fails: Vec<String>,
    /// The function that the feedback must lead to, where that is not the check's own.
    look: Option<String>,
    change: Vec<Change>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    from: String,
    to: String,
}

impl Solution {
    fn script(&self, reference: &str) -> String {
        self.change.iter().fold(reference.to_owned(), |script, change| {
            let times = script.matches(&change.from).count();
            assert_eq!(times, 1, "{}: `{}` is there {times} times", self.name, change.from);
            script.replace(&change.from, &change.to)
        })
    }

    /// What differs from the list; nothing if the right checks fail.
    fn surprise(&self, chapter: &str, seed: &str) -> Option<String> {
        let script = self.script(&file_of(chapter, "solution.py"));
        let judged = Workshop::of(chapter, &script).judged(&["--seed", seed]);
        let failed = with_verdict(&judged, "failed");
        let checks = judged["checks"].as_array().expect("checks");
        let leads = self.look.as_ref().is_none_or(|look| {
            checks.iter().filter(|check| check["verdict"] == "failed").all(|check| check["look"] == **look)
        });
        let passes = self.fails.is_empty() == (judged["passed"] == true);
        if failed == self.fails && leads && passes {
            return None;
        }
        let told: Vec<String> = failed.iter().map(|id| format!("{id}: {}", found(&judged, id))).collect();
        Some(format!(
            "{chapter}, seed {seed}: {} ({}) fails {failed:?}, not {:?}; leads to {:?}\n  {}",
            self.name,
            self.fault,
            self.fails,
            checks.iter().map(|check| check["look"].as_str()).collect::<Vec<_>>(),
            told.join("\n  ")
        ))
    }
}

fn solutions() -> Vec<(String, Solution)> {
    let mut all = Vec::new();
    for chapter in challenges() {
        let broken: Broken = toml::from_str(&file_of(&chapter, "broken.toml")).expect("broken.toml");
        let right: Right = toml::from_str(&file_of(&chapter, "right.toml")).expect("right.toml");
        assert!(broken.broken.len() >= LEAST_BROKEN, "{chapter}: broken solutions");
        assert!(right.right.len() >= LEAST_RIGHT, "{chapter}: right solutions");
        assert!(broken.broken.iter().all(|solution| !solution.fails.is_empty()), "{chapter}");
        assert!(right.right.iter().all(|solution| solution.fails.is_empty()), "{chapter}");
        all.extend(broken.broken.into_iter().chain(right.right).map(|solution| (chapter.clone(), solution)));
    }
    all
}

/// What runs are drawn with: one seed, or those that `TUTOR_SEEDS` names, such as "1 2 3".
fn seeds() -> Vec<String> {
    let named = std::env::var("TUTOR_SEEDS").unwrap_or_else(|_| "7".to_owned());
    named.split_whitespace().map(str::to_owned).collect()
}

/// Broken solutions fail exactly their checks, and solutions in another style pass.
#[test]
fn every_solution_gets_its_verdict() {
    let solutions: Vec<_> = seeds()
        .iter()
        .flat_map(|seed| solutions().into_iter().map(move |(of, it)| (of, it, seed.clone())))
        .collect();
    let (next, surprises) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((chapter, solution, seed)) =
                    solutions.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    if let Some(surprise) = solution.surprise(chapter, seed) {
                        surprises.lock().expect("nobody panics here").push(surprise);
                    }
                }
            });
        }
    });
    let surprises = surprises.into_inner().expect("nobody panicked");
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// Between them, the broken solutions show that every check can fail.
#[test]
fn no_check_is_without_a_broken_solution() {
    let solutions = solutions();
    for chapter in challenges() {
        let manifest: toml::Table = toml::from_str(&file_of(&chapter, "challenge.toml")).expect("TOML");
        for check in manifest["check"].as_array().expect("checks") {
            let id = check["id"].as_str().expect("an id");
            let alone = |(of, solution): &(String, Solution)| *of == chapter && solution.fails == [id];
            assert!(solutions.iter().any(alone), "{chapter}: {id}");
        }
    }
}

#[test]
fn every_reference_passes() {
    for chapter in challenges() {
        let judged = Workshop::of(&chapter, &file_of(&chapter, "solution.py")).judged(&[]);
        assert_eq!(judged["passed"], true, "{chapter}: {judged:#}");
    }
}

#[test]
fn the_reference_passes() {
    let workshop = Workshop::with(&file("solution.py"));
    let judged = workshop.judged(&["--html", "result.html"]);
    assert_eq!(with_verdict(&judged, "passed").len(), 12, "{judged:#}");
    assert_eq!(judged["passed"], true);
    let rows = judged["comparison"].as_array().expect("rows");
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| row["success"] == true && row["cost_usd"].is_string()), "{rows:#?}");
    let page = workshop.read("result.html");
    assert!(page.contains("12 of 12 checks pass") && page.contains("Claude 3 Haiku"));
    assert!(!page.contains("<script") && !page.contains("http:") && !page.contains("https:"));
}

#[test]
fn the_starting_code_is_met_with_a_next_step() {
    let workshop = Workshop::with(&file("start.py"));
    let done = workshop.challenge(&[]);
    assert_eq!(done.code, Some(1), "{done:?}");
    let stdout = done.stdout.replace(&super::workshop::python().display().to_string(), "PYTHON");
    insta::with_settings!({filters => vec![(r"Python \S+ and boto3 \S+", "Python VERSION and boto3 VERSION")]}, {
        insta::assert_snapshot!(stdout);
    });
}

/// The starting code and the solution are the same program, but for what is to be done; their prices are
/// the catalog's.
#[test]
fn the_starting_code_carries_the_catalogs_prices() {
    for name in ["start.py", "solution.py"] {
        let text = file(name);
        for model in [
            "anthropic.claude-3-haiku-20240307-v1:0",
            "amazon.titan-text-express-v1",
            "meta.llama2-13b-chat-v1",
            "cohere.command-text-v14",
        ] {
            let listed = tutor_catalog::Catalog::embedded().model(model).expect("a model");
            let price = listed
                .price(&tutor_catalog::Terms::new(model, jiff::civil::date(2026, 11, 22)))
                .expect("a price");
            let [input, output] = [price.rates.input, price.rates.output].map(|usd| usd.expect("a price"));
            let entry = format!(
                "\"model_id\": \"{model}\",\n        \"usd_per_million_in\": {input:.2},\n        \
                 \"usd_per_million_out\": {output:.2},\n"
            );
            assert!(text.contains(&entry), "{name} should have\n{entry}");
        }
    }
}
