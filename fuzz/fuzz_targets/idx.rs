#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| halfmoon_fuzz::data(bytes));
