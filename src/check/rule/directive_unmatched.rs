//! A directive about calls or models that are not there.

use crate::challenge::shelf::{Shelf, folder_of};
use crate::check::{Chapter, Finding, Level, Material, Rule};
use crate::course::figure;
use crate::course::page::Library;
use crate::course::reading::ReadChapter;
use tutor_page::chapter::{Directive, Verb};

pub(in crate::check) static RULE: Rule = Rule {
    id: "directive-unmatched",
    level: Level::Deny,
    explanation: "\
A directive names a call, a model or a challenge that does not exist, or there
is nothing it could show, so its page has a notice in its place. Calls are named
as `tutor list` shows them, those of another chapter as CHAPTER#NAME; models by
an id the catalog has; challenges by the chapter they lie under in `challenges`.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let directives = material.chapters.iter().flat_map(|chapter| {
        chapter.read.chapter.directives.iter().map(move |directive| (chapter, directive))
    });
    directives.flat_map(|(chapter, directive)| in_directive(material, chapter, directive)).collect()
}

fn in_directive(material: &Material<'_>, chapter: &Chapter, directive: &Directive) -> Vec<Finding> {
    let found = |message: String, help: String| Finding::new(chapter.at_line(directive.line), message, help);
    let verb = directive.verb.name();
    match directive.verb {
        Verb::Challenge => {
            let named = directive.words.first().unwrap_or(&chapter.read.stem);
            let problem = match Shelf::of_book(&material.course.config.root) {
                Ok(shelf) if shelf.of_chapter(named).is_some() => return Vec::new(),
                Ok(_) => format!("there is no challenge in {}", folder_of(named).display()),
                Err(problem) => problem.to_string(),
            };
            vec![found(problem, "write challenge.toml, start.py and solution.py there".to_owned())]
        }
        Verb::Prices | Verb::Models | Verb::Followers if directive.words.is_empty() => {
            vec![found(format!("`{verb}` names no model"), "name model ids, separated by spaces".to_owned())]
        }
        Verb::Prices | Verb::Models | Verb::Followers => {
            let unknown = directive.words.iter().filter(|word| material.catalog().model(word).is_none());
            unknown
                .map(|word| {
                    let help = match material.catalog().nearest(word) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "use an id as AWS writes it, such as amazon.nova-lite-v1:0".to_owned(),
                    };
                    found(format!("the catalog has no model `{word}`"), help)
                })
                .collect()
        }
        Verb::Compare | Verb::Steps if directive.words.is_empty() && chapter.read.calls.is_empty() => {
            let help = "put it in a chapter whose code makes requests, or name CHAPTER#NAME";
            vec![found("there are no calls to compare".to_owned(), help.to_owned())]
        }
        Verb::Value => {
            let found_value = |word: &str| figure::find(material.course, &chapter.read, material, word);
            let wrong = directive.words.iter().filter_map(|word| found_value(word).err());
            wrong.map(|(message, help)| found(message, help)).collect()
        }
        Verb::Compare | Verb::Steps => {
            let unknown = directive.words.iter().filter(|word| !names_a_call(material, chapter, word));
            unknown
                .map(|word| {
                    let names: Vec<&str> = chapter.read.calls.iter().map(|call| call.name.as_str()).collect();
                    let help = format!("this chapter's calls are: {}", names.join(", "));
                    found(format!("no call is named `{word}`"), help)
                })
                .collect()
        }
    }
}

impl Library for Material<'_> {
    fn chapter(&self, stem: &str) -> Option<&ReadChapter> {
        self.chapters.iter().map(|chapter| &chapter.read).find(|read| read.stem == stem)
    }
}

fn names_a_call(material: &Material<'_>, chapter: &Chapter, word: &str) -> bool {
    let (stem, name) = word.split_once('#').unwrap_or((&chapter.read.stem, word));
    let chapters = material.chapters.iter().filter(|chapter| chapter.read.stem == stem);
    chapters.flat_map(|chapter| &chapter.read.calls).any(|call| call.name == name || call.base == name)
}
