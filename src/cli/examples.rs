//! An example or two of every verb, below its help.

/// By verb; those that have more to say have their own.
const EXAMPLES: [(&str, &[&str]); 16] = [
    ("new", &["tutor new my-course && cd my-course && tutor serve --open"]),
    ("build", &["tutor build --open", "tutor build --strict docs"]),
    ("serve", &["tutor serve --open", "tutor serve docs --port 0"]),
    ("list", &["tutor list", "tutor list src/streaming.md", "tutor list --format json --answers"]),
    (
        "run",
        &["tutor run", "tutor run streaming", "tutor run streaming --watch", "tutor run streaming --hint"],
    ),
    (
        "record",
        &[
            "tutor record --practice --accept",
            "tutor record --dry-run",
            "tutor record streaming --max-cost 0.20",
        ],
    ),
    ("review", &["tutor review", "tutor review streaming", "tutor review --undo"]),
    ("accept", &["tutor accept streaming#first", "tutor accept --all"]),
    ("reject", &["tutor reject streaming#first"]),
    ("check", &["tutor check", "tutor check --format sarif > tutor.sarif", "tutor check --fix"]),
    (
        "explain",
        &[
            "tutor explain max-cost",
            "tutor explain price-wrong",
            "tutor explain --schema book > book.schema.json",
        ],
    ),
    ("catalog", &["tutor catalog show amazon.nova-pro-v1:0", "tutor catalog list"]),
    ("init", &["tutor init --dry-run", "tutor init docs"]),
    ("doctor", &["tutor doctor", "tutor doctor --format json"]),
    ("completions", &["tutor completions bash > tutor.bash", "tutor completions --manual man1"]),
    (
        "import",
        &[
            "tutor import tests/cassettes",
            "tutor import --dry-run session.har",
            "tutor import --source \"acme/shop\" --into shop cassettes",
        ],
    ),
];

/// A command with the examples of its verbs.
pub(super) fn with_examples(command: clap::Command) -> clap::Command {
    EXAMPLES.iter().fold(command, |command, (verb, lines)| {
        let word = if lines.len() == 1 { "Example" } else { "Examples" };
        let text = format!("{word}:\n  {}", lines.join("\n  "));
        command.mut_subcommand(*verb, |verb| verb.after_help(text))
    })
}
