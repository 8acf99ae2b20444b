//! What a hash takes beyond the picture, counted by the allocator.

#![allow(clippy::unwrap_used, unsafe_code)] // an allocator is unsafe by its nature; this one only counts

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use hashing::pdq::{Engine, PdqHasher};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(NOW.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes taken while a picture comes row by row.
fn most(engine: Engine, width: u32, height: u32) -> usize {
    let row = vec![200; 3 * width as usize];
    let before = NOW.load(Relaxed);
    MOST.store(before, Relaxed);
    let mut hasher = PdqHasher::with(engine, width, height).unwrap();
    (0..height).for_each(|_| hasher.push_rgb(&row));
    hasher.finish();
    MOST.load(Relaxed) - before
}

/// The only test here: another one's memory would be counted with it.
#[test]
fn a_hash_takes_under_three_megabytes_beyond_the_picture() {
    for (width, height) in [(512, 512), (4000, 3000), (3000, 4000), (8000, 6000)] {
        for engine in Engine::available() {
            let most = most(engine, width, height);
            println!("{width} x {height}, {engine:?}: {most} bytes");
            assert!(most < 3_000_000, "{width} x {height} by {engine:?} took {most} bytes");
        }
    }
}
