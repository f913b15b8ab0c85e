//! Followers and steps as plain tables, and a value as words.

use super::text::{head, inline, row};
use crate::render::followed;
use crate::render::view::{FollowersView, StepsView, ValueView};
use crate::render::words;

/// Who follows whom.
pub(crate) fn followers(view: &FollowersView<'_>) -> String {
    let mut out = head(&["Model", "AWS names", "Does that live?"]);
    for chain in &view.chains {
        let Some((first, rest)) = chain.split_first() else { continue };
        let name = inline(&format!("{}, {}", first.model.name, followed::standing(first)));
        if rest.is_empty() {
            out.push_str(&row(&[name.clone(), words::successor(first), "–".to_owned()]));
        }
        for next in rest {
            out.push_str(&row(&[name.clone(), inline(&next.model.name), inline(&followed::standing(next))]));
        }
    }
    let sources = followed::lifecycle_sources(view.chains.iter().flatten());
    if sources.is_empty() { out } else { format!("{out}\nSources: {}.\n", inline(&sources.join("; "))) }
}

/// A pipeline step by step.
pub(crate) fn steps(view: &StepsView) -> String {
    let mut out = head(&["Step", "Model", words::TOKENS, "Latency", "Cost"]);
    for step in followed::steps(&view.rows) {
        let mut cells = vec![inline(&step.name), inline(&step.model)];
        cells.extend(step.cells.iter().map(|cell| inline(&cell.in_words())));
        out.push_str(&row(&cells));
    }
    out
}

/// A figure, with its origin where that is no live answer and no catalog.
pub(crate) fn value(view: &ValueView) -> String {
    inline(&view.text)
}
