//! `tutor compare`: one prompt to several models, side by side.

use std::path::PathBuf;

use clap::ValueEnum;
use jiff::civil::Date;

use super::bedrock::BedrockArguments;
use super::record::{now, runtime};
use super::{Exit, Failure, book, endpoint, local, terminal};
use crate::check::expect::Expected;
use crate::compare::{self, Comparison, Question};
use crate::course::preprocess::Today;
use tutor_bedrock::family::Prompt;
use tutor_catalog::Catalog;
use tutor_catalog::measure::{Weights, usd};
use tutor_provider::Provider as _;
use tutor_provider::ledger::Doubt;
use tutor_provider::practice::{Practice, Texts};
use tutor_recording::{Origin, OriginKind};

/// Send one prompt to several models, and compare their answers
///
/// Stand-ins answer unless --live is given. A score from 0 to 1 is made of quality (the share of --expect
/// that holds), speed and price, with weights that you can set.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The prompt
    prompt: String,
    /// The models, by id or name
    #[arg(long, value_name = "MODEL", required = true, num_args = 1.., value_delimiter = ',')]
    models: Vec<String>,
    /// Let tutor's stand-in models answer (the default)
    #[arg(long, conflicts_with = "live")]
    practice: bool,
    /// Let Amazon Bedrock answer, with your own AWS credentials
    #[arg(long)]
    live: bool,
    /// Let a model on this machine answer in every dialect (see [preprocessor.tutor.local])
    #[arg(long, conflicts_with_all = ["practice", "live"])]
    local: bool,
    /// How often each model is asked
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=20))]
    samples: u8,
    /// The most tokens of an answer
    #[arg(long, value_name = "N", default_value = "300", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    max_tokens: u64,
    /// What an answer must fulfil, as in a chapter: 'contains = "28"'; may be given several times
    #[arg(long, value_name = "EXPECTATION")]
    expect: Vec<String>,
    /// How much each part of the score counts
    #[arg(long, value_name = "WEIGHTS", default_value = "quality=2,speed=1,price=1", value_parser = Weights::parse)]
    weights: Weights,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Write it as a page, too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The book whose texts the stand-ins know
    #[arg(long, value_name = "DIR", default_value = ".")]
    book: PathBuf,
    /// The day the prices are for, instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    #[command(flatten)]
    bedrock: BedrockArguments,
}

const EXAMPLES: &str = "\
Examples:
  tutor compare 'Why is the sea salty?' --models amazon.nova-lite-v1:0 amazon.nova-pro-v1:0
      Stand-ins answer, without an account.
  tutor compare 'Name three ferries.' --models amazon.nova-lite-v1:0 amazon.nova-pro-v1:0 \\
      --expect 'max-words = 30' --samples 3 --live --max-cost 0.02
      Amazon Bedrock answers; the run ends before it could cost more than 2 cents.";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table, for people
    Human,
    /// One JSON document
    Json,
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        let today = Today::or_environment(self.today)
            .map_err(|message| Failure::usage(message, "unset SOURCE_DATE_EPOCH"))?;
        let catalog = book::catalog(&self.book)?;
        let models =
            self.models.iter().map(|word| id_of(word, catalog, self.live)).collect::<Result<Vec<_>, _>>()?;
        let expect = self.expect.iter().map(|text| Expected::parse(text)).collect::<Result<Vec<_>, _>>();
        let expect = expect.map_err(|error| {
            Failure::usage(error, "the guide lists all kinds under `What you expect of an answer`")
        })?;
        let question = Question {
            prompt: Prompt { max_tokens: Some(self.max_tokens), ..Prompt::of(self.prompt.as_str()) },
            models: &models,
            samples: self.samples.into(),
            expect: &expect,
            weights: self.weights,
            origin: match (self.live, self.local) {
                (true, _) => OriginKind::Bedrock,
                (_, true) => OriginKind::Local,
                _ => OriginKind::Practice,
            },
            catalog,
            today,
        };
        let comparison = match question.origin {
            OriginKind::Bedrock => self.ask_bedrock(&question)?,
            OriginKind::Local => self.ask_local(&question)?,
            _ => self.practise(&question)?,
        };
        match self.format {
            Format::Human => terminal::print(&compare::human(&comparison)),
            Format::Json => terminal::print_json(&compare::json(&comparison)),
        }
        if let Some(file) = &self.html {
            std::fs::write(file, compare::page(&comparison)).map_err(|error| {
                Failure::usage(
                    format!("{} cannot be written: {error}", file.display()),
                    "choose another file",
                )
            })?;
            sayln!("Written: {}", file.display());
        }
        if comparison.is_over_budget {
            sayln!("Not everybody was asked: allow more with --max-cost USD.");
            return Ok(Exit::Budget);
        }
        if comparison.is_doubted {
            return Ok(Exit::Provider);
        }
        let any = comparison.models.iter().any(|model| model.result.is_ok());
        Ok(if any { Exit::Good } else { Exit::Provider })
    }

    fn practise(&self, question: &Question<'_>) -> Result<Comparison, Failure> {
        let texts = endpoint::open_book(&self.book)?.map_or_else(Texts::default, |(_, texts)| texts);
        Ok(runtime()?.block_on(compare::ask(
            question,
            &Practice::new(texts).with_catalog(question.catalog),
            |_| {},
        )))
    }

    fn ask_local(&self, question: &Question<'_>) -> Result<Comparison, Failure> {
        let settings = endpoint::local_settings(&self.book)?;
        runtime()?.block_on(async {
            let local = local::connect(&settings, question.catalog).await?;
            let comparison = compare::ask(question, &local, |_| {}).await;
            let mut speakers: Vec<String> = Vec::new();
            for id in question.models {
                let call = compare::request(&question.prompt, id, question.catalog);
                let speaker = call.ok().and_then(|call| local.speaker(&call).ok());
                speakers.extend(speaker.map(|speaker| speaker.in_words()));
            }
            speakers.dedup();
            Ok(Comparison { speakers, ..comparison })
        })
    }

    fn ask_bedrock(&self, question: &Question<'_>) -> Result<Comparison, Failure> {
        let claimed = Origin::bedrock(now(self.today)?, "", tutor_live::sdk::NAME);
        runtime()?.block_on(async {
            let (bedrock, cap) = self.bedrock.connect(question.catalog, question.today).await?;
            let told = |compare::Answered { model_id, cost, doubt }: compare::Answered<'_>| {
                let cost = cost.map_or_else(|| "unpriced".to_owned(), usd);
                let spent = usd(bedrock.ledger().balance().spent);
                sayln!("{model_id}: {cost}; {spent} of {} spent", usd(cap));
                if let Some(doubt) = doubt {
                    sayln!("{model_id} is doubted: {doubt}\n  help: {}", Doubt::HELP);
                }
            };
            let comparison = compare::ask(question, &bedrock, told).await;
            sayln!("{}", bedrock.ledger().in_words());
            // The way may have led to a stand-in, such as `tutor endpoint`.
            Ok(Comparison { origin: bedrock.true_origin(&claimed).kind, ..comparison })
        })
    }
}

/// The id behind a word: an id as it is, or the model of this name. Stand-ins speak for any model of a known
/// family, so an id that nobody has heard of is a slip of the pen; Bedrock may know models that are newer than
/// the catalog.
fn id_of(word: &str, catalog: &Catalog, is_live: bool) -> Result<String, Failure> {
    if catalog.model(word).is_some() || is_live && catalog.family(word).is_some() {
        return Ok(word.to_owned());
    }
    let known = catalog.named(word).map(|model| model.id.clone());
    // A name is no id, and an ARN names no model that one could mistype.
    let is_new = || catalog.family(word).is_some() && catalog.nearest(word).is_none();
    known.or_else(|| is_new().then(|| word.to_owned())).ok_or_else(|| {
        let help = match catalog.nearest(word) {
            Some(id) => format!("did you mean `{id}`?"),
            None => "list all models: tutor catalog list".to_owned(),
        };
        Failure::usage(format!("no model is called `{word}`"), help)
    })
}
