//! Runs a chapter's own Python code, to see what it really asks, prints and draws.
//!
//! In comes a [`Program`], the fences of one chapter in order with the files beside it; out comes
//! what [`Ran`]. The code runs once, in one process of the reader's interpreter ([`child`], with
//! `driver.py` inside it), in a folder of its own that holds copies of the files beside the chapter
//! ([`local`]), and its AWS SDKs are led to the endpoint, whose calls are relayed to whoever runs it.
//! This is no sandbox: the code may do whatever its reader may. So it runs only after a person has
//! allowed it, for exactly this content ([`consent`]).

pub mod child;
pub mod consent;
pub mod local;

use sha2::{Digest as _, Sha256};

use local::Local;
use tutor_bedrock::key::hex;

/// Everything that runs for one chapter.
#[derive(Debug, Clone)]
pub struct Program {
    /// The chapter's file, as people know it.
    pub chapter: String,
    /// The fences, in order.
    pub fences: Vec<Code>,
    /// The files beside the chapter, which the code may import or read.
    pub local: Local,
}

/// One fence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Its number in the chapter.
    pub fence: usize,
    /// The 1-based line of the chapter on which its text begins, includes expanded.
    pub line: usize,
    /// Its text.
    pub text: String,
}

impl Program {
    /// The digest of everything that runs.
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        let mut add = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        };
        for code in &self.fences {
            add(code.text.as_bytes());
        }
        for (path, content) in &self.local.files {
            add(path.as_os_str().as_encoded_bytes());
            add(content);
        }
        hex(&digest.finalize())
    }
}

/// What a run did.
#[derive(Debug)]
pub struct Ran {
    /// The interpreter's version.
    pub python: String,
    /// The fences that ran to their end, in order.
    pub fences: Vec<RanFence>,
    /// Why it did not come to the end of the chapter.
    pub stopped: Option<Stopped>,
}

/// What one fence did.
#[derive(Debug)]
pub struct RanFence {
    /// Its number.
    pub fence: usize,
    /// What it printed.
    pub output: String,
    /// Whether it printed more than is kept.
    pub is_cut: bool,
    /// The pictures it made: media type and bytes.
    pub images: Vec<(&'static str, Vec<u8>)>,
}

/// Why a run ended early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// The code raised an exception that nobody caught.
    #[error("the code stops: {message}")]
    Raised {
        /// The chapter's line.
        line: Option<usize>,
        /// The exception.
        message: String,
    },
    /// It took too long.
    #[error("the code did not end within {0} s")]
    TimedOut(u64),
    /// It printed without end.
    #[error("the code printed more than {} MB", .0 / 1_000_000)]
    Flood(usize),
    /// The interpreter ended in the middle.
    #[error("the interpreter ended in the middle of the chapter: {0}")]
    Died(String),
}

impl Stopped {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Stopped::Raised { .. } => {
                "mend the code, or keep a fence from running with <!-- tutor: skip = \"why\" --> before it"
            }
            Stopped::TimedOut(_) => "give it longer: --execute-timeout SECONDS",
            Stopped::Flood(_) => "print less; what a page shows of a fence is far shorter",
            Stopped::Died(_) => "run the code by hand, with the same interpreter, to see why",
        }
    }
}
