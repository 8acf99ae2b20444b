//! The two builds of the hashing module, and which of them this browser runs.

use serde::{Deserialize, Serialize};

/// One build of the hashing module, as this server serves it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct HashModule {
    /// Its address.
    pub path: String,
    /// Its SHA-256 in hex, for people who compare it with their own build (`docs/hashing.md`).
    pub sha256: String,
    /// The same as the browser takes it: another module is refused.
    pub integrity: String,
}

/// Both builds. They compute the same bits.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct HashModules {
    /// For browsers with SIMD.
    pub simd: HashModule,
    /// For all others.
    pub plain: HashModule,
}

#[cfg(feature = "hydrate")]
impl HashModules {
    /// The fastest this browser can run.
    pub fn chosen(self) -> HashModule {
        if has_simd() { self.simd } else { self.plain }
    }
}

/// Asks the browser whether the smallest module with SIMD would be valid: `() -> v128`, with two instructions of it.
#[cfg(feature = "hydrate")]
fn has_simd() -> bool {
    const HEAD: [u8; 8] = *b"\0asm\x01\0\0\0";
    const TYPES: [u8; 7] = [1, 5, 1, 0x60, 0, 1, 0x7b];
    const FUNCTIONS: [u8; 4] = [3, 2, 1, 0];
    // i32.const 0, i8x16.splat, i8x16.popcnt, end
    const CODE: [u8; 12] = [10, 10, 1, 8, 0, 0x41, 0, 0xfd, 15, 0xfd, 98, 0x0b];
    let module = [&HEAD[..], &TYPES, &FUNCTIONS, &CODE].concat();
    js_sys::WebAssembly::validate(&js_sys::Uint8Array::from(&module[..])).unwrap_or(false)
}
