// The page's own worker in real browsers of two kinds gives what `suoja hash` gives: on two hundred drawn files of every format.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { launch } from './support/browser.mjs';
import { launchFirefox } from './support/firefox.mjs';
import { PROGRAM, startSuoja } from './support/suoja.mjs';

const HOUSE = fileURLToPath(new URL('..', import.meta.url));
const AT_ONCE = 20;
const BROWSERS = { Chromium: launch, Firefox: launchFirefox };

let house;
let folder;
let pages;
const browsers = [];
before(async () => {
  [house, folder] = await Promise.all([startSuoja(), mkdtemp(join(tmpdir(), 'suoja-pictures-'))]);
  const packages = ['pillow==13.0.0', 'numpy', 'pdqhash==0.2.8'];
  const python = execFileSync(join(HOUSE, 'scripts/python.sh'), packages, { encoding: 'utf8' }).trim();
  execFileSync(python, [join(HOUSE, 'hashing/tests/pictures/make.py'), folder, '200']);
  pages = {};
  for (const [name, launched] of Object.entries(BROWSERS)) {
    const browser = await launched();
    browsers.push(browser);
    pages[name] = await browser.newPage();
    await pages[name].goto(`${house.origin}/en`);
  }
});
after(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await house?.stop();
  if (folder) await rm(folder, { recursive: true });
});

/** The names in a folder's account of its pictures, with Pillow's hash of each. */
async function drawn(where) {
  const lines = (await readFile(join(where, 'decoded.tsv'), 'utf8')).trim().split('\n');
  return lines.map((line) => line.split('\t')).map(([name, , pdq]) => ({ path: join(where, name), pdq }));
}

/** What `suoja hash` prints of files, without their names. */
function byProgram(paths, ...wishes) {
  const lines = execFileSync(PROGRAM, ['hash', ...wishes, ...paths], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const { file, ...fingerprints } = JSON.parse(line);
    return fingerprints;
  });
}

/** The worker's last word on each file, hashed as the page does it. */
async function byBrowser(page, files, { build = 'hashing-simd', ...wishes } = {}) {
  const coded = await Promise.all(files.map(async (file) => (Buffer.isBuffer(file) ? file : await readFile(file)).toString('base64')));
  return page.evaluate(async ({ coded, build, wishes }) => {
    const module = await WebAssembly.compileStreaming(fetch(`/pkg/${build}.wasm`));
    const worker = new Worker('/hash-worker.js');
    const ends = new Promise((resolve, reject) => {
      const found = [];
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.onmessage = ({ data }) => {
        if (data.kind === 'broken') reject(new Error(`broken: ${data.reason}`));
        if (!['done', 'failed'].includes(data.kind)) return;
        if (found.push(data) === coded.length) resolve(found);
      };
    });
    worker.postMessage({ kind: 'start', module });
    for (const [id, file] of coded.entries()) {
      const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
      worker.postMessage({ kind: 'hash', id, file: new Blob([bytes]), ...wishes });
    }
    const found = await ends;
    worker.terminate();
    return found;
  }, { coded, build, wishes });
}

for (const name of Object.keys(BROWSERS)) {
  for (const build of ['hashing', 'hashing-simd']) {
    test(`${name} and program give the same fingerprints of every format, by ${build}`, { timeout: 300_000 }, async () => {
      const pictures = await drawn(folder);
      assert.equal(pictures.length, 200);
      for (let first = 0; first < pictures.length; first += AT_ONCE) {
        const some = pictures.slice(first, first + AT_ONCE).map(({ path }) => path);
        const expected = byProgram(some).map((fingerprints, id) => ({ kind: 'done', id, fingerprints }));
        assert.deepEqual(await byBrowser(pages[name], some, { build }), expected);
      }
    });
  }

  test(`${name} and program give the same hashes of edited copies, for whoever asks`, async () => {
    const some = (await drawn(folder)).slice(0, AT_ONCE).map(({ path }) => path);
    const expected = byProgram(some, '--edited');
    const found = await byBrowser(pages[name], some, { edited: true });
    assert.deepEqual(found.map(({ fingerprints }) => fingerprints), expected);
    const most = Math.max(...expected.map(({ edited = [] }) => edited.length));
    assert.ok(most >= 7 && most <= 8, `${most} copies of a picture`);
  });

  test(`what only ${name} decodes is hashed near to what Pillow sees, and says who decoded it`, async () => {
    const [picture] = await drawn(join(folder, 'platform'));
    const [{ fingerprints }] = await byBrowser(pages[name], [picture.path]);
    assert.equal(fingerprints.media_type, 'image/avif');
    assert.equal(fingerprints.decoded_by, 'browser');
    const bits = (hash) => [...hash].flatMap((digit) => [...parseInt(digit, 16).toString(2).padStart(4, '0')]);
    const theirs = bits(picture.pdq);
    const distance = bits(fingerprints.pdq).filter((bit, at) => bit !== theirs[at]).length;
    // ThreatExchange's rule for another decoder.
    assert.ok(distance <= 10, `${distance} bits`);
    assert.equal(byProgram([picture.path])[0].no_pdq, 'unsupported_format');
  });

  test(`what ${name} cannot decode either keeps its exact hashes`, async () => {
    const heic = Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), Buffer.alloc(500, 3)]);
    const [{ kind, fingerprints }] = await byBrowser(pages[name], [heic]);
    assert.equal(kind, 'done');
    assert.equal(fingerprints.no_pdq, 'unsupported_format');
    assert.match(fingerprints.sha256, /^[0-9a-f]{64}$/);
  });
}
