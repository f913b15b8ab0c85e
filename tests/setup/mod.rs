//! `tutor init` and `tutor doctor`: tutor in books of other people.

mod books;
mod doctor;
mod help;
mod init;
mod new;
mod schemas;
