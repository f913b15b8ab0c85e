//! Which of several figures stands out.

/// The figures that alone are best and worst, as indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ranking {
    /// The best; `None` on a tie and where fewer than two figures can be compared.
    pub best: Option<usize>,
    /// The worst, by the same rule.
    pub worst: Option<usize>,
}

impl Ranking {
    /// Ranks figures of which less is better; those that are `None` take no part.
    pub fn least_first<T: Ord + Copy>(figures: impl IntoIterator<Item = Option<T>>) -> Self {
        let known: Vec<(usize, T)> = figures
            .into_iter()
            .enumerate()
            .filter_map(|(index, figure)| figure.map(|figure| (index, figure)))
            .collect();
        if known.len() < 2 {
            return Ranking::default();
        }
        let values = || known.iter().map(|(_, figure)| *figure);
        Ranking { best: alone_at(&known, values().min()), worst: alone_at(&known, values().max()) }
    }
}

/// The one figure with this value; `None` if several share it.
fn alone_at<T: PartialEq + Copy>(figures: &[(usize, T)], value: Option<T>) -> Option<usize> {
    let mut at_value = figures.iter().filter(|(_, figure)| Some(*figure) == value);
    let (index, _) = at_value.next()?;
    at_value.next().is_none().then_some(*index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(figures: &[Option<u64>]) -> (Option<usize>, Option<usize>) {
        let ranking = Ranking::least_first(figures.iter().copied());
        (ranking.best, ranking.worst)
    }

    #[test]
    fn the_least_is_best() {
        assert_eq!(ranked(&[Some(3), Some(1), Some(2)]), (Some(1), Some(0)));
    }

    #[test]
    fn ties_and_lonely_figures_have_no_winner() {
        assert_eq!(ranked(&[]), (None, None));
        assert_eq!(ranked(&[Some(5), None]), (None, None));
        assert_eq!(ranked(&[Some(5), Some(5)]), (None, None));
        assert_eq!(ranked(&[Some(5), Some(7), Some(5)]), (None, Some(1)));
    }

    #[test]
    fn what_is_not_known_takes_no_part() {
        assert_eq!(ranked(&[None, Some(2), Some(3)]), (Some(1), Some(2)));
    }
}
