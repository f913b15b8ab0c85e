//! What is secret in a text, and what stands in its place.

use std::ops::Range;
use std::sync::{LazyLock, PoisonError, RwLock, RwLockReadGuard};

use regex::Regex;

use super::{MASK, SECRET_MASK};

/// The account in an ARN.
static ARN_ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}):").expect("a constant pattern")
});

/// What gives itself away by its form: access key ids (IAM user guide, Unique identifiers), Bedrock's long
/// and short API keys (Amazon Bedrock user guide, API keys), and what stands behind `Signature=` and
/// `X-Amz-Security-Token` in a signed request (IAM user guide, AWS Signature Version 4).
static KEYS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b|\bABSK[A-Za-z0-9+/=]{40,}|\bbedrock-api-key-[A-Za-z0-9+/=_-]{20,}|(?i:\bSignature(?:=|%3D)\s*)([0-9a-fA-F]{64,})|(?i:\bX-Amz-Security-Token(?:=|%3D|:)\s*)([A-Za-z0-9+/=%_-]{16,})",
    )
    .expect("a constant pattern")
});

/// The variables whose values are secret.
const SECRET_VARIABLES: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
];

/// Shorter values are words that may stand anywhere, such as `test`, and no secrets.
const SHORTEST_SECRET: usize = 12;

/// What this process knows to be secret: from the environment, and from the credentials it loaded.
#[derive(Default)]
struct Known {
    secrets: Vec<String>,
    accounts: Vec<String>,
}

static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(|| {
    let mut known = Known::default();
    for variable in SECRET_VARIABLES {
        known.secrets.extend(std::env::var(variable).ok().filter(|value| value.len() >= SHORTEST_SECRET));
    }
    RwLock::new(known)
});

/// From now on `secret` never reaches a disk or a screen.
pub fn learn(secret: &str) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if secret.len() >= SHORTEST_SECRET && !known.secrets.iter().any(|other| other == secret) {
        known.secrets.push(secret.to_owned());
    }
}

/// From now on the account with this id is masked wherever it stands, not only in ARNs.
pub fn learn_account(id: &str) {
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if id.len() == MASK.len() && id != MASK && !known.accounts.iter().any(|other| other == id) {
        known.accounts.push(id.to_owned());
    }
}

/// The accounts that the ARNs of `text` name.
pub(super) fn accounts_in(text: &str) -> impl Iterator<Item = &str> {
    let ids = ARN_ACCOUNT.captures_iter(text).filter_map(|found| Some(found.get(1)?.as_str()));
    ids.filter(|id| *id != MASK)
}

/// A part of a text, and what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mask {
    pub(super) range: Range<usize>,
    pub(super) with: &'static str,
}

/// What is secret while one text, or what belongs together, is looked at.
pub(super) struct Secrets {
    known: RwLockReadGuard<'static, Known>,
    accounts: Vec<String>,
}

impl Secrets {
    /// What this process knows.
    pub(super) fn known() -> Self {
        let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
        Secrets { accounts: known.accounts.clone(), known }
    }

    /// Learns the accounts in `text`, for as long as this lives.
    pub(super) fn look_into(&mut self, text: &str) {
        for id in accounts_in(text) {
            if !self.accounts.iter().any(|known| known == id) {
                self.accounts.push(id.to_owned());
            }
        }
    }

    /// The accounts.
    pub(super) fn accounts(&self) -> &[String] {
        &self.accounts
    }

    /// What must not be seen of `text`, in order, each byte once.
    pub(super) fn masks(&self, text: &str) -> Vec<Mask> {
        let mut masks = Vec::new();
        let mut find = |what: &str, with| {
            masks.extend(text.match_indices(what).map(|(at, _)| Mask { range: at..at + what.len(), with }));
        };
        self.known.secrets.iter().for_each(|secret| find(secret, SECRET_MASK));
        self.accounts.iter().for_each(|account| find(account, MASK));
        masks.extend(KEYS.captures_iter(text).filter_map(|found| {
            let secret = found.get(1).or(found.get(2)).or(found.get(0))?;
            Some(Mask { range: secret.range(), with: SECRET_MASK })
        }));
        masks.sort_by_key(|mask| (mask.range.start, std::cmp::Reverse(mask.range.end)));
        let mut seen = 0;
        masks.retain(|mask| {
            let is_new = mask.range.start >= seen;
            seen = seen.max(mask.range.end);
            is_new
        });
        masks
    }
}

/// `text` with its masks; `None` if there are none.
pub(super) fn masked(text: &str, masks: &[Mask]) -> Option<String> {
    masks.first()?;
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for mask in masks {
        out += &text[at..mask.range.start];
        out += mask.with;
        at = mask.range.end;
    }
    out += &text[at..];
    Some(out)
}
