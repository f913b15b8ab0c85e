//! One file a rule. Each has a `RULE` for the table in [`super::rules`] and looks at the
//! [`Material`](super::Material) alone.

pub(super) mod allow_unknown;
pub(super) mod allow_unused;
pub(super) mod annotation_unmatched;
pub(super) mod answer_place;
pub(super) mod capture_stale;
pub(super) mod catalog_old;
pub(super) mod code_unparsed;
pub(super) mod cost_trap;
pub(super) mod directive_unmatched;
pub(super) mod expectation_failed;
pub(super) mod expectation_invalid;
pub(super) mod feature_wrong;
pub(super) mod host_mismatch;
pub(super) mod limit_wrong;
pub(super) mod markup_mistaken;
pub(super) mod media_missing;
pub(super) mod media_orphaned;
pub(super) mod model_legacy;
pub(super) mod model_needs_profile;
pub(super) mod model_retired;
pub(super) mod model_retiring;
pub(super) mod model_unknown;
pub(super) mod parameter_refused;
pub(super) mod price_disputed;
pub(super) mod price_region;
pub(super) mod price_wrong;
pub(super) mod recording_damaged;
pub(super) mod recording_edited;
pub(super) mod recording_missing;
pub(super) mod recording_old;
pub(super) mod recording_orphaned;
pub(super) mod recording_pending;
pub(super) mod recording_practice;
pub(super) mod recording_stale;
pub(super) mod request_refused;
pub(super) mod request_unread;
pub(super) mod request_unresolved;
pub(super) mod retired_in_table;
pub(super) mod state_wrong;

use jiff::civil::Date;
use tutor_page::chapter::Verb;

/// Whole days from `start` to `end`; negative if `end` comes first.
fn days_between(start: Date, end: Date) -> i64 {
    start.until(end).map_or(0, |span| i64::from(span.get_days()))
}

/// The bare ids of the models whose dates the chapter shows with `{{#tutor models …}}`.
fn dated_on_page<'a>(
    material: &super::Material<'_>,
    chapter: &'a super::Chapter,
) -> std::collections::HashSet<&'a str> {
    let directives = chapter.read.chapter.directives.iter();
    directives
        .filter(|directive| matches!(directive.verb, Verb::Models | Verb::Followers))
        .flat_map(|directive| &directive.words)
        .filter_map(|word| material.catalog().model(word))
        .map(|model| model.id.as_str())
        .collect()
}

/// A finding for every claim on `topic` that is judged as `wanted`.
fn claims(
    material: &super::Material<'_>,
    topic: super::claim::Topic,
    wanted: fn(&super::claim::Judgement) -> bool,
) -> Vec<super::Finding> {
    let claims = material
        .chapters
        .iter()
        .flat_map(|chapter| chapter.claims.iter().map(move |claim| (chapter, claim)))
        .filter(|(chapter, claim)| {
            // What the chapter's own code pays is right, wherever that is.
            claim.what.topic() == Some(topic)
                && !(topic == super::claim::Topic::Price && price_region::is_paid(material, chapter, claim))
        });
    claims
        .filter_map(|(chapter, claim)| {
            let judgement = super::claim::judge(claim, material.today());
            wanted(&judgement).then(|| super::claim::finding(chapter, claim, judgement))?
        })
        .collect()
}
