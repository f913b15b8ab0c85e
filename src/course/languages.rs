//! The languages calls are read from: each is one crate and one line in [`find_calls`]. Of others it is
//! only told that they send.

use tutor_bedrock::found::{Answers, Files, Findings, Language, Source};

/// Reads one chapter. Python fences are one module, in order; shell fences are one script, in
/// order; each request fence stands alone.
pub fn find_calls(sources: &[Source], answers: &dyn Answers, files: &dyn Files) -> Findings {
    let mut all = Findings::default();
    for language in [Language::Python, Language::Shell, Language::Request] {
        let sources: Vec<&Source> = sources.iter().filter(|source| source.language == language).collect();
        if sources.is_empty() {
            continue;
        }
        let found = match language {
            Language::Python => tutor_python::read(&sources, answers, files),
            Language::Shell => tutor_shell::read(&sources),
            Language::Request => tutor_shell::request_fence::read(&sources),
            Language::Other(_) => continue,
        };
        all.calls.extend(found.calls);
        all.unparsed.extend(found.unparsed);
        all.remarks.extend(found.remarks);
    }
    all.calls.extend(super::other_languages::unread(sources));
    all.calls.sort_by_key(|call| call.fence);
    all.unparsed.sort_by_key(|unparsed| unparsed.fence);
    all.remarks.sort_by_key(|remark| remark.fence);
    all
}
