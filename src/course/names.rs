//! What people call things by, and what they meant where they mistyped.

use super::reading::NamedCall;

/// A name that means nothing in the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// As it was given.
    pub name: String,
    /// A name that means something and is nearly the same.
    pub near: Option<String>,
}

impl Unknown {
    /// A name that is none of `known`.
    pub fn among<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Self {
        let near = match name.split_once('#') {
            None => nearest(name, known.filter(|known| !known.contains('#'))).map(str::to_owned),
            // The chapter is the same; the call alone was mistyped, or else the chapter alone.
            Some((chapter, call)) => {
                let known: Vec<(&str, &str)> = known.filter_map(|known| known.split_once('#')).collect();
                let calls = known.iter().filter(|(of, _)| *of == chapter).map(|(_, call)| *call);
                let near = nearest(call, calls).map(|near| format!("{chapter}#{near}"));
                let chapters = || known.iter().filter(|(_, of)| *of == call).map(|(chapter, _)| *chapter);
                near.or_else(|| nearest(chapter, chapters()).map(|near| format!("{near}#{call}")))
            }
        };
        Unknown { name: name.to_owned(), near }
    }

    /// What is wrong, as one clause.
    pub fn in_words(&self) -> String {
        match self.name.split_once('#') {
            None => format!("the book has no chapter `{}`", self.name),
            Some((chapter, call)) => format!("`{chapter}` has no call `{call}`, or is no chapter"),
        }
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        match &self.near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name a chapter or a call as `tutor list` shows it, such as `foundation-models` or \
                     `foundation-models#0`"
                .to_owned(),
        }
    }
}

/// The known name that a slip of the fingers turns into `word`, if there is one.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let like = |known: &str| strsim::jaro_winkler(&word.to_lowercase(), &known.to_lowercase());
    let near = known.map(|known| (like(known), known)).max_by(|a, b| a.0.total_cmp(&b.0));
    near.filter(|(likeness, _)| *likeness > 0.85).map(|(_, known)| known)
}

/// Whether `CHAPTER`, `CHAPTER#FENCE`, `CHAPTER#FENCE.N` or `CHAPTER#NAME` names something in this chapter.
pub fn belongs(name: &str, stem: &str) -> bool {
    let chapter = name.split('#').next().unwrap_or(name);
    chapter.strip_suffix(".md").unwrap_or(chapter) == stem
}

/// Whether such a name means this call of its chapter.
pub fn means(name: &str, call: &NamedCall) -> bool {
    match name.split_once('#') {
        None => true,
        Some((_, place)) => {
            let id = call.id.split_once('#').map_or("", |(_, place)| place);
            id == place
                || id.strip_prefix(place).is_some_and(|rest| rest.starts_with('.'))
                || call.name == place
                || call.base == place
        }
    }
}

/// What a call of a chapter can be called.
pub fn of_call(stem: &str, call: &NamedCall) -> [String; 2] {
    [format!("{stem}#{}", call.name), call.id.clone()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_word() {
        let known = ["first", "second#clause", "third"];
        let near = |word: &str| nearest(word, known.into_iter());
        assert_eq!(
            (near("frist"), near("second#claus"), near("umbrella")),
            (Some("first"), Some("second#clause"), None)
        );
    }
}
