//! A call to a model that nobody knows.

use crate::check::{Finding, Level, Material, Rule};
use tutor_bedrock::model_id;

pub(in crate::check) static RULE: Rule = Rule {
    id: "model-unknown",
    level: Level::Warn,
    explanation: "\
A call names a model that the catalog does not have: a slip of the fingers, or a
model newer than this tutor. Without the catalog nothing is known of its price,
limits or end of life. Add it in a catalog file of your own:
    [preprocessor.tutor.check]
    catalog = \"catalog.toml\"",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let unknown = material.with_model().filter(|(_, _, id)| {
        // Application profiles, provisioned and imported models are an account's own.
        !model_id::bare(id).starts_with("arn:") && material.catalog().model(id).is_none()
    });
    unknown
        .map(|(chapter, named, id)| {
            let help = match material.catalog().nearest(model_id::bare(id)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "use an id as AWS writes it, or add the model to a catalog file".to_owned(),
            };
            let place = chapter.find_from(named.found.line, 12, id);
            Finding::new(place, format!("the catalog has no model `{id}`"), help)
                .in_fence(chapter.fence(named.found.fence))
                .about(id)
        })
        .collect()
}
