//! What tutor costs a build: `cargo bench --bench preprocess`.
//!
//! Every figure is a ratio of two runs taken in turn on this machine, against a named counterpart:
//!
//! - a book of the Rust book's size (1.5 MB, 956 fences) without calls, through `mdbook-tutor`,
//!   against a preprocessor that reads the same book and writes it back;
//! - the same book with 1,000 recorded calls in it against the one without.
//!
//! The memory is the peak of the whole process (`VmHWM`, Linux only).

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

const RUNS: usize = 21;
const BOOK_BYTES: usize = 1_500_000;
const FENCES: usize = 956;
const CALLS: usize = 1_000;
const CHAPTERS: usize = 100;
const DO_NOTHING: &str = "--do-nothing";

fn main() {
    if std::env::args().any(|argument| argument == DO_NOTHING) {
        return do_nothing();
    }
    let tutor = env!("CARGO_BIN_EXE_mdbook-tutor").to_owned();
    let this = std::env::current_exe().expect("this program's path").display().to_string();
    let plain = Book::new(0);
    let calls = Book::new(CALLS);
    calls.record();

    println!("{RUNS} runs each, taken in turn; medians\n");
    let [nothing, without] = in_turn([(&this, &[DO_NOTHING], &plain), (&tutor, &[], &plain)]);
    let [without_again, with] = in_turn([(&tutor, &[], &plain), (&tutor, &[], &calls)]);
    let ratio = |a: &Run, b: &Run| a.time.as_secs_f64() / b.time.as_secs_f64();
    println!("a book without calls ({:.2} MB, {FENCES} fences)", megabytes(plain.input.len()));
    println!("  do-nothing preprocessor    {:>7.1?}   {:>6.1} MB", nothing.time, megabytes(nothing.memory));
    println!("  mdbook-tutor               {:>7.1?}   {:>6.1} MB", without.time, megabytes(without.memory));
    println!("  time, tutor / do-nothing   {:>7.2}   (at most 2)", ratio(&without, &nothing));
    let allowed = 3 * plain.input.len() + 30_000_000;
    #[expect(clippy::cast_precision_loss, reason = "a ratio with two digits")]
    let share = without.memory as f64 / allowed as f64;
    println!("  memory / (3 books + 30 MB) {share:>7.2}   (at most 1)\n");
    println!("the same with {CALLS} recorded calls");
    println!("  without                    {:>7.1?}", without_again.time);
    println!("  with                       {:>7.1?}   {:>6.1} MB", with.time, megabytes(with.memory));
    println!("  time, with / without       {:>7.2}", ratio(&with, &without_again));
}

#[expect(clippy::cast_precision_loss, reason = "megabytes with one digit")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// The counterpart: mdBook's own protocol and nothing else.
fn do_nothing() {
    let mut input = Vec::new();
    std::io::stdin().lock().read_to_end(&mut input).expect("stdin");
    let (_, book) = mdbook_preprocessor::parse_input(input.as_slice()).expect("a book");
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer(&mut out, &book).expect("stdout");
    out.flush().expect("stdout");
}

/// A generated book on disk, and the same as mdBook's input.
struct Book {
    dir: tempfile::TempDir,
    input: Vec<u8>,
}

impl Book {
    fn new(calls: usize) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let src = dir.path().join("src");
        fs::create_dir_all(&src).expect("a folder");
        let mut items = Vec::new();
        let mut summary = String::from("# Summary\n\n");
        for number in 0..CHAPTERS {
            let path = format!("chapter-{number}.md");
            let text = chapter(number, calls / CHAPTERS);
            fs::write(src.join(&path), &text).expect("a file");
            summary += &format!("- [{number}]({path})\n");
            items.push(json!({"Chapter": {
                "name": number.to_string(), "content": text, "number": [number + 1], "sub_items": [],
                "path": path, "source_path": path, "parent_names": [],
            }}));
        }
        fs::write(src.join("SUMMARY.md"), summary).expect("a file");
        let config = "[book]\ntitle = \"Generated\"\n\n[preprocessor.tutor]\n";
        fs::write(dir.path().join("book.toml"), config).expect("a file");
        let context = json!({
            "root": dir.path(), "config": {"book": {"title": "Generated"}, "preprocessor": {"tutor": {}}},
            "renderer": "html", "mdbook_version": mdbook_preprocessor::MDBOOK_VERSION,
        });
        let input = serde_json::to_vec(&json!([context, {"items": items}])).expect("JSON");
        Book { dir, input }
    }

    fn record(&self) {
        let done = Command::new(env!("CARGO_BIN_EXE_tutor"))
            .args(["record", "--practice", "--accept"])
            .current_dir(self.dir.path())
            .output()
            .expect("tutor runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

/// A chapter with its share of prose and Rust fences, and `calls` Python fences with a call each.
fn chapter(number: usize, calls: usize) -> String {
    let sentence = "The ferry leaves at seven, and whoever misses it has time to read about *ownership* \
                    and `borrowing` in [the next section](#next), where nothing is said twice.\n";
    let share = BOOK_BYTES / CHAPTERS;
    let fences = FENCES / CHAPTERS + usize::from(number < FENCES % CHAPTERS);
    let mut text = format!("# Chapter {number}\n\n");
    for fence in 0..fences {
        while text.len() < share * (fence + 1) / fences - 200 {
            text += sentence;
            text += "\n";
        }
        text += &format!("```rust\nfn main() {{\n    println!(\"{number} {fence}\");\n}}\n```\n\n");
    }
    for call in 0..calls {
        text += &format!(
            "```python\nimport boto3, json\nbedrock = boto3.client(\"bedrock-runtime\")\n\
             response = bedrock.invoke_model(modelId=\"amazon.titan-text-express-v1\",\n    \
             body=json.dumps({{\"inputText\": \"Question {call} of chapter {number}\"}}))\n\
             print(json.loads(response[\"body\"].read())[\"results\"][0][\"outputText\"])\n```\n\n"
        );
    }
    text
}

#[derive(Clone, Copy)]
struct Run {
    time: Duration,
    memory: usize,
}

/// Runs two commands in turn, and gives the median of each.
fn in_turn(pair: [(&String, &[&str], &Book); 2]) -> [Run; 2] {
    let mut runs: [Vec<Run>; 2] = [Vec::new(), Vec::new()];
    for round in 0..=RUNS {
        for (index, (program, arguments, book)) in pair.iter().enumerate() {
            let run = once(program, arguments, book);
            // The first round warms the caches.
            if round > 0 {
                runs[index].push(run);
            }
        }
    }
    runs.map(|mut runs| {
        runs.sort_by_key(|run| run.time);
        let memory = runs.iter().map(|run| run.memory).max().unwrap_or_default();
        Run { memory, ..runs[runs.len() / 2] }
    })
}

fn once(program: &str, arguments: &[&str], book: &Book) -> Run {
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(book.dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(&book.input).expect("the book is read");
    let mut output = vec![0; 1 << 16];
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut memory = 0;
    let mut total = 0;
    loop {
        // The process is alive while it still writes, and its peak is behind it by then.
        memory = peak_memory(child.id()).unwrap_or(memory).max(memory);
        match stdout.read(&mut output).expect("the book comes back") {
            0 => break,
            read => total += read,
        }
    }
    let time = start.elapsed();
    assert!(child.wait().expect("the program ends").success());
    assert!(total > book.input.len() / 2, "only {total} bytes came back");
    Run { time, memory }
}

/// The peak resident memory of a process in bytes.
fn peak_memory(process: u32) -> Option<usize> {
    let status = fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<usize>().ok()? * 1024)
}
