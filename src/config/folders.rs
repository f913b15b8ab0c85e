//! Folders that would overwrite each other are refused, whatever they are called: by a link, an absolute
//! path, `../`, or another name of the same folder.
//!
//! mdBook empties its build folder before it writes, and publishes whatever lies in the source folder;
//! tutor writes recordings. So nothing that anybody wrote may lie in the build folder, and recordings not
//! among the sources.

use std::path::{Component, Path, PathBuf};

use mdbook_preprocessor::config::Config as BookConfig;

use super::{CHALLENGES, Config, FILE, line_of_key};
use crate::problem::Problem;

/// Refuses a book with such folders.
pub(super) fn refuse_overlaps(config: &Config, book: &BookConfig) -> Result<(), Box<Problem>> {
    let root = &config.root;
    for build in emptied(root, book) {
        for (name, ours) in [("src", &config.source), ("fixtures", &config.fixtures)] {
            if contains(&build, ours) || contains(ours, &build) {
                return Err(overlap(config, &build, &format!("the {name} folder"), ours, name));
            }
        }
        for (what, ours) in read(config, book) {
            if contains(&build, &ours) {
                return Err(overlap(config, &build, what, &ours, "build-dir"));
            }
        }
    }
    if contains(&config.source, &config.fixtures) || contains(&config.fixtures, &config.source) {
        let line = line_of_key(root, "fixtures").or_else(|| line_of_key(root, "src"));
        let message = format!(
            "the fixtures folder `{}` and the src folder `{}` overlap; mdBook would publish the recordings",
            config.shown(&config.fixtures).display(),
            config.shown(&config.source).display(),
        );
        let help = "set `fixtures` in [preprocessor.tutor] to a folder of its own, such as \"fixtures\"";
        return Err(Box::new(Problem::error(FILE, line, message).help(help)));
    }
    Ok(())
}

fn overlap(config: &Config, build: &Path, what: &str, ours: &Path, key: &str) -> Box<Problem> {
    let line = line_of_key(&config.root, "build-dir").or_else(|| line_of_key(&config.root, key));
    let message = format!(
        "the build folder `{}` and {what} `{}` overlap; mdBook empties the build folder, and would delete \
         what you wrote",
        config.shown(build).display(),
        config.shown(ours).display(),
    );
    let help = "set `build-dir` in [build] to a folder of its own, such as \"target/site\"";
    Box::new(Problem::error(FILE, line, message).help(help))
}

/// The folders that mdBook empties: the build folder, or one for each of several renderers in it.
fn emptied(root: &Path, book: &BookConfig) -> Vec<PathBuf> {
    let build = root.join(&book.build.build_dir);
    let outputs: Vec<String> =
        book.outputs::<toml::Value>().map(|outputs| outputs.into_keys().collect()).unwrap_or_default();
    let within = outputs.iter().map(|name| build.join(name)).collect::<Vec<_>>();
    std::iter::once(build).chain(within).collect()
}

/// What else mdBook and tutor read of a book.
fn read(config: &Config, book: &BookConfig) -> Vec<(&'static str, PathBuf)> {
    let root = &config.root;
    let mut all = vec![
        ("the file", root.join(FILE)),
        ("the file of practice texts", config.practice.clone()),
        ("the folder of challenges", root.join(CHALLENGES)),
    ];
    all.extend(config.check.catalog.iter().map(|file| ("the catalog", root.join(file))));
    let html = book.html_config().unwrap_or_default();
    all.push(("the theme folder", html.theme_dir(root)));
    let files = html.additional_css.iter().chain(&html.additional_js);
    all.extend(files.map(|file| ("the file", root.join(file))));
    all
}

/// Whether `inner` is `outer` or lies in it.
fn contains(outer: &Path, inner: &Path) -> bool {
    let (outer, inner) = (real(outer), real(inner));
    inner.starts_with(&outer)
        || identity(&outer).is_some_and(|outer| inner.ancestors().any(|path| identity(path) == Some(outer)))
}

/// The path without links, as far as it exists, and with `.` and `..` folded.
fn real(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut out = PathBuf::new();
    for component in whole.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => {
                out.push(other);
                // A link leads on from where it lies; `..` after it goes up from where it leads.
                if let Ok(led) = out.canonicalize() {
                    out = led;
                }
            }
        }
    }
    out
}

/// What tells one folder from another, whatever they are called.
#[cfg(unix)]
fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
fn identity(_path: &Path) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::str::FromStr as _;

    use super::*;

    fn refused(dir: &Path, text: &str) -> Option<String> {
        fs::write(dir.join(FILE), text).unwrap();
        Config::of_book(dir, &BookConfig::from_str(text).unwrap(), false).err().map(|problem| problem.message)
    }

    #[test]
    fn overlapping_folders_are_refused_by_whatever_name() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("book root");
        for folder in ["src", "fixtures", "challenges", "theme"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let mut names = vec![
            "src".to_owned(),
            "src/out".into(),
            ".".into(),
            "..".into(),
            "fixtures".into(),
            "fixtures/site".into(),
            "challenges".into(),
            "theme".into(),
            "../book root/src".into(),
            "not/there/../../src".into(),
            root.join("fixtures").display().to_string(),
        ];
        #[cfg(unix)]
        for (link, to) in [("a", "src"), ("b", "fixtures"), ("c", "."), ("d", "../book root/theme")] {
            std::os::unix::fs::symlink(to, root.join(link)).unwrap();
            names.extend([link.to_owned(), format!("./{link}/")]);
            // Up from where a link leads: from the book's own folder that leads out of it.
            names.extend((link != "c").then(|| format!("{link}/../{link}")));
        }
        for name in names {
            let said = refused(&root, &format!("[build]\nbuild-dir = \"{name}\"\n"));
            assert!(said.as_ref().is_some_and(|said| said.contains("overlap")), "{name}: {said:?}");
        }
        for name in ["src2", "target/site", "../site", "book"] {
            assert_eq!(refused(&root, &format!("[build]\nbuild-dir = \"{name}\"\n")), None, "{name}");
        }
        assert!(refused(&root, "[book]\nsrc = \"book\"\n").is_some());
        assert!(refused(&root, "[output.html]\n[output.markdown]\n").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_renderers_own_folder_may_not_be_a_link_to_the_sources() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("src")).unwrap();
        fs::create_dir_all(dir.path().join("out")).unwrap();
        std::os::unix::fs::symlink("../src", dir.path().join("out/html")).unwrap();
        let text = "[build]\nbuild-dir = \"out\"\n[output.html]\n[output.markdown]\n";
        assert!(refused(dir.path(), text).is_some());
    }

    #[test]
    fn recordings_are_not_published() {
        let dir = tempfile::tempdir().unwrap();
        for fixtures in ["src", "src/fixtures", "."] {
            let said = refused(dir.path(), &format!("[preprocessor.tutor]\nfixtures = \"{fixtures}\"\n"));
            assert!(said.as_ref().is_some_and(|said| said.contains("overlap")), "{fixtures}: {said:?}");
        }
    }
}
