//! Five books as people have them, before tutor.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::project::{Done, ONE_CALL, Project};

/// A book in a temporary folder.
pub(super) struct Adopted {
    pub(super) name: &'static str,
    pub(super) project: Project,
    /// Where book.toml lies, from the temporary folder on; empty for the folder itself.
    pub(super) book: &'static str,
    /// Where its pages come to lie, from there on.
    pub(super) site: &'static str,
}

/// All five.
pub(super) fn all() -> Vec<Adopted> {
    vec![plain(), admonish_and_mermaid(), with_a_theme(), in_a_subfolder(), source_named_book()]
}

/// As `mdbook init` makes it.
pub(super) fn plain() -> Adopted {
    let project = Project::empty();
    project.write(
        "book.toml",
        "[book]\nauthors = [\"A. N. Author\"]\nlanguage = \"en\"\nsrc = \"src\"\ntitle = \"Plain\"\n",
    );
    chapters(&project, "src");
    Adopted { name: "plain", project, book: "", site: "book" }
}

/// With two preprocessors and their assets, as their own installers write it, comments in between
/// and Windows line ends.
fn admonish_and_mermaid() -> Adopted {
    let project = Project::empty();
    let text = r#"# The handbook.
[book]
title = "Handbook"   # shown in the bar
src = "src"

[preprocessor]

[preprocessor.admonish]
command = "mdbook-admonish"
assets_version = "3.1.0" # do not edit: managed by `mdbook-admonish install`

[preprocessor.mermaid]
command = "mdbook-mermaid"
after = ["admonish"]

[output]

[output.html]
additional-css = ["./mdbook-admonish.css"]
additional-js = ["mermaid.min.js", "mermaid-init.js"]

# [output.linkcheck]
# follow-web-links = true
"#;
    project.write("book.toml", &text.replace('\n', "\r\n"));
    project.write("mdbook-admonish.css", ".admonition { display: flow-root }\n");
    project.write("mermaid.min.js", "// stands in for mermaid\n");
    project.write("mermaid-init.js", "// stands in for mermaid\n");
    project.write(
        "src/diagrams.md",
        "# Diagrams\n\n```admonish warning\nMind the step.\n```\n\n```mermaid\ngraph TD; A-->B;\n```\n",
    );
    chapters(&project, "src");
    Adopted { name: "admonish and mermaid", project, book: "", site: "book" }
}

/// With its own theme folder and folders to watch.
fn with_a_theme() -> Adopted {
    let project = Project::empty();
    project.write(
        "book.toml",
        "[book]\ntitle = \"Themed\"\n\n[build]\nextra-watch-dirs = [\n    \"po\", # translations\n]\n\n\
         [output.html]\ntheme = \"theme\"\ndefault-theme = \"rust\"\n",
    );
    project.write("theme/head.hbs", "<meta name=\"course\" content=\"themed\">\n");
    project.write("theme/css/variables.css", ":root { --sidebar-width: 260px }\n");
    chapters(&project, "src");
    Adopted { name: "theme", project, book: "", site: "book" }
}

/// In a folder of a larger repository.
fn in_a_subfolder() -> Adopted {
    let project = Project::empty();
    project.write("README.md", "# A library\n");
    project.write("docs/the guide/book.toml", "book = { title = \"Guide\", language = \"en\" }\n");
    chapters(&project, "docs/the guide/src");
    Adopted { name: "subfolder", project, book: "docs/the guide", site: "book" }
}

/// With chapters in `book` and pages elsewhere, and a preprocessor that need not be there.
fn source_named_book() -> Adopted {
    let project = Project::empty();
    project.write(
        "book.toml",
        "[book]\ntitle = \"Sources in book\"\nsrc = \"book\"\n[build]\nbuild-dir = \"public/site\"\n\n\
         [preprocessor.toc]\noptional = true\n[preprocessor.tutor]\nafter = [\"toc\"]\nfixtures = \"recorded answers\"\n",
    );
    chapters(&project, "book");
    Adopted { name: "src = book", project, book: "", site: "public/site" }
}

fn chapters(project: &Project, source: &str) {
    project.write(&format!("{source}/SUMMARY.md"), "# Summary\n\n- [One](./chapter.md)\n");
    project.write(&format!("{source}/chapter.md"), ONE_CALL);
}

impl Adopted {
    /// Runs `tutor` on the book, with stand-ins for other people's preprocessors on PATH.
    pub(super) fn tutor(&self, words: &[&str]) -> Done {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tutor"));
        command.args(words);
        if !self.book.is_empty() {
            if words[0] == "record" {
                command.arg("--book");
            }
            command.arg(self.book);
        }
        let bin = stand_ins();
        command.env("PATH", with_path(bin.path()));
        self.project.run(command, "")
    }

    /// A file of the book.
    pub(super) fn path(&self, file: &str) -> String {
        if self.book.is_empty() { file.to_owned() } else { format!("{}/{file}", self.book) }
    }
}

/// Commands in the place of other people's preprocessors: they hand the book back as it is, by
/// mdBook's protocol.
fn stand_ins() -> tempfile::TempDir {
    const HAND_BACK: &str = "#!/usr/bin/env python3\nimport json, sys\n\
        if sys.argv[1:2] != ['supports']: json.dump(json.load(sys.stdin)[1], sys.stdout)\n";
    let bin = tempfile::tempdir().expect("a temporary folder");
    for name in ["mdbook-admonish", "mdbook-mermaid"] {
        program(&bin.path().join(name), HAND_BACK);
    }
    bin
}

/// PATH with `folder` at its beginning.
pub(super) fn with_path(folder: &Path) -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).expect("a PATH")
}

/// Writes a script that can be started.
pub(super) fn program(file: &Path, script: &str) {
    std::fs::write(file, script).expect("a file");
    executable(file);
}

#[cfg(unix)]
fn executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).expect("permissions");
}

#[cfg(not(unix))]
fn executable(_file: &Path) {}
