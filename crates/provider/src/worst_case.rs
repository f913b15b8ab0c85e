//! The most one attempt of a call can cost.
//!
//! Input is counted generously: no tokenizer makes more tokens than a text has bytes, so every byte
//! of the body counts as one, with room for what a model's template adds; media count by bounds of
//! ours far above what any model charges. Output counts at its limit. Where a bound cannot be given,
//! none is made up: the call is refused with advice.

use rust_decimal::Decimal;

use tutor_bedrock::family::{self, Family, Makes, compatible};
use tutor_bedrock::{Call, Json};
use tutor_catalog::{Catalog, Model, Price, Terms, Tier};

/// Tokens that a model's own template, its tools' instructions and the like may add.
const TEMPLATE_TOKENS: u64 = 2_000;

/// The most tokens one picture counts, far above what any model's documentation names.
const IMAGE_TOKENS: u64 = 20_000;

/// The most tokens a byte of base64 counts in documents, sound and video: their text may be packed.
const TOKENS_PER_PACKED_BYTE: u64 = 8;

/// Above this many input tokens some models cost more (Claude Sonnet with its long context window:
/// twice the input and one and a half times the output price). All are taken to cost twice.
const LONG_CONTEXT: u64 = 200_000;

/// Why no bound can be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbounded {
    /// The answer may be of any length.
    #[error("neither the call nor the catalog limits its output tokens, so its cost has no limit")]
    NoOutputLimit {
        /// How the family spells the limit.
        setting: &'static str,
    },
    /// The catalog has no price for it.
    #[error("there is no price for {what}")]
    Unpriced {
        /// A model, or a feature that costs extra.
        what: String,
    },
}

impl Unbounded {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Unbounded::NoOutputLimit { setting } => {
                format!("set `{setting}` in the request, or send it all the same: --allow-unpriced")
            }
            Unbounded::Unpriced { .. } => {
                "add its price to the catalog, or send it all the same: --allow-unpriced".to_owned()
            }
        }
    }
}

/// What a call costs at most, in USD, at the catalog's dated price.
///
/// # Errors
/// Nothing limits the answer, or the catalog has no price for the call.
pub fn of(call: &Call, terms: &Terms<'_>, catalog: &Catalog) -> Result<Decimal, Unbounded> {
    let priced = with_input(call, terms, catalog, input_tokens(&call.body))?;
    match costs_extra(call) {
        Some(what) => Err(Unbounded::Unpriced { what: what.to_owned() }),
        None => Ok(priced),
    }
}

/// The part of a call's cost that has a bound, in USD: for a call that is sent all the same.
pub fn of_what_is_priced(call: &Call, terms: &Terms<'_>, catalog: &Catalog) -> Decimal {
    with_input(call, terms, catalog, input_tokens(&call.body)).unwrap_or_default()
}

/// What a call costs at most whose input counts this many tokens: tokens and images, nothing else.
///
/// # Errors
/// Nothing limits the answer, or the catalog has no price for the call.
pub fn with_input(
    call: &Call,
    terms: &Terms<'_>,
    catalog: &Catalog,
    input: u64,
) -> Result<Decimal, Unbounded> {
    let model = catalog.model(&call.model_id);
    let family = catalog.family(&call.model_id);
    let output = output_tokens(call, family, model)?;
    let unpriced = || Unbounded::Unpriced { what: format!("`{}`", call.model_id) };
    let model = model.ok_or_else(unpriced)?;
    let price = model.price(terms).ok_or_else(unpriced)?;
    model
        .prices_like(price)
        .map(|price| at(model, price, terms.tier, [input, output, images(call, family)]))
        .try_fold(Decimal::ZERO, |most, amount| Some(most.max(amount?)))
        .filter(|_| !model.prices.is_empty())
        .ok_or_else(unpriced)
}

/// What so many tokens and images cost at most at one price: at its rates for a prompt of any length up
/// to this one, all of it written to the cache for an hour, where the catalog says what that costs or not.
fn at(model: &Model, price: &Price, tier: Tier, [input, output, images]: [u64; 3]) -> Option<Decimal> {
    let per_token = |per_million: Decimal| per_million * Decimal::new(1, 6);
    // Flex is cheaper than the standard tier, so where its price is not known, that one is a bound.
    let standard = || model.rates(price, Tier::Standard, input);
    let rates = model.rates(price, tier, input).or_else(|| (tier == Tier::Flex).then(standard).flatten())?;
    let written = [rates.cache_write, rates.cache_write_1h].into_iter().flatten().max();
    let input_price = rates.input.map(|input| (input * Decimal::TWO).max(written.unwrap_or_default()));
    // Where the catalog knows what a long prompt costs, the rates say so.
    let told = model.prices_like(price).any(|price| price.long_context.is_some());
    let long = if input > LONG_CONTEXT && !told { Decimal::TWO } else { Decimal::ONE };
    let input_cost = match input_price {
        Some(price) => per_token(price).checked_mul(input.into())?,
        None if images > 0 => Decimal::ZERO,
        None => return None,
    };
    let output_cost = match rates.output {
        Some(price) => per_token(price).checked_mul(output.into())?,
        None if output == 0 => Decimal::ZERO,
        None => return None,
    };
    let dearest = price.images.iter().map(|class| class.usd).max();
    let image_cost = match (images, dearest) {
        (0, _) => Decimal::ZERO,
        (count, Some(usd)) => usd.checked_mul(count.into())?,
        (_, None) => return None,
    };
    Some((input_cost + output_cost) * long + image_cost)
}

/// What is billed beyond tokens and images, or at another rate, and has no price in the catalog.
fn costs_extra(call: &Call) -> Option<&'static str> {
    let (options, body) = (&call.options, &call.body);
    let not_standard = |speed: &str| speed != "standard";
    let in_body = || body.pointer("/serviceTier/type").or_else(|| body.get("service_tier"))?.as_str();
    let tier = options.service_tier.as_deref().or_else(in_body).filter(|tier| *tier != "auto");
    let speed = options
        .performance_latency
        .as_deref()
        .or_else(|| body.pointer("/performanceConfig/latency")?.as_str());
    if options.guardrail_identifier.is_some() || body.get("guardrailConfig").is_some() {
        Some("guardrails")
    } else if tier.is_some_and(|tier| Tier::named(tier).is_none()) {
        Some("this service tier")
    } else if speed.is_some_and(not_standard) {
        Some("optimized latency")
    } else if holds(body, &["s3Location", "systemTool"]) {
        Some("objects in S3 and tools of Bedrock's own")
    } else {
        None
    }
}

fn holds(json: &Json, names: &[&str]) -> bool {
    match json {
        Json::Array(items) => items.iter().any(|item| holds(item, names)),
        Json::Object(map) => map.iter().any(|(key, value)| names.contains(&key) || holds(value, names)),
        _ => false,
    }
}

/// The most tokens the request can count.
fn input_tokens(body: &Json) -> u64 {
    TEMPLATE_TOKENS.saturating_add(tokens_of(body, false))
}

/// Members whose value is a picture as base64, in any family's dialect.
const PICTURES: [&str; 8] =
    ["image", "images", "inputImage", "maskImage", "init_image", "mask_image", "image_url", "source"];

/// Members whose value is any other file.
const FILES: [&str; 4] = ["document", "video", "audio", "file"];

fn tokens_of(json: &Json, packed: bool) -> u64 {
    let sum = |values: &mut dyn Iterator<Item = u64>| values.fold(0, u64::saturating_add);
    match json {
        Json::String(text) if packed => {
            IMAGE_TOKENS.saturating_add((text.len() as u64).saturating_mul(TOKENS_PER_PACKED_BYTE))
        }
        Json::String(text) => text.len() as u64 + 8,
        Json::Array(items) => sum(&mut items.iter().map(|item| tokens_of(item, packed))) + 8,
        Json::Object(map) => {
            let kind = map.get("type").and_then(Json::as_str).unwrap_or_default();
            let packed = packed || FILES.contains(&kind);
            sum(&mut map.iter().map(|(key, value)| {
                let count = if PICTURES.contains(&key) && !packed {
                    pictures(value)
                } else {
                    tokens_of(value, packed || FILES.contains(&key))
                };
                count.saturating_add(key.len() as u64 + 8)
            }))
        }
        _ => 32,
    }
}

/// A value that holds pictures. Base64 has no white space; a string that has some is words.
fn pictures(value: &Json) -> u64 {
    match value {
        Json::String(text) if text.contains(char::is_whitespace) => text.len() as u64 + IMAGE_TOKENS,
        Json::String(_) => IMAGE_TOKENS,
        Json::Array(items) => items.iter().map(pictures).fold(0, u64::saturating_add),
        Json::Object(map) => map.values().map(pictures).fold(0, u64::saturating_add),
        _ => 32,
    }
}

/// The most tokens the answer can have, by the request or else by the model; none where nothing limits it.
fn output_tokens(call: &Call, family: Option<&dyn Family>, model: Option<&Model>) -> Result<u64, Unbounded> {
    if family.is_some_and(|family| family.makes() != Makes::Text) && call.operation.is_native() {
        return Ok(0);
    }
    let api = compatible::of(call.operation);
    let limit = match family {
        _ if let Some(api) = api => api.prompt(&call.body).max_tokens,
        Some(family) => family::prompt(call, family).max_tokens,
        None => ANY_SETTING.iter().find_map(|name| limit_named(&call.body, name)),
    };
    let setting = match family {
        _ if let Some(api) = api => api.output_limit(),
        _ if call.operation.is_converse() => "inferenceConfig.maxTokens",
        Some(family) => setting(family.id()),
        None => ANY_SETTING[0],
    };
    // Where sources disagree, the largest counts.
    let of_model = || {
        let model = model?;
        model.output_limit.iter().chain(&model.other_output_limits).map(|limit| limit.value).max()
    };
    let limit = limit.or_else(of_model).ok_or(Unbounded::NoOutputLimit { setting })?;
    let answers =
        ["num_generations", "numResults", "n"].iter().find_map(|name| call.body.get(name)?.as_u64());
    Ok(limit.saturating_mul(answers.unwrap_or(1).max(1)))
}

/// The limit under this name, in the body or one object below.
fn limit_named(body: &Json, name: &str) -> Option<u64> {
    let Json::Object(map) = body else { return None };
    let direct = map.get(name).and_then(Json::as_u64);
    direct.or_else(|| map.values().find_map(|value| value.get(name)?.as_u64()))
}

/// How the families spell it, for models whose family nobody knows.
const ANY_SETTING: [&str; 7] = [
    "max_tokens",
    "maxTokens",
    "max_completion_tokens",
    "max_new_tokens",
    "max_gen_len",
    "maxTokenCount",
    "max_tokens_to_sample",
];

/// How a family spells the limit on output tokens (Amazon Bedrock user guide, Inference request
/// parameters and response fields for foundation models).
fn setting(family: &str) -> &'static str {
    match family {
        "titan-text" => "textGenerationConfig.maxTokenCount",
        "nova" => "inferenceConfig.maxTokens",
        "claude-text" => "max_tokens_to_sample",
        "llama" => "max_gen_len",
        "jurassic" => "maxTokens",
        "openai-chat" => "max_completion_tokens",
        _ => "max_tokens",
    }
}

/// How many images the answer can have.
fn images(call: &Call, family: Option<&dyn Family>) -> u64 {
    match family {
        Some(family) if family.makes() == Makes::Images => {
            u64::from(family::prompt(call, family).images.unwrap_or(1).max(1))
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use tutor_bedrock::Operation;

    const DAY: jiff::civil::Date = jiff::civil::date(2026, 11, 22);

    fn bound(call: &Call) -> Result<Decimal, Unbounded> {
        of(call, &Terms::of(call, DAY), Catalog::embedded())
    }

    fn worst(model: &str, body: serde_json::Value) -> Result<Decimal, Unbounded> {
        bound(&Call::new(Operation::InvokeModel, model, body.into()))
    }

    const NOVA: &str = "amazon.nova-lite-v1:0";

    fn nova(text: &str, limit: u64) -> serde_json::Value {
        json!({"messages": [{"role": "user", "content": [{"text": text}]}], "inferenceConfig": {"maxTokens": limit}})
    }

    #[test]
    fn the_bound_is_above_what_any_answer_costs() {
        use tutor_bedrock::family::Usage;
        use tutor_catalog::measure::Cost;
        let text = "日本語のテキスト ".repeat(200);
        let worst = worst(NOVA, nova(&text, 500)).unwrap();
        let usage = Usage {
            input_tokens: Some(text.len() as u64 + 300),
            output_tokens: Some(500),
            ..Usage::default()
        };
        let model = Catalog::embedded().model(NOVA);
        let cost = Cost::of(model, &Terms::new(NOVA, DAY), &usage, &[], DAY).total().unwrap();
        assert!(worst > cost, "{worst} > {cost}");
        assert!(worst < Decimal::new(1, 2), "but not absurd: {worst}");
    }

    #[test]
    fn without_a_limit_of_its_own_a_call_has_its_models() {
        let body = json!({"messages": [{"role": "user", "content": [{"text": "hi"}]}]});
        let refused = worst("amazon.nova-dream-v9:0", body.clone()).unwrap_err();
        assert!(refused.help().starts_with("set `max_tokens` in the request, or"), "{}", refused.help());
        let limit = Catalog::embedded().model(NOVA).unwrap().output_limit.as_ref().unwrap().value;
        let most = worst(NOVA, body).unwrap();
        assert!(
            most >= worst(NOVA, nova("hi", limit)).unwrap() - Decimal::new(1, 4),
            "the model's limit counts: {most}"
        );
        assert!(worst("amazon.titan-text-express-v1", json!({"inputText": "hi"})).is_ok());
    }

    #[test]
    fn what_has_no_price_is_refused() {
        let unpriced = |call: &Call| matches!(bound(call), Err(Unbounded::Unpriced { .. }));
        let mut call = Call::new(Operation::InvokeModel, NOVA, nova("hi", 5).into());
        assert!(!unpriced(&call));
        let bound = bound(&call);
        call.options.guardrail_identifier = Some("g".into());
        assert!(unpriced(&call));
        let sent_all_the_same = of_what_is_priced(&call, &Terms::of(&call, DAY), Catalog::embedded());
        assert_eq!(Ok(sent_all_the_same), bound, "its tokens have a price");
        assert!(unpriced(&Call::new(Operation::InvokeModel, "amazon.nova-dream-v9:0", nova("hi", 5).into())));
        let mut tier = nova("hi", 5);
        tier["serviceTier"] = json!({"type": "priority"});
        assert!(unpriced(&Call::new(Operation::Converse, NOVA, tier.into())));
    }

    #[test]
    fn several_answers_cost_several_times_the_output() {
        let cohere = |n: u64| json!({"prompt": "hi", "max_tokens": 1000, "num_generations": n});
        let of = |n| worst("cohere.command-text-v14", cohere(n)).unwrap();
        let output = of(2) - of(1);
        assert!(output > Decimal::ZERO);
        assert_eq!(of(5) - of(1), output * Decimal::from(4));
    }

    #[test]
    fn images_and_vectors_have_bounds_of_their_own() {
        let image = json!({"text_prompts": [{"text": "a lighthouse"}], "steps": 30});
        let bound = worst("stability.stable-diffusion-xl-v1", image).unwrap();
        assert!(bound >= Decimal::new(8, 2), "the dearest class: {bound}");
        assert!(worst("amazon.titan-embed-text-v1", json!({"inputText": "hi"})).unwrap() > Decimal::ZERO);
    }

    #[test]
    fn media_are_bounded_by_pictures_not_by_bytes() {
        let picture = "A".repeat(1_000_000);
        let body = json!({"messages": [{"role": "user", "content": [
            {"image": {"format": "png", "source": {"bytes": picture}}}, {"text": "what is it?"}]}],
            "inferenceConfig": {"maxTokens": 10}});
        let bound = worst(NOVA, body).unwrap();
        assert!(bound < Decimal::new(2, 2), "{bound}");
        let document = json!({"messages": [{"role": "user", "content": [
            {"document": {"format": "pdf", "source": {"bytes": picture}}}]}], "inferenceConfig": {"maxTokens": 10}});
        assert!(worst(NOVA, document).unwrap() > Decimal::new(50, 2), "a document may hold that much");
    }
}
