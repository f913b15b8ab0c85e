//! book.toml with tutor switched on: what is missing is added, everything else stays, comments and
//! order included.
//!
//! Tables that are not there are appended as text, so that the lines above stay byte for byte;
//! tables that are there are edited in place.

use std::path::{Component, Path};

use toml_edit::{Array, DocumentMut, InlineTable, Item, RawString, TableLike, Value};

use crate::problem::Problem;

/// The file every mdBook has.
pub const FILE: &str = "book.toml";

/// The preprocessor that puts included files into chapters; tutor reads what comes out of it.
const LINKS: &str = "links";

/// What a book.toml becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The whole text.
    pub text: String,
    /// What was added, one clause each; empty where nothing was missing.
    pub added: Vec<String>,
}

/// Adds what tutor needs to `text`.
pub fn switch_on(text: &str) -> Result<Edited, Box<Problem>> {
    let lines = text.replace("\r\n", "\n");
    let mut document: DocumentMut = lines.parse().map_err(|error| unparsable(&lines, &error))?;
    let mut edit = Edit::default();
    let fixtures = edit.preprocessor(&mut document)?;
    edit.build(&mut document, &fixtures)?;
    if edit.added.is_empty() {
        return Ok(Edited { text: text.to_owned(), added: edit.added });
    }
    let mut new = if edit.in_place { document.to_string() } else { lines.clone() };
    for table in &edit.tables {
        if !new.is_empty() {
            new.truncate(new.trim_end_matches('\n').len());
            new.push_str("\n\n");
        }
        new.push_str(table);
    }
    if !keeps_everything(&lines, &new) {
        return Err(by_hand("book.toml is written in a way that tutor cannot add to", &fixtures));
    }
    let text = if text.contains("\r\n") { new.replace('\n', "\r\n") } else { new };
    Ok(Edited { text, added: edit.added })
}

/// What is being done to a book.toml.
#[derive(Default)]
struct Edit {
    added: Vec<String>,
    /// Whether a table that was there is changed.
    in_place: bool,
    /// New tables for the end of the file.
    tables: Vec<String>,
}

impl Edit {
    /// Adds `[preprocessor.tutor]`, and returns the folder of the recordings that it names.
    fn preprocessor(&mut self, document: &mut DocumentMut) -> Result<String, Box<Problem>> {
        let default = "fixtures".to_owned();
        let what = || format!("[preprocessor.tutor] with after = [\"{LINKS}\"]");
        let Some(all) = document.get_mut("preprocessor") else {
            self.new_preprocessor_table(what());
            return Ok(default);
        };
        let inline = all.is_inline_table();
        let all = table_like(all, "preprocessor")?;
        if let Some(tutor) = all.get_mut("tutor") {
            let tutor = table_like(tutor, "preprocessor.tutor")?;
            if list(tutor, "before")?.is_some_and(|before| holds(before, LINKS)) {
                let help = "take \"links\" out of `before`: tutor reads chapters after their includes";
                let message = "[preprocessor.tutor] runs before `links`";
                return Err(Box::new(Problem::error(FILE, None, message).help(help)));
            }
            if self.push(tutor, "after", LINKS)? {
                self.added.push(format!("\"{LINKS}\" to `after` of [preprocessor.tutor]"));
            }
            return Ok(tutor.get("fixtures").and_then(Item::as_str).map_or(default, str::to_owned));
        }
        if inline {
            let mut tutor = InlineTable::new();
            tutor.insert("after", Array::from_iter([LINKS]).into());
            all.insert("tutor", Item::Value(tutor.into()));
            self.in_place = true;
            self.added.push(what());
        } else {
            self.new_preprocessor_table(what());
        }
        Ok(default)
    }

    fn new_preprocessor_table(&mut self, what: String) {
        self.tables.push(format!(
            "[preprocessor.tutor]\n# tutor reads the chapters after mdBook has put included files into them.\n\
             after = [\"{LINKS}\"]\n"
        ));
        self.added.push(what);
    }

    /// Has `mdbook serve` and `mdbook watch` build again when a recording changes.
    fn build(&mut self, document: &mut DocumentMut, fixtures: &str) -> Result<(), Box<Problem>> {
        const KEY: &str = "extra-watch-dirs";
        let added = match document.get_mut("build") {
            Some(build) => {
                let build = table_like(build, "build")?;
                let watched = list(build, KEY)?.is_some_and(|dirs| {
                    dirs.iter().filter_map(Value::as_str).any(|dir| same_folder(dir, fixtures))
                });
                !watched && self.push(build, KEY, fixtures)?
            }
            None => {
                let folder = Value::from(fixtures);
                self.tables.insert(0, format!("[build]\n{KEY} = [{}]\n", folder.to_string().trim()));
                true
            }
        };
        if added {
            self.added.push(format!("\"{fixtures}\" to `{KEY}` of [build]"));
        }
        Ok(())
    }

    /// Adds `value` to the list `key`; says whether it was missing.
    fn push(&mut self, table: &mut dyn TableLike, key: &str, value: &str) -> Result<bool, Box<Problem>> {
        match list(table, key)? {
            Some(list) if holds(list, value) => return Ok(false),
            Some(list) => push_like_the_last(list, value),
            None => {
                table.insert(key, Item::Value(Array::from_iter([value]).into()));
            }
        }
        self.in_place = true;
        Ok(true)
    }
}

/// Appends to an array in the way it is laid out: on a line of its own where the last entry is, and
/// with what is said after the last entry left there.
fn push_like_the_last(list: &mut Array, text: &str) {
    let comma = list.trailing_comma();
    let last = list.len().checked_sub(1).and_then(|last| list.get_mut(last));
    let Some(last) = last else { return list.push(text) };
    let part = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or_default().to_owned();
    let before = part(last.decor().prefix());
    let mut after = part(last.decor().suffix());
    if comma {
        after = part(Some(list.trailing()));
    } else {
        last.decor_mut().set_suffix("");
    }
    let (said, closing) = after.split_at(after.rfind('\n').unwrap_or_default());
    let indent = match before.rfind('\n') {
        Some(at) => &before[at..],
        None if closing.starts_with('\n') => "\n    ",
        None => " ",
    };
    let mut value = Value::from(text);
    value.decor_mut().set_prefix(format!("{said}{indent}"));
    if comma {
        list.set_trailing(closing);
    } else {
        value.decor_mut().set_suffix(closing);
    }
    list.push_formatted(value);
}

fn holds(list: &Array, value: &str) -> bool {
    list.iter().any(|item| item.as_str() == Some(value))
}

/// Whether two paths in book.toml name the same folder.
fn same_folder(a: &str, b: &str) -> bool {
    let steps = |path| Path::new(path).components().filter(|step| *step != Component::CurDir);
    steps(a).eq(steps(b))
}

fn table_like<'a>(item: &'a mut Item, name: &str) -> Result<&'a mut dyn TableLike, Box<Problem>> {
    let help = format!("write it as a table, [{name}]; mdBook's guide shows how");
    item.as_table_like_mut()
        .ok_or_else(|| Box::new(Problem::error(FILE, None, format!("`{name}` is not a table")).help(help)))
}

/// The array at `key`, if there is anything.
fn list<'a>(table: &'a mut dyn TableLike, key: &str) -> Result<Option<&'a mut Array>, Box<Problem>> {
    let Some(item) = table.get_mut(key) else { return Ok(None) };
    let problem = || Problem::error(FILE, None, format!("`{key}` is not a list")).help("write it as [\"…\"]");
    item.as_array_mut().map(Some).ok_or_else(|| Box::new(problem()))
}

/// Whether `new` says all that `old` says, and at most adds to it.
fn keeps_everything(old: &str, new: &str) -> bool {
    match (old.parse::<toml::Table>(), new.parse::<toml::Table>()) {
        (Ok(old), Ok(new)) => keeps(&toml::Value::Table(old), &toml::Value::Table(new)),
        _ => false,
    }
}

fn keeps(old: &toml::Value, new: &toml::Value) -> bool {
    match (old, new) {
        (toml::Value::Table(old), toml::Value::Table(new)) => {
            old.iter().all(|(key, value)| new.get(key).is_some_and(|other| keeps(value, other)))
        }
        (toml::Value::Array(old), toml::Value::Array(new)) => new.starts_with(old),
        _ => old == new,
    }
}

fn unparsable(text: &str, error: &toml_edit::TomlError) -> Box<Problem> {
    let line = error.span().map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
    let help = "mend it first; `mdbook build` fails with it, too";
    Box::new(Problem::error(FILE, line, format!("not TOML: {}", error.message().trim_end())).help(help))
}

fn by_hand(message: &str, fixtures: &str) -> Box<Problem> {
    let help = format!(
        "add by hand what is missing of: `after = [\"{LINKS}\"]` in [preprocessor.tutor], \
         `extra-watch-dirs = [\"{fixtures}\"]` in [build]"
    );
    Box::new(Problem::error(FILE, None, message).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text after, which must be stable.
    fn after(text: &str) -> String {
        let edited = switch_on(text).unwrap();
        let again = switch_on(&edited.text).unwrap();
        assert_eq!((again.text.as_str(), again.added.len()), (edited.text.as_str(), 0));
        edited.text
    }

    #[test]
    fn a_book_without_either_table_gets_both_at_its_end() {
        insta::assert_snapshot!(after("# mine\n[book]\ntitle = \"x\" # why\n\n# [output.html]\n# no = 1\n"), @r#"
        # mine
        [book]
        title = "x" # why

        # [output.html]
        # no = 1

        [build]
        extra-watch-dirs = ["fixtures"]

        [preprocessor.tutor]
        # tutor reads the chapters after mdBook has put included files into them.
        after = ["links"]
        "#);
        assert_eq!(after("").lines().count(), 6);
    }

    #[test]
    fn lists_grow_in_their_own_layout() {
        let text = "[build] # b\nextra-watch-dirs = [\n    \"examples\", # code\n    # and\n    \"x\", # more\n]\n\n\
                    [preprocessor.tutor]\ncommand = \"t\"\nafter = [ \"mermaid\" ] # m\n\n[output.html]\n";
        insta::assert_snapshot!(after(text));
        let dirs = |list: &str| {
            let text = after(&format!(
                "[preprocessor.tutor]\nafter = [\"links\"]\n[build]\nextra-watch-dirs = {list}\n"
            ));
            text.split_once("dirs = ").unwrap().1.trim_end().to_owned()
        };
        assert_eq!(dirs("[]"), "[\"fixtures\"]");
        assert_eq!(dirs("['a']"), "['a', \"fixtures\"]");
        assert_eq!(dirs("[ 'a', ]"), "[ 'a', \"fixtures\", ]");
        assert_eq!(dirs("[\n  'a' # a\n]"), "[\n  'a', # a\n  \"fixtures\"\n]");
        assert_eq!(dirs("['a', # a\n 'b'\n]"), "['a', # a\n 'b',\n \"fixtures\"\n]");
        assert_eq!(dirs("['a', # a\n]"), "['a', # a\n    \"fixtures\",\n]");
    }

    #[test]
    fn every_way_to_write_a_table_is_added_to() {
        for text in [
            "preprocessor = { mermaid = { command = \"m\" } }\nbuild = { create-missing = false }\n",
            "build.create-missing = false\npreprocessor.mermaid.command = \"m\"\n",
            "[preprocessor]\nmermaid.command = \"m\"\n[build]\n",
            "[preprocessor.mermaid]\ncommand = \"m\"\n[preprocessor.tutor]\n",
            "[preprocessor]\ntutor = { fixtures = \"deep/\\\"recorded\\\"\" }\n[book]\n",
            "[preprocessor]\n\"tutor\".before = []\n",
            "[build]\r\nbuild-dir = \"out\" # w\r\n\r\n[book]\r\n",
            "[build]\nextra-watch-dirs = []",
        ] {
            let new = after(text);
            assert!(keeps_everything(text, &new), "{text}\n{new}");
            let table: toml::Table = new.parse().unwrap();
            assert_eq!(table["preprocessor"]["tutor"]["after"][0].as_str(), Some("links"), "{new}");
            assert_eq!(table["build"]["extra-watch-dirs"].as_array().unwrap().len(), 1, "{new}");
            assert_eq!(text.contains('\r'), new.contains('\r'));
            assert!(!new.replace("\r\n", "").contains('\r'));
        }
    }

    #[test]
    fn a_folder_that_is_watched_already_is_not_added_in_another_spelling() {
        let text =
            "[build]\nextra-watch-dirs = [\"./fixtures/\"]\n[preprocessor.tutor]\nafter = [\"links\"]\n";
        assert_eq!(switch_on(text).unwrap(), Edited { text: text.to_owned(), added: Vec::new() });
    }

    #[test]
    fn what_cannot_be_added_to_is_refused_with_advice() {
        let said = |text: &str| {
            let problem = switch_on(text).unwrap_err();
            format!("{problem} | {}", problem.help.as_deref().unwrap_or_default())
        };
        let all = [
            "[preprocessor.tutor]\nbefore = [\"links\"]\n",
            "[preprocessor.tutor]\nafter = \"links\"\n",
            "preprocessor = 1\n",
            "[build]\nextra-watch-dirs = 1\n",
            "[book]\ntitle = \n",
        ];
        insta::assert_snapshot!(all.map(said).join("\n"));
    }
}
