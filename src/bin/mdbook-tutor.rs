//! The name mdBook looks for.

fn main() {}
