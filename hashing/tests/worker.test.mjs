// The worker and its module give the same bits as the native crate, and keep their promises.
// Run by `node --test hashing/tests/` after building the module (both ways) and the example `describe` (see docs/hashing.md).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import zlib from "node:zlib";

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const built = process.env.HASHING_WASM ?? join(root, "target/site/pkg");
const native = process.env.HASHING_DESCRIBE ?? join(target, "debug/examples/describe");
const [plain, simd] = ["hashing.wasm", "hashing-simd.wasm"].map((name) => new WebAssembly.Module(readFileSync(join(built, name))));
const script = readFileSync(join(root, "public/hash-worker.js"), "utf8");

// A worker's world and nothing more: whatever else the script touched would be a ReferenceError.
function worker() {
  let bent = {};
  const said = [];
  const waiting = [];
  const memories = [];
  const watched = {
    RuntimeError: WebAssembly.RuntimeError,
    Instance: class {
      constructor(...given) {
        const { exports } = new WebAssembly.Instance(...given);
        memories.push(exports.memory);
        this.exports = { ...exports, ...bent };
      }
    },
  };
  const scope = {
    WebAssembly: watched, MessageChannel, TextDecoder, performance, Uint8Array, DataView, JSON,
    postMessage(message) {
      said.push(structuredClone(message));
      waiting.splice(0).forEach((look) => look());
    },
  };
  scope.self = scope;
  vm.runInNewContext(script, scope);
  return {
    said,
    memories,
    bend: (exports) => { bent = exports; },
    say: (data) => scope.onmessage({ data }),
    async until(wanted) {
      for (;;) {
        const found = said.find(wanted);
        if (found) return found;
        await new Promise((look) => waiting.push(look));
      }
    },
  };
}

async function ready(module = simd) {
  const it = worker();
  it.say({ kind: "start", module: simd });
  assert.deepEqual(await it.until(({ kind }) => kind === "ready" || kind === "broken"), { kind: "ready" });
  return it;
}

const clean = (memory) => Buffer.from(memory.buffer).every((byte) => byte === 0);

function png(width, height, colour, depth, palette) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const framed = Buffer.alloc(8 + body.length);
    framed.writeUInt32BE(data.length);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc(body), 4 + body.length);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour], 8);
  const bytes = Math.ceil((width * { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour] * depth) / 8);
  const rows = Buffer.alloc(height * (bytes + 1));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < bytes; x += 1) {
      rows[y * (bytes + 1) + 1 + x] = ((x * x) >> 5) ^ (y * 3) ^ (((x >> 4) * (y >> 4)) & 1 ? 200 : 0);
    }
  }
  const parts = [Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", header)];
  if (palette) parts.push(chunk("PLTE", Buffer.from(Array.from({ length: 768 }, (_, i) => (i * 7) & 255))));
  return Buffer.concat([...parts, chunk("IDAT", zlib.deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

const files = {
  "colour.png": png(320, 240, 2, 8),
  "alpha.png": png(200, 311, 6, 8),
  "deep.png": png(150, 130, 2, 16),
  "bits.png": png(300, 200, 0, 1),
  "palette.png": png(256, 256, 3, 8, true),
  "tiny.png": png(5, 5, 2, 8),
  "tooTiny.png": png(4, 40, 2, 8),
  "cut.png": png(320, 240, 2, 8).subarray(0, 900),
  "empty.jpg": Buffer.alloc(0),
  "words.txt": Buffer.from("Only words."),
  "film.mp4": Buffer.concat([Buffer.from("\0\0\0\x18ftypisom\0\0\x02\0isommp42", "latin1"), Buffer.alloc(700_000, 7)]),
  ...Object.fromEntries(
    ["picture.jpg", "progressive.jpg", "inks.jpg", "grey.jpg", "picture.webp", "lossless.webp", "picture.gif", "picture.bmp"].map(
      (name) => [name, readFileSync(new URL(`pictures/${name}`, import.meta.url))],
    ),
  ),
};

test("the module needs nothing from outside", () => {
  for (const module of [plain, simd]) assert.deepEqual(WebAssembly.Module.imports(module), []);
});

for (const [name, module] of Object.entries({ plain, simd })) {
  test(`browser and native give the same bits, ${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "hashing-"));
    const paths = Object.entries(files).map(([name, bytes]) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    });
    const expected = execFileSync(native, paths, { encoding: "utf8" }).trim().split("\n").map((line) => JSON.parse(line));

    const it = await ready(module);
    Object.entries(files).forEach(([id, bytes]) => it.say({ kind: "hash", id, file: new Blob([bytes]) }));
    for (const [index, id] of Object.keys(files).entries()) {
      const end = await it.until((message) => message.id === id && message.kind !== "progress");
      assert.deepEqual(end, { kind: "done", id, fingerprints: expected[index] });
    }
    assert.ok(expected.filter(({ pdq }) => pdq).length >= 8);
    assert.ok(it.memories.every(clean), "every memory was overwritten");
  });
}

test("progress counts up and ends at the whole", async () => {
  const it = await ready();
  it.say({ kind: "hash", id: 1, file: new Blob([files["film.mp4"]]) });
  await it.until(({ kind }) => kind === "done");
  const reading = it.said.filter(({ kind, step }) => kind === "progress" && step === "reading");
  assert.equal(reading.at(-1).done, files["film.mp4"].length);
  assert.ok(reading.every(({ done, total }) => done <= total));
});

test("a file can be stopped while it is hashed and while it waits", async () => {
  const it = await ready();
  const long = new Blob([Buffer.alloc(50_000_000)]);
  it.say({ kind: "hash", id: "first", file: long });
  it.say({ kind: "hash", id: "second", file: long });
  it.say({ kind: "hash", id: "third", file: new Blob(["words"]) });
  await it.until(({ kind, id }) => kind === "progress" && id === "first");
  it.say({ kind: "cancel", id: "second" });
  it.say({ kind: "cancel", id: "first" });
  it.say({ kind: "cancel", id: "nobody" });
  await it.until(({ kind, id }) => kind === "done" && id === "third");
  const ends = it.said.filter(({ kind }) => kind !== "progress" && kind !== "ready").map(({ kind, id }) => `${kind} ${id}`);
  assert.deepEqual(ends, ["cancelled second", "cancelled first", "done third"]);
  assert.ok(it.memories.every(clean));
});

test("a file that can't be read says so, and the next one is hashed", async () => {
  const it = await ready();
  const gone = { size: 10, slice: () => ({ arrayBuffer: () => Promise.reject(new Error("gone")) }) };
  it.say({ kind: "hash", id: 1, file: gone });
  it.say({ kind: "hash", id: 2, file: new Blob(["words"]) });
  assert.deepEqual(await it.until(({ kind }) => kind === "failed"), { kind: "failed", id: 1, reason: "unreadable" });
  await it.until(({ kind, id }) => kind === "done" && id === 2);
});

test("a picture that does not fit into memory still gives its exact hashes", async () => {
  const it = worker();
  it.say({ kind: "start", module });
  await it.until(({ kind }) => kind === "ready");
  it.bend({ step: () => { throw new WebAssembly.RuntimeError("unreachable"); } });
  it.say({ kind: "hash", id: 1, file: new Blob([files["colour.png"]]) });
  const { fingerprints } = await it.until(({ kind }) => kind === "done");
  assert.equal(fingerprints.no_pdq, "too_large");
  assert.equal(fingerprints.sha256, createHash("sha256").update(files["colour.png"]).digest("hex"));
  assert.equal(fingerprints.pdq, undefined);
});

test("a wrong module is refused before any file is touched", async () => {
  const empty = new WebAssembly.Module(Buffer.from("0061736d01000000", "hex"));
  const it = worker();
  it.say({ kind: "hash", id: 1, file: { get size() { throw new Error("touched"); } } });
  it.say({ kind: "start", module: empty });
  assert.deepEqual(await it.until(() => true), { kind: "broken", reason: "module" });
});

test("a module that computes something else is refused", async () => {
  const bent = script.replace(/md5: "./, 'md5: "x');
  assert.notEqual(bent, script);
  const said = [];
  const scope = { WebAssembly, MessageChannel, TextDecoder, performance, Uint8Array, DataView, JSON, postMessage: (message) => said.push(message) };
  scope.self = scope;
  vm.runInNewContext(bent, scope);
  scope.onmessage({ data: { kind: "start", module: simd } });
  assert.equal(said[0].reason, "self_test");
});
