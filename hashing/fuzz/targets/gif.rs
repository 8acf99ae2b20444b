#![no_main]

mod picture;

libfuzzer_sys::fuzz_target!(|data: &[u8]| picture::look(b"GIF8", hashing::Media::Gif, data));
