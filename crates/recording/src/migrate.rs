//! Older formats of recordings, brought to the newest one step by step.
//!
//! A new format is one new function and one line in [`STEPS`]; everything else follows from there.
//! The checksum is that of the JSON whatever its shape, so a damaged file is never migrated.

use super::format::{self, Damage, DamageKind};
use tutor_bedrock::Json;

/// Turns the JSON of one format into that of the next.
pub type Step = fn(Json) -> Result<Json, String>;

/// `STEPS[0]` leads from format 1 to format 2, and so on.
pub const STEPS: &[Step] = &[origins_beyond_two];

/// Format 2 knows origins that format 1 had no words for; what there was stays as it is.
#[expect(clippy::unnecessary_wraps, reason = "a step may fail")]
fn origins_beyond_two(json: Json) -> Result<Json, String> {
    Ok(json)
}

/// What became of a file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Migration {
    /// It has the newest format already.
    Current,
    /// It had an older one.
    Migrated {
        /// The format it had.
        from: u32,
        /// The text in the newest format.
        text: String,
    },
}

/// Brings the text of a recording's file to the newest format.
///
/// # Errors
/// Damage of the file, and formats newer than this tutor's.
pub fn migrate(text: &str) -> Result<Migration, Damage> {
    migrate_along(text, STEPS)
}

/// The content of a file of any format, with its checksum, in the shape of the newest one. Files need
/// not be rewritten to be read.
///
/// # Errors
/// Damage of the file, and formats newer than this tutor's.
pub(super) fn forward(json: Json) -> Result<Json, Damage> {
    forward_along(json, STEPS).map(|(_, json)| json)
}

/// The same, and the format that the file has.
fn forward_along(json: Json, steps: &[Step]) -> Result<(u32, Json), Damage> {
    let from = format::version_of(&json)?;
    let passed = usize::try_from(from).ok().and_then(|from| from.checked_sub(1));
    let Some(remaining) = passed.and_then(|passed| steps.get(passed..)) else {
        return Err(Damage::whole(DamageKind::Newer(from)));
    };
    let mut json = format::checked(json)?;
    for step in remaining {
        json = step(json).map_err(|what| Damage::whole(DamageKind::Malformed(what)))?;
    }
    Ok((from, json))
}

fn migrate_along(text: &str, steps: &[Step]) -> Result<Migration, Damage> {
    let (from, mut json) = forward_along(format::parse(text)?, steps)?;
    let newest = format::newest_after(steps);
    if from == newest {
        return Ok(Migration::Current);
    }
    let malformed = |what: String| Damage::whole(DamageKind::Malformed(what));
    let Json::Object(map) = &mut json else {
        return Err(malformed("a recording is a JSON object".to_owned()));
    };
    map.insert("format", Json::String(format::format_name(newest)));
    Ok(Migration::Migrated { from, text: format::sealed(json) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn first(json: Json) -> Result<Json, String> {
        let Json::Object(mut map) = json else { return Err("no object".into()) };
        let old = map.remove("answer").ok_or("there is no answer")?;
        map.insert("samples", Json::Array(vec![old]));
        Ok(Json::Object(map))
    }

    fn second(json: Json) -> Result<Json, String> {
        let Json::Object(mut map) = json else { return Err("no object".into()) };
        map.insert("note", Json::Null);
        Ok(Json::Object(map))
    }

    fn old(format: u32) -> String {
        format::sealed(json!({"format": format::format_name(format), "answer": 1}).into())
    }

    #[test]
    fn every_step_from_the_files_own_format_on_is_taken() {
        let steps: &[Step] = &[first, second];
        let Ok(Migration::Migrated { from, text }) = migrate_along(&old(1), steps) else {
            panic!("migrated")
        };
        assert_eq!(from, 1);
        let json = format::parse(&text).and_then(format::checked).expect("a good checksum");
        assert_eq!(json, json!({"format": "tutor-recording/3", "samples": [1], "note": null}).into());
        assert_eq!(migrate_along(&text, steps), Ok(Migration::Current));
        let Ok(Migration::Migrated { text, .. }) = migrate_along(&old(2), steps) else { panic!("migrated") };
        assert!(!text.contains("samples"), "the first step is not for format 2: {text}");
    }

    #[test]
    fn what_is_damaged_newer_or_does_not_fit_is_not_migrated() {
        let kind = |text: &str, steps: &[Step]| migrate_along(text, steps).unwrap_err().kind;
        assert_eq!(kind(&old(1).replace(": 1", ": 2"), &[first]), DamageKind::Checksum);
        assert_eq!(kind(&old(4), &[first]), DamageKind::Newer(4));
        let unfit = format::sealed(json!({"format": format::format_name(1)}).into());
        assert_eq!(kind(&unfit, &[first]), DamageKind::Malformed("there is no answer".into()));
        assert_eq!(migrate(&old(3)).unwrap_err().kind, DamageKind::Newer(3));
    }
}
