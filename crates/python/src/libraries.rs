//! The libraries that send to Bedrock and are not read here: how each is known in a chapter's code.
//!
//! One table, [`LIBRARIES`]. What comes out of an import of one is followed by name: a variable that
//! something of it went into is of it too, and a call of one of [`METHODS`] on it sends.

use std::cell::Cell;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, Expr, Stmt};
use rustc_hash::{FxHashMap, FxHashSet};

/// What tells that a library is used with Bedrock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Evidence {
    /// That it is imported.
    Import,
    /// That what is imported from it has `Bedrock` in its name or path.
    Name,
    /// That `bedrock` stands in a text among the arguments of its constructor or function.
    Arguments,
}

/// A library.
#[derive(Debug)]
struct Library {
    /// As people call it.
    name: &'static str,
    /// The module it is imported from, with everything below.
    module: &'static str,
    evidence: Evidence,
}

const fn library(name: &'static str, module: &'static str, evidence: Evidence) -> Library {
    Library { name, module, evidence }
}

/// Every library that is known, those with a longer module path first.
static LIBRARIES: &[Library] = &[
    library("LangChain (langchain-aws)", "langchain_aws", Evidence::Import),
    library("LangChain (langchain-community)", "langchain_community", Evidence::Name),
    library("LangChain", "langchain.chat_models", Evidence::Arguments),
    library("LangChain", "langchain", Evidence::Name),
    library("LlamaIndex", "llama_index", Evidence::Name),
    library("Strands Agents", "strands", Evidence::Import),
    library("LiteLLM", "litellm", Evidence::Arguments),
    library("CrewAI", "crewai", Evidence::Arguments),
    library("Pydantic AI", "pydantic_ai", Evidence::Arguments),
    library("Haystack", "haystack_integrations", Evidence::Name),
    library("DSPy", "dspy", Evidence::Arguments),
    library("Instructor", "instructor", Evidence::Arguments),
    library("Semantic Kernel", "semantic_kernel", Evidence::Name),
    library("smolagents", "smolagents", Evidence::Arguments),
    library("Agno", "agno.models.aws", Evidence::Import),
    library("aisuite", "aisuite", Evidence::Arguments),
    library("anthropic", "anthropic", Evidence::Arguments),
    library("openai", "openai", Evidence::Arguments),
    library("requests", "requests", Evidence::Arguments),
    library("httpx", "httpx", Evidence::Arguments),
];

/// Methods and functions that send.
static METHODS: &[&str] = &[
    "acall",
    "achat",
    "acompletion",
    "acomplete",
    "add_documents",
    "add_texts",
    "aembed_documents",
    "aembed_query",
    "aembedding",
    "agenerate",
    "ainvoke",
    "apply",
    "apredict",
    "aquery",
    "aretrieve",
    "arun",
    "astream",
    "astream_chat",
    "astream_complete",
    "astream_events",
    "abatch",
    "batch",
    "call",
    "chat",
    "compress_documents",
    "complete",
    "completion",
    "create",
    "create_documents",
    "embed_documents",
    "embed_query",
    "embedding",
    "from_documents",
    "from_texts",
    "generate",
    "get",
    "get_relevant_documents",
    "get_text_embedding",
    "invoke",
    "invoke_async",
    "kickoff",
    "kickoff_async",
    "parse",
    "post",
    "predict",
    "query",
    "request",
    "retrieve",
    "run",
    "run_stream",
    "run_sync",
    "similarity_search",
    "similarity_search_with_score",
    "stream",
    "stream_async",
    "stream_chat",
    "stream_complete",
    "structured_output",
    "text_completion",
];

/// Those of anything that is given a model among its arguments.
static FROM_ARGUMENTS: &[&str] = &["from_documents", "from_texts"];

/// Methods that only send if the call itself names Bedrock: their names are everybody's.
static PLAIN: &[&str] = &["get", "post", "request"];

/// Expressions looked at in a chapter before nothing more is found: chains of calls are looked at again
/// and again.
const LOOKS: usize = 2_000_000;
/// Passes over a chapter after which what is of a library is known: names go from hand to hand.
const PASSES: usize = 6;

/// What is known of a name that is of a library.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Origin<'a> {
    /// What people call the library.
    library: &'a str,
    kind: Kind,
    /// The model it was made for, if the text says so.
    model: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Imported, and Bedrock's.
    Imported,
    /// Imported, and Bedrock's if its arguments say so.
    Perhaps,
    /// A variable that something of it went into.
    Held,
    /// A function of the chapter that gives one.
    Given,
}

/// A call that a library sends for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    /// What people call the library.
    pub(super) library: String,
    /// The model, if the text says so.
    pub(super) model_id: Option<String>,
}

/// What in a chapter is of which library.
#[derive(Debug, Default)]
pub(super) struct Origins<'a> {
    names: FxHashMap<&'a str, Origin<'a>>,
    /// The same for attributes, such as `self.llm`.
    attributes: FxHashMap<&'a str, Origin<'a>>,
    /// Names of texts with `bedrock` in them.
    texts: FxHashSet<&'a str>,
    /// The parameters of the chapter's functions.
    parameters: FxHashMap<&'a str, Vec<&'a str>>,
    /// The functions around the place being visited.
    around: Vec<&'a str>,
    /// Whether a base URL of Bedrock is set for the whole chapter.
    led_by_environment: bool,
    changed: bool,
    /// Expressions looked at so far.
    looks: Cell<usize>,
}

impl<'a> Origins<'a> {
    /// Follows what comes out of imports through the bodies of a chapter's fences.
    pub(super) fn of(bodies: &[&'a [Stmt]]) -> Self {
        let mut origins = Origins::default();
        for pass in 0..PASSES {
            origins.changed = false;
            for body in bodies {
                origins.visit_body(body);
            }
            // Without an import there is nothing to follow.
            if (pass == 0 && origins.names.is_empty()) || !origins.changed {
                break;
            }
        }
        origins
    }

    /// Whether one more expression may be looked at.
    fn look(&self) -> bool {
        self.looks.set(self.looks.get() + 1);
        self.looks.get() < LOOKS
    }

    /// Whether nothing in the chapter is of any library.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// What a call sends for, if it does.
    pub(super) fn sent(&self, node: &'a ast::ExprCall) -> Option<Sent> {
        let origin = self.sends(node)?;
        Some(Sent { library: origin.library.to_owned(), model_id: origin.model.map(str::to_owned) })
    }

    fn sends(&self, node: &'a ast::ExprCall) -> Option<Origin<'a>> {
        match &*node.func {
            Expr::Attribute(target) => {
                let method = target.attr.as_str();
                if !METHODS.contains(&method) {
                    return None;
                }
                let given = || {
                    let values = node.arguments.args.iter();
                    let values = values.chain(node.arguments.keywords.iter().map(|keyword| &keyword.value));
                    FROM_ARGUMENTS
                        .contains(&method)
                        .then(|| values.clone().find_map(|value| self.made_by(value)))?
                };
                let origin = self.origin(&target.value).or_else(given)?;
                let sure = origin.kind != Kind::Perhaps && !PLAIN.contains(&method);
                let model = Self::model_of(node).or(origin.model);
                (sure || self.names_bedrock(node)).then_some(Origin { model, ..origin })
            }
            Expr::Name(name) => {
                let origin = *self.names.get(name.id.as_str())?;
                let sends = match origin.kind {
                    Kind::Held => true,
                    Kind::Imported => METHODS.contains(&name.id.as_str()),
                    Kind::Perhaps => METHODS.contains(&name.id.as_str()) && self.names_bedrock(node),
                    Kind::Given => false,
                };
                let model = Self::model_of(node).or(origin.model);
                sends.then_some(Origin { model, ..origin })
            }
            _ => None,
        }
    }

    /// What an expression is of: the first thing in it that is of a library. What a call sends for is an
    /// answer, and of none.
    fn origin(&self, node: &'a Expr) -> Option<Origin<'a>> {
        let mut search = Search { origins: self, found: None };
        search.visit_expr(node);
        search.found
    }

    /// Whether a text with `bedrock` in it is among the arguments.
    fn names_bedrock(&self, node: &'a ast::ExprCall) -> bool {
        let mut search = Texts { origins: self, found: false };
        search.visit_arguments(&node.arguments);
        search.found || (self.led_by_environment && node.arguments.find_keyword("base_url").is_none())
    }

    fn model_of(node: &'a ast::ExprCall) -> Option<&'a str> {
        let keyword =
            ["model_id", "model", "modelId"].iter().find_map(|name| node.arguments.find_keyword(name));
        match &keyword?.value {
            Expr::StringLiteral(text) => Some(text.value.to_str()),
            _ => None,
        }
    }

    fn import(&mut self, module: &'a str, name: &'a str, bound: &'a str) {
        if ["boto3", "botocore"].iter().any(|known| is_below(module, known)) {
            return;
        }
        let named = module.to_ascii_lowercase().contains("bedrock") || name.contains("Bedrock");
        let known = LIBRARIES.iter().find(|library| is_below(module, library.module));
        let (library, kind) = match known {
            Some(library) if named || library.evidence == Evidence::Import => (library.name, Kind::Imported),
            Some(library) if library.evidence == Evidence::Arguments => (library.name, Kind::Perhaps),
            Some(_) => return,
            // A class of a library that nobody here has heard of.
            None if name.contains("Bedrock") => (module.split('.').next().unwrap_or(module), Kind::Imported),
            None => return,
        };
        self.set_name(bound, Origin { library, kind, model: None });
    }

    fn set_name(&mut self, name: &'a str, origin: Origin<'a>) {
        if !self.names.contains_key(name) {
            self.names.insert(name, origin);
            self.changed = true;
        }
    }

    fn set_target(&mut self, target: &'a Expr, origin: Origin<'a>) {
        match target {
            Expr::Name(name) => self.set_name(&name.id, origin),
            Expr::Attribute(node) => {
                self.changed |= self.attributes.insert(node.attr.as_str(), origin).is_none();
            }
            Expr::Tuple(node) => node.elts.iter().for_each(|target| self.set_target(target, origin)),
            _ => {}
        }
    }

    fn assign(&mut self, target: &'a Expr, value: &'a Expr) {
        let mut texts = Texts { origins: self, found: false };
        texts.visit_expr(value);
        if texts.found {
            match target {
                Expr::Name(name) => self.changed |= self.texts.insert(&name.id),
                Expr::Subscript(node) if is_base_url(&node.slice) => {
                    self.changed |= !self.led_by_environment;
                    self.led_by_environment = true;
                }
                _ => {}
            }
        }
        if let Some(origin) = self.made_by(value) {
            self.set_target(target, Origin { kind: Kind::Held, ..origin });
        }
    }

    /// What the value of an expression is of.
    fn made_by(&self, value: &'a Expr) -> Option<Origin<'a>> {
        let origin = self.origin(value)?;
        if origin.kind != Kind::Perhaps {
            let model = if let Expr::Call(node) = value { Self::model_of(node) } else { None };
            return Some(Origin { model: model.or(origin.model), ..origin });
        }
        let Expr::Call(node) = value else { return None };
        self.names_bedrock(node).then(|| Origin { model: Self::model_of(node), ..origin })
    }

    /// What a call hands to functions of the chapter, and to what gathers things.
    fn hand_on(&mut self, node: &'a ast::ExprCall) {
        let arguments = &node.arguments;
        let values = arguments.args.iter().chain(arguments.keywords.iter().map(|keyword| &keyword.value));
        let held: Vec<(usize, Origin<'a>)> = values
            .enumerate()
            .filter_map(|(index, value)| Some((index, self.made_by(value)?)))
            .map(|(index, origin)| (index, Origin { kind: Kind::Held, ..origin }))
            .collect();
        if held.is_empty() {
            return;
        }
        let name = match &*node.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(target) => target.attr.as_str(),
            _ => return,
        };
        let parameters = self.parameters.get(name).cloned().unwrap_or_default();
        let method = usize::from(parameters.first().is_some_and(|first| matches!(*first, "self" | "cls")));
        for (index, origin) in held {
            let parameter = match index.checked_sub(arguments.args.len()) {
                Some(keyword) => arguments.keywords[keyword].arg.as_ref().map(ast::Identifier::as_str),
                None => parameters.get(index + method).copied(),
            };
            if let Some(parameter) = parameter.filter(|name| parameters.contains(name)) {
                self.set_name(parameter, origin);
            }
        }
    }
}

impl<'a> Visitor<'a> for Origins<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let path = alias.name.as_str();
                    let bound = alias
                        .asname
                        .as_ref()
                        .map_or_else(|| path.split('.').next().unwrap_or(path), ast::Identifier::as_str);
                    self.import(path, "", bound);
                }
            }
            Stmt::ImportFrom(import) => {
                if let Some(module) = import.module.as_ref().filter(|_| import.level == 0) {
                    for alias in &import.names {
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                        self.import(module, &alias.name, bound);
                    }
                }
            }
            Stmt::Assign(node) => node.targets.iter().for_each(|target| self.assign(target, &node.value)),
            Stmt::AnnAssign(node) => {
                if let Some(value) = &node.value {
                    self.assign(&node.target, value);
                }
            }
            Stmt::With(node) => {
                for item in &node.items {
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, &item.context_expr);
                    }
                }
            }
            Stmt::FunctionDef(def) => {
                if !self.parameters.contains_key(def.name.as_str()) {
                    let names = def.parameters.iter().map(|parameter| parameter.name().as_str()).collect();
                    self.parameters.insert(&def.name, names);
                }
                self.around.push(&def.name);
                visitor::walk_stmt(self, statement);
                self.around.pop();
                return;
            }
            Stmt::Return(node) => {
                if let (Some(value), Some(function)) = (&node.value, self.around.last().copied())
                    && let Some(origin) = self.made_by(value)
                {
                    self.set_name(function, Origin { kind: Kind::Given, ..origin });
                }
            }
            _ => {}
        }
        visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Named(node) => self.assign(&node.target, &node.value),
            Expr::Call(node) => self.hand_on(node),
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}

/// Looks for the first thing that is of a library.
struct Search<'o, 'a> {
    origins: &'o Origins<'a>,
    found: Option<Origin<'a>>,
}

impl<'a> Visitor<'a> for Search<'_, 'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if self.found.is_some() || !self.origins.look() {
            return;
        }
        match expression {
            Expr::Call(node) if self.origins.sends(node).is_some() => {}
            Expr::Name(name) => self.found = self.origins.names.get(name.id.as_str()).copied(),
            Expr::Attribute(node) => {
                self.found = self.origins.attributes.get(node.attr.as_str()).copied();
                visitor::walk_expr(self, expression);
            }
            Expr::Lambda(_) | Expr::FString(_) => {}
            _ => visitor::walk_expr(self, expression),
        }
    }
}

/// Looks for a text with `bedrock` in it.
struct Texts<'o, 'a> {
    origins: &'o Origins<'a>,
    found: bool,
}

impl<'a> Visitor<'a> for Texts<'_, 'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if self.found || !self.origins.look() {
            return;
        }
        match expression {
            Expr::StringLiteral(text) => self.found |= text.value.to_str().contains("bedrock"),
            Expr::FString(text) => {
                for literal in text.value.elements().filter_map(|element| element.as_literal()) {
                    self.found |= literal.value.contains("bedrock");
                }
                visitor::walk_expr(self, expression);
            }
            Expr::Name(name) => self.found |= self.origins.texts.contains(name.id.as_str()),
            _ => visitor::walk_expr(self, expression),
        }
    }
}

fn is_base_url(node: &Expr) -> bool {
    matches!(node, Expr::StringLiteral(text) if text.value.to_str().ends_with("_BASE_URL"))
}

fn is_below(module: &str, parent: &str) -> bool {
    module.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
