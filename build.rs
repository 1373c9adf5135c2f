//! The shipped models are inside the binary: a new file among them makes a new binary.

fn main() {
    println!("cargo:rerun-if-changed=models");
}
