//! The time line of lifecycles: active, legacy, end, on one scale for all rows of a table.

use jiff::civil::{Date, date};

use super::writer::Writer;
use crate::render::view::ModelsView;
use tutor_catalog::Lifecycle;

/// The scale of all rows: whole years around every date and the day of the build, and one before.
pub(super) struct Timeline {
    from: Date,
    to: Date,
    today: Date,
}

impl Timeline {
    /// The scale for `view`, if any of its models has a date.
    pub(super) fn of(view: &ModelsView<'_>) -> Option<Self> {
        let lifecycles = view.rows.iter().filter_map(|row| row.model.lifecycle.as_ref());
        let dates: Vec<Date> =
            lifecycles.flat_map(|lifecycle| [lifecycle.legacy, lifecycle.end_of_life]).flatten().collect();
        let first = *dates.iter().min()?;
        let last = *dates.iter().max()?;
        let year = |day: Date| day.year().clamp(1, 9_998);
        Some(Timeline {
            from: date((year(first.min(view.today)) - 1).max(1), 1, 1),
            to: date(year(last.max(view.today)) + 1, 1, 1),
            today: view.today,
        })
    }

    /// What the bars mean.
    pub(super) fn legend(&self) -> String {
        format!(
            "Time lines run from {} to {}: solid while active, hatched while legacy, nothing after end of life; \
             the mark is the day of this build, {}.",
            self.from, self.to, self.today
        )
    }

    /// One row's bar. What it shows stands in words beside it.
    pub(super) fn draw(&self, writer: &mut Writer, lifecycle: Option<&Lifecycle>) {
        let Some(lifecycle) = lifecycle.filter(|dates| dates.legacy.or(dates.end_of_life).is_some()) else {
            writer.text("–");
            return;
        };
        let end = lifecycle.end_of_life.unwrap_or(self.to);
        let legacy = lifecycle.legacy.unwrap_or(end).min(end);
        let active = self.place(legacy);
        let phased = self.place(end) - active;
        writer.open("span", &[("class", "tt-time"), ("aria-hidden", "true")]);
        writer.leaf("span", &[("style", &format!("width:{active:.1}%"))], "");
        writer.leaf("span", &[("style", &format!("width:{phased:.1}%")), ("class", "tt-legacy")], "");
        writer.leaf(
            "span",
            &[("style", &format!("left:{:.1}%", self.place(self.today))), ("class", "tt-today")],
            "",
        );
        writer.close();
    }

    /// A day's place in percent.
    fn place(&self, day: Date) -> f64 {
        let whole = self.to.duration_since(self.from).as_secs_f64();
        (day.duration_since(self.from).as_secs_f64() / whole * 100.0).clamp(0.0, 100.0)
    }
}
