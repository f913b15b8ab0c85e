//! Model ids as people write them: bare ids, inference profile ids, ARNs.

/// The geography prefixes of cross-region inference profiles.
const PROFILE_PREFIXES: [&str; 11] =
    ["us", "us-gov", "eu", "apac", "au", "jp", "in", "ca", "sa", "uk", "global"];

/// The bare model id in `id`: without an ARN's head and without a profile's geography.
///
/// `us.amazon.nova-lite-v1:0` and
/// `arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0` both give
/// `amazon.nova-lite-v1:0`. An ARN that names no model (an application inference profile, a
/// provisioned or imported model) comes back whole.
pub fn bare(id: &str) -> &str {
    let id = match id.strip_prefix("arn:") {
        Some(_) => match id.rsplit_once('/') {
            Some((head, tail))
                if head.ends_with(":foundation-model") || head.ends_with(":inference-profile") =>
            {
                tail
            }
            _ => return id,
        },
        None => id,
    };
    match id.split_once('.') {
        Some((prefix, rest)) if PROFILE_PREFIXES.contains(&prefix) => rest,
        _ => id,
    }
}

/// The geography of the inference profile in `id`, such as `us` or `global`; `None` for any other id.
pub fn geography(id: &str) -> Option<&str> {
    let head = id.strip_suffix(bare(id))?.strip_suffix('.')?;
    head.rsplit('/').next()
}

/// Whether `id` has the form of an id at all: `MAKER.MODEL` once a profile's geography is off, or an ARN.
pub fn is_well_formed(id: &str) -> bool {
    id.starts_with("arn:")
        || bare(id).split_once('.').is_some_and(|(maker, name)| !maker.is_empty() && !name.is_empty())
}

/// Whether `id` is a slip in writing `known`: a letter or two more, fewer or other, a version left off, but
/// no number that `known` has not. An id with a number of its own may be a newer model's.
pub fn is_slip_of(id: &str, known: &str) -> bool {
    const MOST: usize = 2;
    let mut numbers: Vec<&str> = numbers(known).collect();
    let of_its_own =
        self::numbers(id).any(|number| match numbers.iter().position(|known| *known == number) {
            Some(at) => {
                numbers.remove(at);
                false
            }
            None => true,
        });
    !of_its_own && id != known && (distance(id, known) <= MOST || is_cut_off(id, known))
}

/// Whether `known` goes on with a version or a date where `id` ends.
fn is_cut_off(id: &str, known: &str) -> bool {
    let Some(rest) = known.strip_prefix(id) else { return false };
    let mut words = rest.split(['-', ':']).filter(|word| !word.is_empty());
    rest.starts_with(['-', ':'])
        && words.all(|word| is_version(word) || word.bytes().all(|b| b.is_ascii_digit()))
}

fn numbers(id: &str) -> impl Iterator<Item = &str> {
    id.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty())
}

/// How many letters must be added, left out or changed to make the one the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b = b.as_bytes();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in b.iter().enumerate() {
            let cheapest = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = cheapest.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// The short name used for files and labels: the bare id without provider and version suffix.
///
/// `anthropic.claude-3-sonnet-20240229-v1:0` gives `claude-3-sonnet`.
pub fn short(id: &str) -> String {
    let bare = bare(id);
    let bare = bare.rsplit('/').next().unwrap_or(bare);
    let name = bare.split_once('.').map_or(bare, |(_, rest)| rest);
    let name = name.split(':').next().unwrap_or(name);
    let mut words: Vec<&str> = name.split('-').collect();
    while words.len() > 1 && words.last().is_some_and(|word| is_version(word)) {
        words.pop();
    }
    words
        .join("-")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-.".contains(c) { c } else { '-' })
        .collect()
}

/// `v1`, `v14`, or a date such as `20240229`.
fn is_version(word: &str) -> bool {
    let digits = word.strip_prefix('v').unwrap_or(word);
    !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (word.starts_with('v') || word.len() == 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_and_arns_lose_their_heads() {
        assert_eq!(bare("us.amazon.nova-lite-v1:0"), "amazon.nova-lite-v1:0");
        assert_eq!(
            bare("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"),
            "amazon.nova-lite-v1:0"
        );
        assert_eq!(
            bare("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0"),
            "amazon.nova-lite-v1:0"
        );
        let provisioned = "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc";
        assert_eq!(bare(provisioned), provisioned);
        assert_eq!(bare("amazon.titan-text-express-v1"), "amazon.titan-text-express-v1");
    }

    #[test]
    fn a_profile_names_its_geography() {
        assert_eq!(geography("us.amazon.nova-lite-v1:0"), Some("us"));
        assert_eq!(geography("in.moonshotai.kimi-k3"), Some("in"));
        let arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.amazon.nova-lite-v1:0";
        assert_eq!(geography(arn), Some("global"));
        assert_eq!(geography("amazon.nova-lite-v1:0"), None);
        assert_eq!(geography("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"), None);
    }

    #[test]
    fn slips_are_told_from_ids_that_may_be_new() {
        let nova = "amazon.nova-micro-v1:0";
        for slip in
            ["amazon.nova-micro-v1:O", "amazon.nova-mikro-v1:0", "amazon.nova-micro-v1", "amazon.nova-micro"]
        {
            assert!(is_slip_of(slip, nova), "{slip}");
        }
        for other in [nova, "amazon.nova-micro-v2:0", "amazon.nova-macro-v1:0:128k", "amazon.nova-sonic-v1:0"]
        {
            assert!(!is_slip_of(other, nova), "{other}");
        }
        assert!(!is_slip_of("anthropic.claude-opus-4-9", "anthropic.claude-opus-4-8"));
        assert!(is_well_formed("us.amazon.nova-micro-v1:0") && is_well_formed("arn:aws:bedrock:x"));
        assert!(!["nothing", "us.nothing-v1:0", "", "."].iter().any(|id| is_well_formed(id)));
    }

    #[test]
    fn short_names_read_well_in_a_file_name() {
        assert_eq!(short("anthropic.claude-3-sonnet-20240229-v1:0"), "claude-3-sonnet");
        assert_eq!(short("cohere.command-text-v14"), "command-text");
        assert_eq!(short("meta.llama2-13b-chat-v1"), "llama2-13b-chat");
        assert_eq!(short("us.meta.llama3-1-8b-instruct-v1:0"), "llama3-1-8b-instruct");
    }
}
