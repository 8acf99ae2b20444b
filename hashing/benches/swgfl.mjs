// `node swgfl.mjs BUNDLE WAY PICTURE.ppm WIDTH HEIGHT ROUNDS`: as stopwatch.mjs, for SWGfL's TypeScript. WAY is `picture` or
// `video`: it has one PDQ for each. The bundle is made by run.sh.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const WARMING = 1000; // milliseconds
const [bundle, way, picture, ...numbers] = process.argv.slice(2);
const [width, height, rounds] = numbers.map(Number);
const { ofPicture, ofFrame } = await import(pathToFileURL(bundle));
const rgb = readFileSync(picture).subarray(-3 * width * height);
const data = new Uint8ClampedArray(4 * width * height).fill(255);
for (let at = 0; at < width * height; at += 1) data.set(rgb.subarray(3 * at, 3 * at + 3), 4 * at);
// What it asks of a canvas; reading back from one would take it more time.
const canvas = { width, height, getContext: () => ({ getImageData: () => ({ data }) }) };
const ways = {
  async picture() {
    const { hash, quality } = await ofPicture(canvas);
    return `${hash} ${quality}`;
  },
  async video() {
    const { hash, quality } = ofFrame(data, height, width);
    return `${hash.toHexString()} ${quality}`;
  },
};
let hashed;
const began = performance.now();
while (performance.now() - began < WARMING) await ways[way]();
for (let round = 0; round < rounds; round += 1) {
  const start = process.hrtime.bigint();
  hashed = await ways[way]();
  console.log(String(process.hrtime.bigint() - start));
}
console.log(hashed);
