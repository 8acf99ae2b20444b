// Hashes files inside the browser. Messages and reasons: docs/hashing.md.
// This script has no network: its own response forbids it (default-src 'none'), and it calls nothing that would need one.
"use strict";

(() => {
  const PROGRESS_EVERY = 100; // milliseconds
  const files = []; // waiting: {id, file, watched, edited}
  const unwanted = new Set(); // ids to stop
  let module = null; // after the self-test
  let busy = null; // the id being hashed

  class Cancelled extends Error {}
  class Unreadable extends Error {}

  // One file, one instance: its memory is the only place the file's bytes and pixels ever are.
  function instance(compiled) {
    return new WebAssembly.Instance(compiled, {}).exports;
  }

  function clear(wasm) {
    new Uint8Array(wasm.memory.buffer).fill(0);
  }

  function take(wasm, bytes) {
    const most = wasm.piece_length();
    const to = wasm.piece(); // asked first: the memory may grow, and its old buffer is gone then
    for (let at = 0; at < bytes.length; at += most) {
      const piece = bytes.subarray(at, at + most);
      new Uint8Array(wasm.memory.buffer, to, piece.length).set(piece);
      wasm.update(piece.length);
    }
  }

  function result(wasm) {
    const from = wasm.result();
    return JSON.parse(new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, from, wasm.result_length())));
  }

  // Lets waiting messages in; a timer would be slowed down by the browser.
  const channel = new MessageChannel();
  function breathe() {
    return new Promise((resume) => {
      channel.port1.onmessage = resume;
      channel.port2.postMessage(null);
    });
  }

  function reporter(id) {
    let last = 0;
    return (step, done, total) => {
      const now = performance.now();
      if (done < total && now - last < PROGRESS_EVERY) return;
      last = now;
      postMessage({ kind: "progress", id, step, done, total });
    };
  }

  async function read(wasm, file, goOn, report) {
    wasm.expect(Math.min(file.size, 0xffffffff));
    const most = wasm.piece_length();
    for (let at = 0; at < file.size; at += most) {
      let bytes;
      try {
        bytes = new Uint8Array(await file.slice(at, at + most).arrayBuffer());
      } catch {
        throw new Unreadable();
      }
      take(wasm, bytes);
      bytes.fill(0);
      report("reading", Math.min(at + most, file.size), file.size);
      await goOn();
    }
  }

  // What the module can't decode, the browser may: HEIC and AVIF. Its pixels come through a canvas, and some browsers
  // falsify what is read back from one, so a known pattern has to come back first.
  const AS_STORED = { colorSpaceConversion: "none", premultiplyAlpha: "none" };

  async function isFaithful(canvas, width, height) {
    const pattern = new ImageData(width, height);
    for (let at = 0; at < pattern.data.length; at += 1) pattern.data[at] = at % 4 === 3 ? 255 : (at * 167) ^ (at >> 7);
    const bitmap = await createImageBitmap(pattern, AS_STORED);
    canvas.drawImage(bitmap, 0, 0);
    bitmap.close();
    const seen = canvas.getImageData(0, 0, width, height).data;
    return seen.every((value, at) => value === pattern.data[at]);
  }

  async function giveStrips(wasm, bitmap, goOn, report) {
    const { width, height } = bitmap;
    const most = wasm.begin_pixels(width, height);
    if (!most) return;
    const canvas = new OffscreenCanvas(width, most).getContext("2d", { willReadFrequently: true });
    if (!(await isFaithful(canvas, width, most))) return;
    for (let done = 0; done < height; done += most) {
      const rows = Math.min(most, height - done);
      canvas.clearRect(0, 0, width, most);
      canvas.drawImage(bitmap, 0, -done);
      const { data } = canvas.getImageData(0, 0, width, rows);
      new Uint8Array(wasm.memory.buffer, wasm.pixels(), data.length).set(data);
      data.fill(0);
      wasm.take_pixels(rows);
      report("looking", done + rows, height);
      await goOn();
    }
    canvas.clearRect(0, 0, width, most);
  }

  // Whatever goes wrong, the module's result stays what it was: a format that can't be read here.
  async function giveBrowsersPixels(wasm, file, goOn, report) {
    let bitmap;
    try {
      bitmap = await createImageBitmap(file, AS_STORED);
      await giveStrips(wasm, bitmap, goOn, report);
    } catch (error) {
      if (error instanceof Cancelled) throw error;
    } finally {
      bitmap?.close();
    }
  }

  async function lookAt(wasm, { file, edited }, goOn, report) {
    wasm.look();
    if (edited) wasm.want_edited_copies();
    const exact = result(wasm);
    if (wasm.wants_pixels()) {
      await giveBrowsersPixels(wasm, file, goOn, report);
      return result(wasm);
    }
    try {
      let rows = 0;
      while (wasm.step()) {
        rows = wasm.rows();
        report("looking", wasm.rows_done(), rows);
        await goOn();
      }
      if (rows) report("looking", rows, rows);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) return exact; // the picture did not fit into memory
      throw error;
    }
    return result(wasm);
  }

  // The part that takes videos apart stands in front of this script; a browser without it hears so.
  async function watch(wasm, file, goOn, report) {
    if (!self.watchVideo) return { no_vpdq: "unsupported" };
    try {
      return await self.watchVideo(file, wasm, goOn, report);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return { no_vpdq: "memory" };
      throw error;
    }
  }

  async function hash({ id, file, watched, edited }) {
    const report = reporter(id);
    const goOn = async () => {
      await breathe();
      if (unwanted.has(id)) throw new Cancelled();
    };
    let wasm;
    try {
      wasm = instance(module);
      await read(wasm, file, goOn, report);
      const fingerprints = await lookAt(wasm, { file, edited }, goOn, report);
      const video = watched && fingerprints.no_pdq === "video" ? await watch(wasm, file, goOn, report) : undefined;
      postMessage({ kind: "done", id, fingerprints, ...(video && { video }) });
    } catch (error) {
      // What else can go wrong is the module running out of memory.
      if (error instanceof Cancelled) postMessage({ kind: "cancelled", id });
      else postMessage({ kind: "failed", id, reason: error instanceof Unreadable ? "unreadable" : "memory" });
    } finally {
      if (wasm) clear(wasm);
      unwanted.delete(id);
    }
  }

  async function work() {
    if (busy !== null || !module) return;
    while (files.length) {
      const next = files.shift();
      busy = next.id;
      await hash(next);
      busy = null;
    }
  }

  function cancel(id) {
    const waiting = files.findIndex((entry) => entry.id === id);
    if (waiting >= 0) files.splice(waiting, 1);
    if (busy === id) unwanted.add(id);
    else postMessage({ kind: "cancelled", id });
  }

  // A drawn picture of 96 × 80 as a BMP, and what it must hash to.
  const KNOWN = {
    pdq: "0f83e1dcf87c639079d8b1f038d74e3fc460623f0e32214fd2b54e1ec54e62b3",
    pdq_quality: 100,
    md5: "d540e560cfdd0cbd71cd4187e25dd467",
    sha1: "2b33eb002d5b49002ff13ced36735dcfbb4b02cc",
    sha256: "6ccd300a57dea60def5f8d764ebd3d4cf03f9ed2daf2413bf91c651249adca03",
  };

  function drawing() {
    const [width, height] = [96, 80];
    const bytes = new Uint8Array(54 + width * height * 3);
    const view = new DataView(bytes.buffer);
    bytes.set([0x42, 0x4d]);
    view.setUint32(2, bytes.length, true);
    view.setUint32(10, 54, true);
    view.setUint32(14, 40, true);
    view.setInt32(18, width, true);
    view.setInt32(22, height, true);
    view.setUint16(26, 1, true);
    view.setUint16(28, 24, true);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const wave = ((x * x) >> 4) ^ (y * 5);
        bytes.set([wave & 255, (wave * 3 + y) & 255, (x * 2 + y * 3) & 255], 54 + (y * width + x) * 3);
      }
    }
    return bytes;
  }

  function agrees(compiled) {
    const wasm = instance(compiled);
    take(wasm, drawing());
    wasm.look();
    while (wasm.step());
    const got = result(wasm);
    clear(wasm);
    return Object.keys(KNOWN).every((key) => got[key] === KNOWN[key]);
  }

  // Videos that the page plays, since this browser can't decode them here: an instance each.
  const played = new Map();

  function frame({ id, width, height, time, pixels }) {
    if (!played.has(id)) played.set(id, instance(module));
    const wasm = played.get(id);
    const bytes = new Uint8Array(pixels);
    const at = wasm.video_buffer(bytes.length);
    if (at) {
      new Uint8Array(wasm.memory.buffer, at, bytes.length).set(bytes);
      wasm.video_plane(0, 0, width * 4);
      wasm.video_frame(width, height, 0, 8, 0, time);
    }
    bytes.fill(0);
    postMessage({ kind: "taken", id });
  }

  function seen(id) {
    const wasm = played.get(id);
    if (!wasm) return;
    wasm.video_finish();
    const json = new Uint8Array(wasm.memory.buffer, wasm.video_result(), wasm.video_result_length());
    postMessage({ kind: "seen", id, video: JSON.parse(new TextDecoder().decode(json)) });
    forget(id);
  }

  function forget(id) {
    if (played.has(id)) clear(played.get(id));
    played.delete(id);
  }

  function start(compiled) {
    let right;
    try {
      right = agrees(compiled);
    } catch {
      postMessage({ kind: "broken", reason: "module" });
      return;
    }
    if (!right) {
      postMessage({ kind: "broken", reason: "self_test" });
      return;
    }
    module = compiled;
    postMessage({ kind: "ready" });
    work();
  }

  self.onmessage = ({ data }) => {
    if (data.kind === "start" && !module) start(data.module);
    else if (data.kind === "hash") {
      files.push({ id: data.id, file: data.file, watched: data.watch, edited: data.edited });
      work();
    } else if (data.kind === "frame" && module) frame(data);
    else if (data.kind === "seen") seen(data.id);
    else if (data.kind === "cancel") {
      cancel(data.id);
      forget(data.id);
    }
  };
})();
