//! The `osmocyte` binary.
fn main() {}
