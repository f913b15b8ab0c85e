//! What answers of Claude models carry beside their content: it grew with the models.
//!
//! As recorded traffic of 2024 to 2026 shows it; a model that none of the rows names is of the newest kind.

/// How much an answer tells, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tells {
    /// Tokens in and out.
    Tokens,
    /// The prompt cache as well.
    Cache,
    /// Converse says of a tool use whose it is.
    ToolType,
    /// What was written to the cache for how long, and headers that count it.
    CacheByAge,
    /// Thinking tokens, service tier, details of the stop.
    Details,
}

/// What ids (bare) start with, and how much the answers of these models tell.
const MODELS: [(&str, Tells); 17] = [
    ("anthropic.claude-v", Tells::Tokens),
    ("anthropic.claude-instant", Tells::Tokens),
    ("anthropic.claude-3-sonnet", Tells::Tokens),
    ("anthropic.claude-3-opus", Tells::Tokens),
    ("anthropic.claude-3-haiku", Tells::Tokens),
    ("anthropic.claude-3-5-sonnet-20240620", Tells::Tokens),
    ("anthropic.claude-3-5", Tells::Cache),
    ("anthropic.claude-3-7", Tells::Cache),
    ("anthropic.claude-sonnet-4-2025", Tells::ToolType),
    ("anthropic.claude-opus-4-2025", Tells::ToolType),
    ("anthropic.claude-opus-4-1", Tells::ToolType),
    ("anthropic.claude-sonnet-4-5", Tells::CacheByAge),
    ("anthropic.claude-haiku-4-5", Tells::CacheByAge),
    ("anthropic.claude-opus-4-5", Tells::CacheByAge),
    ("anthropic.claude-sonnet-4-6", Tells::CacheByAge),
    ("anthropic.claude-opus-4-6", Tells::CacheByAge),
    ("anthropic.claude-opus-4-7", Tells::CacheByAge),
];

impl Tells {
    /// What the answers of a model (bare id) tell; `None` for one that is no Claude.
    pub(super) fn of(bare_model_id: &str) -> Option<Self> {
        if !bare_model_id.starts_with("anthropic.claude-") {
            return None;
        }
        let known = MODELS.iter().find(|(start, _)| bare_model_id.starts_with(start));
        Some(known.map_or(Tells::Details, |(_, tells)| *tells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrower_name_decides_and_the_unknown_is_new() {
        let of = |id| Tells::of(id).unwrap();
        assert_eq!(of("anthropic.claude-3-5-sonnet-20240620-v1:0"), Tells::Tokens);
        assert_eq!(of("anthropic.claude-3-5-haiku-20241022-v1:0"), Tells::Cache);
        assert_eq!(of("anthropic.claude-opus-4-1-20250805-v1:0"), Tells::ToolType);
        assert_eq!(of("anthropic.claude-haiku-9"), Tells::Details);
        assert_eq!(Tells::of("amazon.nova-lite-v1:0"), None);
    }
}
