//! Views for the tests and the gallery.
