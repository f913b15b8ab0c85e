//! What comes out of `12 * 0.25 / 1000000 + 3`: the four operations, brackets and numbers.

/// The number that a formula gives; `None` if it is none.
pub(super) fn evaluate(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let sum = sum(&mut rest)?;
    rest.trim().is_empty().then_some(sum)
}

fn sum(rest: &mut &str) -> Option<f64> {
    let mut value = product(rest)?;
    while let Some(sign) = sign(rest, ['+', '-']) {
        let next = product(rest)?;
        value = if sign == '+' { value + next } else { value - next };
    }
    Some(value)
}

fn product(rest: &mut &str) -> Option<f64> {
    let mut value = operand(rest)?;
    while let Some(sign) = sign(rest, ['*', '/']) {
        let next = operand(rest)?;
        value = if sign == '*' { value * next } else { value / next };
    }
    Some(value)
}

fn operand(rest: &mut &str) -> Option<f64> {
    *rest = rest.trim_start();
    if let Some(inner) = rest.strip_prefix('(') {
        *rest = inner;
        let value = sum(rest)?;
        *rest = rest.trim_start().strip_prefix(')')?;
        return Some(value);
    }
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (number, after) = rest.split_at(end);
    *rest = after;
    number.parse().ok()
}

fn sign(rest: &mut &str, signs: [char; 2]) -> Option<char> {
    let after = rest.trim_start();
    let sign = after.chars().next().filter(|c| signs.contains(c))?;
    *rest = &after[1..];
    Some(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_worked_out() {
        assert_eq!(evaluate("1 + 2 * 3"), Some(7.0));
        assert_eq!(evaluate("(1 + 2) * 3 / 2 - 0.5"), Some(4.0));
        assert_eq!(evaluate("7"), Some(7.0));
        assert_eq!(evaluate("7 +"), None);
        assert_eq!(evaluate("seven"), None);
    }
}
