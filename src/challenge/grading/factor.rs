//! Numbers that are wrong by a factor, or in another way that has a name.

/// What a number is against what it should be, if that is a fault that many people make.
pub(super) fn seconds(found: f64, held: f64) -> Option<&'static str> {
    let near = |factor: f64| (found / (held * factor) - 1.0).abs() < 0.5;
    if held <= 0.0 {
        return None;
    }
    [
        (1e3, "1000 times as much: milliseconds?"),
        (1e6, "a million times as much: microseconds?"),
        (1e9, "a billion times as much: nanoseconds?"),
        (1e-3, "a thousandth of it: divided by 1000 once too often?"),
    ]
    .into_iter()
    .find(|(factor, _)| near(*factor))
    .map(|(_, words)| words)
}

/// The same for money: `of_input` and `of_output` are the two sums that make up the right one, `crossed` is
/// what comes out when the two prices are swapped.
pub(super) fn usd(found: f64, [of_input, of_output, crossed]: [f64; 3]) -> Option<String> {
    let due = of_input + of_output;
    let is = |other: f64| other > 0.0 && (found / other - 1.0).abs() < 0.01;
    let factors = [
        (2.0, "twice as much: counted twice?"),
        (0.5, "half of it: was one half left out?"),
        (1e3, "1000 times as much: the price is for a million tokens, not for a thousand"),
        (1e6, "a million times as much: the price is for a million tokens"),
        (1e-3, "a thousandth of it: divided once too often?"),
        (100.0, "100 times as much: cents?"),
    ];
    if is(of_input) {
        return Some("what the input tokens cost alone".to_owned());
    }
    if is(of_output) {
        return Some("what the output tokens cost alone".to_owned());
    }
    if is(crossed) {
        return Some("what it costs with the two prices swapped".to_owned());
    }
    let (_, words) = factors.into_iter().find(|(factor, _)| is(due * factor))?;
    Some(words.to_owned())
}
