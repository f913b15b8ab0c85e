//! What only a browser can tell, in headless Chromium.
//!
//! [`course`] makes books with recordings, [`gallery`] is one with everything tutor draws, built once
//! into `target/tmp/gallery`. The other modules each hold one concern: they have a script in
//! `scripts/` look at a site in Chromium (once a test), and assert on the lines of JSON it prints.
//! `screenshots.sh` takes pictures, those of README and guide among them.

mod accessibility;
mod attacks;
mod chromium;
mod course;
mod gallery;
mod pictures;
mod safety;
mod serving;
mod validity;
mod visiting;
