//! halfmoon
fn main() {}
