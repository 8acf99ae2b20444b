//! From rows of pixels to 64 × 64 samples: two passes of a box filter, rows then columns, and a sample at each centre.
//!
//! A running sum along a row is one long chain of additions, so rows go side by side, one in each lane; down the columns
//! the chains of neighbours are independent anyway. A band of rows goes through all four passes at once, strip by strip,
//! so that what one pass gives is still in the nearest cache when the next one takes it.
//!
//! Around the picture everything is black, and the mean of a window whose middle lies outside is zero: it is the sum
//! divided by infinity. Adding and subtracting zeros changes no bit, so the edges need nothing of their own.

use super::lanes::Lanes;

/// Samples each way.
pub(super) const SIDE: usize = 64;

/// Blurred luma, 0 to 255, top row first.
pub(super) type Grid = [[f32; SIDE]; SIDE];

/// Columns that go through all passes together.
const STRIP: usize = 32;

/// Columns whose means are made in the same way; a part of a strip, and a multiple of any number of lanes.
const TILE: usize = 8;

/// How a pixel lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// One byte.
    Grey,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, and a byte that does not count.
    Rgba,
}

impl Layout {
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::Grey => Grey::BYTES,
            Self::Rgb => Rgb::BYTES,
            Self::Rgba => Rgba::BYTES,
        }
    }

    /// Luma of one pixel.
    pub(super) fn luma(self, pixel: &[u8]) -> f32 {
        match self {
            Self::Grey => Grey::luma(pixel),
            Self::Rgb => Rgb::luma(pixel),
            Self::Rgba => Rgba::luma(pixel),
        }
    }
}

/// A [`Layout`] by type.
pub(super) trait Pixel {
    const BYTES: usize;
    /// Luma of the first pixels, see [`Lanes`].
    fn luma<L: Lanes<N>, const N: usize>(pixels: &[u8]) -> L;
}

struct Grey;
struct Rgb;
struct Rgba;

impl Pixel for Grey {
    const BYTES: usize = 1;

    #[inline(always)]
    fn luma<L: Lanes<N>, const N: usize>(pixels: &[u8]) -> L {
        L::grey(pixels)
    }
}

impl Pixel for Rgb {
    const BYTES: usize = 3;

    #[inline(always)]
    fn luma<L: Lanes<N>, const N: usize>(pixels: &[u8]) -> L {
        L::rgb(pixels)
    }
}

impl Pixel for Rgba {
    const BYTES: usize = 4;

    #[inline(always)]
    fn luma<L: Lanes<N>, const N: usize>(pixels: &[u8]) -> L {
        L::rgba(pixels)
    }
}

/// The box filter along one side of the picture.
#[derive(Clone, Copy)]
struct Filter {
    length: usize,
    /// The reference's window: `1/128` of the side, rounded up.
    window: usize,
}

impl Filter {
    const fn new(length: usize) -> Self {
        Self { length, window: length.div_ceil(2 * SIDE) }
    }

    /// How far a window reaches beyond its middle.
    const fn ahead(self) -> usize {
        self.window / 2
    }

    /// Where the 64 samples stand.
    const fn centre(self, sample: usize) -> usize {
        (2 * sample + 1) * self.length / (2 * SIDE)
    }

    /// The last that has to enter the first pass for this sample to leave the second.
    const fn enters(self, sample: usize) -> usize {
        self.centre(sample) + 2 * self.ahead()
    }

    /// So many have to enter in all.
    const fn span(self) -> usize {
        self.enters(SIDE - 1) + 1
    }

    /// How many pixels lie in the window that ends here; infinitely many if its middle is outside.
    #[allow(clippy::cast_precision_loss)] // a window has under 2^24 pixels
    fn count(self, end: usize) -> f32 {
        if end < self.ahead() || end >= self.length + self.ahead() {
            f32::INFINITY
        } else if end < self.length {
            self.window.min(end + 1) as f32
        } else {
            (self.length + self.window - 1 - end) as f32
        }
    }

    /// How to make means of the sums of `N` windows, which end here and at those that follow.
    #[allow(clippy::cast_precision_loss)] // as above
    fn means<const N: usize>(self, end: usize) -> Means<N> {
        let is_inside = end + 1 >= self.window && end + N <= self.length;
        let mut counts = [self.window as f32; N];
        if !is_inside {
            counts = std::array::from_fn(|next| self.count(end + next));
        }
        Means { is_power: is_inside && self.window.is_power_of_two(), inverse: 1.0 / self.window as f32, counts }
    }
}

/// What the sums of `N` windows are divided by.
struct Means<const N: usize> {
    /// All are the same power of two.
    is_power: bool,
    inverse: f32,
    counts: [f32; N],
}

impl<const N: usize> Means<N> {
    /// The mean of one sum. Multiplying by the inverse of a power of two is exact, and takes less time.
    #[inline(always)]
    fn of<L: Lanes<M>, const M: usize, const IS_POWER: bool>(&self, index: usize, sum: L) -> L {
        if IS_POWER { sum.mul(L::splat(self.inverse)) } else { sum.div(L::splat(self.counts[index])) }
    }
}

/// The latest columns of a band: one window of them at least, so that they can leave again, and a strip.
struct Recent<L: Lanes<N>, const N: usize, const G: usize> {
    window: usize,
    /// Where the strip begins.
    at: usize,
    columns: Vec<[L; G]>,
}

impl<L: Lanes<N>, const N: usize, const G: usize> Recent<L, N, G> {
    /// So many strips are written before the window is moved back to the beginning.
    const STRIPS: usize = 3;

    fn new(window: usize) -> Self {
        Self { window, at: window, columns: vec![[L::splat(0.0); G]; window + Self::STRIPS * STRIP] }
    }

    /// Before the first column everything is black.
    fn clear(&mut self) {
        self.at = self.window;
        self.columns[..self.window].fill([L::splat(0.0); G]);
    }

    /// Where to write a strip of so many columns.
    #[inline(always)]
    fn strip(&mut self, length: usize) -> &mut [[L; G]] {
        if self.at + length > self.columns.len() {
            self.columns.copy_within(self.at - self.window..self.at, 0);
            self.at = self.window;
        }
        &mut self.columns[self.at..self.at + length]
    }

    /// The columns of this strip, which enter, and those that leave for them. The next strip is another one.
    #[inline(always)]
    fn entering(&mut self, length: usize) -> (&[[L; G]], &[[L; G]]) {
        let at = self.at;
        self.at += length;
        (&self.columns[at..at + length], &self.columns[at - self.window..][..length])
    }
}

/// Running sums down the columns, and the rows inside the window, in rings, for each `N` columns.
struct Columns<L: Lanes<N>, const N: usize> {
    window: usize,
    sums: Vec<L>,
    rings: Vec<L>,
}

impl<L: Lanes<N>, const N: usize> Columns<L, N> {
    fn new(width: usize, window: usize) -> Self {
        let tiles = width.div_ceil(N);
        Self { window, sums: vec![L::splat(0.0); tiles], rings: vec![L::splat(0.0); tiles * window] }
    }

    /// The sums and rings of these columns.
    #[inline(always)]
    fn tiles(&mut self, from: usize, to: usize) -> impl Iterator<Item = (&mut L, &mut [L])> {
        let (from, to) = (from / N, to / N);
        let rings = self.rings[from * self.window..to * self.window].chunks_exact_mut(self.window);
        self.sums[from..to].iter_mut().zip(rings)
    }
}

/// Lets rows enter one after the other; each becomes what the sum then is. The first takes this slot of the ring.
#[inline(always)]
fn slide_down<L: Lanes<N>, const N: usize, const ROWS: usize>(
    sum: &mut L,
    ring: &mut [L],
    slot: usize,
    rows: &mut [L; ROWS],
) {
    if let Some(old) = ring[slot..].first_chunk_mut() {
        enter(sum, rows, old);
        return;
    }
    let mut slot = slot;
    for row in rows {
        enter(sum, std::array::from_mut(row), std::array::from_mut(&mut ring[slot]));
        slot = if slot + 1 == ring.len() { 0 } else { slot + 1 };
    }
}

/// Lets rows enter a sum one after the other, and old ones leave for them.
#[inline(always)]
fn enter<L: Lanes<N>, const N: usize, const ROWS: usize>(sum: &mut L, rows: &mut [L; ROWS], old: &mut [L; ROWS]) {
    for row in 0..ROWS {
        *sum = sum.add(rows[row]).sub(old[row]);
        old[row] = rows[row];
        rows[row] = *sum;
    }
}

/// The whole way from rows to grid, `N` times `G` rows at a time.
pub(super) struct Shrink<L: Lanes<N>, const N: usize, const G: usize> {
    across: Filter,
    down: Filter,
    /// Rows taken, those below the picture too.
    taken: usize,
    /// Luma.
    fresh: Recent<L, N, G>,
    /// Its means along the rows, for a strip.
    means: Vec<[L; G]>,
    first: Columns<L, N>,
    /// The means of these down the columns: the first pass is done.
    blurred: Recent<L, N, G>,
    /// Sums along the rows of these, where a sample stands.
    samples: Vec<[L; G]>,
    /// What these count.
    counts: [f32; SIDE],
    second: Columns<L, N>,
    /// Sums down the columns of their means.
    sums: Vec<[f32; SIDE]>,
    sampled: usize,
    grid: Grid,
}

impl<L: Lanes<N>, const N: usize, const G: usize> Shrink<L, N, G> {
    /// So many rows are taken at a time.
    pub(super) const BAND: usize = N * G;

    pub(super) fn new(width: usize, height: usize) -> Self {
        let (across, down) = (Filter::new(width), Filter::new(height));
        Self {
            across,
            down,
            taken: 0,
            fresh: Recent::new(across.window),
            means: vec![[L::splat(0.0); G]; STRIP],
            first: Columns::new(across.span().next_multiple_of(TILE), down.window),
            blurred: Recent::new(across.window),
            samples: vec![[L::splat(0.0); G]; SIDE],
            counts: std::array::from_fn(|sample| across.count(across.centre(sample) + across.ahead())),
            second: Columns::new(SIDE, down.window),
            sums: vec![[0.0; SIDE]; Self::BAND],
            sampled: 0,
            grid: [[0.0; SIDE]; SIDE],
        }
    }

    /// The samples, once enough rows have been taken.
    pub(super) fn grid(&self) -> Option<&Grid> {
        (self.sampled == SIDE).then_some(&self.grid)
    }

    /// Takes the next [`Self::BAND`] rows.
    #[inline(always)]
    pub(super) fn take(&mut self, pixels: &[u8], layout: Layout) {
        let row = Self::BAND * layout.bytes();
        assert!(pixels.len().is_multiple_of(row) && pixels.len() / row == self.across.length, "a whole band");
        self.fresh.clear();
        self.blurred.clear();
        let mut sums = [[L::splat(0.0); G]; 2];
        let mut sample = 0;
        let span = self.across.span().next_multiple_of(TILE);
        for from in (0..span).step_by(STRIP) {
            let to = span.min(from + STRIP);
            match layout {
                Layout::Grey => self.weigh::<Grey>(pixels, from, to),
                Layout::Rgb => self.weigh::<Rgb>(pixels, from, to),
                Layout::Rgba => self.weigh::<Rgba>(pixels, from, to),
            }
            self.blur_rows(from, to, &mut sums[0]);
            self.blur_columns(from, to);
            self.sample_rows(from, to, &mut sums[1], &mut sample);
        }
        self.sample_columns();
        self.taken += Self::BAND;
    }

    /// Pixels to luma, rows to lanes.
    #[inline(always)]
    fn weigh<P: Pixel>(&mut self, pixels: &[u8], from: usize, to: usize) {
        let width = self.across.length;
        let squares = self.fresh.strip(to - from).as_chunks_mut::<N>().0;
        // So far the last row, too, has as many bytes as are read at once.
        let end = width.min((width + N).saturating_sub((4 * N).div_ceil(P::BYTES)));
        let whole = end.saturating_sub(from) / N;
        let (whole, part) = squares.split_at_mut(whole.min(squares.len()));
        let x = from + N * whole.len();
        weigh_whole::<P, L, N, G>(pixels, width, from, whole);
        for (x, square) in (x..).step_by(N).zip(part) {
            weigh_part::<P, L, N, G>(pixels, width, x, square);
        }
    }

    /// First pass along the rows.
    #[inline(always)]
    fn blur_rows(&mut self, from: usize, to: usize, sums: &mut [L; G]) {
        let (new, old) = self.fresh.entering(to - from);
        let tiles = new.as_chunks().0.iter().zip(old.as_chunks().0).zip(self.means.as_chunks_mut().0);
        for (x, ((new, old), blurred)) in (from..).step_by(TILE).zip(tiles) {
            let means = self.across.means(x);
            if means.is_power {
                blur::<L, N, G, true>(new, old, &means, sums, blurred);
            } else {
                blur::<L, N, G, false>(new, old, &means, sums, blurred);
            }
        }
    }

    /// First pass down the columns.
    #[inline(always)]
    fn blur_columns(&mut self, from: usize, to: usize) {
        let down = self.down;
        let means: [Means<N>; G] = std::array::from_fn(|group| down.means(self.taken + group * N));
        if means.iter().all(|means| means.is_power) {
            self.blur_columns_with::<true>(from, to, &means);
        } else {
            self.blur_columns_with::<false>(from, to, &means);
        }
    }

    #[inline(always)]
    fn blur_columns_with<const IS_POWER: bool>(&mut self, from: usize, to: usize, means: &[Means<N>; G]) {
        let slots: [usize; G] = std::array::from_fn(|group| (self.taken + group * N) % self.down.window);
        let squares = self.means.as_chunks::<N>().0.iter().zip(self.blurred.strip(to - from).as_chunks_mut::<N>().0);
        for ((before, after), (sum, ring)) in squares.zip(self.first.tiles(from, to)) {
            if N == 1 {
                // One lane: columns are rows already, and enter all at once.
                let mut rows = before[0];
                slide_down(sum, ring, slots[0], &mut rows);
                for (group, mean) in after[0].iter_mut().enumerate() {
                    *mean = means[group].of::<L, N, IS_POWER>(0, rows[group]);
                }
                continue;
            }
            let mut sliding = *sum;
            for group in 0..G {
                let mut rows = L::transpose(group_of(before, group));
                slide_down(&mut sliding, ring, slots[group], &mut rows);
                for (index, row) in rows.iter_mut().enumerate() {
                    *row = means[group].of::<L, N, IS_POWER>(index, *row);
                }
                put(after, group, L::transpose(rows));
            }
            *sum = sliding;
        }
    }

    /// Second pass along the rows: only the sums at the centres are kept.
    #[inline(always)]
    fn sample_rows(&mut self, from: usize, to: usize, sums: &mut [L; G], sample: &mut usize) {
        let mut sliding = *sums;
        let mut centre = self.across.enters(*sample);
        let (new, old) = self.blurred.entering(to - from);
        for (x, (new, old)) in (from..).zip(new.iter().zip(old)) {
            slide(&mut sliding, new, old);
            while x == centre && *sample < SIDE {
                self.samples[*sample] = sliding;
                *sample += 1;
                centre = self.across.enters(*sample);
            }
        }
        *sums = sliding;
    }

    /// Second pass down the columns, of which 64 are left.
    #[inline(always)]
    fn sample_columns(&mut self) {
        let down = self.down;
        for group in 0..G {
            let slot = (self.taken + group * N) % down.window;
            for (x, (sum, ring)) in (0..SIDE).step_by(N).zip(self.second.tiles(0, SIDE)) {
                let mut means = [L::splat(0.0); N];
                for (sample, mean) in (x..).zip(&mut means) {
                    *mean = self.samples[sample][group].div(L::splat(self.counts[sample]));
                }
                let mut rows = L::transpose(means);
                slide_down(sum, ring, slot, &mut rows);
                for (sums, row) in self.sums[group * N..].iter_mut().zip(rows) {
                    sums[x..x + N].copy_from_slice(&row.to_array());
                }
            }
        }
        for (row, sums) in self.sums.iter().enumerate() {
            while self.sampled < SIDE && self.taken + row == down.enters(self.sampled) {
                let count = down.count(down.centre(self.sampled) + down.ahead());
                self.grid[self.sampled] = sums.map(|sum| sum / count);
                self.sampled += 1;
            }
        }
    }
}

/// Luma of columns of pixels that all have `4 N` bytes from there.
#[inline(always)]
#[allow(unsafe_code)] // bounds are checked for the last column's last row here, and not for each of the many others
fn weigh_whole<P: Pixel, L: Lanes<N>, const N: usize, const G: usize>(
    pixels: &[u8],
    width: usize,
    from: usize,
    squares: &mut [[[L; G]; N]],
) {
    let Some(last) = squares.len().checked_sub(1) else { return };
    let at = |row: usize, x: usize| (row * width + x) * P::BYTES;
    assert!(at(N * G - 1, from + last * N) + 4 * N <= pixels.len(), "the last row goes on");
    for (x, square) in (from..).step_by(N).zip(squares) {
        for group in 0..G {
            let mut rows = [L::splat(0.0); N];
            for (row, luma) in rows.iter_mut().enumerate() {
                let at = at(group * N + row, x);
                *luma = P::luma(unsafe { pixels.get_unchecked(at..at + 4 * N) });
            }
            put(square, group, L::transpose(rows));
        }
    }
}

/// The same where the picture ends: black beyond it.
#[cold]
#[inline(never)]
fn weigh_part<P: Pixel, L: Lanes<N>, const N: usize, const G: usize>(
    pixels: &[u8],
    width: usize,
    x: usize,
    square: &mut [[L; G]; N],
) {
    let inside = width.saturating_sub(x).min(N) * P::BYTES;
    for group in 0..G {
        let mut rows = [L::splat(0.0); N];
        for (row, luma) in rows.iter_mut().enumerate() {
            let mut padded = [[0; 4]; N];
            if inside > 0 {
                let at = ((group * N + row) * width + x) * P::BYTES;
                padded.as_flattened_mut()[..inside].copy_from_slice(&pixels[at..at + inside]);
            }
            *luma = P::luma(padded.as_flattened());
        }
        put(square, group, L::transpose(rows));
    }
}

/// Lets a column enter the sums, and another leave.
#[inline(always)]
fn slide<L: Lanes<N>, const N: usize, const G: usize>(sums: &mut [L; G], new: &[L; G], old: &[L; G]) {
    for group in 0..G {
        sums[group] = sums[group].add(new[group]).sub(old[group]);
    }
}

/// The means along the rows, for a tile.
#[inline(always)]
fn blur<L: Lanes<N>, const N: usize, const G: usize, const IS_POWER: bool>(
    new: &[[L; G]; TILE],
    old: &[[L; G]; TILE],
    means: &Means<TILE>,
    sums: &mut [L; G],
    blurred: &mut [[L; G]; TILE],
) {
    let mut sliding = *sums;
    for column in 0..TILE {
        slide(&mut sliding, &new[column], &old[column]);
        for group in 0..G {
            blurred[column][group] = means.of::<L, N, IS_POWER>(column, sliding[group]);
        }
    }
    *sums = sliding;
}

/// Takes a group's part of `N` columns.
#[inline(always)]
fn put<L: Lanes<N>, const N: usize, const G: usize>(square: &mut [[L; G]; N], group: usize, columns: [L; N]) {
    for column in 0..N {
        square[column][group] = columns[column];
    }
}

/// A group's part of `N` columns.
#[inline(always)]
fn group_of<L: Lanes<N>, const N: usize, const G: usize>(square: &[[L; G]; N], group: usize) -> [L; N] {
    let mut columns = [L::splat(0.0); N];
    for column in 0..N {
        columns[column] = square[column][group];
    }
    columns
}
