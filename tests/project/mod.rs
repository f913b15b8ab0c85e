//! A book in a temporary folder, and the binaries under test.

#[cfg(unix)]
pub(crate) mod terminal;

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// The day every test lives on.
pub(crate) const TODAY: &str = "2026-11-22";

/// A chapter whose one fence makes one call that is known completely.
pub(crate) const ONE_CALL: &str = r#"# One call

```python
import boto3
import json

bedrock = boto3.client("bedrock-runtime")
response = bedrock.invoke_model(
    modelId="amazon.titan-text-express-v1",
    body=json.dumps({"inputText": "Name three uses of a paper clip."}),
)
print(json.loads(response["body"].read())["results"][0]["outputText"])
```
"#;

/// The same without code: a request fence.
pub(crate) const ONE_REQUEST: &str = r#"# One request

```toml bedrock
model = "amazon.titan-text-express-v1"
prompt = "Name three uses of a paper clip."
max-tokens = 64
```
"#;

/// A book under test.
pub(crate) struct Project {
    dir: tempfile::TempDir,
    /// What tutor remembers outside of books.
    state: tempfile::TempDir,
    chapters: Vec<String>,
    config: String,
}

/// What a command did.
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Project {
            dir: tempfile::tempdir().expect("a temporary folder"),
            state: state(),
            chapters: Vec::new(),
            config: String::new(),
        }
    }

    /// The folder `target/tmp/NAME`, emptied. It stays there for people to look at, so another process
    /// that wants it waits until this one has ended.
    pub(crate) fn kept(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let lock = fs::File::create(folder.join(format!("{name}.lock"))).expect("a file to lock");
        lock.lock().expect("a lock");
        // The system takes the lock back when the process ends.
        std::mem::forget(lock);
        if folder.join(name).exists() {
            fs::remove_dir_all(folder.join(name)).expect("an old folder that can be removed");
        }
        let mut builder = tempfile::Builder::new();
        let dir = builder.prefix(name).rand_bytes(0).disable_cleanup(true).tempdir_in(folder);
        Project { dir: dir.expect("a folder"), state: state(), chapters: Vec::new(), config: String::new() }
    }

    /// An empty book with tutor switched on.
    pub(crate) fn new() -> Self {
        Project::empty().with_config("[preprocessor.tutor]\nafter = [\"links\"]\n")
    }

    /// A book with one chapter, `chapter.md`.
    pub(crate) fn with_chapter(text: &str) -> Self {
        Project::new().chapter("chapter.md", text)
    }

    /// A copy of this repository's course to work on.
    pub(crate) fn of_the_course() -> Self {
        let project = Project::new();
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["book", "challenges", "fixtures"] {
            copy(&repository.join(folder), &project.path(folder));
        }
        fs::copy(repository.join("book.toml"), project.path("book.toml")).expect("book.toml");
        project
    }

    /// Adds a chapter.
    pub(crate) fn chapter(mut self, path: &str, text: &str) -> Self {
        self.chapters.push(path.to_owned());
        self.write(&format!("src/{path}"), text);
        let links: Vec<String> = self.chapters.iter().map(|path| format!("- [{path}]({path})\n")).collect();
        let summary = links.concat();
        self.write("src/SUMMARY.md", &format!("# Summary\n\n{summary}"));
        self
    }

    /// Replaces book.toml, but for its [book] table.
    pub(crate) fn with_config(mut self, config: &str) -> Self {
        self.config = format!("[book]\ntitle = \"A book under test\"\n\n{config}");
        self.write("book.toml", &self.config.clone());
        self
    }

    /// Writes any file.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Reads any file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Where a file of the book lies.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// Runs `tutor` in the book's folder.
    pub(crate) fn tutor<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Done {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tutor"));
        command.args(arguments);
        self.run(command, "")
    }

    /// Records everything in practice mode, and expects that to work.
    pub(crate) fn recorded(self) -> Self {
        let done = self.tutor(["record", "--practice", "--accept"]);
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        self
    }

    /// Builds in process, expects that to work, and returns the page of `chapter.md`.
    pub(crate) fn page(&self) -> String {
        let done = self.tutor(["build"]);
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        self.read("book/chapter.html")
    }

    /// Runs any command in the book's folder, in an environment without surprises.
    pub(crate) fn run(&self, mut command: Command, input: &str) -> Done {
        self.prepare(&mut command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = input.to_owned();
        // A command that does not read its input closes the pipe; that is its right.
        let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        let output = child.wait_with_output().expect("the command ends");
        writer.join().expect("the writer ends");
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).replace(&self.dir.path().display().to_string(), "BOOK")
        };
        Done { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The book's folder, and an environment without surprises.
    pub(crate) fn prepare(&self, command: &mut Command) {
        command
            .current_dir(self.dir.path())
            .env_remove("CI")
            .env_remove("RUST_LOG")
            .env("NO_COLOR", "1")
            .env("XDG_STATE_HOME", self.state.path())
            .env("SOURCE_DATE_EPOCH", epoch().to_string());
    }

    /// Every file below the book's folder with its content, for before-and-after comparisons.
    pub(crate) fn tree(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(self.dir.path(), self.dir.path(), &mut files);
        files.sort();
        files
    }
}

fn state() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Noon of [`TODAY`] in seconds since 1970.
fn epoch() -> i64 {
    let day: jiff::civil::Date = TODAY.parse().expect("a date");
    day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).expect("a time").timestamp().as_second()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file");
        }
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("below the root").to_owned();
            files.push((name, fs::read(&path).expect("a file")));
        }
    }
}
