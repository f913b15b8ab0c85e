//! What the embedded file must hold, whoever edits it.

use std::collections::{HashMap, HashSet};

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::{Access, Catalog, LifecycleState, Model, Price, Terms};
use tutor_bedrock::{family, model_id};

const TODAY: Date = date(2026, 11, 22);

/// The last day on which facts were read.
const LAST_READ: Date = date(2026, 11, 27);

/// Every model whose dates AWS's lifecycle pages gave by 2026-11-22: id, legacy, end of life.
const DATED: &[(&str, &str, &str)] = &[
    ("ai21.j2-mid-v1", "2024-10-04", "2025-03-12"),
    ("ai21.j2-ultra-v1", "2024-10-04", "2025-03-12"),
    ("ai21.jamba-1-5-large-v1:0", "2026-05-26", "2026-11-26"),
    ("ai21.jamba-1-5-mini-v1:0", "2026-05-26", "2026-11-26"),
    ("ai21.jamba-instruct-v1:0", "2025-01-31", "2025-08-01"),
    ("amazon.nova-canvas-v1:0", "2026-03-30", "2026-09-30"),
    ("amazon.nova-premier-v1:0", "2026-03-13", "2026-09-14"),
    ("amazon.titan-image-generator-v1", "2025-01-31", "2025-08-15"),
    ("amazon.titan-image-generator-v2:0", "2025-12-30", "2026-06-30"),
    ("amazon.titan-text-express-v1", "2025-01-31", "2025-08-15"),
    ("amazon.titan-text-lite-v1", "2025-01-31", "2025-08-15"),
    ("amazon.titan-text-premier-v1:0", "2025-01-31", "2025-08-15"),
    ("anthropic.claude-3-5-haiku-20241022-v1:0", "2025-12-19", "2026-06-19"),
    ("anthropic.claude-3-5-sonnet-20240620-v1:0", "2025-08-25", "2026-03-01"),
    ("anthropic.claude-3-5-sonnet-20241022-v2:0", "2025-08-25", "2026-03-01"),
    ("anthropic.claude-3-7-sonnet-20250219-v1:0", "2025-10-28", "2026-04-28"),
    ("anthropic.claude-3-haiku-20240307-v1:0", "2026-03-10", "2026-09-10"),
    ("anthropic.claude-3-opus-20240229-v1:0", "2025-07-15", "2026-01-15"),
    ("anthropic.claude-3-sonnet-20240229-v1:0", "2026-01-30", "2026-07-30"),
    ("anthropic.claude-instant-v1", "2025-01-21", "2025-07-21"),
    ("anthropic.claude-opus-4-1-20250805-v1:0", "2026-07-08", "2027-01-08"),
    ("anthropic.claude-opus-4-20250514-v1:0", "2025-10-01", "2026-05-31"),
    ("anthropic.claude-sonnet-4-20250514-v1:0", "2026-04-14", "2026-10-14"),
    ("anthropic.claude-sonnet-4-5-20250929-v1:0", "2026-10-08", "2027-04-08"),
    ("anthropic.claude-v1", "2023-11-28", "2024-02-28"),
    ("anthropic.claude-v2", "2025-01-21", "2025-07-21"),
    ("anthropic.claude-v2:1", "2025-01-21", "2025-07-21"),
    ("cohere.command-light-text-v14", "2024-10-04", "2025-08-12"),
    ("cohere.command-r-plus-v1:0", "2026-02-19", "2026-08-19"),
    ("cohere.command-r-v1:0", "2026-02-19", "2026-08-19"),
    ("cohere.command-text-v14", "2024-10-04", "2025-08-12"),
    ("meta.llama2-13b-chat-v1", "2024-05-12", "2024-10-30"),
    ("meta.llama2-70b-chat-v1", "2024-05-12", "2024-10-30"),
    ("meta.llama3-1-405b-instruct-v1:0", "2026-01-07", "2026-07-07"),
    ("meta.llama3-2-11b-instruct-v1:0", "2026-01-07", "2026-07-07"),
    ("meta.llama3-2-1b-instruct-v1:0", "2026-01-07", "2026-07-07"),
    ("meta.llama3-2-3b-instruct-v1:0", "2026-01-07", "2026-07-07"),
    ("meta.llama3-2-90b-instruct-v1:0", "2026-01-07", "2026-07-07"),
    ("stability.sd3-large-v1:0", "2025-01-31", "2025-09-04"),
    ("stability.stable-diffusion-xl-v0", "2024-02-02", "2024-04-30"),
    ("stability.stable-diffusion-xl-v1", "2024-10-16", "2025-05-20"),
    ("stability.stable-image-core-v1:0", "2025-01-31", "2025-09-04"),
    ("stability.stable-image-ultra-v1:0", "2025-01-31", "2025-09-04"),
];

/// Families of models that the catalog knows and whose dialect tutor does not speak.
const WITHOUT_DIALECT: &[&str] = &["marengo", "nova-sonic", "palmyra", "pegasus", "stability-edit"];

fn model(id: &str) -> &'static Model {
    Catalog::embedded().model(id).unwrap_or_else(|| panic!("{id} is missing"))
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn tokens(price: &Price) -> (Decimal, Decimal) {
    (price.rates.input.expect("an input price"), price.rates.output.expect("an output price"))
}

#[test]
fn every_dated_model_has_its_dates() {
    for (id, legacy, eol) in DATED {
        let lifecycle = model(id).lifecycle.as_ref().unwrap_or_else(|| panic!("{id} has no dates"));
        assert_eq!(lifecycle.legacy.map(|day| day.to_string()).as_deref(), Some(*legacy), "{id}");
        assert_eq!(lifecycle.end_of_life.map(|day| day.to_string()).as_deref(), Some(*eol), "{id}");
        assert!(lifecycle.source.contains("Model lifecycle"), "{id} is dated by AWS");
    }
}

#[test]
fn the_six_families_of_the_first_chapter_are_retired() {
    for id in [
        "anthropic.claude-3-sonnet-20240229-v1:0",
        "amazon.titan-text-express-v1",
        "meta.llama2-13b-chat-v1",
        "cohere.command-text-v14",
        "ai21.j2-mid-v1",
        "stability.stable-diffusion-xl-v1",
    ] {
        assert_eq!(model(id).state_on(TODAY), LifecycleState::Retired, "{id}");
    }
    assert_eq!(model("ai21.jamba-1-5-mini-v1:0").state_on(TODAY), LifecycleState::Legacy);
    assert_eq!(model("amazon.nova-micro-v1:0").state_on(TODAY), LifecycleState::Active);
}

#[test]
fn every_successor_is_a_model_of_the_catalog_and_every_chain_ends() {
    let catalog = Catalog::embedded();
    for model in catalog.models() {
        let mut seen = HashSet::from([&model.id]);
        let mut next = model;
        while let Some(id) = next.lifecycle.as_ref().and_then(|lifecycle| lifecycle.successor.as_ref()) {
            assert!(seen.insert(id), "{} runs in a ring", model.id);
            next = catalog.model(id).unwrap_or_else(|| panic!("{id}, successor of {}, is missing", next.id));
            assert_eq!(&next.id, id, "successors are bare ids");
        }
    }
}

#[test]
fn the_living_successors_of_the_first_chapter() {
    let living = |id: &str, today| {
        Catalog::embedded().living_successor(model(id), today).map(|model| model.id.as_str())
    };
    let expected = [
        ("anthropic.claude-3-sonnet-20240229-v1:0", Some("anthropic.claude-sonnet-4-5-20250929-v1:0")),
        ("amazon.titan-text-express-v1", Some("amazon.nova-micro-v1:0")),
        ("meta.llama2-13b-chat-v1", Some("meta.llama3-1-8b-instruct-v1:0")),
        ("cohere.command-text-v14", None),
        ("ai21.j2-mid-v1", Some("ai21.jamba-1-5-mini-v1:0")),
        ("stability.stable-diffusion-xl-v1", Some("stability.stable-image-core-v1:1")),
    ];
    for (id, successor) in expected {
        assert_eq!(living(id, TODAY), successor, "{id}");
    }
    assert_eq!(living("ai21.j2-mid-v1", date(2026, 11, 26)), None, "Jamba 1.5 Mini is gone by then");
}

#[test]
fn prices_that_courses_get_wrong() {
    let cases = [
        ("anthropic.claude-3-opus-20240229-v1:0", "15", "75", false),
        ("anthropic.claude-3-sonnet-20240229-v1:0", "3", "15", false),
        ("anthropic.claude-3-haiku-20240307-v1:0", "0.25", "1.25", false),
        ("amazon.titan-text-express-v1", "0.20", "0.60", true),
        ("meta.llama2-70b-chat-v1", "1.95", "2.56", false),
        ("cohere.command-text-v14", "1.50", "2.00", true),
        ("ai21.j2-mid-v1", "12.50", "12.50", false),
    ];
    for (id, input, output, disputed) in cases {
        assert_eq!(tokens(&model(id).prices[0]), (decimal(input), decimal(output)), "{id}");
        assert_eq!(model(id).price_disputed, disputed, "{id}");
    }
    let express: Vec<_> = model("amazon.titan-text-express-v1").prices_on(TODAY).map(tokens).collect();
    assert_eq!(express[1..], [(decimal("0.8"), decimal("1.6")), (decimal("1.3"), decimal("1.7"))]);
    assert_eq!(tokens(&model("cohere.command-text-v14").prices[1]), (decimal("1"), decimal("2")));
}

#[test]
fn an_image_of_the_first_chapter_has_its_price() {
    let images = &model("stability.stable-diffusion-xl-v1").prices[0].images;
    assert_eq!((images[0].usd, images[0].max_steps), (decimal("0.04"), Some(50)));
    assert_eq!((images[1].usd, images[1].max_steps), (decimal("0.08"), None));
}

#[test]
fn limits_and_features_of_the_first_chapter() {
    let window = |id: &str| model(id).context_window.as_ref().map(|limit| limit.value);
    assert_eq!(window("anthropic.claude-3-sonnet-20240229-v1:0"), Some(200_000));
    assert_eq!(window("amazon.titan-text-express-v1"), Some(8192));
    assert_eq!(window("meta.llama2-13b-chat-v1"), Some(4096));
    assert_eq!(window("cohere.command-text-v14"), Some(4096));
    assert_eq!(window("ai21.j2-mid-v1"), Some(8191));
    assert_eq!(window("stability.stable-diffusion-xl-v1"), None);
    assert_eq!(model("ai21.j2-mid-v1").features.streaming, Some(false));
    assert_eq!(model("anthropic.claude-3-sonnet-20240229-v1:0").features.vision, Some(true));
}

#[test]
fn models_behind_profiles_say_so() {
    for id in
        ["anthropic.claude-haiku-4-5-20251001-v1:0", "meta.llama3-1-8b-instruct-v1:0", "deepseek.r1-v1:0"]
    {
        assert_eq!(model(id).access, Access::ProfileOnly, "{id}");
    }
    assert_eq!(model("amazon.nova-micro-v1:0").access, Access::OnDemand);
    let sonnet = model("anthropic.claude-sonnet-4-5-20250929-v1:0");
    let through_us =
        sonnet.price(&Terms::new("us.anthropic.claude-sonnet-4-5-20250929-v1:0", TODAY)).expect("a price");
    assert_eq!(tokens(through_us), (decimal("3.3"), decimal("16.5")));
}

#[test]
fn every_fact_has_a_source_of_the_file_and_every_source_is_used() {
    let catalog = Catalog::embedded();
    let mut unused: HashSet<&str> = catalog.sources().map(|source| source.title.as_str()).collect();
    assert_eq!(unused.len(), catalog.sources().count(), "two sources have the same title");
    for model in catalog.models() {
        for price in &model.prices {
            unused.remove(price.source.as_str());
        }
        let limits = [&model.context_window, &model.output_limit].into_iter().flatten();
        for limit in limits.chain(&model.other_context_windows).chain(&model.other_output_limits) {
            unused.remove(limit.source.as_str());
        }
        unused.remove(model.profiles.as_ref().map_or("", |it| it.source.as_str()));
        unused.remove(model.launched.as_ref().map_or("", |it| it.source.as_str()));
        let dated =
            [model.features.source.as_ref(), model.lifecycle.as_ref().map(|lifecycle| &lifecycle.source)];
        for source in dated.into_iter().flatten() {
            unused.remove(source.rsplit_once(", read ").map_or(source.as_str(), |(title, _)| title));
        }
    }
    assert!(unused.is_empty(), "{unused:?}");
    assert!(catalog.sources().all(|source| source.read <= LAST_READ && source.url.is_some()));
}

#[test]
fn every_model_has_a_family_and_plain_words() {
    for model in Catalog::embedded().models() {
        let by_name = family::of_model(&model.id).map(family::Family::id);
        let told = (!WITHOUT_DIALECT.contains(&model.family.as_str())).then_some(model.family.as_str());
        assert_eq!(by_name, told, "{}: its id tells another family than the catalog", model.id);
        assert_eq!(model_id::bare(&model.id), model.id);
        for modality in model.modalities.input.iter().chain(&model.modalities.output) {
            assert!(
                ["text", "image", "video", "audio", "embedding"].contains(&modality.as_str()),
                "{}",
                model.id
            );
        }
        let sees = model.modalities.input.iter().any(|input| input == "image");
        if model.modalities.output == ["text"] && model.features.vision.is_some() {
            assert_eq!(model.features.vision, Some(sees), "{}: vision and input differ", model.id);
        }
    }
}

#[test]
fn no_name_means_two_models() {
    let mut owners: HashMap<String, &str> = HashMap::new();
    for model in Catalog::embedded().models() {
        for name in std::iter::once(&model.name).chain(&model.aliases) {
            let owner = owners.insert(name.to_lowercase(), &model.id);
            assert_eq!(owner, None, "`{name}` is {} too", model.id);
        }
    }
}
