use jiff::civil::date;
use serde_json::{Value, json};

use super::write::Quoted;
use super::*;
use crate::Catalog;

const TODAY: Date = date(2026, 11, 27);

/// A catalog of one model with a hand-checked price and one of an older table.
fn catalog() -> Catalog {
    Catalog::parse(
        "[source.checked]\ntitle = \"a price page\"\nread = 2026-11-01\n\
         [source.older]\ntitle = \"litellm, older\"\nread = 2026-11-02\n\
         [model.\"maker.one-v1:0\"]\nname = \"One\"\nprovider = \"Maker\"\nfamily = \"nova\"\ninput = [\"text\"]\n\
         output = [\"text\"]\naccess = \"on-demand\"\ncontext-window = { tokens = 8000, source = \"checked\" }\n\
         price = [\n  { input = \"1\", output = \"2\", source = \"checked\" },\n  \
         { profile = \"eu\", input = \"1.1\", output = \"2.2\", source = \"older\" },\n]\n",
    )
    .expect("a catalog")
}

fn row(input: f64, output: f64) -> Value {
    json!({"litellm_provider": "bedrock_converse", "mode": "chat", "max_input_tokens": 8000,
        "input_cost_per_token": input, "output_cost_per_token": output})
}

fn table(json: &Value) -> Table {
    read(json.to_string().as_bytes(), "a file", TODAY).expect("a table")
}

fn said(json: &Value) -> String {
    let table = table(json);
    changes(&catalog(), &table).iter().map(|changed| changed.in_words("T")).collect()
}

#[test]
fn what_is_the_same_is_no_change() {
    let same = json!({"maker.one-v1:0": row(1e-6, 2e-6), "eu.maker.one-v1:0": row(1.1e-6, 2.2e-6),
        "us.maker.one-v1:0": row(1e-6, 2e-6), "gpt-4": {"litellm_provider": "openai", "input_cost_per_token": 9}});
    assert_eq!(said(&same), "");
}

#[test]
fn planted_changes_are_told_one_by_one() {
    let mut changed = row(1e-6, 3e-6);
    changed["cache_read_input_token_cost"] = json!(1e-7);
    changed["input_cost_per_token_flex"] = json!(5e-7);
    changed["deprecation_date"] = json!("2027-03-30");
    changed["max_input_tokens"] = json!(16000);
    let planted = json!({
        "maker.one-v1:0": changed, "eu.maker.one-v1:0": row(1.2e-6, 2.2e-6),
        "bedrock/ap-south-1/maker.one-v1:0": row(1.5e-6, 3e-6), "maker.two": row(4e-6, 5e-6),
    });
    insta::assert_snapshot!(said(&planted), @r"
    ~ maker.one-v1:0: out $2.00 (a price page) → $3.00 (T)
    + maker.one-v1:0: cache read $0.10 (T)
    + maker.one-v1:0: flex in $0.50 (T)
    ~ maker.one-v1:0: in for eu. profiles $1.10 (litellm, older) → $1.20 (T)
    + maker.one-v1:0: in for ap-south-1 $1.50 (T)
    + maker.one-v1:0: out for ap-south-1 $3.00 (T)
    ~ maker.one-v1:0: context window 8,000 → 16,000 tokens (T)
    + maker.one-v1:0: end of life 2027-03-30 (T)
    + maker.two is new (1 prices; T)
    ");
}

#[test]
fn a_checked_figure_stays_first_and_an_older_table_gives_way() {
    let table = table(&json!({"maker.one-v1:0": row(1e-6, 3e-6), "eu.maker.one-v1:0": row(1.2e-6, 2.2e-6)}));
    let catalog = catalog();
    let models = applied(&catalog, &changes(&catalog, &table), &table);
    let mut quoted = Quoted::of(&catalog);
    let text: String = models.iter().map(|model| write::model(model, &mut quoted)).collect();
    let text = quoted.tables(&text) + &text;
    let again = Catalog::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let model = again.model("maker.one-v1:0").expect("the model");
    assert!(model.price_disputed, "both figures stand");
    assert_eq!(model.prices[0].rates.output, Some(Decimal::TWO), "the checked one counts");
    assert_eq!(model.prices[0].source, "a price page");
    assert_eq!(model.prices[2].rates.output, Some(Decimal::from(3)));
    assert_eq!((model.prices[1].source.as_str(), model.prices[1].as_of), ("litellm, a file", TODAY));
    assert_eq!(model.prices[1].rates.input, Some("1.2".parse().unwrap()));
    assert_eq!(changes(&again, &table), [], "what was heard is no news");
}

#[test]
fn every_model_is_written_as_it_is_read() {
    let catalog = Catalog::embedded();
    let mut quoted = Quoted::of(catalog);
    let text: String = catalog.models().map(|model| write::model(model, &mut quoted)).collect();
    let text = quoted.tables(&text) + &text;
    let again = Catalog::parse(&text).unwrap_or_else(|error| panic!("{error}"));
    for (one, other) in catalog.models().zip(again.models()) {
        assert_eq!(one, other);
    }
}

#[test]
fn genai_prices_and_aws_lists_are_read_too() {
    let genai = json!([{"id": "aws", "models": [
        {"id": "global.maker.one-v1:0", "context_window": 8000, "prices": {"input_mtok": 1, "output_mtok": 2}},
        {"id": "regional.maker.one-v1:0", "prices": [
            {"prices": {"input_mtok": 3}},
            {"constraint": {"start_date": "2026-08-21"}, "prices": {"input_mtok": {"base": 1.1, "tiers": [{"start": 272_000, "price": 2.2}]}}},
        ]},
    ]}]);
    let read = table(&genai);
    let said = &read.models["maker.one-v1:0"];
    assert_eq!(said.prices.len(), 3);
    assert_eq!(said.prices[2].from, Some(date(2026, 8, 21)));
    assert_eq!(said.prices[2].long_context.map(|long| long.above), Some(272_000));

    let aws = json!({"offerCode": "AmazonBedrock", "publicationDate": "2026-11-20T00:00:00Z",
    "products": {
        "A": {"attributes": {"model": "Nova Lite", "inferenceType": "Input tokens", "usagetype": "USE1-NovaLite-input-tokens", "regionCode": "us-east-1"}},
        "B": {"attributes": {"model": "Nova Lite", "inferenceType": "Output tokens", "usagetype": "EUC1-NovaLite-output-tokens-batch", "regionCode": "eu-central-1"}},
        "C": {"attributes": {"model": "Nobody", "inferenceType": "Input tokens", "usagetype": "USE1-x"}},
    },
    "terms": {"OnDemand": {
        "A": {"t": {"priceDimensions": {"r": {"unit": "1K tokens", "pricePerUnit": {"USD": "0.0000600000"}}}}},
        "B": {"t": {"priceDimensions": {"r": {"unit": "1K tokens", "pricePerUnit": {"USD": "0.00015"}}}}},
    }}});
    let read = table(&aws);
    let said = &read.models["amazon.nova-lite-v1:0"];
    assert_eq!(said.prices[0].rates.input, Some("0.06".parse().unwrap()));
    assert_eq!(said.prices[1].region.as_deref(), Some("eu-central-1"));
    assert_eq!(said.prices[1].tiers[0].rates.output, Some("0.15".parse().unwrap()));
    assert_eq!(read.ignored, ["\"Nobody\" is no name the catalog knows"]);
    assert_eq!(read.title, "AWS price list of 2026-11-20, a file");
}

#[test]
fn broken_and_hostile_tables_are_refused_or_left_out() {
    let refused = |text: &str| read(text.as_bytes(), "x", TODAY).expect_err("refused").to_string();
    assert!(refused("").contains("no JSON"));
    assert!(refused(&"[".repeat(100_000)).contains("no JSON"), "no stack overflows");
    assert!(refused("{\"a\": 1}").contains("neither"));
    assert!(refused("{\"gpt\": {\"litellm_provider\": \"openai\"}}").contains("nothing of models"));
    let hostile = json!({
        "maker.one-v1:0": {"litellm_provider": "bedrock", "input_cost_per_token": -1.0, "output_cost_per_token": 1e300,
            "max_input_tokens": 99_999_999_999_u64, "deprecation_date": "tomorrow"},
        "maker.x\"]\n[source.evil]": row(1e-6, 1e-6), "../../etc": row(1e-6, 1e-6), "Maker.Big": row(1.0, 1.0),
        "bedrock/us-east-1; rm/maker.one-v1:0": row(9e-6, 9e-6), "maker.dear": row(1.0, 1.0),
    });
    let read = table(&hostile);
    assert_eq!(read.ignored.len(), 2, "{:?}", read.ignored);
    let changed = changes(&catalog(), &read);
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert_eq!(changed[0].id, "maker.dear");
    let Change::New(said) = &changed[0].changes[0] else { panic!("new") };
    assert!(said.prices.is_empty(), "a million dollars a million tokens is no price");
}
