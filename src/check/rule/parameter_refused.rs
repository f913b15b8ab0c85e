//! A call that sends what its model refuses.

use crate::check::{Finding, Level, Material, Rule};
use crate::course::reading::NamedCall;
use tutor_bedrock::found::Finding as Found;
use tutor_bedrock::{Json, Operation};
use tutor_catalog::rules::{self, Api, Words};

pub(in crate::check) static RULE: Rule = Rule {
    id: "parameter-refused",
    level: Level::Deny,
    explanation: "\
A call sends a parameter that its model refuses, although the model's family
takes it: newer Claude and GPT models refuse temperature and top_p, end no
conversation with the assistant's words, cannot be forced to use a tool, or
think in one way alone; older Claude models refuse the API version that newer
clients of Anthropic ask for: pin them with `anthropic<2`. Bedrock answers with
a ValidationException. Take the parameter out, or write what the finding names.
What is refused is known from AWS's samples and model cards and from litellm,
each with its day; where sources disagree nothing is said of the value that one
of them lets pass. A chapter that shows the error on purpose says so before the
fence:
  <!-- tutor: allow = [{ rule = \"parameter-refused\", reason = \"shown\" }] -->",
    check,
};

fn check(material: &Material<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (chapter, named, id) in material.with_model() {
        let Some((operation, body)) = sent(named) else { continue };
        // What breaks the schema is `request-refused`'s to tell.
        let breaks_schema =
            named.keyed().is_some_and(|(call, _)| tutor_schema::check(call, material.family(call)).is_err());
        if breaks_schema || material.is_taken(named) {
            continue;
        }
        let refused = match &named.found.finding {
            Found::Resolved(call) => rules::refused_of(call),
            _ => rules::refused(id, Api::of(operation), body),
        };
        for refused in refused {
            let said = match &refused.words {
                Words::Bedrocks(words) => format!("Bedrock says “{words}”"),
                Words::Ours(words) => words.clone(),
            };
            let message = format!("`{id}` refuses `{}`: {said}", refused.spelling);
            let note = refused.note.map(|note| format!("{note}; ")).unwrap_or_default();
            let source = format!("{}, read {}", refused.source, refused.as_of);
            let help = format!("leave it out, or send what the model takes ({note}{source})");
            let last = refused.spelling.rsplit('.').next().unwrap_or_default();
            let place = chapter.find_from(named.found.line, 40, last);
            let finding = Finding::new(place, message, help).in_fence(chapter.fence(named.found.fence));
            findings.push(finding.about(format!("{id} {}", refused.spelling)));
        }
    }
    findings
}

/// What is known of a request.
fn sent(named: &NamedCall) -> Option<(Operation, &Json)> {
    match &named.found.finding {
        Found::Resolved(call) => Some((call.operation, &call.body)),
        Found::Unresolved { known, .. } | Found::Uncalled { known } => {
            Some((known.operation, known.body.as_ref()?))
        }
        Found::Unread(_) => None,
    }
}
