//! The folder of a learner: no book, but scripts of challenges.

use super::{BadBook, Check, Patient, Verdict, environment, tools};
use crate::challenge::{Shelf, workspace};

/// How many scripts of challenges lie in a folder that holds no book.
pub(super) fn scripts(patient: &Patient) -> usize {
    if !matches!(patient.book, Err(BadBook::Missing)) {
        return 0;
    }
    let Ok(shelf) = Shelf::open(&patient.root) else { return 0 };
    shelf.challenges().filter(|challenge| workspace::script(challenge, &patient.root).is_file()).count()
}

/// What a learner needs: Python with boto3, and nothing in the environment that leads elsewhere.
pub(super) fn checks(patient: &Patient, scripts: usize) -> Vec<Check> {
    let many = if scripts == 1 { "script of a challenge" } else { "scripts of challenges" };
    let folder = Check::ok("folder", format!("a learner's, with {scripts} {many}"));
    let needed = tools::python(patient).into_iter().map(|check| match check.verdict {
        Verdict::Ok => check,
        _ => Check { verdict: Verdict::Broken, ..check },
    });
    std::iter::once(folder).chain(needed).chain(environment::variables(patient)).collect()
}
