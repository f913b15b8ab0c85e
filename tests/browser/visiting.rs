//! Every page at every width: nothing sticks out, nothing is said, nothing is fetched.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::chromium::{self, of_kind, told};
use super::course::WITHOUT;
use super::gallery;

#[test]
fn pages_fit_every_width_say_nothing_and_fetch_nothing_but_recorded_images() {
    let sites = gallery::sites();
    let lines = chromium::run("visit", sites, json!({}));

    let widths: Vec<&Value> =
        of_kind(&lines, "width").into_iter().filter(|line| line["site"] == "with").collect();
    assert_eq!(widths.len(), 3 * 2 * (sites.pages.len() + 1));
    let fits = |line: &&Value| line["scroll"] == 0 && line["wide"] == json!([]);
    let out: Vec<&Value> = widths.into_iter().filter(|line| !fits(line)).collect();
    assert!(out.is_empty(), "{}", told(&out));

    let calls = of_kind(&lines, "calls");
    assert!(calls.len() >= 3 * 3, "comparisons and groups at every width: {}", told(&calls));
    for line in &calls {
        let wide = calls.iter().find(|wide| wide["page"] == line["page"] && wide["width"] == 1600);
        assert_eq!(wide.map(|wide| &wide["parts"]), Some(&line["parts"]), "a table falls apart: {line}");
        assert!(line["width"] != 360 || line["scrolling"] == 0, "a phone does not show all of it: {line}");
    }

    let of_site = |kind: &str, site: &str, key: &str| -> BTreeSet<String> {
        let lines = of_kind(&lines, kind).into_iter().filter(|line| line["site"] == site);
        lines.filter_map(|line| line[key].as_str().map(str::to_owned)).collect()
    };
    let ours = |kind, key| {
        let theirs = of_site(kind, "without", key);
        of_site(kind, "with", key).difference(&theirs).cloned().collect::<Vec<_>>()
    };
    assert_eq!(told(&of_kind(&lines, "broken image")), "");
    assert_eq!(ours("said", "text"), Vec::<String>::new());
    assert_eq!(ours("stranger", "url"), Vec::<String>::new());
    let mut asked = ours("asked", "path");
    asked.retain(|path| {
        let mdbooks = sites.project.path(WITHOUT).join(path.trim_start_matches('/'));
        path.starts_with("/recorded/") || !mdbooks.exists()
    });
    assert!(asked.iter().all(|path| is_recorded_png(path)), "{asked:?}");
    assert!(!asked.is_empty(), "no image was shown");
}

fn is_recorded_png(path: &str) -> bool {
    path.strip_prefix("/recorded/").is_some_and(|name| name.strip_suffix(".png").is_some())
}
