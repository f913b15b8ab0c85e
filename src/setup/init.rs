//! Setting tutor up in a book that is there: first a plan, then, unless it is a rehearsal, the deed.
//!
//! A plan only adds. Where it would have to change what somebody wrote, it is refused with advice.
//! For a book that has everything, the plan is empty.

use std::path::{Component, Path, PathBuf};
use std::str::FromStr as _;
use std::{fs, io};

use mdbook_preprocessor::config::Config as BookConfig;

use super::book_toml::{self, FILE};
use super::git;
use crate::config::Config;
use crate::problem::Problem;
use tutor_recording::store::write_atomically;

/// The file of practice texts for a book that has none.
const PRACTICE: &str = include_str!("practice.toml");

/// How deep books are looked for when there is none in the folder itself.
const SEARCH_DEPTH: usize = 2;

/// What is missing in a book.
#[derive(Debug)]
pub struct Plan {
    /// The book's folder.
    pub root: PathBuf,
    /// The files to write, in the order in which they must be written: book.toml, which switches
    /// tutor on, is the last.
    pub changes: Vec<Change>,
}

/// A file that is created or added to.
#[derive(Debug)]
pub struct Change {
    /// Its path from the book's folder on.
    pub path: PathBuf,
    /// What the change is for, as a clause: `created, …` or `added …`.
    pub what: String,
    /// The whole file afterwards.
    content: String,
}

impl Plan {
    /// Writes the files.
    pub fn carry_out(&self) -> Result<(), Box<Problem>> {
        self.changes.iter().try_for_each(|change| change.write(&self.root))
    }
}

impl Change {
    fn write(&self, root: &Path) -> Result<(), Box<Problem>> {
        let path = root.join(&self.path);
        let unwritable = |message: String| {
            let help = "look at the permissions of the book's folder; nothing was lost, run it again";
            Box::new(Problem::error(&self.path, None, message).help(help))
        };
        // A link is written through, and a file keeps its permissions.
        let path = path.canonicalize().unwrap_or(path);
        let permissions = fs::metadata(&path).map(|meta| meta.permissions());
        write_atomically(&path, self.content.as_bytes()).map_err(|error| unwritable(error.to_string()))?;
        if let Ok(permissions) = permissions {
            fs::set_permissions(&path, permissions).map_err(|error| unwritable(error.to_string()))?;
        }
        Ok(())
    }
}

/// Plans what is missing in the book in `root`.
pub fn plan(root: &Path) -> Result<Plan, Box<Problem>> {
    let text = read(root, FILE)?.ok_or_else(|| no_book(root))?;
    let edited = book_toml::switch_on(&text)?;
    let book = BookConfig::from_str(&edited.text).map_err(|error| {
        let help = "mend it first; `mdbook build` fails with it, too";
        Box::new(Problem::error(FILE, None, format!("mdBook cannot use it: {error:#}")).help(help))
    })?;
    let config = Config::of_book(root, &book, false)?;
    let mut changes = Vec::new();
    changes.extend(practice_texts(&config)?);
    changes.extend(git_ignore(&config)?);
    if !edited.added.is_empty() {
        let what = format!("added {}", edited.added.join(", and "));
        changes.push(Change { path: FILE.into(), what, content: edited.text });
    }
    Ok(Plan { root: root.to_owned(), changes })
}

/// The file of practice texts, if it is missing. With it comes the folder of the recordings.
fn practice_texts(config: &Config) -> Result<Option<Change>, Box<Problem>> {
    if config.fixtures.exists() && !config.fixtures.is_dir() {
        let help = "move the file, or name another folder as `fixtures` in [preprocessor.tutor]";
        let message = "a file is in the place of the folder for recordings";
        return Err(Box::new(Problem::error(config.shown(&config.fixtures), None, message).help(help)));
    }
    if fs::symlink_metadata(&config.practice).is_ok() {
        return Ok(None);
    }
    Ok(Some(Change {
        path: config.shown(&config.practice).to_owned(),
        what: "created, for texts of your own for the stand-in models".into(),
        content: PRACTICE.to_owned(),
    }))
}

/// A line for pending recordings in .gitignore, if the book is in a git repository that would keep
/// them.
fn git_ignore(config: &Config) -> Result<Option<Change>, Box<Problem>> {
    const IGNORE: &str = ".gitignore";
    let fixtures = config.shown(&config.fixtures);
    let plain = fixtures.components().all(|step| matches!(step, Component::Normal(_)));
    let pending = fixtures.join("chapter").join("name.00000000.json.new");
    let (true, Some(folder)) = (plain, fixtures.to_str()) else { return Ok(None) };
    if git::ignores(&config.root, &pending) != Some(false) {
        return Ok(None);
    }
    let pattern = format!("/{}/**/*.json.new", folder.replace('\\', "/"));
    let old = read(&config.root, IGNORE)?;
    let break_before =
        if old.as_ref().is_none_or(|text| text.is_empty() || text.ends_with('\n')) { "" } else { "\n" };
    let content = format!(
        "{}{break_before}# tutor: recordings that nobody has accepted yet\n{pattern}\n",
        old.as_deref().unwrap_or_default()
    );
    let what = format!("added {pattern}, recordings that nobody has accepted yet");
    Ok(Some(Change { path: IGNORE.into(), what, content }))
}

/// A file of the book; `None` if there is none.
fn read(root: &Path, name: &str) -> Result<Option<String>, Box<Problem>> {
    match fs::read_to_string(root.join(name)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let help = "the file must be UTF-8 text that you may read";
            Err(Box::new(Problem::error(name, None, format!("cannot be read: {error}")).help(help)))
        }
    }
}

/// Says where a book might be, or how to begin one.
fn no_book(root: &Path) -> Box<Problem> {
    let mut found = Vec::new();
    books_below(root, SEARCH_DEPTH, &mut found);
    found.sort();
    let help = match found.as_slice() {
        [] => "begin a book with `mdbook init`, or name the folder of yours: tutor init BOOK".to_owned(),
        found => {
            let commands: Vec<String> =
                found.iter().map(|path| format!("`tutor init {}`", path.display())).collect();
            format!("there is one further down: {}", commands.join(" or "))
        }
    };
    let message = format!("there is no book in {}", root.display());
    Box::new(Problem::error(FILE, None, message).help(help))
}

fn books_below(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if hidden || entry.file_type().map_or(true, |kind| !kind.is_dir()) {
            continue;
        }
        let path = entry.path();
        if path.join(FILE).is_file() {
            found.push(path.strip_prefix(".").map_or(path.clone(), Path::to_owned));
        } else if depth > 1 {
            books_below(&path, depth - 1, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tutor_provider::practice::Texts;

    #[test]
    fn the_practice_texts_are_valid_with_and_without_their_example() {
        assert_eq!(Texts::parse(PRACTICE).unwrap(), Texts::default());
        let (_, example) = PRACTICE.split_once("# [[answer]]").unwrap();
        let example = format!("[[answer]]{}", example.replace("\n# ", "\n"));
        let texts = Texts::parse(&example).unwrap();
        let prompt = "Name three uses of a paper clip.";
        assert!(texts.find(prompt, "nova", "amazon.nova-lite-v1:0").is_some());
        assert!(texts.find(prompt, "llama", "meta.llama3-8b-instruct-v1:0").is_none());
    }
}
