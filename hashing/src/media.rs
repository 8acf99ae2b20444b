//! What a file is, by its first bytes. Names and declared types are not asked: they lie.

use serde::{Deserialize, Serialize};

/// A media type this crate can tell from the first [`Media::HEAD`] bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)] // each variant is its media type, spelled beside it
pub enum Media {
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/png")]
    Png,
    #[serde(rename = "image/gif")]
    Gif,
    #[serde(rename = "image/webp")]
    WebP,
    #[serde(rename = "image/bmp")]
    Bmp,
    #[serde(rename = "image/tiff")]
    Tiff,
    #[serde(rename = "image/heic")]
    Heic,
    #[serde(rename = "image/avif")]
    Avif,
    #[serde(rename = "image/jxl")]
    JpegXl,
    #[serde(rename = "video/mp4")]
    Mp4,
    #[serde(rename = "video/quicktime")]
    QuickTime,
    #[serde(rename = "video/3gpp")]
    ThreeGp,
    #[serde(rename = "video/webm")]
    WebM,
    #[serde(rename = "video/x-msvideo")]
    Avi,
    #[serde(rename = "video/mpeg")]
    Mpeg,
    #[serde(rename = "video/x-flv")]
    Flv,
    #[serde(rename = "application/octet-stream")]
    Unknown,
}

/// What can be done with a kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A picture this crate decodes.
    Readable,
    /// A picture in a format it does not decode, but platforms do.
    ByPlatform,
    /// A picture in a format it does not decode.
    Unsupported,
    /// A video.
    Video,
    /// Anything else.
    Other,
}

impl Media {
    /// So many first bytes are enough to tell.
    pub const HEAD: usize = 64;

    /// Tells the type from a file's first bytes.
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Self::Png,
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Self::Gif,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Self::WebP,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..] => Self::Avi,
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Self::Bmp,
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Self::Tiff,
            [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Self::JpegXl,
            [0x1a, 0x45, 0xdf, 0xa3, ..] => Self::WebM,
            [0, 0, 1, 0xb3 | 0xba, ..] => Self::Mpeg,
            [b'F', b'L', b'V', 1, ..] => Self::Flv,
            [_, _, _, _, b'f', b't', b'y', b'p', rest @ ..] => Self::of_brands(rest),
            // QuickTime files older than `ftyp` begin with one of these atoms.
            [_, _, _, _, atom @ ..] if [b"moov", b"mdat", b"wide"].iter().any(|name| atom.starts_with(*name)) => {
                Self::QuickTime
            }
            _ => Self::Unknown,
        }
    }

    /// ISO base media (ISO/IEC 14496-12): the major brand first, then, past four bytes of version, the compatible ones.
    fn of_brands(rest: &[u8]) -> Self {
        let (words, _) = rest.as_chunks::<4>();
        let brands = words.iter().take(1).chain(words.iter().skip(2));
        for brand in brands {
            match brand {
                b"avif" | b"avis" => return Self::Avif,
                b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => {
                    // `mif1` is also an AVIF's major brand; then `avif` stands among the others.
                    return if words.contains(b"avif") { Self::Avif } else { Self::Heic };
                }
                b"qt  " => return Self::QuickTime,
                [b'3', b'g', b'p' | b'g' | b'e' | b'r' | b's', _] => return Self::ThreeGp,
                _ => {}
            }
        }
        Self::Mp4
    }

    /// Whether it is a video.
    pub const fn is_video(self) -> bool {
        matches!(self.kind(), Kind::Video)
    }

    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Jpeg | Self::Png | Self::Gif | Self::WebP | Self::Bmp => Kind::Readable,
            Self::Heic | Self::Avif => Kind::ByPlatform,
            Self::Tiff | Self::JpegXl => Kind::Unsupported,
            Self::Mp4 | Self::QuickTime | Self::ThreeGp | Self::WebM | Self::Avi | Self::Mpeg | Self::Flv => {
                Kind::Video
            }
            Self::Unknown => Kind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_by_their_first_bytes() {
        for (head, media) in [
            (b"\xff\xd8\xff\xe0\0\x10JFIF".as_slice(), Media::Jpeg),
            (b"\x89PNG\r\n\x1a\n", Media::Png),
            (b"GIF89a", Media::Gif),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Media::WebP),
            (b"RIFF\x10\0\0\0AVI LIST", Media::Avi),
            (b"BM\x36\0\0\0\0\0\0\0", Media::Bmp),
            (b"II*\0", Media::Tiff),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Media::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Media::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Media::Avif),
            (b"\0\0\0\x18ftypavif\0\0\0\0avifmif1", Media::Avif),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Media::QuickTime),
            (b"\0\0\0\x08wide\0\0\0\0mdat", Media::QuickTime),
            (b"\0\0\0\x18ftypisom\0\0\x02\0isommp42", Media::Mp4),
            (b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4", Media::ThreeGp),
            (b"\x1a\x45\xdf\xa3", Media::WebM),
        ] {
            assert_eq!(Media::of(head), media, "{}", head.escape_ascii());
        }
    }

    #[test]
    fn other_bytes_are_unknown() {
        for head in [
            b"".as_slice(),
            b"G",
            b"<html>",
            b"BMW is a car maker",
            b"\xff\xd8",
            b"%PDF-1.7",
            b"RIFF\0\0\0\0WAVE",
            b"PK\x03\x04",
        ] {
            assert_eq!(Media::of(head), Media::Unknown, "{}", head.escape_ascii());
        }
    }

    #[test]
    fn written_as_a_media_type() {
        assert_eq!(serde_json::to_string(&Media::ThreeGp).unwrap(), "\"video/3gpp\"");
        assert!(serde_json::from_str::<Media>("\"text/html\"").is_err());
    }
}
