//! Python's own functions, and those modules of its library that teaching code uses.
//!
//! One file a module, each with a table `NATIVES`, all registered in [`TABLES`]. A function that is
//! in no table is unknown, which is always sound.

#![expect(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "every native has the same signature, for its table"
)]

pub(super) mod core;

mod asynchronous;
pub(super) mod attributes;
mod bytes;
mod classes;
mod collections;
mod concurrent;
mod copying;
mod decorators;
mod dicts;
mod exceptions;
mod functools;
mod inspection;
mod itertools;
mod json;
pub(super) mod libraries;
mod lists;
mod math;
pub(super) mod methods;
mod numbers;
mod operating_system;
mod output;
mod regex;
mod sets;
mod sorting;
mod streams;
mod strings;
mod textwrap;

pub(super) use self::json::Holes;

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::evaluate::{Evaluator, Run};
use super::heap::{Dict, DictKind, Object};
use super::value::{Args, Text, Value};

/// How a native is run.
pub(super) type NativeFn = for<'a, 'b> fn(&'b mut Evaluator<'a>, Args) -> Run<Value>;

/// A function, class or exception of Python's own.
#[derive(Debug)]
pub(super) struct Native {
    /// Its name, with its module unless it is a builtin.
    pub(super) name: &'static str,
    pub(super) call: NativeFn,
    pub(super) kind: NativeKind,
    takes: Option<Takes>,
    steady: bool,
}

/// The arguments that a native takes: at least and at most so many by position, and names among which `*`
/// stands for any.
#[derive(Debug, Clone, Copy)]
struct Takes {
    least: usize,
    most: usize,
    names: &'static str,
}

/// What a native is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NativeKind {
    Function,
    Type,
    /// An exception class and the class it derives from.
    Exception(&'static str),
}

impl Native {
    pub(super) const fn function(name: &'static str, call: NativeFn) -> Self {
        Native { name, call, kind: NativeKind::Function, takes: None, steady: false }
    }

    pub(super) const fn class(name: &'static str, call: NativeFn) -> Self {
        Native { name, call, kind: NativeKind::Type, takes: None, steady: false }
    }

    /// An exception class that derives from another.
    pub(super) const fn exception(name: &'static str, parent: &'static str, call: NativeFn) -> Self {
        Native { name, call, kind: NativeKind::Exception(parent), takes: None, steady: false }
    }

    /// Declares its arguments.
    pub(super) const fn takes(self, least: usize, most: usize, names: &'static str) -> Self {
        Native { takes: Some(Takes { least, most, names }), ..self }
    }

    /// Declares that it never raises, even where its value is not known.
    pub(super) const fn steady(self) -> Self {
        Native { steady: true, ..self }
    }

    /// Whether a call whose value is not known may have raised.
    pub(super) fn may_raise(&self) -> bool {
        !self.steady
    }

    /// Whether it takes these arguments, as far as it says what it takes.
    pub(super) fn fits(&self, args: &Args) -> bool {
        let Some(takes) = self.takes else { return true };
        let named = args.kw.iter().all(|(name, _)| {
            takes.names == "*" || takes.names.split_whitespace().any(|known| known == &**name)
        });
        let given = args.pos.len() + args.kw.len();
        args.open.is_some() || (named && args.pos.len() <= takes.most && given >= takes.least)
    }

    /// Whether it is an exception class.
    pub(super) fn is_exception(&self) -> bool {
        matches!(self.kind, NativeKind::Exception(_))
    }

    /// Whether it is a class.
    pub(super) fn is_type(&self) -> bool {
        !matches!(self.kind, NativeKind::Function)
    }

    /// Whether it is the class named, or derives from it.
    pub(super) fn derives_from(&self, name: &str) -> bool {
        if self.name == name || name == "object" {
            return true;
        }
        match self.kind {
            NativeKind::Exception(parent) => {
                !parent.is_empty() && registry().get(parent).is_some_and(|parent| parent.derives_from(name))
            }
            _ => {
                matches!((self.name, name), ("bool", "int")) || (name == "dict" && DICTS.contains(&self.name))
            }
        }
    }
}

const DICTS: [&str; 3] = ["collections.OrderedDict", "collections.defaultdict", "collections.Counter"];

/// Every table of natives.
const TABLES: [&[Native]; 24] = [
    core::NATIVES,
    numbers::NATIVES,
    sorting::NATIVES,
    inspection::NATIVES,
    classes::NATIVES,
    output::NATIVES,
    exceptions::NATIVES,
    strings::NATIVES,
    bytes::NATIVES,
    json::NATIVES,
    copying::NATIVES,
    itertools::NATIVES,
    functools::NATIVES,
    collections::NATIVES,
    textwrap::NATIVES,
    math::NATIVES,
    operating_system::NATIVES,
    regex::NATIVES,
    streams::NATIVES,
    asynchronous::NATIVES,
    concurrent::NATIVES,
    decorators::NATIVES,
    super::boto3::NATIVES,
    super::compatible::NATIVES,
];

fn registry() -> &'static FxHashMap<&'static str, &'static Native> {
    static REGISTRY: OnceLock<FxHashMap<&'static str, &'static Native>> = OnceLock::new();
    REGISTRY.get_or_init(|| TABLES.into_iter().flatten().map(|native| (native.name, native)).collect())
}

/// The native at a dotted path.
pub(super) fn lookup(path: &str) -> Option<Value> {
    registry().get(path).map(|native| Value::Native(native))
}

/// The builtin of a name.
pub(super) fn builtin(name: &str) -> Option<Value> {
    match name {
        "NotImplemented" => Some(Value::NotImplemented),
        "Ellipsis" => Some(Value::Ellipsis),
        "__debug__" => Some(Value::Bool(true)),
        _ => lookup(name),
    }
}

/// Whether Python has this name built in, known here or not (`dir(builtins)` of Python 3.11).
pub(super) fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(&name)
}

#[rustfmt::skip]
const BUILTINS: [&str; 144] = [
    "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BaseExceptionGroup",
    "BlockingIOError", "BrokenPipeError", "BufferError", "BytesWarning", "ChildProcessError",
    "ConnectionAbortedError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError",
    "DeprecationWarning", "EOFError", "EncodingWarning", "EnvironmentError", "Exception",
    "ExceptionGroup", "FileExistsError", "FileNotFoundError", "FloatingPointError", "FutureWarning",
    "GeneratorExit", "IOError", "ImportError", "ImportWarning", "IndentationError", "IndexError",
    "InterruptedError", "IsADirectoryError", "KeyError", "KeyboardInterrupt", "LookupError",
    "MemoryError", "ModuleNotFoundError", "NameError", "NotADirectoryError", "NotImplementedError",
    "OSError", "OverflowError", "PendingDeprecationWarning", "PermissionError", "ProcessLookupError",
    "RecursionError", "ReferenceError", "ResourceWarning", "RuntimeError", "RuntimeWarning",
    "StopAsyncIteration", "StopIteration", "SyntaxError", "SyntaxWarning", "SystemError", "SystemExit",
    "TabError", "TimeoutError", "TypeError", "UnboundLocalError", "UnicodeDecodeError",
    "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError", "UnicodeWarning", "UserWarning",
    "ValueError", "Warning", "ZeroDivisionError", "abs", "aiter", "all", "anext", "any", "ascii", "bin",
    "bool", "breakpoint", "bytearray", "bytes", "callable", "chr", "classmethod", "compile", "complex",
    "copyright", "credits", "delattr", "dict", "dir", "divmod", "enumerate", "eval", "exec", "exit",
    "filter", "float", "format", "frozenset", "getattr", "globals", "hasattr", "hash", "help", "hex",
    "id", "input", "int", "isinstance", "issubclass", "iter", "len", "license", "list", "locals", "map",
    "max", "memoryview", "min", "next", "object", "oct", "open", "ord", "pow", "print", "property",
    "quit", "range", "repr", "reversed", "round", "set", "setattr", "slice", "sorted", "staticmethod",
    "str", "sum", "super", "tuple", "type", "vars", "zip",
];

/// The modules whose functions are known here. What they have beside is unknown like anything else.
const MODULES: [&str; 37] = [
    "json",
    "base64",
    "re",
    "copy",
    "itertools",
    "functools",
    "collections",
    "collections.abc",
    "textwrap",
    "string",
    "math",
    "os",
    "os.path",
    "sys",
    "time",
    "io",
    "operator",
    "contextlib",
    "dataclasses",
    "enum",
    "typing",
    "abc",
    "asyncio",
    "concurrent",
    "concurrent.futures",
    "boto3",
    "boto3.session",
    "botocore",
    "botocore.exceptions",
    "logging",
    "warnings",
    "pprint",
    "IPython",
    "IPython.display",
    "tqdm",
    "tqdm.auto",
    "nest_asyncio",
];

/// Whether a dotted path is a module that is known here, rather than something of one that is not.
pub(super) fn is_module(path: &str) -> bool {
    MODULES.contains(&path)
}

/// Modules that come with Python or with boto3: importing them does not fail.
pub(super) fn is_standard(module: &str) -> bool {
    const MORE: [&str; 40] = [
        "datetime",
        "random",
        "uuid",
        "pathlib",
        "hashlib",
        "statistics",
        "decimal",
        "fractions",
        "struct",
        "csv",
        "threading",
        "multiprocessing",
        "queue",
        "subprocess",
        "shutil",
        "tempfile",
        "glob",
        "urllib",
        "http",
        "html",
        "xml",
        "zipfile",
        "traceback",
        "types",
        "inspect",
        "ast",
        "platform",
        "getpass",
        "socket",
        "ssl",
        "signal",
        "sqlite3",
        "heapq",
        "bisect",
        "calendar",
        "locale",
        "secrets",
        "unittest",
        "difflib",
        "__future__",
    ];
    let first = module.split('.').next().unwrap_or(module);
    let is_of =
        |known: &str| known.strip_prefix(first).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    MODULES.iter().any(|known| is_of(known) && *known != "tqdm") || MORE.contains(&first)
}

/// Bases that add nothing to a class that is read here.
pub(super) fn is_plain_base(path: &str) -> bool {
    matches!(
        path,
        "abc.ABC"
            | "typing.Generic"
            | "typing.Protocol"
            | "typing_extensions.Protocol"
            | "contextlib.ContextDecorator"
    )
}

/// Bases that make their classes special.
pub(super) fn is_special_base(path: &str) -> bool {
    matches!(
        path,
        "enum.Enum"
            | "enum.IntEnum"
            | "enum.StrEnum"
            | "typing.NamedTuple"
            | "typing.TypedDict"
            | "typing_extensions.TypedDict"
    )
}

/// A method taken from its class, such as `str.upper`.
pub(super) fn unbound(reader: &mut Evaluator<'_>, class: &str, name: &str) -> Value {
    let class = builtin(class).unwrap_or(Value::None);
    Value::NativeMethod(std::rc::Rc::new((class, reader.text(name))))
}

impl Evaluator<'_> {
    /// An attribute of a module.
    pub(super) fn module_attribute(&mut self, module: &str, name: &str) -> Value {
        if let Some(value) = self.attribute_of_own(module, name) {
            return value;
        }
        let module = match module {
            "tqdm.auto" | "tqdm.notebook" | "tqdm.asyncio" => "tqdm",
            "typing_extensions" => "typing",
            other => other,
        };
        let (module_text, name_text) = (self.text(module), self.text(name));
        if self.patched.contains(&(module_text, name_text)) || self.is_remade(module) {
            self.risk();
            return self.unknown(format!("`{module}.{name}` may have been replaced"));
        }
        let path = format!("{module}.{name}");
        if let Some(value) = lookup(&path) {
            return value;
        }
        if module == "builtins"
            && let Some(value) = builtin(name)
        {
            return value;
        }
        if module == "logging.Logger" {
            return self.logger_attribute(name);
        }
        if let Some(value) = constant(&path) {
            return value;
        }
        if module == "boto3.Client.exceptions" {
            return super::boto3::client_exception().unwrap_or(Value::None);
        }
        match path.as_str() {
            "boto3.Client.meta.events" => {
                // Whoever registers a handler can change every request.
                let why = self.why("a handler of a client's events may change requests");
                self.tampered.get_or_insert(why);
            }
            "os.environ" => return self.environment(),
            "boto3.session.Session" | "boto3.Session" => {
                return lookup("boto3.Session").unwrap_or(Value::None);
            }
            _ => {}
        }
        if matches!(name, "__dict__" | "__loader__" | "__spec__") {
            self.remake(module);
        } else if is_module(module) && !is_module(&path) && !libraries::is_there(&path) {
            // It may have none of that name.
            self.risk();
        }
        Value::Module(self.text(&path))
    }

    /// A logger's methods; what it does with messages may be the chapter's own.
    fn logger_attribute(&mut self, name: &str) -> Value {
        const SHOW: [&str; 12] = [
            "debug",
            "info",
            "warning",
            "warn",
            "error",
            "critical",
            "exception",
            "log",
            "setLevel",
            "isEnabledFor",
            "hasHandlers",
            "getEffectiveLevel",
        ];
        if SHOW.contains(&name) {
            return lookup("logging.Logger.method").unwrap_or(Value::None);
        }
        self.unknown(format!("`{name}` of a logger"))
    }

    /// Whether something of the module of a dotted path was replaced.
    pub(super) fn is_remade(&self, path: &str) -> bool {
        if self.remade.is_empty() {
            return false;
        }
        let root = path.split('.').next().unwrap_or(path);
        self.remade.contains(root)
    }

    fn environment(&mut self) -> Value {
        if let Some(id) = self.environment {
            return Value::Object(id);
        }
        let dict = Dict { kind: DictKind::Environment, ..Dict::default() };
        let id = self.heap.add(Object::Dict(std::rc::Rc::new(dict)));
        self.environment = Some(id);
        Value::Object(id)
    }

    /// All names of a module that is known here, for a star import.
    pub(super) fn module_names(module: &str) -> Option<Vec<(&'static str, Value)>> {
        if !is_module(module) {
            return None;
        }
        let prefix = format!("{module}.");
        let mut names: Vec<(&'static str, Value)> = registry()
            .iter()
            .filter_map(|(path, native)| Some((path.strip_prefix(prefix.as_str())?, Value::Native(native))))
            .filter(|(name, _)| !name.contains('.') && !name.starts_with('_'))
            .collect();
        names.sort_unstable_by_key(|(name, _)| *name);
        Some(names)
    }

    /// A call that is not read: everything it got is given away.
    pub(super) fn give_up(&mut self, args: &Args, text: &str) -> Run<Value> {
        let why = args.all().find_map(|value| self.why_unknown(value)).or_else(|| args.open.clone());
        let why = why.map_or_else(|| self.why(text), |why| why.derived());
        self.risk();
        self.hand_over(args, &why);
        Ok(Value::Unknown(why))
    }
}

/// Constants of modules.
fn constant(path: &str) -> Option<Value> {
    Some(match path {
        "math.pi" => Value::Float(std::f64::consts::PI),
        "math.e" => Value::Float(std::f64::consts::E),
        "math.inf" => Value::Float(f64::INFINITY),
        "math.nan" => Value::Float(f64::NAN),
        "string.ascii_lowercase" => Value::str("abcdefghijklmnopqrstuvwxyz"),
        "string.ascii_uppercase" => Value::str("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        "string.ascii_letters" => Value::str("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        "string.digits" => Value::str("0123456789"),
        "string.punctuation" => Value::str("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
        "string.whitespace" => Value::str(" \t\n\r\x0b\x0c"),
        "os.sep" | "os.path.sep" => Value::str("/"),
        "os.linesep" => Value::str("\n"),
        "typing.TYPE_CHECKING" => Value::Bool(false),
        "re.IGNORECASE" | "re.I" => Value::Int(2),
        "re.MULTILINE" | "re.M" => Value::Int(8),
        "re.DOTALL" | "re.S" => Value::Int(16),
        "re.VERBOSE" | "re.X" => Value::Int(64),
        "logging.DEBUG" => Value::Int(10),
        "logging.INFO" => Value::Int(20),
        "logging.WARNING" => Value::Int(30),
        "logging.ERROR" => Value::Int(40),
        "logging.CRITICAL" => Value::Int(50),
        _ => return None,
    })
}

/// The text of an argument that must be a string.
pub(super) fn text_of(value: Option<&Value>) -> Option<Text> {
    match value {
        Some(Value::Str(text)) => Some(text.clone()),
        _ => None,
    }
}
