// `node cancel.mjs FOLDER BENCH.jsonl`: hashes each picture of a folder in the page's worker and cancels it at a moment of chance.
// From the message until the file is let go of: `cancelled`, or `done` where it came too late for the last step; or, as the page does
// with a worker that stays silent for 60 ms, until that worker is ended. Called by cancel.sh.
import { appendFileSync, createReadStream, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { launch } from "../../end2end/support/browser.mjs";
import { launchFirefox } from "../../end2end/support/firefox.mjs";

const ROUNDS = 20;
const BAR = 100; // milliseconds
const site = fileURLToPath(new URL("../../target/site", import.meta.url));
const [folder, account] = process.argv.slice(2);

const types = { js: "text/javascript", wasm: "application/wasm", html: "text/html" };
const server = createServer(({ url }, response) => {
  response.setHeader("content-type", types[url.split(".").pop()] ?? "application/octet-stream");
  if (url === "/page.html") return response.end("<!doctype html><title>cancel</title>");
  const file = createReadStream(url.startsWith("/pictures/") ? join(folder, url.slice(10)) : join(site, url));
  return file.on("error", () => response.writeHead(404).end()).pipe(response);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const origin = `http://127.0.0.1:${server.address().port}`;

/** In the page: how long everything takes, and the waits of those rounds that were cancelled before their end was told. */
async function inPage({ name, rounds }) {
  const module = await WebAssembly.compileStreaming(fetch("/pkg/hashing-simd.wasm"));
  const file = await (await fetch(`/pictures/${name}`)).blob();
  const patience = 60;
  let worker;
  const next = () => new Promise((resolve) => {
    worker.onmessage = ({ data }) => { if (data.kind !== "progress") resolve(data); };
  });
  const say = (message) => {
    const answer = next();
    worker.postMessage(message);
    return answer;
  };
  const start = () => {
    worker = new Worker("/hash-worker.js");
    return say({ kind: "start", module });
  };
  await start();
  const began = performance.now();
  const { kind, fingerprints } = await say({ kind: "hash", id: 0, file });
  if (kind !== "done" || !fingerprints.width) throw new Error(`${name}: ${kind}, ${fingerprints?.no_pdq}`);
  const whole = performance.now() - began;
  const waits = [];
  let ended = 0;
  for (let id = 1; id <= rounds; id += 1) {
    let isOver = false;
    const end = say({ kind: "hash", id, file }).then(() => { isOver = true; });
    await new Promise((moment) => setTimeout(moment, Math.random() * whole));
    if (isOver) continue;
    const cancelled = performance.now();
    worker.postMessage({ kind: "cancel", id });
    await Promise.race([end, new Promise((over) => setTimeout(over, patience))]);
    if (!isOver) worker.terminate();
    waits.push(performance.now() - cancelled);
    if (!isOver) {
      await start();
      ended += 1;
    }
  }
  worker.terminate();
  return { whole, waits, ended };
}

const quantile = (values, part) => values[Math.min(values.length - 1, Math.floor(values.length * part))];
const row = (cells) => console.log(cells.map((cell, at) => (at ? String(cell).padStart(12) : cell.padEnd(20))).join(""));
row(["cancel", "browser", "whole file", "median", "longest", "rounds", "ended"]);
for (const [browser, launched] of Object.entries({ Chromium: launch, Firefox: launchFirefox })) {
  const program = await launched();
  const page = await program.newPage();
  await page.goto(`${origin}/page.html`);
  for (const name of readdirSync(folder).sort()) {
    const { whole, waits, ended } = await page.evaluate(inPage, { name, rounds: ROUNDS });
    waits.sort((one, other) => one - other);
    const [median, p99] = [quantile(waits, 0.5), quantile(waits, 0.99)].map((time) => Math.round(time * 10) / 10);
    row([name, browser, `${Math.round(whole)} ms`, `${median} ms`, `${p99} ms`, waits.length, ended]);
    appendFileSync(account, `${JSON.stringify({
      name: `cancel ${name}`, engine: browser, unit: "ms", median, p99, peer: "the bar", peer_median: BAR, ratio: Math.round((BAR / p99) * 100) / 100,
    })}\n`);
  }
  await program.close();
}
server.close();
