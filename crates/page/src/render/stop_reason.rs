//! Stop reasons that a reader must not overlook, whatever a family calls them.

/// The words in which the families say that an answer is not what it could have been, and ours.
const MEANINGS: &[(&str, &str)] = &[
    ("max_tokens", CUT),
    ("length", CUT),
    ("model_context_window_exceeded", "cut off: the context window is full"),
    ("content_filtered", "withheld by a filter"),
    ("error_toxic", "withheld by a filter"),
    ("content_filter", "withheld by a filter"),
    ("guardrail_intervened", "stopped by a guardrail"),
    (GUARDRAIL, "stopped by a guardrail"),
    ("malformed_model_output", "the model's output could not be read"),
    ("malformed_tool_use", "the model's tool use could not be read"),
    ("refusal", "the model declined"),
    ("tool_use", WAITS),
    ("tool_calls", WAITS),
];

/// A guardrail's action, which native answers tell beside the model's own stop reason.
const GUARDRAIL: &str = "guardrail INTERVENED";

const CUT: &str = "cut off at the output limit";
const WAITS: &str = "waits for the tool's result";

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
        assert_eq!(["tool_use", "tool_calls"].map(meaning), [Some(WAITS); 2]);
        assert_eq!(meaning(GUARDRAIL), Some("stopped by a guardrail"));
        assert_eq!(["end_turn", "stop", "FINISH", "COMPLETE"].map(meaning), [None; 4]);
    }
}
