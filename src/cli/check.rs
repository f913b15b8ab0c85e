//! `tutor check`: what in the course is no longer true.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use jiff::civil::Date;

use super::build::RawArguments;
use super::{Exit, Failure, build, terminal};
use crate::check::baseline::Baseline;
use crate::check::fix::Plan;
use crate::check::report::{FORMATS, Setting};
use crate::check::{self, Level, Material, RULES, Verdict, rules};
use crate::config::Config;
use crate::course::{advice, unusable};
use crate::models;
use crate::problem::plural;

/// Say what in the course is no longer true: recordings, expectations, models, prices
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(super) struct Arguments {
    /// The folder with book.toml
    #[arg(default_value = ".")]
    book: PathBuf,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// The day that decides what is old or retired, instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    /// Mend what is mechanical: typed prices and limits, orphans; shows a diff and asks
    #[arg(long)]
    fix: bool,
    /// With --fix: do not ask
    #[arg(long, requires = "fix")]
    yes: bool,
    /// Leave out the findings that this file holds, which --write-baseline has written
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write today's findings into the file of --baseline: from then on only new ones count
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Say what a rule looks for and what to do about it
    #[arg(long, value_name = "RULE", conflicts_with_all = ["fix", "rules"])]
    explain: Option<String>,
    /// List all rules with their levels
    #[arg(long, conflicts_with = "fix")]
    rules: bool,
    #[command(flatten)]
    raw: RawArguments,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// With excerpts, for people
    Human,
    /// One JSON document
    Json,
    /// Annotations for GitHub Actions
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit's XML, for CI systems
    Junit,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
            Format::Github => "github",
            Format::Sarif => "sarif",
            Format::Junit => "junit",
        }
    }
}

impl Arguments {
    pub(super) fn execute(&self) -> Result<Exit, Failure> {
        if self.rules {
            return Ok(list_rules());
        }
        if let Some(id) = &self.explain {
            return explain(id);
        }
        std::thread::spawn(|| check::warm_up(models::own()));
        let book = build::load(&self.book)?;
        let course = build::open_course(&book, self.today)?;
        let handed = self.raw.handed(&book)?;
        drop(book);
        let chapters = check::chapters(&course, &handed);
        let mut verdict = check::judge(&Material::new(&course, &chapters));
        if let Some(file) = &self.baseline {
            if self.write_baseline {
                return write_baseline(file, &verdict);
            }
            forgive(file, &mut verdict)?;
        }
        let setting = Setting { root: &course.config.root, from_here: &self.book, today: course.today };
        if let Some((_, write)) = FORMATS.iter().find(|(name, _)| *name == self.format.name()) {
            let text = write(&verdict, setting);
            match self.format {
                Format::Json | Format::Sarif => terminal::print_json(&text),
                Format::Human => terminal::print_with_looks(&text),
                Format::Github | Format::Junit => terminal::print(&text),
            }
        }
        if self.fix {
            self.mend(&verdict, &course.config)?;
        }
        let exit = if verdict.fails() { Exit::Material } else { Exit::Good };
        // The process ends here; taking all of it apart first is time nobody gains from.
        std::mem::forget((course, chapters, verdict));
        Ok(exit)
    }

    /// Shows what would be mended, and mends it if that is wanted.
    fn mend(&self, verdict: &Verdict, config: &Config) -> Result<(), Failure> {
        let plan = Plan::of(verdict, &config.root);
        if plan.is_empty() {
            sayln!("Nothing here can be mended without judgement.");
            return Ok(());
        }
        say!("{}", plan.diff());
        if !self.yes && !wanted() {
            sayln!("Nothing was changed: run with --fix --yes to change it without a question.");
            return Ok(());
        }
        plan.apply(config).map_err(|error| Failure::new(Exit::Usage, unusable(config, &error)))?;
        sayln!("Changed {}, removed {}.", plan.edits.len(), plan.removals.len());
        if !plan.removals.is_empty() {
            sayln!("To bring back what was removed: tutor review --undo{}", advice::book(config));
        }
        Ok(())
    }
}

fn write_baseline(file: &Path, verdict: &Verdict) -> Result<Exit, Failure> {
    let baseline = Baseline::of(verdict);
    std::fs::write(file, baseline.text()).map_err(|error| {
        Failure::usage(format!("{} cannot be written: {error}", file.display()), "choose another file")
    })?;
    sayln!("Written: {} with {}.", file.display(), plural(baseline.count(), "finding"));
    Ok(Exit::Good)
}

fn forgive(file: &Path, verdict: &mut Verdict) -> Result<(), Failure> {
    let baseline = Baseline::read(file).map_err(|error| {
        let help = format!("write it with: tutor check --baseline {} --write-baseline", file.display());
        Failure::usage(format!("{} cannot be used: {error}", file.display()), help)
    })?;
    let gone = baseline.forgive(verdict);
    if verdict.known > 0 {
        sayln!("{} of {} left out.", plural(verdict.known, "finding"), file.display());
    }
    if gone > 0 {
        sayln!("{} of it are gone: write it again with --write-baseline.", plural(gone, "finding"));
    }
    Ok(())
}

/// Asks whether to go on. Where nobody can answer, no.
fn wanted() -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    say!("Apply? [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

fn list_rules() -> Exit {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    for level in [Level::Deny, Level::Warn, Level::Note] {
        for rule in RULES.iter().filter(|rule| rule.level == level) {
            terminal::print(&format!("{:width$}  {level}\n", rule.id));
        }
    }
    Exit::Good
}

fn explain(id: &str) -> Result<Exit, Failure> {
    let Some(rule) = rules::by_id(id) else {
        let help = match rules::nearest(id) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "list them: tutor check --rules".to_owned(),
        };
        return Err(Failure::usage(format!("there is no rule `{id}`"), help));
    };
    terminal::print(&format!(
        "{} ({} where book.toml does not say)\n\n{}\n",
        rule.id, rule.level, rule.explanation
    ));
    Ok(Exit::Good)
}
