//! The rules, one line each in [`RULES`].

use super::rule;
use super::{Finding, Level, Material};

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// The name it has in book.toml, in annotations and in reports.
    pub id: &'static str,
    /// What is done about its findings where book.toml does not say.
    pub level: Level,
    /// What it looks for, why, and what to do: `tutor check --explain ID`.
    pub explanation: &'static str,
    /// Looks for it.
    pub(super) check: fn(&Material<'_>) -> Vec<Finding>,
}

/// Every rule, in the order of `tutor check --rules`. The last one needs what the others found and
/// is judged apart; see [`super::judge`].
pub static RULES: &[&Rule] = &[
    &rule::recording_missing::RULE,
    &rule::recording_stale::RULE,
    &rule::recording_pending::RULE,
    &rule::recording_damaged::RULE,
    &rule::recording_edited::RULE,
    &rule::recording_orphaned::RULE,
    &rule::recording_old::RULE,
    &rule::recording_practice::RULE,
    &rule::capture_stale::RULE,
    &rule::media_orphaned::RULE,
    &rule::media_missing::RULE,
    &rule::expectation_failed::RULE,
    &rule::expectation_invalid::RULE,
    &rule::request_refused::RULE,
    &rule::parameter_refused::RULE,
    &rule::host_mismatch::RULE,
    &rule::request_unresolved::RULE,
    &rule::request_unread::RULE,
    &rule::code_unparsed::RULE,
    &rule::answer_place::RULE,
    &rule::model_retired::RULE,
    &rule::model_retiring::RULE,
    &rule::model_legacy::RULE,
    &rule::model_unknown::RULE,
    &rule::model_needs_profile::RULE,
    &rule::retired_in_table::RULE,
    &rule::state_wrong::RULE,
    &rule::price_wrong::RULE,
    &rule::price_disputed::RULE,
    &rule::price_region::RULE,
    &rule::limit_wrong::RULE,
    &rule::feature_wrong::RULE,
    &rule::cost_trap::RULE,
    &rule::markup_mistaken::RULE,
    &rule::annotation_unmatched::RULE,
    &rule::directive_unmatched::RULE,
    &rule::catalog_old::RULE,
    &rule::allow_unknown::RULE,
    &rule::allow_unused::RULE,
];

/// The rule of this name.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// The rule whose name is nearest to `word`, if one is near.
pub fn nearest(word: &str) -> Option<&'static str> {
    super::nearest(word, RULES.iter().map(|rule| rule.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_says_what_it_is_for() {
        let mut ids: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RULES.len());
        for rule in RULES {
            assert!(rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.id);
            assert!(rule.explanation.len() > 80, "{} explains nothing", rule.id);
            assert!(
                rule.explanation.lines().all(|line| line.chars().count() <= 80),
                "{} is too wide",
                rule.id
            );
        }
    }

    #[test]
    fn a_slip_of_the_fingers_finds_its_rule() {
        assert_eq!(nearest("price-wrnog"), Some("price-wrong"));
        assert_eq!(nearest("model_retired"), Some("model-retired"));
        assert_eq!(nearest("umbrella"), None);
    }
}
