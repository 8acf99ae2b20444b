//! The frames of a video, decoded by an installed `ffmpeg`, hashed as they come.
//!
//! `ffmpeg` writes every frame to a pipe, turned as it is shown, as YUV4MPEG2 (`man yuv4mpeg`). It opens
//! nothing but the file, and only as one of the containers we know: some of the others are lists of further files.
//! A frame's time is its number by the frame rate, as the reference counts it.

mod y4m;

use std::ffi::OsString;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use hashing::vpdq::{Frame, Milliseconds, Quarter, VideoFingerprint, VideoHasher};
use serde::Serialize;

use y4m::{Header, NotY4m};

/// What opens videos, found on `PATH`.
const FFMPEG: &str = "ffmpeg";

/// The containers that [`hashing::Media`] tells from each other.
const CONTAINERS: &str = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,flv";

/// The layouts of luma and chroma that are hashed as they are; anything else becomes one of them.
const FORMATS: &str = "format=yuv420p|yuvj420p|yuv422p|yuvj422p|yuv444p|yuvj444p|gray|\
                       yuv420p10le|yuv422p10le|yuv444p10le|yuv420p12le|yuv422p12le|yuv444p12le";

/// Why a video's frames have no hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NoVpdq {
    /// There is no `ffmpeg` on `PATH`.
    #[error("there is no ffmpeg here")]
    NoFfmpeg,
    /// `ffmpeg` could not be started or gave no frame.
    #[error("ffmpeg can't decode it")]
    Undecodable,
    /// The frames are under 5 pixels wide or high, or above [`hashing::vpdq::MAX_PIXELS`].
    #[error("its frames are too small or too large")]
    Size,
}

impl From<NotY4m> for NoVpdq {
    fn from(_: NotY4m) -> Self {
        Self::Undecodable
    }
}

/// Hashes every frame of a video.
pub fn hash(path: &Path) -> Result<VideoFingerprint, NoVpdq> {
    let mut ffmpeg = Running(start(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => NoVpdq::NoFfmpeg,
        _ => NoVpdq::Undecodable,
    })?);
    let frames = ffmpeg.0.stdout.take().ok_or(NoVpdq::Undecodable)?;
    hash_frames(&mut BufReader::with_capacity(1 << 20, frames))
}

/// A process that does not outlive our interest in it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _has_ended_already = self.0.kill();
        let _was_waited_for = self.0.wait();
    }
}

fn start(path: &Path) -> std::io::Result<Child> {
    // So named, a file called `http:…` or `-i` is a file.
    let mut file = OsString::from("file:");
    file.push(path);
    Command::new(FFMPEG)
        .args(["-nostdin", "-loglevel", "quiet", "-protocol_whitelist", "file", "-format_whitelist", CONTAINERS, "-i"])
        .arg(file)
        .args(["-map", "0:v:0", "-vf", FORMATS, "-fps_mode", "passthrough"])
        .args(["-f", "yuv4mpegpipe", "-strict", "-1", "pipe:1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

/// A video that breaks off counts as far as it goes.
fn hash_frames(from: &mut impl BufRead) -> Result<VideoFingerprint, NoVpdq> {
    let header = Header::read(from)?;
    let mut hasher = VideoHasher::default();
    let mut planes = vec![0; header.frame_length().ok_or(NoVpdq::Size)?];
    while y4m::read_frame(from, &mut planes)? {
        let frame = Frame::new(header.width, header.height, Quarter::None, header.pixels(&planes));
        let time = Milliseconds::new(header.milliseconds(hasher.frames()));
        frame.and_then(|frame| hasher.push(&frame, time)).map_err(|_| NoVpdq::Size)?;
    }
    match hasher.frames() {
        0 => Err(NoVpdq::Undecodable),
        _ => Ok(hasher.finish()),
    }
}
