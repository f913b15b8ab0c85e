//! `tutor init` on books of every shape.

use std::path::Path;
use std::process::Command;

use super::books::{self, Adopted};
use crate::project::{ONE_CALL, Project};

#[test]
fn five_books_build_afterwards_and_a_second_run_changes_nothing() {
    for adopted in books::all() {
        let Adopted { name, project, site, .. } = &adopted;
        let chapter = project.tree();
        let done = adopted.tutor(&["init"]);
        assert_eq!(done.code, Some(0), "{name}: {}", done.stderr);
        assert!(done.stdout.contains("book.toml: added"), "{name}: {}", done.stdout);
        for (path, before) in &chapter {
            let after = std::fs::read(project.path("").join(path)).expect("the file is still there");
            assert!(path.ends_with("book.toml") || after == *before, "{name}: {} differs", path.display());
        }
        let before = project.tree();
        let done = adopted.tutor(&["init"]);
        assert_eq!((done.code, done.stdout.as_str()), (Some(0), ""), "{name}: {}", done.stderr);
        assert!(done.stderr.starts_with("Nothing to do"), "{name}: {}", done.stderr);
        assert!(project.tree() == before, "{name}: the second run changed something");
        let done = adopted.tutor(&["record", "--practice", "--accept"]);
        assert_eq!(done.code, Some(0), "{name}: {}", done.stderr);
        let done = adopted.tutor(&["build"]);
        assert_eq!(done.code, Some(0), "{name}: {}", done.stderr);
        let page = project.read(&adopted.path(&format!("{site}/chapter.html")));
        assert!(page.contains("data-state=\"practice\""), "{name}: no panel");
        let done = adopted.tutor(&["init"]);
        assert!(done.stderr.starts_with("Nothing to do"), "{name}: {}", done.stderr);
    }
}

#[test]
fn what_stood_in_book_toml_still_stands_there_line_by_line() {
    let mut texts = Vec::new();
    for adopted in books::all() {
        let old = adopted.project.read(&adopted.path("book.toml"));
        adopted.tutor(&["init"]);
        let new = adopted.project.read(&adopted.path("book.toml"));
        let mut left = new.split_inclusive('\n');
        for line in old.lines().filter(|line| !line.starts_with("after")) {
            assert!(left.any(|other| other.trim_end() == line), "{}: `{line}` is gone", adopted.name);
        }
        assert_eq!(old.contains('\r'), new.contains('\r'), "{}", adopted.name);
        texts.push(format!("### {}\n{}", adopted.name, new.replace('\r', "")));
    }
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn a_rehearsal_says_the_same_and_writes_nothing() {
    let adopted = books::plain();
    let before = adopted.project.tree();
    let rehearsal = adopted.tutor(&["init", "--dry-run"]);
    assert_eq!(rehearsal.code, Some(0));
    assert!(adopted.project.tree() == before);
    let done = adopted.tutor(&["init"]);
    assert_eq!(rehearsal.stdout, done.stdout);
    insta::assert_snapshot!(format!("{}{}\n--dry-run:\n{}", done.stdout, done.stderr, rehearsal.stderr));
}

#[test]
fn overlapping_folders_are_refused_with_advice_and_nothing_is_written() {
    let project = Project::with_chapter(ONE_CALL);
    project.write("book.toml", "[book]\ntitle = \"x\"\nsrc = \"book\"\n");
    let before = project.tree();
    let done = project.tutor(["init"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("overlap") && done.stderr.contains("build-dir"), "{}", done.stderr);
    assert!(project.tree() == before);
}

#[test]
fn a_folder_without_a_book_is_told_where_one_is() {
    let project = Project::empty();
    project.write("docs/guide/book.toml", "");
    project.write("deep/er/and/deeper/book.toml", "");
    let done = project.tutor(["init"]);
    assert_eq!(done.code, Some(2));
    assert!(done.stderr.contains("tutor init docs/guide"), "{}", done.stderr);
    assert!(!done.stderr.contains("deeper"), "{}", done.stderr);
    let done = Project::empty().tutor(["init"]);
    assert!(done.stderr.contains("mdbook init"), "{}", done.stderr);
}

#[test]
fn practice_texts_that_are_there_stay() {
    let adopted = books::plain();
    adopted.project.write("fixtures/practice.toml", "# mine\n");
    adopted.tutor(&["init"]);
    assert_eq!(adopted.project.read("fixtures/practice.toml"), "# mine\n");
    let adopted = books::plain();
    adopted.project.write("fixtures", "a file");
    let done = adopted.tutor(&["init"]);
    assert_eq!(done.code, Some(2), "{}", done.stdout);
    assert!(!adopted.project.read("book.toml").contains("tutor"));
}

#[test]
fn a_repository_does_not_keep_what_nobody_has_accepted() {
    let adopted = books::plain();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(arguments);
        adopted.project.run(command, "")
    };
    assert_eq!(git(&["init", "--quiet"]).code, Some(0));
    adopted.project.write(".gitignore", "book");
    let done = adopted.tutor(&["init"]);
    assert!(done.stdout.contains(".gitignore: added"), "{}", done.stdout);
    let text = adopted.project.read(".gitignore");
    assert!(text.starts_with("book\n# tutor"), "{text}");
    assert_eq!(adopted.tutor(&["init"]).stdout, "");
    assert_eq!(adopted.tutor(&["record", "--practice"]).code, Some(0));
    let kept = git(&["status", "--porcelain", "--untracked-files=all", "fixtures"]).stdout;
    assert_eq!(kept, "?? fixtures/practice.toml\n");
    assert_eq!(adopted.tutor(&["record", "--practice", "--accept"]).code, Some(0));
    let kept = git(&["status", "--porcelain", "--untracked-files=all", "fixtures"]).stdout;
    assert_eq!(kept.lines().count(), 2, "{kept}");
}

#[cfg(unix)]
#[test]
fn a_linked_file_is_written_through_and_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt as _;
    let adopted = books::plain();
    let (link, file) = (adopted.project.path("book.toml"), adopted.project.path("shared.toml"));
    std::fs::rename(&link, &file).expect("moved");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("permissions");
    std::os::unix::fs::symlink(Path::new("shared.toml"), &link).expect("a link");
    assert_eq!(adopted.tutor(&["init"]).code, Some(0));
    assert!(link.is_symlink());
    assert!(adopted.project.read("shared.toml").contains("tutor"));
    assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
}
