//! A catalog that nobody has looked after.

use crate::check::{Finding, Level, Material, Place, Rule};

pub(in crate::check) static RULE: Rule = Rule {
    id: "catalog-old",
    level: Level::Warn,
    explanation: "\
The newest source of the catalog was read more than `catalog-max-age-days` ago
(120 where book.toml does not say). Prices and dates change; what this check
says about models may be out of date. Update tutor, or give newer facts in a
catalog file of your own.",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let limit = i64::from(material.course.config.check.catalog_max_age_days);
    let Some(newest) = material.catalog().sources().map(|source| source.read).max() else {
        return Vec::new();
    };
    let age = super::days_between(newest, material.today());
    if age <= limit {
        return Vec::new();
    }
    let message = format!("the catalog was last read from its sources {age} days ago, on {newest}");
    let help = "update tutor, or name newer facts as `catalog` in [preprocessor.tutor.check]";
    vec![Finding::new(Place::file("book.toml"), message, help)]
}
