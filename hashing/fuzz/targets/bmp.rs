#![no_main]

mod picture;

libfuzzer_sys::fuzz_target!(|data: &[u8]| picture::look(b"BM", hashing::Media::Bmp, data));
