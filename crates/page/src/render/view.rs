//! Plain data for the pages: what the road fills in and the two forms write out.
//!
//! No view holds a handle, a clock or markup. Text in them comes from outside and is written as
//! text, whatever it holds.

use jiff::civil::Date;
use rust_decimal::Decimal;

use tutor_bedrock::Operation;
use tutor_bedrock::family::{Data, Part};
use tutor_bedrock::json::Json;
use tutor_catalog::measure::{Cost, Summary, Tokens};
use tutor_catalog::{LifecycleState, Model, Price};
pub use tutor_recording::{Acceptance, Imported, LocalModel, OriginKind as Origin};

/// The state a panel shows, as its `data-state` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// An accepted live answer.
    Recorded,
    /// An accepted answer of Bedrock that somebody else recorded.
    Imported,
    /// An accepted answer of a model on somebody's own machine.
    Local,
    /// An accepted answer of a stand-in model.
    Practice,
    /// An answer nobody has accepted yet.
    Pending,
    /// No recording, or none that can be read.
    Missing,
    /// Bedrock (or its stand-in) refused the call.
    Error,
}

impl State {
    /// The state of an accepted answer.
    pub fn of(origin: Origin) -> Self {
        match origin {
            Origin::Bedrock => State::Recorded,
            Origin::Imported => State::Imported,
            Origin::Local => State::Local,
            Origin::Practice => State::Practice,
        }
    }

    /// The word in `data-state`.
    pub fn name(self) -> &'static str {
        match self {
            State::Recorded => "recorded",
            State::Imported => "imported",
            State::Local => "local",
            State::Practice => "practice",
            State::Pending => "pending",
            State::Missing => "missing",
            State::Error => "error",
        }
    }
}

/// The model behind a call, as a page names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelLine {
    /// The id exactly as sent.
    pub id: String,
    /// The name people write, such as `Claude 3 Sonnet`; the short id where the catalog has none.
    pub name: String,
    /// Such as `Anthropic`, if known.
    pub provider: Option<String>,
    /// What to say about its lifecycle on the day of the build.
    pub lifecycle: Option<LifecycleNote>,
}

/// A model's lifecycle in one clause. Dates, never spans from now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LifecycleNote {
    /// Still answering, with an announced end.
    Legacy {
        /// The day from which requests fail, if announced.
        end_of_life: Option<Date>,
        /// Name of AWS's successor, if it names one.
        successor: Option<String>,
    },
    /// Requests fail.
    Retired {
        /// Since when, if known.
        on: Option<Date>,
        /// Name of AWS's successor, if it names one.
        successor: Option<String>,
    },
}

/// One call's panel.
#[derive(Debug, Clone, PartialEq)]
pub struct PanelView {
    /// The key's 64 hexadecimal digits.
    pub key: String,
    /// The call's name: its annotation's, else the model's short id.
    pub name: String,
    /// The model.
    pub model: ModelLine,
    /// The operation.
    pub operation: Operation,
    /// How often equal calls share this panel; 1 for a single one.
    pub times: usize,
    /// What there is to show.
    pub body: PanelBody,
}

/// What a panel holds.
#[derive(Debug, Clone, PartialEq)]
pub enum PanelBody {
    /// A recording, accepted or pending.
    Recorded(Box<RecordedView>),
    /// No recording that can be shown.
    Missing(MissingView),
}

/// Why nothing can be shown, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingView {
    /// A sentence, such as `No recording yet.` or what is wrong with the one there is.
    pub reason: String,
    /// The command that mends it, such as `tutor record --practice --accept foundation-models`.
    pub command: Option<String>,
}

/// A recording as a page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedView {
    /// Where it came from.
    pub origin: Origin,
    /// Whose recording an imported answer is.
    pub imported: Option<Imported>,
    /// The model that gave a local answer.
    pub local: Option<LocalModel>,
    /// Whether it is accepted.
    pub acceptance: Acceptance,
    /// The day of the answer, if it is known.
    pub recorded_on: Option<Date>,
    /// The region that answered, where Bedrock did.
    pub region: Option<String>,
    /// Sample 0.
    pub outcome: Outcome,
    /// Samples 1 and later.
    pub other_samples: Vec<Outcome>,
    /// Figures: tokens and cost of sample 0, times over all samples.
    pub figures: Figures,
    /// Why the model stopped, in the family's own word.
    pub stop_reason: Option<String>,
    /// How the answer is shown.
    pub show: Show,
    /// The recording's file, from the book's folder on.
    pub file: String,
}

/// What one sample says.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// An answer's content.
    Answer(Vec<Piece>),
    /// A refusal by the service.
    Error(ErrorView),
}

/// One piece of an answer: [`Part`] with its media already standing in the book.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Text for the reader.
    Text(String),
    /// The model's own thinking.
    Reasoning(String),
    /// A tool the model wants called.
    ToolUse {
        /// Its name.
        name: String,
        /// Its arguments.
        input: Json,
    },
    /// An image.
    Image(ImageView),
    /// A vector.
    Embedding(Vec<f64>),
    /// What went wrong although the status is 200.
    Refusal(String),
    /// Data for programs, as it came.
    Data {
        /// What it is.
        what: Data,
        /// It.
        value: Json,
    },
}

impl Piece {
    /// `part` for the page; `place` says where the bytes of an image stand in the book.
    pub fn new(part: Part, place: impl FnOnce(&str, &[u8]) -> ImageView) -> Self {
        match part {
            Part::Text(text) => Piece::Text(text),
            Part::Reasoning(text) => Piece::Reasoning(text),
            Part::ToolUse { name, input } => Piece::ToolUse { name, input },
            Part::Image { media_type, bytes } => Piece::Image(place(&media_type, &bytes)),
            Part::Embedding(vector) => Piece::Embedding(vector),
            Part::Refusal(text) => Piece::Refusal(text),
            Part::Data { what, value } => Piece::Data { what, value },
        }
    }
}

/// A recorded image in the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageView {
    /// Relative URL from the page, such as `recorded/HASH.png`. Anything but a relative path is
    /// not written; the panel then says that the image is not there.
    pub src: String,
    /// Width and height in pixels, if known (see [`tutor_catalog::measure::image_size`]).
    pub size: Option<(u32, u32)>,
    /// The prompt that made it, as alternative text.
    pub prompt: String,
}

/// What a fence printed and drew when the chapter's code ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputView {
    /// What it printed.
    pub text: String,
    /// Whether it printed more than that.
    pub is_cut: bool,
    /// The pictures it made.
    pub images: Vec<ImageView>,
    /// Who answered the calls that it may rest on; none where no call had been made.
    pub origin: Option<Origin>,
    /// Whether it is accepted.
    pub acceptance: Acceptance,
    /// The day the code ran.
    pub ran_on: Date,
    /// The capture's file, from the book's folder on.
    pub file: String,
}

impl OutputView {
    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.images.is_empty()
    }

    /// Whether its head says its state: it rests on answers, or waits for a decision.
    pub fn is_marked(&self) -> bool {
        self.origin.is_some() || self.acceptance == Acceptance::Pending
    }

    /// The state, which follows from acceptance and origin, in that order.
    pub fn state(&self) -> State {
        match (self.acceptance, self.origin) {
            (Acceptance::Pending, _) => State::Pending,
            (_, origin) => origin.map_or(State::Recorded, State::of),
        }
    }
}

/// An error answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorView {
    /// HTTP status.
    pub status: u16,
    /// Bedrock's name for it, such as `ValidationException`.
    pub kind: String,
    /// Bedrock's words.
    pub message: String,
    /// What it means and what to do, in ours.
    pub meaning: Option<String>,
}

/// Figures of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Tokens.
    pub tokens: Tokens,
    /// Client wall time.
    pub latency: Option<Summary>,
    /// Time to the first token; streams only.
    pub first_token: Option<Summary>,
    /// Output tokens per second, median over samples.
    pub tokens_per_second: Option<f64>,
    /// Cost.
    pub cost: Cost,
}

/// How an answer is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Show {
    /// As a text to read.
    #[default]
    Text,
    /// The answer's body as received, formatted.
    Json(Json),
    /// Only its figures.
    None,
}

impl PanelView {
    /// The state, which follows from what the panel holds.
    pub fn state(&self) -> State {
        match &self.body {
            PanelBody::Missing(_) => State::Missing,
            PanelBody::Recorded(recorded) => recorded.state(),
        }
    }

    /// The key's first eight digits.
    pub fn key8(&self) -> &str {
        self.key.get(..8).unwrap_or(&self.key)
    }
}

impl RecordedView {
    /// The state, which follows from acceptance, outcome and origin, in that order.
    pub fn state(&self) -> State {
        match (self.acceptance, &self.outcome, self.origin) {
            (Acceptance::Pending, _, _) => State::Pending,
            (_, Outcome::Error(_), _) => State::Error,
            (_, _, origin) => State::of(origin),
        }
    }

    /// How many samples there are.
    pub fn samples(&self) -> usize {
        1 + self.other_samples.len()
    }
}

/// `{{#tutor compare}}`: calls side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct CompareView {
    /// One row a call, in the order asked for.
    pub rows: Vec<CompareRow>,
}

/// One call of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct CompareRow {
    /// The call's name.
    pub name: String,
    /// The model.
    pub model: ModelLine,
    /// Its recording; without one the row says so.
    pub recorded: Option<ComparedView>,
}

/// A recording in a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedView {
    /// Where it came from.
    pub origin: Origin,
    /// Whose recording an imported answer is.
    pub imported: Option<Imported>,
    /// The model that gave a local answer.
    pub local: Option<LocalModel>,
    /// Whether it is accepted.
    pub acceptance: Acceptance,
    /// Whether the service refused the call: `429 ThrottlingException`.
    pub error: Option<String>,
    /// The day it was recorded.
    pub recorded_on: Option<Date>,
    /// The region that answered.
    pub region: Option<String>,
    /// How many samples.
    pub samples: usize,
    /// Figures.
    pub figures: Figures,
}

/// A model of the catalog with what follows from the day of the build.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRow<'a> {
    /// The catalog's entry.
    pub model: &'a Model,
    /// The prices that hold on the day of the build.
    pub prices: Vec<&'a Price>,
    /// Where it stands on the day of the build.
    pub state: LifecycleState,
    /// The successor's name, where the catalog knows the id that AWS names.
    pub successor_name: Option<String>,
}

/// `{{#tutor prices MODEL…}}`.
#[derive(Debug, Clone, PartialEq)]
pub struct PricesView<'a> {
    /// The models asked for.
    pub rows: Vec<ModelRow<'a>>,
}

/// `{{#tutor followers MODEL…}}`: each model, and who follows it by AWS's word.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowersView<'a> {
    /// For each model asked for: itself, its successor, the successor's successor …
    pub chains: Vec<Vec<ModelRow<'a>>>,
}

/// `{{#tutor steps NAME…}}`: the calls of a pipeline, with their sum.
#[derive(Debug, Clone, PartialEq)]
pub struct StepsView {
    /// One row a step, in order.
    pub rows: Vec<CompareRow>,
}

/// `{{#tutor value NAME.FIELD}}`: one figure in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueView {
    /// The figure as it is read.
    pub text: String,
    /// Who answered; `None` for what the catalog knows.
    pub origin: Option<Origin>,
    /// Where it comes from, with the day.
    pub source: String,
}

/// `{{#tutor models MODEL…}}`: limits, features, lifecycle.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelsView<'a> {
    /// The models asked for.
    pub rows: Vec<ModelRow<'a>>,
    /// The day of the build; marked on the time line.
    pub today: Date,
}

/// A chapter's front matter in one line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FactsLine {
    /// Label and value in the order they were written, such as (`difficulty`, `beginner`).
    pub facts: Vec<(String, String)>,
}

/// Once at the top of a page with answers: how many of them are what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageNotice {
    /// Accepted live answers.
    pub recorded: usize,
    /// Answers of Bedrock that somebody else recorded, accepted or not.
    pub imported: usize,
    /// Answers of models on somebody's own machine, accepted or not.
    pub local: usize,
    /// Answers of stand-in models, accepted or not.
    pub practice: usize,
    /// Answers nobody has accepted yet.
    pub pending: usize,
    /// Calls without a recording.
    pub missing: usize,
}

impl PageNotice {
    /// How many answers the page shows, live ones that wait left out.
    pub fn answers(&self) -> usize {
        self.recorded + self.imported + self.local + self.practice
    }
}

/// `{{#tutor challenge}}`: the exercise of a chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeView {
    /// Its title.
    pub title: String,
    /// What to do, in a few sentences.
    pub task: String,
    /// What is checked, one clause each.
    pub checks: Vec<String>,
    /// The command that runs it.
    pub command: String,
}

/// Models compared by somebody's scores.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreboardView {
    /// One a model.
    pub rows: Vec<ScoreRow>,
    /// What the figures are worth.
    pub standing: Standing,
    /// Where the figures come from, in sentences.
    pub notes: Vec<String>,
}

/// What the figures of a scoreboard are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They were measured: the highest score comes first.
    Measured,
    /// They are simulated and estimated: the titles say so, and nobody comes first.
    Simulated,
}

/// One model of a scoreboard.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRow {
    /// What people call it.
    pub name: String,
    /// Its id.
    pub model_id: String,
    /// What it did, or why it did not.
    pub result: Result<ScoredView, String>,
}

/// What a model did.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredView {
    /// Its answer.
    pub output: String,
    /// How long it took.
    pub latency_ms: Option<u64>,
    /// Tokens of the request.
    pub input_tokens: Option<u64>,
    /// Tokens of the answer.
    pub output_tokens: Option<u64>,
    /// USD.
    pub cost: Option<Decimal>,
    /// From 0 to 1; `None` for a placeholder, which is compared with nothing and gets no bars.
    pub score: Option<f64>,
    /// What the score is made of, each from 0 to 1.
    pub parts: Vec<(String, f64)>,
}

/// What was checked, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecksView {
    /// The sum of it, as a clause.
    pub heading: String,
    /// What it was checked with.
    pub small: String,
    /// In order.
    pub checks: Vec<CheckRow>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRow {
    /// Its id.
    pub name: String,
    /// What it says, as a clause.
    pub says: String,
    /// What came of it.
    pub state: CheckState,
    /// What is wrong.
    pub detail: Option<String>,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckState {
    /// It holds.
    Passed,
    /// It does not.
    Failed,
    /// It could not be judged yet.
    Waits,
}

impl ScoreboardView {
    /// The titles over latency, tokens and cost.
    pub fn titles(&self) -> [&'static str; 3] {
        match self.standing {
            Standing::Measured => ["Latency", "Tokens", "Cost"],
            Standing::Simulated => ["Latency, simulated", "Tokens, est.", "Cost, est."],
        }
    }

    /// The rows in their order; by score, failures come last.
    pub fn ordered(&self) -> Vec<&ScoreRow> {
        let mut rows: Vec<&ScoreRow> = self.rows.iter().collect();
        if self.standing == Standing::Simulated {
            return rows;
        }
        let score = |row: &ScoreRow| {
            row.result.as_ref().ok().and_then(|scored| scored.score).unwrap_or(f64::NEG_INFINITY)
        };
        rows.sort_by(|a, b| score(b).total_cmp(&score(a)));
        rows
    }
}

/// Something the author should mend, shown where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeView {
    /// A sentence that says what is wrong.
    pub message: String,
    /// The command that mends it.
    pub command: Option<String>,
}
