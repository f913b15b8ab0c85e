//! `{{#tutor followers}}`: who follows whom by AWS's word.

use super::tables::begin;
use super::writer::Writer;
use crate::render::followed;
use crate::render::view::FollowersView;
use crate::render::words;

/// The table of followers.
pub(crate) fn followers(view: &FollowersView<'_>) -> String {
    let mut writer = Writer::root("div", "tt-followers", &[("role", "group"), ("aria-label", "Followers")]);
    begin(&mut writer, "Followers", "tt-table", &["Model", "AWS names", "Does that live?"]);
    for chain in &view.chains {
        let Some((first, rest)) = chain.split_first() else { continue };
        let rows = rest.len().max(1).to_string();
        writer.open("tr", &[]).open("th", &[("scope", "rowgroup"), ("rowspan", &rows)]);
        writer.leaf("strong", &[("class", "tt-model")], &first.model.name);
        writer.open("small", &[]).dated(&followed::standing(first)).close().close();
        if rest.is_empty() {
            writer.leaf("td", &[("colspan", "2")], &words::successor(first)).close();
        }
        for (index, next) in rest.iter().enumerate() {
            if index > 0 {
                writer.open("tr", &[]);
            }
            let name =
                if index > 0 { format!("after it, {}", next.model.name) } else { next.model.name.clone() };
            writer.leaf("td", &[], &name).open("td", &[]).dated(&followed::standing(next)).close().close();
        }
    }
    writer.close().close().close();
    let sources = followed::lifecycle_sources(view.chains.iter().flatten());
    if !sources.is_empty() {
        writer
            .open("p", &[("class", "tt-small")])
            .dated(&format!("Sources: {}.", sources.join("; ")))
            .close();
    }
    writer.finish()
}
