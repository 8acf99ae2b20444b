// `node stopwatch.mjs MODULE PICTURE.ppm WIDTH HEIGHT ROUNDS`: nanoseconds of each round in V8, from pixels in the module's
// memory to the hash, then the hash and its quality. The module is the example `module`. The first second, while V8 still
// translates it, is not counted.
import { readFileSync } from "node:fs";

const WARMING = 1000; // milliseconds
const [path, picture, ...numbers] = process.argv.slice(2);
const [width, height, rounds] = numbers.map(Number);
const { exports: wasm } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)));
const pixels = readFileSync(picture).subarray(-3 * width * height);
const to = wasm.bench_pixels(pixels.length);
new Uint8Array(wasm.memory.buffer, to, pixels.length).set(pixels);
let length;
const began = performance.now();
while (performance.now() - began < WARMING) wasm.bench_hash(width, height);
for (let round = 0; round < rounds; round += 1) {
  const start = process.hrtime.bigint();
  length = wasm.bench_hash(width, height);
  console.log(String(process.hrtime.bigint() - start));
}
console.log(new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, wasm.bench_hashed(), length)));
