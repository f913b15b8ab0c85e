//! The evaluator: statements and expressions of a chapter, followed as Python would.
//!
//! In come parsed fences; out come the Bedrock calls they make, in order. It differs from an
//! interpreter in one thing: a value may be unknown, and then every way the code might go is followed
//! ([`paths`](super::paths)) and whatever unknown code may touch is given up
//! ([`escape`](super::escape)). One file per kind of syntax.

mod assign;
mod attempt;
mod attribute;
mod bounded;
mod call;
mod class;
mod compare;
mod comprehension;
mod enumeration;
mod expression;
mod function;
mod generator;
mod instance;
mod iterate;
mod loops;
mod operator;
mod pattern;
mod statement;
mod subscript;
mod truth;
mod types;

use std::rc::Rc;

use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) use self::iterate::Step;
pub(super) use self::operator::{float_div_mod, set_operator};
pub(super) use self::subscript::{range_len, slice_bounds};
use super::budget::Budget;
use super::builtins;
use super::handing::{Callee, Handing};
use super::heap::{Heap, Mark, Object, Scope};
use super::limits;
use super::modules::Own;
use super::names::{self, Code, CodeId, Node, Uses};
use super::paths::Path;
use super::reason::Why;
use super::syntax::Fence;
use super::value::{Function, Id, Text, Value};
use tutor_bedrock::found::{Answers, FoundCall, Remark};
use tutor_bedrock::{Call, Operation};

/// What evaluating gives, or how it left.
pub(super) type Run<T> = Result<T, End>;

/// How a statement or expression leaves early.
#[derive(Debug, Clone)]
pub(super) enum End {
    /// `break` of the loop with this number.
    Break(u32),
    /// `continue` of that loop.
    Continue(u32),
    /// `return` from the call with this number.
    Return(u32, Value),
    /// An exception.
    Raise(Value),
    /// A generator is left because its consumer ended like this; the number is the consumer's.
    Close(u32, Box<End>),
    /// The bounds are exhausted: nothing more is known.
    Halt,
}

impl End {
    /// Whether two ends go to the same place.
    pub(super) fn goes_where(&self, other: &End) -> bool {
        match (self, other) {
            (End::Break(a), End::Break(b)) | (End::Continue(a), End::Continue(b)) => a == b,
            (End::Return(a, _), End::Return(b, _)) => a == b,
            (End::Raise(a), End::Raise(b)) => a.same(b),
            _ => false,
        }
    }
}

/// What takes the items of an iteration.
pub(super) type Consumer<'a> = Rc<dyn Fn(&mut Evaluator<'a>, Value) -> Run<()> + 'a>;

/// One activation: the module, a function call, a class body or a comprehension.
#[derive(Clone)]
pub(super) struct Frame<'a> {
    /// The scopes that names are looked up in, outermost first, without the module's.
    pub(super) scopes: Vec<Id>,
    /// Where names are bound.
    pub(super) own: Id,
    /// The scope of the module that the code stands in.
    pub(super) globals: Id,
    /// The scope that a walrus binds in.
    pub(super) function_scope: Id,
    /// The number that `return` goes to.
    pub(super) token: u32,
    /// The loops being run, innermost last.
    pub(super) loops: Vec<u32>,
    /// The fence whose text is being followed.
    pub(super) fence: usize,
    /// The function, if this is a call.
    pub(super) function: Option<Rc<Function>>,
    /// Its first argument, for `super()`.
    pub(super) receiver: Option<Value>,
    /// Where `yield` hands items.
    pub(super) consumer: Option<Rc<YieldTo<'a>>>,
    /// The exception being handled, for a bare `raise`.
    pub(super) handling: Option<Value>,
}

/// Where a generator hands its items.
pub(super) struct YieldTo<'a> {
    pub(super) consumer: Consumer<'a>,
    pub(super) token: u32,
    /// The consumer's own activation.
    pub(super) frame: Frame<'a>,
    /// How many `try` the consumer stands in.
    pub(super) attempts: usize,
}

/// A call that was found.
#[derive(Debug)]
pub(super) struct Noted {
    pub(super) found: FoundCall,
    /// Where it stands in the code: the fence and the offset in it.
    pub(super) site: (usize, u32),
    /// Set if it is certain once somebody waits for this thread.
    pub(super) awaits: Option<(Id, Call)>,
}

/// A `try` whose body is being followed.
#[derive(Debug, Default)]
pub(super) struct Attempt {
    /// The first place in it that may raise.
    pub(super) first_risk: Option<Mark>,
    /// Whether Bedrock is called in it: that may fail too, but is read as succeeding.
    pub(super) calls_bedrock: bool,
}

/// What was replaced of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Altered {
    /// What it is called, its docstring, or attributes of its own.
    Names,
    /// What it does when it is called.
    Code,
}

/// A class body being run.
pub(super) struct ClassBody {
    pub(super) qualname: Text,
    pub(super) scope: Id,
    pub(super) class: Id,
    pub(super) names: names::ClassNames,
}

/// Work that was started beside the code that started it.
#[derive(Debug)]
pub(super) struct Task {
    /// Its number.
    pub(super) number: i64,
    /// The calls found in it.
    pub(super) calls: std::ops::Range<usize>,
    /// Whether it is thrown away with the process or event loop unless somebody waits for it.
    pub(super) fleeting: bool,
}

/// The state of reading one chapter.
pub(super) struct Evaluator<'a> {
    /// The chapter's fences, and after them those of its own modules.
    pub(super) fences: &'a [Fence<'a>],
    /// How many of them are the chapter's.
    pub(super) chapter: usize,
    /// The chapter's own modules.
    pub(super) own: FxHashMap<Text, Own>,
    pub(super) answers: &'a dyn Answers,
    pub(super) heap: Heap,
    /// The scope of the module.
    pub(super) module: Id,
    pub(super) frames: Vec<Frame<'a>>,
    /// The class bodies being run.
    classes: Vec<ClassBody>,
    /// The `try` statements being followed, innermost last.
    pub(super) attempts: Vec<Attempt>,
    /// The ways being followed that are perhaps not taken, and why.
    pub(super) arms: Vec<Rc<Why>>,
    /// Ways that wait to be joined.
    pub(super) paths: Vec<Path>,
    codes: Vec<Rc<Code<'a>>>,
    code_ids: FxHashMap<usize, CodeId>,
    /// Generator expressions, with the activation they were evaluated in.
    pub(super) expressions: Vec<(&'a ruff_python_ast::ExprGenerator, Frame<'a>)>,
    /// Functions handed to unknown code, by text and closure.
    pub(super) escaped: FxHashSet<(CodeId, Option<Id>)>,
    /// Names whose values are given away as soon as they are bound.
    pub(super) watched: FxHashSet<(Id, Text)>,
    /// Names that unknown code may rebind.
    pub(super) volatile: FxHashSet<(Id, Text)>,
    /// Functions handed over, where and why.
    pub(super) handed_over: FxHashMap<CodeId, (usize, usize, Rc<Why>)>,
    /// Top-level statements that surely raise, or that stand behind one: fence and line, and why.
    pub(super) failed: Vec<((usize, usize), &'a Stmt, Rc<Why>)>,
    /// Functions that code which is not known may call, in the order they were handed over.
    pub(super) handings: Vec<Handing>,
    /// The same, to note each once for each statement.
    pub(super) handed: FxHashSet<((usize, usize), Callee)>,
    /// Set once a client or hook was tampered with: no call is certain after that.
    pub(super) tampered: Option<Rc<Why>>,
    /// Set while a call of the chapter's own code that is not followed may have ended the fence.
    pub(super) may_have_ended: Option<Rc<Why>>,
    /// Set once a loop without a known end was followed: what comes after it is only reached if
    /// somebody interrupts it.
    pub(super) interrupted: Option<Rc<Why>>,
    /// Set by a star import of an unknown module: any name may be bound.
    pub(super) any_name: Option<Rc<Why>>,
    /// Attributes of modules that the chapter replaced.
    pub(super) patched: FxHashSet<(Text, Text)>,
    /// Modules of Python's own of which something was replaced: nothing of them is known any more.
    pub(super) remade: FxHashSet<Text>,
    /// Functions whose code, defaults or names were replaced; held, so that no other has their address.
    pub(super) altered: Vec<(Rc<Function>, Altered)>,
    /// Functions that `abc.abstractmethod` marked.
    pub(super) abstracts: Vec<Rc<Function>>,
    /// Whether an operation is that of `op=`, whose errors have texts of their own.
    pub(super) augmented: bool,
    /// Whether an event loop runs.
    pub(super) in_loop: bool,
    /// Tasks that nobody waited for yet.
    pub(super) tasks: Vec<Task>,
    /// Dicts and lists of recorded answers.
    pub(super) answers_read: FxHashSet<Id>,
    /// Instances whose `__dict__` was taken, with the dict given for it and both contents at that time.
    pub(super) attributes: Vec<(Id, Object, Id, Object)>,
    /// The region that the code gives boto3's default session.
    pub(super) default_region: Option<Text>,
    /// `os.environ`, once it is named.
    pub(super) environment: Option<Id>,
    pub(super) calls: Vec<Noted>,
    pub(super) remarks: Vec<Remark>,
    /// The call sites that were followed: fence and offset.
    pub(super) reached: FxHashSet<(usize, u32)>,
    /// The running top-level statement: fence and line.
    pub(super) trigger: (usize, usize),
    /// The expression being evaluated.
    pub(super) at: TextSize,
    pub(super) depth: usize,
    nesting: usize,
    /// Where functions mention names, by their text.
    uses: FxHashMap<CodeId, Rc<Uses<'a>>>,
    /// The scope of a call that ways come together in, and which of its names may still be read.
    pub(super) reading: Option<(Id, Rc<Uses<'a>>, Option<TextSize>)>,
    pub(super) budget: Budget,
    /// Bytes that waiting paths hold.
    pub(super) waiting_bytes: usize,
    tokens: u32,
    texts: FxHashSet<Text>,
}

impl<'a> Evaluator<'a> {
    /// An evaluator at the start of a chapter.
    pub(super) fn new(fences: &'a [Fence<'a>], chapter: usize, answers: &'a dyn Answers) -> Self {
        let mut heap = Heap::default();
        let module = heap.add(Object::Scope(Rc::new(Scope::default())));
        let mut reader = Evaluator {
            fences,
            chapter,
            own: FxHashMap::default(),
            answers,
            heap,
            module,
            frames: Vec::new(),
            classes: Vec::new(),
            attempts: Vec::new(),
            arms: Vec::new(),
            paths: Vec::new(),
            codes: Vec::new(),
            code_ids: FxHashMap::default(),
            expressions: Vec::new(),
            escaped: FxHashSet::default(),
            watched: FxHashSet::default(),
            volatile: FxHashSet::default(),
            handed_over: FxHashMap::default(),
            failed: Vec::new(),
            handings: Vec::new(),
            handed: FxHashSet::default(),
            tampered: None,
            may_have_ended: None,
            interrupted: None,
            any_name: None,
            patched: FxHashSet::default(),
            remade: FxHashSet::default(),
            altered: Vec::new(),
            abstracts: Vec::new(),
            augmented: false,
            in_loop: false,
            tasks: Vec::new(),
            answers_read: FxHashSet::default(),
            attributes: Vec::new(),
            default_region: None,
            environment: None,
            calls: Vec::new(),
            remarks: Vec::new(),
            reached: FxHashSet::default(),
            trigger: (0, 0),
            at: TextSize::default(),
            depth: 0,
            nesting: 0,
            uses: FxHashMap::default(),
            reading: None,
            budget: Budget::default(),
            waiting_bytes: 0,
            tokens: 1,
            texts: FxHashSet::default(),
        };
        reader.frames.push(Frame {
            scopes: Vec::new(),
            own: module,
            function_scope: module,
            globals: module,
            token: 0,
            loops: Vec::new(),
            fence: 0,
            function: None,
            receiver: None,
            consumer: None,
            handling: None,
        });
        let name = reader.text("__name__");
        reader.set_name(module, name, Value::str("__main__"));
        reader
    }

    /// The running activation.
    pub(super) fn frame(&self) -> &Frame<'a> {
        self.frames.last().expect("the module's frame is never popped")
    }

    /// The running activation, to be changed.
    pub(super) fn frame_mut(&mut self) -> &mut Frame<'a> {
        self.frames.last_mut().expect("the module's frame is never popped")
    }

    /// One shared text per spelling.
    pub(super) fn text(&mut self, text: &str) -> Text {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let text = Text::from(text);
        self.texts.insert(text.clone());
        text
    }

    /// A number that was not used before.
    pub(super) fn token(&mut self) -> u32 {
        self.tokens += 1;
        self.tokens
    }

    /// The text of a function.
    pub(super) fn code(&self, id: CodeId) -> Rc<Code<'a>> {
        self.codes[id.0 as usize].clone()
    }

    /// The text at a node, read once.
    pub(super) fn code_of(&mut self, node: Node<'a>) -> CodeId {
        let address = match node {
            Node::Def(def) => std::ptr::from_ref(def) as usize,
            Node::Lambda(lambda) => std::ptr::from_ref(lambda) as usize,
        };
        if let Some(id) = self.code_ids.get(&address) {
            return *id;
        }
        let id = CodeId(self.codes.len() as u32);
        self.codes.push(Rc::new(Code::of(node, self.frame().fence)));
        self.code_ids.insert(address, id);
        id
    }

    /// Runs something one level deeper.
    pub(super) fn nested<T>(&mut self, run: impl FnOnce(&mut Self) -> Run<T>) -> Run<T> {
        if self.nesting >= limits::NESTING {
            return Err(End::Halt);
        }
        self.nesting += 1;
        let result = run(self);
        self.nesting -= 1;
        result
    }

    /// Adds an object.
    pub(super) fn alloc(&mut self, object: Object) -> Value {
        Value::Object(self.heap.add(object))
    }

    /// A new list.
    pub(super) fn list(&mut self, items: Vec<Value>) -> Value {
        self.alloc(Object::List(Rc::new(items)))
    }

    /// The chapter's line of the place being evaluated; in a module of its own that of the running
    /// statement.
    pub(super) fn line(&self) -> usize {
        if self.frame().fence >= self.chapter {
            return self.trigger.1;
        }
        self.fences.get(self.frame().fence).map_or(0, |fence| fence.line(self.at))
    }

    /// A reason that lies here.
    pub(super) fn why(&self, text: impl Into<String>) -> Rc<Why> {
        let mut text: String = text.into();
        if let Some(file) = self.own_file() {
            let line = self.fences[self.frame().fence].line(self.at);
            text += &format!(" ({file}, line {line})");
        }
        self.budget.add(size_of::<Why>() + text.len());
        Why::new(text, Some(self.line()))
    }

    /// An unknown value whose reason lies here.
    pub(super) fn unknown(&self, text: impl Into<String>) -> Value {
        Value::Unknown(self.why(text))
    }

    /// The source text of a node, shortened for a reason.
    pub(super) fn snippet(&self, range: TextRange) -> String {
        let Some(fence) = self.fences.get(self.frame().fence) else { return String::new() };
        let text = fence.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default();
        let mut short: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if short.chars().count() > 40 {
            short = short.chars().take(38).collect::<String>() + "…";
        }
        short
    }

    /// Runs `join` knowing that of the running call's variables only those are still read that its text
    /// mentions from `from` on; without a place, none.
    pub(super) fn reading_from<T>(
        &mut self,
        from: Option<TextSize>,
        join: impl FnOnce(&mut Self) -> Run<T>,
    ) -> Run<T> {
        let frame = self.frame();
        let own = frame.own;
        let plain = frame.loops.is_empty() && frame.consumer.is_none() && own == frame.function_scope;
        let code = frame.function.as_ref().map(|function| function.code).filter(|_| plain);
        let outer = self.reading.take();
        if let Some(code) = code {
            let uses = match self.uses.get(&code) {
                Some(uses) => uses.clone(),
                None => {
                    let uses = Rc::new(Uses::of(self.code(code).node));
                    self.uses.insert(code, uses.clone());
                    uses
                }
            };
            self.reading = Some((own, uses, from));
        }
        let result = join(self);
        self.reading = outer;
        result
    }

    /// Remembers where a node stands, for reasons.
    pub(super) fn stand_at(&mut self, node: &impl Ranged) {
        self.at = node.start();
    }

    /// Why a value is not known, opaque objects included.
    pub(super) fn why_unknown(&self, value: &Value) -> Option<Rc<Why>> {
        match value {
            Value::Unknown(why) => Some(why.clone()),
            Value::Module(path) if !builtins::is_module(path) && !self.is_own(path) => {
                Some(self.why(format!("`{path}` is not known")))
            }
            Value::Object(id) => match self.heap.get(*id) {
                Object::Opaque(why, _) => Some(why.clone()),
                Object::Absent => Some(self.why("it is not set on every way through the code")),
                _ => None,
            },
            _ => None,
        }
    }

    /// The contents of an object value.
    pub(super) fn object(&self, value: &Value) -> Option<&Object> {
        match value {
            Value::Object(id) => Some(self.heap.get(*id)),
            _ => None,
        }
    }

    /// Notes a function that unknown code may call from now on.
    pub(super) fn note_escape(&mut self, function: &Function, why: &Rc<Why>) {
        self.handed_over.entry(function.code).or_insert((self.trigger.0, self.trigger.1, why.clone()));
    }

    /// Adds a remark about the place being evaluated, once.
    pub(super) fn remark(&mut self, message: String) {
        let fence = if self.frame().fence < self.chapter { self.frame().fence } else { self.trigger.0 };
        let fence = self.fences.get(fence).map_or(0, |fence| fence.source.fence);
        let remark = Remark { fence, line: self.line(), message };
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    /// A known exception of a built-in class. Without a message, its text is unknown.
    pub(super) fn raise<T>(&mut self, class: &str, message: Option<String>) -> Run<T> {
        let argument =
            message.map_or_else(|| self.unknown("the text of an exception"), |text| Value::str(&text));
        let error = self.exception(class, vec![argument]);
        Err(End::Raise(error))
    }

    /// The operation that a method name of a Bedrock Runtime client stands for.
    pub(super) fn operation(name: &str) -> Option<Operation> {
        Some(match name {
            "invoke_model" => Operation::InvokeModel,
            "invoke_model_with_response_stream" => Operation::InvokeModelWithResponseStream,
            "converse" => Operation::Converse,
            "converse_stream" => Operation::ConverseStream,
            _ => return None,
        })
    }
}
