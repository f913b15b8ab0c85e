//! From values to places on an axis, in round steps or in powers of ten.

/// Where the largest value is more than so many times the smallest, equal steps would pile all
/// small values up at zero.
const WIDEST_LINEAR: f64 = 50.0;

/// With more tenfold steps than this, their numbers would touch.
const MOST_NUMBERS: i32 = 4;

/// An axis of a plot.
pub(super) struct Axis {
    steps: Steps,
    from: f64,
    to: f64,
}

/// How the values of an axis follow each other.
enum Steps {
    /// From zero, each `step` more.
    Equal {
        /// Between two ticks.
        step: f64,
        /// How many.
        count: i32,
    },
    /// From ten to the `first` on, each ten times the last.
    Tenfold {
        /// The exponent at the axis' beginning.
        first: i32,
        /// How many.
        count: i32,
    },
}

impl Axis {
    /// An axis that holds all `values`, none of them negative, between the places `from` and `to`.
    pub(super) fn new(values: &[f64], from: f64, to: f64) -> Self {
        let largest = values.iter().copied().fold(0.0_f64, f64::max).max(1e-9);
        let smallest = values.iter().copied().fold(largest, f64::min);
        let steps = if smallest > 0.0 && largest / smallest > WIDEST_LINEAR {
            Steps::tenfold(smallest, largest)
        } else {
            Steps::equal(largest)
        };
        Axis { steps, from, to }
    }

    /// The place of a value.
    pub(super) fn place(&self, value: f64) -> f64 {
        let share = match self.steps {
            Steps::Equal { step, count } => value / (step * f64::from(count)),
            Steps::Tenfold { first, count } => (value.log10() - f64::from(first)) / f64::from(count),
        };
        self.from + (self.to - self.from) * share
    }

    /// The values that get a line.
    pub(super) fn ticks(&self) -> Vec<f64> {
        match self.steps {
            Steps::Equal { step, count } => (0..=count).map(|index| f64::from(index) * step).collect(),
            Steps::Tenfold { first, count } => (0..=count).map(|index| 10_f64.powi(first + index)).collect(),
        }
    }

    /// The values that get a number, too: every second line where long numbers would touch.
    pub(super) fn numbered(&self) -> impl Iterator<Item = f64> {
        let crowded = matches!(self.steps, Steps::Tenfold { count, .. } if count > MOST_NUMBERS);
        self.ticks().into_iter().step_by(if crowded { 2 } else { 1 })
    }

    /// A tick's number, with as many decimals as it needs.
    pub(super) fn label(&self, value: f64) -> String {
        let unit = match self.steps {
            Steps::Equal { step, .. } => step,
            Steps::Tenfold { .. } => value,
        };
        let decimals = (0..9)
            .find(|decimals| {
                let scaled = unit * 10_f64.powi(*decimals);
                (scaled - scaled.round()).abs() < 1e-6 * scaled
            })
            .and_then(|decimals| usize::try_from(decimals).ok())
            .unwrap_or(9);
        format!("{value:.decimals$}")
    }

    /// What the axis' title adds where its steps are not equal.
    pub(super) fn scale(&self) -> &'static str {
        match self.steps {
            Steps::Equal { .. } => "",
            Steps::Tenfold { .. } => ", tenfold steps",
        }
    }
}

impl Steps {
    /// To the next round number above `largest`, in two to six round steps.
    fn equal(largest: f64) -> Self {
        let magnitude = 10_f64.powf((largest / 4.0).log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .map(|factor| factor * magnitude)
            .find(|step| largest / step <= 4.5)
            .unwrap_or(largest);
        let count = (1..=6).find(|count| f64::from(*count) * step >= largest * 1.04).unwrap_or(6);
        Steps::Equal { step, count }
    }

    /// Around `smallest` and `largest`.
    fn tenfold(smallest: f64, largest: f64) -> Self {
        let exponent = |value: f64| (-30..30).find(|power| 10_f64.powi(*power) > value).unwrap_or(30);
        let first = exponent(smallest) - 1;
        Steps::Tenfold { first, count: exponent(largest) - first }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64]) -> String {
        let axis = Axis::new(values, 0.0, 100.0);
        axis.ticks().into_iter().map(|value| axis.label(value)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn axes_end_on_round_numbers_above_the_largest_value() {
        assert_eq!(labels(&[1.9]), "0.0 0.5 1.0 1.5 2.0");
        assert_eq!(labels(&[0.083]), "0.00 0.02 0.04 0.06 0.08 0.10");
        assert_eq!(labels(&[4.0, 1.0]), "0 1 2 3 4 5");
        assert_eq!(labels(&[0.0]).split(' ').next(), Some("0.000000000"));
    }

    #[test]
    fn values_far_apart_stand_on_powers_of_ten() {
        assert_eq!(labels(&[0.009, 40.0]), "0.001 0.01 0.1 1 10 100");
        let axis = Axis::new(&[0.1, 10.0], 0.0, 100.0);
        assert_eq!([0.1, 1.0, 10.0].map(|value| format!("{:.0}", axis.place(value))), ["0", "33", "67"]);
        assert_eq!(axis.scale(), ", tenfold steps");
    }

    #[test]
    fn many_powers_of_ten_have_room_for_their_numbers() {
        let axis = Axis::new(&[0.000_08, 40.0], 0.0, 100.0);
        let numbers: Vec<String> = axis.numbered().map(|value| axis.label(value)).collect();
        assert_eq!(numbers, ["0.00001", "0.001", "0.1", "10"]);
    }

    #[test]
    fn every_value_lies_on_the_axis() {
        for values in [[0.0, 0.0], [0.0, 3.0], [1e-9, 1e9], [2.0, 99.9], [1e-12, 5.0]] {
            let axis = Axis::new(&values, 0.0, 100.0);
            for value in values {
                let place = axis.place(value);
                assert!((-1e-6..=100.0).contains(&place), "{value} of {values:?} at {place}");
            }
        }
    }
}
