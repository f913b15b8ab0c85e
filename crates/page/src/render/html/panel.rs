//! One call's panel, and the table of several.

use super::answer;
use super::icons;
use super::prose::{self, scroller};
use super::writer::Writer;
use crate::render::preview::preview;
use crate::render::view::{
    LifecycleNote, MissingView, ModelLine, Origin, PanelBody, PanelView, RecordedView, Show, State,
};
use crate::render::words;
use tutor_catalog::measure::Summary;

/// Writes one panel.
pub(crate) fn panel(view: &PanelView) -> String {
    let mut writer = root(view, "div");
    head(&mut writer, view);
    match &view.body {
        PanelBody::Missing(missing) => self::missing(&mut writer, missing),
        PanelBody::Recorded(recorded) => {
            content(&mut writer, recorded);
            figures(&mut writer, recorded);
            small_print(&mut writer, view, recorded);
        }
    }
    writer.finish()
}

fn root(view: &PanelView, tag: &'static str) -> Writer {
    let label = format!("Answer: {}", view.model.name);
    Writer::root(
        tag,
        "tutor-panel",
        &[
            ("data-state", view.state().name()),
            ("data-key", &view.key),
            ("role", "group"),
            ("aria-label", &label),
        ],
    )
}

fn origin(view: &PanelView) -> Option<Origin> {
    match &view.body {
        PanelBody::Recorded(recorded) => Some(recorded.origin),
        PanelBody::Missing(_) => None,
    }
}

/// Model, maker, state.
fn head(writer: &mut Writer, view: &PanelView) {
    writer.open("div", &[("class", "tt-head")]);
    model(writer, &view.model);
    if view.times > 1 {
        writer.leaf("span", &[("class", "tt-dim")], &format!("×{}", view.times));
    }
    tag(writer, view.state(), origin(view));
    writer.close();
    if let Some(note) = &view.model.lifecycle {
        writer.open("p", &[("class", "tt-life")]);
        if matches!(note, LifecycleNote::Retired { .. }) {
            writer.own(icons::RETIRED);
        }
        writer.dated(&words::lifecycle(note)).close();
    }
}

/// A model's mark, name and maker.
pub(super) fn model(writer: &mut Writer, model: &ModelLine) {
    writer.open("strong", &[("class", "tt-model")]).own(icons::mark(model.provider.as_deref()));
    writer.text(&model.name).close();
    if let Some(provider) = &model.provider {
        writer.text(" ").leaf("span", &[("class", "tt-dim")], provider);
    }
}

/// The word for a state, with its icon.
pub(super) fn tag(writer: &mut Writer, state: State, origin: Option<Origin>) {
    writer.open("span", &[("class", "tt-tag"), ("data-state", state.name())]).own(icons::state(state));
    writer.text(words::state_word(state, origin)).close();
}

fn missing(writer: &mut Writer, missing: &MissingView) {
    writer.open("div", &[("class", "tt-answer")]).open("p", &[]).sentence(&missing.reason).close();
    if let Some(command) = &missing.command {
        prose::command(writer, command);
    }
    writer.close();
}

/// The answer and the other samples.
fn content(writer: &mut Writer, recorded: &RecordedView) {
    match &recorded.show {
        Show::None => return,
        Show::Json(body) => {
            writer.open("div", &[("class", "tt-answer")]);
            answer::json(writer, body, &recorded.file);
        }
        Show::Text => {
            writer.open("div", &[("class", "tt-answer")]);
            answer::outcome(writer, &recorded.outcome, &recorded.file);
        }
    }
    for (index, sample) in recorded.other_samples.iter().enumerate() {
        let label = words::sample(index + 1, recorded.samples());
        writer.open("details", &[("class", "tt-sample")]).leaf("summary", &[], &label);
        answer::outcome(writer, sample, &recorded.file);
        writer.close();
    }
    writer.close();
}

/// The line of figures.
fn figures(writer: &mut Writer, recorded: &RecordedView) {
    writer.open("dl", &[("class", "tt-facts")]);
    for figure in words::figures(&recorded.figures, recorded.origin, recorded.stop_reason.as_deref()) {
        writer.open("div", &[]).leaf("dt", &[], &figure.label).open("dd", &[]).text(&figure.value);
        if let Some(note) = &figure.note {
            writer.text(" ").open("small", &[]).dated(note).close();
        }
        writer.close().close();
    }
    writer.close();
    if let (Some(first), Some(latency)) = (&recorded.figures.first_token, &recorded.figures.latency) {
        stream(writer, first, latency, recorded.origin);
    }
}

/// The time line of a stream: waiting, then writing.
fn stream(writer: &mut Writer, first: &Summary, latency: &Summary, origin: Origin) {
    let share = (first.median_ms * 100 / latency.median_ms.max(1)).min(100);
    writer
        .open("div", &[("class", "tt-line"), ("aria-hidden", "true")])
        .leaf("span", &[("style", &format!("width:{share}%"))], "")
        .close();
    let writing = words::time(latency.median_ms.saturating_sub(first.median_ms));
    let simulated = words::unsure(origin, ", simulated").unwrap_or_default();
    let waits =
        format!("{} until the first token, {writing} of writing{simulated}", words::time(first.median_ms));
    writer.leaf("p", &[("class", "tt-small")], &waits);
}

/// Origin, day, region, operation, key.
fn small_print(writer: &mut Writer, view: &PanelView, recorded: &RecordedView) {
    let mut parts = vec![words::origin(recorded, &view.model)];
    parts.extend(recorded.region.clone());
    if recorded.samples() > 1 {
        parts.push(format!("median of {}", words::plural(recorded.samples(), "sample")));
    }
    writer.open("p", &[("class", "tt-small")]).dated(&parts.join(" · ")).void("br", &[]);
    let name = words::own_name(&view.name, &view.model).map_or_else(String::new, |name| format!("{name} · "));
    writer.text(&format!("{name}{} ", view.operation)).leaf("code", &[], &view.model.id).close();
}

/// Several panels of one fence as one table, the answers folded.
pub(crate) fn group(views: &[PanelView]) -> String {
    let label = format!("{} answers", views.len());
    let mut writer = Writer::root("div", "tt-group", &[("role", "group"), ("aria-label", &label)]);
    scroller(&mut writer, &label)
        .open("table", &[("class", "tt-table tt-calls")])
        .open("thead", &[])
        .open("tr", &[]);
    writer.leaf("th", &[("scope", "col")], "Model");
    // Where all is practice, the titles say once what else every cell would have to say.
    let mut origins = views.iter().filter_map(origin).peekable();
    let all_practice = origins.peek().is_some() && origins.all(|origin| origin == Origin::Practice);
    for (title, unsure) in [(words::TOKENS, "estimated"), ("Latency", "simulated"), ("Cost", "estimated")] {
        writer.open("th", &[("scope", "col"), ("class", "tt-r")]).text(title);
        if all_practice {
            writer.leaf("small", &[], unsure);
        }
        writer.close();
    }
    writer.close().close().open("tbody", &[]);
    for view in views {
        group_row(&mut writer, view, all_practice);
    }
    writer.finish()
}

fn group_row(writer: &mut Writer, view: &PanelView, all_practice: bool) {
    let state = view.state().name();
    writer.open("tr", &[("class", "tutor-panel tt-row"), ("data-state", state), ("data-key", &view.key)]);
    writer.open("th", &[("scope", "row")]).open("span", &[("class", "tt-head")]);
    model(writer, &view.model);
    if view.times > 1 {
        writer.leaf("span", &[("class", "tt-dim")], &format!("×{}", view.times));
    }
    tag(writer, view.state(), origin(view));
    writer.close().close();
    match &view.body {
        PanelBody::Recorded(recorded) => group_figures(writer, recorded, all_practice),
        PanelBody::Missing(_) => {
            for _ in 0..3 {
                writer.leaf("td", &[("class", "tt-r")], "–");
            }
        }
    }
    writer.close().open("tr", &[("class", "tt-under"), ("data-state", state)]);
    writer.open("td", &[("colspan", "4")]);
    match &view.body {
        PanelBody::Missing(missing) => self::missing(writer, missing),
        PanelBody::Recorded(recorded) => {
            writer.open("details", &[]).open("summary", &[("dir", "auto")]);
            writer.text(&preview(recorded, 90)).close();
            content(writer, recorded);
            figures(writer, recorded);
            if let Some(note) = &view.model.lifecycle {
                writer.open("p", &[("class", "tt-life")]).dated(&words::lifecycle(note)).close();
            }
            small_print(writer, view, recorded);
            writer.close();
        }
    }
    writer.close().close();
}

/// Tokens, latency and cost, each called simulated or estimated where it is and no title says so.
fn group_figures(writer: &mut Writer, recorded: &RecordedView, all_practice: bool) {
    for cell in words::cells(&recorded.figures, recorded.origin) {
        writer.open("td", &[("class", "tt-r")]).text(&cell.value);
        if let Some(word) = cell.unsure.filter(|_| !all_practice) {
            writer.leaf("small", &[], &word);
        }
        writer.close();
    }
}
