//! What is told of calls: equal words once, with those they are about.

use std::collections::HashMap;

use super::Job;
use crate::problem::Problem;
use tutor_recording::redact;

/// How many calls are named; the others are counted.
const NAMED: usize = 3;

/// Where in the list of problems what was told stands, and whom it is about.
#[derive(Debug, Default)]
pub(super) struct Told(HashMap<String, (usize, Vec<String>, usize)>);

/// Words about one call or several.
pub(super) struct Words<'w> {
    /// Equal for what is told once.
    pub(super) key: String,
    /// What is said, after the name of the call.
    pub(super) of_one: &'w str,
    /// The same after several names.
    pub(super) of_several: &'w str,
    /// What to do.
    pub(super) help: String,
}

impl Told {
    /// Tells it of `job`: as a new problem, or by adding the call to the one there is.
    pub(super) fn tell(&mut self, problems: &mut Vec<Problem>, job: &Job, words: &Words<'_>) {
        let (file, line) = &job.place;
        let (index, names, count) = self.0.entry(words.key.clone()).or_insert_with(|| {
            problems.push(Problem::warning(file, Some(*line), String::new()).help(words.help.clone()));
            (problems.len() - 1, Vec::new(), 0)
        });
        *count += 1;
        // Calls of one chapter may share a name.
        let name = format!("`{}`", job.name);
        if names.len() < NAMED && !names.contains(&name) {
            names.push(name);
        }
        let (named, more) = (names.join(", "), *count - names.len());
        let what = match (*count, more) {
            (1, _) => format!("{named} {}", words.of_one),
            (_, 0) => format!("{named} {}", words.of_several),
            _ => format!("{named} and {more} more {}", words.of_several),
        };
        problems[*index].message = redact::text(&what);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use tutor_bedrock::{Call, Operation};

    #[test]
    fn equal_words_are_told_once_with_a_count() {
        let call = Call::new(Operation::Converse, "amazon.nova-lite-v1:0", json!({}).into());
        let (mut told, mut problems) = (Told::default(), Vec::new());
        for number in 0..10 {
            let job = Job {
                chapter: "c".into(),
                name: format!("call-{number}"),
                place: ("c.md".into(), number + 1),
                call: call.clone(),
                samples: 1,
            };
            let words = Words {
                key: "failing".into(),
                of_one: "has no answer: it failed",
                of_several: "have no answer: it failed",
                help: "later".into(),
            };
            told.tell(&mut problems, &job, &words);
        }
        assert_eq!(problems.len(), 1);
        assert_eq!(
            problems[0].to_string(),
            "c.md:1: `call-0`, `call-1`, `call-2` and 7 more have no answer: it failed"
        );
    }
}
