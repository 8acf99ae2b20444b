// Leaving quickly: from any page, with and without script, and nothing is left behind.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch } from './support/browser.mjs';
import { WAYS } from './support/person.mjs';
import { LAST_ANSWERS, Reporter } from './support/reporter.mjs';
import { openHotline } from './support/staff.mjs';
import { ELSEWHERE, startSuoja } from './support/suoja.mjs';

let browser;
let house;
before(async () => {
  // Back and forward as people have them: pages may come back from memory.
  [browser, house] = await Promise.all([launch({ ignoreDefaultArgs: ['--disable-back-forward-cache'] }), startSuoja()]);
  await (await openHotline(browser, house)).leaves();
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** A child for whom the neutral site exists. */
async function arrives(way) {
  const child = await Reporter.arrives(browser, house, way);
  child.allowed.add(new URL(ELSEWHERE).origin);
  // Asked for by a redirect, which only the browser's own protocol can catch.
  const wire = await child.context.newCDPSession(child.page);
  await wire.send('Fetch.enable', { patterns: [{ urlPattern: `${ELSEWHERE}*` }] });
  // What it asks for beside its page, an icon say, may still wait when the child has gone: that answer is nobody's.
  // Without the page's own answer, `isElsewhere` fails.
  wire.on('Fetch.requestPaused', ({ requestId }) =>
    wire.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: 200,
      responseHeaders: [{ name: 'content-type', value: 'text/html' }],
      body: Buffer.from('<!doctype html><title>Elsewhere</title><p>Elsewhere').toString('base64'),
    }).catch(() => {}));
  return child;
}

async function typesSomething(child) {
  await child.enters('threat');
  await child.go(child.onward());
  await child.fill({ provider: 'ChatterBox', handle: '@only_for_the_hotline' });
  await child.go(child.onward());
}

/** What the page holds. One that is on its way elsewhere is asked again when it is there. */
async function held(page) {
  for (;;) {
    try {
      return await page.content();
    } catch (error) {
      if (!error.message.includes('navigating')) throw error;
      await page.waitForLoadState();
    }
  }
}

async function isElsewhere(child) {
  await child.page.waitForURL(ELSEWHERE);
  assert.deepEqual((await child.context.cookies(house.origin)).map(({ name }) => name), [], 'cookies are left behind');
}

for (const [name, way] of Object.entries(WAYS)) {
  test(`the link leads away and forgets, ${name}`, async () => {
    const child = await arrives(way);
    await typesSomething(child);
    const draft = (await child.context.cookies(house.origin)).map(({ name, value }) => `${name}=${value}`).join('; ');
    assert.notEqual(draft, '');
    const left = child.page.url();
    await child.press(child.link('leave.button'));
    await isElsewhere(child);

    // Back may show an address of ours, never what was typed: the draft is gone at the server, too.
    const again = await fetch(`${house.origin}/${child.language}/threat/account`, { headers: { cookie: draft } });
    assert.ok(!(await again.text()).includes('@only_for_the_hotline'));
    await child.page.goBack({ waitUntil: 'load' }).catch(() => {});
    assert.ok(!(await held(child.page)).includes('@only_for_the_hotline'));
    if (child.javaScript) assert.notEqual(child.page.url(), left, 'the entry of the page that was left is replaced');
    await child.leaves();
  });
}

test('three presses of Shift lead away, two and another key do not', async () => {
  const child = await arrives({});
  await typesSomething(child);
  const { keyboard } = child.page;
  for (const key of ['Shift', 'Shift', 'a', 'Shift']) await keyboard.press(key);
  assert.equal(child.step, 'wants');
  // Another key has stopped the count; it begins anew.
  for (const key of ['a', 'Shift', 'Shift', 'Shift']) await keyboard.press(key);
  await isElsewhere(child);
  await child.leaves();
});

test('an open case is closed by leaving', async () => {
  const child = await arrives({});
  await child.enters('threat');
  await child.tells({ ...LAST_ANSWERS, wants: { wants: ['unsure'] } });
  const code = await child.sends();
  await child.comesBackWith(code);
  await child.press(child.link('leave.button'));
  await isElsewhere(child);
  await child.open('/en/case');
  assert.equal(child.path, '/en/code', 'the case asks for its code again');
  await child.leaves();
});
