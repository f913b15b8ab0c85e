//! `tutor explain WORD`: what a rule, a key or one of tutor's words means.

use clap::ValueEnum;

use super::{Exit, Failure, terminal};
use crate::check::nearest;
use crate::explain::{SCHEMAS, all};

/// Say what a rule, a key of book.toml, of an annotation or of a challenge, or a word of tutor's means
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The word; without one all are listed
    word: Option<String>,
    /// Print a JSON Schema for editors instead
    #[arg(long, value_name = "FILE", conflicts_with = "word")]
    schema: Option<Schema>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Schema {
    /// book.toml
    Book,
    /// What stands after `tutor:` in a comment
    Annotation,
    /// challenge.toml
    Challenge,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        if let Some(schema) = self.schema {
            terminal::print(SCHEMAS[schema as usize].2);
            return Ok(Exit::Good);
        }
        let all = all();
        let Some(word) = &self.word else {
            let mut words: Vec<&str> = all.iter().map(|meaning| meaning.word.as_str()).collect();
            words.sort_unstable();
            words.dedup();
            terminal::print(&(words.join("\n") + "\n"));
            return Ok(Exit::Good);
        };
        let wanted = word.trim().to_lowercase().replace('_', "-");
        let meanings: Vec<String> = all
            .iter()
            .filter(|meaning| meaning.word == wanted)
            .map(|meaning| {
                let width = textwrap::Options::new(80).break_words(false);
                format!("{}: {}\n\n{}\n", meaning.word, meaning.place, textwrap::fill(&meaning.text, width))
            })
            .collect();
        if meanings.is_empty() {
            let help = match nearest(word, all.iter().map(|meaning| meaning.word.as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "list all words: tutor explain".to_owned(),
            };
            return Err(Failure::usage(format!("there is no word `{word}`"), help));
        }
        terminal::print(&meanings.join("\n"));
        Ok(Exit::Good)
    }
}
