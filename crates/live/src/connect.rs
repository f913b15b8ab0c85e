//! The SDK's client from what a person has set up: profile, SSO, environment, bearer key, region,
//! endpoint.

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
    Ok(Connection { sdk: Sdk::new(client, &region, catalog, settings.bounds), region })
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

fn no_region() -> ServiceError {
    ServiceError {
        trouble: Trouble::NoRegion,
        message: "no AWS region is set".to_owned(),
        help: "name one: --region us-east-1, or set AWS_REGION, or `region` in your AWS profile".to_owned(),
    }
}
