//! Claims in running text. A sentence is read only if it can hardly mean anything else: one unit, a
//! model for each amount, nothing past, conditional or compared.

use std::ops::Range;
use std::sync::LazyLock;

use super::amount;
use super::names::Mention;
use super::pattern::{Pattern, exact, words};
use super::prose::Run;
use super::state;
use super::table::{FEATURES, OTHER_PRICES, made};
use super::{Claim, Direction, Limit, Names, Precision, What};

/// Words that make a sentence say something else than what is the case today.
static NOT_TODAY: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"(?x) \b (?: was | were | had | used\sto | formerly | previously | originally | launched | until | before | once | if | unless | would | could
            | should | suppose | imagine | pretend | say | assume | assuming | budget | save[sd]? | saving | cheaper | dearer | than | compared
            | versus | vs | instead | myth | wrong | not\strue | no\slonger | as\sopposed | predecessor | older ) \b",
    )
});
/// Words of advice, or of one request: its numbers are its own, not the model's.
static ADVICE: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"(?x) \b (?: here | this\s(?:request|example|call|task|page|chapter) | max_?tokens | max_gen_len | maxtokencount | ceiling | because | set | leave
            | keep | send | cut | chunks? | use | try | choose | pick | give ) \b",
    )
});
static ABOUT: LazyLock<Pattern> = LazyLock::new(|| {
    words(r"(?:~|≈|\b(?:about|around|roughly|approximately|approx\.?|nearly|almost|ca\.?))\s*$")
});
static BOUND: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"\b(?:under|below|less|over|above|more|at least|at most|up to|from|starting at|as little as|as low as|minimum|within|between|first|another|extra|plus)\s*$",
    )
});
static INPUT: LazyLock<Pattern> = LazyLock::new(|| words(r"\b(?:input|prompt)s?\b"));
static OUTPUT: LazyLock<Pattern> = LazyLock::new(|| words(r"\b(?:output|completion|generated|response)s?\b"));
static BOTH: LazyLock<Pattern> = LazyLock::new(|| words(r"\binputs?(?: tokens)?\s*(?:/|,|and)\s*outputs?\b"));

/// Every claim of a paragraph.
pub(super) fn claims(run: &Run, names: &Names, text: &str) -> Vec<Claim> {
    let mut claims = Vec::new();
    for range in sentences(&run.text) {
        let words = &run.text[range.clone()];
        let mentions = names.find(words);
        if mentions.is_empty() || names.has_stray_tail(words, &mentions) {
            continue;
        }
        claims.extend(state::in_sentence(run, &range, &mentions, text));
        if NOT_TODAY.is_match(words) {
            continue;
        }
        let sentence = Sentence { words, mentions };
        let mut found = sentence.features();
        if !ADVICE.is_match(words) {
            found.extend(sentence.limits());
        }
        if !OTHER_PRICES.is_match(words) && !amount::counts_tokens(words) {
            found.extend(sentence.prices());
        }
        for (at, mention, what) in found {
            let at = at.start + range.start..at.end + range.start;
            let mention = &sentence.mentions[mention];
            claims.push(made(run, at, text, &words[mention.range.clone()], mention, what));
        }
    }
    claims
}

/// The sentences of a paragraph: up to a full stop, question or exclamation mark or semicolon with
/// space after it.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let next = &text[at + c.len_utf8()..];
        if matches!(c, '.' | '!' | '?' | ';') && next.starts_with(char::is_whitespace) {
            sentences.push(start..at + 1);
            start = at + 1;
        }
    }
    sentences.push(start..text.len());
    sentences
}

struct Sentence<'a> {
    words: &'a str,
    mentions: Vec<Mention>,
}

/// The bytes of a value, the number of its mention, and what is claimed.
type Found = (Range<usize>, usize, What);

impl Sentence<'_> {
    fn prices(&self) -> Vec<Found> {
        let amounts = amount::money(self.words);
        let Some(unit) = amount::unit(self.words).filter(|_| !amounts.is_empty()) else { return Vec::new() };
        let ranges: Vec<Range<usize>> = amounts.iter().map(|amount| amount.range.clone()).collect();
        let Some(subjects) = self.subjects(&ranges) else { return Vec::new() };
        let mut found = Vec::new();
        for (index, amount) in amounts.into_iter().enumerate() {
            let before = &self.words[..amount.range.start];
            let Some(direction) = self.direction(&ranges, index).filter(|_| !BOUND.is_match(before)) else {
                continue;
            };
            let precision = if ABOUT.is_match(before) { Precision::About } else { Precision::Exact };
            let what = What::Price { direction, usd: amount.usd, unit, precision };
            found.push((amount.range, subjects[index], what));
        }
        found
    }

    /// Which tokens the amount `index` is for: the words up to the next amount say it, else those
    /// since the last one, in both cases only as far as the clause goes. "$3 / $15 … input/output"
    /// names both at once.
    fn direction(&self, amounts: &[Range<usize>], index: usize) -> Option<Direction> {
        if BOTH.is_match(self.words) {
            return match (amounts.len(), index) {
                (2, 0) => Some(Direction::Input),
                (2, 1) => Some(Direction::Output),
                _ => None,
            };
        }
        let next = amounts.get(index + 1).map_or(self.words.len(), |next| next.start);
        let last = index.checked_sub(1).map_or(0, |last| amounts[last].end);
        let after =
            self.words[amounts[index].end..next].split([',', ')', '(', ';']).next().unwrap_or_default();
        let after = after.split(" and ").next().unwrap_or_default();
        let before =
            self.words[last..amounts[index].start].rsplit([',', '(', ';']).next().unwrap_or_default();
        let before = before.rsplit(" and ").next().unwrap_or_default();
        one_direction(after).or_else(|| one_direction(before))
    }

    fn limits(&self) -> Vec<Found> {
        let counts = amount::counts(self.words);
        let mut limits: Vec<(Range<usize>, What)> = Vec::new();
        for tokens in counts {
            let before = &self.words[..tokens.range.start];
            let after = &self.words[tokens.range.end..];
            if let Some(of) = limit_of(before, after).filter(|_| tokens.count >= 256) {
                let what = What::Limit { of, tokens: tokens.count, thousands: false };
                limits.push((tokens.range, what));
            }
        }
        let ranges: Vec<Range<usize>> = limits.iter().map(|(range, _)| range.clone()).collect();
        let Some(subjects) = self.subjects(&ranges) else { return Vec::new() };
        limits.into_iter().zip(subjects).map(|((range, what), subject)| (range, subject, what)).collect()
    }

    /// "MODEL supports streaming", "MODEL cannot stream".
    fn features(&self) -> Vec<Found> {
        static VERB: LazyLock<Pattern> = LazyLock::new(|| {
            words(
                r"(?x) ^ (?: \s models? )? (?: \s (?: also | both | all ) )? \s
                ( ( do(?:es)?\snot\ssupport | do(?:es)?n(?:'|’)t\ssupport | lacks? | has\sno | have\sno ) | supports? | offers? )
                \s (?: native \s )? ( [a-z]+ (?: \s [a-z]+ ){0,2} )",
            )
        });
        let mut found = Vec::new();
        for (index, mention) in self.mentions.iter().enumerate() {
            let rest = &self.words[mention.range.end..];
            let matched = VERB.groups(rest);
            let Some(matched) = matched.first() else { continue };
            let Some(what) = matched.get(3) else { continue };
            let words: Vec<&str> = what.text.split(' ').collect();
            let named = (1..=words.len()).rev().find_map(|count| {
                let label = words[..count].join(" ").to_lowercase();
                let feature = FEATURES.iter().find(|(name, _)| *name == label);
                feature.map(|(name, feature)| (name.len(), *feature))
            });
            // "streaming partial JSON" is another thing than streaming.
            let Some((length, feature)) = named else { continue };
            let tail = rest[what.range.start + length..].trim_start();
            let ends =
                tail.is_empty() || tail.starts_with(['.', ',', ';', '!', ':']) || tail.starts_with("and ");
            if ends {
                let start =
                    mention.range.end + matched.get(1).map_or(what.range.start, |verb| verb.range.start);
                let end = mention.range.end + what.range.start + length;
                let has = matched.get(2).is_none();
                found.push((start..end, index, What::Feature { feature, has }));
            }
        }
        found
    }

    /// The mention that each value is about: the only one, or the last one before it where names and
    /// values take turns. `None` where that cannot be told.
    fn subjects(&self, values: &[Range<usize>]) -> Option<Vec<usize>> {
        if self.mentions.len() == 1 {
            return Some(vec![0; values.len()]);
        }
        let owner =
            |value: &Range<usize>| self.mentions.iter().rposition(|mention| mention.range.end <= value.start);
        let owners: Option<Vec<usize>> = values.iter().map(owner).collect();
        let owners = owners?;
        // A name without a value of its own is in the sentence for another reason.
        (0..self.mentions.len()).all(|index| owners.contains(&index)).then_some(owners)
    }
}

fn one_direction(words: &str) -> Option<Direction> {
    match (INPUT.is_match(words), OUTPUT.is_match(words)) {
        (true, false) => Some(Direction::Input),
        (false, true) => Some(Direction::Output),
        _ => None,
    }
}

/// Which limit a number of tokens is, by the words directly around it.
fn limit_of(before: &str, after: &str) -> Option<Limit> {
    static WINDOW_AFTER: LazyLock<Pattern> =
        LazyLock::new(|| words(r"^(?:[- ]tokens?)?[- ]context(?: window| length)?\b|^[- ]tokens? window\b"));
    static WINDOW_BEFORE: LazyLock<Pattern> = LazyLock::new(|| {
        words(
            r"\b(?:context (?:window|length|size|limit)s?|window)(?:,? (?:of|is|at)|:)? ?(?:up to |about |around |roughly |at most |a maximum of )?$",
        )
    });
    static HOLDS: LazyLock<Pattern> = LazyLock::new(|| {
        words(
            r"(?x) \b (?: holds? | accepts? | remembers? ) \s (?: (?: up\sto | about | around | roughly | at\smost | a\smaximum\sof ) \s )? $
            | \b (?: handles? | takes? | process(?:es)? | reads? ) \s (?: up\sto | at\smost | a\smaximum\sof ) \s $",
        )
    });
    static UP_TO_IN: LazyLock<Pattern> = LazyLock::new(|| words(r"\bcontext\b.*\bup to $"));
    static OUTPUT_BEFORE: LazyLock<Pattern> = LazyLock::new(|| {
        words(
            r"(?:\b(?:outputs?|generates?|writes?|produces?|returns?) (?:up to|at most|no more than|a maximum of)|\bmax(?:imum)? output(?: tokens| length)?(?: of| is|:)?|\boutput limit(?: of| is|:)?) $",
        )
    });
    static TOKENS: LazyLock<Pattern> = LazyLock::new(|| words(r"^[- ]tokens?\b"));
    static OUTPUT_TOKENS: LazyLock<Pattern> = LazyLock::new(|| words(r"^ output tokens\b"));
    let tokens = TOKENS.is_match(after);
    let bare = !starts_word(after);
    if OUTPUT_BEFORE.is_match(before) && (tokens || OUTPUT_TOKENS.is_match(after) || bare) {
        return Some(Limit::Output);
    }
    let is_window = WINDOW_AFTER.is_match(after) && !BOUND_WINDOW.is_match(before)
        || WINDOW_BEFORE.is_match(before) && (tokens || bare)
        || HOLDS.is_match(before) && tokens && !after.contains("output")
        || UP_TO_IN.is_match(before) && UP_TO_MODEL.is_match(after);
    is_window.then_some(Limit::Window)
}

/// "context of 8K tokens" after "at most" is advice, not a window.
static BOUND_WINDOW: LazyLock<Pattern> =
    LazyLock::new(|| words(r"\b(?:over|above|more than|at least|under|below|less than|beyond|exceeds?)\s*$"));
static UP_TO_MODEL: LazyLock<Pattern> = LazyLock::new(|| exact(r"^ tokens (?:in|for|with|on) "));

fn starts_word(text: &str) -> bool {
    text.trim_start().starts_with(char::is_alphabetic)
}
