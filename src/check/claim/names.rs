//! The names people write for models.
//!
//! A name is compared word by word, whatever stands between the words: `Claude 3 Sonnet`,
//! `claude-3-sonnet` and `Claude-3 Sonnet` are one. The beginning of several names is the name of a
//! series: `Llama 2` means every Llama 2.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use compact_str::CompactString;
use rustc_hash::FxHashMap;

use tutor_bedrock::model_id;
use tutor_catalog::{Catalog, Model};

/// All names of a catalog.
#[derive(Debug)]
pub struct Names {
    catalog: &'static Catalog,
    root: Node,
    /// The last words of names, such as `Haiku`: alone they mean a model that only a reader can tell.
    tails: Vec<CompactString>,
}

#[derive(Debug, Default)]
struct Node {
    next: FxHashMap<CompactString, Node>,
    /// The models that are called exactly so, by id: none is read before it is met.
    exact: Vec<&'static str>,
    /// The models whose names begin so.
    series: Vec<&'static str>,
}

/// A name found in a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mention {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// The models it means; never empty.
    pub(super) models: Vec<&'static Model>,
}

struct Word {
    range: Range<usize>,
    text: CompactString,
}

/// Words that are tails of names but too common to mean a model when they stand alone.
const COMMON: [&str; 6] = ["text", "chat", "instruct", "command", "english", "embeddings"];

impl Names {
    /// The names of a catalog's models: name, aliases, and short ids such as `titan-text-express`. Those of
    /// the first catalog asked about, which may have been made ready by another thread, are kept.
    pub fn of(catalog: &'static Catalog) -> Arc<Self> {
        static FIRST: OnceLock<(&'static Catalog, Arc<Names>)> = OnceLock::new();
        let (first, names) = FIRST.get_or_init(|| (catalog, Arc::new(Names::read(catalog))));
        if std::ptr::eq(catalog, *first) { Arc::clone(names) } else { Arc::new(Names::read(catalog)) }
    }

    fn read(catalog: &'static Catalog) -> Self {
        let mut names = Names { catalog, root: Node::default(), tails: Vec::new() };
        for (id, name) in catalog.names() {
            names.insert(name, id);
            names.tails.extend(tail(name));
        }
        let short_ids: Vec<(String, &'static str)> =
            catalog.ids().map(|id| (model_id::short(id), id)).collect();
        let is_free = |(short, _): &&(String, &'static str)| words(short).len() > 1 && !names.is_exact(short);
        // Ids that differ in their version alone share a short id, so all are looked at first.
        let free: Vec<_> = short_ids.iter().filter(is_free).collect();
        for (short, id) in free {
            names.insert_short(short, id);
        }
        names.tails.sort();
        names.tails.dedup();
        names
    }

    fn insert(&mut self, name: &str, model: &'static str) {
        let mut node = &mut self.root;
        for word in words(name) {
            node = node.next.entry(word.text).or_default();
            add(&mut node.series, model);
        }
        add(&mut node.exact, model);
    }

    /// A short id is a name, but its beginning is none: `claude-3-5-sonnet` is no Claude 3.
    fn insert_short(&mut self, short: &str, model: &'static str) {
        let mut node = &mut self.root;
        for word in words(short) {
            node = node.next.entry(word.text).or_default();
        }
        add(&mut node.exact, model);
    }

    fn is_exact(&self, name: &str) -> bool {
        let mut node = Some(&self.root);
        for word in words(name) {
            node = node.and_then(|node| node.next.get(&word.text));
        }
        node.is_some_and(|node| !node.exact.is_empty())
    }

    /// Every name in a text, the longest at each place. Names of one common word, such as `Command`,
    /// are not found this way, and neither is a name that a further number makes another one.
    pub(super) fn find(&self, text: &str) -> Vec<Mention> {
        let words = words(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            match self.longest(text, &words[at..]) {
                Some((count, models)) if !is_continued(text, &words[at..], count) => {
                    let range = words[at].range.start..words[at + count - 1].range.end;
                    let weak = count == 1 && !is_distinctive(&text[range.clone()]);
                    if !weak {
                        found.push(Mention { range, models });
                    }
                    at += count;
                }
                Some((count, _)) => at += count,
                None => at += 1,
            }
        }
        found
    }

    /// The name that is the whole text, but for the maker's name before it and a note in
    /// parentheses after it.
    pub(super) fn whole(&self, text: &str) -> Option<Mention> {
        let words = words(text);
        (0..words.len().min(4)).find_map(|skip| {
            let (count, models) = self.longest(text, &words[skip..])?;
            let is_maker = |model: &&Model| {
                let maker = self::words(&model.provider);
                words[..skip].iter().all(|word| maker.iter().any(|part| part.text == word.text))
            };
            let range = words[skip].range.start..words[skip + count - 1].range.end;
            let rest = text[range.end..].trim_start_matches(['*', '†', '¹', '²']).trim();
            let is_note = rest.is_empty() || (rest.starts_with('(') && rest.ends_with(')'));
            (models.iter().all(is_maker) && is_note).then_some(Mention { range, models })
        })
    }

    /// Whether a word that is the tail of names, capitalised as in a name, stands in the text
    /// outside the mentions.
    pub(super) fn has_stray_tail(&self, text: &str, mentions: &[Mention]) -> bool {
        words(text).iter().any(|word| {
            text[word.range.clone()].starts_with(char::is_uppercase)
                && self.tails.binary_search(&word.text).is_ok()
                && !mentions.iter().any(|mention| mention.range.contains(&word.range.start))
        })
    }

    /// How many words the longest name at the start takes, and the models it means. A series needs
    /// two words.
    fn longest(&self, text: &str, words: &[Word]) -> Option<(usize, Vec<&'static Model>)> {
        let mut node = &self.root;
        let mut best: Option<(usize, &Vec<&'static str>)> = None;
        for (index, word) in words.iter().enumerate() {
            let joined = index == 0 || joins(&text[words[index - 1].range.end..word.range.start]);
            let Some(next) = node.next.get(&word.text).filter(|_| joined) else { break };
            node = next;
            if !node.exact.is_empty() {
                best = Some((index + 1, &node.exact));
            } else if index > 0 && !node.series.is_empty() {
                best = Some((index + 1, &node.series));
            }
        }
        best.map(|(count, ids)| (count, ids.iter().filter_map(|id| self.catalog.model(id)).collect()))
    }
}

fn add(models: &mut Vec<&'static str>, model: &'static str) {
    if !models.contains(&model) {
        models.push(model);
    }
}

/// The last word of a name, if it can stand for a model of its own.
fn tail(name: &str) -> Option<CompactString> {
    let word = words(name).pop()?.text;
    let letters = word.chars().all(char::is_alphabetic) && word.len() > 2;
    (letters && !COMMON.contains(&word.as_str())).then_some(word)
}

/// Whether a name is one word that may be taken for something else.
pub(super) fn is_weak(name: &str) -> bool {
    words(name).len() == 1 && !is_distinctive(name.trim())
}

/// Whether a name of one word cannot be taken for anything else.
fn is_distinctive(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit()) || word.chars().all(|c| c.is_ascii_uppercase())
}

/// Whether a version or a size follows that makes the name another model's: `Mistral Large 4`.
fn is_continued(text: &str, words: &[Word], count: usize) -> bool {
    let (Some(last), Some(next)) = (words.get(count - 1), words.get(count)) else { return false };
    let digits = next.text.trim_end_matches('b');
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    let gap = &text[last.range.end..next.range.start];
    let is_version = next.text == "v" && !gap.is_empty();
    joins(gap) && !gap.contains(['(', '\n']) && (is_number || is_version)
}

/// Whether two words with this between them belong to one name.
fn joins(gap: &str) -> bool {
    gap.len() <= 4 && gap.chars().all(|c| matches!(c, ' ' | '-' | '_' | '\u{a0}' | '\n' | '(' | ')' | '–'))
}

/// The words of a text in lower case: letters and digits, with points inside and a plus behind, and
/// cut where digits follow letters (`llama2` is `llama 2`).
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !c.is_alphanumeric() {
            continue;
        }
        let mut end = start + c.len_utf8();
        let mut letters = c.is_alphabetic();
        let mut begin = start;
        while let Some(&(at, c)) = chars.peek() {
            let inside = c == '.' && text[at + 1..].starts_with(char::is_alphanumeric);
            let plus = c == '+' && !text[at + 1..].starts_with(char::is_alphanumeric);
            if !(c.is_alphanumeric() || inside || plus) {
                break;
            }
            if letters && c.is_ascii_digit() {
                words.push(word(text, begin..at));
                begin = at;
            }
            letters = letters && c.is_alphabetic();
            end = at + c.len_utf8();
            chars.next();
        }
        words.push(word(text, begin..end));
    }
    words
}

fn word(text: &str, range: Range<usize>) -> Word {
    let written = &text[range.clone()];
    let text = if written.is_ascii() {
        let mut text = CompactString::from(written);
        text.make_ascii_lowercase();
        text
    } else {
        CompactString::from_str_to_lowercase(written)
    };
    Word { range, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Arc<Names> {
        Names::of(Catalog::embedded())
    }

    fn found(text: &str) -> Vec<String> {
        let mentions = names().find(text);
        mentions
            .iter()
            .map(|mention| {
                let ids: Vec<_> = mention.models.iter().map(|model| model_id::short(&model.id)).collect();
                format!("{} = {}", &text[mention.range.clone()], ids.join(" "))
            })
            .collect()
    }

    #[test]
    fn a_model_is_found_under_every_name_people_write() {
        for (text, id) in [
            ("use Claude 3 Sonnet here", "anthropic.claude-3-sonnet-20240229-v1:0"),
            ("use claude-3-sonnet here", "anthropic.claude-3-sonnet-20240229-v1:0"),
            ("Llama 2 70B", "meta.llama2-70b-chat-v1"),
            ("llama2-70b-chat", "meta.llama2-70b-chat-v1"),
            ("Titan Text Express", "amazon.titan-text-express-v1"),
            ("Titan Text G1 - Express", "amazon.titan-text-express-v1"),
            ("J2 Mid", "ai21.j2-mid-v1"),
            ("Jurassic-2 Mid", "ai21.j2-mid-v1"),
            ("Command R+", "cohere.command-r-plus-v1:0"),
            ("Mistral Large (24.02)", "mistral.mistral-large-2402-v1:0"),
            ("SDXL 1.0", "stability.stable-diffusion-xl-v1"),
        ] {
            let mentions = names().find(text);
            assert_eq!(mentions.len(), 1, "{text}");
            assert_eq!(mentions[0].models.iter().map(|model| &model.id).collect::<Vec<_>>(), [id], "{text}");
        }
    }

    #[test]
    fn the_longest_name_wins_and_a_beginning_is_a_series() {
        assert_eq!(
            found("Claude 3 and Claude 3.7; Llama 2 Chat"),
            [
                "Claude 3 = claude-3-haiku claude-3-sonnet claude-3-opus",
                "Claude 3.7 = claude-3-7-sonnet",
                "Llama 2 Chat = llama2-13b-chat llama2-70b-chat",
            ]
        );
        assert_eq!(found("Command R"), ["Command R = command-r"]);
    }

    #[test]
    fn what_may_mean_something_else_is_no_name() {
        for text in [
            "run this command",
            "Command",
            "Claude 3, Sonnet 18",
            "the titan",
            "Mistral Large 4",
            "Nova Lite 9",
            "J",
        ] {
            let found = found(text);
            assert!(found.iter().all(|name| name.starts_with("Claude 3 =")), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_whole_cell_may_add_the_maker_and_a_note() {
        let whole = |text: &str| names().whole(text).map(|mention| mention.models.len());
        assert_eq!(whole("Command"), Some(1));
        assert_eq!(whole("Meta Llama 2 70B"), Some(1));
        assert_eq!(whole("AI21 Labs Jurassic-2 Mid (retired)"), Some(1));
        assert_eq!(whole("Claude 3 Sonnet, Titan Text"), None);
        assert_eq!(whole("Cohere Llama 2 70B"), None);
        assert_eq!(whole(""), None);
    }
}
