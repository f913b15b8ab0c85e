//! What was read from the answers: text, tokens and cost.

use rust_decimal::prelude::ToPrimitive as _;

use super::blame::stumble;
use super::{Sign, Verdict, factor, verdict};
use crate::challenge::evidence::{Evidence, Played};
use crate::challenge::returned::{Row, short};
use crate::challenge::scenario::{Kind, Priced, StubModel};
use crate::challenge::stubs::Asked;
use tutor_bedrock::family;

/// `text`: the output is the text of the answer.
pub(super) fn text(evidence: &Evidence) -> Verdict {
    let signs = evidence.rounds.iter().enumerate().flat_map(|(index, played)| {
        played.round.stubs.iter().map(move |stub| {
            let open = if index == 0 { Sign::Open } else { Sign::Right };
            let (Some(asked), Some(row)) = (played.asked(&stub.model_id), played.row(&stub.model_id)) else {
                return open;
            };
            if let Some(stumble) = stumble(evidence, played, row) {
                let expected = expected(evidence.name(&stub.model_id), asked);
                return match stumble.check {
                    "text" => Sign::wrong(expected, stumble.told()).at(stumble.place()),
                    _ => Sign::Open,
                };
            }
            output(evidence.name(&stub.model_id), stub, asked, row)
        })
    });
    verdict(signs)
}

fn expected(name: &str, asked: &Asked) -> String {
    format!("the text of {name}: “{}”", first_words(&asked.said.text()))
}

fn output(name: &str, stub: &StubModel, asked: &Asked, row: &Row) -> Sign {
    let said = asked.said.text();
    let said = said.trim();
    let path = path(&stub.model_id);
    let wrong = |found: String, marks: &[&str]| Sign::wrong(expected(name, asked), found).marked(marks);
    // What is still to be recognised was read rightly, and spoiled afterwards.
    let spoiled = [SPOILING, path].concat();
    match row.text("output") {
        Some(output) if output.trim() == said => Sign::Right,
        Some(output) if output.contains(said) => wrong(format!("more than that: “{}”", short(output)), path),
        Some(output) if is_like(said, output.trim()) => wrong(difference(said, output.trim()), &spoiled),
        Some(output) => wrong(difference(said, output.trim()), path),
        None => wrong(row.shown("output"), path),
    }
}

/// Words of what changes a text.
const SPOILING: &[&str] = &[
    "ascii",
    "latin",
    ".encode(",
    "[:",
    "splitlines",
    ".lower(",
    ".replace(",
    "re.sub",
    ".join(",
    ".split(",
    ".decode(",
];

/// Whether a text is a part of the other one, or is like it in most of its letters.
fn is_like(said: &str, output: &str) -> bool {
    let plain =
        |text: &str| text.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let (said, output) = (plain(said), plain(output));
    output.len() >= 5 && said.chars().zip(output.chars()).take_while(|(a, b)| a == b).count() >= 5
}

/// Words of the path to a family's text.
fn path(model_id: &str) -> &'static [&'static str] {
    match family::of_model(model_id).map(tutor_bedrock::family::Family::id) {
        Some("claude-messages") => &["[\"content\"]", "['content']", "\"content\"", "content"],
        Some("titan-text") => &["outputText", "\"results\"", "'results'", "titan"],
        Some("llama") => &["generation\"", "generation'", "generation", "llama"],
        Some("cohere-command") => &["generations", "cohere", "command"],
        _ => &[],
    }
}

/// Where a text leaves the one that it should be.
fn difference(said: &str, output: &str) -> String {
    if said.starts_with(output) {
        let (has, all) = (output.chars().count(), said.chars().count());
        return format!("only the first {has} of its {all} characters, up to “{}”", tail(output));
    }
    let same = said.chars().zip(output.chars()).take_while(|(a, b)| a == b).count();
    if same < 3 {
        return format!("“{}”", short(output));
    }
    let from = |text: &str| text.chars().skip(same.saturating_sub(8)).take(24).collect::<String>();
    format!(
        "another text from character {} on: “…{}…” where it says “…{}…”",
        same + 1,
        visible(&from(output)),
        visible(&from(said))
    )
}

/// Line breaks as they are written.
fn visible(text: &str) -> String {
    text.replace('\n', "\\n").replace('\t', "\\t")
}

fn tail(text: &str) -> String {
    let last: Vec<char> = text.chars().rev().take(16).collect();
    visible(&last.into_iter().rev().collect::<String>())
}

fn first_words(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(7).collect();
    format!("{} …", words.join(" "))
}

/// The signs of all results whose model has answered. In the first round every model owes one.
pub(super) fn of_results(
    evidence: &Evidence,
    check: &str,
    judge: impl Fn(&Played, &StubModel, &Asked, &Row) -> Sign,
) -> Verdict {
    let mut signs = Vec::new();
    for (index, played) in evidence.rounds.iter().enumerate() {
        let mut judged = 0;
        for (stub, asked, row) in played.answered() {
            if let Some(row) = row {
                judged += 1;
                signs.push(judge(played, stub, asked, row));
            } else if played.round.kind != Kind::Failure
                && let Some(row) = played.row(&stub.model_id)
                && let Some(stumble) = stumble(evidence, played, row)
            {
                signs.push(match stumble.check {
                    owner if owner == check => {
                        let expected = format!("a `{check}` for {}", evidence.name(&stub.model_id));
                        let expected =
                            if check == "text" || check == "score" { expected } else { what(check) };
                        Sign::wrong(expected, stumble.told()).at(stumble.place())
                    }
                    _ => Sign::Open,
                });
            }
        }
        if index == 0 && judged < played.round.stubs.len() {
            signs.push(Sign::Open);
        }
    }
    verdict(signs)
}

/// What a check is about, where its id is no key.
fn what(check: &str) -> String {
    match check {
        "latency" => "`latency_seconds` for every answer",
        "tokens" => "`input_tokens` and `output_tokens` for every answer",
        _ => "`cost_usd` for every answer, from the prices that the function is given",
    }
    .to_owned()
}

/// `tokens`: the counts are those that Bedrock reports.
pub(super) fn tokens(evidence: &Evidence) -> Verdict {
    of_results(evidence, "tokens", |played, stub, asked, row| {
        let reported = [asked.said.input_tokens, asked.said.output_tokens];
        let counted = [row.count("input_tokens"), row.count("output_tokens")];
        if counted == reported.map(Some) {
            return Sign::Right;
        }
        let [input, output] = reported;
        let name = evidence.name(&stub.model_id);
        let expected = format!("{name} reports {input} in and {output} out");
        if counted == [Some(output), Some(input)] {
            return Sign::wrong(expected, "the two are swapped");
        }
        let shown = |key| row.shown_number(key);
        let found = format!("{} in, {} out", shown("input_tokens"), shown("output_tokens"));
        let same = |other: &StubModel| {
            let said = played.asked(&other.model_id).map(|asked| &asked.said);
            said.is_some_and(|said| counted == [Some(said.input_tokens), Some(said.output_tokens)])
        };
        let found =
            match played.round.stubs.iter().find(|other| other.model_id != stub.model_id && same(other)) {
                Some(other) => format!("{found}, which {} reports", evidence.name(&other.model_id)),
                None => found,
            };
        Sign::wrong(expected, found)
    })
}

/// `cost`: tokens times price.
pub(super) fn cost(evidence: &Evidence) -> Verdict {
    of_results(evidence, "cost", |played, stub, asked, row| {
        let Some(model) = played.round.model(&stub.model_id) else {
            return Sign::Open;
        };
        let due = Due::of(model, asked, row);
        let Due { input, output, usd: [of_input, of_output] } = due;
        let name = evidence.name(&stub.model_id);
        let expected = format!("{:.8} USD for {input} + {output} tokens of {name}", due.total());
        match row.number("cost_usd") {
            Some(cost) if due.is_paid_by(cost) => Sign::Right,
            Some(cost) => {
                let crossed = price(model, output, input);
                let known = factor::usd(cost, [of_input, of_output, crossed.iter().sum()]);
                let known = known.or_else(|| elsewhere(evidence, &stub.model_id, (input, output), cost));
                let found = row.shown("cost_usd");
                Sign::wrong(expected, known.map_or(found.clone(), |words| format!("{found}, {words}")))
            }
            None => Sign::wrong(expected, row.shown_number("cost_usd")),
        }
    })
}

/// Whether a result has the cost that is due.
pub(super) fn is_cost_right(model: &Priced, asked: &Asked, row: &Row) -> bool {
    row.number("cost_usd").is_some_and(|cost| Due::of(model, asked, row).is_paid_by(cost))
}

/// What an answer costs. The learner's own counts are taken, so that wrong tokens are told once.
struct Due {
    input: u64,
    output: u64,
    usd: [f64; 2],
}

impl Due {
    fn of(model: &Priced, asked: &Asked, row: &Row) -> Self {
        let input = row.count("input_tokens").unwrap_or(asked.said.input_tokens);
        let output = row.count("output_tokens").unwrap_or(asked.said.output_tokens);
        Due { input, output, usd: price(model, input, output) }
    }

    fn total(&self) -> f64 {
        self.usd.iter().sum()
    }

    /// People round; a millionth of a dollar or one part in a hundred is no fault.
    fn is_paid_by(&self, cost: f64) -> bool {
        (cost - self.total()).abs() <= (self.total() * 0.01).max(1e-6)
    }
}

/// Whether the cost is what other prices make of it: those of another round, which the file has, too.
fn elsewhere(evidence: &Evidence, id: &str, (input, output): (u64, u64), cost: f64) -> Option<String> {
    let prices = evidence.rounds.iter().flat_map(|played| &played.round.models);
    let same = |model: &&Priced| (price(model, input, output).iter().sum::<f64>() / cost - 1.0).abs() < 0.005;
    let found = prices.into_iter().find(same)?;
    Some(if found.id == id {
        "by the prices of the file: the function is given others".to_owned()
    } else {
        format!("by the price of {}", found.name)
    })
}

/// USD for so many tokens in and out.
fn price(model: &Priced, input: u64, output: u64) -> [f64; 2] {
    let per_million = |price: rust_decimal::Decimal, tokens: u64| {
        price.to_f64().unwrap_or_default() * tokens.to_f64().unwrap_or_default() / 1e6
    };
    [per_million(model.input_per_million, input), per_million(model.output_per_million, output)]
}
