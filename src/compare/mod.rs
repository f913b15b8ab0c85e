//! One prompt to several models, each in its own dialect, side by side: the challenge's answer in Rust.
//!
//! In come a prompt, model ids, expectations and somebody who answers (any [`Provider`]); out comes a
//! [`Comparison`]: answers, latency, tokens, cost, and a score whose weights are visible. What a model
//! cannot do, or a provider does not answer, is that model's result and stops no other.

mod report;

pub use report::{human, json, page};

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::check::expect::Expected;
use tutor_bedrock::family::{self, Makes, Prompt, Reading, Usage};
use tutor_bedrock::{Answer, Call, Operation, model_id};
use tutor_catalog::measure::score::Score;
use tutor_catalog::measure::{Cost, Scored, Summary, Weights};
use tutor_catalog::{Catalog, Terms};
use tutor_provider::ledger::Doubt;
use tutor_provider::practice::is_placeholder;
use tutor_provider::{Provider, ProviderError};
use tutor_recording::OriginKind;

/// What is compared.
pub struct Question<'a> {
    /// What is asked.
    pub prompt: Prompt,
    /// Whom.
    pub models: &'a [String],
    /// How often each.
    pub samples: usize,
    /// What an answer must fulfil.
    pub expect: &'a [Expected],
    /// How much each part of the score counts.
    pub weights: Weights,
    /// Who answers.
    pub origin: OriginKind,
    /// The models there are.
    pub catalog: &'static Catalog,
    /// The day the prices are for.
    pub today: Date,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What was asked.
    pub prompt: String,
    /// How often each model was asked.
    pub samples: usize,
    /// Who answered.
    pub origin: OriginKind,
    /// The models that spoke, with engine and machine, where others than those asked for did.
    pub speakers: Vec<String>,
    /// The weights of the score.
    pub weights: Weights,
    /// The expectations, as they were written.
    pub expect: Vec<String>,
    /// One a model, in the order they were named.
    pub models: Vec<Compared>,
    /// Whether the budget did not allow some answer.
    pub is_over_budget: bool,
    /// Whether some answer claimed a usage that cannot be.
    pub is_doubted: bool,
}

/// One model.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Its id as it was sent.
    pub model_id: String,
    /// What people call it.
    pub name: String,
    /// What it did, or why it did not.
    pub result: Result<Measured, String>,
}

/// What a model did, over all its samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The text of the first answer.
    pub output: String,
    /// Why each expectation that does not hold does not: with the number of the sample, from 1.
    pub misses: Vec<(usize, String)>,
    /// Client wall time over all samples.
    pub latency: Option<Summary>,
    /// Tokens of the first answer.
    pub usage: Usage,
    /// What the first answer cost.
    pub cost: Cost,
    /// Against the others.
    pub score: Score,
}

impl Measured {
    /// Whether a stand-in had nothing to say: it is compared with nobody.
    pub fn is_placeholder(&self) -> bool {
        is_placeholder(&self.output)
    }
}

/// How many samples of local answers there are at least before their times count.
const ENOUGH_LOCAL: usize = 5;

/// One sample that was read.
struct Sample {
    reading: Reading,
    total_ms: u64,
    cost: Cost,
}

/// What is told of each answer.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// Who answered.
    pub model_id: &'a str,
    /// What it did cost, in USD, if that is known.
    pub cost: Option<Decimal>,
    /// Why the usage it claims cannot be.
    pub doubt: Option<Doubt>,
}

/// Asks everybody, one after the other, so that nobody's time is spoiled by the others; `told` hears of
/// each answer.
pub async fn ask<P: Provider>(
    question: &Question<'_>,
    provider: &P,
    mut told: impl FnMut(Answered<'_>),
) -> Comparison {
    let mut answered = Vec::new();
    let (mut is_over_budget, mut is_doubted) = (false, false);
    let mut told = |answered: Answered<'_>| {
        is_doubted |= answered.doubt.is_some();
        told(answered);
    };
    for id in question.models {
        let samples = samples(question, provider, id, &mut told).await;
        is_over_budget |= matches!(&samples, Err(Why::Provider(error)) if error.is_over_budget());
        let samples = samples.map_err(|why| why.to_string());
        answered.push((id, samples.map(|samples| measured(question, &samples))));
    }
    // Scores compare those that have answered.
    let scored: Vec<Scored> =
        answered.iter().filter_map(|(_, result)| Some(result.as_ref().ok()?.1)).collect();
    let mut scores = question.weights.score(&scored).into_iter();
    let models = answered.into_iter().map(|(id, result)| Compared {
        model_id: id.clone(),
        name: question.catalog.model(id).map_or_else(|| model_id::short(id), |model| model.name.clone()),
        result: result.map(|(measured, _)| match scores.next() {
            Some(score) => Measured { score, ..measured },
            None => measured,
        }),
    });
    Comparison {
        prompt: question.prompt.text.clone(),
        samples: question.samples,
        origin: question.origin,
        speakers: Vec::new(),
        weights: question.weights,
        expect: question.expect.iter().map(|expected| expected.written.clone()).collect(),
        models: models.collect(),
        is_over_budget,
        is_doubted,
    }
}

/// The request to a model, in its own dialect.
///
/// # Errors
/// Why there is none, in words.
pub fn request(prompt: &Prompt, id: &str, catalog: &Catalog) -> Result<Call, String> {
    let family = catalog.family(id).ok_or_else(|| ProviderError::UnknownModel(id.to_owned()).to_string())?;
    if family.makes() != Makes::Text {
        return Err(format!("{} makes no text", family.name()));
    }
    let body = family.body(prompt).map_err(|error| error.to_string())?;
    Ok(Call::new(Operation::InvokeModel, id, body))
}

async fn samples<P: Provider>(
    question: &Question<'_>,
    provider: &P,
    id: &str,
    told: &mut impl FnMut(Answered<'_>),
) -> Result<Vec<Sample>, Why> {
    let call = request(&question.prompt, id, question.catalog).map_err(Why::Said)?;
    let mut samples = Vec::new();
    for index in 0..question.samples {
        let answer = provider.nth_answer(&call, index).await.map_err(Why::Provider)?;
        let sample = read(&call, &answer, question).map_err(Why::Said)?;
        let doubt = provider.doubt(&call);
        // What a doubted usage would cost is no figure to compare.
        let cost = if doubt.is_some() { Cost::Unpriced } else { sample.cost };
        told(Answered { model_id: id, cost: cost.total(), doubt });
        samples.push(Sample { cost, ..sample });
    }
    Ok(samples)
}

/// Why a model has no result.
enum Why {
    /// In words.
    Said(String),
    /// No answer came.
    Provider(ProviderError),
}

impl fmt::Display for Why {
    /// With what to do about it, where somebody knows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Said(words) => f.write_str(words),
            Why::Provider(ProviderError::Service(trouble)) => write!(f, "{trouble} ({})", trouble.help),
            Why::Provider(error) => write!(f, "{error}"),
        }
    }
}

fn read(call: &Call, answer: &Answer, question: &Question<'_>) -> Result<Sample, String> {
    if let Some(error) = family::error::read(answer) {
        return Err(format!("{}: {}", error.kind, error.message));
    }
    let reading = family::read(call, question.catalog.family(&call.model_id), answer)
        .ok_or_else(|| "the answer is in no dialect that tutor reads".to_owned())?;
    let cost = Cost::of(
        question.catalog.model(&call.model_id),
        &Terms::of(call, question.today),
        &reading.usage,
        &[],
        question.today,
    );
    Ok(Sample { reading, total_ms: answer.timing.total_ms, cost })
}

fn measured(question: &Question<'_>, samples: &[Sample]) -> (Measured, Scored) {
    let mut misses = Vec::new();
    for (index, sample) in samples.iter().enumerate() {
        for expected in question.expect {
            let miss = expected.miss(&sample.reading, sample.total_ms, &sample.cost, question.origin);
            misses.extend(miss.map(|miss| (index + 1, format!("{}: {miss}", expected.written))));
        }
    }
    let judged = samples.len() * question.expect.len();
    #[expect(clippy::cast_precision_loss, reason = "a share of a few expectations")]
    let quality = (judged > 0).then(|| 1.0 - misses.len() as f64 / judged as f64);
    let times: Vec<u64> = samples.iter().map(|sample| sample.total_ms).collect();
    let latency = Summary::of(&times);
    let first = samples.first();
    let cost = first.map_or(Cost::Unpriced, |sample| sample.cost.clone());
    // A local machine's times scatter: few of them rank nobody.
    let is_timed = question.origin != OriginKind::Local || samples.len() >= ENOUGH_LOCAL;
    let latency_ms = latency.filter(|_| is_timed).map(|latency| latency.median_ms);
    let scored = Scored { quality, latency_ms, cost: cost.total() };
    let measured = Measured {
        output: first.map(|sample| sample.reading.text()).unwrap_or_default(),
        misses,
        latency,
        usage: first.map(|sample| sample.reading.usage).unwrap_or_default(),
        cost,
        score: Score { score: 0.0, parts: Vec::new() },
    };
    (measured, scored)
}

#[cfg(test)]
mod tests {
    use std::future::{Future, ready};

    use jiff::civil::date;

    use super::*;
    use tutor_provider::practice::{Lines, recite};

    /// Answers as it is told, and never for Command.
    struct Told;

    impl Provider for Told {
        fn answer(&self, call: &Call) -> impl Future<Output = Result<Answer, ProviderError>> + Send {
            ready(match call.model_id.as_str() {
                "cohere.command-text-v14" => Err(ProviderError::UnknownModel("nobody".to_owned())),
                id => {
                    let quick = id.contains("haiku");
                    let (text, total_ms, output_tokens) =
                        if quick { ("Because of the tide.", 200, 10) } else { ("Who knows?", 400, 100) };
                    let mut lines = Lines::of(text, 20, output_tokens);
                    lines.held(total_ms);
                    recite(call, &lines)
                }
            })
        }
    }

    fn compared(models: &[&str], expect: &[&str]) -> Comparison {
        let models: Vec<String> = models.iter().map(|id| (*id).to_owned()).collect();
        let expect: Vec<Expected> = expect.iter().map(|text| Expected::parse(text).unwrap()).collect();
        let question = Question {
            prompt: Prompt { max_tokens: Some(50), ..Prompt::of("Why is the boat late?") },
            models: &models,
            samples: 2,
            expect: &expect,
            weights: Weights::default(),
            origin: OriginKind::Bedrock,
            catalog: Catalog::embedded(),
            today: date(2026, 11, 22),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(ask(&question, &Told, |_| {}))
    }

    #[test]
    fn the_same_prompt_goes_out_in_every_dialect() {
        let prompt = Prompt { max_tokens: Some(50), ..Prompt::of("Why?") };
        let bodies = [
            "anthropic.claude-3-haiku-20240307-v1:0",
            "amazon.nova-lite-v1:0",
            "meta.llama3-8b-instruct-v1:0",
        ]
        .map(|id| request(&prompt, id, Catalog::embedded()).unwrap().body.to_compact());
        insta::assert_snapshot!(bodies.join("\n"));
        let refused = |id| request(&prompt, id, Catalog::embedded());
        assert!(refused("amazon.titan-embed-text-v2:0").unwrap_err().ends_with("makes no text"));
        assert!(refused("no.such-model").unwrap_err().contains("unknown"));
    }

    #[test]
    fn quality_counts_expectations_and_a_failure_stops_nobody() {
        let comparison = compared(
            &["meta.llama2-13b-chat-v1", "cohere.command-text-v14", "anthropic.claude-3-haiku-20240307-v1:0"],
            &["contains = \"tide\"", "max-words = 10"],
        );
        let [llama, command, haiku] = &comparison.models[..] else { panic!() };
        assert!(command.result.is_err());
        let (llama, haiku) = (llama.result.as_ref().unwrap(), haiku.result.as_ref().unwrap());
        assert_eq!(haiku.score.parts[0], ("quality", 1.0));
        assert_eq!(llama.score.parts[0], ("quality", 0.5));
        assert_eq!(llama.misses.len(), 2);
        assert_eq!(haiku.latency.unwrap().n, 2);
        assert!(haiku.score.score > llama.score.score);
        insta::assert_snapshot!(human(&comparison));
    }

    #[test]
    fn practice_is_told_and_never_ranked() {
        let models = ["meta.llama2-13b-chat-v1", "anthropic.claude-3-haiku-20240307-v1:0"];
        let practice = Comparison { origin: OriginKind::Practice, ..compared(&models, &[]) };
        let text = human(&practice);
        assert!(text.contains("simulated") && text.contains("estimated"), "{text}");
        let row = |name: &str| text.lines().position(|line| line.starts_with(name)).unwrap();
        assert!(row("Llama 2 Chat 13B") < row("Claude 3 Haiku"), "as asked, not by score\n{text}");
        assert!(page(&practice).contains("simulated"));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&json(&practice)).unwrap()["origin"],
            "practice"
        );
    }
}
