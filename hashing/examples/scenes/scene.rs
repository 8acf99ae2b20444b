//! Pictures drawn by chance, as photographic as a few formulas make them: no two alike, the same number always the same.
//!
//! - *Landscapes*: sky, clouds, sun, ridges behind haze, trees, water or meadow.
//! - *Leaves*: discs and blocks of every size lying over each other, shaded and grained. Such pictures have the
//!   spectrum and the edges of photographs (Lee, Mumford, Huang: "Occlusion Models for Natural Images", 2001).
//! - *Surfaces*: stone, wood, sand, cloth: noise of many scales, stretched and bent.
//! - *Drawings*: outlined shapes, hatching and strokes like writing on a plain ground.
//! - *Patterns*: tiles, waves, rings.

#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // pictures are small
#![allow(clippy::cast_precision_loss, clippy::cast_sign_loss)] // and chance needs no precision

/// What a picture shows.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Landscape,
    Leaves,
    Surface,
    Drawing,
    Pattern,
}

type Color = [f32; 3];

/// The kind of a numbered picture: half of them landscapes and leaves.
pub fn kind(number: u64) -> Kind {
    match number % 8 {
        0..3 => Kind::Landscape,
        3..5 => Kind::Leaves,
        5 => Kind::Surface,
        6 => Kind::Drawing,
        _ => Kind::Pattern,
    }
}

/// Draws a numbered picture: red, green, blue, top row first.
pub fn draw(number: u64, width: usize, height: usize) -> Vec<u8> {
    let mut dice = Dice(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5ca1_ab1e);
    let aspect = height as f32 / width as f32;
    let scene: Box<dyn Fn(f32, f32) -> Color> = match kind(number) {
        Kind::Landscape => landscape(&mut dice, aspect),
        Kind::Leaves => leaves(&mut dice, aspect),
        Kind::Surface => surface(&mut dice),
        Kind::Drawing => drawing(&mut dice, aspect),
        Kind::Pattern => pattern(&mut dice),
    };
    let (vignette, grain, seed) = (dice.between(0.0, 0.5), dice.between(0.0, 10.0), dice.next() as u32);
    let mut pixels = Vec::with_capacity(3 * width * height);
    for row in 0..height {
        for column in 0..width {
            let (x, y) = ((column as f32 + 0.5) / width as f32, (row as f32 + 0.5) / width as f32);
            let (from_middle_x, from_middle_y) = (x - 0.5, y - aspect / 2.0);
            let light = 1.0 - vignette * (from_middle_x * from_middle_x + from_middle_y * from_middle_y);
            let grain = grain * (chance(column as i32, row as i32, seed) - 0.5);
            pixels.extend(scene(x, y).map(|part| (part * light * 255.0 + grain).clamp(0.0, 255.0) as u8));
        }
    }
    pixels
}

fn landscape(dice: &mut Dice, aspect: f32) -> Box<dyn Fn(f32, f32) -> Color> {
    let horizon = aspect * dice.between(0.3, 0.75);
    let (zenith, haze) = (dice.color(0.1, 0.7), dice.color(0.5, 1.0));
    let (cloudiness, cloud_size, cloud_seed) = (dice.between(-0.2, 0.6), dice.between(1.5, 6.0), dice.next() as u32);
    let (sun_x, sun_y, sun_size) = (dice.between(0.0, 1.0), horizon * dice.between(0.1, 1.0), dice.between(0.02, 0.09));
    let ground = dice.color(0.05, 0.6);
    let ridges: Vec<_> = (0..dice.below(5))
        .map(|number| {
            let nearness = (number as f32 + 1.0) / 5.0;
            let level = horizon + (number as f32 - 1.5) * dice.between(0.02, 0.06);
            let color = mix(haze, dice.color(0.02, 0.45), nearness);
            (level, dice.between(0.05, 0.35), dice.between(1.0, 6.0), dice.next() as u32, color)
        })
        .collect();
    let trees: Vec<_> = (0..dice.below(14))
        .map(|_| {
            let size = dice.between(0.03, 0.35);
            (
                dice.between(0.0, 1.0),
                horizon + size * dice.between(0.1, 0.7),
                size,
                dice.below(2) == 0,
                dice.color(0.0, 0.35),
                dice.next() as u32,
            )
        })
        .collect();
    let (water, ground_size, ground_seed) = (dice.below(3) == 0, dice.between(4.0, 30.0), dice.next() as u32);

    let sky = move |x: f32, y: f32| {
        let base = mix(zenith, haze, (y / horizon).clamp(0.0, 1.0));
        let clouds = (clouds(x * cloud_size, y * cloud_size * 2.0, cloud_seed, 5) + cloudiness - 0.5).clamp(0.0, 1.0);
        let away = ((x - sun_x).powi(2) + (y - sun_y).powi(2)).sqrt();
        let sun = (sun_size / away.max(sun_size)).powf(1.5);
        mix(mix(base, [0.95, 0.95, 0.97], clouds), [1.0, 0.97, 0.85], sun)
    };
    let far = move |x: f32, y: f32| {
        let mut color = sky(x, y);
        for &(level, high, rough, seed, paint) in &ridges {
            let ridge = level - high * clouds(x * rough, 0.5, seed, 6) + high * 0.4;
            if y > ridge {
                let light = 0.7 + 0.6 * clouds(x * rough * 6.0, y * rough * 9.0, seed ^ 1, 4);
                color = paint.map(|part| part * light);
            }
        }
        color
    };
    Box::new(move |x, y| {
        let mut color = if y < horizon {
            far(x, y)
        } else if water {
            let depth = y - horizon;
            let ripple = 0.02 * (clouds(x * 8.0, depth * 80.0, ground_seed, 3) - 0.5);
            mix(far(x + ripple, (horizon - depth + ripple).max(0.0)), ground, 0.3)
        } else {
            let near = 1.0 + 3.0 * (y - horizon);
            let light = 0.5 + clouds(x * ground_size / near, (y - horizon) * ground_size, ground_seed, 5);
            ground.map(|part| part * light)
        };
        for &(at, foot, size, pointed, paint, seed) in &trees {
            let (across, up) = ((x - at).abs() / size, (foot - y) / size);
            let edge = 0.15 * (clouds(x / size * 6.0, y / size * 6.0, seed, 3) - 0.5);
            let crown = if pointed { 0.3 * (1.0 - up) } else { 0.4 * (1.0 - (2.0 * up - 1.3).powi(2)).max(0.0).sqrt() };
            let trunk = across < 0.04 && up < 0.5;
            if (0.0..1.0).contains(&up) && (trunk || up > 0.15 && across < crown + edge) {
                let light = 0.6 + 0.9 * clouds(x / size * 12.0, y / size * 12.0, seed, 3);
                color = paint.map(|part| part * light);
            }
        }
        color
    })
}

fn leaves(dice: &mut Dice, aspect: f32) -> Box<dyn Fn(f32, f32) -> Color> {
    let smallest = dice.between(0.01, 0.04);
    let leaves: Vec<_> = (0..180)
        .map(|_| {
            // Sizes fall off with the cube, as the model asks.
            let size = (smallest / dice.between(0.0, 1.0).max(1e-4).sqrt()).min(0.6);
            let turn = dice.between(0.0, std::f32::consts::TAU);
            let paint = dice.color(0.0, 1.0);
            (
                dice.between(-0.1, 1.1),
                dice.between(-0.1, aspect + 0.1),
                size,
                dice.below(3),
                turn.sin_cos(),
                paint,
                dice.next() as u32,
            )
        })
        .collect();
    let ground = dice.color(0.1, 0.9);
    Box::new(move |x, y| {
        for &(at_x, at_y, size, shape, (sin, cos), paint, seed) in &leaves {
            let (dx, dy) = ((x - at_x) / size, (y - at_y) / size);
            if dx.abs() > 1.5 || dy.abs() > 1.5 {
                continue;
            }
            let (across, along) = (dx * cos + dy * sin, dy * cos - dx * sin);
            let inside = match shape {
                0 => across * across + along * along < 1.0,
                1 => across.abs() < 0.9 && along.abs() < 0.5,
                _ => across * across + 3.0 * along * along < 1.0,
            };
            if inside {
                let light = 0.75 + 0.3 * across + 0.3 * (clouds(dx * 4.0, dy * 4.0, seed, 3) - 0.5);
                return paint.map(|part| part * light);
            }
        }
        ground
    })
}

fn surface(dice: &mut Dice) -> Box<dyn Fn(f32, f32) -> Color> {
    let (dark, light) = (dice.color(0.0, 0.5), dice.color(0.4, 1.0));
    let (across, along, bend) = (dice.between(1.0, 12.0), dice.between(1.0, 12.0), dice.between(0.0, 2.5));
    let (slope_x, slope_y) = (dice.between(-0.6, 0.6), dice.between(-0.6, 0.6));
    let (seed, other) = (dice.next() as u32, dice.next() as u32);
    Box::new(move |x, y| {
        let bent = bend * clouds(x * 3.0, y * 3.0, other, 3);
        let height = clouds(x * across + bent, y * along - bent, seed, 6) + slope_x * (x - 0.5) + slope_y * (y - 0.4);
        mix(dark, light, ((height - 0.5) * 2.2 + 0.5).clamp(0.0, 1.0))
    })
}

fn drawing(dice: &mut Dice, aspect: f32) -> Box<dyn Fn(f32, f32) -> Color> {
    let paper = dice.color(0.75, 1.0);
    let shapes: Vec<_> = (0..4 + dice.below(14))
        .map(|_| {
            let turn = dice.between(0.0, std::f32::consts::TAU);
            let size = dice.between(0.04, 0.4);
            (
                dice.between(0.0, 1.0),
                dice.between(0.0, aspect),
                size,
                dice.between(0.2, 1.0),
                dice.below(4),
                turn.sin_cos(),
                dice.color(0.0, 1.0),
            )
        })
        .collect();
    let lines = dice.below(12) as f32;
    let (ink, seed) = (dice.color(0.0, 0.25), dice.next() as u32);
    Box::new(move |x, y| {
        let mut color = paper;
        for &(at_x, at_y, size, flat, kind, (sin, cos), paint) in &shapes {
            let (dx, dy) = ((x - at_x) / size, (y - at_y) / size);
            let (across, along) = (dx * cos + dy * sin, (dy * cos - dx * sin) / flat);
            let out = match kind {
                0 => across.hypot(along),
                1 => across.abs().max(along.abs()),
                2 => across.abs() + along.abs(),
                _ => across.hypot(along) * (1.0 + 0.25 * (5.0 * along.atan2(across)).sin()),
            };
            if out < 1.0 {
                color = if out > 1.0 - 0.008 / size { ink } else { paint };
            }
        }
        // Lines like writing: strokes up and down along a row, with gaps between words.
        let row = (y / aspect * 20.0).floor();
        if row < lines && (x * 9.0 + 3.0 * chance(row as i32, 0, seed)).fract() > 0.15 && x > 0.08 && x < 0.92 {
            let stroke = 0.5 + 0.35 * (clouds(x * 90.0, row, seed, 2) * 4.0 - 2.0);
            if ((y / aspect * 20.0).fract() - stroke).abs() < 0.12 {
                color = ink;
            }
        }
        color
    })
}

fn pattern(dice: &mut Dice) -> Box<dyn Fn(f32, f32) -> Color> {
    let (one, two, three) = (dice.color(0.0, 1.0), dice.color(0.0, 1.0), dice.color(0.0, 1.0));
    let (sin, cos) = dice.between(0.0, std::f32::consts::PI).sin_cos();
    let (fine, skew, wave) = (dice.between(1.5, 14.0), dice.between(0.5, 2.0), dice.between(0.0, 0.4));
    let (at_x, at_y, kind, seed) = (dice.between(0.0, 1.0), dice.between(0.0, 0.8), dice.below(4), dice.next() as u32);
    Box::new(move |x, y| {
        let (across, along) = ((x * cos + y * sin) * fine, (y * cos - x * sin) * fine * skew);
        let (across, along) = (across + wave * (along * 2.0).sin(), along + wave * (across * 1.7).cos());
        let cell = chance(across.floor() as i32, along.floor() as i32, seed);
        match kind {
            0 => {
                if cell < 0.5 {
                    mix(one, two, across.rem_euclid(1.0))
                } else {
                    mix(three, one, along.rem_euclid(1.0))
                }
            }
            1 => mix(one, two, 0.5 + 0.25 * ((across * 6.0).sin() + (along * 5.0).sin())),
            2 => mix(one, mix(two, three, cell), ((x - at_x).hypot(y - at_y) * fine * 6.0).sin() * 0.5 + 0.5),
            _ => {
                let edge = (across.rem_euclid(1.0) - 0.5).abs().max((along.rem_euclid(1.0) - 0.5).abs());
                if edge > 0.44 { three } else { mix(one, two, cell) }
            }
        }
    })
}

fn mix(a: Color, b: Color, share: f32) -> Color {
    std::array::from_fn(|part| a[part] + (b[part] - a[part]) * share)
}

/// Noise of several scales, each half as strong as the one before: about 0 to 1.
fn clouds(x: f32, y: f32, seed: u32, scales: u32) -> f32 {
    let (mut sum, mut strength, mut x, mut y) = (0.0, 0.5, x, y);
    for scale in 0..scales {
        sum += strength * noise(x, y, seed.wrapping_add(scale));
        strength *= 0.5;
        (x, y) = (x * 2.0 + 0.37, y * 2.0 + 0.71);
    }
    sum
}

/// Random heights on a lattice, smoothly joined: 0 to 1.
fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (column, row) = (x.floor(), y.floor());
    let smooth = |at: f32| at * at * (3.0 - 2.0 * at);
    let (across, down) = (smooth(x - column), smooth(y - row));
    let (column, row) = (column as i32, row as i32);
    let between = |a: f32, b: f32, at: f32| a + (b - a) * at;
    between(
        between(chance(column, row, seed), chance(column + 1, row, seed), across),
        between(chance(column, row + 1, seed), chance(column + 1, row + 1, seed), across),
        down,
    )
}

/// A number from 0 to 1 that looks random and always is the same.
fn chance(x: i32, y: i32, seed: u32) -> f32 {
    let mut n =
        (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77) ^ seed.wrapping_mul(0xc2b2_ae3d);
    n = (n ^ n >> 15).wrapping_mul(0x2c1b_3c6d);
    n = (n ^ n >> 12).wrapping_mul(0x297a_2d39);
    ((n ^ n >> 15) >> 8) as f32 / 16_777_216.0
}

/// Chance that starts from a number (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.next() >> 40) as f32 / 16_777_216.0)
    }

    fn color(&mut self, low: f32, high: f32) -> Color {
        let light = self.between(low, high);
        std::array::from_fn(|_| (0.6 * light + 0.4 * self.between(low, high)).clamp(0.0, 1.0))
    }
}
