//! `openai` and `anthropic`: clients that are led to Bedrock, and what they send there.
//!
//! In come the arguments of a constructor or a method; out go a call and the answer that the method gives. What the
//! clients add to the wire is that of openai 2.54 to 3.57 and anthropic 2.x, observed on a loopback server (read
//! 2026-11-27). A client that is led elsewhere, or that changes what it sends by ways of its own, is not read.

mod answer;
mod request;

use std::rc::Rc;

use ruff_python_ast as ast;
use ruff_text_size::Ranged as _;

use super::builtins::{Native, methods};
use super::evaluate::{Evaluator, Run};
use super::reason::Why;
use super::value::{Args, Text, Value};
use tutor_bedrock::Operation;
use tutor_bedrock::call::MANTLE;

pub(super) use answer::is_answer;

pub(super) const NATIVES: &[Native] = &[
    Native::class("openai.OpenAI", |reader, args| reader.make_compatible(OPENAI, Waits::No, &args)),
    Native::class("openai.AsyncOpenAI", |reader, args| reader.make_compatible(OPENAI, Waits::Yes, &args)),
    Native::class("anthropic.Anthropic", |reader, args| reader.make_compatible(ANTHROPIC, Waits::No, &args)),
    Native::class("anthropic.AsyncAnthropic", |reader, args| {
        reader.make_compatible(ANTHROPIC, Waits::Yes, &args)
    }),
    Native::class("anthropic.AnthropicBedrock", |reader, args| {
        reader.make_compatible(BEDROCK, Waits::No, &args)
    }),
    Native::class("anthropic.AsyncAnthropicBedrock", |reader, args| {
        reader.make_compatible(BEDROCK, Waits::Yes, &args)
    }),
    Native::class("anthropic.AnthropicBedrockMantle", |reader, args| {
        reader.make_compatible(OF_MANTLE, Waits::No, &args)
    }),
    Native::class("anthropic.AsyncAnthropicBedrockMantle", |reader, args| {
        reader.make_compatible(OF_MANTLE, Waits::Yes, &args)
    }),
    Native::class(answer::CLASS, |reader, _| Ok(reader.unknown("an answer of the chapter's own"))),
];

/// A class of clients.
#[derive(Debug)]
struct Client {
    /// The name that its values carry.
    name: &'static str,
    /// The variable that leads it, if no argument does.
    variable: &'static str,
    /// Where it goes without either, if that is Bedrock.
    base: Option<&'static str>,
    /// Arguments that change nothing of what is sent.
    harmless: &'static [&'static str],
    /// The methods that are read: where they stand, what they send, whether they stream by themselves.
    methods: &'static [(&'static str, Operation, Streams)],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Streams {
    /// As their arguments say.
    AsAsked,
    Always,
}

/// Whether a client's methods are awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    Yes,
    No,
}

const OPENAI: &Client = &Client {
    name: "openai",
    variable: "OPENAI_BASE_URL",
    base: None,
    harmless: &["api_key", "base_url", "max_retries", "timeout"],
    methods: &[
        ("chat.completions.create", Operation::ChatCompletions, Streams::AsAsked),
        ("responses.create", Operation::Responses, Streams::AsAsked),
    ],
};

const KEYS: &[&str] = &[
    "api_key",
    "auth_token",
    "aws_access_key",
    "aws_profile",
    "aws_region",
    "aws_secret_key",
    "aws_session_token",
    "base_url",
    "max_retries",
    "timeout",
];

const MESSAGES: &[(&str, Operation, Streams)] = &[
    ("messages.create", Operation::Messages, Streams::AsAsked),
    ("messages.stream", Operation::Messages, Streams::Always),
];

const ANTHROPIC: &Client = &Client {
    name: "anthropic",
    variable: "ANTHROPIC_BASE_URL",
    base: None,
    harmless: KEYS,
    methods: MESSAGES,
};

/// It sends `InvokeModel` and its stream.
const BEDROCK: &Client = &Client {
    name: "anthropic-bedrock",
    variable: "ANTHROPIC_BEDROCK_BASE_URL",
    base: Some("https://bedrock-runtime.us-east-1.amazonaws.com"),
    harmless: KEYS,
    methods: &[
        ("messages.create", Operation::InvokeModel, Streams::AsAsked),
        ("messages.stream", Operation::InvokeModel, Streams::Always),
    ],
};

const OF_MANTLE: &Client = &Client {
    name: "anthropic-mantle",
    variable: "ANTHROPIC_BEDROCK_MANTLE_BASE_URL",
    base: Some("https://bedrock-mantle.us-east-1.api.aws/anthropic"),
    harmless: KEYS,
    methods: MESSAGES,
};

const CLIENTS: [&Client; 4] = [OPENAI, ANTHROPIC, BEDROCK, OF_MANTLE];

/// A client's value as its text carries it: `openai bedrock-runtime chat.completions`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Led<'t> {
    client: &'static Client,
    is_mantle: bool,
    waits: Waits,
    /// The attributes taken from it so far, with dots.
    below: &'t str,
}

impl<'t> Led<'t> {
    /// The client that a value's text is of; `None` for boto3's.
    pub(super) fn of(text: &'t str) -> Option<Self> {
        let mut words = text.splitn(4, ' ');
        let name = words.next()?;
        let client = CLIENTS.into_iter().find(|client| client.name == name)?;
        let is_mantle = words.next()? == MANTLE;
        let waits = if words.next()? == "async" { Waits::Yes } else { Waits::No };
        Some(Led { client, is_mantle, waits, below: words.next()? })
    }

    fn text(&self, below: &str) -> String {
        let host = if self.is_mantle { MANTLE } else { "bedrock-runtime" };
        let waits = if self.waits == Waits::Yes { "async" } else { "sync" };
        format!("{} {host} {waits} {below}", self.client.name)
    }

    fn path(&self, name: &str) -> String {
        if self.below.is_empty() { name.to_owned() } else { format!("{}.{name}", self.below) }
    }
}

/// The newest major version of a package that the chapter's `pip install` lines let in; `None` for any.
fn pinned_major<'t>(texts: impl Iterator<Item = &'t str>, package: &str) -> Option<u32> {
    let lines = texts.flat_map(str::lines).filter(|line| line.contains("pip install"));
    let words = lines.flat_map(str::split_whitespace).map(|word| word.trim_matches(['"', '\'']));
    let mut pins =
        words.filter_map(|word| word.strip_prefix(package)?.strip_prefix(['=', '~', '<']).map(|_| word));
    let pin = pins.next()?.strip_prefix(package)?;
    let version = pin.trim_start_matches(['=', '~', '<']);
    let major = version.split(['.', ',']).next()?.parse::<u32>().ok()?;
    let below = pin.starts_with('<') && !pin.starts_with("<=") && !version.contains('.');
    if below { major.checked_sub(1) } else { Some(major) }
}

/// Whether a URL leads to a host of Bedrock, and below which path.
fn leads(url: &str) -> Option<(bool, &str)> {
    let rest = url.strip_prefix("https://")?.trim_end_matches('/');
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let runtime = host.starts_with("bedrock-runtime") && host.ends_with(".amazonaws.com");
    let mantle = host.starts_with("bedrock-mantle.") && host.ends_with(".api.aws");
    (runtime || mantle).then_some((mantle, path))
}

/// The region in a host of Bedrock: `bedrock-runtime.us-east-1.amazonaws.com`.
fn region_of(url: &str) -> Option<String> {
    Some(url.strip_prefix("https://")?.split('.').nth(1)?.to_owned())
}

impl<'a> Evaluator<'a> {
    fn make_compatible(&mut self, client: &'static Client, waits: Waits, args: &Args) -> Run<Value> {
        const ELSEWHERE: &str = "a client that is not led to Bedrock, or in a way that is not read";
        let is_harmless = |name: &str| client.harmless.contains(&name);
        let plain =
            args.pos.is_empty() && args.open.is_none() && args.kw.iter().all(|(name, _)| is_harmless(name));
        let asked = match args.named("base_url") {
            Some(Value::None) | None => self.base_of_environment(client)?,
            Some(url) => Some(url.clone()),
        };
        let url = match &asked {
            Some(Value::Str(url)) => Some(url.to_string()),
            Some(_) => None,
            None => client.base.map(str::to_owned),
        };
        let fits = |mantle: bool, path: &str| match client.name {
            "openai" => path == "/openai/v1" || (mantle && path == "/v1"),
            "anthropic-bedrock" => path.is_empty() && !mantle,
            "anthropic-mantle" => path == "/anthropic" && mantle,
            _ => path == "/anthropic",
        };
        let region = match (args.named("base_url").or(asked.as_ref()), args.named("aws_region")) {
            (None, Some(Value::Str(region))) => Some(region.to_string()),
            (None, _) => None,
            (Some(_), _) => url.as_deref().and_then(region_of),
        };
        match url.as_deref().and_then(leads) {
            Some((is_mantle, path)) if plain && fits(is_mantle, path) => {
                let text = Led { client, is_mantle, waits, below: "" }.text("");
                let text = self.text(&text);
                let region = region.map(|region| self.text(&region));
                Ok(Value::Client(Rc::new((text, region))))
            }
            _ => self.give_up(args, ELSEWHERE),
        }
    }

    /// The base URL that the chapter sets as a variable.
    fn base_of_environment(&mut self, client: &Client) -> Run<Option<Value>> {
        let environment = self.module_attribute("os", "environ");
        let key = Args::of(vec![Value::str(client.variable), Value::None]);
        match methods::call(self, &environment, "get", &key) {
            Some(value) => Ok(Some(value?).filter(|value| !matches!(value, Value::None))),
            None => Ok(None),
        }
    }

    /// An attribute of such a client, or of one of its parts.
    pub(super) fn compatible_attribute(
        &mut self,
        value: &Value,
        led: Led<'_>,
        region: Option<Text>,
        name: &str,
    ) -> Value {
        let path = led.path(name);
        let is_part = |methods: &[(&str, Operation, Streams)]| {
            methods
                .iter()
                .any(|(method, ..)| method.strip_prefix(&*path).is_some_and(|rest| rest.starts_with('.')))
        };
        if is_part(led.client.methods) {
            let text = led.text(&path);
            return Value::Client(Rc::new((self.text(&text), region)));
        }
        let name = self.text(name);
        Value::NativeMethod(Rc::new((value.clone(), name)))
    }

    /// A method of such a client, or of one of its parts.
    pub(super) fn call_compatible(
        &mut self,
        led: Led<'_>,
        name: &str,
        args: &Args,
        region: Option<&str>,
        node: Option<&'a ast::ExprCall>,
    ) -> Run<Value> {
        let path = led.path(name);
        let method = led.client.methods.iter().find(|(method, ..)| *method == path);
        let Some((_, operation, streams)) = method.copied() else {
            self.risk();
            return Ok(self.unknown(format!("it comes from `{path}()`")));
        };
        let anthropic = pinned_major(self.fences.iter().map(|fence| &*fence.source.text), "anthropic");
        let always = streams == Streams::Always;
        let asked = request::Asked { operation, streams: always, is_mantle: led.is_mantle, anthropic };
        let mut built = self.compatible_call(asked, args).map(|call| call.in_region(region));
        if led.waits == Waits::Yes && streams != Streams::Always && !self.is_awaited(node) {
            built = Err(self.why("it is not awaited where it is written"));
        }
        let known = self.compatible_partial(asked, args);
        let call = built.clone().ok();
        let Some(answer) = self.send(built, known, node)? else {
            return Ok(self.not_recorded());
        };
        match call {
            // Its context manager is not read.
            Some(call) if streams != Streams::Always => self.compatible_answer(&call, answer),
            _ => Ok(self.not_recorded()),
        }
    }

    /// Whether `await` stands before a call.
    fn is_awaited(&self, node: Option<&'a ast::ExprCall>) -> bool {
        let Some(node) = node else { return false };
        let text = &self.fences[self.frame().fence].text;
        text[..usize::from(node.start())].trim_end().ends_with("await")
    }
}

/// Why a value of an argument is not in the request.
type Built<T> = Result<T, Rc<Why>>;
