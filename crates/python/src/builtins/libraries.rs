//! Functions of libraries that are known by what they do, not by what they give.
//!
//! Harmlessness is a property of each function, declared here with its [`Effect`]. A function that
//! stands in no table may keep, change and call whatever it is given: it is handed everything.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

/// What calling a function does beside giving a value that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It reads its arguments, gives something new, and does not fail.
    Gives,
    /// It reads its arguments and gives something new, or raises.
    Reads,
    /// What it gives may be or hold an item of its arguments; the arguments themselves stay.
    Picks,
    /// It ends the process, interrupts it, or changes how everything else works.
    Controls,
}

/// Modules or classes, an effect, and the functions that have it; `*` stands for all others.
const TABLE: &[(&str, Effect, &str)] = &[
    // Chance and the clock.
    (
        "random",
        Effect::Gives,
        "random uniform gauss normalvariate triangular betavariate expovariate seed getrandbits Random SystemRandom",
    ),
    ("random", Effect::Reads, "randint randrange"),
    ("random", Effect::Picks, "choice choices sample"),
    ("secrets", Effect::Gives, "token_hex token_bytes token_urlsafe randbits"),
    ("secrets", Effect::Picks, "choice"),
    ("uuid", Effect::Gives, "uuid1 uuid4"),
    ("uuid", Effect::Reads, "uuid3 uuid5 UUID"),
    (
        "time",
        Effect::Gives,
        "time_ns perf_counter_ns monotonic_ns process_time thread_time gmtime localtime ctime",
    ),
    ("time", Effect::Reads, "strftime strptime mktime asctime"),
    ("datetime.datetime", Effect::Gives, "now today utcnow"),
    (
        "datetime.datetime",
        Effect::Reads,
        "strptime strftime fromisoformat fromtimestamp utcfromtimestamp combine isoformat",
    ),
    ("datetime.date", Effect::Gives, "today"),
    ("datetime.date", Effect::Reads, "fromisoformat fromtimestamp isoformat strftime"),
    ("datetime", Effect::Reads, "datetime date time timedelta timezone"),
    // The operating system.
    ("os", Effect::Gives, "urandom getpid getppid cpu_count getcwd times uname"),
    (
        "os",
        Effect::Reads,
        "listdir walk scandir stat remove unlink rename replace rmdir removedirs chdir chmod access getlogin popen \
         startfile path fspath fsencode fsdecode environb get_terminal_size putenv unsetenv",
    ),
    (
        "os.path",
        Effect::Reads,
        "abspath relpath exists isfile isdir islink getsize getmtime expanduser expandvars realpath normpath \
         commonprefix commonpath split isabs",
    ),
    (
        "os",
        Effect::Controls,
        "_exit abort fork forkpty kill killpg execv execve execl execle execlp execlpe execvp execvpe dup2 close \
         register_at_fork",
    ),
    ("signal", Effect::Controls, "*"),
    ("ctypes", Effect::Controls, "*"),
    ("faulthandler", Effect::Controls, "*"),
    ("gc", Effect::Gives, "collect enable disable freeze get_count"),
    ("sys", Effect::Gives, "getsizeof getrefcount getdefaultencoding getrecursionlimit exc_info intern"),
    ("sys.path", Effect::Reads, "append insert extend remove"),
    ("sys.stdout", Effect::Reads, "write flush reconfigure isatty fileno"),
    ("sys.stderr", Effect::Reads, "write flush reconfigure isatty fileno"),
    ("sys.stdin", Effect::Reads, "read readline readlines isatty"),
    ("sys.version", Effect::Reads, "split startswith"),
    (
        "sys",
        Effect::Controls,
        "settrace setprofile addaudithook setrecursionlimit call_tracing stdout stderr _clear_type_cache modules \
         meta_path path_hooks set_int_max_str_digits breakpointhook",
    ),
    ("sys.modules", Effect::Controls, "*"),
    ("sys.stdout", Effect::Controls, "close detach"),
    ("threading", Effect::Controls, "settrace setprofile"),
    ("_thread", Effect::Controls, "interrupt_main"),
    ("resource", Effect::Controls, "setrlimit"),
    ("getpass", Effect::Reads, "getpass getuser"),
    ("platform", Effect::Gives, "system platform python_version node machine processor release"),
    ("glob", Effect::Reads, "glob iglob escape"),
    (
        "shutil",
        Effect::Reads,
        "copy copyfile copytree rmtree move which make_archive unpack_archive disk_usage",
    ),
    ("tempfile", Effect::Reads, "mkdtemp mkstemp gettempdir NamedTemporaryFile TemporaryDirectory"),
    ("subprocess", Effect::Reads, "run check_output check_call call Popen getoutput"),
    ("pathlib", Effect::Reads, "Path PurePath PosixPath"),
    ("pathlib.Path", Effect::Reads, "cwd home"),
    ("importlib", Effect::Reads, "reload"),
    ("importlib.metadata", Effect::Reads, "version"),
    ("importlib.util", Effect::Reads, "find_spec"),
    ("traceback", Effect::Gives, "print_exc format_exc print_stack print_exception format_exception"),
    // Text and numbers.
    ("html", Effect::Reads, "escape unescape"),
    (
        "urllib.parse",
        Effect::Reads,
        "quote quote_plus unquote unquote_plus urlencode urlparse urljoin urlsplit",
    ),
    ("urllib.request", Effect::Reads, "urlopen Request urlretrieve"),
    ("hashlib", Effect::Reads, "md5 sha1 sha224 sha256 sha384 sha512 blake2b blake2s new"),
    (
        "base64",
        Effect::Reads,
        "b32encode b32decode b16encode b16decode a85encode b85encode b85decode decodebytes encodebytes",
    ),
    ("json", Effect::Reads, "JSONDecoder"),
    ("re", Effect::Reads, "purge"),
    (
        "math",
        Effect::Reads,
        "exp log log2 log10 log1p expm1 sin cos tan asin acos atan atan2 sinh cosh tanh pow hypot dist gamma lgamma \
         erf erfc fmod frexp ldexp modf degrees radians cbrt exp2 fsum prod comb perm factorial gcd lcm isqrt \
         copysign remainder nextafter ulp",
    ),
    (
        "statistics",
        Effect::Reads,
        "mean fmean median median_low median_high stdev pstdev variance pvariance quantiles harmonic_mean \
         geometric_mean",
    ),
    ("statistics", Effect::Picks, "mode multimode"),
    ("csv", Effect::Reads, "reader writer DictReader DictWriter list_dialects"),
    ("locale", Effect::Reads, "setlocale getlocale currency format_string"),
    ("string", Effect::Reads, "capwords"),
    ("difflib", Effect::Reads, "get_close_matches unified_diff ndiff"),
    ("tiktoken", Effect::Reads, "get_encoding encoding_for_model"),
    // The web.
    ("requests", Effect::Reads, "get post put delete head patch request"),
    // Tables and figures.
    (
        "numpy",
        Effect::Reads,
        "dot mean std max min sum median percentile linspace arange zeros ones full argmax argmin argsort inner outer \
         isnan log exp sqrt abs round corrcoef float32 float64 int32 int64 cumsum histogram matmul linalg random set_printoptions \
         save load frombuffer fromstring prod var clip where norm",
    ),
    ("numpy", Effect::Picks, "array asarray stack vstack hstack concatenate unique sort squeeze expand_dims"),
    ("numpy.linalg", Effect::Reads, "norm det inv solve svd eig"),
    ("numpy.random", Effect::Gives, "seed rand randn random default_rng"),
    ("numpy.random", Effect::Reads, "randint uniform normal"),
    ("numpy.random", Effect::Picks, "choice permutation"),
    (
        "pandas",
        Effect::Reads,
        "DataFrame Series concat merge read_csv read_json read_excel read_parquet read_sql_query read_html to_datetime \
         json_normalize set_option option_context date_range to_numeric isna notna pivot_table crosstab",
    ),
    ("matplotlib.pyplot", Effect::Reads, "*"),
    ("matplotlib.image", Effect::Reads, "*"),
    ("matplotlib", Effect::Reads, "use rc"),
    ("seaborn", Effect::Reads, "*"),
    ("plotly.express", Effect::Reads, "*"),
    ("plotly.graph_objects", Effect::Reads, "*"),
    ("plotly.graph_objs", Effect::Reads, "*"),
    ("PIL.Image", Effect::Reads, "open new fromarray frombytes"),
    ("PIL.ImageDraw", Effect::Reads, "Draw"),
    ("PIL.ImageFont", Effect::Reads, "truetype load_default"),
    ("tabulate", Effect::Reads, "tabulate"),
    // What shows things.
    (
        "IPython.display",
        Effect::Gives,
        "Markdown HTML Image JSON Code Audio Video SVG Latex Pretty IFrame FileLink",
    ),
    ("IPython.display", Effect::Reads, "display_markdown display_html update_display"),
    ("IPython", Effect::Reads, "get_ipython"),
    ("IPython.core.magic", Effect::Reads, "register_line_magic"),
    ("rich", Effect::Reads, "print print_json inspect"),
    ("rich.pretty", Effect::Reads, "pprint install"),
    ("rich.console", Effect::Reads, "Console"),
    ("rich.markdown", Effect::Reads, "Markdown"),
    ("rich.panel", Effect::Reads, "Panel"),
    ("rich.table", Effect::Reads, "Table"),
    ("rich.text", Effect::Reads, "Text"),
    ("rich.syntax", Effect::Reads, "Syntax"),
    ("termcolor", Effect::Reads, "colored cprint"),
    ("colorama", Effect::Gives, "init deinit just_fix_windows_console"),
    ("pprint", Effect::Reads, "saferepr isreadable isrecursive"),
    ("logging", Effect::Gives, "disable captureWarnings addLevelName getLevelName NullHandler Formatter"),
    ("logging", Effect::Reads, "FileHandler"),
    ("warnings", Effect::Gives, "resetwarnings"),
    // AWS.
    ("boto3", Effect::Gives, "set_stream_logger"),
    ("botocore.session", Effect::Gives, "get_session"),
    // What stands between a client and the service.
    ("botocore.stub", Effect::Controls, "*"),
    ("botocore.hooks", Effect::Controls, "*"),
    ("unittest.mock", Effect::Controls, "patch patch.object patch.dict patch.multiple"),
    ("mock", Effect::Controls, "*"),
    ("moto", Effect::Controls, "*"),
    ("responses", Effect::Controls, "*"),
    ("vcr", Effect::Controls, "*"),
    ("placebo", Effect::Controls, "*"),
];

fn table() -> &'static FxHashMap<String, Effect> {
    static KNOWN: OnceLock<FxHashMap<String, Effect>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        TABLE
            .iter()
            .flat_map(|(module, effect, names)| {
                names.split_whitespace().map(move |name| (format!("{module}.{name}"), *effect))
            })
            .collect()
    })
}

/// What calling the function at a dotted path does; `None`: anything.
pub(crate) fn effect(path: &str) -> Option<Effect> {
    let table = table();
    if let Some(effect) = table.get(path) {
        return Some(*effect);
    }
    path.match_indices('.').rev().find_map(|(at, _)| table.get(&format!("{}.*", &path[..at])).copied())
}

/// Whether a dotted path is certainly there once its module is imported.
pub(crate) fn is_there(path: &str) -> bool {
    effect(path).is_some()
        || TABLE.iter().any(|(module, ..)| {
            module.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_declared_functions_are_harmless() {
        assert_eq!(effect("random.choice"), Some(Effect::Picks));
        assert_eq!(effect("random.shuffle"), None);
        assert_eq!(effect("matplotlib.pyplot.bar"), Some(Effect::Reads));
        assert_eq!(effect("os._exit"), Some(Effect::Controls));
        assert!(is_there("datetime.datetime"));
        assert!(!is_there("json.nope"));
    }
}
