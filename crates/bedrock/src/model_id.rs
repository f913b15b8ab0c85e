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
    fn short_names_read_well_in_a_file_name() {
        assert_eq!(short("anthropic.claude-3-sonnet-20240229-v1:0"), "claude-3-sonnet");
        assert_eq!(short("cohere.command-text-v14"), "command-text");
        assert_eq!(short("meta.llama2-13b-chat-v1"), "llama2-13b-chat");
        assert_eq!(short("us.meta.llama3-1-8b-instruct-v1:0"), "llama3-1-8b-instruct");
    }
}
