//! `aws bedrock-runtime invoke-model` and `converse`, as AWS CLI v2 documents them.
//!
//! Sources: the pages `invoke-model`, `converse` and "Command line options" of the AWS CLI v2
//! reference and user guide. `--body` and other bytes are base64 unless `--cli-binary-format
//! raw-in-base64-out` says otherwise; `fileb://` gives bytes as they are.

use indexmap::IndexMap;

use super::machine::Machine;
use super::operations;
use super::parameter;
use super::shape::{BinaryFormat, Member, Shape};
use super::state::Lookup;
use super::value::Value;
use tutor_bedrock::found::{Finding, PartialCall, Reason};
use tutor_bedrock::{Call, CallOptions, Json, JsonObject, Operation};

/// Options of every command that take a value and do not change what is asked.
const GLOBAL_WITH_VALUE: [&str; 12] = [
    "--endpoint-url",
    "--output",
    "--query",
    "--profile",
    "--region",
    "--color",
    "--ca-bundle",
    "--cli-read-timeout",
    "--cli-connect-timeout",
    "--cli-binary-format",
    "--cli-error-format",
    "--cli-pager",
];
/// Options of every command without a value.
const GLOBAL_FLAGS: [&str; 9] = [
    "--debug",
    "--no-verify-ssl",
    "--no-paginate",
    "--no-sign-request",
    "--no-cli-pager",
    "--cli-auto-prompt",
    "--no-cli-auto-prompt",
    "--no-cli-prompt",
    "--v2-debug",
];
/// Options that make the CLI explain itself instead of sending anything.
const EXPLAINING: [&str; 3] = ["help", "--version", "--generate-cli-skeleton"];
/// Operations of Bedrock Runtime that stream, which the CLI leaves out.
const STREAMING: [&str; 3] =
    ["converse-stream", "invoke-model-with-response-stream", "invoke-model-with-bidirectional-stream"];

/// The operation that a CLI command sends.
pub(super) fn operation(command: &str) -> Option<Operation> {
    match command {
        "invoke-model" => Some(Operation::InvokeModel),
        "converse" => Some(Operation::Converse),
        _ => None,
    }
}

/// Reads the arguments of `aws`.
pub(super) fn run(machine: &mut Machine<'_>, arguments: &[Value], line: usize) {
    let words = positional(arguments);
    let word = |index: usize| words.get(index).and_then(|at| arguments[*at].as_str());
    let answer = Value::unknown("it is an answer of `aws`", line);
    match (word(0), word(1)) {
        (Some("bedrock-runtime"), Some(command)) => {
            if let Some(operation) = operation(command) {
                let rest: Vec<Value> = arguments
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| !words[..2].contains(index))
                    .map(|(_, argument)| argument.clone())
                    .collect();
                send(machine, operation, &rest, line);
            } else if STREAMING.contains(&command) {
                machine.remark(
                    line,
                    format!("The AWS CLI does not offer streaming operations, so `{command}` sends nothing."),
                );
            }
        }
        (Some("bedrock"), Some(command)) if operation(command).is_some() => {
            machine.remark(
                line,
                format!("`{command}` is a command of `aws bedrock-runtime`, not of `aws bedrock`."),
            );
        }
        (Some("bedrock-runtime"), None) if words.len() > 1 => {
            machine.remark(line, "Which operation of Bedrock is called here is known only when it runs.");
        }
        (Some("configure"), _) => configure(machine, &words[1..], arguments, line),
        (Some("sts" | "iam" | "bedrock" | "bedrock-agent"), _) => {}
        _ => {
            let text = "`aws` may have changed the file".to_owned();
            machine.state.spoil_files(&Reason { text, line: Some(line) });
        }
    }
    machine.print(&answer, line);
}

/// Where the arguments stand that belong to no option, with the options of every command skipped.
fn positional(arguments: &[Value]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut skip = false;
    for (index, argument) in arguments.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        match argument.as_str() {
            Some(text) if GLOBAL_WITH_VALUE.contains(&text) => skip = true,
            Some(text) if text.starts_with("--") => {}
            _ => found.push(index),
        }
    }
    found
}

/// `aws configure set cli_binary_format …`
fn configure(machine: &mut Machine<'_>, words: &[usize], arguments: &[Value], line: usize) {
    let values: Vec<&Value> = words.iter().map(|at| &arguments[*at]).collect();
    let [verb, key, value] = values[..] else { return };
    if verb.as_str() == Some("set") && key.as_str().is_none_or(|key| key.ends_with("cli_binary_format")) {
        let value = match machine.doubted() {
            Some(_) => Value::unknown("the binary format is set where it may not be reached", line),
            None => value.clone(),
        };
        machine.state.binary_format = Some(value);
    }
}

/// What the command line says of one request.
#[derive(Default)]
struct Request {
    /// The values given to each member, by its name on the wire.
    given: IndexMap<&'static str, Vec<Value>>,
    /// `--cli-input-json`
    input: Option<Value>,
    /// `--region`
    region: Option<Value>,
    /// `--cli-binary-format`
    format: Option<Value>,
    /// What belongs to no option.
    positional: Vec<Value>,
    /// The first thing the CLI would refuse.
    problem: Option<String>,
}

fn send(machine: &mut Machine<'_>, operation: Operation, arguments: &[Value], line: usize) {
    if arguments.iter().filter_map(Value::as_str).any(|text| EXPLAINING.contains(&text)) {
        return;
    }
    let shape = if operation.is_converse() { &operations::CONVERSE } else { &operations::INVOKE_MODEL };
    let request = request(shape.members(), arguments);
    let finding = match assemble(machine, operation, shape, &request, line) {
        (known, Some(reason)) => Finding::Unresolved { known, reason },
        (PartialCall { model_id: Some(model_id), body: Some(body), .. }, None) => {
            let mut call = Call::new(operation, model_id, body);
            call.options = options(machine, shape, &request, line);
            call.region = region(machine, &request, line);
            Finding::Resolved(call)
        }
        (known, None) => {
            let reason = Reason { text: "the request has no body".to_owned(), line: Some(line) };
            Finding::Unresolved { known, reason }
        }
    };
    machine.report(finding);
    for path in &request.positional {
        machine.write(path, Value::unknown("the file holds a model's answer", line), line);
    }
}

/// Sorts arguments to options.
fn request(members: &[Member], arguments: &[Value]) -> Request {
    let mut request = Request::default();
    let mut arguments = arguments.iter().peekable();
    while let Some(argument) = arguments.next() {
        let Some(text) = argument.as_str().filter(|text| text.starts_with('-') && *text != "-") else {
            request.positional.push(argument.clone());
            continue;
        };
        if GLOBAL_FLAGS.contains(&text) {
            continue;
        }
        let (name, inline) = match text.split_once('=') {
            Some((name, value)) => (name, Some(Value::known(value))),
            None => (text, None),
        };
        let member = members.iter().find(|member| kebab(member.name) == name.trim_start_matches("--"));
        let takes_many =
            member.is_some_and(|member| matches!(member.shape, Shape::List(_) | Shape::Filled(_)));
        let mut values: Vec<Value> = inline.into_iter().collect();
        let is_value = |value: &&Value| value.as_str().is_none_or(|text| !text.starts_with("--"));
        while values.is_empty() || takes_many {
            let Some(value) = arguments.next_if(is_value) else { break };
            values.push(value.clone());
        }
        match (name, member) {
            _ if values.is_empty() => request.problem = Some(format!("`{name}` has no value")),
            (_, Some(member)) => {
                request.given.insert(member.name, values);
            }
            ("--region", None) => request.region = values.pop(),
            ("--cli-binary-format", _) => request.format = values.pop(),
            ("--cli-input-json", _) => request.input = values.pop(),
            (name, None) if GLOBAL_WITH_VALUE.contains(&name) => {}
            _ => {
                let problem = format!("tutor knows no option `{name}` of this command");
                request.problem.get_or_insert(problem);
            }
        }
    }
    request
}

/// `modelId` → `model-id`
fn kebab(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

/// The request as far as it is known, and the first reason why it is not known whole.
fn assemble(
    machine: &mut Machine<'_>,
    operation: Operation,
    shape: &Shape,
    request: &Request,
    line: usize,
) -> (PartialCall, Option<Reason>) {
    let mut problems: Vec<Reason> = Vec::new();
    let at_line = |text: String| Reason { text, line: Some(line) };
    problems.extend(request.problem.clone().map(at_line));
    let format = binary_format(machine, request, line).unwrap_or_else(|reason| {
        problems.push(reason);
        BinaryFormat::Base64
    });
    let mut members = input_json(machine, shape.members(), request, line).unwrap_or_else(|reason| {
        problems.push(reason);
        JsonObject::default()
    });
    let mut raw_body = false;
    for (name, values) in &request.given {
        let Some(member) = shape.members().iter().find(|member| member.name == *name) else { continue };
        match given(machine, member, values, line) {
            Ok((value, raw)) => {
                raw_body |= raw && *name == "body";
                members.insert(*name, value);
            }
            Err(reason) => {
                problems.push(reason);
                members.insert(*name, Json::Null);
            }
        }
    }
    let misplaced = match (operation.is_converse(), request.positional.len()) {
        (true, 0) | (false, 1) => None,
        (true, _) => Some("the AWS CLI refuses arguments without an option here"),
        (false, 0) => Some("the AWS CLI wants a file for the answer as the last argument"),
        (false, _) => Some("the AWS CLI wants one file for the answer, not several"),
    };
    problems.extend(misplaced.map(|text| at_line(text.to_owned())));
    if operation.is_converse() && problems.is_empty() {
        let whole = Json::Object(std::mem::take(&mut members));
        match shape.checked(whole.clone(), format, "converse") {
            Ok(Json::Object(checked)) => members = checked,
            other => {
                problems.extend(other.err().map(at_line));
                members = whole.as_object().cloned().unwrap_or_default();
            }
        }
    }
    let model_id = match members.remove("modelId") {
        Some(Json::String(id)) if !id.is_empty() => Some(id),
        Some(Json::Null) => None,
        _ => {
            problems.push(at_line("`--model-id` is missing".to_owned()));
            None
        }
    };
    let body = if operation.is_converse() {
        Some(Json::Object(members))
    } else {
        let format = if raw_body { BinaryFormat::Raw } else { format };
        native_body(members.get("body"), format).map_err(|text| problems.push(at_line(text))).ok().flatten()
    };
    (PartialCall { operation, model_id, body }, problems.into_iter().next())
}

/// The value of one option, and whether it came as bytes.
fn given(
    machine: &mut Machine<'_>,
    member: &Member,
    values: &[Value],
    line: usize,
) -> Result<(Json, bool), Reason> {
    let mut texts = Vec::new();
    let mut raw = false;
    for value in values {
        let argument = parameter::argument(machine, value, line)?;
        raw |= argument.raw;
        texts.push(argument.text);
    }
    let option = kebab(member.name);
    match parameter::json(member.shape, &texts) {
        Ok(json) => Ok((json, raw)),
        Err(error) => {
            let text = format!("the AWS CLI refuses the value of `--{option}`: {error}");
            Err(Reason { text, line: Some(line) })
        }
    }
}

/// The body of `invoke-model`: bytes that must be JSON. `None` when why not is said elsewhere.
fn native_body(body: Option<&Json>, format: BinaryFormat) -> Result<Option<Json>, String> {
    let text = match body {
        Some(Json::String(text)) => text,
        Some(_) => return Ok(None),
        None => return Err("`--body` is missing".to_owned()),
    };
    let Some(bytes) = format.bytes(text) else {
        return Err("`--body` is not base64, which AWS CLI v2 wants without `--cli-binary-format \
                    raw-in-base64-out`"
            .to_owned());
    };
    Json::parse(&bytes).map(Some).map_err(|error| format!("the body is {error}"))
}

fn binary_format(machine: &mut Machine<'_>, request: &Request, line: usize) -> Result<BinaryFormat, Reason> {
    let value = request.format.clone().or_else(|| machine.state.binary_format.clone());
    match value {
        None => Ok(BinaryFormat::Base64),
        Some(Value::Unknown(reason)) => Err(reason),
        Some(Value::Known(text)) => match &*text {
            "base64" => Ok(BinaryFormat::Base64),
            "raw-in-base64-out" => Ok(BinaryFormat::Raw),
            other => Err(Reason { text: format!("`{other}` is no binary format"), line: Some(line) }),
        },
    }
}

/// The members that `--cli-input-json` gives; options stand above them.
fn input_json(
    machine: &mut Machine<'_>,
    members: &[Member],
    request: &Request,
    line: usize,
) -> Result<JsonObject, Reason> {
    let Some(value) = &request.input else { return Ok(JsonObject::default()) };
    let argument = parameter::argument(machine, value, line)?;
    match Json::parse(argument.text.as_bytes()) {
        Ok(Json::Object(map)) => {
            if let Some(name) = map.keys().find(|name| !members.iter().any(|member| member.name == *name)) {
                let text = format!("the AWS CLI knows no `{name}` in `--cli-input-json`");
                return Err(Reason { text, line: Some(line) });
            }
            Ok(map)
        }
        _ => Err(Reason { text: "`--cli-input-json` is no JSON object".to_owned(), line: Some(line) }),
    }
}

/// The region that the code names: by option, else by the variables that the CLI reads.
fn region(machine: &Machine<'_>, request: &Request, line: usize) -> Option<String> {
    let set = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(|name| {
        match machine.state.variable(name, line) {
            Lookup::Set(value) => Some(value),
            Lookup::Unset(_) => None,
        }
    });
    let region = request.region.clone().or(set)?;
    region.as_str().filter(|region| !region.is_empty()).map(str::to_owned)
}

/// The headers of `invoke-model`; Converse has none.
fn options(machine: &mut Machine<'_>, shape: &Shape, request: &Request, line: usize) -> CallOptions {
    // `--cli-input-json` may give them too.
    let input = input_json(machine, shape.members(), request, line).unwrap_or_default();
    let mut header = |name: &str| {
        let given = request.given.get(name).and_then(|values| values.first());
        let given = given.and_then(|value| parameter::argument(machine, value, line).ok());
        given.map(|argument| argument.text).or_else(|| input.get(name)?.as_str().map(str::to_owned))
    };
    CallOptions {
        trace: header("trace"),
        guardrail_identifier: header("guardrailIdentifier"),
        guardrail_version: header("guardrailVersion"),
        performance_latency: header("performanceConfigLatency"),
        service_tier: header("serviceTier"),
        ..CallOptions::default()
    }
}
