//! What stands between a person and an answer, and what to do about it.
//!
//! Bedrock's words are matched as they were recorded from the wire; where they change, the error is
//! still shown with its own words, only without this advice.

use jiff::civil::Date;

use super::transport::NoAnswer;
use tutor_bedrock::family::error::{self, ErrorReading};
use tutor_bedrock::{Answer, Call, model_id};
use tutor_catalog::{Access, Catalog, LifecycleState, Model, Terms};
use tutor_provider::trouble::{ServiceError, Trouble};
use tutor_recording::redact;

/// What advice depends on.
#[derive(Debug, Clone)]
pub(super) struct Situation {
    /// The region that calls go to.
    pub(super) region: String,
    /// The day that decides which models are retired.
    pub(super) today: Date,
    /// What is known about models.
    pub(super) catalog: &'static Catalog,
}

impl Situation {
    /// Where a call goes: the region that its code names, else the one that is set up.
    pub(super) fn region_of<'a>(&'a self, call: &'a Call) -> &'a str {
        call.region.as_deref().unwrap_or(&self.region)
    }

    /// What the price of a call depends on, sent here and today.
    pub(super) fn terms<'a>(&'a self, call: &'a Call) -> Terms<'a> {
        Terms::of(call, self.today).in_region(Some(self.region_of(call)))
    }

    /// The trouble behind an error answer after so many attempts; `None` where Bedrock refuses what
    /// the request says, which is an answer worth keeping.
    pub(super) fn of_answer(&self, call: &Call, answer: &Answer, attempts: u32) -> Option<ServiceError> {
        let error = error::read(answer)?;
        let (trouble, what, help) = self.known(call, &error, attempts)?;
        let words = shortened(&redact::text(error.message.trim()));
        let said = if words.is_empty() { error.kind.clone() } else { words };
        Some(ServiceError { trouble, message: format!("{what} (Bedrock: {} {said})", error.status), help })
    }

    fn known(&self, call: &Call, error: &ErrorReading, attempts: u32) -> Option<(Trouble, String, String)> {
        let is = |name: &str| error.kind.eq_ignore_ascii_case(name);
        let says = |words: &str| error.message.to_lowercase().contains(words);
        let id = redact::text(&call.model_id);
        let model = self.catalog.model(&call.model_id);
        let told = |trouble, what: String, help: String| Some((trouble, what, help));
        if error.status == 429 || is("ThrottlingException") {
            let help = "wait some minutes and run the same command again: what is recorded stays; or ask \
                        for a higher quota under Service Quotas in the AWS console";
            return told(Trouble::ThrottledOut, format!("throttled {}", times(attempts)), help.into());
        }
        if error.status >= 500 || matches!(error.status, 200 | 408 | 424) {
            let help = "run the same command again later; https://health.aws.amazon.com tells of outages";
            return told(Trouble::Failing, format!("the service failed {}", times(attempts)), help.into());
        }
        if is("ExpiredTokenException") || says("token is expired") || says("token has expired") {
            let help = "sign in again: aws sso login, or get new temporary credentials";
            return told(Trouble::Expired, "the AWS credentials have expired".into(), help.into());
        }
        if is("UnrecognizedClientException") || is("InvalidSignatureException") || is("IncompleteSignature") {
            let help = "check the profile and the AWS_… variables: the keys must belong together, and be those \
                        of an account of this AWS partition";
            return told(
                Trouble::InvalidCredentials,
                "AWS does not know these credentials".into(),
                help.into(),
            );
        }
        if is("ResourceNotFoundException") && says("use case details") {
            let help = "fill in the form once: Amazon Bedrock console, Model access, the model's provider";
            return told(
                Trouble::UseCase,
                format!("the provider of `{id}` wants to know the use case first"),
                help.into(),
            );
        }
        if says("marked by provider as legacy") {
            let what = format!("`{id}` is legacy, and closed to accounts that have not used it lately");
            return told(Trouble::Legacy, what, self.instead(model));
        }
        if says("reached the end of its life") || self.is_retired(model) {
            return told(Trouble::Retired, format!("`{id}` is retired{}", since(model)), self.instead(model));
        }
        if is("AccessDeniedException") && says("access to the model") {
            let help = format!(
                "ask for access: Amazon Bedrock console in {}, Model access; it may take some minutes",
                self.region
            );
            return told(
                Trouble::NoAccess,
                format!("this account has no access to `{id}` in {}", self.region),
                help,
            );
        }
        if is("AccessDeniedException") || error.status == 403 {
            let help = "let an administrator allow `bedrock:InvokeModel` and \
                        `bedrock:InvokeModelWithResponseStream` for this model and its inference profiles";
            return told(
                Trouble::NotAllowed,
                format!("these credentials may not invoke `{id}`"),
                help.into(),
            );
        }
        if is("ServiceQuotaExceededException") {
            let help =
                "ask for a higher quota under Service Quotas in the AWS console, or wait until tomorrow";
            return told(Trouble::Quota, "a quota of the account is used up".into(), help.into());
        }
        if says("on-demand throughput isn") {
            let what = format!("`{id}` can be called only through an inference profile");
            let profile = self.profile_of(&call.model_id);
            return told(Trouble::ProfileNeeded, what, format!("write `{profile}` as the model id"));
        }
        if is("ResourceNotFoundException") || says("model identifier is invalid") {
            return told(Trouble::UnknownModel, self.not_here(&id), self.elsewhere(call, model));
        }
        None
    }

    /// The trouble behind an attempt that brought nothing.
    pub(super) fn of_silence(&self, silence: &NoAnswer, attempts: u32) -> ServiceError {
        let told =
            |trouble, message: String, help: &str| ServiceError { trouble, message, help: help.to_owned() };
        match silence {
            NoAnswer::Credentials(why) => Trouble::no_credentials(why, None),
            NoAnswer::Unsendable(why) => told(
                Trouble::Unsendable,
                format!("the request cannot be sent: {why}"),
                "look at the model id and the region: they are part of the address",
            ),
            NoAnswer::Timeout(_) => told(
                Trouble::Timeout,
                "no whole answer came in time".to_owned(),
                "give it longer (--timeout SECONDS; --answer-timeout where a script or a comparison asks), ask for \
                 less, or stream the answer; the attempt may be billed and counts at its full price",
            ),
            NoAnswer::Broken(why) => told(
                Trouble::Failing,
                format!("{why}, {}", times(attempts)),
                "run the same command again later; https://health.aws.amazon.com tells of outages",
            ),
            NoAnswer::Faulty(why) => told(
                Trouble::Faulty,
                format!("whoever answers is faulty: {why}"),
                "look at who answers (--endpoint-url, the AWS_ENDPOINT_URL variables, a proxy); an answer that is \
                 meant to be that large needs a larger `max-answer`; the attempt counts at its full price",
            ),
            NoAnswer::Unreached(why) | NoAnswer::Connection(why)
                if why.to_lowercase().contains("certificate") =>
            {
                told(
                    Trouble::Unreachable,
                    format!("Amazon Bedrock in {} cannot be reached safely: {why}", self.region),
                    "install the system's CA certificates, or name a file of them as SSL_CERT_FILE; behind a proxy \
                 that opens connections, its certificate must be among them",
                )
            }
            NoAnswer::Unreached(why) => told(
                Trouble::Unreachable,
                format!("Amazon Bedrock in {} cannot be reached: {why}", self.region),
                "look at the network, the proxy and the region's name; Bedrock is not in every region",
            ),
            NoAnswer::Connection(why) => told(
                Trouble::Unreachable,
                format!(
                    "the connection to Amazon Bedrock in {} was lost, {attempts} times: {why}",
                    self.region
                ),
                "look at the network and the proxy; each attempt may be billed and counts at its full price",
            ),
        }
    }

    fn is_retired(&self, model: Option<&Model>) -> bool {
        model.is_some_and(|model| model.state_on(self.today) == LifecycleState::Retired)
    }

    fn not_here(&self, id: &str) -> String {
        format!("Bedrock has no model `{id}` in {}", self.region)
    }

    /// What to do about an id that Bedrock does not know here.
    fn elsewhere(&self, call: &Call, model: Option<&Model>) -> String {
        match model {
            Some(model) if model.access == Access::ProfileOnly => {
                format!("write `{}` as the model id", self.profile_of(&call.model_id))
            }
            Some(_) => "the model exists: it is not offered in this region; try another one, such as \
                        --region us-east-1"
                .to_owned(),
            None => "check the id against `aws bedrock list-foundation-models`".to_owned(),
        }
    }

    /// The inference profile for `id` in this region's geography (AWS user guide, Supported regions
    /// and models for inference profiles).
    fn profile_of(&self, id: &str) -> String {
        let geographies = [("us-gov-", "us-gov"), ("us-", "us"), ("eu-", "eu"), ("ap-", "apac")];
        let geography = geographies.iter().find(|(prefix, _)| self.region.starts_with(prefix));
        format!("{}.{}", geography.map_or("global", |(_, geography)| geography), model_id::bare(id))
    }

    /// What to use in a model's place.
    fn instead(&self, model: Option<&Model>) -> String {
        let successor = model.and_then(|model| self.catalog.living_successor(model, self.today));
        match successor {
            Some(next) => {
                let id = match next.access {
                    Access::OnDemand => next.id.clone(),
                    Access::ProfileOnly => self.profile_of(&next.id),
                };
                format!("AWS names {} as its successor: write `{id}` as the model id", next.name)
            }
            None => "AWS names no successor that still answers: choose another model, or keep the recording \
                     there is"
                .to_owned(),
        }
    }
}

/// The trouble of a call that is not sent, since the last ones all met a fault of the service's.
pub(super) fn not_sent(calls: u32) -> ServiceError {
    ServiceError {
        trouble: Trouble::Failing,
        message: format!("not sent, since {calls} calls in a row got no answer"),
        help: "see why they got none, then run the same command again: what is recorded stays".to_owned(),
    }
}

fn times(attempts: u32) -> String {
    if attempts == 1 { "once".to_owned() } else { format!("{attempts} times") }
}

/// As much of a service's words as a person wants to read.
fn shortened(words: &str) -> String {
    const MOST: usize = 400;
    match words.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}

fn since(model: Option<&Model>) -> String {
    let day = model.and_then(|model| model.lifecycle.as_ref()?.end_of_life);
    day.map_or_else(String::new, |day| format!(" since {day}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;
    use serde_json::json;

    use super::*;
    use tutor_bedrock::{Operation, Payload, Timing};

    /// What Bedrock answers, as recorded from the wire.
    fn refusal(region: &str, model: &str, status: u16, kind: &str, message: &str) -> Option<ServiceError> {
        let situation =
            Situation { region: region.into(), today: date(2026, 11, 22), catalog: Catalog::embedded() };
        let call = Call::new(Operation::InvokeModel, model, json!({}).into());
        let kind = format!("{kind}:http://internal.amazon.com/coral/com.amazon.bedrock/");
        let answer = Answer {
            status,
            headers: BTreeMap::from([("x-amzn-errortype".to_owned(), kind)]),
            payload: Payload::Whole(json!({ "message": message }).to_string().into_bytes().into()),
            timing: Timing::default(),
        };
        situation.of_answer(&call, &answer, 12)
    }

    fn told(region: &str, model: &str, status: u16, kind: &str, message: &str) -> String {
        let error = refusal(region, model, status, kind, message).expect("advice");
        format!("{:?}\n{}\n{}", error.trouble, error.message, error.help)
    }

    const NOVA: &str = "amazon.nova-lite-v1:0";
    const VALIDATION: &str = "ValidationException";
    const NOT_FOUND: &str = "ResourceNotFoundException";

    #[test]
    fn credentials() {
        let expired = "The security token included in the request is expired";
        let invalid = "The security token included in the request is invalid.";
        insta::assert_snapshot!(
            [
                told("us-east-1", NOVA, 403, "ExpiredTokenException", expired),
                told("us-east-1", NOVA, 403, "UnrecognizedClientException", invalid),
                Trouble::no_credentials("the credential provider was not enabled", Some("work")).to_string(),
                Trouble::no_credentials("the SSO token has expired", Some("work")).help,
            ]
            .join("\n\n")
        );
    }

    #[test]
    fn access() {
        let model = "You don't have access to the model with the specified model ID.";
        let iam =
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: bedrock:InvokeModel";
        let form = "Model use case details have not been submitted for this account. Fill out the form.";
        let all = [
            told("us-east-1", NOVA, 403, "AccessDeniedException", model),
            told("us-east-1", NOVA, 403, "AccessDeniedException", iam),
            told("us-east-1", "anthropic.claude-3-haiku-20240307-v1:0", 404, NOT_FOUND, form),
        ]
        .join("\n\n");
        assert!(!all.contains("123456789012"));
        insta::assert_snapshot!(all);
    }

    #[test]
    fn models() {
        let eol = "This model version has reached the end of its life. Please refer to the AWS documentation for more details.";
        let legacy = "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days. Please upgrade to an active model on Amazon Bedrock";
        let profile = "Invocation of model ID amazon.nova-lite-v1:0 with on-demand throughput isn\u{2019}t supported. Retry your request with the ID or ARN of an inference profile that contains this model.";
        let invalid = "The provided model identifier is invalid.";
        insta::assert_snapshot!(
            [
                told("us-east-1", "anthropic.claude-3-sonnet-20240229-v1:0", 404, NOT_FOUND, eol),
                told("us-east-1", "ai21.j2-ultra-v1", 404, NOT_FOUND, eol),
                told("us-east-1", "anthropic.claude-3-haiku-20240307-v1:0", 404, NOT_FOUND, legacy),
                told("eu-central-1", NOVA, 400, VALIDATION, profile),
                told("eu-north-1", NOVA, 400, VALIDATION, invalid),
                told("us-east-1", "amazon.nova-nothing-v1:0", 400, VALIDATION, invalid),
            ]
            .join("\n\n")
        );
    }

    #[test]
    fn patience_that_ran_out() {
        let throttled = "Too many requests, please wait before trying again.";
        let situation =
            Situation { region: "us-east-1".into(), today: date(2026, 11, 22), catalog: Catalog::embedded() };
        let silence = |silence: NoAnswer| {
            let error = situation.of_silence(&silence, 12);
            format!("{:?}\n{}\n{}", error.trouble, error.message, error.help)
        };
        insta::assert_snapshot!(
            [
                told("us-east-1", NOVA, 429, "ThrottlingException", throttled),
                told(
                    "us-east-1",
                    NOVA,
                    500,
                    "InternalServerException",
                    "The system encountered an unexpected error"
                ),
                silence(NoAnswer::Timeout("operation timeout".into())),
                silence(NoAnswer::Unreached("dns error".into())),
                silence(NoAnswer::Connection("connection reset".into())),
                silence(NoAnswer::Broken("the stream ended without its last events (metadata)".into())),
                silence(NoAnswer::Faulty("HTTP 200 with HTML in place of an answer".into())),
            ]
            .join("\n\n")
        );
    }

    #[test]
    fn nobody_reads_a_page_in_an_error() {
        let page = format!("<html>{}", "x".repeat(100_000));
        assert!(told("us-east-1", NOVA, 500, "", &page).len() < 1_000);
    }

    #[test]
    fn a_refusal_of_what_the_request_says_is_an_answer() {
        let words = "Malformed input request: #: required key [max_tokens] not found, please reformat your input and try again.";
        assert_eq!(refusal("us-east-1", NOVA, 400, VALIDATION, words), None);
    }
}
