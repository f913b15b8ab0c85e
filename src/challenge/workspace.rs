//! The learner's own files: put there once, never overwritten.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::shelf::Challenge;

/// What is where the learner's script belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// It was there.
    There,
    /// It is new, with the starting code.
    New,
}

/// Where the script of a challenge lies in a learner's `folder`.
pub fn script(challenge: &Challenge, folder: &Path) -> PathBuf {
    let below = Path::new(&challenge.chapter).join(&challenge.manifest.file);
    if folder == Path::new(".") { below } else { folder.join(below) }
}

/// The script in the same folder whose name is most like that of one that is not there.
pub fn nearest(script: &Path) -> Option<PathBuf> {
    let wanted = script.file_name()?.to_string_lossy().into_owned();
    let folder = script.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let scripts = std::fs::read_dir(folder).ok()?.flatten().filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (Path::new(&name).extension() == Some("py".as_ref()))
            .then(|| (strsim::jaro_winkler(&name, &wanted), script.with_file_name(name)))
    });
    let best = scripts.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.85).then_some(best.1)
}

/// Puts the starting code where `script` is to be, unless something is there.
pub fn place(challenge: &Challenge, script: &Path) -> io::Result<Placed> {
    if let Some(folder) = script.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match File::create_new(script) {
        Ok(mut file) => {
            file.write_all(challenge.start.as_bytes())?;
            Ok(Placed::New)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Placed::There),
        Err(error) => Err(error),
    }
}

/// Begins anew: what is there is kept under another name, which is returned.
pub fn reset(challenge: &Challenge, script: &Path) -> io::Result<Option<PathBuf>> {
    let kept = if script.exists() { Some(keep(script)?) } else { None };
    place(challenge, script)?;
    Ok(kept)
}

/// Moves a file to the first name with a number that is free.
fn keep(script: &Path) -> io::Result<PathBuf> {
    for number in 1.. {
        let stem = script.file_stem().unwrap_or_default().to_string_lossy();
        let backup = script.with_file_name(format!("{stem}.backup-{number}.py"));
        // Taking the name first makes two resets at once safe.
        match OpenOptions::new().write(true).create_new(true).open(&backup) {
            Ok(_) => {
                std::fs::rename(script, &backup)?;
                return Ok(backup);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("no name is free"))
}
