//! What verbs say that ask Amazon Bedrock for a few answers: how to get there, and what it may cost.

use std::time::Duration;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Failure;
use super::record::{in_the_way, seed};
use tutor_catalog::Catalog;
use tutor_live::retry::Patience;
use tutor_live::sdk::Sdk;
use tutor_live::{Live, Settings};
use tutor_provider::bounded::Bounds;
use tutor_provider::ledger::Ledger;

#[derive(clap::Args)]
#[command(next_help_heading = "Amazon Bedrock, with --live")]
pub(super) struct BedrockArguments {
    /// The most this may cost, in USD
    #[arg(long, value_name = "USD", default_value = "0.05", requires = "live", value_parser = amount)]
    max_cost: Decimal,
    /// The AWS profile
    #[arg(long, value_name = "NAME", requires = "live")]
    profile: Option<String>,
    /// The AWS region
    #[arg(long, value_name = "REGION", requires = "live")]
    region: Option<String>,
    /// Another endpoint than Bedrock's own
    #[arg(long, value_name = "URL", requires = "live")]
    endpoint_url: Option<String>,
    /// How long one attempt at an answer may take
    #[arg(long, value_name = "SECONDS", default_value = "120", requires = "live", value_parser = clap::value_parser!(u64).range(1..=3600))]
    answer_timeout: u64,
    /// The largest answer that is taken, in MB
    #[arg(long, value_name = "MB", default_value = "32", requires = "live", value_parser = clap::value_parser!(u16).range(1..=1000))]
    max_answer: u16,
}

fn amount(text: &str) -> Result<Decimal, String> {
    text.parse()
        .ok()
        .filter(|amount: &Decimal| !amount.is_sign_negative())
        .ok_or_else(|| "give an amount in USD, such as 0.05".to_owned())
}

impl BedrockArguments {
    /// A way to Bedrock behind a ledger, and the ledger's cap in USD.
    pub(super) async fn connect(
        &self,
        catalog: &'static Catalog,
        today: Date,
    ) -> Result<(Live<Sdk>, Decimal), Failure> {
        let settings = Settings {
            profile: self.profile.clone(),
            region: self.region.clone(),
            endpoint_url: self.endpoint_url.clone(),
            timeout: Duration::from_secs(self.answer_timeout),
            bounds: Bounds::of_megabytes(self.max_answer.into()),
        };
        let connection = tutor_live::connect(&settings, catalog).await.map_err(|error| in_the_way(&error))?;
        let live = Live::new(connection.sdk, Ledger::new(self.max_cost), connection.region, catalog, today);
        Ok((live.patient(Patience { seed: seed(), ..Patience::default() }), self.max_cost))
    }
}
