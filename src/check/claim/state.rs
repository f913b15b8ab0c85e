//! Claims about where a model stands in its life: that it is legacy, retired, still answers, or has a
//! successor. A sentence is read only where a name and its state stand close together and nothing in it is
//! past, conditional or dated.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;

use super::names::Mention;
use super::pattern::{Pattern, exact, words};
use super::prose::{Run, Table};
use super::table::made;
use super::{Claim, Names, What};
use tutor_catalog::Model;

/// What is said of a model's life.
#[derive(Debug, Clone, PartialEq)]
pub enum Life {
    /// It is legacy.
    Legacy,
    /// Requests fail.
    Retired,
    /// It answers: it is not retired.
    Answers,
    /// It is neither legacy nor retired.
    Active,
    /// It retires on this day.
    RetiresOn(Date),
    /// AWS's successor is one of these.
    Successor(Vec<&'static Model>),
}

/// Words that make a sentence say something else than what is the case today.
static NOT_TODAY: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"(?x) \b (?: was | were | had | used\sto | formerly | previously | until | before | once | when | if | unless | would | could | should
            | may | might | will | as\sof | suppose | imagine | like\sother | example | say[s]? | said | called | means? | whether | who | which
            | not | no\slonger | never | soon | some\sday | eventually | claim(?:s|ed)? | wrong | stale ) \b | n't\b | n’t\b | \?",
    )
});
/// The state behind a name: "is legacy", "are now retired", "(legacy)".
static IS: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"(?x) ^ (?: \s (?: models? | itself | after\sit | and\s(?:its\s)?(?:successor|sibling)s? ) ){0,2}
            (?: \s (?: is | are | remains? | stays? ) (?: \s (?: now | already | still | today | currently | also | both | all | marked | listed | in | as | a | an | the ) ){0,3} \s
              | \s? \( (?: now \s | already \s | still \s )? )
            ( legacy | retired | active | available | gone )
            (?: \s (?: models? | state | on\s(?:amazon\s)?bedrock ) )? (?: $ | \s? [.,;:)!] | \s and \b | \s but \b | \s (?: now | today | already ) \b )",
    )
});
/// "still answers"
static STILL: LazyLock<Pattern> = LazyLock::new(|| {
    words(r"^(?:\smodels?)?\s(?:still|both still|all still)\s(?:answers?|works?|responds?|serves?)\b")
});
/// "retires on 2026-11-26"
static ON: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"^(?:\smodels?)?\s(?:retires?|is retired|are retired|reach(?:es)? (?:its |their )?end of life|ends?)\son\s(20[0-9]{2}-[0-9]{2}-[0-9]{2})\b",
    )
});
/// "'s successor is", "is succeeded by", "the successor of"
static SUCCEEDED: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"^(?:(?:'|’)s (?:official |named )?successor(?: at aws| on bedrock)? is|\sis succeeded by)\s(?:the )?(?:model )?$",
    )
});
static SUCCEEDS: LazyLock<Pattern> = LazyLock::new(|| {
    words(r"^\s(?:is (?:the |aws(?:'|’)s )?(?:official |named )?successor (?:of|to)|succeeds)\s(?:the )?$")
});
/// Sentences about what somebody else has, or wants.
static OURS: LazyLock<Pattern> = LazyLock::new(|| exact(r"\b(?:our choice|we choose|my )\b"));

/// Every claim of a paragraph's sentences about a model's life.
pub(super) fn in_sentence(run: &Run, range: &Range<usize>, mentions: &[Mention], text: &str) -> Vec<Claim> {
    let sentence = &run.text[range.clone()];
    let mut claims = Vec::new();
    for (index, mention) in mentions.iter().enumerate() {
        let next = mentions.get(index + 1);
        let end = next.map_or(sentence.len(), |next| next.range.start);
        let rest = &sentence[mention.range.end..end];
        let mut add = |at: Range<usize>, of: &Mention, life: Life| {
            let at = range.start + at.start..range.start + at.end;
            claims.push(made(run, at, text, &sentence[of.range.clone()], of, What::Life(life)));
        };
        if let Some(day) = ON.groups(rest).first().and_then(|found| found.get(1)) {
            if let Ok(date) = day.text.parse() {
                let at = mention.range.end + day.range.start..mention.range.end + day.range.end;
                add(at, mention, Life::RetiresOn(date));
            }
            continue;
        }
        if let Some(next) = next {
            if SUCCEEDED.is_match(rest) {
                add(next.range.clone(), mention, Life::Successor(next.models.clone()));
            } else if SUCCEEDS.is_match(rest) {
                add(mention.range.clone(), next, Life::Successor(mention.models.clone()));
            }
        }
        // Words before a second name may be about both; a state belongs to the name it follows.
        if NOT_TODAY.is_match(sentence) || OURS.is_match(sentence) {
            continue;
        }
        if let Some(state) = IS.groups(rest).first().and_then(|found| found.get(1)) {
            let at = mention.range.end + state.range.start..mention.range.end + state.range.end;
            if let Some(life) = named(state.text) {
                add(at, mention, life);
            }
        } else if let Some(still) = STILL.find(rest) {
            let at = mention.range.end + still.start + 1..mention.range.end + still.end;
            add(at, mention, Life::Answers);
        }
    }
    claims
}

/// What a word says of a model's life.
fn named(word: &str) -> Option<Life> {
    match word.to_ascii_lowercase().as_str() {
        "legacy" => Some(Life::Legacy),
        "retired" | "gone" | "end of life" | "eol" => Some(Life::Retired),
        "active" => Some(Life::Active),
        "available" => Some(Life::Answers),
        _ => None,
    }
}

/// Heads of columns that hold states.
static STATE: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"^(?:(?:aws(?:'|’)s |its |model |lifecycle |current )?(?:state|status|lifecycle)s?)(?: (?:today|now|on bedrock))?$|\b(?:still )?(?:answers?|lives?|alive)\b",
    )
});
/// A cell that says one state and nothing else.
static ONE: LazyLock<Pattern> = LazyLock::new(|| {
    words(r"^\s*(?:both |all )?(?:are |is )?(legacy|retired|active|eol|end of life)(?:,? both)?\s*$")
});
/// "the first is retired, the second legacy"
static ORDINALS: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"\bthe (first|second|third|former|latter|last)(?: one)?(?: is| are)?(?: now| still| already)? (legacy|retired|active)\b",
    )
});

/// Every claim of a table about models' lives: a column of states, or a cell that counts the models of
/// the cell before it.
pub(super) fn in_table(table: &Table, names: &Names, text: &str) -> Vec<Claim> {
    let mut claims = Vec::new();
    let columns: Vec<bool> = table.head.iter().map(|head| STATE.is_match(head.text.trim())).collect();
    for row in &table.rows {
        let mentions: Vec<Vec<Mention>> = row.iter().map(|cell| names.find(&cell.text)).collect();
        for (column, cell) in row.iter().enumerate() {
            let before = (0..column).rev().find(|&before| !mentions[before].is_empty());
            let Some(before) = before.filter(|_| mentions[column].is_empty()) else { continue };
            let subjects = &mentions[before];
            let mut add = |at: Range<usize>, of: &Mention, life: Life| {
                let name = &row[before].text[of.range.clone()];
                claims.push(made(cell, at, text, name, of, What::Life(life)));
            };
            let ordinals = ORDINALS.groups(&cell.text);
            for found in &ordinals {
                let (Some(which), Some(state)) = (found.get(1), found.get(2)) else { continue };
                if let (Some(of), Some(life)) = (ordinal(which.text, subjects), named(state.text)) {
                    add(state.range, of, life);
                }
            }
            if let Some(state) = ONE.groups(&cell.text).first().and_then(|found| found.get(1)) {
                let counts = columns.get(column) == Some(&true) || cell.text.trim().contains(' ');
                if let Some(life) = named(state.text).filter(|_| counts) {
                    for of in subjects {
                        add(state.range.clone(), of, life.clone());
                    }
                }
            }
        }
    }
    claims
}

fn ordinal<'m>(word: &str, mentions: &'m [Mention]) -> Option<&'m Mention> {
    match word {
        "first" | "former" => mentions.first(),
        "second" => mentions.get(1),
        "third" => mentions.get(2),
        _ => mentions.last(),
    }
}
