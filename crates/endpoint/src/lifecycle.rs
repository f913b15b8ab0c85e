//! Whether Bedrock would let this model be called like this today.

use axum::http::StatusCode;
use jiff::civil::Date;

use super::answerer::{Retired, UnknownModels};
use super::refusal::Refusal;
use super::route::Action;
use tutor_bedrock::family::{Family, Makes};
use tutor_bedrock::{Operation, model_id};
use tutor_catalog::{Access, Catalog, LifecycleState, Model};

/// A model that may be called.
pub(super) struct Callable {
    /// Its dialect; `None` where an ARN names no model.
    pub(super) family: Option<&'static dyn Family>,
    /// What the catalog knows of it.
    pub(super) model: Option<&'static Model>,
    /// What people should know although it is served.
    pub(super) warning: Option<String>,
}

/// What decides beside the model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances<'a> {
    /// What is known of models.
    pub(super) catalog: &'static Catalog,
    /// The day that decides which models are retired.
    pub(super) today: Date,
    /// What becomes of those.
    pub(super) retired: Retired,
    /// What becomes of models that nobody here knows.
    pub(super) unknown: UnknownModels,
    /// The region that the request was signed for, if it was.
    pub(super) region: Option<&'a str>,
}

/// The region that the catalog's word on access is about.
const REGION: &str = "us-east-1";

/// Models that no region serves by their bare id (compatible APIs of Bedrock, read 2026-11-27: live outputs of
/// aws-samples/sample-per-model-bedrock and litellm 1.110.2). A name stands for all ids that start like it.
const BY_PROFILE_EVERYWHERE: [&str; 19] = [
    "anthropic.claude-sonnet-4-5",
    "anthropic.claude-haiku-4-5",
    "anthropic.claude-opus-4-5",
    "anthropic.claude-sonnet-4-6",
    "anthropic.claude-opus-4-6",
    "anthropic.claude-opus-4-7",
    "anthropic.claude-opus-4-8",
    "anthropic.claude-opus-5",
    "anthropic.claude-sonnet-5",
    "anthropic.claude-haiku-5",
    "anthropic.claude-fable-5",
    "anthropic.claude-mythos",
    "openai.gpt-5.6",
    "openai.gpt-6",
    "xai.grok-4.6",
    "xai.grok-4.7",
    "moonshotai.kimi-k3",
    "zai.glm-5.3",
    "openai.gpt-6.1",
];

pub(super) const INVALID: &str = "The provided model identifier is invalid.";
const NO_COUNTING: &str = "The provided model doesn't support counting tokens.";

/// Finds the model, or refuses in Bedrock's words (collected from recorded traffic and from users'
/// reports of 2025 and 2026). What Bedrock would say of a model that only tutor does not know, nobody
/// can tell here.
pub(super) fn check(id: &str, action: Action, around: Circumstances<'_>) -> Result<Callable, Refusal> {
    let model = around.catalog.model(id);
    let family = around.catalog.family(id);
    if !model_id::is_well_formed(id) {
        return Err(Refusal::validation(INVALID));
    }
    if model.is_none() && !names_no_model(id) {
        let bare = model_id::bare(id);
        let mut known = around.catalog.models().map(|model| model.id.as_str());
        if let Some(known) = known.find(|known| model_id::is_slip_of(bare, known)) {
            let hint = format!("no model has the id `{id}`: did you mean `{known}`?");
            return Err(Refusal::validation(INVALID).hinting(Some(hint)));
        }
        if around.unknown == UnknownModels::Refuse {
            let words =
                format!("the model `{id}` is not in tutor's catalog, and --unknown-models refuse is set");
            return Err(Refusal::ours(StatusCode::BAD_REQUEST, "ValidationException", words));
        }
    }
    let state = model.map(|model| model.state_on(around.today));
    if state == Some(LifecycleState::Retired) && around.retired == Retired::Refuse {
        return Err(end_of_life());
    }
    let mut warnings: Vec<String> = warning(model, state).into_iter().collect();
    if action == Action::CountTokens {
        check_counting(id, family)?;
    } else if is_bare(id) {
        match by_profile(id, model, around.region) {
            ByProfile::Refused => {
                return Err(Refusal::validation(format!(
                    "Invocation of model ID {id} with on-demand throughput isn’t supported. Retry your request \
                     with the ID or ARN of an inference profile that contains this model."
                )));
            }
            ByProfile::Warned => {
                warnings.push(format!(
                    "in {REGION} it is called through an inference profile, such as `us.{id}`"
                ));
            }
            ByProfile::No => {}
        }
    }
    if let Some(family) = family {
        check_operation(family, model, action)?;
    }
    let warning = Some(warnings.join("; ")).filter(|warning| !warning.is_empty());
    Ok(Callable { family, model, warning })
}

/// Whether a model has to be called through an inference profile.
enum ByProfile {
    /// A source says so for this region, or for all.
    Refused,
    /// A source says so for another region.
    Warned,
    No,
}

fn by_profile(id: &str, model: Option<&Model>, region: Option<&str>) -> ByProfile {
    let name = id.rsplit_once(":foundation-model/").map_or(id, |(_, name)| name);
    if BY_PROFILE_EVERYWHERE.iter().any(|start| name.starts_with(start)) {
        return ByProfile::Refused;
    }
    let of_arn =
        id.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(2)).filter(|region| !region.is_empty());
    let region = of_arn.or(region);
    match model.map(|model| model.access) {
        Some(Access::ProfileOnly) if region == Some(REGION) => ByProfile::Refused,
        Some(Access::ProfileOnly) => ByProfile::Warned,
        _ => ByProfile::No,
    }
}

/// Claude alone counts, by bare ids alone (AWS user guide, Count tokens; genuine refusals of profile ids).
fn check_counting(id: &str, family: Option<&dyn Family>) -> Result<(), Refusal> {
    let claude = family.is_none_or(|family| family.id() == "claude-messages");
    if claude && (is_bare(id) || names_no_model(id)) { Ok(()) } else { Err(Refusal::validation(NO_COUNTING)) }
}

/// What Bedrock says of a model past its end of life.
pub(super) fn end_of_life() -> Refusal {
    let message = "This model version has reached the end of its life. Please refer to the AWS documentation \
                   for more details.";
    Refusal::bedrock(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
}

fn check_operation(family: &dyn Family, model: Option<&Model>, action: Action) -> Result<(), Refusal> {
    match action {
        Action::Run(operation) if operation.is_converse() && family.makes() != Makes::Text => {
            Err(Refusal::validation(
                "This action doesn't support the model that you provided. Try again with a supported text or \
                 chat model.",
            ))
        }
        Action::Run(Operation::InvokeModelWithResponseStream | Operation::ConverseStream)
            if !family.streams() || model.is_some_and(|model| model.features.streaming == Some(false)) =>
        {
            Err(Refusal::validation("The model is unsupported for streaming."))
        }
        _ => Ok(()),
    }
}

/// Provisioned, imported and custom models, and application inference profiles, are called by ARNs that
/// do not say which model is behind them.
pub(super) fn names_no_model(id: &str) -> bool {
    id.starts_with("arn:") && model_id::bare(id) == id
}

/// Whether `id` is a model's own, not an inference profile's.
fn is_bare(id: &str) -> bool {
    let name = id.rsplit_once(":foundation-model/").map_or(id, |(_, name)| name);
    model_id::bare(id) == name
}

pub(super) fn warning(model: Option<&Model>, state: Option<LifecycleState>) -> Option<String> {
    let Some(model) = model else {
        return Some("not in tutor's catalog: a stand-in may answer where Bedrock would not".to_owned());
    };
    let end = model.lifecycle.as_ref()?.end_of_life?;
    match state? {
        LifecycleState::Retired => {
            Some(format!("retired on {end}: Bedrock refuses it (--strict-lifecycle does)"))
        }
        LifecycleState::Legacy => Some(format!("legacy, end of life {end}")),
        LifecycleState::Active => None,
    }
}
