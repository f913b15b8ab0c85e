//! The recordings on disk.
