//! The way to a local model: `--local` of several verbs.

use super::record::in_the_way;
use super::{Exit, Failure};
use crate::config::LocalSettings;
use tutor_catalog::Catalog;
use tutor_local::Local;
use tutor_provider::ProviderError;

/// The server that the book means, or the first at a usual place.
pub(super) async fn connect(settings: &LocalSettings, catalog: &'static Catalog) -> Result<Local, Failure> {
    let settings =
        settings.settings().map_err(|what| Failure::usage(what, "set it, or leave the key out"))?;
    let server = tutor_local::find(&settings).await.map_err(|error| match &error {
        ProviderError::Service(error) => in_the_way(error),
        error => Failure::new(Exit::Provider, miette::miette!(help = error.help(), "{error}")),
    })?;
    sayln!("Asking {} at {}.", server.in_words(), server.url);
    Ok(Local::new(server, settings, catalog))
}
