//! What a check costs: `cargo bench --bench check`.
//!
//! A generated course with 1,000 recorded calls is checked, against two counterparts taken in turn in
//! the same run, each a process of its own:
//!
//! - one that reads the same chapters and recordings from the disk and does nothing with them;
//! - one that reads the same recordings as tutor has to: JSON parsed, checksum and key verified.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tutor_recording::format;

const RUNS: usize = 21;
const CALLS: usize = 1_000;
const CHAPTERS: usize = 100;
const READ: &str = "--read";
const PARSE: &str = "--parse";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == READ || argument == PARSE) {
        let parse = arguments[at] == PARSE;
        return read(Path::new(&arguments[at + 1]), parse);
    }
    let this = std::env::current_exe().expect("this program's path").display().to_string();
    let tutor = env!("CARGO_BIN_EXE_tutor");
    let book = course();
    let folder = book.path().display().to_string();

    println!("{RUNS} runs each, taken in turn; medians\n");
    let [reading, parsing, checking] = in_turn([
        (&this, &[READ, &folder]),
        (&this, &[PARSE, &folder]),
        (tutor, &["check", "--today", "2026-11-22", "--format", "json", &folder]),
    ]);
    println!("a course with {CALLS} recorded calls in {CHAPTERS} chapters");
    println!("  reading the files            {reading:>8.1?}");
    println!("  reading the recordings       {parsing:>8.1?}   (parsed and verified)");
    println!("  tutor check                  {checking:>8.1?}");
    println!("  check / reading the files    {:>8.2}   (at most 5)", ratio(checking, reading));
    println!("  check / reading recordings   {:>8.2}", ratio(checking, parsing));
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}

/// The counterparts: every chapter and recording read, and if asked for, recordings parsed.
fn read(folder: &Path, parse: bool) {
    let mut folders = vec![folder.to_owned()];
    let (mut bytes, mut recordings) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a text");
            bytes += text.len();
            if parse && path.extension().is_some_and(|extension| extension == "json") {
                recordings += format::read(&text).expect("a recording").samples.len();
            }
        }
    }
    // Printed, so that nothing is left out as useless.
    println!("{bytes} {recordings}");
}

/// A course on disk, recorded in practice.
fn course() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let src = dir.path().join("src");
    fs::create_dir_all(&src).expect("a folder");
    let mut summary = String::from("# Summary\n\n");
    for number in 0..CHAPTERS {
        fs::write(src.join(format!("chapter-{number}.md")), chapter(number)).expect("a file");
        summary += &format!("- [{number}](chapter-{number}.md)\n");
    }
    fs::write(src.join("SUMMARY.md"), summary).expect("a file");
    fs::write(dir.path().join("book.toml"), "[book]\ntitle = \"Generated\"\n\n[preprocessor.tutor]\n")
        .expect("a file");
    let done = Command::new(env!("CARGO_BIN_EXE_tutor"))
        .args(["record", "--practice", "--accept", "--today", "2026-11-22"])
        .current_dir(dir.path())
        .output()
        .expect("tutor runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    dir
}

/// A chapter with prose, a table of prices that are right, and its share of calls with expectations.
fn chapter(number: usize) -> String {
    let mut text = format!(
        "# Chapter {number}\n\nNova Lite holds 300K tokens.\n\n| Model | Input (per 1M) | Output (per 1M) |\n|---|---|---|\n\
         | Nova Lite | $0.06 | $0.24 |\n| Nova Pro | $0.80 | $3.20 |\n\n"
    );
    for call in 0..CALLS / CHAPTERS {
        text += &format!(
            "A question with some prose around it, so that a chapter has the size of a chapter.\n\n\
             <!-- tutor: name = \"question-{call}\", expect = [{{ contains = \"Question\" }}, {{ max-words = 400 }}] -->\n\
             ```python\nimport boto3\nbedrock = boto3.client(\"bedrock-runtime\")\nresponse = bedrock.converse(\n    \
             modelId=\"amazon.nova-lite-v1:0\",\n    messages=[{{\"role\": \"user\", \"content\": [{{\"text\": \"Question {call} of \
             chapter {number}\"}}]}}],\n    inferenceConfig={{\"maxTokens\": 60}},\n)\nprint(response[\"usage\"])\n```\n\n"
        );
    }
    text
}

/// Runs the commands in turn, and gives the median of each.
fn in_turn(commands: [(&str, &[&str]); 3]) -> [Duration; 3] {
    let mut times: [Vec<Duration>; 3] = Default::default();
    for round in 0..=RUNS {
        for (index, (program, arguments)) in commands.iter().enumerate() {
            let start = Instant::now();
            let status =
                Command::new(program).args(*arguments).stdout(Stdio::null()).status().expect("it starts");
            assert!(status.success(), "{program} {arguments:?}");
            // The first round warms the caches.
            if round > 0 {
                times[index].push(start.elapsed());
            }
        }
    }
    times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    })
}
