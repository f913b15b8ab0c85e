//! `tutor endpoint`, as its clients see it.

mod book;
mod clients;
mod command;
mod compatible;
mod faults;
mod guard;
mod malformed;
mod replay;
#[cfg(target_os = "linux")]
mod room;
mod rough;
mod served;
