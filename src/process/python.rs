//! The Python that runs a learner's script: found, asked for boto3, or made.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fmt, io};

use super::programs;
use tutor_recording::state;

/// The oldest Python that current boto3 runs on (boto3's own `python_requires`, 2026).
const OLDEST: &str = "3.10";

/// An interpreter with what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Python {
    /// Where it is.
    pub path: PathBuf,
    /// Its version, such as `3.12.1`.
    pub version: String,
    /// The version of its boto3; `None` if it has none.
    pub boto3: Option<String>,
}

/// No interpreter can run the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPython {
    /// Where one was looked for, and what was wrong there.
    pub tried: Vec<(String, String)>,
}

impl fmt::Display for NoPython {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no Python with boto3 was found")?;
        self.tried.iter().try_for_each(|(place, reason)| write!(f, "\n  {place}: {reason}"))
    }
}

impl Python {
    /// Asks an interpreter; `None` if it does not answer as Python 3 does.
    pub fn ask(path: &Path) -> Option<Self> {
        // The folder this runs in is no place to import from.
        const ASK: &str = "import sys; sys.path = [p for p in sys.path if p]\n\
                           import importlib.metadata as m\n\
                           print('%d.%d.%d' % sys.version_info[:3])\n\
                           try: print(m.version('boto3'))\n\
                           except m.PackageNotFoundError: pass";
        let said = programs::output(path, &["-c", ASK])?;
        let mut lines = said.lines().map(str::to_owned);
        let version = lines.next().filter(|line| line.starts_with("3."))?;
        Some(Python { path: path.to_owned(), version, boto3: lines.next() })
    }

    /// The first interpreter with boto3: the one that is `given`, or else that of the active virtual
    /// environment, of a `.venv` or `venv` in a folder of the script (`beside` is its folder), that on PATH,
    /// and the one that [`set_up`] makes.
    pub fn find(given: Option<&Path>, beside: Option<&Path>) -> Result<Self, NoPython> {
        let candidates = match given {
            Some(path) => vec![("--python".to_owned(), Some(path.to_owned()))],
            None => candidates(beside),
        };
        let mut tried = Vec::new();
        for (place, path) in candidates {
            let Some(path) = path else {
                tried.push((place, "there is no Python 3".to_owned()));
                continue;
            };
            match Python::ask(&path) {
                Some(python) if python.is_too_old() => {
                    let (path, version) = (path.display(), &python.version);
                    tried.push((
                        place,
                        format!("{path} is Python {version}, and boto3 needs {OLDEST} or later"),
                    ));
                }
                Some(python) if python.boto3.is_some() => return Ok(python),
                Some(python) => {
                    tried.push((place, format!("{} ({}) has no boto3", path.display(), python.version)));
                }
                None => tried.push((place, format!("{} is no working Python 3", path.display()))),
            }
        }
        Err(NoPython { tried })
    }
}

impl Python {
    /// Whether current boto3 does not run on it.
    fn is_too_old(&self) -> bool {
        let second = |version: &str| version.split('.').nth(1).and_then(|part| part.parse::<u32>().ok());
        second(&self.version) < second(OLDEST)
    }
}

/// Where an interpreter is looked for, in this order.
fn candidates(beside: Option<&Path>) -> Vec<(String, Option<PathBuf>)> {
    let active = env::var_os("VIRTUAL_ENV").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let mut candidates = Vec::new();
    if let Some(folder) = active {
        candidates.push(("the active virtual environment".to_owned(), Some(interpreter(&folder))));
    }
    let near = beside.and_then(|folder| std::path::absolute(folder).ok());
    // The folder of the script and the one above it, in which the learner works.
    for folder in near.iter().flat_map(|folder| folder.ancestors().take(2)) {
        for name in [".venv", "venv"] {
            let python = interpreter(&folder.join(name));
            if python.is_file() {
                candidates.push((format!("{name} beside the script"), Some(python)));
            }
        }
    }
    candidates.push(("PATH".to_owned(), ["python3", "python"].into_iter().find_map(programs::on_path)));
    if let Some(own) = own_environment().map(|folder| interpreter(&folder)).filter(|path| path.is_file()) {
        candidates.push(("tutor's own environment".to_owned(), Some(own)));
    }
    candidates
}

/// The interpreter of a virtual environment.
fn interpreter(folder: &Path) -> PathBuf {
    if cfg!(windows) { folder.join("Scripts").join("python.exe") } else { folder.join("bin").join("python") }
}

/// Where [`set_up`] makes its environment.
fn own_environment() -> Option<PathBuf> {
    state::folder().map(|folder| folder.join("python"))
}

/// Why no environment could be made.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// There is no Python to make it with.
    #[error("there is no Python 3 on PATH")]
    NoPython,
    /// The Python that there is cannot run boto3.
    #[error("{path} is Python {version}, and boto3 needs {OLDEST} or later")]
    TooOld {
        /// Where it is.
        path: String,
        /// Its version.
        version: String,
    },
    /// There is no home to make it in.
    #[error("there is no folder for it: neither XDG_STATE_HOME nor HOME is set")]
    NoHome,
    /// A program that could not be started.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// `python -m venv` failed.
    #[error("python -m venv failed; its words are above")]
    Venv,
    /// pip failed.
    #[error("pip could not install boto3; its words are above")]
    Pip,
}

impl SetUpError {
    /// What to do.
    pub fn help(&self) -> String {
        match self {
            SetUpError::NoPython | SetUpError::TooOld { .. } => {
                format!(
                    "install Python {OLDEST} or later from https://www.python.org or your system's packages"
                )
            }
            SetUpError::NoHome => "set HOME, or name an interpreter with boto3: --python PATH".to_owned(),
            SetUpError::Io(_) => "look at the permissions and the space left, then run it again".to_owned(),
            SetUpError::Venv => {
                "on Debian and Ubuntu, venv is a package of its own: sudo apt install python3-venv".to_owned()
            }
            SetUpError::Pip => {
                "installing needs the network once; without it, name an interpreter that has boto3: \
                                --python PATH"
                    .to_owned()
            }
        }
    }
}

/// Makes a virtual environment of tutor's own with boto3 in it. What venv and pip say is shown on
/// stderr as it comes.
pub fn set_up(given: Option<&Path>) -> Result<Python, SetUpError> {
    let base = given
        .map(Path::to_owned)
        .or_else(|| ["python3", "python"].into_iter().find_map(programs::on_path))
        .ok_or(SetUpError::NoPython)?;
    if let Some(python) = Python::ask(&base).filter(Python::is_too_old) {
        return Err(SetUpError::TooOld { path: base.display().to_string(), version: python.version });
    }
    let folder = own_environment().ok_or(SetUpError::NoHome)?;
    let run = |program: &Path, arguments: &[&str], path: Option<&Path>| {
        let mut command = Command::new(program);
        command.args(arguments).args(path).stdin(Stdio::null()).stdout(io::stderr());
        command.status().map(|status| status.success())
    };
    // What an earlier attempt, or an interpreter that is gone, has left there is cleared away.
    if !run(&base, &["-m", "venv", "--clear"], Some(&folder))? {
        return Err(SetUpError::Venv);
    }
    let python = interpreter(&folder);
    if !run(&python, &["-m", "pip", "install", "--disable-pip-version-check", "boto3"], None)? {
        return Err(SetUpError::Pip);
    }
    Python::ask(&python).filter(|python| python.boto3.is_some()).ok_or(SetUpError::Pip)
}
