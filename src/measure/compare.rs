//! Several measured answers side by side, and which of them is best and worst at what.

use rust_decimal::Decimal;

use super::latency::Summary;
use super::money::Cost;
use super::tokens::Tokens;

/// Measured answers in the order they are shown, with what each figure's best and worst row is.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The answers, as given.
    pub rows: Vec<Row>,
    /// By the median of the client's wall time; less is better.
    pub latency: Ranking,
    /// By the total cost of the answer shown; less is better.
    pub cost: Ranking,
    /// By output tokens per second; more is better.
    pub speed: Ranking,
}

/// One call's measured answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What the page calls it, such as the annotation's name or the model's.
    pub label: String,
    /// The model id as it was sent.
    pub model_id: String,
    /// Whether the figures were measured or simulated.
    pub origin: FigureOrigin,
    /// How many samples the figures are of.
    pub n: usize,
    /// Client wall time; `None` if not measured.
    pub latency: Option<Summary>,
    /// Time to the first token; streams only.
    pub first_token: Option<Summary>,
    /// Tokens of the answer shown.
    pub tokens: Tokens,
    /// Output tokens per second of the answer shown, see [`super::tokens_per_second`].
    pub tokens_per_second: Option<Decimal>,
    /// Cost of the answer shown.
    pub cost: Cost,
}

/// Who made the figures of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureOrigin {
    /// Bedrock answered; times were measured and tokens counted.
    Bedrock,
    /// A stand-in model answered; times are simulated and tokens estimated, and nothing is ranked.
    Practice,
}

/// The rows that stand out in one figure, as indices into [`Comparison::rows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ranking {
    /// The best row; `None` on a tie and where fewer than two rows can be compared.
    pub best: Option<usize>,
    /// The worst row, by the same rule.
    pub worst: Option<usize>,
}

impl Comparison {
    /// Ranks `rows`. Only rows answered by Bedrock that have the figure take part.
    pub fn of(rows: Vec<Row>) -> Self {
        let latency = Ranking::of(&rows, Better::Less, |row| Some(Decimal::from(row.latency?.median_ms)));
        let cost = Ranking::of(&rows, Better::Less, |row| row.cost.total());
        let speed = Ranking::of(&rows, Better::More, |row| row.tokens_per_second);
        Self { rows, latency, cost, speed }
    }
}

/// Which end of a figure is the good one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Better {
    Less,
    More,
}

impl Ranking {
    fn of(rows: &[Row], better: Better, figure: impl Fn(&Row) -> Option<Decimal>) -> Self {
        let figures: Vec<(usize, Decimal)> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.origin == FigureOrigin::Bedrock)
            .filter_map(|(index, row)| Some((index, figure(row)?)))
            .collect();
        if figures.len() < 2 {
            return Self::default();
        }
        let least = alone_at(&figures, figures.iter().map(|(_, value)| *value).min());
        let most = alone_at(&figures, figures.iter().map(|(_, value)| *value).max());
        match better {
            Better::Less => Self { best: least, worst: most },
            Better::More => Self { best: most, worst: least },
        }
    }
}

/// The one row with this value; `None` if several share it.
fn alone_at(figures: &[(usize, Decimal)], value: Option<Decimal>) -> Option<usize> {
    let mut at_value = figures.iter().filter(|(_, figure)| Some(*figure) == value);
    let (index, _) = at_value.next()?;
    at_value.next().is_none().then_some(*index)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::bedrock::family::Usage;
    use crate::measure::CostParts;

    fn row(origin: FigureOrigin, latency_ms: u64, cost_cents: Option<i64>, speed: Option<i64>) -> Row {
        let cost = cost_cents.map_or(Cost::Unpriced, |cents| {
            Cost::Priced(CostParts {
                input: Decimal::new(cents, 2),
                output: Decimal::ZERO,
                cache: Decimal::ZERO,
                images: Decimal::ZERO,
                price_as_of: date(2026, 11, 22),
                historical: false,
                disputed: false,
            })
        });
        Row {
            label: "a row".into(),
            model_id: "amazon.nova-micro-v1:0".into(),
            origin,
            n: 1,
            latency: Summary::of(&[latency_ms]),
            first_token: None,
            tokens: Tokens::of(Usage::default(), None),
            tokens_per_second: speed.map(Decimal::from),
            cost,
        }
    }

    use FigureOrigin::{Bedrock, Practice};

    fn ranking(best: usize, worst: usize) -> Ranking {
        Ranking { best: Some(best), worst: Some(worst) }
    }

    #[test]
    fn each_figure_has_its_own_best_and_worst() {
        let comparison = Comparison::of(vec![
            row(Bedrock, 300, Some(3), Some(40)),
            row(Bedrock, 100, Some(2), Some(90)),
            row(Bedrock, 200, Some(1), Some(10)),
        ]);
        assert_eq!(comparison.latency, ranking(1, 0));
        assert_eq!(comparison.cost, ranking(2, 0));
        assert_eq!(comparison.speed, ranking(1, 2));
    }

    #[test]
    fn practice_is_never_ranked() {
        let comparison = Comparison::of(vec![
            row(Practice, 1, Some(1), Some(1000)),
            row(Bedrock, 300, Some(3), Some(40)),
            row(Practice, 9999, Some(99), Some(1)),
            row(Bedrock, 200, Some(2), Some(50)),
        ]);
        for ranked in [comparison.latency, comparison.cost, comparison.speed] {
            assert_eq!(ranked, ranking(3, 1));
        }
        let alone =
            Comparison::of(vec![row(Bedrock, 1, Some(1), Some(1)), row(Practice, 2, Some(2), Some(2))]);
        assert_eq!(alone.latency, Ranking::default(), "one live row has nobody to beat");
    }

    #[test]
    fn a_tie_has_no_winner() {
        let comparison = Comparison::of(vec![
            row(Bedrock, 100, Some(1), Some(5)),
            row(Bedrock, 100, Some(2), Some(5)),
            row(Bedrock, 200, Some(2), Some(5)),
        ]);
        assert_eq!(comparison.latency, Ranking { best: None, worst: Some(2) });
        assert_eq!(comparison.cost, Ranking { best: Some(0), worst: None });
        assert_eq!(comparison.speed, Ranking::default());
    }

    #[test]
    fn rows_without_the_figure_take_no_part() {
        let comparison = Comparison::of(vec![
            row(Bedrock, 100, None, None),
            row(Bedrock, 200, Some(2), None),
            row(Bedrock, 300, Some(3), Some(5)),
        ]);
        assert_eq!(comparison.cost, ranking(1, 2));
        assert_eq!(comparison.speed, Ranking::default());
        assert_eq!(Comparison::of(Vec::new()).latency, Ranking::default());
    }
}
