// A child has their own picture stopped: its fingerprint is made on the device, and nothing of the picture leaves it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch } from './support/browser.mjs';
import { WAYS } from './support/person.mjs';
import { chosen, png } from './support/picture.mjs';
import { LAST_ANSWERS, Reporter } from './support/reporter.mjs';
import { openHotline } from './support/staff.mjs';
import { startSuoja } from './support/suoja.mjs';
import { assertNoPicture, watchTraffic } from './support/traffic.mjs';

const PICTURES = [png({ seed: 1 }), png({ seed: 2 })];
const CHOSEN = PICTURES.map((picture, index) => chosen(`evening-${index}.png`, picture));
const ANSWERS = {
  ...LAST_ANSWERS,
  whose: { whose: 'me' },
  'age-in-picture': { age_in_picture: '13_15' },
  where: { links: 'https://pictures.example/p/20', provider: '', handle: '' },
  spreading: { spreading: 'yes' },
};

let browser;
let house;
before(async () => {
  [browser, house] = await Promise.all([launch(), startSuoja()]);
  await (await openHotline(browser, house)).leaves();
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** A child whose every byte is watched. */
async function watched(t, way, more) {
  const traffic = await watchTraffic(house.origin);
  t.after(() => traffic.stop());
  return { traffic, child: await Reporter.arrives(browser, house, way, { proxy: traffic.settings, ...more }) };
}

async function comesToTheFiles(child) {
  await child.enters('picture');
  await child.fill(ANSWERS.whose);
  await child.go(child.onward());
  await child.fill(ANSWERS['age-in-picture']);
  await child.go(child.onward());
}

/** Chooses files and waits until the fingerprint of each is made. */
async function choosesFiles(child, files) {
  await child.hands.files(child.page.locator('#choose-files'), files);
  await child.page.locator('ul.files li.done').nth(files.length - 1).waitFor();
}

for (const [name, way] of Object.entries(WAYS).filter(([, way]) => way.javaScript !== false)) {
  test(`own pictures are hashed on the device and the fingerprints sent, ${name}`, async (t) => {
    const { child, traffic } = await watched(t, way);
    await child.enters('picture');
    let fields;
    const steps = await child.tells({
      ...ANSWERS,
      async files() {
        await choosesFiles(child, CHOSEN);
        // One is taken away again.
        await child.press(child.button('hash.remove_name', { name: 'evening-1.png' }));
        assert.equal(await child.page.locator('ul.files li').count(), 1);
        await choosesFiles(child, CHOSEN.slice(1));
        fields = await child.page.locator('input[name="file"]').evaluateAll((inputs) => inputs.map((input) => JSON.parse(input.value)));
        await child.looksAgain();
      },
    });
    assert.deepEqual(steps, ['whose', 'age-in-picture', 'files', 'where', 'spreading', 'age', 'country', 'danger', 'words', 'reply', 'check']);
    assert.equal(fields.length, 2);
    for (const [index, { pdq, sha256 }] of fields.entries()) {
      assert.match(pdq, /^[0-9a-f]{64}$/);
      const digest = await crypto.subtle.digest('SHA-256', PICTURES[index].file);
      assert.equal(sha256, Buffer.from(digest).toString('hex'));
    }
    await child.seesText(child.sayCount('report.files.kept', 2));

    // Going back, the fingerprints are still there.
    await child.go(child.page.locator('main dl.answers a[href$="/files"]'));
    await child.page.locator('ul.files li.done').nth(1).waitFor();
    await child.go(child.onward());

    const code = await child.sends();
    await child.comesBackWith(code);
    await child.seesText(child.sayCount('my_case.protection.all', 2));
    await child.leaves();
    assertNoPicture(traffic.sent, PICTURES, house.origin);
    assert.ok(traffic.sent.some(({ bytes }) => bytes.includes(fields[0].sha256)), 'what was sent passed where it is watched');
  });
}

/** Comes to the files, and chooses some whose fingerprints are not made before `release` is called. */
async function choosesTooEarly(child) {
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await child.page.route('**/pkg/hashing*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await comesToTheFiles(child);
  await child.hands.files(child.page.locator('#choose-files'), CHOSEN);
  await child.page.locator('ul.files li').nth(CHOSEN.length - 1).waitFor();
  return release;
}

for (const [name, way] of Object.entries(WAYS).filter(([, way]) => way.javaScript !== false)) {
  test(`Continue waits for a fingerprint that is being made, ${name}`, async () => {
    const child = await Reporter.arrives(browser, house, way);
    const release = await choosesTooEarly(child);
    await child.press(child.onward());
    await child.sees('hash.not_ready');
    assert.equal(child.step, 'files');
    const why = child.page.locator('#not-ready');
    assert.ok(await why.evaluate((element) => element === document.activeElement), 'what says why has the focus');
    await child.looksAgain();

    release();
    await child.page.locator('ul.files li.done').nth(CHOSEN.length - 1).waitFor();
    await child.page.getByText(child.say('hash.not_ready')).waitFor({ state: 'detached' });
    await child.go(child.onward());
    assert.equal(child.step, 'where');
    await child.page.goto(`/${child.language}/picture/files`);
    assert.equal(await child.page.locator('input[name="file"]').count(), CHOSEN.length, 'nothing is lost');
    await child.leaves();
  });
}

test('who does not want to wait goes on without the fingerprint, or in another language', async () => {
  const child = await Reporter.arrives(browser, house);
  await choosesTooEarly(child);
  await child.press(child.page.locator('.languages summary'));
  await child.press(child.page.locator('.languages ul [lang="sv"]'));
  await child.sees('hash.not_ready');
  await child.go(child.button('hash.go_on'));
  assert.equal(child.path, '/sv/picture/files');
  child.language = 'sv';
  await child.hands.files(child.page.locator('#choose-files'), CHOSEN);
  await child.page.locator('ul.files li').first().waitFor();
  await child.press(child.onward());
  await child.go(child.button('hash.go_on'));
  assert.equal(child.step, 'where');
  await child.leaves();
});

for (const [name, way] of Object.entries(WAYS).filter(([, way]) => way.javaScript !== false)) {
  test(`edited copies are hashed if that is asked for, and a fingerprint comes out the same once more, ${name}`, async () => {
    const child = await Reporter.arrives(browser, house, way);
    await comesToTheFiles(child);
    const isThere = await child.page.getByText(child.say('hash.edited')).count();
    assert.equal(isThere, 0, 'nothing is asked before a file is chosen');
    await choosesFiles(child, CHOSEN);
    const made = () => child.page.locator('input[name="file"]').evaluateAll((inputs) => inputs.map(({ value }) => JSON.parse(value)));
    const before = await made();
    assert.ok(before.every(({ edited }) => edited === undefined));

    const wish = child.page.getByLabel(child.say('hash.edited'));
    await child.hands.choose(wish);
    await child.page.waitForFunction(
      (count) => [...document.querySelectorAll('input[name="file"]')].filter(({ value }) => value.includes('"edit":"crop_4"')).length === count,
      CHOSEN.length,
    );
    const after = await made();
    for (const [index, { edited, ...rest }] of after.entries()) {
      assert.deepEqual(rest, before[index]);
      assert.ok(edited.length >= 5 && edited.length <= 8);
    }

    const first = child.page.locator('ul.files li').first();
    await child.press(first.locator('summary'));
    await child.press(first.getByRole('button', { name: child.say('hash.check') }));
    await first.getByText(child.say('hash.check_same')).waitFor();
    assert.deepEqual(await made(), after);
    await child.looksAgain();
    await child.go(child.onward());
    assert.equal(child.step, 'where');
    await child.leaves();
  });
}

test('an empty file is refused, and one that is no picture is told so before its fingerprint is sent', async () => {
  const child = await Reporter.arrives(browser, house);
  await comesToTheFiles(child);
  const [empty, list] = [Buffer.alloc(0), Buffer.from('bread, milk, apples')];
  await child.hands.files(child.page.locator('#choose-files'), [chosen('empty.png', { file: empty }), chosen('list.png', { file: list })]);
  await child.page.locator('ul.files li.failed').filter({ hasText: child.say('hash.problem.empty') }).waitFor();
  await child.page.locator('ul.files li.done .problem').filter({ hasText: child.say('hash.problem.not_a_picture') }).waitFor();
  assert.equal(await child.field('file').count(), 1, 'of the empty file nothing is sent');
  await child.looksAgain();
  await child.go(child.onward());
  assert.equal(child.step, 'where');
  await child.leaves();
});

test('without script the page says so and offers a link instead', async () => {
  const child = await Reporter.arrives(browser, house, WAYS['without script']);
  await child.enters('picture');
  const steps = await child.tells({
    ...ANSWERS,
    async files() {
      await child.sees('hash.no_script');
      assert.ok(!(await child.page.locator('#choose-files').isVisible()));
    },
  });
  assert.equal(steps.at(-1), 'check');
  await child.seesText('pictures.example');
  await child.sends();
  await child.leaves();
});

test('the worker that reads the pictures has no network', async (t) => {
  const { child } = await watched(t, {});
  await comesToTheFiles(child);
  const started = child.page.waitForEvent('worker');
  await child.hands.files(child.page.locator('#choose-files'), CHOSEN);
  const worker = await started;
  const tries = await worker.evaluate(async () => {
    const failed = (act) => Promise.resolve().then(act).then(() => 'let through', () => 'stopped');
    return Promise.all([
      failed(() => fetch('/en')),
      failed(() => importScripts('/leave.js')),
      failed(() => new Promise((done, stopped) => Object.assign(new WebSocket('ws://' + location.host + '/en'), { onopen: done, onerror: stopped }))),
      failed(() => new Promise((done, stopped) => {
        const request = new XMLHttpRequest();
        Object.assign(request, { onload: done, onerror: stopped });
        request.open('GET', '/en');
        request.send();
      })),
    ]);
  });
  assert.deepEqual(tries, ['stopped', 'stopped', 'stopped', 'stopped']);
  await child.context.close();
});

// The checker is only worth something if it notices. Each leak is a page script gone bad, with the page's policy put aside.
const LEAKS = {
  'by fetch': (bytes) => fetch('/en/leak', { method: 'POST', body: bytes }),
  'by beacon': (bytes) => navigator.sendBeacon('/en/leak', bytes.slice(0, 4_000)),
  'in an address, as hex': (bytes) =>
    fetch(`/en/leak?of=${[...bytes.slice(5_000, 5_024)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`),
  'by a form, as base64': (bytes) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: '/en/leak' });
    const value = btoa(String.fromCharCode(...bytes.slice(7_001, 7_101)));
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: 'note', value }));
    document.body.append(form);
    form.submit();
  },
  'to another host': () => fetch('https://leak.example/', { mode: 'no-cors' }),
  'packed beyond recognition': (bytes) => fetch('/en/leak', { method: 'POST', body: bytes.map((byte, index) => byte ^ (index * 37)) }),
};

for (const [name, leak] of Object.entries(LEAKS)) {
  test(`a leak ${name} is noticed`, async (t) => {
    const { child, traffic } = await watched(t, {}, { bypassCSP: true });
    await child.context.addInitScript(`addEventListener('change', async ({ target }) => {
      const file = target.files?.[0];
      if (file) await (${leak})(new Uint8Array(await file.arrayBuffer()));
    }, true)`);
    await child.enters('picture');
    await child.fill(ANSWERS.whose);
    await child.go(child.onward());
    await child.fill(ANSWERS['age-in-picture']);
    await child.go(child.onward());
    assertNoPicture(traffic.sent, PICTURES, house.origin);

    const leaked = traffic.until(({ url }) => url.includes('leak'));
    await child.hands.files(child.page.locator('#choose-files'), CHOSEN.slice(0, 1));
    await leaked;
    assert.throws(() => assertNoPicture(traffic.sent, PICTURES, house.origin), assert.AssertionError);
    await child.context.close();
  });
}
