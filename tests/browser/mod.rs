//! What only a browser can tell, in headless Chromium.
//!
//! [`course`] makes books with recordings, [`gallery`] is one with everything tutor draws. The other
//! modules each hold one concern: they build a site with the real mdBook, have a script in `scripts/`
//! look at it in Chromium (once a test), and assert on the lines of JSON it prints.

mod accessibility;
mod attacks;
mod chromium;
mod course;
mod gallery;
mod pictures;
mod safety;
mod validity;
mod visiting;
