//! Where in a learner's script something is done, found by the words that do it.
//!
//! Scripts are written in many styles. A check that fails knows which words belong to what it judges
//! (`perf_counter`, `token-count`), and the feedback leads to where they stand, whatever the function
//! there is called.

use std::ops::Range;

/// A script's text, with its functions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    lines: Vec<String>,
    functions: Vec<Function>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Function {
    name: String,
    /// 0-based lines, from its `def` on.
    lines: Range<usize>,
}

/// A line of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The function it is in.
    pub function: String,
    /// 1-based.
    pub line: usize,
    /// What stands there.
    pub text: String,
}

impl Source {
    /// Reads a script. Functions are told by their `def` and by indentation; one that cannot be parsed is
    /// read as far as that goes.
    pub fn of(text: &str) -> Self {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut functions = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            let Some(name) = defined(line) else { continue };
            let indent = indent(line);
            let end = (number + 1..lines.len())
                .find(|next| {
                    let line = &lines[*next];
                    let is_code = !line.trim().is_empty() && !line.trim_start().starts_with(['#', ')']);
                    is_code && self::indent(line) <= indent
                })
                .unwrap_or(lines.len());
            functions.push(Function { name, lines: number..end });
        }
        Source { lines, functions }
    }

    /// The first line in a function that has the earliest of these words; lines of `preferred` come first.
    pub fn find<'w>(&self, words: impl IntoIterator<Item = &'w str>, preferred: &str) -> Option<Spot> {
        words.into_iter().find_map(|word| {
            let spots: Vec<Spot> = self.spots(word).collect();
            spots.iter().find(|spot| spot.function == preferred).or_else(|| spots.first()).cloned()
        })
    }

    fn spots<'a>(&'a self, word: &'a str) -> impl Iterator<Item = Spot> + 'a {
        self.lines.iter().enumerate().filter_map(move |(number, line)| {
            let is_comment = line.trim_start().starts_with(['#', '"', '\'']) && !line.contains(':');
            let function = self.innermost(number)?;
            (!is_comment && defined(line).is_none() && line.contains(word)).then(|| Spot {
                function: function.name.clone(),
                line: number + 1,
                text: line.trim().to_owned(),
            })
        })
    }

    fn innermost(&self, number: usize) -> Option<&Function> {
        self.functions.iter().rfind(|function| function.lines.contains(&number))
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn defined(line: &str) -> Option<String> {
    let rest = line.trim_start();
    let rest = rest.strip_prefix("async ").unwrap_or(rest).strip_prefix("def ")?;
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "import time\n\nRATE = time.time\n\n\nclass Bench:\n    def ask(\n        self\n    ):\n        \
                          # time.time\n        t = time.time()\n        return t\n\n\ndef main(x):\n    t = 1\n";

    #[test]
    fn words_lead_to_the_function_that_does_it() {
        let source = Source::of(SCRIPT);
        let spot = source.find(["perf_counter", "time.time"], "main").unwrap();
        assert_eq!((spot.function.as_str(), spot.line), ("ask", 11));
        assert_eq!(source.find(["t ="], "main").unwrap().line, 16);
        assert_eq!(source.find(["RATE"], "main"), None);
    }
}
