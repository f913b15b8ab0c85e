//! What axe and a reader with weak eyes would say.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::chromium::{self, of_kind, told};
use super::gallery;

#[test]
fn axe_finds_nothing_of_ours_and_every_text_has_contrast_in_every_look() {
    let sites = gallery::sites();
    let lines = chromium::run("accessibility", sites, json!({}));

    assert_eq!(of_kind(&lines, "page").len(), 2 * (sites.pages.len() + 1), "not every page was looked at");
    // What mdBook's own page has wrong is known by its page, rule and element.
    let place = |line: &Value| ["page", "rule", "html"].map(|key| line[key].to_string());
    let (ours, theirs): (Vec<&Value>, Vec<&Value>) =
        of_kind(&lines, "finding").into_iter().partition(|line| line["site"] == "with");
    let theirs: HashSet<_> = theirs.into_iter().map(place).collect();
    let ours: Vec<&Value> =
        ours.into_iter().filter(|line| line["inside"] == true || !theirs.contains(&place(line))).collect();
    let looks = of_kind(&lines, "seen");
    let names: Vec<&str> = looks.iter().filter_map(|line| line["look"].as_str()).collect();
    assert_eq!(
        names,
        [
            "light",
            "rust",
            "coal",
            "navy",
            "ayu",
            "print",
            "print of navy",
            "automatic dark",
            "dark without script"
        ]
    );
    for look in &looks {
        assert!(look["texts"].as_u64() > Some(500), "{look}");
        let theme = match look["look"].as_str() {
            Some("print") => "light",
            Some("automatic dark" | "print of navy") => "navy",
            Some("dark without script") => continue,
            other => other.unwrap_or_default(),
        };
        assert!(look["theme"].as_str().is_some_and(|class| class.contains(theme)), "{look}");
    }
    let wrong = [ours, of_kind(&lines, "look"), of_kind(&lines, "contrast")].concat();
    assert!(wrong.is_empty(), "{}", told(&wrong));
}

#[test]
fn every_control_is_reached_and_worked_by_keyboard() {
    let sites = gallery::sites();
    let lines = chromium::run("keyboard", sites, json!({}));
    let place = |line: &Value| (line["page"].clone(), line["control"].to_string().replace('"', ""));
    let reached: HashSet<_> = of_kind(&lines, "reached").into_iter().map(place).collect();
    let controls = of_kind(&lines, "control");
    assert!(controls.len() > 20, "{} controls", controls.len());
    let missed: Vec<&Value> = controls.into_iter().filter(|line| !reached.contains(&place(line))).collect();
    assert!(missed.is_empty(), "not reached:\n{}", told(&missed));
    let broken: Vec<&Value> = of_kind(&lines, "reached")
        .into_iter()
        .filter(|line| line["works"] != true || line["ring"] != true || line["inView"] != true)
        .collect();
    assert!(broken.is_empty(), "{}", told(&broken));
}
