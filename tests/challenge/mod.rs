//! `tutor run` on real scripts with real Python and boto3, which `tests/run` installs.

mod broken;
mod hostile;
mod learner;
mod live;
mod page;
mod transcript;
pub(crate) mod workshop;
