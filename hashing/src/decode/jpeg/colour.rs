//! Components to red, green, blue, as libjpeg (`jdcolor.c`) and, for four inks, Pillow do it, to the bit.

/// What the components are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    Grey,
    Rgb,
    /// Luma and two differences (ITU-R BT.601, full range).
    Ycc,
    /// Cyan, magenta, yellow, black, as inverted inks.
    Cmyk,
    /// The same, the first three as luma and differences.
    Ycck,
}

impl Colours {
    /// As libjpeg guesses (`jdapimin.c`); of other numbers of components Pillow knows nothing.
    pub(super) fn guess(ids: &[u8], jfif: bool, adobe: Option<u8>) -> Option<Self> {
        match (ids.len(), adobe) {
            (1, _) => Some(Self::Grey),
            (3, _) if jfif => Some(Self::Ycc),
            (3, Some(0)) => Some(Self::Rgb),
            (3, None) if ids == b"RGB" => Some(Self::Rgb),
            (3, _) => Some(Self::Ycc),
            (4, None | Some(0)) => Some(Self::Cmyk),
            (4, _) => Some(Self::Ycck),
            _ => None,
        }
    }
}

/// Mixes full rows of components into pixels; grey is none of these.
#[inline(always)]
pub(super) fn mix(colours: Colours, components: [&[u8]; 4], pixels: &mut [[u8; 3]]) {
    let [a, b, c, d] = components.map(|row| row.get(..pixels.len()).unwrap_or_default());
    let three = a.iter().zip(b).zip(c);
    match colours {
        Colours::Grey => {}
        Colours::Rgb => {
            for (pixel, ((&red, &green), &blue)) in pixels.iter_mut().zip(three) {
                *pixel = [red, green, blue];
            }
        }
        Colours::Ycc => {
            for (pixel, ((&y, &cb), &cr)) in pixels.iter_mut().zip(three) {
                *pixel = rgb(y, cb, cr);
            }
        }
        Colours::Cmyk => {
            for (pixel, (((&c, &m), &y), &k)) in pixels.iter_mut().zip(three.zip(d)) {
                *pixel = [c, m, y].map(|ink| inked(ink, k));
            }
        }
        Colours::Ycck => {
            for (pixel, (((&y, &cb), &cr), &k)) in pixels.iter_mut().zip(three.zip(d)) {
                *pixel = rgb(y, cb, cr).map(|light| inked(255 - light, k));
            }
        }
    }
}

/// Factors with 16 bits after the point.
#[inline(always)]
fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let (y, cb, cr) = (i32::from(y), i32::from(cb) - 128, i32::from(cr) - 128);
    let red = y + ((91_881 * cr + HALF) >> 16);
    let green = y + ((-22_554 * cb - 46_802 * cr + HALF) >> 16);
    let blue = y + ((116_130 * cb + HALF) >> 16);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped to 0..=255
    [red, green, blue].map(|part| part.clamp(0, 255) as u8)
}

/// What is left of white under an ink and black, both given inverted: Pillow's `cmyk2rgb`.
#[inline(always)]
fn inked(inverted_ink: u8, inverted_black: u8) -> u8 {
    let product = u32::from(255 - inverted_ink) * u32::from(inverted_black) + 128;
    let covered = ((product >> 8) + product) >> 8;
    inverted_black.saturating_sub(covered.to_le_bytes()[0])
}
