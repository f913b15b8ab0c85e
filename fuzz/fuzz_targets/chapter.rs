//! Any Markdown: reading a chapter with its front matter, annotations, directives and fences ends, and
//! never panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mdbook_tutor::course::reading::ReadChapter;
use tutor_bedrock::found::{NoAnswers, NoFiles};

fuzz_target!(|text: &str| {
    let read = ReadChapter::new(text, "chapter", &NoAnswers, &NoFiles);
    for call in &read.calls {
        assert!(call.found.fence < read.chapter.fences.len());
    }
});
