//! From a chapter's text to its page: panels under fences, tables for directives, the facts line and
//! the legend at the top. Everything else stays byte for byte.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::panels::Panels;
use super::reading::{NamedCall, ReadChapter, Recorded};
use super::{Course, figure};
use crate::challenge::shelf::{Shelf, folder_of};
use crate::problem::Problem;
use tutor_bedrock::{Call, Key};
use tutor_catalog::Model;
use tutor_page::chapter::{Directive, FrontMatterValue, Splice, Verb, splice};
use tutor_page::render::Form;
use tutor_page::render::view::{
    Acceptance, ChallengeView, CompareRow, CompareView, FactsLine, FollowersView, ModelRow, ModelsView,
    NoticeView, Origin, OutputView, PageNotice, PanelBody, PanelView, PricesView, StepsView,
};

/// The keys of front matter that readers are shown.
const FACTS: [&str; 3] = ["title", "difficulty", "time-estimate"];

/// A chapter as a page.
#[derive(Debug)]
pub struct Page {
    /// The text for the renderer.
    pub text: String,
    /// What is wrong, with lines of the text that was read.
    pub faults: Vec<Fault>,
    /// How many answers are shown.
    pub answers: usize,
    /// Calls without a usable recording, as a strict build lists them.
    pub missing: usize,
}

/// Something wrong on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The 1-based line of the chapter's text.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Whether it is a recording that is missing or damaged.
    pub is_missing: bool,
}

impl Fault {
    /// As a problem at `place`, the file and line of the fault.
    pub fn into_problem(self, place: (PathBuf, usize)) -> Problem {
        Problem::warning(place.0, Some(place.1), self.message).help(self.help)
    }
}

/// Other chapters of the same book, for comparisons across chapters.
pub trait Library {
    /// The chapter with this stem, read.
    fn chapter(&self, stem: &str) -> Option<&ReadChapter>;
}

/// Makes the page of one chapter.
pub fn make(course: &Course, read: &ReadChapter, text: &str, form: Form, library: &dyn Library) -> Page {
    let mut maker = Maker {
        course,
        read,
        text,
        form,
        library,
        splices: Vec::new(),
        faults: Vec::new(),
        notice: PageNotice::default(),
    };
    maker.fences();
    maker.splices.extend(read.chapter.allowed.iter().map(|block| block.annotation.removed()));
    maker.report_stale_captures();
    let drawn = maker.directives();
    maker.top(drawn);
    let notice = maker.notice;
    // The places come from one parse of this very text and do not overlap; if they ever did, the
    // chapter is better shown as its author wrote it than not at all.
    let text = splice(text, maker.splices).map_or_else(|_| text.to_owned(), |spliced| spliced.text);
    Page { text, faults: maker.faults, answers: notice.answers(), missing: notice.missing }
}

struct Maker<'a> {
    course: &'a Course,
    read: &'a ReadChapter,
    text: &'a str,
    form: Form,
    library: &'a dyn Library,
    splices: Vec<Splice>,
    faults: Vec<Fault>,
    notice: PageNotice,
}

impl Maker<'_> {
    fn fences(&mut self) {
        let panels = Panels { course: self.course, read: self.read };
        let outputs: HashMap<usize, OutputView> =
            self.read.captured().into_iter().map(|it| (it.fence.fence, panels.output(&it))).collect();
        for fence in &self.read.chapter.fences {
            if let Some(annotation) = &fence.annotation {
                self.splices.push(annotation.removed());
            }
            let views = panels.under(fence.index);
            for view in &views {
                self.count(view);
            }
            self.report_missing(fence.index);
            // An unclosed fence has no place below it; the chapter's diagnostics say so.
            let Some(place) = &fence.below else { continue };
            if let Some(output) = outputs.get(&fence.index).filter(|output| !output.is_empty()) {
                self.splices.push(self.put(place, &self.form.output(output)));
            }
            for block in self.form.panels(&views) {
                self.splices.push(self.put(place, &block));
            }
        }
    }

    fn report_stale_captures(&mut self) {
        for (_, line) in self.read.stale_captures() {
            let help = self.course.help_with_capture(&self.read.stem);
            let message = "the output of this fence was captured with other code".to_owned();
            self.faults.push(Fault { line, message, help, is_missing: true });
        }
    }

    fn put(&self, place: &tutor_page::chapter::Place, block: &str) -> Splice {
        match self.form {
            Form::Html => place.html(block),
            Form::Markdown => place.markdown(block),
        }
    }

    /// Adds a panel to the legend's counts.
    fn count(&mut self, view: &PanelView) {
        match &view.body {
            PanelBody::Missing(_) => self.notice.missing += 1,
            PanelBody::Recorded(recorded) => {
                if recorded.acceptance == Acceptance::Pending {
                    self.notice.pending += 1;
                }
                match recorded.origin {
                    Origin::Practice => self.notice.practice += 1,
                    Origin::Local => self.notice.local += 1,
                    Origin::Imported => self.notice.imported += 1,
                    Origin::Bedrock if recorded.acceptance == Acceptance::Accepted => {
                        self.notice.recorded += 1;
                    }
                    Origin::Bedrock => {}
                }
            }
        }
    }

    fn report_missing(&mut self, fence: usize) {
        for named in self.read.calls_in(fence) {
            let recorded = self.read.recorded(named, &self.course.store);
            let help = recorded.and_then(|recorded| self.course.help_with(self.read, named, recorded));
            let Some(help) = help else { continue };
            let what = match recorded {
                None | Some(Recorded::Current) => continue,
                Some(Recorded::Pending) => format!("the recording of `{}` is not accepted yet", named.name),
                Some(Recorded::Missing) => format!("`{}` has no recording", named.name),
                Some(Recorded::Stale) => {
                    format!("the recording of `{}` is for an earlier version of the request", named.name)
                }
                Some(Recorded::Damaged) => self.damage(named),
            };
            let is_missing = true;
            self.faults.push(Fault { line: named.found.line, message: what, help, is_missing });
        }
    }

    fn damage(&self, named: &NamedCall) -> String {
        let key = named.resolved().map(Call::key);
        match key.as_ref().map(|key| self.course.store.find(key)) {
            Some(tutor_recording::Lookup::Damaged { path, damage }) => {
                let line = damage.line.map(|line| format!(":{line}")).unwrap_or_default();
                let path = self.course.config.shown(path).display();
                format!("the recording of `{}`, {path}{line}, {damage}", named.name)
            }
            _ => format!("the recording of `{}` cannot be used", named.name),
        }
    }

    fn fault(&mut self, line: usize, message: impl Into<String>, help: impl Into<String>) {
        self.faults.push(Fault { line, message: message.into(), help: help.into(), is_missing: false });
    }

    /// Puts tables in the places of directives. Returns whether there were any.
    fn directives(&mut self) -> bool {
        let directives = &self.read.chapter.directives;
        for directive in directives {
            if directive.verb == Verb::Value {
                let words = self.value(directive);
                self.splices.push(directive.place.words(&words));
                continue;
            }
            let block = self.directive(directive);
            self.splices.push(self.put(&directive.place, &block));
        }
        !directives.is_empty()
    }

    fn directive(&mut self, directive: &Directive) -> String {
        match directive.verb {
            Verb::Prices => match self.models(directive) {
                Ok(rows) => self.form.prices(&PricesView { rows }),
                Err(notice) => notice,
            },
            Verb::Models => match self.models(directive) {
                Ok(rows) => self.form.models(&ModelsView { rows, today: self.course.today }),
                Err(notice) => notice,
            },
            Verb::Followers => match self.models(directive) {
                Ok(rows) => self.form.followers(&FollowersView {
                    chains: rows.into_iter().map(|row| self.chain(row)).collect(),
                }),
                Err(notice) => notice,
            },
            Verb::Compare => match self.rows(directive) {
                Ok(rows) => self.form.compare(&CompareView { rows }),
                Err(notice) => notice,
            },
            Verb::Steps => match self.rows(directive) {
                Ok(rows) => self.form.steps(&StepsView { rows }),
                Err(notice) => notice,
            },
            Verb::Challenge => self.challenge(directive),
            Verb::Value => self.value(directive),
        }
    }

    /// The models a directive names, or the notice to show instead.
    fn models(&mut self, directive: &Directive) -> Result<Vec<ModelRow<'static>>, String> {
        let catalog = self.course.catalog;
        if directive.words.is_empty() {
            let what = format!("the directive `{}` names no model", directive.verb.name());
            return Err(self.refuse(directive, what, "name model ids, separated by spaces".to_owned()));
        }
        let mut rows = Vec::new();
        for word in &directive.words {
            match catalog.model(word) {
                Some(model) => rows.push(self.model_row(model)),
                None => {
                    let what = format!("the catalog has no model `{word}`");
                    return Err(self.refuse(directive, what, near_model(catalog.models(), word)));
                }
            }
        }
        Ok(rows)
    }

    fn model_row(&self, model: &'static Model) -> ModelRow<'static> {
        let successor = model.lifecycle.as_ref().and_then(|lifecycle| lifecycle.successor.as_deref());
        ModelRow {
            prices: model.prices_on(self.course.today).collect(),
            model,
            state: model.state_on(self.course.today),
            successor_name: successor
                .and_then(|id| self.course.catalog.model(id))
                .map(|successor| successor.name.clone()),
        }
    }

    /// A model, its successor by AWS's word, the successor's successor …
    fn chain(&self, row: ModelRow<'static>) -> Vec<ModelRow<'static>> {
        let mut chain = vec![row];
        while let Some(next) = chain
            .last()
            .and_then(|row| row.model.lifecycle.as_ref()?.successor.as_deref())
            .and_then(|id| self.course.catalog.model(id))
            .filter(|next| chain.iter().all(|row| row.model.id != next.id))
        {
            chain.push(self.model_row(next));
        }
        chain
    }

    /// One figure for the middle of a sentence; words that say so where there is none.
    fn value(&mut self, directive: &Directive) -> String {
        let found = match directive.words.as_slice() {
            [word] => figure::find(self.course, self.read, self.library, word),
            _ => Err((
                "a value takes one NAME.FIELD".to_owned(),
                "write {{#tutor value NAME.FIELD}}".to_owned(),
            )),
        };
        match found {
            Ok(view) => self.form.value(&view),
            Err((message, help)) => {
                self.fault(directive.line, message, help);
                "(not known)".to_owned()
            }
        }
    }

    /// The calls a directive names, or the notice to show instead.
    fn rows(&mut self, directive: &Directive) -> Result<Vec<CompareRow>, String> {
        let mut rows = Vec::new();
        let mut unknown = None;
        let mut seen = HashSet::new();
        if directive.words.is_empty() {
            rows = rows_of(self.course, self.read, &mut seen, |_| true);
        }
        for word in &directive.words {
            let (read, name) = match word.split_once('#') {
                None => (Some(self.read), word.as_str()),
                Some((stem, name)) if stem == self.read.stem => (Some(self.read), name),
                Some((stem, name)) => (self.library.chapter(stem), name),
            };
            let named = |named: &NamedCall| named.name == name || named.base == name;
            match read.filter(|read| read.calls.iter().any(named)) {
                Some(read) => rows.extend(rows_of(self.course, read, &mut seen, named)),
                None => unknown = unknown.or(Some(word)),
            }
        }
        if let Some(word) = unknown {
            let what = format!("no call is named `{word}`");
            let names: Vec<&str> = self.read.calls.iter().map(|call| call.name.as_str()).collect();
            let help =
                format!("this chapter's calls are {}; another chapter's are CHAPTER#NAME", names.join(", "));
            return Err(self.refuse(directive, what, help));
        }
        if rows.is_empty() {
            let help = "put it in a chapter whose code makes requests, or name CHAPTER#NAME".to_owned();
            return Err(self.refuse(directive, "there are no calls to compare".to_owned(), help));
        }
        Ok(rows)
    }

    /// The challenge of this chapter, or of the one named.
    fn challenge(&mut self, directive: &Directive) -> String {
        let chapter = directive.words.first().unwrap_or(&self.read.stem).clone();
        let challenge = match Shelf::of_book(&self.course.config.root) {
            Ok(shelf) => shelf.of_chapter(&chapter).cloned(),
            Err(problem) => {
                let help = problem.help.clone().unwrap_or_default();
                return self.refuse(directive, problem.to_string(), help);
            }
        };
        let Some(challenge) = challenge else {
            let what = format!("there is no challenge in {}", folder_of(&chapter).display());
            let help = "write challenge.toml, start.py and solution.py there";
            return self.refuse(directive, what, help.to_owned());
        };
        let manifest = &challenge.manifest;
        self.form.challenge(&ChallengeView {
            title: format!("Challenge: {}", manifest.title),
            task: manifest.task.trim().to_owned(),
            checks: manifest.checks.iter().map(|check| check.get_ref().says.clone()).collect(),
            command: format!("tutor run {chapter}"),
        })
    }

    fn refuse(&mut self, directive: &Directive, message: String, help: String) -> String {
        let notice = NoticeView { message: format!("This cannot be shown: {message}."), command: None };
        self.fault(directive.line, message, help);
        self.form.notice(&notice)
    }

    /// Whether the chapter has this heading as its title.
    fn has_heading(&self, title: &str) -> bool {
        self.text.lines().any(|line| line.strip_prefix("# ").is_some_and(|heading| heading.trim() == title))
    }

    /// The facts line in the place of the front matter, and once at the top the legend and the style.
    fn top(&mut self, has_tables: bool) {
        let chapter = &self.read.chapter;
        let mut blocks = Vec::new();
        if let Some(front_matter) = &chapter.front_matter {
            self.splices.push(front_matter.removed());
            let facts = front_matter.entries.iter().filter_map(|(key, value)| fact(key, value));
            // A page that opens with its title need not say it twice.
            let facts = facts.filter(|(key, value)| key != "title" || !self.has_heading(value)).collect();
            blocks.push(self.form.facts_line(&FactsLine { facts }));
        }
        blocks.push(self.form.page_notice(&self.notice));
        blocks.retain(|block| !block.is_empty());
        if blocks.is_empty() && !has_tables && self.notice == PageNotice::default() {
            return;
        }
        for block in self.form.style().into_iter().chain(blocks) {
            self.splices.push(self.put(&chapter.top, &block));
        }
    }
}

/// A line of the front matter that a reader wants to see.
fn fact(key: &str, value: &FrontMatterValue) -> Option<(String, String)> {
    let value = match value {
        FrontMatterValue::Text(text) => text.clone(),
        FrontMatterValue::List(items) => items.join(", "),
        FrontMatterValue::Raw(_) => return None,
    };
    (FACTS.contains(&key) && !value.is_empty()).then(|| (key.to_owned(), value))
}

/// The resolved calls of a chapter that are wanted and not `seen` yet, in call order.
fn rows_of(
    course: &Course,
    read: &ReadChapter,
    seen: &mut HashSet<Key>,
    wanted: impl Fn(&NamedCall) -> bool,
) -> Vec<CompareRow> {
    let panels = Panels { course, read };
    read.calls
        .iter()
        .filter(|named| wanted(named))
        .filter_map(|named| Some((named, named.keyed()?)))
        .filter(|(_, (_, key))| seen.insert(Key::clone(key)))
        .map(|(named, (call, key))| panels.row(named, call, key))
        .collect()
}

/// The help for a model id that the catalog does not have.
fn near_model<'a>(models: impl Iterator<Item = &'a Model>, word: &str) -> String {
    let near = models
        .map(|model| (strsim::jaro_winkler(&model.id, word), &model.id))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.85);
    match near {
        Some((_, id)) => format!("did you mean `{id}`?"),
        None => "use an id as AWS writes it, such as amazon.nova-lite-v1:0".to_owned(),
    }
}
