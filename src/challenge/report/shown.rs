//! The first round in full, for whoever wants to see what went over the wire.

use super::super::evidence::{Evidence, Played};
use super::super::kit;
use super::super::stubs::{Outcome, Seen};

/// How many characters of a value are shown.
const LONGEST: usize = 1200;

/// The prompt, every request with what it got, and what the function returned.
pub fn shown(evidence: &Evidence) -> String {
    if let Some(played) = evidence.tasks.first() {
        return task(played);
    }
    let Some(played) = evidence.first() else {
        return "The script did not get as far as the first round.\n".to_owned();
    };
    let mut out = format!("The prompt of round 1:\n{}\n", indented(&played.round.prompt));
    for (number, seen) in played.seen.iter().enumerate() {
        out += &request(number + 1, played, seen);
    }
    if played.seen.is_empty() {
        out += "No request arrived.\n\n";
    }
    for caught in &played.notes.caught {
        let place = caught.place.as_ref();
        let at = place.map_or_else(String::new, |p| format!(" ({}:{})", p.file, p.line.unwrap_or_default()));
        out += &format!("Raised: {}: {}{at}\n\n", plain(&caught.kind), plain(&caught.message));
    }
    let returned = match &played.returned {
        Ok(returned) => serde_json::to_string_pretty(&returned.value).unwrap_or_default(),
        Err(_) => "nothing: it did not come to its end".to_owned(),
    };
    out + &format!("Your function returned:\n{}\n", indented(&returned))
}

/// The first round of a challenge of the kit.
fn task(played: &kit::Played) -> String {
    let mut out = format!("Round 1: {}\n", played.round.says);
    for (name, value) in &played.round.arguments {
        out += &format!("{name}:\n{}", indented(value.as_str().unwrap_or(&value.to_string())));
    }
    out.push('\n');
    for (number, seen) in played.seen.iter().enumerate() {
        let got = seen.error.as_deref().unwrap_or("answered");
        let body = serde_json::to_string(&seen.body).unwrap_or_default();
        out += &format!("Request {}: {} to {}\n", number + 1, seen.operation, plain(&seen.model_id));
        out += &format!("{}{}\n\n", indented(&body), plain(got));
    }
    let returned = match &played.returned {
        Ok(value) => serde_json::to_string_pretty(value).unwrap_or_default(),
        Err(_) => "nothing: it did not come to its end".to_owned(),
    };
    out + &format!("Your function returned:\n{}\n", indented(&returned))
}

fn request(number: usize, played: &Played, seen: &Seen) -> String {
    let got = match &seen.outcome {
        Outcome::Answered(asked) => format!(
            "answered: {} tokens in, {} out, {:.2} s held\n{}",
            asked.said.input_tokens,
            asked.said.output_tokens,
            played.round.stub(&seen.model_id).map_or(0.0, |stub| stub.delay().as_secs_f64()),
            indented(&asked.said.text())
        ),
        Outcome::Refused { kind, message } => format!("refused: {kind}: {}\n", plain(message)),
        Outcome::Failed => "failed\n".to_owned(),
        Outcome::Throttled => "throttled\n".to_owned(),
    };
    let after = seen.at.saturating_duration_since(played.began).as_secs_f64();
    format!(
        "Request {number}, after {after:.2} s: {} to {}\n{}{got}\n",
        seen.operation,
        plain(&seen.model_id),
        indented(&seen.body)
    )
}

/// Four spaces before each line, nothing that a terminal takes for a command, and not too much of it.
fn indented(text: &str) -> String {
    let cut: String = text.chars().take(LONGEST).collect();
    let more = if cut.len() < text.len() { " …" } else { "" };
    let lines = cut.lines().map(|line| format!("    {}\n", plain(line)));
    let mut out: String = lines.collect();
    if !more.is_empty() {
        out.truncate(out.trim_end().len());
        out += more;
        out.push('\n');
    }
    out
}

fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '·' } else { c }).collect()
}
