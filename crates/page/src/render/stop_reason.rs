//! Stop reasons that a reader must not overlook, whatever a family calls them.

/// The words in which the families say that an answer is not what it could have been, and ours.
const MEANINGS: [(&str, &str); 8] = [
    ("max_tokens", CUT),
    ("length", CUT),
    ("model_context_window_exceeded", "cut off: the context window is full"),
    ("content_filtered", "withheld by a filter"),
    ("error_toxic", "withheld by a filter"),
    ("guardrail_intervened", "stopped by a guardrail"),
    ("refusal", "the model declined"),
    ("tool_use", "waits for the tool's result"),
];

const CUT: &str = "cut off at the output limit";

/// What `reason` means for the answer; nothing for an ordinary end.
pub(super) fn meaning(reason: &str) -> Option<&'static str> {
    MEANINGS.iter().find(|(name, _)| name.eq_ignore_ascii_case(reason)).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_of_cut_off_is_understood() {
        assert!(
            ["max_tokens", "MAX_TOKENS", "length", "LENGTH"].iter().all(|word| meaning(word) == Some(CUT))
        );
        assert_eq!(["end_turn", "stop", "FINISH", "COMPLETE"].map(meaning), [None; 4]);
    }
}
