//! `suoja hash` of videos, with an `ffmpeg` and without.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use hashing::vpdq::{self, FrameHash};
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::program::suoja_finding;
use crate::harness::run;

/// Runs `ffmpeg` (`scripts/setup.sh ffmpeg` installs it), whose own patterns are what is filmed here.
fn ffmpeg(folder: &Path, arguments: &str) {
    let always = "-nostdin -loglevel error".split(' ');
    let ran = Command::new("ffmpeg").args(always).args(arguments.split(' ')).current_dir(folder).status().unwrap();
    assert!(ran.success(), "{arguments}");
}

fn hashed(folder: &Path, name: &str) -> Value {
    let ended = suoja_finding(folder, &env::var("PATH").unwrap(), &["hash", name]);
    assert_eq!((ended.code, ended.complaints.as_str()), (0, ""));
    serde_json::from_str(&ended.out).unwrap()
}

fn frames(line: &Value) -> Vec<FrameHash> {
    serde_json::from_value(line["vpdq"].clone()).unwrap()
}

#[test]
fn every_frame_is_hashed_and_near_ones_are_left_out() {
    let folder = TempDir::new().unwrap();
    ffmpeg(folder.path(), "-f lavfi -i mandelbrot=size=320x240:rate=25 -t 4 -pix_fmt yuv420p -c:v libx264 drawn.mp4");
    let line = hashed(folder.path(), "drawn.mp4");
    assert_eq!((&line["media_type"], &line["no_pdq"]), (&"video/mp4".into(), &"video".into()));
    assert_eq!((&line["vpdq_frames"], &line["vpdq_pruned_at"]), (&100.into(), &16.into()));
    let frames = frames(&line);
    assert!(frames.len() > 3 && frames.len() < 100, "{}", frames.len());
    assert!(frames.is_sorted_by_key(|frame| frame.time) && frames.iter().all(|frame| frame.time.get() < 4_000));
}

#[test]
fn a_copy_in_another_codec_size_and_depth_matches() {
    let folder = TempDir::new().unwrap();
    ffmpeg(folder.path(), "-f lavfi -i mandelbrot=size=640x360:rate=25 -t 3 -pix_fmt yuv420p -c:v libx264 drawn.mp4");
    ffmpeg(
        folder.path(),
        "-i drawn.mp4 -vf scale=320:180 -pix_fmt yuv420p10le -c:v libvpx-vp9 -deadline realtime copy.webm",
    );
    let [drawn, copy] = ["drawn.mp4", "copy.webm"].map(|name| frames(&hashed(folder.path(), name)));
    assert!(vpdq::matches(&copy, &drawn) && vpdq::matches(&drawn, &copy));
}

/// The transformation matrix of the first track (ISO/IEC 14496-12, `tkhd`) becomes a quarter turn to the right.
fn mark_as_turned(file: &Path) {
    const A_QUARTER: [u32; 9] = [0, 0x0001_0000, 0, 0xffff_0000, 0, 0, 0, 0, 0x4000_0000];
    let mut bytes = fs::read(file).unwrap();
    let header = bytes.windows(4).position(|name| name == b"tkhd").unwrap();
    let matrix = A_QUARTER.map(u32::to_be_bytes).concat();
    bytes[header + 44..][..matrix.len()].copy_from_slice(&matrix);
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_video_held_upright_is_hashed_as_it_is_shown() {
    let folder = TempDir::new().unwrap();
    let pattern = "-f lavfi -i mandelbrot=size=240x320:rate=5 -t 1 -pix_fmt yuv420p -c:v libx264 -qp 1";
    ffmpeg(folder.path(), &format!("{pattern} upright.mp4"));
    ffmpeg(folder.path(), &format!("{pattern} -vf transpose=cclock turned.mp4"));
    mark_as_turned(&folder.path().join("turned.mp4"));
    let [upright, turned] = ["upright.mp4", "turned.mp4"].map(|name| frames(&hashed(folder.path(), name)));
    assert!(upright[0].pdq.distance(&turned[0].pdq) <= 4, "{} {}", upright[0], turned[0]);
}

#[test]
fn without_ffmpeg_it_says_so_and_gives_the_exact_hashes() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("film.webm"), b"\x1a\x45\xdf\xa3 and no more").unwrap();
    let alone: Value = serde_json::from_str(&run(folder.path(), &["hash", "film.webm"]).out).unwrap();
    assert_eq!((&alone["no_vpdq"], &alone["no_pdq"]), (&"no_ffmpeg".into(), &"video".into()));
    assert!(alone["sha256"].is_string() && alone.get("vpdq").is_none());
}

#[test]
fn what_ffmpeg_cannot_decode_is_said() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("film.webm"), b"\x1a\x45\xdf\xa3 and no more").unwrap();
    assert_eq!(hashed(folder.path(), "film.webm")["no_vpdq"], "undecodable");
}
