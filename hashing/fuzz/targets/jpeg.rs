#![no_main]

mod picture;

libfuzzer_sys::fuzz_target!(|data: &[u8]| picture::look(b"\xff\xd8\xff", hashing::Media::Jpeg, data));
