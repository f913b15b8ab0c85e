//! What to do about a request whose recording is not as it should be: the command that helps, which
//! works as it is printed and loses nothing.

use std::path::Path;

use super::Course;
use super::reading::{NamedCall, ReadChapter, Recorded};
use crate::config::Config;
use tutor_recording::{Damage, DamageKind, Lookup, OriginKind, Store};

/// The next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Next {
    /// An answer is there and waits for a decision.
    Review,
    /// An answer that was more than a stand-in's can only be had again from where it came.
    Record,
    /// Anything that answers will do.
    Practice,
}

impl Next {
    /// What helps a request of a chapter; `None` where nothing is wrong.
    pub fn of(store: &Store, read: &ReadChapter, named: &NamedCall, recorded: Recorded) -> Option<Self> {
        let stood = match recorded {
            Recorded::Current => return None,
            Recorded::Pending => return Some(Next::Review),
            Recorded::Missing => None,
            Recorded::Damaged => {
                named.keyed().and_then(|(_, key)| store.best(key)).map(|standing| standing.kind)
            }
            Recorded::Stale => read.kind_before(named, store),
        };
        let is_dear = stood.is_some_and(OriginKind::is_real);
        Some(if is_dear { Next::Record } else { Next::Practice })
    }

    /// The arguments of `tutor`.
    fn arguments(self) -> &'static str {
        match self {
            Next::Review => "review",
            Next::Record => "record",
            Next::Practice => "record --practice --accept",
        }
    }

    /// The command, for `chapter` or all of the book, to be typed in the book's folder.
    pub fn command(self, chapter: Option<&str>) -> String {
        let chapter = chapter.map(word).unwrap_or_default();
        format!("tutor {}{chapter}", self.arguments())
    }

    /// What the command is for, and the command, to be typed where this process runs.
    pub fn help(self, config: &Config, chapter: &str) -> String {
        let what = match self {
            Next::Review => "look at it and decide",
            Next::Record => "record it again",
            Next::Practice => "record it",
        };
        format!("{what}: {}{}", self.command(Some(chapter)), book(config))
    }
}

impl Course {
    /// The same for a request whose recording is `recorded`.
    pub fn help_with(&self, read: &ReadChapter, named: &NamedCall, recorded: Recorded) -> Option<String> {
        let key = named.keyed().map(|(_, key)| key);
        if let Some(Lookup::Damaged { path, damage }) = key.map(|key| self.store.find(key)) {
            return Some(for_damage(&self.config, &self.store, path, damage));
        }
        Next::of(&self.store, read, named, recorded).map(|next| next.help(&self.config, &read.stem))
    }

    /// How to run a chapter's code again. Stand-ins do only where no better answers are lost by it.
    pub fn help_with_capture(&self, stem: &str) -> String {
        let is_dear = !self.store.captures_above(stem, OriginKind::Practice).is_empty();
        let practice = if is_dear { "" } else { " --practice" };
        format!("run the chapter again: tutor record --execute{practice}{}{}", word(stem), book(&self.config))
    }
}

/// What to do about a file of recordings that cannot be used.
pub fn for_damage(config: &Config, store: &Store, file: &Path, damage: &Damage) -> String {
    const RESTORE: &str = "restore the file from version control, or";
    let chapter = store.chapter_of(file);
    match &damage.kind {
        DamageKind::Newer(_) => "update tutor: a newer one has written it".to_owned(),
        DamageKind::Unreadable(_) => {
            "make it an ordinary file that you may read, or restore it from version control".to_owned()
        }
        DamageKind::Conflict => {
            let book = book(config);
            format!(
                "choose a side: tutor review --ours{0}{book}, or tutor review --theirs{0}{book}",
                word(&chapter)
            )
        }
        _ if store.kind_at(file).is_none() => {
            format!(
                "{RESTORE} run the chapter again: tutor record --execute{}{}",
                word(&chapter),
                book(config)
            )
        }
        _ => {
            let is_dear = store.kind_at(file).is_some_and(OriginKind::is_real);
            let next = if is_dear { Next::Record } else { Next::Practice };
            format!("{RESTORE} {}", next.help(config, &chapter))
        }
    }
}

/// A path as a word of a command line that can be copied into a shell.
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    shlex::try_quote(&text).map_or_else(|_| text.clone(), std::borrow::Cow::into_owned)
}

/// A word of a command line, with a space before it.
pub fn word(text: &str) -> String {
    format!(" {}", quoted(Path::new(text)))
}

/// ` --book FOLDER`, unless this process runs in the book's folder.
pub fn book(config: &Config) -> String {
    let Config { root, .. } = config;
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let is_here =
        root == Path::new(".") || here.is_ok_and(|here| root.canonicalize().is_ok_and(|it| it == here));
    if is_here { String::new() } else { format!(" --book{}", word(&root.display().to_string())) }
}
