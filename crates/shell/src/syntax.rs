//! What a shell script is made of, as far as tutor reads it.

use std::cell::OnceCell;
use std::rc::Rc;

/// Commands joined by `;` or line breaks.
pub(super) type Script = Vec<Statement>;

/// One `a && b || c` chain.
#[derive(Debug)]
pub(super) struct Statement {
    /// The 1-based chapter line of its first word.
    pub(super) line: usize,
    /// The first pipeline.
    pub(super) first: Pipeline,
    /// What follows, and on which condition.
    pub(super) rest: Vec<(Joint, Pipeline)>,
    /// Whether it ends in `&`.
    pub(super) background: bool,
}

/// What joins two pipelines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|`.
#[derive(Debug)]
pub(super) struct Pipeline {
    /// Whether `!` stands before it.
    pub(super) negated: bool,
    /// At least one command.
    pub(super) commands: Vec<Command>,
}

/// One command with its redirections.
#[derive(Debug)]
pub(super) struct Command {
    /// The 1-based chapter line it begins on.
    pub(super) line: usize,
    /// What it is.
    pub(super) kind: Kind,
    /// Its redirections, in order.
    pub(super) redirects: Vec<Redirect>,
}

/// The kinds of commands.
#[derive(Debug)]
pub(super) enum Kind {
    /// `NAME=value program argument…`; no words when it only assigns.
    Simple {
        /// The leading assignments.
        assignments: Vec<Assignment>,
        /// Program and arguments.
        words: Vec<Word>,
    },
    /// `{ …; }`
    Group(Script),
    /// `( … )`
    Subshell(Script),
    /// `if … then … elif … else … fi`
    If {
        /// Condition and body of `if` and every `elif`.
        arms: Vec<(Script, Script)>,
        /// The body of `else`; empty without one.
        otherwise: Script,
    },
    /// `for NAME in WORD…; do …; done`; no words mean the arguments.
    For {
        /// The variable.
        name: String,
        /// What it runs over.
        words: Option<Vec<Word>>,
        /// The body.
        body: Script,
    },
    /// `while` and `until`.
    While {
        /// Whether it is `until`.
        until: bool,
        /// The condition.
        test: Script,
        /// The body.
        body: Script,
    },
    /// `case WORD in PATTERN) … ;; esac`, patterns left unread.
    Case {
        /// The body of each arm.
        arms: Vec<Script>,
    },
    /// `NAME() …`
    Function {
        /// Its name.
        name: String,
        /// Its body.
        body: Rc<Command>,
    },
    /// `[[ … ]]`
    Test(Vec<Word>),
    /// `(( … ))`: the text between.
    Arithmetic(String),
}

/// `NAME=value`
#[derive(Debug)]
pub(super) struct Assignment {
    /// The variable.
    pub(super) name: String,
    /// Whether it is `+=`.
    pub(super) append: bool,
    /// The value; `None` for arrays, which tutor does not follow.
    pub(super) value: Option<Word>,
}

/// A redirection.
#[derive(Debug)]
pub(super) enum Redirect {
    /// `> FILE` of standard output.
    Write(Word),
    /// `>> FILE` of standard output.
    Append(Word),
    /// `2> FILE`, `&> FILE`: the file ends up with what tutor does not know.
    WriteUnknown(Word),
    /// `< FILE`
    Read(Word),
    /// `<<< WORD`
    HereString(Word),
    /// `<< END`; filled when the parser reaches the body.
    HereDocument(Rc<OnceCell<Word>>),
    /// `2>&1` and other copies of descriptors.
    Duplicate,
}

/// A word: pieces without blanks between them.
#[derive(Debug, Clone, Default)]
pub(super) struct Word(pub(super) Vec<Piece>);

/// A piece of a word.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    /// Text as it stands.
    Text(String, Quoting),
    /// `$NAME`, `${NAME…}`
    Parameter(Parameter, Quoting),
    /// `$(…)` or backticks.
    Substitution(Rc<Script>, Quoting),
    /// What tutor does not follow, in words: "an arithmetic expansion".
    Opaque(&'static str),
}

/// Whether a piece stands in quotes, which keep it from being split and matched against files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Bare.
    Bare,
    /// In quotes of any kind, or escaped.
    Quoted,
}

/// A parameter and what is done with it.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    /// `NAME`, a digit, or one of `@ * # ? $ ! -`.
    pub(super) name: String,
    /// What is done with its value.
    pub(super) change: Change,
}

/// The forms of `${NAME…}` that tutor follows.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// `${NAME}`
    None,
    /// `${NAME-word}`, or `${NAME:-word}` with `or_empty`.
    Default {
        /// The word taken instead.
        word: Word,
        /// Whether the empty string counts as unset.
        or_empty: bool,
        /// Whether the variable is set to it: `${NAME:=word}`.
        assign: bool,
    },
    /// `${NAME+word}`, or `${NAME:+word}` with `or_empty`.
    Alternative {
        /// The word taken if it is set.
        word: Word,
        /// Whether the empty string counts as unset.
        or_empty: bool,
    },
    /// `${NAME:?message}`: its value, or the end of the script.
    Required,
    /// Patterns, slices, lengths: not followed.
    Opaque,
}
