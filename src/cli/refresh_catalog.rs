//! `tutor catalog refresh`: public price tables against the catalog, and what they add to it.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use jiff::civil::Date;

use super::{Exit, Failure, terminal};
use tutor_catalog::Catalog;
use tutor_catalog::refresh::write::{self, Quoted};
use tutor_catalog::refresh::{Changed, Table, applied, changes, read};

/// Read public price tables, and say what they have that the catalog has not
///
/// Understands the JSON data files of litellm and genai-prices, and AWS price lists
/// (offers/v1.0/aws/…/index.json). A figure that somebody checked is never replaced: another one stands
/// beside it, with its source. Exits with 1 if there is news.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A table: a file, or a URL; http is for this machine only, https is fetched with curl
    #[arg(long, value_name = "FILE|URL", required = true)]
    from: Vec<String>,
    /// Write the changed models into this file, as an overlay for a book (`catalog` in book.toml)
    #[arg(long, value_name = "FILE", conflicts_with = "own")]
    overlay: Option<PathBuf>,
    /// Write the changed models into tutor's own files in this folder (crates/catalog/src/models)
    #[arg(long, value_name = "DIR")]
    own: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn execute(&self, catalog: &Catalog, today: Date) -> Result<Exit, Failure> {
        // All are read before anything is written: one that is broken changes nothing.
        let tables = self.from.iter().map(|from| table(from, today)).collect::<Result<Vec<_>, _>>()?;
        let mut known = catalog.clone();
        let mut news = Vec::new();
        for table in &tables {
            let changed = changes(&known, table);
            for one in &changed {
                terminal::print(&one.in_words(&format!("{}, read {}", table.title, table.read)));
            }
            for ignored in &table.ignored {
                anstream::eprintln!("left out: {ignored}");
            }
            let quantity = changed.len();
            anstream::eprintln!(
                "{}: {} models, {quantity} of them with news.",
                table.title,
                table.models.len()
            );
            known = heard(&known, &changed, table, &mut news)?;
        }
        if news.is_empty() {
            return Ok(Exit::Good);
        }
        if let Some(file) = &self.overlay {
            let text = entries(&known, &news);
            written(file, &text.0, &text.1)?;
        }
        if let Some(folder) = &self.own {
            into_own(folder, &known, &news)?;
        }
        Ok(Exit::Material)
    }
}

/// The catalog once a table is heard; the ids of what changed are added to `news`.
fn heard(
    known: &Catalog,
    changed: &[Changed],
    table: &Table,
    news: &mut Vec<String>,
) -> Result<Catalog, Failure> {
    let mut quoted = Quoted::of(known);
    let models: String =
        applied(known, changed, table).iter().map(|it| write::model(it, &mut quoted) + "\n").collect();
    let text = quoted.tables(&models) + &models;
    let over = Catalog::parse(&text).map_err(|error| {
        Failure::usage(format!("{}: makes no catalog entry: {error}", table.title), "report this table")
    })?;
    news.extend(changed.iter().map(|it| it.id.clone()).filter(|id| !news.contains(id)).collect::<Vec<_>>());
    Ok(known.overlaid(over))
}

/// The sources and the models of these ids, as a catalog file has them.
fn entries(catalog: &Catalog, ids: &[String]) -> (String, String) {
    let mut quoted = Quoted::of(catalog);
    let models = ids.iter().filter_map(|id| catalog.model(id));
    let models: Vec<String> = models.map(|model| write::model(model, &mut quoted)).collect();
    let models = models.join("\n");
    (quoted.tables(&models), models)
}

fn written(file: &Path, sources: &str, models: &str) -> Result<(), Failure> {
    replace(file, &format!("{sources}{models}"))?;
    anstream::eprintln!("Written: {}", file.display());
    Ok(())
}

/// Puts changed models in their places in tutor's own files, and new sources behind the others.
fn into_own(folder: &Path, catalog: &Catalog, ids: &[String]) -> Result<(), Failure> {
    let sources_file = folder.join("sources.toml");
    let mut sources = text_of(&sources_file)?;
    let mut quoted = Quoted::of(catalog);
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for id in ids {
        let Some(model) = catalog.model(id) else { continue };
        let maker = id.split('.').next().unwrap_or_default();
        let at = files.iter().position(|(path, text)| {
            path.file_stem().is_some_and(|stem| stem == maker)
                || text.contains(&format!("[model.\"{id}\"]\n"))
        });
        let at = match at {
            Some(at) => at,
            None => {
                let path = folder.join(format!("{maker}.toml"));
                let text = if path.is_file() { text_of(&path)? } else { format!("# {}\n", model.provider) };
                files.push((path, text));
                files.len() - 1
            }
        };
        let entry = write::model(model, &mut quoted);
        let text = &mut files[at].1;
        match text.find(&format!("[model.\"{id}\"]\n")) {
            Some(start) => {
                let end = text[start + 1..].find("\n[model.").map_or(text.len(), |end| start + 1 + end);
                text.replace_range(start..end, &entry);
            }
            None => *text = format!("{}\n\n{entry}", text.trim_end()),
        }
    }
    let all: String = files.iter().map(|(_, text)| text.as_str()).collect();
    for table in quoted.tables(&all).split("\n\n").filter(|table| !table.trim().is_empty()) {
        let head = table.lines().next().unwrap_or_default();
        if !sources.contains(head) {
            sources = format!("{}\n\n{}\n", sources.trim_end(), table.trim_end());
        }
    }
    for (path, text) in files {
        replace(&path, &text)?;
        anstream::eprintln!("Written: {}", path.display());
    }
    replace(&sources_file, &sources)
}

fn text_of(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::usage(
            format!("cannot read {}: {error}", path.display()),
            "name the folder of tutor's own files",
        )
    })
}

/// Writes beside the file first: it is the old one or the new one, never half of it.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(path).map_err(|error| error.error)
    };
    write().map(|_| ()).map_err(|error: std::io::Error| {
        Failure::usage(format!("cannot write {}: {error}", path.display()), "choose another place")
    })
}

fn table(from: &str, today: Date) -> Result<Table, Failure> {
    let bytes = if from.starts_with("http://") {
        over_loopback(from)
    } else if from.starts_with("https://") {
        over_the_net(from)
    } else {
        std::fs::read(from).map_err(|error| error.to_string())
    };
    let help = "nothing was changed; name a file, an http:// URL of this machine, or an https:// URL";
    let bytes = bytes.map_err(|error| Failure::usage(format!("{from} cannot be read: {error}"), help))?;
    let name = from.rsplit('/').next().unwrap_or(from);
    read(&bytes, name, today).map_err(|error| {
        Failure::usage(format!("{from}: {error}"), "nothing was changed; name another table")
    })
}

/// A file from this machine, over plain HTTP.
fn over_loopback(url: &str) -> Result<Vec<u8>, String> {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let (host, path) =
        rest.split_once('/').map_or((rest, String::from("/")), |(host, path)| (host, format!("/{path}")));
    let address = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let mut found = address.to_socket_addrs().map_err(|error| error.to_string())?;
    let address =
        found.find(|it| it.ip().is_loopback()).ok_or("plain http is for this machine only; use https")?;
    let answer = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(10))?;
        stream.set_read_timeout(Some(Duration::from_mins(1)))?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {host}\r\nAccept: application/json\r\n\r\n")?;
        let mut all = Vec::new();
        stream.take(512 << 20).read_to_end(&mut all)?;
        Ok(all)
    };
    let answer = answer().map_err(|error| error.to_string())?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").ok_or("the answer has no head")?;
    let head = String::from_utf8_lossy(&answer[..end]);
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    if status == "200" { Ok(answer[end + 4..].to_vec()) } else { Err(format!("the server answers {status}")) }
}

/// A file from the net, by the system's curl: tutor itself goes nowhere but to Amazon Bedrock.
fn over_the_net(url: &str) -> Result<Vec<u8>, String> {
    let arguments =
        ["--fail", "--silent", "--show-error", "--location", "--proto", "=https", "--max-time", "300"];
    let done = Command::new("curl").args(arguments).arg("--").arg(url).output();
    let done =
        done.map_err(|error| format!("curl cannot be run: {error}; fetch the file yourself and name it"))?;
    if done.status.success() {
        Ok(done.stdout)
    } else {
        Err(String::from_utf8_lossy(&done.stderr).trim().to_owned())
    }
}
