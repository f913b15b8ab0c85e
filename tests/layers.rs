//! The layers of the house, as Cargo keeps them: each crate knows only what its floor may.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// A crate, the crates of this house it may know, and what must not be anywhere below it.
const LAYERS: &[(&str, &[&str], &[&str])] = &[
    ("bedrock", &[], &["tokio", "hyper", "aws-", "mdbook-", "tempfile", "jsonschema"]),
    ("schema", &["bedrock"], &["tokio", "hyper", "aws-", "mdbook-", "tempfile"]),
    ("catalog", &["bedrock"], &["tokio", "hyper", "aws-", "mdbook-", "tempfile", "jsonschema"]),
    ("python", &["bedrock"], &["tokio", "hyper", "aws-", "mdbook-", "tempfile", "jsonschema"]),
    ("shell", &["bedrock"], &["tokio", "hyper", "aws-", "mdbook-", "tempfile", "jsonschema"]),
    ("recording", &["bedrock"], &["tokio", "hyper", "aws-", "mdbook-", "jsonschema"]),
    ("import", &["bedrock", "recording"], &["hyper", "aws-sdk-", "aws-config", "mdbook-", "jsonschema"]),
    ("page", &["bedrock", "catalog", "recording"], &["hyper", "aws-", "jsonschema"]),
    ("provider", &["bedrock", "catalog", "recording"], &["hyper", "aws-", "mdbook-", "jsonschema"]),
    ("live", &["bedrock", "catalog", "provider", "recording"], &["axum", "mdbook-", "jsonschema"]),
    ("local", &["bedrock", "catalog", "provider", "recording"], &["axum", "aws-", "mdbook-", "jsonschema"]),
    (
        "endpoint",
        &["bedrock", "catalog", "provider", "recording", "schema"],
        &["aws-sdk-", "aws-config", "mdbook-"],
    ),
];

#[test]
fn each_crate_knows_only_what_stands_below_it() {
    let tree = Tree::read();
    let known: BTreeSet<&str> = LAYERS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(known, tree.crates(), "every crate below crates/ has a line in LAYERS");
    for (name, below, never) in LAYERS {
        let of_house: BTreeSet<&str> =
            tree.direct(name).iter().filter_map(|dependency| dependency.strip_prefix("tutor-")).collect();
        assert_eq!(of_house, below.iter().copied().collect(), "what {name} knows of this house");
        let all = tree.all(name);
        for never in *never {
            let found: Vec<_> = all.iter().filter(|dependency| dependency.starts_with(never)).collect();
            assert!(found.is_empty(), "{name} has {found:?} below it");
        }
    }
}

/// The packages of this workspace and everything below them, without what only tests and builds need.
struct Tree(BTreeMap<String, BTreeSet<String>>);

impl Tree {
    fn read() -> Self {
        // Only this system's packages: others were never fetched.
        let host = Command::new("rustc").args(["--print", "host-tuple"]).output().expect("rustc runs");
        let host = String::from_utf8(host.stdout).expect("a triple");
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version=1", "--locked", "--offline", "--all-features"])
            .args(["--filter-platform", host.trim()])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let names: BTreeMap<String, String> =
            list(&metadata["packages"]).iter().map(|one| (text(&one["id"]), text(&one["name"]))).collect();
        let is_normal =
            |dependency: &Value| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
        let mut tree: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in list(&metadata["resolve"]["nodes"]) {
            let below = list(&node["deps"]);
            let below = below.iter().filter(|dependency| is_normal(dependency));
            let below = below.map(|dependency| names[&text(&dependency["pkg"])].clone());
            tree.entry(names[&text(&node["id"])].clone()).or_default().extend(below);
        }
        Tree(tree)
    }

    fn crates(&self) -> BTreeSet<&str> {
        self.0.keys().filter_map(|name| name.strip_prefix("tutor-")).collect()
    }

    fn direct(&self, name: &str) -> &BTreeSet<String> {
        &self.0[&format!("tutor-{name}")]
    }

    fn all(&self, name: &str) -> BTreeSet<&str> {
        let (mut all, mut next) = (BTreeSet::new(), vec![format!("tutor-{name}")]);
        while let Some(name) = next.pop() {
            let Some((name, below)) = self.0.get_key_value(&name) else { continue };
            if all.insert(name.as_str()) {
                next.extend(below.iter().cloned());
            }
        }
        all
    }
}
