//! Prices, units and numbers of tokens as people write them.

use std::ops::Range;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::pattern::{Pattern, exact, words};
use tutor_catalog::measure::grouped;

/// For how many tokens a price is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// One.
    Token,
    /// A thousand.
    Thousand,
    /// A million.
    Million,
}

impl Unit {
    /// All units.
    pub const ALL: [Unit; 3] = [Unit::Token, Unit::Thousand, Unit::Million];

    /// How a report says it.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Token => "per token",
            Unit::Thousand => "per 1K tokens",
            Unit::Million => "per 1M tokens",
        }
    }

    /// A price per million tokens in this unit.
    pub fn from_per_million(self, usd: Decimal) -> Decimal {
        match self {
            Unit::Token => usd * Decimal::new(1, 6),
            Unit::Thousand => usd * Decimal::new(1, 3),
            Unit::Million => usd,
        }
    }
}

static PER_MILLION: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"(?x) (?: \bper\b | / | \ba\b ) \s* (?: 1\s? | one\s | a\s )? (?: m\b | mm\b | million\b | m(?:illion)?\s?tok | 1?,?000,000\b )
        | \b 1,000,000\b | \b 1\s?m (?:illion)? \b | \b million \s (?: \w+ \s )? tokens? | \b mtok",
    )
});
static PER_THOUSAND: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"(?x) (?: \bper\b | / | \ba\b ) \s* (?: 1\s? | one\s | a\s )? (?: k\b | thousand\b | k\s?tok | 1?,?000\b(?:[^,]|$) )
        | \b (?: 1\s?k | 1,000 | 1000 | thousand) \s (?: \w+ \s )? tokens? | \b ktok",
    )
});
static PER_TOKEN: LazyLock<Pattern> =
    LazyLock::new(|| words(r"(?:\bper|/|\beach|\bevery|\ba)\s*(?:\w+\s)?token\b"));

/// Whether a text counts tokens that are no unit, such as "500 input tokens": what costs so much then
/// is that work. A context window is no such work.
pub(super) fn counts_tokens(text: &str) -> bool {
    static COUNTED: LazyLock<Pattern> = LazyLock::new(|| {
        words(
            r"\b([0-9][0-9.,]*)(?:\s|-)?(k|m|thousand|million)?(?:\s|-)(?:\w+\s)?tokens?\b((?:\s|-)(?:context|window))?",
        )
    });
    const UNITS: [&str; 5] = ["1", "1,000", "1000", "1,000,000", "1000000"];
    COUNTED.groups(text).iter().any(|found| {
        let number = found.get(1).map_or("", |number| number.text);
        found.get(3).is_none() && !UNITS.contains(&number)
    })
}

/// The one unit that a text speaks of; `None` if it speaks of none or of several.
pub(super) fn unit(text: &str) -> Option<Unit> {
    let text = text.replace('_', " ");
    let found = [
        (Unit::Million, PER_MILLION.is_match(&text)),
        (Unit::Thousand, PER_THOUSAND.is_match(&text)),
        (Unit::Token, PER_TOKEN.is_match(&text)),
    ];
    let mut units = found.into_iter().filter(|(_, is)| *is).map(|(unit, _)| unit);
    units.next().filter(|_| units.next().is_none())
}

/// An amount of US dollars in a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Money {
    /// All of it, with its sign.
    pub(super) range: Range<usize>,
    /// How much.
    pub(super) usd: Decimal,
}

static MONEY: LazyLock<Pattern> = LazyLock::new(|| {
    exact(
        r"(?x) (?: (?: US)?\$ | \bUSD ) \s? ( [0-9]{1,3} (?: ,[0-9]{3} )+ (?: \.[0-9]+ )? | [0-9]*\.?[0-9]+ )
        | \b ( [0-9]*\.?[0-9]+ ) \s? USD\b",
    )
});
static PLAIN: LazyLock<Pattern> = LazyLock::new(|| exact(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+"));

/// Every amount of dollars in a text. Ranges, rounded thousands (`$10K`) and negative amounts are
/// none.
pub(super) fn money(text: &str) -> Vec<Money> {
    let all = MONEY.groups(text).into_iter().filter_map(|found| {
        let digits = found.get(1).or_else(|| found.get(2))?;
        let usd = digits.text.replace(',', "").parse().ok()?;
        Some(Money { range: found.range(), usd })
    });
    all.filter(|money| stands_alone(text, &money.range)).collect()
}

/// The one bare number of a cell whose column says that it holds dollars.
pub(super) fn bare_money(text: &str) -> Option<Money> {
    let found = PLAIN.find_all(text);
    let [number] = found.as_slice() else { return None };
    let rest = format!("{}{}", &text[..number.start], &text[number.end..]);
    let only = rest.chars().all(|c| !c.is_alphanumeric() && !matches!(c, '%' | '<' | '>' | '–' | '-'));
    let usd = text[number.clone()].parse().ok()?;
    only.then(|| Money { range: number.clone(), usd })
}

/// Whether an amount is not part of a range, a sum or a rounded number.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let after = &text[range.end..];
    let before = text[..range.start].trim_end();
    let dash = |c: char| matches!(c, '-' | '–' | '—' | '−');
    let amount = |text: &str| text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | 'U'));
    let is_range = after.trim_start().strip_prefix(dash).is_some_and(|rest| amount(rest.trim_start()))
        || (before.ends_with(dash) && before.trim_end_matches(dash).ends_with(|c: char| c.is_ascii_digit()));
    let is_rounded = after.starts_with(|c: char| c.is_alphanumeric() || c == '%')
        || (after.starts_with(['.', ',']) && after[1..].starts_with(|c: char| c.is_ascii_digit()));
    !is_range && !is_rounded && !before.ends_with(['<', '>', '≤', '≥', '-'])
}

/// A number of tokens in a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tokens {
    /// The number with its suffix.
    pub(super) range: Range<usize>,
    /// How many.
    pub(super) count: u64,
}

static COUNT: LazyLock<Pattern> = LazyLock::new(|| {
    words(
        r"(?x) ( [0-9]{1,3} (?: ,[0-9]{3} )+ | [0-9]+ (?: \.[0-9]+ )? ) (?: \s? ( k | m | thousand | million ) \b )?",
    )
});

/// Every number in a text, with `K`, `M` and words of that kind taken in.
pub(super) fn counts(text: &str) -> Vec<Tokens> {
    let all = COUNT.groups(text).into_iter().filter_map(|found| {
        let whole = found.range();
        let number: Decimal = found.get(1)?.text.replace(',', "").parse().ok()?;
        let suffix = found.get(2).map_or(String::new(), |suffix| suffix.text.to_lowercase());
        let factor = match suffix.as_str() {
            "" => Decimal::ONE,
            "k" | "thousand" => Decimal::from(1_000),
            _ => Decimal::from(1_000_000),
        };
        let count = u64::try_from((number * factor).trunc()).ok()?;
        let before = text[..whole.start].chars().next_back();
        let glued = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '$' | '-' | '_'))
            || text[whole.end..].starts_with(|c: char| c.is_alphanumeric() || c == '%');
        (!glued).then_some(Tokens { range: whole, count })
    });
    all.collect()
}

/// Whether two numbers of tokens are the same window, rounded one way or the other: 8K, 8,000, 8,191
/// and 8,192 are; so are 1M and 1,048,576.
pub(super) fn same_limit(a: u64, b: u64) -> bool {
    let (low, high) = (a.min(b), a.max(b));
    let per_mille = if high >= 900_000 { 1_050 } else { 1_025 };
    u128::from(high) * 1_000 <= u128::from(low) * per_mille
}

/// `tokens` in the style of `written`: with `K` or `M`, with commas, or plain.
pub(super) fn limit_like(written: &str, tokens: u64) -> String {
    let suffix: String = written.chars().skip_while(|c| !c.is_alphabetic() && !c.is_whitespace()).collect();
    let word = suffix.trim().to_lowercase();
    if word.is_empty() {
        return if written.contains(',') { grouped(tokens) } else { tokens.to_string() };
    }
    if !word.starts_with('m')
        && !word.starts_with('t')
        && tokens >= 1_000_000
        && tokens.is_multiple_of(1_000_000)
    {
        return format!("{}M", tokens / 1_000_000);
    }
    let thousands = if !tokens.is_multiple_of(1_000) && tokens.is_multiple_of(1_024) {
        tokens / 1_024
    } else {
        (tokens + 500) / 1_000
    };
    if word.starts_with('m') {
        if tokens.is_multiple_of(1_000_000) {
            return format!("{}{suffix}", tokens / 1_000_000);
        }
        return format!("{thousands}K");
    }
    format!("{thousands}{suffix}")
}

/// `written` with its number replaced by `usd`, in as many decimals as it needs, at least as many as
/// it had, and two where it has any.
pub(super) fn money_like(written: &str, usd: Decimal) -> Option<String> {
    let number = NUMBER.find(written)?;
    let old = &written[number.clone()];
    let usd = usd.normalize();
    let new = if let Some(at) = old.find(['e', 'E']) {
        scientific(usd, &old[at..])
    } else {
        let decimals =
            old.split_once('.').map_or(0, |(_, decimals)| u32::try_from(decimals.len()).unwrap_or(0));
        // A price per token has as many decimals as it takes; one in dollars has two.
        let least = if usd.scale() > 0 && usd >= Decimal::new(1, 3) { 2 } else { 0 };
        let mut padded = usd;
        padded.rescale(usd.scale().max(least).max(if decimals <= 2 { decimals } else { 0 }));
        padded.to_string()
    };
    Some(format!("{}{new}{}", &written[..number.start], &written[number.end..]))
}

static NUMBER: LazyLock<Pattern> = LazyLock::new(|| {
    exact(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+")
});

/// A small number with an exponent, in the style of `like` (`e-07`, `E-7`).
fn scientific(usd: Decimal, like: &str) -> String {
    let digits = usd.mantissa().to_string();
    let exponent = i64::try_from(digits.len()).unwrap_or(1) - 1 - i64::from(usd.scale());
    let letter = &like[..1];
    let width = like.trim_start_matches(['e', 'E', '-', '+']).len();
    let sign = if exponent < 0 { "-" } else { "" };
    let point = if digits.len() > 1 { format!("{}.{}", &digits[..1], &digits[1..]) } else { digits };
    format!("{point}{letter}{sign}{:0width$}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn units_are_read_in_all_their_spellings() {
        for text in [
            "Input Tokens (per 1M)",
            "per million input tokens",
            "$/1M",
            "USD / MTok",
            "a million tokens",
            "per 1,000,000 tokens",
            "PRICE_PER_MILLION",
            "price_per_1m",
        ] {
            assert_eq!(unit(text), Some(Unit::Million), "{text}");
        }
        for text in [
            "per 1K tokens",
            "per 1,000 input tokens",
            "per thousand tokens",
            "COST_PER_1K",
            "/1k",
            "$ / 1000 tokens",
        ] {
            assert_eq!(unit(text), Some(Unit::Thousand), "{text}");
        }
        for text in ["per token", "USD per input token", "cost_per_token"] {
            assert_eq!(unit(text), Some(Unit::Token), "{text}");
        }
        for text in ["", "max_tokens", "per 1K or per 1M tokens", "input tokens", "per month", "Max (M)"] {
            assert_eq!(unit(text), None, "{text}");
        }
    }

    #[test]
    fn work_is_no_unit() {
        for text in
            ["500 input tokens", "10 million tokens", "10M output tokens", "1,200 tokens", "1.5K tokens"]
        {
            assert!(counts_tokens(text), "{text}");
        }
        for text in
            ["per 1M input tokens", "1,000 tokens", "a million tokens", "200K token context window", "tokens"]
        {
            assert!(!counts_tokens(text), "{text}");
        }
    }

    #[test]
    fn amounts_are_read_and_ranges_are_not() {
        let read =
            |text: &str| money(text).into_iter().map(|money| money.usd.to_string()).collect::<Vec<_>>();
        assert_eq!(read("$3 / $15, US$0.25 and 1.25 USD, USD 7"), ["3", "15", "0.25", "1.25", "7"]);
        assert_eq!(read("$1,500.50"), ["1500.50"]);
        for text in ["$3-$15", "$3 – 15", "$10K", "$5%", "< $3", "3 dollars"] {
            assert_eq!(read(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(bare_money(" 0.25 ").map(|money| money.usd), Some(decimal("0.25")));
        assert_eq!(bare_money("0.25-0.50"), None);
        assert_eq!(bare_money("200K"), None);
    }

    #[test]
    fn numbers_of_tokens_are_read() {
        let read = |text: &str| counts(text).into_iter().map(|tokens| tokens.count).collect::<Vec<_>>();
        assert_eq!(read("200K, 4,096, 1M, 1.5 million, 8192"), [200_000, 4_096, 1_000_000, 1_500_000, 8_192]);
        assert_eq!(read("v2, $5, 70B, 12%"), Vec::<u64>::new());
    }

    #[test]
    fn rounded_limits_are_the_same() {
        for (a, b) in [
            (8_000, 8_191),
            (8_000, 8_192),
            (200_000, 200_000),
            (1_000_000, 1_048_576),
            (4_000, 4_096),
            (128_000, 131_072),
        ] {
            assert!(same_limit(a, b) && same_limit(b, a), "{a} {b}");
        }
        for (a, b) in [(4_096, 8_192), (100_000, 200_000), (5_000, 4_096), (8_000, 10_000)] {
            assert!(!same_limit(a, b), "{a} {b}");
        }
    }

    #[test]
    fn values_are_written_like_the_old_ones() {
        for (written, usd, new) in [
            ("$0.30", "0.6", "$0.60"),
            ("$1", "1.5", "$1.50"),
            ("$1", "12", "$12"),
            ("0.0000003", "0.0000006", "0.0000006"),
            ("3e-07", "0.0000006", "6e-07"),
            ("3E-7", "0.00000125", "1.25E-6"),
            ("$0.20", "0.035", "$0.035"),
            ("1.10 USD", "2.56", "2.56 USD"),
        ] {
            assert_eq!(money_like(written, decimal(usd)).as_deref(), Some(new), "{written}");
        }
        for (written, tokens, new) in [
            ("8K", 4_096, "4K"),
            ("8k", 200_000, "200k"),
            ("8,192", 4_096, "4,096"),
            ("8192", 200_000, "200000"),
            ("100K", 1_000_000, "1M"),
            ("1M", 300_000, "300K"),
            ("2 million", 1_000_000, "1 million"),
        ] {
            assert_eq!(limit_like(written, tokens), new, "{written}");
        }
    }
}
