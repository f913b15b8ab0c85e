//! A recording that somebody changed by hand.

use super::recording_damaged::unusable;
use crate::check::{Level, Rule};
use tutor_recording::DamageKind;

pub(in crate::check) static RULE: Rule = Rule {
    id: "recording-edited",
    level: Level::Deny,
    explanation: "\
A recording's checksum does not fit its content: it was edited after it was
stored. What stands in it may not be what the model said, so pages do not show
it. Restore the file from version control, or record the call again. (The
checksum finds accidents; it is no proof against forgery.)",
    check: |material| unusable(material, |damage| damage.kind == DamageKind::Checksum),
};
