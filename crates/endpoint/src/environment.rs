//! What a child process gets, so that its SDK comes here and nowhere else.

use std::io;
use std::path::Path;

use tempfile::TempDir;

use super::compatible::{EITHER, MANTLE};

/// Variables for a child process.
#[derive(Debug)]
pub struct Environment {
    set: Vec<(&'static str, String)>,
    unset: Vec<String>,
    /// Holds the empty files; they vanish with it.
    home: TempDir,
}

/// The region every child is in; the catalog's prices and access are those of this one.
const REGION: &str = "us-east-1";
/// Neither key is checked by anybody.
const KEY: &str = "tutor-endpoint";
/// What never goes through a proxy.
const LOOPBACK: &str = "127.0.0.1,localhost,::1";

/// What would lead an SDK elsewhere, or make it refuse plain HTTP.
const UNSET: [&str; 23] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CREDENTIAL_FILE",
    "AWS_CA_BUNDLE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "BOTO_CONFIG",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_AWS_API_KEY",
    "OPENAI_API_TYPE",
    "OPENAI_ORG_ID",
    "OPENAI_PROJECT_ID",
];

/// The variables that carry a key: a child that gets a key of its own gets it in all of them.
const KEYS: [&str; 4] =
    ["AWS_ACCESS_KEY_ID", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "BEDROCK_MANTLE_API_KEY"];

/// Endpoints of single services, such as `AWS_ENDPOINT_URL_S3`: they would win over the general one.
const ENDPOINT_OF_A_SERVICE: &str = "AWS_ENDPOINT_URL_";

impl Environment {
    /// The variables that lead to the server at `url`. `inherited` are those the child would get
    /// otherwise.
    ///
    /// # Errors
    /// If no temporary folder for the empty configuration files can be made.
    pub fn new(url: &str, inherited: impl Iterator<Item = (String, String)>) -> io::Result<Self> {
        let home = TempDir::with_prefix("tutor-endpoint-")?;
        let empty = |name: &str| -> io::Result<String> {
            let path = home.path().join(name);
            std::fs::write(&path, "")?;
            Ok(path.display().to_string())
        };
        let mut unset: Vec<String> = UNSET.map(str::to_owned).into();
        let mut no_proxy = LOOPBACK.to_owned();
        for (name, value) in inherited {
            if name.starts_with(ENDPOINT_OF_A_SERVICE) {
                unset.push(name);
            } else if name == "NO_PROXY" && !value.is_empty() {
                no_proxy = format!("{LOOPBACK},{value}");
            }
        }
        let set = vec![
            ("AWS_ENDPOINT_URL", url.to_owned()),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", url.to_owned()),
            ("AWS_BEDROCK_RUNTIME_ENDPOINT", url.to_owned()),
            ("ANTHROPIC_BEDROCK_BASE_URL", url.to_owned()),
            ("OPENAI_BASE_URL", format!("{url}/openai/v1")),
            ("ANTHROPIC_BASE_URL", format!("{url}/anthropic")),
            // OpenAI's client asks either host under this one name: the model's id tells which.
            ("AWS_BEDROCK_BASE_URL", format!("{url}{EITHER}/openai/v1")),
            ("ANTHROPIC_BEDROCK_MANTLE_BASE_URL", format!("{url}{MANTLE}/anthropic")),
            ("BEDROCK_MANTLE_API_BASE", format!("{url}{MANTLE}/v1")),
            ("OPENAI_API_KEY", KEY.to_owned()),
            ("ANTHROPIC_API_KEY", KEY.to_owned()),
            ("BEDROCK_MANTLE_API_KEY", KEY.to_owned()),
            // litellm would fetch its table of prices from the network.
            ("LITELLM_LOCAL_MODEL_COST_MAP", "True".to_owned()),
            ("AWS_REGION_NAME", REGION.to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", KEY.to_owned()),
            ("AWS_CONFIG_FILE", empty("config")?),
            ("AWS_SHARED_CREDENTIALS_FILE", empty("credentials")?),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("NO_PROXY", no_proxy.clone()),
            ("no_proxy", no_proxy),
        ];
        unset.retain(|name| !set.iter().any(|(known, _)| known == name));
        Ok(Environment { set, unset, home })
    }

    /// The same with another access key id, which only this child gets.
    #[must_use]
    pub fn with_key(mut self, key: &str) -> Self {
        for (_, value) in self.set.iter_mut().filter(|(name, _)| KEYS.contains(name)) {
            key.clone_into(value);
        }
        self
    }

    /// The folder with the empty files.
    pub fn folder(&self) -> &Path {
        self.home.path()
    }

    /// Variables to set.
    pub fn set(&self) -> impl Iterator<Item = (&str, &str)> {
        self.set.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// Variables to take away.
    pub fn unset(&self) -> impl Iterator<Item = &str> {
        self.unset.iter().map(String::as_str)
    }

    /// The same for a POSIX shell.
    pub fn exports(&self) -> String {
        let unset = self.unset().map(|name| format!("unset {name}\n"));
        let set =
            self.set().map(|(name, value)| format!("export {name}='{}'\n", value.replace('\'', r"'\''")));
        unset.chain(set).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(inherited: &[(&str, &str)]) -> Environment {
        let inherited = inherited.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Environment::new("http://127.0.0.1:1", inherited).unwrap()
    }

    #[test]
    fn nothing_leads_elsewhere() {
        let environment = environment(&[
            ("AWS_ENDPOINT_URL_S3", "http://elsewhere"),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://elsewhere"),
            ("NO_PROXY", "example.com"),
        ]);
        let exports = environment.exports();
        assert!(exports.contains("unset AWS_ENDPOINT_URL_S3\n"), "{exports}");
        assert!(exports.contains("unset AWS_PROFILE\n"));
        assert!(exports.contains("export OPENAI_BASE_URL='http://127.0.0.1:1/openai/v1'\n"));
        assert!(
            exports
                .contains("export ANTHROPIC_BEDROCK_MANTLE_BASE_URL='http://127.0.0.1:1/mantle/anthropic'\n")
        );
        assert!(!exports.contains("unset AWS_ENDPOINT_URL_BEDROCK_RUNTIME"));
        assert!(exports.contains("export AWS_ENDPOINT_URL_BEDROCK_RUNTIME='http://127.0.0.1:1'\n"));
        assert!(exports.contains("export NO_PROXY='127.0.0.1,localhost,::1,example.com'\n"));
        let config = environment.set().find(|(name, _)| *name == "AWS_CONFIG_FILE").unwrap().1.to_owned();
        assert_eq!(std::fs::read_to_string(&config).unwrap(), "");
        drop(environment);
        assert!(!Path::new(&config).exists());
    }
}
