//! Masks what belongs together: a whole body, or all messages of a stream.
//!
//! What is looked at is what a reader would read: strings as they are meant, whatever their escapes; the
//! pieces of a stream joined, since a model may put a secret in two of them; JSON that stands in a string.
//! What is changed is only the masked parts, every other byte stays.

use std::collections::HashMap;

use super::patterns::{Mask, Secrets, masked};
use super::tokens::{Token, said, tokens, with_masks};

/// JSON inside a string inside a string … is looked into so deep.
const NESTED: usize = 3;

/// Masks every one of `documents`, which are the whole of an answer, in order.
pub(super) fn mask(documents: &mut [String]) {
    let mut secrets = Secrets::known();
    // Accounts first, all of them: one that an ARN names is masked wherever it stands.
    let split = documents.len() > 1;
    for document in documents.iter() {
        secrets.look_into(document);
        look_into_strings(document, &mut secrets, NESTED);
    }
    if split {
        for group in groups(documents) {
            let joined: String = group.iter().map(|place| place.said(documents)).collect();
            secrets.look_into(&joined);
        }
        for group in groups(documents) {
            mask_joined(documents, &group, &secrets);
        }
    }
    for document in documents.iter_mut() {
        if let Some(masked) = mask_document(document, &secrets, NESTED) {
            *document = masked;
        }
    }
}

/// Learns the accounts that stand in strings with escapes: those without are read as they are.
fn look_into_strings(document: &str, secrets: &mut Secrets, depth: usize) {
    if depth == 0 || !document.contains('\\') {
        return;
    }
    for token in tokens(document).unwrap_or_default() {
        let written = &document[token.range];
        if written.contains('\\') {
            let said = said(written);
            secrets.look_into(&said);
            look_into_strings(&said, secrets, depth - 1);
        }
    }
}

/// A document with its masks; `None` if nothing is to be masked.
fn mask_document(document: &str, secrets: &Secrets, depth: usize) -> Option<String> {
    let Some(tokens) = tokens(document) else { return masked(document, &secrets.masks(document)) };
    let mut out = String::new();
    let mut at = 0;
    for Token { range, .. } in tokens {
        out += &between(&document[at..range.start], secrets);
        let written = &document[range.clone()];
        out += mask_string(written, secrets, depth).as_deref().unwrap_or(written);
        at = range.end;
    }
    out += &between(&document[at..], secrets);
    (out != document).then_some(out)
}

/// A string with its quotes, and with its masks.
fn mask_string(written: &str, secrets: &Secrets, depth: usize) -> Option<String> {
    let said = said(written);
    let masks = secrets.masks(&said);
    if !masks.is_empty() {
        return Some(with_masks(written, &masks));
    }
    if depth == 0 || !said.contains('\\') {
        return None;
    }
    let inner = mask_document(&said, secrets, depth - 1)?;
    serde_json::to_string(&inner).ok()
}

/// What stands between strings holds numbers; an account's digits become one that JSON allows.
fn between<'t>(text: &'t str, secrets: &Secrets) -> std::borrow::Cow<'t, str> {
    let is_long = text.len() >= super::MASK.len();
    match secrets.accounts().iter().find(|account| is_long && text.contains(account.as_str())) {
        None => text.into(),
        Some(account) => between(&text.replace(account.as_str(), "0"), secrets).into_owned().into(),
    }
}

/// A string in one of several documents.
struct Place {
    document: usize,
    range: std::ops::Range<usize>,
}

impl Place {
    fn said<'d>(&self, documents: &'d [String]) -> std::borrow::Cow<'d, str> {
        said(&documents[self.document][self.range.clone()])
    }
}

/// The strings at the same place of all documents: the pieces of a stream's texts. A text that is one of
/// several, side by side, has an index beside it.
fn groups(documents: &[String]) -> Vec<Vec<Place>> {
    let mut groups: HashMap<(u64, u64), Vec<Place>> = HashMap::new();
    for (document, text) in documents.iter().enumerate() {
        let index = index_of(text);
        for Token { range, path } in tokens(text).unwrap_or_default() {
            groups.entry((path, index)).or_default().push(Place { document, range });
        }
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

/// The number of the content block that a message belongs to; 0 where it says none.
fn index_of(text: &str) -> u64 {
    let after = ["\"contentBlockIndex\"", "\"index\""].iter().find_map(|key| text.split_once(key));
    let digits = after.map(|(_, rest)| rest.trim_start_matches([' ', ':'])).unwrap_or_default();
    let end = digits.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap_or_default()
}

/// Masks what shows only when the strings of a group are joined: the mask stands in the first of those it
/// spans.
fn mask_joined(documents: &mut [String], group: &[Place], secrets: &Secrets) {
    let mut joined = String::new();
    let mut starts = Vec::with_capacity(group.len());
    for place in group {
        starts.push(joined.len());
        joined += &place.said(documents);
    }
    let masks = secrets.masks(&joined);
    if masks.is_empty() {
        return;
    }
    // From the last to the first, so that places before stay where they are.
    for (number, place) in group.iter().enumerate().rev() {
        let start = starts[number];
        let end = starts.get(number + 1).copied().unwrap_or(joined.len());
        let here = masks.iter().filter(|mask| mask.range.start < end && mask.range.end > start);
        let here: Vec<Mask> = here
            .map(|mask| Mask {
                range: mask.range.start.max(start) - start..mask.range.end.min(end) - start,
                with: if mask.range.start >= start { mask.with } else { "" },
            })
            .collect();
        if !here.is_empty() {
            let document = &mut documents[place.document];
            let written = with_masks(&document[place.range.clone()], &here);
            document.replace_range(place.range.clone(), &written);
        }
    }
}
