//! PDQ alone as a wasm module, for `benches/stopwatch.mjs`: pixels in, hash and quality out.
#![allow(unsafe_code)] // Only `no_mangle`: the names are this module's own; the crate exports others.

use std::cell::RefCell;

use hashing::pdq::PdqHasher;

thread_local! {
    static PIXELS: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static HASHED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Room for so many bytes: rows of red, green, blue.
#[unsafe(no_mangle)]
pub extern "C" fn bench_pixels(bytes: usize) -> *const u8 {
    PIXELS.with_borrow_mut(|pixels| {
        pixels.resize(bytes, 0);
        pixels.as_ptr()
    })
}

/// Hashes the pixels as they come from a decoder, row by row. The length of what [`bench_hashed`] then holds; 0 if there is no hash.
#[unsafe(no_mangle)]
pub extern "C" fn bench_hash(width: u32, height: u32) -> usize {
    let Ok(mut hasher) = PdqHasher::new(width, height) else { return 0 };
    PIXELS.with_borrow(|pixels| pixels.chunks_exact(3 * width as usize).for_each(|row| hasher.push_rgb(row)));
    let hash = hasher.finish();
    HASHED.with_borrow_mut(|hashed| {
        *hashed = format!("{} {}", hash.original(), hash.quality);
        hashed.len()
    })
}

/// Hash and quality in UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn bench_hashed() -> *const u8 {
    HASHED.with_borrow(|hashed| hashed.as_ptr())
}
