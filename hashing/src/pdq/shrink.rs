//! From rows of luma to 64 × 64 samples: two passes of a box filter, rows then columns, and a sample at each centre.
//!
//! A running sum along a row is one long chain of additions, so eight rows go side by side, one in each lane. Down the
//! columns the chains of neighbours are independent anyway; there only the rows inside the window are kept, in a ring.

use std::array;

/// Samples each way.
pub(super) const SIDE: usize = 64;

/// Blurred luma, 0 to 255, top row first.
pub(super) type Grid = [[f32; SIDE]; SIDE];

/// Rows that go side by side.
const LANES: usize = 8;

/// One column of eight rows.
type Lanes = [f32; LANES];

/// The whole way from rows to grid.
pub(super) struct Shrink {
    size: Size,
    taken: usize,
    /// Luma that waits for the first pass.
    fresh: Band,
    first: Columns,
    /// What the first pass gave, waiting for the second.
    blurred: Band,
    second: Columns,
    /// Where a row of samples stands in the picture, and in the grid.
    centres: [usize; SIDE],
    sampled: usize,
    grid: Grid,
    before: Vec<Lanes>,
    after: Vec<Lanes>,
}

#[derive(Clone, Copy, PartialEq)]
struct Size {
    width: usize,
    height: usize,
}

impl Shrink {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let lanes = vec![[0.0; LANES]; width.next_multiple_of(LANES)];
        Self {
            size: Size { width, height },
            taken: 0,
            fresh: Band::new(width),
            first: Columns::new(width, height),
            blurred: Band::new(width),
            second: Columns::new(SIDE, height),
            centres: centres(height),
            sampled: 0,
            grid: [[0.0; SIDE]; SIDE],
            before: lanes.clone(),
            after: lanes,
        }
    }

    /// Takes the next row, written by `write` into a slice as wide as the picture.
    pub(super) fn push(&mut self, write: impl FnOnce(&mut [f32])) {
        assert!(self.taken < self.size.height, "a picture has no more rows than it said");
        write(self.fresh.next_row());
        self.taken += 1;
        if self.is_grid_already() {
            self.grid[self.taken - 1].copy_from_slice(self.fresh.row(0));
            self.fresh.rows = 0;
        } else if self.fresh.is_full() {
            self.blur_fresh();
        }
    }

    pub(super) fn finish(mut self) -> Grid {
        assert!(self.taken == self.size.height, "all rows have been taken");
        if self.is_grid_already() {
            return self.grid;
        }
        self.blur_fresh();
        while self.first.shift() {
            self.keep_blurred();
        }
        self.sample_blurred();
        while self.second.shift() {
            self.sample();
        }
        self.grid
    }

    /// A picture of 64 × 64 is taken as it is (the reference's shortcut, meant for video frames).
    fn is_grid_already(&self) -> bool {
        self.size == Size { width: SIDE, height: SIDE }
    }

    /// First pass, along rows and down columns.
    fn blur_fresh(&mut self) {
        self.fresh.interleave(&mut self.before);
        let width = self.size.width;
        blur(&self.before[..width], &mut self.after[..width]);
        self.fresh.deinterleave(&self.after);
        for row in 0..self.fresh.rows {
            if self.first.push(self.fresh.row(row)) {
                self.keep_blurred();
            }
        }
        self.fresh.rows = 0;
    }

    fn keep_blurred(&mut self) {
        self.first.mean(self.blurred.next_row());
        if self.blurred.is_full() {
            self.sample_blurred();
        }
    }

    /// Second pass: only the 64 columns that are wanted leave it.
    fn sample_blurred(&mut self) {
        self.blurred.interleave(&mut self.before);
        let samples = blur_at_centres(&self.before[..self.size.width]);
        for row in 0..self.blurred.rows {
            if self.second.push(&samples.map(|lanes| lanes[row])) {
                self.sample();
            }
        }
        self.blurred.rows = 0;
    }

    /// Keeps the row that left the second pass, as often as it is a centre (more than once in a picture under 64 high).
    fn sample(&mut self) {
        while self.centres.get(self.sampled) == Some(&self.second.index) {
            self.second.mean(&mut self.grid[self.sampled]);
            self.sampled += 1;
        }
    }
}

/// The reference's window: `1/128` of the side, rounded up.
const fn window(side: usize) -> usize {
    side.div_ceil(2 * SIDE)
}

/// Where the 64 samples of a side stand.
fn centres(side: usize) -> [usize; SIDE] {
    array::from_fn(|sample| (2 * sample + 1) * side / (2 * SIDE))
}

/// Up to eight rows, one after the other.
struct Band {
    width: usize,
    stride: usize,
    rows: usize,
    luma: Vec<f32>,
}

impl Band {
    fn new(width: usize) -> Self {
        let stride = width.next_multiple_of(LANES);
        Self { width, stride, rows: 0, luma: vec![0.0; stride * LANES] }
    }

    fn is_full(&self) -> bool {
        self.rows == LANES
    }

    fn row(&self, row: usize) -> &[f32] {
        &self.luma[row * self.stride..][..self.width]
    }

    fn next_row(&mut self) -> &mut [f32] {
        self.rows += 1;
        &mut self.luma[(self.rows - 1) * self.stride..][..self.width]
    }

    /// Rows to lanes. Lanes of rows not there yet hold old values; nobody reads their results.
    fn interleave(&self, lanes: &mut [Lanes]) {
        let (squares, _) = lanes.as_chunks_mut::<LANES>();
        for (at, square) in squares.iter_mut().enumerate() {
            *square =
                transpose(&array::from_fn(|row| array::from_fn(|x| self.luma[row * self.stride + at * LANES + x])));
        }
    }

    /// Lanes back to rows.
    fn deinterleave(&mut self, lanes: &[Lanes]) {
        let (squares, _) = lanes.as_chunks::<LANES>();
        for (at, square) in squares.iter().enumerate() {
            for (row, piece) in transpose(square).iter().enumerate() {
                self.luma[row * self.stride + at * LANES..][..LANES].copy_from_slice(piece);
            }
        }
    }
}

fn transpose(square: &[Lanes; LANES]) -> [Lanes; LANES] {
    array::from_fn(|x| array::from_fn(|row| square[row][x]))
}

/// One step of a running sum along a row: what enters the window, what leaves it, and which pixel's mean it then is,
/// over how many.
type Step = (Option<usize>, Option<usize>, Option<(usize, usize)>);

/// The steps of the reference's `box1DFloat`: the window grows at the start, shrinks at the end.
#[inline]
fn steps(length: usize, mut take: impl FnMut(Step)) {
    let window = window(length);
    let ahead = window / 2;
    for right in 0..ahead {
        take((Some(right), None, None));
    }
    for right in ahead..window {
        take((Some(right), None, Some((right - ahead, right + 1))));
    }
    for right in window..length {
        take((Some(right), Some(right - window), Some((right - ahead, window))));
    }
    for right in length..length + ahead {
        take((None, Some(right - window), Some((right - ahead, length + window - 1 - right))));
    }
}

#[inline]
fn add(sums: &mut Lanes, lanes: &Lanes) {
    for (sum, value) in sums.iter_mut().zip(lanes) {
        *sum += value;
    }
}

#[inline]
fn subtract(sums: &mut Lanes, lanes: &Lanes) {
    for (sum, value) in sums.iter_mut().zip(lanes) {
        *sum -= value;
    }
}

#[allow(clippy::cast_precision_loss)] // a window has under 2^24 pixels
#[inline]
fn mean(sums: &Lanes, count: usize) -> Lanes {
    sums.map(|sum| sum / count as f32)
}

/// Box filter along eight rows.
fn blur(rows: &[Lanes], blurred: &mut [Lanes]) {
    let mut sums = [0.0; LANES];
    steps(rows.len(), |(enters, leaves, ready)| {
        if let Some(right) = enters {
            add(&mut sums, &rows[right]);
        }
        if let Some(left) = leaves {
            subtract(&mut sums, &rows[left]);
        }
        if let Some((x, count)) = ready {
            blurred[x] = mean(&sums, count);
        }
    });
}

/// The same, but only the means at the centres are worked out.
fn blur_at_centres(rows: &[Lanes]) -> [Lanes; SIDE] {
    let centres = centres(rows.len());
    let mut samples = [[0.0; LANES]; SIDE];
    let mut next = 0;
    let mut sums = [0.0; LANES];
    steps(rows.len(), |(enters, leaves, ready)| {
        if let Some(right) = enters {
            add(&mut sums, &rows[right]);
        }
        if let Some(left) = leaves {
            subtract(&mut sums, &rows[left]);
        }
        if let Some((x, count)) = ready {
            while centres.get(next) == Some(&x) {
                samples[next] = mean(&sums, count);
                next += 1;
            }
        }
    });
    samples
}

/// Box filter down the columns: running sums, and the rows inside the window.
struct Columns {
    width: usize,
    height: usize,
    window: usize,
    /// Rows taken so far.
    taken: usize,
    /// Rows that have left the window.
    left: usize,
    /// The row whose means the sums now are.
    index: usize,
    sums: Vec<f32>,
    ring: Vec<f32>,
}

impl Columns {
    fn new(width: usize, height: usize) -> Self {
        let window = window(height);
        Self {
            width,
            height,
            window,
            taken: 0,
            left: 0,
            index: 0,
            sums: vec![0.0; width],
            ring: vec![0.0; width * window],
        }
    }

    /// Takes a row; true if the means of a row are ready.
    fn push(&mut self, row: &[f32]) -> bool {
        let slot = &mut self.ring[self.taken % self.window * self.width..][..self.width];
        if self.taken < self.window {
            for ((sum, old), &new) in self.sums.iter_mut().zip(slot).zip(row) {
                *sum += new;
                *old = new;
            }
        } else {
            for ((sum, old), &new) in self.sums.iter_mut().zip(slot).zip(row) {
                *sum += new;
                *sum -= *old;
                *old = new;
            }
            self.left += 1;
        }
        self.taken += 1;
        let ahead = self.window / 2;
        if self.taken <= ahead {
            return false;
        }
        self.index = self.taken - 1 - ahead;
        true
    }

    /// After the last row: lets the oldest row leave. True if that makes another row's means ready.
    fn shift(&mut self) -> bool {
        if self.index + 1 == self.height {
            return false;
        }
        let oldest = &self.ring[self.left % self.window * self.width..][..self.width];
        for (sum, old) in self.sums.iter_mut().zip(oldest) {
            *sum -= old;
        }
        self.left += 1;
        self.index += 1;
        true
    }

    #[allow(clippy::cast_precision_loss)] // a window has under 2^24 rows
    fn mean(&self, means: &mut [f32]) {
        let count = (self.taken - self.left) as f32;
        for (mean, sum) in means.iter_mut().zip(&self.sums) {
            *mean = sum / count;
        }
    }
}
