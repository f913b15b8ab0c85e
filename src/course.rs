//! The road itself: a book in, a book with answers out.
