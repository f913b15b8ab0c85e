//! Model ids in code: what a reader would send, whether or not a call is found.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::{Chapter, FenceId, Finding, Material, Place};
use crate::config::Config;
use tutor_catalog::{Catalog, LifecycleState, Model};
use tutor_page::chapter::Fence;

/// A known model's id in the code of a fence.
#[derive(Debug, Clone)]
pub struct ModelId {
    /// The fence it stands in; `None` in a file beside the chapters.
    fence: Option<FenceId>,
    /// Where it is written, or the line of the call that sends it.
    at: At,
    /// The id as written.
    pub written: String,
    /// The model.
    pub model: &'static Model,
}

#[derive(Debug, Clone)]
enum At {
    Bytes(Range<usize>),
    Line(usize),
    File(Place),
}

impl ModelId {
    /// The fence it stands in, if it stands in a chapter.
    pub fn fence_id(&self) -> Option<FenceId> {
        self.fence
    }

    /// A finding about it.
    pub fn finding(&self, material: &Material<'_>, message: String, help: String) -> Finding {
        let finding = Finding::new(self.place(material), message, help).about(&*self.model.id);
        Finding { fence: self.fence, ..finding }
    }

    /// Where it stands.
    pub fn place(&self, material: &Material<'_>) -> Place {
        let chapter = self.fence.map(|fence| &material.chapters[fence.chapter]);
        match (&self.at, chapter) {
            (At::File(place), _) => place.clone(),
            (At::Bytes(range), Some(chapter)) => chapter.at(range),
            (At::Line(line), Some(chapter)) => chapter.at_line(*line),
            (_, None) => Place::file(""),
        }
    }
}

static ID: LazyLock<Regex> = LazyLock::new(|| {
    let pattern =
        r"arn:aws[a-z-]*:bedrock:[!#-&(-_a-~]+|[a-z][a-z0-9-]*\.[a-z0-9][A-Za-z0-9.:_-]*[A-Za-z0-9]";
    Regex::new(pattern).expect("a constant pattern")
});

/// Fences whose content is not code.
const NO_CODE: [&str; 11] =
    ["", "text", "txt", "plain", "plaintext", "output", "markdown", "md", "diff", "log", "mermaid"];

/// Every known model's id in the code of `chapters`, those that calls send without their being
/// written in the same fence, and those in the files that book.toml names.
pub(super) fn find(catalog: &'static Catalog, chapters: &[Chapter], config: &Config) -> Vec<ModelId> {
    let files = config.check.files.iter().flat_map(|file| in_file(catalog, config, file));
    chapters.iter().flat_map(|chapter| in_chapter(catalog, chapter)).chain(files).collect()
}

/// A file that cannot be read has none; [`super::settings`] says so.
fn in_file(catalog: &'static Catalog, config: &Config, file: &Path) -> Vec<ModelId> {
    let text = std::fs::read_to_string(config.root.join(file)).unwrap_or_default();
    let mut ids = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for found in ID.find_iter(line).filter(|found| !is_in_comment(line, found.start())) {
            let Some(model) = catalog.model(found.as_str()) else { continue };
            let place = Place { columns: Some(found.range()), ..Place::line(file, index + 1) };
            ids.push(ModelId { fence: None, at: At::File(place), written: found.as_str().to_owned(), model });
        }
    }
    ids
}

fn in_chapter(catalog: &'static Catalog, chapter: &Chapter) -> Vec<ModelId> {
    let mut ids: Vec<ModelId> = Vec::new();
    for fence in chapter.read.chapter.fences.iter().filter(|fence| is_code(fence)) {
        let source = &chapter.text[fence.range.clone()];
        let known = ID.find_iter(source).filter_map(|found| Some((found, catalog.model(found.as_str())?)));
        for (found, model) in known.filter(|(found, _)| !is_in_comment(source, found.start())) {
            ids.push(ModelId {
                fence: Some(chapter.fence(fence.index)),
                at: At::Bytes(fence.range.start + found.start()..fence.range.start + found.end()),
                written: found.as_str().to_owned(),
                model,
            });
        }
    }
    let written: HashSet<String> = ids.iter().map(|id| id.written.clone()).collect();
    for named in &chapter.read.calls {
        let Some(id) = named.model_id().filter(|id| !written.contains(*id)) else { continue };
        let Some(model) = catalog.model(id) else { continue };
        ids.push(ModelId {
            fence: Some(chapter.fence(named.found.fence)),
            at: At::Line(named.found.line),
            written: id.to_owned(),
            model,
        });
    }
    ids
}

/// Whether the fence holds code by its info string.
pub(super) fn is_code(fence: &Fence) -> bool {
    let word = fence.info.split(|c: char| c.is_whitespace() || c == ',' || c == '{').next().unwrap_or("");
    !NO_CODE.contains(&word.to_ascii_lowercase().as_str())
}

/// Whether a byte of code stands in a comment that starts with `#` or `//` on the same line.
fn is_in_comment(code: &str, at: usize) -> bool {
    let line = &code[code[..at].rfind('\n').map_or(0, |start| start + 1)..at];
    let mut quote = None;
    let mut before = ' ';
    for (index, c) in line.char_indices() {
        match (quote, c) {
            (None, '"' | '\'' | '`') => quote = Some(c),
            (Some(open), c) if c == open && before != '\\' => quote = None,
            (None, '#') if before.is_whitespace() => return true,
            (None, '/') if line[index..].starts_with("//") && before.is_whitespace() => return true,
            _ => {}
        }
        before = c;
    }
    false
}

/// The ids of models that stand so on the day of the check.
pub(super) fn in_state<'m>(
    material: &'m Material<'_>,
    state: LifecycleState,
) -> impl Iterator<Item = &'m ModelId> {
    material.model_ids.iter().filter(move |id| id.model.state_on(material.today()) == state)
}

/// What to use instead: the living model at the end of AWS's chain, or that there is none.
pub(super) fn successor(material: &Material<'_>, model: &Model) -> String {
    let source = model.lifecycle.as_ref().map_or("the catalog", |lifecycle| &lifecycle.source);
    match material.catalog().living_successor(model, material.today()) {
        Some(next) => {
            let state = match next.state_on(material.today()) {
                LifecycleState::Legacy => ", which is legacy",
                _ => "",
            };
            format!("AWS's successors lead to {} (`{}`){state} ({source})", next.name, next.id)
        }
        None => format!("AWS names no successor that lives ({source}); choose a model of your own"),
    }
}
