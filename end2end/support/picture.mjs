// Pictures for tests, drawn here: a dusk sky, hills and a moon, with grain so that no two stretches of bytes are alike.
import { crc32, deflateSync } from 'node:zlib';

/** Steady chance: the same seed draws the same picture. */
function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The colours of a picture, three bytes a pixel. */
function draw(width, height, seed) {
  const random = chance(seed);
  const [moonX, moonY, wave] = [width * (0.3 + 0.4 * random()), height * 0.25, 0.8 + random()];
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const hill = height * (0.7 + 0.12 * Math.sin((wave * 6 * x) / width) + 0.04 * Math.sin((25 * x) / width));
      const moon = Math.hypot(x - moonX, y - moonY) < width / 12;
      const sky = [30 + (120 * y) / height, 60 + (80 * y) / height, 120 + (40 * x) / width];
      const colour = moon ? [240, 232, 200] : y > hill ? [24, 52 + (40 * (y - hill)) / height, 44] : sky;
      const grain = 12 * (random() - 0.5);
      colour.forEach((part, index) => pixels.writeUInt8(Math.max(0, Math.min(255, Math.round(part + grain))), (y * width + x) * 3 + index));
    }
  }
  return pixels;
}

function chunk(kind, body) {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
  const length = Buffer.alloc(4);
  const check = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** A PNG file (RGB, 8 bits, no filter) and the pixels in it. */
export function png({ width = 240, height = 180, seed = 1 } = {}) {
  const pixels = draw(width, height, seed);
  const rows = [];
  for (let y = 0; y < height; y += 1) rows.push(Buffer.from([0]), pixels.subarray(y * width * 3, (y + 1) * width * 3));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const file = Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { file, pixels };
}

/** As a browser's file chooser hands it over. */
export function chosen(name, { file }) {
  return { name, mimeType: 'image/png', buffer: file };
}
