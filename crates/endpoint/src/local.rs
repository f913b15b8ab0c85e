//! A local server's troubles as the errors that a client of Bedrock knows, in our own words.

use axum::http::StatusCode;

use super::refusal::Refusal;
use tutor_provider::ProviderError;
use tutor_provider::trouble::Trouble;

/// Status and name of each trouble (Amazon Bedrock API reference, errors of `InvokeModel`); any other is a
/// failure of the model.
const ERRORS: [(Trouble, u16, &str); 8] = [
    (Trouble::NoAccess, 403, "AccessDeniedException"),
    (Trouble::UnknownModel, 404, "ResourceNotFoundException"),
    (Trouble::Unsendable, 400, "ValidationException"),
    (Trouble::TooLong, 400, "ValidationException"),
    (Trouble::NotReady, 429, "ModelNotReadyException"),
    (Trouble::Timeout, 408, "ModelTimeoutException"),
    (Trouble::Unreachable, 503, "ServiceUnavailableException"),
    (Trouble::Failing, 424, "ModelErrorException"),
];

/// What a client gets where a local model gives no answer. Nothing else stands in for it.
pub(super) fn refusal(error: &ProviderError) -> Refusal {
    let trouble = match error {
        ProviderError::Service(error) => error.trouble,
        _ => Trouble::Unsendable,
    };
    let known = ERRORS.iter().find(|(known, ..)| *known == trouble);
    let (status, kind) = known.map_or((424, "ModelErrorException"), |(_, status, kind)| (*status, *kind));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    Refusal::ours(status, kind, format!("{error} ({})", error.help()))
}
