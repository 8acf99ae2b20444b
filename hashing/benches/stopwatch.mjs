// `node stopwatch.mjs MODULE PICTURE.bmp ROUNDS`: nanoseconds of each round in V8, from the file in the module's memory to
// the hash: an uncompressed picture, so nearly all of it is PDQ.
import { readFileSync } from "node:fs";

const [path, picture, rounds] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(path));
const file = readFileSync(picture);
for (let round = 0; round < Number(rounds); round += 1) {
  const wasm = new WebAssembly.Instance(module).exports;
  const to = wasm.piece();
  const most = wasm.piece_length();
  for (let at = 0; at < file.length; at += most) {
    const piece = file.subarray(at, at + most);
    new Uint8Array(wasm.memory.buffer, to, piece.length).set(piece);
    wasm.update(piece.length);
  }
  wasm.look();
  const start = process.hrtime.bigint();
  while (wasm.step());
  console.log(String(process.hrtime.bigint() - start));
}
