//! boto3: sessions, clients, and the four operations of Bedrock Runtime.
//!
//! In come the arguments of a method; out go a [`FoundCall`] and the answer that the method gives.

mod answer;
mod request;
mod shape;

use std::rc::Rc;

use ruff_python_ast as ast;

use super::budget::bytes_of;
use super::builtins::{self, Native};
use super::compatible::Led;
use super::evaluate::{Evaluator, Noted, Run};
use super::heap::Object;
use super::limits;
use super::reason::{AnswerPart, Why};
use super::value::{Args, Text, Value};
use tutor_bedrock::found::{Finding, FoundCall, Language, PartialCall, UnreadCall};
use tutor_bedrock::{Answer, Call, Operation};

pub(super) const NATIVES: &[Native] = &[
    Native::function("boto3.client", |reader, args| reader.make_client(&args, None)).steady(),
    Native::class("boto3.Session", |_, args| {
        // After the access key's id, the secret and the token.
        Ok(Value::Session(region_in(&args, 3)))
    }),
    Native::function("boto3.setup_default_session", |reader, args| {
        reader.default_region = region_in(&args, 3);
        Ok(Value::None)
    }),
    Native::function("boto3.set_stream_logger", |_, _| Ok(Value::None)),
    Native::function("boto3.resource", |reader, _| Ok(reader.unknown("it comes from another AWS service"))),
    Native::class("botocore.config.Config", |reader, _| Ok(reader.unknown("a client's configuration"))),
    Native::class("botocore.client.Config", |reader, _| Ok(reader.unknown("a client's configuration"))),
];

/// Environment variables that name a region; boto3 reads the first.
const REGION_VARIABLES: [&str; 2] = ["AWS_DEFAULT_REGION", "AWS_REGION"];

/// The region that these arguments give.
fn region_in(args: &Args, index: usize) -> Option<Text> {
    match args.get(index, "region_name") {
        Some(Value::Str(region)) if !region.is_empty() => Some(region.clone()),
        _ => None,
    }
}

/// The service whose methods are read.
const RUNTIME: &str = "bedrock-runtime";

/// Operations of Bedrock that send to a model, an agent or a knowledge base and are not read: service,
/// method, operation.
const UNREAD: [(&str, &str, &str); 17] = [
    (RUNTIME, "apply_guardrail", "ApplyGuardrail"),
    (RUNTIME, "count_tokens", "CountTokens"),
    (RUNTIME, "start_async_invoke", "StartAsyncInvoke"),
    (RUNTIME, "invoke_model_with_bidirectional_stream", "InvokeModelWithBidirectionalStream"),
    ("bedrock-agent-runtime", "invoke_agent", "InvokeAgent"),
    ("bedrock-agent-runtime", "invoke_inline_agent", "InvokeInlineAgent"),
    ("bedrock-agent-runtime", "invoke_flow", "InvokeFlow"),
    ("bedrock-agent-runtime", "start_flow_execution", "StartFlowExecution"),
    ("bedrock-agent-runtime", "retrieve", "Retrieve"),
    ("bedrock-agent-runtime", "retrieve_and_generate", "RetrieveAndGenerate"),
    ("bedrock-agent-runtime", "retrieve_and_generate_stream", "RetrieveAndGenerateStream"),
    ("bedrock-agent-runtime", "rerank", "Rerank"),
    ("bedrock-agent-runtime", "generate_query", "GenerateQuery"),
    ("bedrock-agent-runtime", "optimize_prompt", "OptimizePrompt"),
    ("bedrock-agentcore", "invoke_agent_runtime", "InvokeAgentRuntime"),
    ("bedrock-agentcore", "invoke_code_interpreter", "InvokeCodeInterpreter"),
    ("bedrock-data-automation-runtime", "invoke_data_automation_async", "InvokeDataAutomationAsync"),
];

fn unread_operation(service: &str, method: &str) -> Option<&'static str> {
    let row = UNREAD.iter().find(|(of, name, _)| *of == service && *name == method);
    row.map(|(_, _, operation)| *operation)
}

impl<'a> Evaluator<'a> {
    /// `boto3.client(service, …)`
    fn make_client(&mut self, args: &Args, of_session: Option<Text>) -> Run<Value> {
        match args.get(0, "service_name") {
            Some(Value::Str(service)) => {
                let service = service.clone();
                let region = match region_in(args, 1).or(of_session).or_else(|| self.default_region.clone()) {
                    // What is given and not known is not the environment's.
                    None if args.get(1, "region_name").is_none() => self.region_set()?,
                    region => region,
                };
                Ok(Value::Client(Rc::new((service, region))))
            }
            Some(other) => {
                let why = self.why_unknown(other).unwrap_or_else(|| self.why("the name of a service"));
                self.risk();
                Ok(Value::Unknown(why.derived()))
            }
            None => self.give_up(args, "the name of a service"),
        }
    }

    /// The region that the code sets in its environment.
    fn region_set(&mut self) -> Run<Option<Text>> {
        let Some(environment) = self.environment else { return Ok(None) };
        for name in REGION_VARIABLES {
            let Ok(key) = self.hashed(&Value::str(name))? else { continue };
            let Object::Dict(dict) = self.heap.get(environment) else { return Ok(None) };
            if let Some((_, Value::Str(region))) = dict.entries.get(&key) {
                return Ok(Some(region.clone()));
            }
        }
        Ok(None)
    }

    /// A method of a boto3 session.
    pub(super) fn call_session(&mut self, name: &str, args: &Args, region: Option<Text>) -> Run<Value> {
        if name == "client" {
            return self.make_client(args, region);
        }
        self.risk();
        Ok(self.unknown("it comes from the AWS account's configuration"))
    }

    /// An attribute of a client that is no method call.
    pub(super) fn client_attribute(&mut self, client: &Value, name: &str) -> Value {
        if let Value::Client(of) = client
            && let Some(led) = Led::of(&of.0)
            && !name.starts_with('_')
        {
            return self.compatible_attribute(client, led, of.1.clone(), name);
        }
        match name {
            "exceptions" => Value::Module(self.text("boto3.Client.exceptions")),
            "meta" => Value::Module(self.text("boto3.Client.meta")),
            "__class__" => Value::Module(self.text("boto3.Client")),
            // To look at its inside changes nothing; to call or set something there may.
            name if name.starts_with('_') => Value::Module(self.text(&format!("boto3.Client.{name}"))),
            _ => {
                let name = self.text(name);
                Value::NativeMethod(Rc::new((client.clone(), name)))
            }
        }
    }

    /// A method of a client.
    pub(super) fn call_client(
        &mut self,
        client: &(Text, Option<Text>),
        name: &str,
        args: &Args,
        node: Option<&'a ast::ExprCall>,
    ) -> Run<Value> {
        let (service, region) = (&*client.0, client.1.as_deref());
        if let Some(led) = Led::of(service) {
            return self.call_compatible(led, name, args, region, node);
        }
        if service == RUNTIME
            && let Some(operation) = Self::operation(name)
        {
            return self.call_bedrock(operation, args, region, node);
        }
        if let Some(operation) = Self::operation(name) {
            self.reach(node);
            let text = format!(
                "boto3's client of `{service}` has no `{name}()`, which is `{RUNTIME}`'s: it raises AttributeError"
            );
            let reason = self.why(text).reason();
            let known = self.partial_call(operation, args);
            self.report(Finding::Unresolved { known, reason }, node)?;
            return self.raise("AttributeError", None);
        }
        if let Some(operation) = unread_operation(service, name) {
            self.reach(node);
            let call = UnreadCall {
                library: format!("boto3's `{service}` client"),
                written: format!("{name}()"),
                operation: Some(operation.to_owned()),
                model_id: args.named("modelId").and_then(Value::as_str).map(str::to_owned),
            };
            self.report(Finding::Unread(call), node)?;
        }
        self.risk();
        // Other services read their arguments and keep nothing.
        Ok(self.unknown(format!("it comes from `{service}`'s `{name}()`")))
    }

    fn call_bedrock(
        &mut self,
        operation: Operation,
        args: &Args,
        region: Option<&str>,
        node: Option<&'a ast::ExprCall>,
    ) -> Run<Value> {
        let built = self.build_call(operation, args).map(|call| call.in_region(region));
        let known = self.partial_call(operation, args);
        if let Some(answer) = self.send(built, known, node)? {
            return self.recorded_answer(operation, answer);
        }
        let why = self.why("it comes from an answer of Bedrock that is not recorded");
        let mut why = (*why).clone();
        why.part = Some(AnswerPart::Content);
        Ok(Value::Unknown(Rc::new(why)))
    }

    /// Tells of a call, and gives its answer if one is recorded.
    pub(super) fn send(
        &mut self,
        built: Result<Call, Rc<Why>>,
        known: PartialCall,
        node: Option<&'a ast::ExprCall>,
    ) -> Run<Option<&'a Answer>> {
        self.reach(node);
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.calls_bedrock = true;
        }
        let operation = known.operation;
        let key = built.as_ref().ok().map(Call::key);
        let finding = match (built, self.doubt()) {
            (Ok(call), None) => Finding::Resolved(call),
            (Ok(call), Some(why)) => Finding::Unresolved {
                known: PartialCall { operation, model_id: Some(call.model_id), body: Some(call.body) },
                reason: why.reason(),
            },
            (Err(why), _) => Finding::Unresolved { known, reason: why.reason() },
        };
        self.report(finding, node)?;
        let answers = self.answers;
        if key.is_none() {
            // A request that is not known may be one that the client refuses.
            self.risk();
        }
        Ok(key.as_ref().and_then(|key| answers.answer(key)))
    }

    /// Why it is not certain that what happens here happens.
    fn doubt(&self) -> Option<Rc<Why>> {
        if let Some(why) = &self.tampered {
            return Some(why.clone());
        }
        (!self.is_sure()).then(|| self.doubts())
    }

    /// Reports a call made through a client that is not known.
    pub(super) fn note_unknown_client(
        &mut self,
        name: &str,
        args: &Args,
        why: &Rc<Why>,
        node: Option<&'a ast::ExprCall>,
    ) {
        let Some(operation) = Self::operation(name) else { return };
        self.reach(node);
        let text = format!("the client is not known: {}", why.text);
        let reason = Why::new(text, why.line.or(Some(self.line()))).reason();
        let known = self.partial_call(operation, args);
        // The bound on calls is met by the next one that counts.
        let _ = self.report(Finding::Unresolved { known, reason }, node);
    }

    fn reach(&mut self, node: Option<&'a ast::ExprCall>) {
        let site = self.site(node);
        self.reached.insert(site);
    }

    /// Where a call stands in the code.
    fn site(&self, node: Option<&'a ast::ExprCall>) -> (usize, u32) {
        let at = node.map_or(self.at, ruff_text_size::Ranged::start);
        (self.frame().fence, at.to_u32())
    }

    /// Adds a finding under the running top-level statement, unless its fence says `skip`.
    fn report(&mut self, finding: Finding, node: Option<&'a ast::ExprCall>) -> Run<()> {
        let (fence, line) = self.trigger;
        let source = &self.fences[fence].source;
        if source.skip {
            return Ok(());
        }
        if self.calls.len() >= limits::CALLS {
            return Err(super::evaluate::End::Halt);
        }
        let body = match &finding {
            Finding::Resolved(call) => Some(&call.body),
            Finding::Unresolved { known, .. } | Finding::Uncalled { known } => known.body.as_ref(),
            Finding::Unread(_) => None,
        };
        // It is held here, and once more by whoever shows it.
        let bytes = 2 * body.map_or(0, bytes_of);
        let found = FoundCall { fence: source.fence, line, language: Language::Python, finding };
        let site = self.site(node);
        self.calls.push(Noted { found, site, awaits: None });
        self.spend(bytes)
    }
}

/// The exception classes that a client names are all subclasses of `ClientError`.
pub(super) fn client_exception() -> Option<Value> {
    builtins::lookup("botocore.exceptions.ClientError")
}
