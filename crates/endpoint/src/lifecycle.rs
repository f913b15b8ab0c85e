//! Whether Bedrock would let this model be called like this today.

use axum::http::StatusCode;
use jiff::civil::Date;

use super::answerer::Retired;
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

/// Finds the model, or refuses in Bedrock's words (collected from recorded traffic and from users'
/// reports of 2025 and 2026).
pub(super) fn check(
    catalog: &'static Catalog,
    id: &str,
    action: Action,
    today: Date,
    retired: Retired,
) -> Result<Callable, Refusal> {
    let model = catalog.model(id);
    let family = catalog.family(id);
    if family.is_none() && model.is_none() && !names_no_model(id) {
        return Err(Refusal::validation("The provided model identifier is invalid."));
    }
    let state = model.map(|model| model.state_on(today));
    if state == Some(LifecycleState::Retired) && retired == Retired::Refuse {
        return Err(end_of_life());
    }
    if model.is_some_and(|model| model.access == Access::ProfileOnly) && is_bare(id) {
        return Err(Refusal::validation(format!(
            "Invocation of model ID {id} with on-demand throughput isn’t supported. Retry your request with \
             the ID or ARN of an inference profile that contains this model."
        )));
    }
    if let Some(family) = family {
        check_operation(family, model, action)?;
    }
    Ok(Callable { family, model, warning: warning(model, state) })
}

/// What Bedrock says of a model past its end of life.
pub(super) fn end_of_life() -> Refusal {
    let message = "This model version has reached the end of its life. Please refer to the AWS documentation \
                   for more details.";
    Refusal::bedrock(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
}

fn check_operation(family: &dyn Family, model: Option<&Model>, action: Action) -> Result<(), Refusal> {
    let no = |message: &str| Refusal::ours(StatusCode::BAD_REQUEST, "ValidationException", message);
    match action {
        Action::CountTokens if family.makes() != Makes::Text => {
            Err(no("CountTokens counts for text models only"))
        }
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
fn names_no_model(id: &str) -> bool {
    id.starts_with("arn:") && model_id::bare(id) == id
}

/// Whether `id` is a model's own, not an inference profile's.
fn is_bare(id: &str) -> bool {
    let name = id.rsplit_once(":foundation-model/").map_or(id, |(_, name)| name);
    model_id::bare(id) == name
}

fn warning(model: Option<&Model>, state: Option<LifecycleState>) -> Option<String> {
    let Some(model) = model else {
        return Some("not in tutor's catalog: taken for a model of its family by its name".to_owned());
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
