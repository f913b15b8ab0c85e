//! `tutor endpoint`, as its clients see it.

mod book;
mod clients;
mod command;
mod faults;
mod guard;
mod malformed;
mod replay;
mod rough;
mod served;
