//! Which operation a path names.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::compatible::Led;
use super::refusal::Shape;
use tutor_bedrock::Operation;

/// What is served here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Action {
    /// One of the operations that have recordings.
    Run(Operation),
    /// `CountTokens`
    CountTokens,
}

/// The last segments of the paths `/model/MODEL/…`, as the API reference gives them.
const ACTIONS: [(&str, Action); 5] = [
    ("invoke", Action::Run(Operation::InvokeModel)),
    ("invoke-with-response-stream", Action::Run(Operation::InvokeModelWithResponseStream)),
    ("converse", Action::Run(Operation::Converse)),
    ("converse-stream", Action::Run(Operation::ConverseStream)),
    ("count-tokens", Action::CountTokens),
];

/// Bedrock Runtime's other operations, to be refused by name: what their paths start with, and end with.
const OTHERS: [(&str, &str, &str); 6] = [
    ("/guardrail/", "/apply", "ApplyGuardrail"),
    ("/async-invoke", "", "the asynchronous operations (StartAsyncInvoke and its like)"),
    ("/model/", "/invoke-with-bidirectional-stream", "InvokeModelWithBidirectionalStream"),
    ("/model/", "/invoke-guardrail-checks", "InvokeGuardrailChecks"),
    ("/foundation-models", "", "Bedrock's control plane (service `bedrock`)"),
    ("/inference-profiles", "", "Bedrock's control plane (service `bedrock`)"),
];

impl Action {
    /// The form of its errors, led there or not.
    pub(super) fn shape(self, led: Option<Led>) -> Shape {
        match (self, led) {
            (_, None) => Shape::Aws,
            (Action::Run(Operation::Messages) | Action::CountTokens, _) => Shape::Anthropic,
            _ => Shape::OpenAi,
        }
    }

    /// The name of the API reference.
    pub(super) fn name(self) -> &'static str {
        match self {
            Action::Run(operation) => operation.name(),
            Action::CountTokens => "CountTokens",
        }
    }
}

/// The model id and operation in a path. SDKs send `:` as `%3A` and an ARN's `/` as `%2F`; an ARN with
/// its slashes as they are is understood too.
pub(super) fn parse(path: &str) -> Option<(String, Action)> {
    let (model, last) = path.strip_prefix("/model/")?.rsplit_once('/')?;
    let (_, action) = ACTIONS.into_iter().find(|(segment, _)| *segment == last)?;
    let model = percent_decode_str(model).decode_utf8().unwrap_or(Cow::Borrowed(""));
    Some((model.into_owned(), action))
}

/// The name of an operation of Bedrock that is not served here.
pub(super) fn unserved(path: &str) -> Option<&'static str> {
    OTHERS
        .into_iter()
        .find(|(start, end, _)| path.starts_with(start) && path.ends_with(end))
        .map(|(_, _, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_arns_come_back_as_they_were_meant() {
        let arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0";
        let escaped = arn.replace(':', "%3A").replace('/', "%2F");
        for model in [arn, &escaped] {
            let parsed = parse(&format!("/model/{model}/converse-stream"));
            assert_eq!(parsed, Some((arn.to_owned(), Action::Run(Operation::ConverseStream))));
        }
        assert_eq!(parse("/model/%ff%fe/invoke"), Some((String::new(), Action::Run(Operation::InvokeModel))));
    }

    #[test]
    fn other_paths_are_nobodys() {
        for path in ["/", "/model/invoke", "/model/a/invoke/", "/model/a/Invoke", "/models/a/invoke", "*"] {
            assert_eq!(parse(path), None, "{path}");
        }
        assert_eq!(unserved("/guardrail/g/version/1/apply"), Some("ApplyGuardrail"));
        assert_eq!(unserved("/model/a/b"), None);
    }
}
