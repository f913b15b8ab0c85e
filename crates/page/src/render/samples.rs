//! One view of every kind, for the tests. The figures and answers here are made up for the tests
//! and never reach a page.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use serde_json::json;

use super::view::*;
use tutor_bedrock::Operation;
use tutor_bedrock::family::{Usage, UsageSource};
use tutor_bedrock::model_id;
use tutor_catalog::measure::{Cost, CostParts, Summary, Tokens};
use tutor_catalog::{
    Access, Features, ImagePrice, Lifecycle, LifecycleState, Modalities, Model, Price, Rates, Sourced,
};
use tutor_recording::Missing;

/// A day.
pub(crate) const DAY: Date = date(2026, 11, 22);

pub(crate) fn summary(median_ms: u64, n: usize) -> Summary {
    let spread = if n > 1 { median_ms / 5 } else { 0 };
    Summary { n, median_ms, min_ms: median_ms - spread, max_ms: median_ms + spread, p95_ms: None }
}

pub(crate) fn cost(input: i64, output: i64, historical: bool) -> Cost {
    Cost::Priced(CostParts {
        input: Decimal::new(input, 6),
        output: Decimal::new(output, 6),
        cache: Decimal::ZERO,
        images: Decimal::ZERO,
        units: Decimal::ZERO,
        price: String::new(),
        price_as_of: DAY,
        historical,
        disputed: false,
    })
}

pub(crate) fn figures(input: u64, output: u64, median_ms: u64, n: usize, cost: Cost) -> Figures {
    let usage = Usage { input_tokens: Some(input), output_tokens: Some(output), ..Usage::default() };
    Figures {
        tokens: Tokens { usage, source: Some(UsageSource::Headers) },
        latency: Some(summary(median_ms, n)),
        first_token: None,
        tokens_per_second: None,
        cost,
    }
}

pub(crate) fn line(name: &str, provider: &str, id: &str) -> ModelLine {
    ModelLine { id: id.into(), name: name.into(), provider: Some(provider.into()), lifecycle: None }
}

/// Somebody's cassette without times.
fn imported() -> Imported {
    Imported {
        source: "example/tests: cassettes/claude.yaml".into(),
        answered_at: None,
        missing: vec![Missing::Times, Missing::Headers],
        batch: false,
    }
}

/// A small model on a desk.
fn local() -> LocalModel {
    LocalModel {
        model: "SmolLM2-135M-Instruct".into(),
        engine: "llama.cpp b6912".into(),
        machine: Some("a desk with two cores".into()),
        quantization: Some("F16".into()),
        digest: None,
        same_weights: false,
        not_passed_on: vec!["top_k".into()],
    }
}

pub(crate) fn recorded(origin: Origin, pieces: Vec<Piece>) -> RecordedView {
    RecordedView {
        origin,
        imported: (origin == Origin::Imported).then(imported),
        local: (origin == Origin::Local).then(local),
        acceptance: Acceptance::Accepted,
        recorded_on: Some(DAY),
        region: (origin == Origin::Bedrock).then(|| "us-east-1".into()),
        file: "fixtures/chapter/name.0f3c9a12.json".into(),
        outcome: Outcome::Answer(pieces),
        other_samples: Vec::new(),
        figures: figures(24, 118, 1_940, 1, cost(72, 1_770, false)),
        stop_reason: Some("end_turn".into()),
        show: Show::Text,
    }
}

pub(crate) fn view(model: ModelLine, body: PanelBody) -> PanelView {
    PanelView {
        key: "3fa9c01b".repeat(8),
        name: model_id::short(&model.id),
        model,
        operation: Operation::InvokeModel,
        times: 1,
        body,
    }
}

fn panel(model: ModelLine, recorded: RecordedView) -> PanelView {
    view(model, PanelBody::Recorded(Box::new(recorded)))
}

fn nova() -> ModelLine {
    line("Nova Lite", "Amazon", "us.amazon.nova-lite-v1:0")
}

fn sonnet() -> ModelLine {
    line("Claude 3 Sonnet", "Anthropic", "anthropic.claude-3-sonnet-20240229-v1:0")
}

fn text(text: &str) -> Vec<Piece> {
    vec![Piece::Text(text.into())]
}

const PLAIN: &str = "A quantum computer works with qubits, which can be zero and one at once until \
they are measured.\n\nFor some problems, such as finding the factors of a large number, that lets it \
follow many paths together where an ordinary computer must try them one after another.";

const MARKED: &str = "## Three things to weigh\n\nA good choice depends on **what you ask**, *how \
often*, and what a wrong answer costs:\n\n1. **Quality** on your own examples\n2. Latency, see \
`firstToken`\n   - first token for chat\n   - total time for batches\n3. Cost\n\n| Task | Model | \
USD |\n| --- | :---: | ---: |\n| Summaries | small | 0.06 |\n| Contracts | large | 3.00 |\n\n\
```python\ndef cost(tokens, price):\n    return tokens * price / 1_000_000\n```\n\n> Measure, then \
choose. See [the guide](https://example.com/guide).";

/// What a fence printed and drew.
pub(crate) fn output(text: &str) -> OutputView {
    let image = ImageView { src: "recorded/0f.png".into(), size: Some((640, 480)), prompt: text.into() };
    OutputView {
        text: text.into(),
        is_cut: true,
        images: vec![image],
        origin: Some(Origin::Practice),
        acceptance: Acceptance::Pending,
        ran_on: DAY,
        file: "fixtures/foundation-models/capture.json".into(),
    }
}

/// Every kind of panel, with a name for its snapshot.
pub(crate) fn panels() -> Vec<(&'static str, PanelView)> {
    let mut all = vec![
        ("recorded", several_samples()),
        ("practice", retired_practice()),
        ("pending", pending()),
        ("missing", missing()),
        ("error", error()),
        ("imported", imported_answer()),
        ("local", local_answer()),
        ("markdown", panel(nova(), recorded(Origin::Bedrock, text(MARKED)))),
        ("long", panel(nova(), recorded(Origin::Practice, text(&format!("{PLAIN}\n\n").repeat(6))))),
        (
            "json",
            panel(
                nova(),
                recorded(
                    Origin::Bedrock,
                    text(r#"{"sentiment":"positive","score":0.94,"themes":["price","service"]}"#),
                ),
            ),
        ),
        ("stream", streamed()),
    ];
    all.extend([
        ("tool", tool()),
        ("image", image()),
        ("embedding", embedding()),
        ("right-to-left", right_to_left()),
        ("unpriced", unpriced()),
    ]);
    all
}

fn several_samples() -> PanelView {
    let mut recorded = recorded(Origin::Bedrock, text(PLAIN));
    recorded.figures = figures(24, 118, 1_940, 3, cost(2, 28, false));
    recorded.other_samples = vec![
        Outcome::Answer(text("Another answer to the same question.")),
        Outcome::Answer(text("A third one.")),
    ];
    let mut view = panel(nova(), recorded);
    view.times = 2;
    view.name = "clause".into();
    view
}

fn retired_practice() -> PanelView {
    let mut recorded = recorded(Origin::Practice, text(PLAIN));
    recorded.figures = figures(24, 118, 2_310, 1, cost(72, 1_770, true));
    let mut view = panel(sonnet(), recorded);
    view.model.lifecycle = Some(LifecycleNote::Retired {
        on: Some(date(2026, 7, 30)),
        successor: Some("Claude Sonnet 4.5".into()),
    });
    view
}

fn imported_answer() -> PanelView {
    let mut recorded = recorded(Origin::Imported, text(PLAIN));
    recorded.figures.latency = None;
    recorded.recorded_on = None;
    panel(nova(), recorded)
}

fn local_answer() -> PanelView {
    let mut recorded = recorded(Origin::Local, text("A small model says this."));
    recorded.figures = figures(31, 44, 1_760, 5, cost(2, 29, false));
    recorded.figures.first_token = Some(summary(120, 5));
    recorded.figures.tokens_per_second = Some(26.8);
    recorded.other_samples = vec![Outcome::Answer(text("And this.")); 4];
    panel(nova(), recorded)
}

fn pending() -> PanelView {
    let mut recorded = recorded(Origin::Bedrock, text("Not yet accepted by anybody."));
    recorded.acceptance = Acceptance::Pending;
    panel(nova(), recorded)
}

fn missing() -> PanelView {
    let missing = MissingView {
        reason: "This request has no recording yet.".into(),
        command: Some("tutor record --practice --accept foundation-models".into()),
    };
    view(line("Command", "Cohere", "cohere.command-text-v14"), PanelBody::Missing(missing))
}

fn error() -> PanelView {
    let mut recorded = recorded(Origin::Practice, Vec::new());
    recorded.outcome = Outcome::Error(ErrorView {
        status: 400,
        kind: "ValidationException".into(),
        message: "Malformed input request: #: required key [max_tokens] not found, please reformat your input and try again.".into(),
        meaning: Some("The body lacks `max_tokens`, which Claude requires. Add it and send again.".into()),
    });
    recorded.figures = Figures {
        tokens: Tokens { usage: Usage::default(), source: None },
        latency: Some(summary(86, 1)),
        first_token: None,
        tokens_per_second: None,
        cost: Cost::Unpriced,
    };
    recorded.stop_reason = None;
    panel(sonnet(), recorded)
}

fn streamed() -> PanelView {
    let mut recorded = recorded(Origin::Bedrock, text(PLAIN));
    recorded.figures.first_token = Some(summary(420, 1));
    recorded.figures.tokens_per_second = Some(77.6);
    let mut view = panel(nova(), recorded);
    view.operation = Operation::ConverseStream;
    view
}

fn tool() -> PanelView {
    let pieces = vec![
        Piece::Reasoning("The reader asks for weather. I have a tool for that.".into()),
        Piece::Text("I will look that up.".into()),
        Piece::ToolUse {
            name: "get_weather".into(),
            input: json!({"city": "Zürich", "unit": "celsius"}).into(),
        },
    ];
    let mut recorded = recorded(Origin::Bedrock, pieces);
    recorded.stop_reason = Some("tool_use".into());
    panel(line("Claude Sonnet 4.5", "Anthropic", "anthropic.claude-sonnet-4-5-20250929-v1:0"), recorded)
}

fn image() -> PanelView {
    let view = ImageView {
        src: "recorded/0f3c9a.png".into(),
        size: Some((320, 200)),
        prompt: "A lighthouse at dusk, watercolour".into(),
    };
    let mut recorded = recorded(Origin::Practice, vec![Piece::Image(view)]);
    recorded.figures.tokens.usage = Usage::default();
    let mut panel =
        panel(line("Stable Diffusion XL 1.0", "Stability AI", "stability.stable-diffusion-xl-v1"), recorded);
    panel.model.lifecycle = Some(LifecycleNote::Retired { on: Some(date(2025, 5, 20)), successor: None });
    panel
}

fn embedding() -> PanelView {
    let vector = (0..256_u32).map(|index| (f64::from(index) * 0.7).sin() / 11.3).collect();
    let mut recorded = recorded(Origin::Bedrock, vec![Piece::Embedding(vector)]);
    recorded.stop_reason = None;
    panel(line("Titan Text Embeddings V2", "Amazon", "amazon.titan-embed-text-v2:0"), recorded)
}

fn right_to_left() -> PanelView {
    panel(nova(), recorded(Origin::Bedrock, text("**שלום** לכולם! זו תשובה בעברית עם `code` בתוכה.")))
}

fn unpriced() -> PanelView {
    let mut recorded = recorded(Origin::Bedrock, text("Short."));
    recorded.figures.cost = Cost::Unpriced;
    recorded.figures.latency = None;
    recorded.region = None;
    let model = ModelLine {
        id: "example.unknown-v1".into(),
        name: "unknown".into(),
        provider: None,
        lifecycle: Some(LifecycleNote::Legacy { end_of_life: Some(date(2027, 1, 15)), successor: None }),
    };
    panel(model, recorded)
}

fn compared(model: ModelLine, origin: Origin, figures: Figures) -> CompareRow {
    let samples = figures.latency.map_or(1, |latency| latency.n);
    CompareRow {
        name: model_id::short(&model.id),
        model,
        recorded: Some(ComparedView {
            origin,
            imported: (origin == Origin::Imported).then(imported),
            local: (origin == Origin::Local).then(local),
            acceptance: Acceptance::Accepted,
            error: None,
            recorded_on: Some(DAY),
            region: (origin == Origin::Bedrock).then(|| "us-east-1".into()),
            samples,
            figures,
        }),
    }
}

/// Live and practice rows, one without a recording.
pub(crate) fn comparison() -> CompareView {
    let mut streamed = figures(31, 140, 1_310, 5, cost(93, 2_100, false));
    streamed.first_token = Some(summary(390, 5));
    streamed.tokens_per_second = Some(152.2);
    let named = |row: CompareRow| CompareRow { name: "clause".into(), ..row };
    CompareView {
        rows: vec![
            named(compared(line("Claude Sonnet 4.5", "Anthropic", "a"), Origin::Bedrock, streamed)),
            compared(nova(), Origin::Bedrock, figures(29, 120, 720, 5, cost(2, 29, false))),
            compared(sonnet(), Origin::Practice, figures(30, 131, 2_310, 1, cost(90, 1_965, true))),
            CompareRow { name: "c".into(), model: line("Command", "Cohere", "c"), recorded: None },
        ],
    }
}

/// Rows of every origin, the local ones slower than any other.
pub(crate) fn mixed_comparison() -> CompareView {
    let local = |name: &str, tokens, ms, n| {
        let mut figures = figures(31, tokens, ms, n, cost(2, 29, false));
        figures.tokens_per_second = Some(26.0);
        CompareRow { name: name.into(), ..compared(nova(), Origin::Local, figures) }
    };
    let mut imported = compared(sonnet(), Origin::Imported, figures(30, 131, 0, 1, cost(90, 1_965, true)));
    if let Some(recorded) = &mut imported.recorded {
        recorded.figures.latency = None;
        recorded.recorded_on = None;
    }
    let mut view = comparison();
    view.rows.push(imported);
    view.rows.extend([
        local("short", 20, 4_000, 5),
        local("long", 90, 9_000, 5),
        local("once", 30, 2_000, 1),
    ]);
    view
}

/// Only local rows.
pub(crate) fn local_comparison() -> CompareView {
    let mut view = mixed_comparison();
    view.rows.retain(|row| row.recorded.as_ref().is_some_and(|row| row.origin == Origin::Local));
    view
}

/// Only practice rows.
pub(crate) fn practice_comparison() -> CompareView {
    CompareView {
        rows: vec![
            compared(sonnet(), Origin::Practice, figures(24, 118, 2_310, 1, cost(72, 1_770, true))),
            compared(nova(), Origin::Practice, figures(22, 97, 1_120, 1, cost(1, 23, false))),
            compared(
                line("Titan Text Express", "Amazon", "t"),
                Origin::Practice,
                figures(22, 110, 1_150, 1, cost(4, 66, true)),
            ),
        ],
    }
}

fn price(input: i64, output: i64, source: &str) -> Price {
    Price {
        rates: Rates {
            input: Some(Decimal::new(input, 2)),
            output: Some(Decimal::new(output, 2)),
            ..Rates::default()
        },
        ..Price::empty(source, DAY)
    }
}

fn model(name: &str, provider: &str, prices: Vec<Price>) -> Model {
    let sourced = |value| Sourced { value, source: "a model card".into(), as_of: DAY };
    Model {
        id: name.to_lowercase().replace(' ', "-"),
        other_ids: Vec::new(),
        name: name.into(),
        aliases: Vec::new(),
        provider: provider.into(),
        family: "claude-messages".into(),
        modalities: Modalities { input: vec!["text".into(), "image".into()], output: vec!["text".into()] },
        access: Access::OnDemand,
        profiles: None,
        launched: None,
        context_window: Some(sourced(200_000)),
        other_context_windows: Vec::new(),
        output_limit: Some(sourced(4_096)),
        other_output_limits: Vec::new(),
        features: Features {
            streaming: Some(true),
            tools: Some(true),
            vision: Some(false),
            structured_output: None,
            source: Some("a feature page".into()),
        },
        price_disputed: prices.len() > 1,
        prices,
        lifecycle: None,
    }
}

/// A living, a retired, a disputed and an unpriced model.
pub(crate) fn models() -> Vec<Model> {
    let mut retired = model("Claude 3 Sonnet", "Anthropic", vec![price(300, 1_500, "a price list")]);
    retired.lifecycle = Some(Lifecycle {
        legacy: Some(date(2026, 1, 30)),
        end_of_life: Some(date(2026, 7, 30)),
        not_before: None,
        notice: None,
        extended: None,
        successor: Some("anthropic.claude-sonnet-4-5-20250929-v1:0".into()),
        source: "a lifecycle page".into(),
        note: Some("an older page says 2025-07-21".into()),
    });
    let mut images = model("Stable Diffusion XL 1.0", "Stability AI", vec![price(0, 0, "a price list")]);
    images.prices[0] = Price {
        rates: Rates::default(),
        images: vec![
            ImagePrice { usd: Decimal::new(4, 2), max_side: Some(1024), max_steps: Some(50), quality: None },
            ImagePrice { usd: Decimal::new(8, 2), max_side: Some(1024), max_steps: None, quality: None },
        ],
        ..images.prices[0].clone()
    };
    let mut cached = price(6, 24, "a price list");
    cached.rates.cache_read = Some(Decimal::new(15, 3));
    vec![
        model("Nova Lite", "Amazon", vec![cached]),
        retired,
        model(
            "Llama 2 13B Chat",
            "Meta",
            vec![price(75, 100, "a price list"), price(81, 104, "another list")],
        ),
        images,
        model("Jurassic-2 Mid", "AI21 Labs", Vec::new()),
    ]
}

/// The rows of a directive over them.
pub(crate) fn rows(models: &[Model]) -> Vec<ModelRow<'_>> {
    let row = |model| {
        let state = Model::state_on(model, DAY);
        let successor_name = (state == LifecycleState::Retired).then(|| "Claude Sonnet 4.5".to_owned());
        ModelRow { model, prices: model.prices.iter().collect(), state, successor_name }
    };
    models.iter().map(row).collect()
}
