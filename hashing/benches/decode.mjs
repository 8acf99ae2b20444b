// `node decode.mjs MODULE FILE ROUNDS`: nanoseconds of each round in V8, from the file's bytes to all its hashes.
import { readFileSync } from "node:fs";

const [path, picture, rounds] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(path));
const file = readFileSync(picture);
for (let round = 0; round < Number(rounds); round += 1) {
  const start = process.hrtime.bigint();
  const wasm = new WebAssembly.Instance(module).exports;
  wasm.expect(file.length);
  const most = wasm.piece_length();
  for (let at = 0; at < file.length; at += most) {
    const piece = file.subarray(at, at + most);
    const to = wasm.piece();
    new Uint8Array(wasm.memory.buffer, to, piece.length).set(piece);
    wasm.update(piece.length);
  }
  wasm.look();
  while (wasm.step());
  console.log(String(process.hrtime.bigint() - start));
}
