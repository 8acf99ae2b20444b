// Videos and large pictures for tests, drawn by ffmpeg: a zoom into a fractal. `scripts/setup.sh ffmpeg` installs it.
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
  return drawn(folder, name, type, size, ['-t', String(seconds), '-pix_fmt', 'yuv420p', '-c:v', ...codec]);
}

/** A noisy picture in WebP: a large one takes a browser seconds, in one step. */
export const webp = (folder, name, { size }) => drawn(folder, name, 'image/webp', size, ['-vf', 'noise=alls=60', '-frames:v', '1', '-c:v', 'libwebp', '-quality', '60']);

function drawn(folder, name, mimeType, size, how) {
  const path = join(folder, name);
  const from = ['-nostdin', '-loglevel', 'error', '-y', '-f', 'lavfi', '-i', `mandelbrot=size=${size}:rate=25`];
  execFileSync('ffmpeg', [...from, ...how, path], { stdio: 'pipe' }); // some encoders talk
  return { path, name, mimeType, buffer: readFileSync(path) };
}
