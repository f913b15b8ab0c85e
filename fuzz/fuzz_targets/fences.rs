//! Any code in any fences: reading it ends, and never panics.
//!
//! The first byte chooses the language, form feeds part the fences.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tutor_bedrock::found::{Language, NoAnswers, NoFiles, Source};

fuzz_target!(|input: &[u8]| {
    let Some((first, rest)) = input.split_first() else { return };
    let language = match first % 4 {
        0 => Language::Shell,
        1 => Language::Request,
        _ => Language::Python,
    };
    let text = String::from_utf8_lossy(rest);
    let mut first_line = 1;
    let mut sources = Vec::new();
    for (fence, code) in text.split('\u{c}').enumerate() {
        let lines = code.matches('\n').count() + 2;
        sources.push(Source {
            fence,
            language,
            text: code.to_owned(),
            first_line,
            values: Vec::new(),
            skip: false,
        });
        first_line += lines;
    }
    let findings = mdbook_tutor::course::languages::find_calls(&sources, &NoAnswers, &NoFiles);
    for call in findings.calls {
        assert!(call.fence < sources.len());
        assert!((1..first_line).contains(&call.line), "line {} of {first_line}", call.line);
    }
});
