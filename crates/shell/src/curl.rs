//! `curl` to Bedrock's own hosts: the body as it stands on the command line, at the path that its URL names.
//!
//! Options as curl's manual has them. A request to any other host is a program like others.

use super::machine::Machine;
use super::value::Value;
use tutor_bedrock::call::MANTLE;
use tutor_bedrock::found::{Finding, PartialCall, Reason};
use tutor_bedrock::{Call, CallOptions, Json, Operation};

/// Options with a value that change nothing of what is asked.
const WITH_VALUE: [&str; 14] = [
    "-o",
    "--output",
    "-w",
    "--write-out",
    "-u",
    "--user",
    "-m",
    "--max-time",
    "--connect-timeout",
    "--retry",
    "--retry-delay",
    "--aws-sigv4",
    "-A",
    "--user-agent",
];
/// Options without one.
const FLAGS: [&str; 16] = [
    "--silent",
    "--show-error",
    "--no-buffer",
    "--fail",
    "--fail-with-body",
    "--location",
    "--verbose",
    "--include",
    "--compressed",
    "--http1.1",
    "--http2",
    "--progress-bar",
    "--insecure",
    "--no-progress-meter",
    "--ipv4",
    "--retry-all-errors",
];
/// The letters of those that can be written together: `-sS`.
const LETTERS: &str = "sSNfLvik#";

/// What a command line says.
#[derive(Default)]
struct Request {
    url: Option<String>,
    headers: Vec<Value>,
    data: Option<Value>,
    output: Option<Value>,
    problem: Option<String>,
}

/// Reads the arguments of `curl`; `false` if it does not go to Bedrock.
pub(super) fn run(machine: &mut Machine<'_>, arguments: &[Value], line: usize) -> bool {
    let request = request(machine, arguments, line);
    let Some((is_mantle, path)) = request.url.as_deref().and_then(led) else { return false };
    let Some((operation, in_path)) = operation(path) else { return false };
    let data = request.data.clone().unwrap_or_else(|| Value::unknown("the request has no body", line));
    let body = match &data {
        Value::Known(text) => Json::parse(text.as_bytes()).map_err(|error| format!("the body is {error}")),
        Value::Unknown(reason) => Err(reason.text.clone()),
    };
    let reason = |text: String| Reason { text, line: Some(line) };
    let named = |body: &Json| in_path.clone().or_else(|| Some(body.get("model")?.as_str()?.to_owned()));
    let finding = match (request.problem.clone(), body) {
        (None, Ok(body)) => match (named(&body), headers(operation, &request.headers)) {
            (Some(model_id), Ok(options)) => {
                let host = (operation.is_compatible() && is_mantle).then(|| MANTLE.to_owned());
                Finding::Resolved(Call {
                    operation,
                    model_id,
                    body,
                    options: CallOptions { host, ..options },
                    region: request.url.as_deref().and_then(region),
                })
            }
            (model_id, options) => Finding::Unresolved {
                known: PartialCall { operation, model_id, body: Some(body) },
                reason: reason(options.err().unwrap_or_else(|| "the body names no `model`".to_owned())),
            },
        },
        (problem, body) => Finding::Unresolved {
            reason: reason(problem.or_else(|| body.as_ref().err().cloned()).unwrap_or_default()),
            known: PartialCall { operation, model_id: in_path.clone(), body: body.ok() },
        },
    };
    machine.report(finding);
    let answer = Value::unknown("it is an answer of `curl`", line);
    match &request.output {
        Some(path) => machine.write(path, answer, line),
        None => machine.print(&answer, line),
    }
    true
}

fn request(machine: &mut Machine<'_>, arguments: &[Value], line: usize) -> Request {
    let mut request = Request::default();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let Some(text) = argument.as_str() else {
            request.problem.get_or_insert("an argument of `curl` is not known".to_owned());
            continue;
        };
        let (name, inline) = match text.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(Value::known(value))),
            _ => (text, None),
        };
        let mut value = || inline.clone().or_else(|| arguments.next().cloned());
        match name {
            "-H" | "--header" => request.headers.extend(value()),
            "-d" | "--data" | "--data-raw" | "--data-binary" | "--data-ascii" | "--json" => {
                let Some(given) = value() else { continue };
                let given = match given.as_str().and_then(|text| text.strip_prefix('@')) {
                    Some(path) if name != "--data-raw" => machine.content(&Value::known(path), line),
                    _ => given,
                };
                if request.data.replace(given).is_some() {
                    request.problem.get_or_insert("a body in several parts is not followed".to_owned());
                }
            }
            "-X" | "--request" => {
                if value().is_none_or(|method| method.as_str() != Some("POST")) {
                    request.problem.get_or_insert("only POST asks a model".to_owned());
                }
            }
            "--url" => request.url = value().and_then(|url| url.as_str().map(str::to_owned)),
            "-XPOST" => {}
            name if WITH_VALUE.contains(&name) => {
                let value = value();
                if matches!(name, "-o" | "--output") {
                    request.output = value;
                }
            }
            name if FLAGS.contains(&name) => {}
            name if name.starts_with("--") => {
                request.problem.get_or_insert(format!("tutor does not follow curl's `{name}`"));
            }
            name if name.starts_with('-') && name.len() > 1 => {
                if !name[1..].chars().all(|letter| LETTERS.contains(letter)) {
                    request.problem.get_or_insert(format!("tutor does not follow curl's `{name}`"));
                }
            }
            url => request.url = Some(url.to_owned()),
        }
    }
    request
}

/// Whether a URL leads to the second host, and its path.
fn led(url: &str) -> Option<(bool, &str)> {
    let rest = url.strip_prefix("https://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    let runtime = host.starts_with("bedrock-runtime") && host.ends_with(".amazonaws.com");
    let mantle = host.starts_with("bedrock-mantle.") && host.ends_with(".api.aws");
    (runtime || mantle).then(|| (mantle, path.split('?').next().unwrap_or(path)))
}

/// The region in a host of Bedrock.
fn region(url: &str) -> Option<String> {
    Some(url.split('.').nth(1)?.to_owned())
}

/// What a path sends, and the model that it names.
fn operation(path: &str) -> Option<(Operation, Option<String>)> {
    const PATHS: [(&str, Operation); 5] = [
        ("/openai/v1/chat/completions", Operation::ChatCompletions),
        ("/v1/chat/completions", Operation::ChatCompletions),
        ("/openai/v1/responses", Operation::Responses),
        ("/v1/responses", Operation::Responses),
        ("/anthropic/v1/messages", Operation::Messages),
    ];
    const NATIVE: [(&str, Operation); 4] = [
        ("invoke", Operation::InvokeModel),
        ("invoke-with-response-stream", Operation::InvokeModelWithResponseStream),
        ("converse", Operation::Converse),
        ("converse-stream", Operation::ConverseStream),
    ];
    if let Some((_, operation)) = PATHS.iter().find(|(known, _)| *known == path) {
        return Some((*operation, None));
    }
    let (model, last) = path.strip_prefix("/model/")?.rsplit_once('/')?;
    let (_, operation) = NATIVE.iter().find(|(name, _)| *name == last)?;
    let model = model.replace("%3A", ":").replace("%3a", ":").replace("%2F", "/").replace("%2f", "/");
    Some((*operation, Some(model)))
}

/// The headers that change an answer. One that is not known whole carries a key.
fn headers(operation: Operation, headers: &[Value]) -> Result<CallOptions, String> {
    let mut options = CallOptions::default();
    for header in headers.iter().filter_map(Value::as_str) {
        let Some((name, value)) = header.split_once(':') else { continue };
        let slot = match name.trim().to_ascii_lowercase().as_str() {
            "anthropic-version" => &mut options.anthropic_version,
            "anthropic-beta" => &mut options.anthropic_beta,
            "x-amzn-bedrock-trace" => &mut options.trace,
            "x-amzn-bedrock-guardrailidentifier" => &mut options.guardrail_identifier,
            "x-amzn-bedrock-guardrailversion" => &mut options.guardrail_version,
            "x-amzn-bedrock-performanceconfig-latency" => &mut options.performance_latency,
            "x-amzn-bedrock-service-tier" => &mut options.service_tier,
            _ => continue,
        };
        *slot = Some(value.trim().to_owned());
    }
    match operation {
        Operation::Messages => {
            let is_unknown = |header: &Value| header.as_str().is_none();
            if options.anthropic_version.is_none() && headers.iter().any(is_unknown) {
                return Err("the header anthropic-version is not known".to_owned());
            }
            Ok(options)
        }
        Operation::Converse | Operation::ConverseStream => Ok(CallOptions::default()),
        _ => Ok(CallOptions { anthropic_version: None, anthropic_beta: None, ..options }),
    }
}
