//! Numbers as Python writes them.

use num_bigint::BigInt;

/// `repr` of a float: the shortest digits that read back, with an exponent where Python has one.
pub(crate) fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let (negative, digits, exponent) = decimal(&format!("{value:e}"));
    let sign = if negative { "-" } else { "" };
    if !(-4..16).contains(&exponent) {
        return format!("{sign}{}", scientific(&digits, exponent, 'e'));
    }
    let mut text = positional(&digits, exponent);
    if !text.contains('.') {
        text.push_str(".0");
    }
    format!("{sign}{text}")
}

/// Sign, digits and decimal exponent of what `{:e}` wrote.
fn decimal(text: &str) -> (bool, String, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let negative = mantissa.starts_with('-');
    let digits = mantissa.chars().filter(char::is_ascii_digit).collect();
    (negative, digits, exponent.parse().unwrap_or(0))
}

fn scientific(digits: &str, exponent: i32, e: char) -> String {
    let (head, tail) = digits.split_at(1.min(digits.len()));
    let point = if tail.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{head}{point}{tail}{e}{sign}{:02}", exponent.abs())
}

fn positional(digits: &str, exponent: i32) -> String {
    if exponent < 0 {
        let zeros = "0".repeat(usize::try_from(-exponent - 1).unwrap_or(0));
        return format!("0.{zeros}{digits}");
    }
    let whole = usize::try_from(exponent).unwrap_or(0) + 1;
    if digits.len() <= whole {
        return format!("{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{}.{}", &digits[..whole], &digits[whole..])
}

/// The magnitude of a finite float in a presentation type: `e`, `f`, `g` or `%`, lower case.
pub(crate) fn float_magnitude(value: f64, kind: char, precision: usize, alternate: bool) -> String {
    let value = value.abs();
    let mut text = match kind {
        'e' => {
            let (_, digits, exponent) = decimal(&format!("{value:.precision$e}"));
            scientific(&digits, exponent, 'e')
        }
        '%' => format!("{:.precision$}", value * 100.0),
        'g' => general(value, precision.max(1), alternate),
        _ => format!("{value:.precision$}"),
    };
    if kind == '%' {
        text.push('%');
    }
    text
}

fn general(value: f64, precision: usize, alternate: bool) -> String {
    let (_, digits, exponent) = decimal(&format!("{value:.*e}", precision - 1));
    let limit = i32::try_from(precision).unwrap_or(i32::MAX);
    let kept = if alternate { digits.as_str() } else { digits.trim_end_matches('0') };
    let kept = if kept.is_empty() { "0" } else { kept };
    if exponent < -4 || exponent >= limit {
        scientific(kept, exponent, 'e')
    } else {
        positional(kept, exponent)
    }
}

/// An integer's magnitude in a base.
pub(crate) fn int_magnitude(value: &BigInt, radix: u32) -> String {
    value.magnitude().to_str_radix(radix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_written_as_python_does() {
        for (value, text) in [
            (0.1, "0.1"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (1e16, "1e+16"),
            (123_456_789_012_345.6, "123456789012345.6"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (1.5e300, "1.5e+300"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(float_repr(value), text);
        }
    }

    #[test]
    fn ties_go_to_even() {
        assert_eq!(float_magnitude(0.125, 'f', 2, false), "0.12");
        assert_eq!(float_magnitude(2.5, 'f', 0, false), "2");
        assert_eq!(float_magnitude(1234.5, 'g', 4, false), "1234");
        assert_eq!(float_magnitude(0.000_012_345, 'g', 3, false), "1.23e-05");
    }
}
