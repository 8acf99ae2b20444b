// The worker and its module give the same bits as the native crate, and keep their promises.
// Run by `node --test hashing/tests/` after building the module and the example `describe` (see docs/hashing.md).
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
const wasm = process.env.HASHING_WASM ?? join(target, "wasm32-unknown-unknown/wasm-release/hashing.wasm");
const native = process.env.HASHING_DESCRIBE ?? join(target, "debug/examples/describe");
const module = new WebAssembly.Module(readFileSync(wasm));
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

async function ready() {
  const it = worker();
  it.say({ kind: "start", module });
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
  assert.deepEqual(WebAssembly.Module.imports(module), []);
});

test("browser and native give the same bits", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hashing-"));
  const paths = Object.entries(files).map(([name, bytes]) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  });
  const expected = execFileSync(native, paths, { encoding: "utf8" }).trim().split("\n").map((line) => JSON.parse(line));

  const it = await ready();
  Object.entries(files).forEach(([id, bytes]) => it.say({ kind: "hash", id, file: new Blob([bytes]) }));
  for (const [index, id] of Object.keys(files).entries()) {
    const end = await it.until((message) => message.id === id && message.kind !== "progress");
    assert.deepEqual(end, { kind: "done", id, fingerprints: expected[index] });
  }
  assert.ok(expected.filter(({ pdq }) => pdq).length >= 8);
  assert.ok(it.memories.every(clean), "every memory was overwritten");
});

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

// A frame of red, green, blue and one more, whose stripes wander.
function frame(time) {
  const [width, height] = [120, 90];
  const pixels = new Uint8Array(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    pixels.fill(((x * x) >> 4) ^ (y * 3 + time) ^ (((x + time) >> 4) * (y >> 4) & 1 ? 200 : 0), at * 4, at * 4 + 4);
  }
  return { kind: "frame", id: "played", width, height, time, pixels: pixels.buffer };
}

test("frames that the page shows are hashed, near ones once, and forgotten", async () => {
  const it = await ready();
  const frames = Array.from({ length: 30 }, (_, index) => frame(index * 40));
  frames.forEach((one) => it.say(one));
  assert.equal(it.said.filter(({ kind }) => kind === "taken").length, 30);
  assert.ok(frames.every(({ pixels }) => new Uint8Array(pixels).every((byte) => byte === 0)), "the pixels were overwritten");
  it.say(frame(29 * 40)); // shown twice
  it.say({ kind: "seen", id: "played" });
  const { video } = await it.until(({ kind }) => kind === "seen");
  assert.deepEqual([video.vpdq_frames, video.vpdq_pruned_at], [31, 16]);
  assert.ok(video.vpdq.length > 3 && video.vpdq.length <= 30, `${video.vpdq.length}`);
  for (const one of video.vpdq) assert.match(one, /^[0-9a-f]{64},(100|[5-9]\d),[01]\.\d{3}$/);
  it.say(frame(0));
  it.say({ kind: "cancel", id: "played" });
  it.say({ kind: "seen", id: "played" });
  assert.equal(it.said.filter(({ kind }) => kind === "seen").length, 1, "a cancelled one is never seen");
  assert.ok(it.memories.every(clean));
});

test("without the part that takes videos apart a video says so", async () => {
  const it = await ready();
  it.say({ kind: "hash", id: 1, file: new Blob([files["film.mp4"]]), watch: true });
  const { video, fingerprints } = await it.until(({ kind }) => kind === "done");
  assert.deepEqual(video, { no_vpdq: "unsupported" });
  assert.equal(fingerprints.no_pdq, "video");
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
  scope.onmessage({ data: { kind: "start", module } });
  assert.equal(said[0].reason, "self_test");
});
