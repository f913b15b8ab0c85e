//! The challenge judges rightly: the reference passes, the starting code is met with a kind word, and
//! every broken solution fails exactly the checks it is made for.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;

use super::workshop::{Workshop, file, found, with_verdict};

/// How many scripts run at a time: they spend most of their time waiting for held answers.
const AT_ONCE: usize = 8;
/// Fewer would be fewer than promised.
const LEAST: usize = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Broken {
    broken: Vec<Solution>,
}

/// The reference with a fault in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Solution {
    name: String,
    fault: String,
    fails: Vec<String>,
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

    /// What differs from the manifest; nothing if the right checks fail.
    fn surprise(&self, reference: &str) -> Option<String> {
        let judged = Workshop::with(&self.script(reference)).judged(&[]);
        let failed = with_verdict(&judged, "failed");
        if failed == self.fails {
            return None;
        }
        let told: Vec<String> = failed.iter().map(|id| format!("{id}: {}", found(&judged, id))).collect();
        Some(format!(
            "{} ({}) fails {failed:?}, not {:?}\n  {}",
            self.name,
            self.fault,
            self.fails,
            told.join("\n  ")
        ))
    }
}

#[test]
fn every_broken_solution_fails_exactly_its_checks() {
    let broken: Broken = toml::from_str(&file("broken.toml")).expect("broken.toml");
    assert!(broken.broken.len() >= LEAST);
    let reference = file("solution.py");
    let (next, surprises) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(solution) = broken.broken.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(surprise) = solution.surprise(&reference) {
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
    let broken: Broken = toml::from_str(&file("broken.toml")).expect("broken.toml");
    for (id, _) in mdbook_tutor::challenge::grading::CHECKS {
        assert!(broken.broken.iter().any(|solution| solution.fails == [id]), "{id}");
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

/// Solutions may well be written in another way.
#[test]
fn other_ways_are_right_too() {
    let reference = file("solution.py");
    let change = |from: &str, to: &str| {
        assert_eq!(reference.matches(from).count(), 1, "{from}");
        reference.replace(from, to)
    };
    let parallel = change(
        "    results = []\n    for model in models:\n        try:\n            results.append(ask(prompt, model))\n",
        "    from concurrent.futures import ThreadPoolExecutor\n    with ThreadPoolExecutor() as pool:\n        \
         return list(pool.map(lambda model: one(prompt, model), models))\n\n\ndef one(prompt, model):\n    \
         results = []\n    if True:\n        try:\n            return ask(prompt, model)\n",
    )
    .replace("    return results\n", "    return results[0]\n");
    let reported = change("for pause in [*PAUSES, None]:", "for pause in [None]:");
    let objects = change(
        "    return results\n",
        "    from types import SimpleNamespace\n    return [SimpleNamespace(**result) for result in results]\n",
    );
    let rounded = change(
        "    return {\n        \"model_id\": model_id,\n        \"success\": True,",
        "    latency, cost = round(latency, 2), round(cost, 6)\n    return {\n        \"model_id\": model_id,\n        \"success\": True,",
    );
    let ways = [
        ("in parallel", parallel),
        ("throttling reported", reported),
        ("objects with attributes", objects),
        ("rounded figures", rounded),
    ];
    for (name, script) in ways {
        let judged = Workshop::with(&script).judged(&[]);
        assert_eq!(judged["passed"], true, "{name}: {judged:#}");
    }
}

#[test]
fn the_starting_code_is_met_with_a_next_step() {
    let workshop = Workshop::with(&file("start.py"));
    let done = workshop.challenge(&[]);
    assert_eq!(done.code, Some(1), "{done:?}");
    insta::with_settings!({filters => vec![(r"Python \S+ and boto3 \S+", "Python VERSION and boto3 VERSION")]}, {
        insta::assert_snapshot!(done.stdout);
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
