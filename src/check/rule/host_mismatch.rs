//! A model, an API and a host that do not go together.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::model_ids::{ModelId, is_code};
use crate::check::{Chapter, Finding, Level, Material, Rule};
use tutor_bedrock::model_id;
use tutor_catalog::rules::Api;
use tutor_catalog::rules::hosts::{self, Host, Served};

pub(in crate::check) static RULE: Rule = Rule {
    id: "host-mismatch",
    level: Level::Deny,
    explanation: "\
Code leads a client to a host or path of Bedrock that does not serve the model
it names. The two hosts, bedrock-runtime and bedrock-mantle, have different
paths for each model and want different spellings of the same id; the wrong one
answers with 400, with an empty 404, or with status 200 and an error inside.
Write the base URL and the id that the finding names. Only fences with one such
URL are read.
  <!-- tutor: allow = [{ rule = \"host-mismatch\", reason = \"to show it\" }] -->",
    check,
};

static URL: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"https://bedrock-(runtime|mantle)\.[A-Za-z0-9{}$_-]+\.(?:amazonaws\.com|api\.aws)(/[A-Za-z0-9/_.-]*)?";
    Regex::new(pattern).expect("a constant pattern")
});
static RESPONSES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\.responses\.\w+\(|/responses\b").expect("a constant pattern"));
static CHAT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\.chat\.completions\.|/chat/completions\b").expect("a constant pattern"));
static NATIVE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\.(?:invoke_model|converse|invoke_model_with_response_stream|converse_stream)\s*\(")
        .expect("a constant pattern")
});

/// Where code leads its client.
struct Led<'a> {
    host: Host,
    path: &'a str,
    /// The bytes of the URL in the chapter.
    range: std::ops::Range<usize>,
    /// The APIs it uses, as far as they can be told.
    apis: Vec<Api>,
}

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let leads = |chapter: &&Chapter| chapter.text.contains("https://bedrock-");
    for chapter in material.chapters.iter().filter(leads) {
        for fence in chapter.read.chapter.fences.iter().filter(|fence| is_code(fence)) {
            let code = &chapter.text[fence.range.clone()];
            let Some(led) = led(code, fence.range.start) else { continue };
            let id = chapter.fence(fence.index);
            let of_fence = material.model_ids.iter().filter(|model| model.fence_id() == Some(id));
            if let Some(message) = wrong_path(&led, code) {
                findings.push(found(chapter, &led, message, led.host.name()).in_fence(id));
                continue;
            }
            findings.extend(of_fence.filter_map(|model| {
                let message = wrong_model(&led, model)?;
                Some(found(chapter, &led, message, &model.written).in_fence(id))
            }));
        }
    }
    findings
}

/// The only URL of Bedrock in a piece of code.
fn led(code: &str, start: usize) -> Option<Led<'_>> {
    let mut urls = URL.captures_iter(code);
    let url = urls.next()?;
    if urls.next().is_some() {
        return None;
    }
    let whole = url.get(0)?;
    let host = if &url[1] == "mantle" { Host::Mantle } else { Host::Runtime };
    let path = url.get(2).map_or("", |path| path.as_str()).trim_end_matches('/');
    let mut apis = Vec::new();
    if path.starts_with("/anthropic") || code.contains(".messages.create(") {
        apis.push(Api::Messages);
    } else {
        apis.extend(RESPONSES.is_match(code).then_some(Api::Responses));
        apis.extend(CHAT.is_match(code).then_some(Api::ChatCompletions));
    }
    Some(Led { host, path, range: start + whole.start()..start + whole.end(), apis })
}

/// What is wrong with the path for every model.
fn wrong_path(led: &Led<'_>, code: &str) -> Option<String> {
    match led.host {
        Host::Runtime if led.path == "/v1" || led.path.starts_with("/v1/") => Some(
            "bedrock-runtime has no `/v1`: it answers 200 with an UnknownOperationException inside; its \
             OpenAI-compatible path is `/openai/v1`"
                .to_owned(),
        ),
        Host::Mantle if NATIVE.is_match(code) || led.path.starts_with("/model/") => Some(
            "bedrock-mantle has neither InvokeModel nor Converse: bedrock-runtime serves them".to_owned(),
        ),
        _ => None,
    }
}

/// What is wrong with the path for this model.
fn wrong_model(led: &Led<'_>, id: &ModelId) -> Option<String> {
    let (model, written) = (id.model, &id.written);
    // Without a path, or with one that no API has, the code may add the rest.
    let base = ["/openai/v1", "/anthropic", "/v1"].into_iter().find(|base| led.path.starts_with(base))?;
    let served = hosts::of(&model.id);
    let here: Vec<&Served> =
        served.iter().filter(|it| it.host == led.host && it.path.starts_with(base)).collect();
    let wants = |it: &&&Served| led.apis.is_empty() || led.apis.contains(&it.api);
    if here.iter().any(|it| wants(&it)) {
        return wrong_spelling(led.host, id);
    }
    let uncertain = served.iter().any(|it| !it.is_certain && it.host == led.host);
    if uncertain || (here.is_empty() && served.is_empty() && !model.id.contains('.')) {
        return None;
    }
    let apis: Vec<&str> = led.apis.iter().map(|api| api.name()).collect();
    let api = if apis.is_empty() { String::new() } else { format!(" by {}", apis.join(" and ")) };
    let places: Vec<String> = served
        .iter()
        .filter(|it| wants(&it))
        .map(|it| format!("{} on {}, `{}`", it.api.name(), it.host.name(), it.path))
        .collect();
    let elsewhere = match places.as_slice() {
        [] if served.is_empty() => "it answers InvokeModel and Converse alone".to_owned(),
        [] => "no host is known to do so".to_owned(),
        places => format!("it is served by {}", places.join("; ")),
    };
    Some(format!("`{written}` is not served{api} under `{base}` of {}: {elsewhere}", led.host.name()))
}

/// The two hosts spell some ids differently.
fn wrong_spelling(host: Host, id: &ModelId) -> Option<String> {
    let (model, bare) = (id.model, model_id::bare(&id.written));
    match host {
        Host::Runtime if bare != model.id && model.other_ids.iter().any(|other| other == bare) => {
            Some(format!(
                "`{}` is the id on bedrock-mantle; bedrock-runtime says “The provided model identifier is invalid.”: \
             write `{}`",
                id.written, model.id
            ))
        }
        Host::Mantle if id.written != bare => Some(format!(
            "bedrock-mantle knows no inference profiles: write `{}`",
            model.other_ids.first().unwrap_or(&model.id)
        )),
        Host::Mantle if bare == model.id && !model.other_ids.is_empty() => Some(format!(
            "bedrock-mantle says “The model '{bare}' does not exist”: write `{}`",
            model.other_ids[0]
        )),
        _ => None,
    }
}

fn found(chapter: &Chapter, led: &Led<'_>, message: String, subject: &str) -> Finding {
    let help = "paths and ids as measured in AWS's per-model samples of 2026-08-22 and listed by litellm 1.110.2; \
                look at `tutor catalog show MODEL`";
    Finding::new(chapter.at(&led.range), message, help).about(format!(
        "{subject} {}{}",
        led.host.name(),
        led.path
    ))
}
