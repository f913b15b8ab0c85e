//! A price that is another region's or profile's than the one the chapter's code pays.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::check::claim::{Claim, Judgement, What, is_figure_of, judge};
use crate::check::model_ids::is_code;
use crate::check::{Chapter, Finding, Level, Material, Rule};
use tutor_bedrock::model_id;
use tutor_catalog::measure::usd_exact;
use tutor_catalog::{Model, Price, Terms};

pub(in crate::check) static RULE: Rule = Rule {
    id: "price-region",
    level: Level::Warn,
    explanation: "\
A price is right, but not for what the chapter's code sends: newer models cost a
tenth more through `us.`, `eu.` and the like than through `global.`, and many
models cost more in other regions than in us-east-1. Write the price of the
profile and region that the code uses, or say which one the figure is for.
Nothing is said where the code uses several profiles, or where the words around
the figure name a region or a profile.
  <!-- tutor: allow = [{ rule = \"price-region\", reason = \"said later\" }] -->",
    check,
};

static REGION: LazyLock<Regex> = LazyLock::new(|| {
    let region = r"((?:us|eu|ap|ca|sa|af|me|il|mx)(?:-gov)?-[a-z]+-[1-9])";
    let pattern = format!(
        r#"(?:region_name|region|AWS_REGION|AWS_DEFAULT_REGION)["']?\s*[=:]\s*["']?{region}\b|--region[ =]{region}\b|bedrock-(?:runtime|mantle)\.{region}\."#
    );
    Regex::new(&pattern).expect("a constant pattern")
});

/// What the chapter's code pays for a model.
struct Paid<'a> {
    /// The id it sends.
    id: &'a str,
    /// The region it sends to, if it names one.
    region: Option<String>,
    price: &'a Price,
}

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for chapter in material.chapters {
        for claim in &chapter.claims {
            let ([model], What::Price { .. }) = (claim.models.as_slice(), &claim.what) else { continue };
            let Some(paid) = paid(material, chapter, model) else { continue };
            // What is right nowhere near us-east-1 is `price-wrong`'s to tell.
            let stands = judge(claim, material.today()) == Judgement::Stands;
            if !stands || is_figure_of(claim, paid.price) || says_where(chapter, claim) {
                continue;
            }
            let current =
                model.prices.iter().filter(|price| price.from.is_none_or(|from| from <= material.today()));
            let mut others = current.filter(|price| {
                (&price.profile, &price.region) != (&paid.price.profile, &paid.price.region)
                    && is_figure_of(claim, price)
            });
            if let Some(other) = others.next() {
                findings.push(found(chapter, claim, &paid, other));
            }
        }
    }
    findings
}

/// Whether a price is what the chapter's code pays, though it is not us-east-1's.
pub(super) fn is_paid(material: &Material<'_>, chapter: &Chapter, claim: &Claim) -> bool {
    let [model] = claim.models.as_slice() else { return false };
    paid(material, chapter, model).is_some_and(|paid| is_figure_of(claim, paid.price))
}

fn paid<'a>(material: &'a Material<'_>, chapter: &Chapter, model: &'a Model) -> Option<Paid<'a>> {
    let sent = material.model_ids.iter().filter(|id| {
        id.model.id == model.id && id.fence_id().is_some_and(|fence| fence.chapter == chapter.index)
    });
    let sent: BTreeSet<&str> = sent.map(|id| id.written.as_str()).collect();
    let geographies: BTreeSet<Option<&str>> = sent.iter().map(|id| model_id::geography(id)).collect();
    let id = sent.first().copied().filter(|_| geographies.len() == 1)?;
    let region = region(chapter);
    let terms = Terms::new(id, material.today()).in_region(region.as_deref());
    let price = model.price(&terms)?;
    Some(Paid { id, region, price })
}

/// The only region that the chapter's code names.
fn region(chapter: &Chapter) -> Option<String> {
    let code = chapter.read.chapter.fences.iter().filter(|fence| is_code(fence));
    let regions: BTreeSet<String> = code
        .flat_map(|fence| REGION.captures_iter(&chapter.text[fence.range.clone()]))
        .filter_map(|found| found.iter().skip(1).flatten().next().map(|it| it.as_str().to_owned()))
        .collect();
    if regions.len() == 1 { regions.into_iter().next() } else { None }
}

/// Whether the words around a figure say where it holds.
fn says_where(chapter: &Chapter, claim: &Claim) -> bool {
    let line = chapter.line_of(claim.range.start);
    let from = chapter.line_range(line.saturating_sub(12).max(1)).start;
    let to = chapter.line_range(line).end;
    let around = chapter.text.get(from..to).unwrap_or_default().to_lowercase();
    let here = around.rsplit("\n\n").next().unwrap_or_default();
    let before = around.rsplit("\n\n").nth(1).filter(|it| !it.contains("```")).unwrap_or_default();
    ["global", "profile", "region", "us-east-1", "us-west-2", "virginia", "geograph", "in-region"]
        .iter()
        .any(|word| here.contains(word) || before.contains(word))
}

fn found(chapter: &Chapter, claim: &Claim, paid: &Paid<'_>, other: &Price) -> Finding {
    let of = |price: &Price| match price.scope() {
        scope if scope.is_empty() => "the bare id and the global profile in us-east-1".to_owned(),
        scope => scope,
    };
    let wanted = match &claim.what {
        What::Price { direction: crate::check::claim::Direction::Input, .. } => paid.price.rates.input,
        _ => paid.price.rates.output,
    };
    let wanted = wanted.map(usd_exact).unwrap_or_default();
    let place = paid.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
    let message = format!(
        "“{}” is the price of {} for {}; the code sends `{}`{place}, which costs {wanted} per 1M tokens",
        claim.written,
        claim.subject,
        of(other),
        paid.id
    );
    let help = format!(
        "write that price, or say which one it is ({}, read {})",
        paid.price.source, paid.price.as_of
    );
    let finding = Finding::new(chapter.at(&claim.range), message, help);
    match claim.fence {
        Some(fence) => finding.in_fence(chapter.fence(fence)),
        None => finding,
    }
}
