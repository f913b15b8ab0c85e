//! A case: a chapter with what happens to it before it is checked.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use tutor_recording::{OriginKind, format};

use crate::project::{Project, TODAY};

/// One file of `cases/`.
pub(super) struct Case {
    /// The file's name without `.md`.
    pub(super) name: String,
    settings: Settings,
    chapter: String,
}

/// The comment at the top of a case.
#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Settings {
    /// The day of the check.
    today: Option<String>,
    /// Record in practice before the check: accepted, or pending.
    record: Option<Record>,
    /// What stand-ins say to a prompt.
    practice: Vec<[String; 2]>,
    /// Make the recordings answers of Amazon Bedrock, of this time.
    bedrock: Option<String>,
    /// How long those took, in milliseconds.
    took: Option<u64>,
    /// Further lines of book.toml.
    config: String,
    /// Further files, written before recording.
    files: Vec<[String; 2]>,
    /// Words of the chapter that change after recording.
    then: Vec<[String; 2]>,
    /// Words of all recordings that change.
    edit: Vec<[String; 2]>,
    /// Cuts every recording in half.
    cut: bool,
    /// Removes the pictures.
    lose_pictures: bool,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Record {
    Accepted,
    Pending,
}

impl Case {
    /// Every case, by name.
    pub(super) fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/cases");
        let entries = fs::read_dir(&folder).expect("the cases");
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        paths.iter().map(|path| Case::read(path)).collect()
    }

    fn read(path: &Path) -> Self {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).expect("a case");
        let (settings, chapter) = match text.strip_prefix("<!-- case") {
            None => (Settings::default(), text),
            Some(rest) => {
                let (settings, chapter) = rest.split_once("-->\n").expect("the end of the settings");
                let settings = toml::from_str(settings).unwrap_or_else(|error| panic!("{name}: {error}"));
                (settings, chapter.to_owned())
            }
        };
        Case { name, settings, chapter }
    }

    /// What the check says to it, a finding a paragraph. Notes are counted alone.
    pub(super) fn said(&self) -> String {
        let project = self.project();
        let today = self.settings.today.as_deref().unwrap_or(TODAY);
        let done = project.tutor(["check", "--format", "json", "--today", today]);
        assert!(matches!(done.code, Some(0 | 1)), "{}: {}", self.name, done.stderr);
        let document: Value = serde_json::from_str(&done.stdout).expect("one JSON document");
        let findings = document["findings"].as_array().expect("findings");
        let (notes, shown): (Vec<_>, Vec<_>) =
            findings.iter().partition(|finding| finding["level"] == "note");
        assert_eq!(
            done.code == Some(1),
            shown.iter().any(|finding| finding["level"] == "deny"),
            "{}",
            self.name
        );
        let mut said: Vec<String> = shown.into_iter().map(paragraph).collect();
        said.extend((!notes.is_empty()).then(|| format!("notes: {}", notes.len())));
        if let Some(allowed) = document["summary"]["allowed"].as_u64().filter(|allowed| *allowed > 0) {
            said.push(format!("allowed: {allowed}"));
        }
        if said.is_empty() { "nothing".to_owned() } else { said.join("\n\n") }
    }

    /// The book of the case, ready to be checked.
    pub(super) fn project(&self) -> Project {
        let settings = &self.settings;
        let project = Project::with_chapter(&self.chapter)
            .with_config(&format!("[preprocessor.tutor]\nafter = [\"links\"]\n{}", settings.config));
        for [path, text] in &settings.files {
            project.write(path, text);
        }
        if !settings.practice.is_empty() {
            let answers = settings.practice.iter();
            let answers =
                answers.map(|[prompt, text]| format!("[[answer]]\nprompt = {prompt:?}\ntext = {text:?}\n"));
            project.write("fixtures/practice.toml", &answers.collect::<String>());
        }
        if let Some(record) = settings.record {
            let accept = (record == Record::Accepted).then_some("--accept");
            let done = project.tutor(["record", "--practice", "--today", TODAY].into_iter().chain(accept));
            assert_eq!(done.code, Some(0), "{}: {}", self.name, done.stderr);
        }
        self.change(&project);
        project
    }

    fn change(&self, project: &Project) {
        let settings = &self.settings;
        for path in recordings(project) {
            let mut text = project.read(&path);
            if let Some(at) = &settings.bedrock {
                text = as_bedrock(&text, at, settings.took);
            }
            for [old, new] in &settings.edit {
                assert!(text.contains(old), "{}: no {old:?} in {path}", self.name);
                text = text.replace(old, new);
            }
            if settings.cut {
                text.truncate(text.len() / 2);
            }
            project.write(&path, &text);
        }
        if !settings.then.is_empty() {
            let mut chapter = self.chapter.clone();
            for [old, new] in &settings.then {
                assert!(chapter.contains(old), "{}: no {old:?} in the chapter", self.name);
                chapter = chapter.replace(old, new);
            }
            project.write("src/chapter.md", &chapter);
        }
        if settings.lose_pictures {
            fs::remove_dir_all(project.path("src/recorded")).expect("pictures to lose");
        }
    }
}

/// The files of all recordings, from the book's folder on.
fn recordings(project: &Project) -> Vec<String> {
    let files = project.tree().into_iter().map(|(path, _)| path.to_str().expect("text").to_owned());
    files.filter(|path| path.starts_with("fixtures/") && path.contains(".json")).collect()
}

fn as_bedrock(text: &str, at: &str, took: Option<u64>) -> String {
    let mut recording = format::read(text).expect("a recording");
    recording.origin.kind = OriginKind::Bedrock;
    recording.origin.region = Some("us-east-1".to_owned());
    recording.origin.recorded_at = at.parse().expect("a time");
    if let Some(took) = took {
        for sample in &mut recording.samples {
            sample.timing.total_ms = took;
        }
    }
    format::write(&recording).expect("a file")
}

fn paragraph(finding: &Value) -> String {
    let text = |key: &str| finding[key].as_str().unwrap_or_default();
    let mut place = text("path").to_owned();
    if let Some(line) = finding["line"].as_u64() {
        place += &format!(":{line}");
    }
    if let Some(column) = finding["column"].as_u64() {
        place += &format!(":{column}-{}", finding["end_column"]);
    }
    let mut out =
        format!("{} {} {place}\n  {}\n  {}", text("level"), text("rule"), text("message"), text("help"));
    if finding["also_lines"].as_array().is_some_and(|lines| !lines.is_empty()) {
        out += &format!("\n  also: {}", finding["also_lines"]);
    }
    match finding["fix"]["kind"].as_str() {
        Some("replace") => out += &format!("\n  fix: {} → {}", finding["fix"]["old"], finding["fix"]["new"]),
        Some(kind) => out += &format!("\n  fix: {kind}"),
        None => {}
    }
    out
}
