//! `tutor record --batch DIR`: the plan as input of Bedrock's batch inference; nothing is sent.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::{Failure, terminal};
use crate::course::recorder::batch::{Batch, FEWEST};
use crate::course::recorder::{Estimate, Plan};
use tutor_catalog::Catalog;
use tutor_catalog::measure::money::usd;
use tutor_live::Unpriced;

#[derive(clap::Args)]
#[command(next_help_heading = "Batch inference")]
pub(super) struct BatchArguments {
    /// Write input for Bedrock's batch inference into this folder, and send nothing
    #[arg(long = "batch", value_name = "DIR", conflicts_with_all = ["practice", "accept", "verify", "migrate", "execute"])]
    folder: Option<PathBuf>,
}

impl BatchArguments {
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }
}

/// Writes the plan's jobs into `folder`, and prints the commands that run them.
pub(super) fn write(
    plan: &Plan,
    folder: &Path,
    region: Option<&str>,
    (catalog, today): (&Catalog, jiff::civil::Date),
) -> Result<(), Failure> {
    let batch = Batch::of(plan);
    for (name, why) in &batch.left_out {
        sayln!("  not in the batch: {name}: {why}");
    }
    if batch.jobs().next().is_none() {
        sayln!("There is nothing to ask in a batch.");
        return Ok(());
    }
    batch.write(folder).map_err(|error| {
        Failure::usage(format!("cannot write {}: {error}", folder.display()), "name a new folder")
    })?;
    for job in batch.jobs() {
        let few = if job.records < FEWEST {
            format!(
                "; Bedrock takes no job below a minimum of records, which varies by model ({FEWEST} or more): ask for \
                     more --samples, or record it without --batch"
            )
        } else {
            String::new()
        };
        sayln!("  {}: {} records for {}{few}", job.file, job.records, job.model_id);
    }
    let estimate = Estimate::of(plan, (catalog, today), Unpriced::Allow, &HashMap::new());
    let half = estimate.worst / rust_decimal::Decimal::TWO;
    sayln!("  up to {} at batch prices, half of the others", usd(half));
    terminal::print(&batch.commands(folder, region.unwrap_or("us-east-1")));
    sayln!("Nothing was sent. Put in your BUCKET and ROLE_ARN, and run these one after the other.");
    Ok(())
}
