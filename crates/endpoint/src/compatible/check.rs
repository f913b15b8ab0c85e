//! Whether a host serves this API of this model, in the words of that host.

use axum::http::StatusCode;

use super::Led;
use crate::answerer::{Retired, UnknownModels};
use crate::lifecycle::{self, Callable, Circumstances};
use crate::refusal::Refusal;
use crate::route::Action;
use tutor_bedrock::family::compatible;
use tutor_bedrock::{Call, Operation, model_id};
use tutor_catalog::LifecycleState;
use tutor_catalog::rules::Api;
use tutor_catalog::rules::hosts::{self, Host, Served};

/// Finds the model, or refuses as the host does.
pub(crate) fn check(call: &Call, led: Led, around: Circumstances<'_>) -> Result<Callable, Refusal> {
    let callable = if call.is_on_mantle() {
        on_mantle(&call.model_id, around)?
    } else {
        lifecycle::check(&call.model_id, Action::Run(call.operation), around)?
    };
    let model = around.catalog.model(&call.model_id);
    if !call.is_on_mantle()
        && let Some(model) = model
        && model_id::bare(&call.model_id) != model.id
        && model.other_ids.iter().any(|other| other == model_id::bare(&call.model_id))
    {
        let hint = format!("this is the id on bedrock-mantle; bedrock-runtime knows `{}`", model.id);
        return Err(Refusal::validation(lifecycle::INVALID).hinting(Some(hint)));
    }
    let host = if call.is_on_mantle() { Host::Mantle } else { Host::Runtime };
    let served = hosts::of(&call.model_id);
    let api = Api::of(call.operation);
    let here = |it: &&Served| it.host == host && it.api == api;
    let fits = |it: &Served| it.path == led.family;
    if served.iter().filter(here).any(fits) || model.is_none() {
        return Ok(callable);
    }
    let places: Vec<String> = served
        .iter()
        .filter(|it| it.api == api)
        .map(|it| format!("{} below `{}`", it.host.name(), it.path))
        .collect();
    let hint = match places.as_slice() {
        [] => format!("no host is known to serve {} of this model", api.name()),
        places => format!("{} of this model is served by {}", api.name(), places.join(" and ")),
    };
    Err(unserved(call, led).hinting(Some(hint)))
}

fn unserved(call: &Call, led: Led) -> Refusal {
    let model = &call.model_id;
    let path = compatible::of(call.operation).map_or("", compatible::Api::path);
    let path = if call.operation == Operation::Messages {
        "/anthropic/v1/messages".to_owned()
    } else {
        format!("{}{path}", led.family)
    };
    let is_claude = model_id::bare(model).starts_with("anthropic.");
    match call.operation {
        _ if call.is_on_mantle() => {
            Refusal::validation(format!("The model '{model}' does not support the '{path}' API"))
        }
        Operation::Messages if !is_claude => {
            Refusal::validation(format!("The model '{model}' does not support the '{path}' API"))
        }
        Operation::Messages | Operation::Responses => {
            not_found("The model doesn't exist or doesn't support this API")
        }
        _ => Refusal::ours(
            StatusCode::BAD_REQUEST,
            "ValidationException",
            format!("bedrock-runtime does not serve Chat Completions of `{model}`"),
        ),
    }
}

/// The second host knows bare ids alone, in a spelling of its own.
fn on_mantle(id: &str, around: Circumstances<'_>) -> Result<Callable, Refusal> {
    let model = around.catalog.model(id);
    let unknown = || not_found(format!("The model '{id}' does not exist"));
    let Some(model) = model else {
        if !model_id::is_well_formed(id) || around.unknown == UnknownModels::Refuse {
            return Err(unknown());
        }
        let mut known = around.catalog.models();
        if let Some(known) = known.find(|known| model_id::is_slip_of(id, &known.id)) {
            return Err(unknown().hinting(Some(format!("did you mean `{}`?", known.id))));
        }
        let warning =
            Some("not in tutor's catalog: a stand-in may answer where Bedrock would not".to_owned());
        return Ok(Callable { family: around.catalog.family(id), model: None, warning });
    };
    let other = model.other_ids.first();
    if id != model_id::bare(id) || (id == model.id && other.is_some()) {
        let hint = format!("bedrock-mantle knows this model as `{}`", other.unwrap_or(&model.id));
        return Err(unknown().hinting(Some(hint)));
    }
    let state = model.state_on(around.today);
    if state == LifecycleState::Retired && around.retired == Retired::Refuse {
        return Err(lifecycle::end_of_life());
    }
    Ok(Callable {
        family: around.catalog.family(id),
        model: Some(model),
        warning: lifecycle::warning(Some(model), Some(state)),
    })
}

pub(super) fn not_found(message: impl Into<String>) -> Refusal {
    Refusal::bedrock(StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
}
