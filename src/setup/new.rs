//! A book that has everything: a chapter with a request, its recording, a challenge, a file for CI.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The files of a new book, in the order in which they are told.
const FILES: [(&str, &str); 9] = [
    ("book.toml", include_str!("course/book.toml")),
    ("src/SUMMARY.md", include_str!("course/src/SUMMARY.md")),
    ("src/first-question.md", include_str!("course/src/first-question.md")),
    ("fixtures/practice.toml", include_str!("course/fixtures/practice.toml")),
    (
        "challenges/first-question/challenge.toml",
        include_str!("course/challenges/first-question/challenge.toml"),
    ),
    ("challenges/first-question/start.py", include_str!("course/challenges/first-question/start.py")),
    ("challenges/first-question/solution.py", include_str!("course/challenges/first-question/solution.py")),
    (".github/workflows/course.yml", include_str!("../../book/guide/course.yml")),
    (".gitignore", include_str!("course/gitignore")),
];

/// Writes a new book into `folder`, which must be empty or not be there. Returns the files, from there on.
///
/// # Errors
/// [`io::ErrorKind::DirectoryNotEmpty`] where something is there already, and those of the system.
pub fn write(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            // A repository that was just begun is as good as empty.
            if entries.any(|entry| entry.map_or(true, |entry| entry.file_name() != ".git")) {
                return Err(io::ErrorKind::DirectoryNotEmpty.into());
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let name = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let title = title(&name.file_name().unwrap_or_default().to_string_lossy());
    for (path, text) in FILES {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, text.replace("{title}", &title))?;
    }
    Ok(FILES.iter().map(|(path, _)| PathBuf::from(path)).collect())
}

/// The title of a book in a folder of this name, for use in a TOML string.
fn title(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let words: String =
        words.chars().filter(|c| !c.is_control() && !matches!(c, '"' | '\\' | '{' | '}')).collect();
    let mut letters = words.trim().chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    let title = first + letters.as_str();
    if title.is_empty() { "A course".to_owned() } else { title }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_makes_a_title() {
        assert_eq!(title("my-first_course"), "My first course");
        assert_eq!(title("\"\\"), "A course");
    }
}
