//! What `--help` and the manual say.

use crate::project::Project;

/// Every verb that the help lists.
fn verbs(project: &Project) -> Vec<String> {
    let help = project.tutor(["--help"]).stdout;
    let (_, commands) = help.split_once("Commands:\n").expect("a list of commands");
    let lines = commands.lines().take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    names.map(str::to_owned).collect()
}

#[test]
fn every_help_fits_eighty_columns_and_ends_with_an_example() {
    let project = Project::empty();
    let verbs = verbs(&project);
    assert!(verbs.len() >= 18, "{verbs:?}");
    for verb in &verbs {
        let help = project.tutor([verb.as_str(), "--help"]).stdout;
        let wide: Vec<&str> = help.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(wide.is_empty(), "{verb}: {wide:#?}");
        assert!(help.contains("Example"), "{verb} has no example");
        assert!(help.contains(&format!("tutor {verb}")), "{verb}");
    }
    assert!(project.tutor(["--help"]).stdout.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn every_verb_has_a_page_of_the_manual() {
    let project = Project::empty();
    let done = project.tutor(["completions", "--manual", "man1"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(project.read("man1/tutor.1").contains("tutor"));
    for verb in verbs(&project) {
        assert!(project.read(&format!("man1/tutor-{verb}.1")).starts_with(".ie"), "{verb}");
    }
}
