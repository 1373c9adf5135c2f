#![no_main]

#[allow(dead_code)]
#[path = "../shared.rs"]
mod shared;

libfuzzer_sys::fuzz_target!(|text: &str| shared::model(text));
