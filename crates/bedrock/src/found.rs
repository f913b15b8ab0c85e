//! What readers of code are given and give back: the fences of one chapter, in order, and the
//! [`FoundCall`]s in them.

use crate::{Answer, Call, Json, Key, Operation};

/// The languages calls are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Fences tagged `python`, `py`, `python3` or `ipython3`.
    Python,
    /// Fences tagged `bash`, `sh`, `shell` or `console`.
    Shell,
    /// Fences tagged `toml bedrock`.
    Request,
    /// A language that is not read, by its usual name: only looked at for what is not read.
    Other(&'static str),
}

/// The languages that are not read, by the tags that fences have.
const OTHERS: [(&[&str], &str); 11] = [
    (&["javascript", "js", "jsx", "mjs", "node"], "javascript"),
    (&["typescript", "ts", "tsx"], "typescript"),
    (&["java"], "java"),
    (&["kotlin", "kt"], "kotlin"),
    (&["scala"], "scala"),
    (&["csharp", "cs", "c#", "dotnet"], "csharp"),
    (&["go", "golang"], "go"),
    (&["rust", "rs"], "rust"),
    (&["ruby", "rb"], "ruby"),
    (&["php"], "php"),
    (&["swift"], "swift"),
];

impl Language {
    /// The language of an info string, if calls are read from it. The first word decides, cut at
    /// the first comma or brace as mdBook does (`python,editable`, `python {.x}`).
    pub fn of_info(info: &str) -> Option<Self> {
        let mut words =
            info.split(|c: char| c.is_whitespace() || c == ',' || c == '{').filter(|w| !w.is_empty());
        match words.next()?.to_ascii_lowercase().as_str() {
            "python" | "py" | "python3" | "ipython3" => Some(Language::Python),
            "bash" | "sh" | "shell" | "console" => Some(Language::Shell),
            "toml" if words.next() == Some("bedrock") => Some(Language::Request),
            word => {
                let other = OTHERS.iter().find(|(tags, _)| tags.contains(&word));
                other.map(|(_, name)| Language::Other(name))
            }
        }
    }

    /// The word `tutor list` prints.
    pub fn name(self) -> &'static str {
        match self {
            Language::Python => "python",
            Language::Shell => "bash",
            Language::Request => "request",
            Language::Other(name) => name,
        }
    }
}

/// One fence as a reader of code sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The fence's number in its chapter, from 0 over all fences.
    pub fence: usize,
    /// Its language.
    pub language: Language,
    /// Its content, without container prefixes.
    pub text: String,
    /// The 1-based line of the chapter on which the content's first line stands. Fences keep their
    /// lines, so content line `n` (0-based) is `first_line + n`.
    pub first_line: usize,
    /// Names given in an annotation's `values` for what a reader of the text cannot know. They hold
    /// for this fence: whenever an unknown value is bound to one of these names, the value is this.
    pub values: Vec<(String, Json)>,
    /// Whether an annotation says `skip`: the code still runs for its variables, its calls are not
    /// reported.
    pub skip: bool,
}

/// A call that the code makes or may make, under the fence whose top-level statement triggers it.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundCall {
    /// The triggering fence.
    pub fence: usize,
    /// The 1-based chapter line of the triggering top-level statement.
    pub line: usize,
    /// The language of that fence.
    pub language: Language,
    /// What is known of it.
    pub finding: Finding,
}

/// What is known of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// Surely sent, with exactly this content, if the chapter runs top to bottom.
    Resolved(Call),
    /// Perhaps sent, or sent with content that is not known.
    Unresolved {
        /// What is known of the request.
        known: PartialCall,
        /// Why the rest is not.
        reason: Reason,
    },
    /// The `boto3` call of a function that nobody calls. `fence` and `line` are the function's.
    Uncalled {
        /// What is known of the request.
        known: PartialCall,
    },
    /// Sent, or perhaps sent, through something that is not read.
    Unread(UnreadCall),
}

/// A request through a library, a language or an operation that is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadCall {
    /// The library as people call it.
    pub library: String,
    /// What is called, as the code writes it.
    pub written: String,
    /// The operation, if the name of what is called says so, such as `InvokeAgent`.
    pub operation: Option<String>,
    /// The model, if the text says so.
    pub model_id: Option<String>,
}

impl UnreadCall {
    /// Why it is not read.
    pub fn reason(&self) -> Reason {
        let UnreadCall { library, written, operation, .. } = self;
        let text = match operation {
            Some(operation) => {
                format!("`{written}` asks for {operation} through {library}, which tutor does not read")
            }
            None => format!("`{written}` sends it through {library}, which tutor does not read"),
        };
        Reason { text, line: None }
    }
}

/// A request with holes; an unknown part of the body is `null`.
#[derive(Debug, Clone, PartialEq)]
pub struct PartialCall {
    /// The operation; always known, since it is the method's name.
    pub operation: Operation,
    /// The model id, if known.
    pub model_id: Option<String>,
    /// The body, if anything of it is known.
    pub body: Option<Json>,
}

impl From<&Call> for PartialCall {
    fn from(call: &Call) -> Self {
        PartialCall {
            operation: call.operation,
            model_id: Some(call.model_id.clone()),
            body: Some(call.body.clone()),
        }
    }
}

/// Why something is not known, in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// A clause such as "`topic` comes from `input()`".
    pub text: String,
    /// The 1-based chapter line of the place the reason lies in.
    pub line: Option<usize>,
}

/// A fence that does not parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unparsed {
    /// The fence.
    pub fence: usize,
    /// The 1-based chapter line of the error.
    pub line: usize,
    /// The parser's words.
    pub message: String,
}

/// A remark that is neither a call nor an error: what a reader should know about the code, such as
/// a place read from an answer that its family does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The fence it is about.
    pub fence: usize,
    /// The 1-based chapter line.
    pub line: usize,
    /// A whole sentence.
    pub message: String,
}

/// Everything found in one chapter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Findings {
    /// The calls, in the order they are made; uncalled ones stand where their function is defined.
    pub calls: Vec<FoundCall>,
    /// The fences that do not parse.
    pub unparsed: Vec<Unparsed>,
    /// Remarks.
    pub remarks: Vec<Remark>,
}

/// Where the answers come from that later code may read.
pub trait Answers {
    /// Sample 0 of the accepted recording for `key`.
    fn answer(&self, key: &Key) -> Option<&Answer>;
}

/// No recordings at all.
#[derive(Debug, Clone, Copy)]
pub struct NoAnswers;

impl Answers for NoAnswers {
    fn answer(&self, _key: &Key) -> Option<&Answer> {
        None
    }
}

/// Files beside a chapter, for a reader whose code names them.
pub trait Files {
    /// The text of the file at a path from the chapter's folder on, with `/`; `None` if there is none, or
    /// none that may be read.
    fn text(&self, path: &str) -> Option<String>;
}

/// No files at all.
#[derive(Debug, Clone, Copy)]
pub struct NoFiles;

impl Files for NoFiles {
    fn text(&self, _path: &str) -> Option<String> {
        None
    }
}

/// The stack that reading a chapter's code may need, in bytes; only what is touched costs memory. A
/// thread that has as much is not given another for each chapter.
pub const STACK: usize = 512 << 20;
