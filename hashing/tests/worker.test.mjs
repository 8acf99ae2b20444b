// The worker and its module give the same bits as the native crate, and keep their promises.
// Run by `hashing/tests/worker.sh`, which builds what it needs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import zlib from "node:zlib";

const root = fileURLToPath(new URL("../..", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const built = process.env.HASHING_WASM ?? join(root, "target/site/pkg");
const native = process.env.HASHING_DESCRIBE ?? join(target, "debug/examples/describe");
const [plain, simd] = ["hashing.wasm", "hashing-simd.wasm"].map((name) => new WebAssembly.Module(readFileSync(join(built, name))));
const script = readFileSync(join(root, "public/hash-worker.js"), "utf8");

// An open channel keeps a process alive, though every test be done.
const channels = [];
after(() => channels.forEach(({ port1 }) => port1.close()));

class Channel extends MessageChannel {
  constructor() {
    super();
    channels.push(this);
  }
}

// A worker's world and nothing more: whatever else the script touched would be a ReferenceError.
function worker(more = {}) {
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
    WebAssembly: watched, MessageChannel: Channel, TextDecoder, performance, Uint8Array, DataView, JSON, ...more,
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

async function ready(more, module = simd) {
  const it = worker(more);
  it.say({ kind: "start", module });
  assert.deepEqual(await it.until(({ kind }) => kind === "ready" || kind === "broken"), { kind: "ready" });
  return it;
}

const clean = (memory) => Buffer.from(memory.buffer).equals(Buffer.alloc(memory.buffer.byteLength));

function png(width, height, colour, depth, palette) {
  const bytes = Math.ceil((width * { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour] * depth) / 8);
  const rows = Buffer.alloc(height * (bytes + 1));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < bytes; x += 1) {
      rows[y * (bytes + 1) + 1 + x] = ((x * x) >> 5) ^ (y * 3) ^ (((x >> 4) * (y >> 4)) & 1 ? 200 : 0);
    }
  }
  return pngOf(width, height, colour, depth, rows, palette);
}

function pngOf(width, height, colour, depth, rows, palette) {
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
    readdirSync(new URL("pictures", import.meta.url)).filter((name) => !/\.(py|tsv)$/.test(name)).map(
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

    const it = await ready({}, module);
    Object.entries(files).forEach(([id, bytes]) => it.say({ kind: "hash", id, file: new Blob([bytes]) }));
    for (const [index, id] of Object.keys(files).entries()) {
      const end = await it.until((message) => message.id === id && message.kind !== "progress");
      assert.deepEqual(end, { kind: "done", id, fingerprints: expected[index] });
    }
    assert.ok(expected.filter(({ pdq }) => pdq).length >= 8);
    assert.ok(it.memories.every(clean), "every memory was overwritten");
  });
}

// Drawn anew in every format, with Pillow's account of their pixels.
test("two hundred files of every format: Pillow, native and browser agree", { timeout: 240_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "hashing-many-"));
  const python = execFileSync(join(root, "scripts/python.sh"), ["pillow==13.0.0", "numpy", "pdqhash==0.2.8"], { encoding: "utf8" }).trim();
  execFileSync(python, [join(root, "hashing/tests/pictures/make.py"), folder, "200"]);
  const decoded = readFileSync(join(folder, "decoded.tsv"), "utf8").trim().split("\n").map((line) => line.split("\t"));
  assert.equal(decoded.length, 200);
  const lines = execFileSync(native, decoded.map(([name]) => join(folder, name)), { encoding: "utf8" }).trim().split("\n");

  const it = await ready();
  for (const [index, [name, quality, pdq, pixels]] of decoded.entries()) {
    const shown = execFileSync(native.replace("describe", "pixels"), [join(folder, name)], { maxBuffer: 2 ** 28 });
    assert.equal(createHash("sha256").update(shown).digest("hex"), pixels, `${name}: Pillow's pixels`);
    const expected = JSON.parse(lines[index]);
    if (Number(quality) >= 50) assert.deepEqual([expected.pdq, expected.pdq_quality], [pdq, Number(quality)], name);
    it.say({ kind: "hash", id: name, file: new Blob([readFileSync(join(folder, name))]) });
    const end = await it.until((message) => message.id === name && message.kind !== "progress");
    assert.deepEqual(end, { kind: "done", id: name, fingerprints: expected });
  }
  rmSync(folder, { recursive: true });
});

// A browser that decodes HEIC to these pixels, and reads back what it draws, or something a little else.
function browserWithHeic(width, height, readBack = (value) => value) {
  const wave = (at, x, y) => 128 + 60 * Math.sin((x * y) / 9000 + at) + 60 * Math.cos(x / 50 - y / 70);
  const pixels = new Uint8ClampedArray(width * height * 4).map((_, at) =>
    at % 4 === 3 ? 255 : wave(at % 4, (at >> 2) % width, Math.floor((at >> 2) / width)));
  class ImageData {
    constructor(width, height) {
      Object.assign(this, { width, height, data: new Uint8ClampedArray(width * height * 4) });
    }
  }
  const createImageBitmap = async (of) =>
    of instanceof ImageData ? { ...of, close() {} } : { width, height, data: pixels, close() {} };
  class OffscreenCanvas {
    constructor(width, height) {
      Object.assign(this, { width, height });
    }
    getContext() {
      const shown = new ImageData(this.width, this.height);
      return {
        clearRect: () => shown.data.fill(0),
        drawImage(bitmap, x, y) {
          const from = bitmap.data.subarray(-y * bitmap.width * 4, (this.rows - y) * bitmap.width * 4);
          shown.data.set(from.subarray(0, shown.data.length));
        },
        rows: this.height,
        getImageData: (x, y, width, height) => ({ data: shown.data.slice(0, width * height * 4).map(readBack) }),
      };
    }
  }
  return { pixels, world: { ImageData, OffscreenCanvas, createImageBitmap } };
}

const heic = Buffer.concat([Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"), Buffer.alloc(500, 3)]);

test("what only the browser can decode is hashed from the pixels it gives", async () => {
  const [width, height] = [640, 1000];
  const { pixels, world } = browserWithHeic(width, height);
  const it = await ready(world);
  it.say({ kind: "hash", id: 1, file: new Blob([heic]) });
  const { fingerprints } = await it.until(({ kind }) => kind === "done");

  // The same pixels as a file that the module decodes itself.
  const rows = Array.from({ length: height }, (_, y) => {
    const row = [...pixels.subarray(y * width * 4, (y + 1) * width * 4)];
    return Buffer.from([0, ...row]);
  });
  const file = join(mkdtempSync(join(tmpdir(), "hashing-")), "same.png");
  writeFileSync(file, pngOf(width, height, 6, 8, Buffer.concat(rows)));
  const same = JSON.parse(execFileSync(native, [file], { encoding: "utf8" }));
  assert.ok(same.pdq);
  assert.deepEqual(
    [fingerprints.pdq, fingerprints.variants, fingerprints.pdq_quality, fingerprints.width, fingerprints.height],
    [same.pdq, same.variants, same.pdq_quality, width, height],
  );
  assert.equal(fingerprints.decoded_by, "browser");
  assert.equal(fingerprints.media_type, "image/heic");
  assert.equal(fingerprints.no_pdq, undefined);
  assert.ok(it.memories.every(clean));
});

test("a browser that falsifies what is read back is not trusted", async () => {
  const { world } = browserWithHeic(640, 1000, (value, at) => (at === 4001 ? value ^ 1 : value));
  const it = await ready(world);
  it.say({ kind: "hash", id: 1, file: new Blob([heic]) });
  const { fingerprints } = await it.until(({ kind }) => kind === "done");
  assert.equal(fingerprints.no_pdq, "unsupported_format");
  assert.equal(fingerprints.decoded_by, undefined);
  assert.equal(fingerprints.sha256, createHash("sha256").update(heic).digest("hex"));
});

test("a browser without a decoder for it says so", async () => {
  const { world } = browserWithHeic(640, 1000);
  const it = await ready({ ...world, createImageBitmap: async () => { throw new Error("no decoder"); } });
  it.say({ kind: "hash", id: 1, file: new Blob([heic]) });
  const { fingerprints } = await it.until(({ kind }) => kind === "done");
  assert.equal(fingerprints.no_pdq, "unsupported_format");
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
  assert.deepEqual(ends, ["cancelled second", "cancelled nobody", "cancelled first", "done third"]);
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
  it.say({ kind: "start", module: simd });
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
  const scope = { WebAssembly, MessageChannel: Channel, TextDecoder, performance, Uint8Array, DataView, JSON, postMessage: (message) => said.push(message) };
  scope.self = scope;
  vm.runInNewContext(bent, scope);
  scope.onmessage({ data: { kind: "start", module: simd } });
  assert.equal(said[0].reason, "self_test");
});
