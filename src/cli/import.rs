//! `tutor import`: genuine traffic that others recorded becomes pending recordings.

use std::path::PathBuf;

use indexmap::IndexMap;
use jiff::civil::Date;
use tutor_bedrock::{Key, Operation};
use tutor_import::Asked;
use tutor_page::render::visible::visible;
use tutor_recording::lock::Lock;

use super::record::now;
use super::{Exit, Failure, build, terminal};
use crate::course::chapters::ChapterText;
use crate::course::{Course, unusable};
use crate::importer::{Imported, Plan};

/// How many doubts and troubles are told one by one.
const TOLD: usize = 12;

/// Bring in Bedrock answers that others recorded
///
/// Reads cassettes (vcrpy, VCR, betamax, go-vcr, nock, WireMock, cassetter, ReqLLM), HAR files, Bedrock's
/// invocation logs and batch outputs, compressed with gzip or not. What is brought in waits for `tutor
/// review`, and says on the page that it was imported and from where.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Files, or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The chapter below whose recordings they are filed, where no chapter asks for them
    #[arg(long, value_name = "CHAPTER", default_value = "imported")]
    into: String,
    /// Where they come from, in words for the page; else the file's name
    #[arg(long, value_name = "WORDS")]
    source: Option<String>,
    /// The model of batch outputs, which do not name it
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    /// The operation of batch outputs, if it is not the native one
    #[arg(long, value_name = "NAME", default_value = "InvokeModel", requires = "model")]
    operation: Operation,
    /// Show what there is, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The folder with book.toml
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
    /// The day written into the recordings, instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let is_folder = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('\\');
        if !self.into.split('/').all(is_folder) {
            let what = format!("`{}` is no chapter's path", self.into);
            return Err(Failure::usage(what, "name it as `tutor list` shows chapters, such as `imported`"));
        }
        let book = build::load(&self.book)?;
        let mut course = build::open_course(&book, self.today)?;
        let failed =
            |course: &Course, error: &_| Failure::configuration(unusable(&course.config, error), &book.root);
        let asked = self.model.clone().map(|model_id| Asked { operation: self.operation, model_id });
        let plan = Plan::of(&self.paths, asked);
        tell(&plan);
        let exit =
            if plan.troubles.iter().any(|trouble| trouble.is_named) { Exit::Material } else { Exit::Good };
        if self.dry_run || plan.answers() == 0 {
            return Ok(exit);
        }
        let _lock = Lock::take(&course.config.fixtures).map_err(|error| failed(&course, &error))?;
        let names = names(&course, &build::RawArguments::default().texts(&book, &course.config)?);
        let at = now(self.today)?;
        let imported = plan.file(&mut course, &self.into, &names, self.source.as_deref(), at);
        let imported = imported.map_err(|error| failed(&course, &error))?;
        report(&imported);
        Ok(exit)
    }
}

/// Where the book asks for each request it is sure of: chapter and name.
fn names(course: &Course, chapters: &[ChapterText]) -> IndexMap<Key, (String, String)> {
    let mut names = IndexMap::new();
    for chapter in chapters {
        let read = chapter.read(course, &course.store);
        for named in &read.calls {
            if let Some((_, key)) = named.keyed() {
                names.entry(key.clone()).or_insert((chapter.stem.clone(), named.name.clone()));
            }
        }
    }
    names
}

fn tell(plan: &Plan) {
    let width = plan.models.keys().map(String::len).max().unwrap_or(0);
    for (model, (requests, answers)) in &plan.models {
        say(&format!("  {model:<width$}  {requests:>5} requests  {answers:>5} answers\n"));
    }
    let formats: Vec<&str> = plan.files.iter().map(|file| file.format).collect();
    let mut kinds: IndexMap<&str, usize> = IndexMap::new();
    for format in formats {
        *kinds.entry(format).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.iter().map(|(format, count)| format!("{count} of {format}")).collect();
    say(&format!("{} answers in {} files ({})\n", plan.answers(), plan.files.len(), kinds.join(", ")));
    for (why, count) in &plan.passed {
        say(&format!("  passed over: {count} × {why}\n"));
    }
    for (doubt, (count, place)) in plan.doubts.iter().take(TOLD) {
        say(&format!("  doubtful: {count} × {doubt}; first {place}\n"));
    }
    for trouble in plan.troubles.iter().take(TOLD) {
        let line = trouble.line.map(|line| format!(":{line}")).unwrap_or_default();
        say(&format!("  not read: {}{line}: {}\n", trouble.path.display(), trouble.message));
    }
    let more = plan.troubles.len().saturating_sub(TOLD) + plan.doubts.len().saturating_sub(TOLD);
    if more > 0 {
        say(&format!("  and {more} more of these\n"));
    }
}

/// Talks to people; what stands in files of others shows no control characters.
fn say(text: &str) {
    for line in text.split_inclusive('\n') {
        let (words, end) = line.strip_suffix('\n').map_or((line, ""), |words| (words, "\n"));
        say!("{}{end}", visible(words));
    }
}

fn report(imported: &Imported) {
    for path in &imported.written {
        terminal::print(&format!("{}\n", path.display()));
    }
    say(&format!("Imported {} recordings", imported.written.len()));
    for (count, what) in [
        (imported.unchanged, "were there as they are"),
        (imported.left_out, "answers were the same as others"),
        (imported.outranked, "requests have an answer that is worth more"),
    ] {
        if count > 0 {
            say(&format!("; {count} {what}"));
        }
    }
    say(".\n");
    if !imported.written.is_empty() {
        say("They are pending: look at them with `tutor review`.\n");
    }
}
