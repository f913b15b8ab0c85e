//! Servers on this machine that have models of their own.

use super::{Check, Patient};
use tutor_local::{Server, Settings};

/// Which servers run, with what they have and the lines that name them; nothing where none is there and
/// none is wanted.
pub(super) fn servers(patient: &Patient) -> Vec<Check> {
    const NAME: &str = "local";
    let wanted = patient.sound().map(|(_, config)| &config.local).filter(|local| !local.is_empty());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Vec::new() };
    let Some(local) = wanted else {
        let found = runtime.block_on(tutor_local::usual(&Settings::default()));
        return found.iter().map(|server| Check::note(NAME, told(server)).next(lines(server))).collect();
    };
    let settings = match local.settings() {
        Ok(settings) => settings,
        Err(what) => return vec![Check::warning(NAME, what).next("set it before you ask a local model")],
    };
    vec![match runtime.block_on(tutor_local::find(&settings)) {
        Ok(server) => Check::ok(NAME, told(&server)),
        Err(error) => Check::warning(NAME, error.to_string()).next(error.help()),
    }]
}

fn told(server: &Server) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<&str> = server.models.iter().take(SHOWN).map(tutor_local::Model::name).collect();
    if server.models.len() > SHOWN {
        names.push("…");
    }
    let has = if names.is_empty() { "no model".to_owned() } else { names.join(", ") };
    format!("{} at {} has {has}", server.in_words(), server.url)
}

/// What to put into book.toml.
fn lines(server: &Server) -> String {
    let model = server.models.first().map_or("NAME", tutor_local::Model::name);
    format!(
        "for real answers of it, in book.toml: [preprocessor.tutor.local] url = \"{}\", models = {{ \"*\" = \"{model}\" }}, \
         machine = \"WORDS\"; then tutor record --local",
        server.url
    )
}
