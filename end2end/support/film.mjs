// Videos for tests, drawn by ffmpeg: a zoom into a fractal. `scripts/setup.sh ffmpeg` installs it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each kind of file that is looked into, and how it is made. */
export const FILMS = {
  'h264.mp4': { type: 'video/mp4', codec: ['libx264'] },
  'h264.mov': { type: 'video/quicktime', codec: ['libx264'] },
  'vp8.webm': { type: 'video/webm', codec: ['libvpx', '-b:v', '1M', '-deadline', 'realtime'] },
  'vp9.webm': { type: 'video/webm', codec: ['libvpx-vp9', '-b:v', '1M', '-deadline', 'realtime', '-cpu-used', '8'] },
  'av1.mp4': { type: 'video/mp4', codec: ['libsvtav1', '-preset', '12'] },
};

/** Draws a film of some seconds into a folder; gives it as a browser's file chooser hands it over. */
export function film(folder, name, { seconds = 2, size = '320x240' } = {}) {
  const { type, codec } = FILMS[name.replace(/^.*-/, '')];
  const path = join(folder, name);
  execFileSync('ffmpeg', [
    '-nostdin', '-loglevel', 'error', '-y', '-f', 'lavfi', '-i', `mandelbrot=size=${size}:rate=25`, '-t', String(seconds),
    '-pix_fmt', 'yuv420p', '-c:v', ...codec, path,
  ], { stdio: 'pipe' }); // some encoders talk
  const buffer = readFileSync(path);
  return { path, name, mimeType: type, buffer };
}
