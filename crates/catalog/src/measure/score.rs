//! One number for several models, and what it is made of.
//!
//! Every part lies between 0 and 1, where 1 is best, and the weights are on the table: a score is an
//! opinion, and people should be able to argue with it.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// How much each part counts, in any unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// How well the answer does what is expected of it.
    pub quality: f64,
    /// How soon it came.
    pub speed: f64,
    /// How little it cost.
    pub price: f64,
}

/// What one model is scored by; `None` where it was not measured or not judged.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scored {
    /// The share of expectations that hold.
    pub quality: Option<f64>,
    /// Milliseconds.
    pub latency_ms: Option<u64>,
    /// USD.
    pub cost: Option<Decimal>,
}

/// A score with its parts, by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The weighted mean of the parts.
    pub score: f64,
    /// The parts that could be judged.
    pub parts: Vec<(&'static str, f64)>,
}

impl Default for Weights {
    /// A wrong answer is not made good by being quick and cheap.
    fn default() -> Self {
        Weights { quality: 2.0, speed: 1.0, price: 1.0 }
    }
}

impl Weights {
    /// Reads `quality=2,speed=1,price=1`. What is not named counts nothing.
    pub fn parse(text: &str) -> Result<Self, String> {
        const FORM: &str = "write quality=2,speed=1,price=1, with numbers from 0 on and one above 0";
        let mut weights = Weights { quality: 0.0, speed: 0.0, price: 0.0 };
        for part in text.split(',') {
            let (name, number) = part.split_once('=').ok_or(FORM)?;
            let number =
                number.trim().parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0).ok_or(FORM)?;
            match name.trim() {
                "quality" => weights.quality = number,
                "speed" => weights.speed = number,
                "price" => weights.price = number,
                _ => return Err(FORM.to_owned()),
            }
        }
        if weights.quality + weights.speed + weights.price > 0.0 { Ok(weights) } else { Err(FORM.to_owned()) }
    }

    /// The weights as people read them.
    pub fn shown(self) -> String {
        format!("quality {}, speed {}, price {}", self.quality, self.speed, self.price)
    }

    /// Scores models against each other: the quickest has speed 1 and the cheapest price 1, one that takes
    /// twice as long half of that. A part that one of them lacks counts for none of them, so that nobody
    /// wins by not being measured.
    pub fn score(self, models: &[Scored]) -> Vec<Score> {
        let all = |has: fn(&Scored) -> bool| !models.is_empty() && models.iter().all(has);
        let (judged, timed, priced) =
            (all(|m| m.quality.is_some()), all(|m| m.latency_ms.is_some()), all(|m| m.cost.is_some()));
        let times = models.iter().filter_map(|model| model.latency_ms?.to_f64());
        let costs = models.iter().filter_map(|model| model.cost?.to_f64());
        let (quickest, cheapest) = (times.fold(f64::INFINITY, f64::min), costs.fold(f64::INFINITY, f64::min));
        let one = |model: &Scored| {
            let quality = model.quality.unwrap_or_default();
            let speed = ratio(quickest, model.latency_ms.and_then(|ms| ms.to_f64()));
            let price = ratio(cheapest, model.cost.and_then(|cost| cost.to_f64()));
            let parts = [
                (judged, "quality", quality, self.quality),
                (timed, "speed", speed, self.speed),
                (priced, "price", price, self.price),
            ];
            let parts: Vec<_> =
                parts.into_iter().filter(|(known, .., weight)| *known && *weight > 0.0).collect();
            let weight: f64 = parts.iter().map(|(.., weight)| weight).sum();
            let sum: f64 = parts.iter().map(|(_, _, part, weight)| part * weight).sum();
            Score {
                score: if weight > 0.0 { sum / weight } else { 0.0 },
                parts: parts.into_iter().map(|(_, name, part, _)| (name, part)).collect(),
            }
        };
        models.iter().map(one).collect()
    }
}

/// `best / own`, where nothing is as good as nothing.
fn ratio(best: f64, own: Option<f64>) -> f64 {
    match own {
        Some(own) if own > 0.0 => best / own,
        Some(_) => 1.0,
        None => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(quality: f64, latency_ms: u64, cost: Option<&str>) -> Scored {
        let cost = cost.map(|cost| cost.parse().unwrap());
        Scored { quality: Some(quality), latency_ms: Some(latency_ms), cost }
    }

    #[test]
    fn the_best_in_everything_has_1_and_half_as_good_a_half() {
        let scores =
            Weights::default().score(&[model(1.0, 500, Some("0.001")), model(0.5, 1000, Some("0.002"))]);
        assert_eq!(scores[0].parts, [("quality", 1.0), ("speed", 1.0), ("price", 1.0)]);
        assert_eq!(scores.iter().map(|score| score.score).collect::<Vec<_>>(), [1.0, 0.5]);
    }

    #[test]
    fn a_part_that_one_lacks_counts_for_none() {
        let scores = Weights::default().score(&[model(1.0, 500, None), model(1.0, 500, Some("0.1"))]);
        assert!(scores.iter().all(|score| score.parts == [("quality", 1.0), ("speed", 1.0)]));
        assert_eq!(scores[0].score.to_bits(), scores[1].score.to_bits());
        assert!(Weights::default().score(&[]).is_empty());
        assert_eq!(Weights::default().score(&[Scored::default()])[0].parts, []);
    }

    #[test]
    fn free_and_instant_are_the_best_there_is() {
        let scores = Weights::default().score(&[model(1.0, 0, Some("0")), model(1.0, 10, Some("0.1"))]);
        assert_eq!((scores[0].score, scores[1].score), (1.0, 0.5));
    }

    #[test]
    fn weights_are_read_and_refused() {
        let weights = Weights::parse("quality=3, price=1").unwrap();
        assert_eq!(weights, Weights { quality: 3.0, speed: 0.0, price: 1.0 });
        for wrong in ["", "quality", "quality=-1", "speed=x", "size=1", "quality=0,speed=0", "price=inf"] {
            assert!(Weights::parse(wrong).is_err(), "{wrong}");
        }
    }
}
