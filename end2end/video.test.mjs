// Videos are looked into frame by frame on the device; their frames' fingerprints go out with the report, in parts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { launch } from './support/browser.mjs';
import { FILMS, film, webp } from './support/film.mjs';
import { LAST_ANSWERS, Reporter } from './support/reporter.mjs';
import { openHotline } from './support/staff.mjs';
import { startSuoja } from './support/suoja.mjs';

const ANSWERS = {
  ...LAST_ANSWERS,
  whose: { whose: 'me' },
  'age-in-picture': { age_in_picture: '13_15' },
  where: { links: '', provider: '', handle: '' },
  spreading: { spreading: 'yes' },
};

let browser;
let house;
const folder = mkdtempSync(join(tmpdir(), 'suoja-films-'));
before(async () => {
  [browser, house] = await Promise.all([launch(), startSuoja()]);
  await (await openHotline(browser, house)).leaves();
});
after(async () => {
  await browser?.close();
  await house?.stop();
  rmSync(folder, { recursive: true });
});

const native = (paths) => execFileSync(house.program.spawnfile, ['hash', ...paths], { encoding: 'utf8' }).trim().split('\n').map((line) => JSON.parse(line));

/** What the page shows of each file: what will be sent, and the frames. Beside them stands the module's digest. */
const shown = (child) => child.page.locator('ul.files li.done details').evaluateAll((rows) =>
  rows.map((row) => [...row.querySelectorAll('code')].map((code) => code.textContent).filter((text) => /^[{[]/.test(text)).map((text) => JSON.parse(text))));

const hashes = (frames) => frames.map((frame) => frame.split(',')[0]);

test('the page sees in a video what `suoja hash` sees, and sends it with the report', async () => {
  const films = Object.keys(FILMS).map((name) => film(folder, name));
  const expected = native(films.map(({ path }) => path));
  assert.ok(expected.every(({ vpdq }) => vpdq.length > 2));

  const child = await Reporter.arrives(browser, house);
  const parts = [];
  child.page.on('response', (answer) => {
    if (answer.url().endsWith('/draft/frames')) parts.push([answer.status(), answer.request().postDataJSON()]);
  });
  await child.enters('picture');
  await child.tells({
    ...ANSWERS,
    async files() {
      await choosesFiles(child, films);
      await child.page.locator('ul.files li.done').nth(films.length - 1).waitFor();
      for (const [index, [fingerprints, frames]] of (await shown(child)).entries()) {
        const { vpdq, sha256 } = expected[index];
        assert.equal(fingerprints.sha256, sha256);
        assert.deepEqual(hashes(frames), hashes(vpdq), films[index].name);
      }
      assert.deepEqual(parts, [], 'nothing is sent before the form is');
    },
  });
  assert.deepEqual(parts.map(([status, { file, frames }]) => [status, file, hashes(frames)]), expected.map(({ sha256, vpdq }) => [204, sha256, hashes(vpdq)]));
  await child.seesText(child.sayCount('report.files.kept', films.length));
  await child.sends();
  await child.leaves();
});

/** Somebody at the question for their files. */
async function reachesFiles() {
  const child = await Reporter.arrives(browser, house);
  await child.enters('picture');
  await child.fill(ANSWERS.whose);
  await child.go(child.onward());
  await child.fill(ANSWERS['age-in-picture']);
  await child.go(child.onward());
  return child;
}

const choosesFiles = (child, files) =>
  child.hands.files(child.page.locator('#choose-files'), files.map(({ name, mimeType, buffer }) => ({ name, mimeType, buffer })));

test('a video that is cancelled, and one that is broken, leave the others alone', async () => {
  const long = film(folder, 'long-vp9.webm', { seconds: 20, size: '640x360' });
  const whole = film(folder, 'whole-h264.mp4');
  const child = await reachesFiles();
  const broken = { name: 'broken.mp4', mimeType: 'video/mp4', buffer: whole.buffer.subarray(0, 2_000) };
  await choosesFiles(child, [long, broken, whole]);
  await child.page.locator('ul.files progress').first().waitFor();
  await child.press(child.button('hash.cancel_name', { name: long.name }));
  await child.page.locator('ul.files li.done').nth(1).waitFor();
  const [[, nothing], [, frames]] = await shown(child);
  assert.equal(nothing, undefined);
  assert.ok(frames.length > 2);
  await child.sees('hash.problem.video');
  await child.context.close();
});

test('a picture that takes long is let go of at once, and the next one is begun by another worker', async () => {
  const slow = webp(folder, 'slow.webp', { size: '5000x4000' });
  const quick = webp(folder, 'quick.webp', { size: '320x240' });
  const child = await reachesFiles();
  let workers = 0;
  child.page.on('worker', () => { workers += 1; });
  await choosesFiles(child, [slow, quick]);
  await child.sees('hash.reading', { percent: 100 });
  await child.press(child.button('hash.cancel_name', { name: slow.name }));
  await child.page.locator('ul.files li.done').waitFor();
  assert.deepEqual((await shown(child)).map(([{ sha256 }]) => sha256), [native([quick.path])[0].sha256]);
  assert.equal(workers, 2);
  await child.context.close();
});

/** A browser that knows no WebCodecs, neither in the page nor in its workers. */
async function withoutCodecs(child) {
  await child.page.addInitScript('delete globalThis.VideoDecoder');
  await child.page.route('**/hash-worker.js', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `delete globalThis.VideoDecoder;\n${await answer.text()}` });
  });
}

const distance = (one, other) => {
  const differing = BigInt(`0x${one}`) ^ BigInt(`0x${other}`);
  return differing.toString(2).replaceAll('0', '').length;
};

test('without WebCodecs a video is played, unseen, and found again by what was seen of it', async () => {
  const short = film(folder, 'played-vp9.webm');
  const [{ sha256, vpdq }] = native([short.path]);
  const child = await Reporter.arrives(browser, house);
  await withoutCodecs(child);
  await child.enters('picture');
  await child.fill(ANSWERS.whose);
  await child.go(child.onward());
  await child.fill(ANSWERS['age-in-picture']);
  await child.go(child.onward());
  const { name, mimeType, buffer } = short;
  await choosesFiles(child, [{ name, mimeType, buffer }]);
  await child.page.locator('ul.files li.done').waitFor();
  assert.equal(await child.page.locator('video').count(), 0, 'nothing is to be seen of it');
  const [[fingerprints, frames]] = await shown(child);
  assert.equal(fingerprints.sha256, sha256);
  const seen = hashes(frames);
  const found = hashes(vpdq).filter((hash) => seen.some((other) => distance(hash, other) <= 31));
  assert.ok(found.length >= 0.8 * vpdq.length, `${found.length} of ${vpdq.length} frames`);

  const sent = child.page.waitForResponse((answer) => answer.url().endsWith('/draft/frames'));
  await child.go(child.onward());
  const answer = await sent;
  assert.equal(answer.status(), 204);
  assert.deepEqual(hashes(answer.request().postDataJSON().frames), seen);
  await child.context.close();
});
