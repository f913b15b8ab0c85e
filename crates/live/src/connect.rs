//! The SDK's client from what a person has set up: profile, SSO, environment, bearer key, region,
//! endpoint.

use std::path::PathBuf;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_bedrockruntime::config::ProvideCredentials as _;
use aws_sdk_bedrockruntime::config::{Builder, SharedHttpClient, StalledStreamProtectionConfig};
use aws_smithy_http_client::tls;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::sdk::Sdk;
use super::settings::{Connection, Settings};
use super::wire::Tapped;
use tutor_catalog::Catalog;
use tutor_provider::trouble::{ServiceError, Trouble};
use tutor_recording::redact;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Makes the client. Nothing is sent to Bedrock; credentials are looked up, so that a run does not
/// start without any, and every secret among them is kept out of whatever is written later.
///
/// # Errors
/// No region, or no credentials.
pub async fn connect(settings: &Settings, catalog: &'static Catalog) -> Result<Connection, ServiceError> {
    if let Some(profile) = &settings.profile {
        profile_is_there(profile)?;
    }
    let config = load(settings).await;
    let region = config.region().map(ToString::to_string).ok_or_else(no_region)?;
    if std::env::var_os("AWS_BEARER_TOKEN_BEDROCK").is_none_or(|token| token.is_empty()) {
        look_up_credentials(&config, settings).await?;
    }
    let mut builder = Builder::from(&config)
        .http_client(Tapped::new(https()))
        .retry_config(RetryConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_timeout(settings.timeout)
                .build(),
        );
    if let Some(url) = &settings.endpoint_url {
        builder = builder.endpoint_url(url);
    }
    let client = aws_sdk_bedrockruntime::Client::from_conf(builder.build());
    let host = host(settings, &region);
    Ok(Connection { sdk: Sdk::new(client, &region, catalog, settings.bounds), host, region })
}

async fn load(settings: &Settings) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(https());
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    loader.load().await
}

fn https() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https()
}

async fn look_up_credentials(config: &SdkConfig, settings: &Settings) -> Result<(), ServiceError> {
    let Some(provider) = config.credentials_provider() else {
        return Err(Trouble::no_credentials("", settings.profile.as_deref()));
    };
    let found = provider.provide_credentials().await.map_err(|error| {
        Trouble::no_credentials(&redact::text(&super::sdk::chain(&error)), settings.profile.as_deref())
    })?;
    redact::learn(found.secret_access_key());
    redact::learn(found.access_key_id());
    found.session_token().into_iter().for_each(redact::learn);
    if let Some(account) = found.account_id() {
        redact::learn_account(account.as_str());
    }
    Ok(())
}

/// Where requests go, for people.
fn host(settings: &Settings, region: &str) -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|url| !url.is_empty());
    let url = settings.endpoint_url.clone();
    let url = url.or_else(|| set("AWS_ENDPOINT_URL_BEDROCK_RUNTIME")).or_else(|| set("AWS_ENDPOINT_URL"));
    url.unwrap_or_else(|| format!("bedrock-runtime.{region}.amazonaws.com"))
}

/// Whether one of AWS's two files has a profile. The SDK itself only says that there are no credentials.
fn profile_is_there(profile: &str) -> Result<(), ServiceError> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).unwrap_or_default();
    let file = |variable: &str, name: &str| {
        let path = std::env::var_os(variable).map(PathBuf::from);
        let path = path.unwrap_or_else(|| PathBuf::from(&home).join(".aws").join(name));
        std::fs::read_to_string(path).unwrap_or_default()
    };
    let files = [file("AWS_CONFIG_FILE", "config"), file("AWS_SHARED_CREDENTIALS_FILE", "credentials")];
    let heads = files.iter().flat_map(|text| text.lines()).filter_map(|line| {
        let head = line.trim().strip_prefix('[')?.split(']').next()?.trim();
        Some(head.strip_prefix("profile ").map_or(head, str::trim))
    });
    let mut known: Vec<&str> =
        heads.filter(|head| !head.starts_with("sso-session ") && !head.starts_with("services ")).collect();
    known.sort_unstable();
    known.dedup();
    if known.contains(&profile) {
        return Ok(());
    }
    let help = if known.is_empty() {
        "make one: aws configure sso, or leave out --profile".to_owned()
    } else {
        format!("these are there: {}", known.join(", "))
    };
    let message = format!("there is no AWS profile `{profile}`");
    Err(ServiceError { trouble: Trouble::NoCredentials, message, help })
}

fn no_region() -> ServiceError {
    ServiceError {
        trouble: Trouble::NoRegion,
        message: "no AWS region is set".to_owned(),
        help: "name one: --region us-east-1, or set AWS_REGION, or `region` in your AWS profile".to_owned(),
    }
}
