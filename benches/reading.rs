//! What reading code costs: `cargo bench --bench reading`.
//!
//! Generated chapters of the size and kind of real courses (14 Python fences and 12 kB of code each,
//! with the helpers, loops, classes and splats teaching code uses) are read for their calls. The
//! counterpart parses the same fences with the same parser and drops the trees. Both are taken in turn
//! in one run. With paths after `--`, those Markdown files are read instead of generated ones.
//!
//! The memory is the peak of a process that reads all chapters once (`VmHWM`, Linux only).

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use tutor_bedrock::found::{Finding, Language, NoAnswers, NoFiles, Source};
use tutor_page::chapter::Chapter;

const RUNS: usize = 15;
const CHAPTERS: usize = 134;
const MEMORY: &str = "--memory";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let Some((_, paths)) = arguments.split_first().filter(|(first, _)| *first == MEMORY) {
        let chapters = chapters(paths);
        let before = peak_memory();
        black_box(read(&chapters));
        return println!("{} {}", before, peak_memory());
    }
    let chapters = chapters(&arguments);
    let bytes: usize = chapters.iter().flatten().map(|source| source.text.len()).sum();
    let fences: usize = chapters.iter().map(Vec::len).sum();

    let (mut parsing, mut reading) = (Vec::new(), Vec::new());
    let mut found = (0, 0);
    for round in 0..=RUNS {
        let parse = timed(|| parse(&chapters)).1;
        let (calls, read) = timed(|| read(&chapters));
        found = calls;
        // The first round warms the caches.
        if round > 0 {
            parsing.push(parse);
            reading.push(read);
        }
    }
    let (parsing, reading) = (median(parsing), median(reading));
    println!("{RUNS} runs each, taken in turn; medians\n");
    println!("{} chapters, {fences} fences, {} kB of code", chapters.len(), bytes / 1000);
    println!("  calls found, of them resolved  {:>6} {:>6}", found.0, found.1);
    println!("  parsing alone                  {parsing:>10.1?}");
    println!("  reading                        {reading:>10.1?}");
    println!(
        "  reading / parsing              {:>10.2}   (at most 10)",
        reading.as_secs_f64() / parsing.as_secs_f64()
    );
    println!("  peak memory of reading         {:>7} MB   (less than 100)", memory(&arguments));
}

/// The counterpart: the same parser over the same fences.
fn parse(chapters: &[Vec<Source>]) -> usize {
    let options = ParseOptions::from(Mode::Ipython);
    chapters
        .iter()
        .flatten()
        .filter(|source| source.language == Language::Python)
        .map(|source| black_box(parse_unchecked(&source.text, options.clone())).errors().len())
        .sum()
}

/// How many calls were found, and how many of them are resolved.
fn read(chapters: &[Vec<Source>]) -> (usize, usize) {
    chapters.iter().fold((0, 0), |(all, resolved), sources| {
        let calls = mdbook_tutor::course::languages::find_calls(sources, &NoAnswers, &NoFiles).calls;
        let known = calls.iter().filter(|call| matches!(call.finding, Finding::Resolved(_))).count();
        (all + calls.len(), resolved + known)
    })
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = black_box(work());
    (done, start.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The peak of a process of its own that reads the chapters once, in megabytes.
fn memory(paths: &[String]) -> String {
    let this = std::env::current_exe().expect("this program's path");
    let done = Command::new(this).arg(MEMORY).args(paths).output().expect("this program starts again");
    let text = String::from_utf8(done.stdout).expect("two figures");
    let mut figures = text.split_whitespace().map(|figure| figure.parse::<usize>().expect("kB"));
    let (before, peak) = (figures.next().unwrap_or(0), figures.next().unwrap_or(0));
    format!("{} (of which {} before reading)", peak / 1000, before / 1000)
}

/// The peak resident memory of this process in kB.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// The fences of the files named, of all Markdown files of a folder named, or of generated chapters.
fn chapters(paths: &[String]) -> Vec<Vec<Source>> {
    let texts: Vec<String> = if paths.is_empty() {
        (0..CHAPTERS).map(chapter).collect()
    } else {
        paths.iter().flat_map(|path| markdown(Path::new(path))).collect()
    };
    texts.iter().map(|text| sources(text)).collect()
}

fn markdown(path: &Path) -> Vec<String> {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).expect("a folder");
        return entries.flat_map(|entry| markdown(&entry.expect("an entry").path())).collect();
    }
    if path.extension().is_none_or(|extension| extension != "md") {
        return Vec::new();
    }
    vec![std::fs::read_to_string(path).expect("a Markdown file")]
}

fn sources(text: &str) -> Vec<Source> {
    let chapter = Chapter::parse(text);
    let fences = chapter.fences.iter().enumerate();
    let code = fences.filter_map(|(fence, found)| {
        let language = Language::of_info(&found.info).filter(|language| *language == Language::Python)?;
        Some(Source {
            fence,
            language,
            text: found.content.clone(),
            first_line: found.first_line,
            values: Vec::new(),
            skip: false,
        })
    });
    code.collect()
}

/// A chapter as courses write them: set-up, helpers, then fences that use them, each a little different.
fn chapter(number: usize) -> String {
    let mut text = format!("# Chapter {number}\n\n");
    let mut fence = |code: &str| {
        text += "Some words of the author stand between the fences, and they name `a thing or two`.\n\n```python\n";
        text += &code.replace("NUMBER", &number.to_string());
        text += "```\n\n";
    };
    for code in [SETUP, HELPERS, CLASSES] {
        fence(code);
    }
    for section in 0..11 {
        let use_of = USES[section % USES.len()];
        fence(&use_of.replace("SECTION", &section.to_string()));
    }
    text
}

const SETUP: &str = r#"%pip install --quiet boto3
import base64, json, os, textwrap
from dataclasses import dataclass, field
from datetime import datetime
from string import Template
import boto3
from botocore.config import Config

region = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
config = Config(retries={"max_attempts": 5, "mode": "standard"}, read_timeout=120)
session = boto3.Session(region_name=region)
bedrock = session.client("bedrock-runtime", config=config)
MODELS = {
    "small": "amazon.nova-micro-v1:0",
    "middle": "amazon.nova-lite-v1:0",
    "large": "amazon.nova-pro-v1:0",
}
DEFAULTS = {"maxTokens": 300, "temperature": 0.2, "topP": 0.9}
print(f"Chapter NUMBER, started {datetime.now():%H:%M} in {region}")
"#;

const HELPERS: &str = r#"
def inference(**changes):
    settings = dict(DEFAULTS)
    settings.update(changes)
    return {key: value for key, value in settings.items() if value is not None}


def user(text, *images):
    content = [{"text": textwrap.dedent(text).strip()}]
    for image in images:
        content.append({"image": {"format": "png", "source": {"bytes": image}}})
    return {"role": "user", "content": content}


def ask(prompt, model="small", system=None, history=None, **settings):
    """Asks one question, and gives the text of the answer."""
    messages = list(history or [])
    messages.append(user(prompt))
    request = {
        "modelId": MODELS[model],
        "messages": messages,
        "inferenceConfig": inference(**settings),
    }
    if system:
        request["system"] = [{"text": system}]
    try:
        response = bedrock.converse(**request)
    except bedrock.exceptions.ThrottlingException as error:
        print("throttled:", error)
        raise
    return response["output"]["message"]["content"][0]["text"]


def ask_natively(prompt, max_tokens=200, temperature=0.5):
    body = json.dumps({
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": max_tokens,
        "temperature": temperature,
        "messages": [{"role": "user", "content": [{"type": "text", "text": prompt}]}],
    })
    response = bedrock.invoke_model(
        modelId="anthropic.claude-3-haiku-20240307-v1:0", body=body,
        accept="application/json", contentType="application/json",
    )
    return json.loads(response["body"].read())


def numbered(lines, start=1):
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start))
"#;

const CLASSES: &str = r#"
@dataclass
class Case:
    name: str
    text: str
    labels: list = field(default_factory=list)
    limit: int = 100

    def prompt(self):
        wanted = ", ".join(sorted(self.labels)) or "any"
        return f"Case {self.name}: {self.text}\nLabels: {wanted}. At most {self.limit} words."


class Assistant:
    style = "Answer calmly."

    def __init__(self, client, model="middle"):
        self.client = client
        self.model = model
        self.turns = []

    def add(self, role, text):
        self.turns.append({"role": role, "content": [{"text": text}]})
        return self

    def send(self, **settings):
        return self.client.converse(
            modelId=MODELS[self.model], messages=self.turns, system=[{"text": self.style}],
            inferenceConfig=inference(**settings),
        )


class Brief(Assistant):
    style = Assistant.style + " Be brief."
"#;

const USES: [&str; 6] = [
    r#"
topics = ["tides of chapter NUMBER", "locks and weirs", "ferries, part SECTION"]
for index, topic in enumerate(topics):
    text = ask(f"Explain {topic} to a newcomer in {50 + index * 10} words.", maxTokens=120)
    print(topic.title(), "->", len(text.split()), "words")
    print(textwrap.fill(text, width=72))
"#,
    r#"
cases = [
    Case("A-SECTION", "The parcel came late and wet.", ["delivery", "damage"]),
    Case("B-SECTION", "The bill counts one ferry twice.", labels=["billing"], limit=60),
]
results = {}
for case in cases:
    results[case.name] = ask(case.prompt(), model="middle", system="You sort letters.", temperature=0)
longest = max(results, key=lambda name: len(results[name]))
print(json.dumps(results, indent=2), longest)
"#,
    r#"
template = Template("Translate into $language:\n\n$text\n\nGive nothing but the translation.")
sentences = ["The harbour opens at six.", "Bring a lamp, section SECTION."]
prompts = [
    template.substitute(language=language, text=sentence)
    for language in ("French", "Dutch")
    for sentence in sentences
]
answers = [ask_natively(prompt, max_tokens=80 + len(prompt) % 7) for prompt in prompts]
for prompt, answer in zip(prompts, answers):
    print(prompt.splitlines()[-1], "|", answer["usage"]["output_tokens"], answer["content"][0]["text"][:60])
"#,
    r#"
helper = Brief(bedrock)
helper.add("user", "What is a weir, in chapter NUMBER, section SECTION?")
first = helper.send(maxTokens=90)
helper.add("assistant", first["output"]["message"]["content"][0]["text"])
helper.add("user", "And how does it differ from a dam?")
second = helper.send()
print(second["usage"]["totalTokens"], second["stopReason"])
"#,
    r#"
stream = bedrock.converse_stream(
    modelId=MODELS["large"],
    messages=[user("""
        Write down what a lock keeper does in the morning.
        Section SECTION, chapter NUMBER.
    """)],
    inferenceConfig=inference(maxTokens=250, stopSequences=["END"]),
)
whole = ""
for event in stream["stream"]:
    if "contentBlockDelta" in event:
        piece = event["contentBlockDelta"]["delta"]["text"]
        whole += piece
        print(piece, end="", flush=True)
    elif "metadata" in event:
        print(event["metadata"]["usage"])
"#,
    r#"
questions = """What does a pilot do?
How deep is the basin?
Who pays the toll?""".split("\n")
plan = numbered(questions)
budget, spent = 400, 0
while questions and spent < budget:
    question = questions.pop(0)
    limit = min(150, budget - spent)
    spent += limit
    print(ask(f"{plan}\n\nAnswer only this: {question} (SECTION)", maxTokens=limit, system="Short answers."))
"#,
];
