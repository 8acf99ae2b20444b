// Every page that can be reached by links: accessible, light, quiet, and none of them dead.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch } from './support/browser.mjs';
import { IDS, Person } from './support/person.mjs';
import { LAST_ANSWERS, Reporter } from './support/reporter.mjs';
import { Staff, openHotline } from './support/staff.mjs';
import { startSuoja } from './support/suoja.mjs';

const LOOKS = {
  'on a wide screen': {},
  'in the dark': { colorScheme: 'dark' },
  'on the smallest phone': { width: 320, height: 560, touch: true },
  'in Arabic, in the dark, on a small phone': { language: 'ar', colorScheme: 'dark', width: 360, height: 740, touch: true },
};

let browser;
let house;
let administrator;
before(async () => {
  [browser, house] = await Promise.all([launch(), startSuoja()]);
  const first = await openHotline(browser, house);
  administrator = first.account;
  await first.leaves();
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Follows every link to a kind of page not yet seen, and looks at the page. */
async function visitsAll(person, start, isAsked) {
  const waiting = [start];
  const seen = new Set();
  while (waiting.length > 0) {
    const path = waiting.shift();
    const kind = path.replace(IDS, '*').split('?')[0];
    if (seen.has(kind)) continue;
    seen.add(kind);
    await person.open(path);
    assert.equal(person.status, 200, `${path} answers ${person.status}`);
    const links = await person.page.locator('a[href]:not([download])').evaluateAll((all) => all.map((link) => link.href));
    for (const link of links) {
      const url = new URL(link);
      if (url.origin === house.origin && isAsked(url.pathname)) waiting.push(url.pathname + url.search);
    }
  }
  return seen;
}

for (const [name, look] of Object.entries(LOOKS)) {
  test(`every public page, ${name}`, async () => {
    const person = await Person.arrives(browser, house, look);
    const seen = await visitsAll(person, `/${person.language}`, (path) => path.startsWith(`/${person.language}`) && !path.includes('/console'));
    for (const page of ['help', 'privacy', 'about', 'figures', 'code', 'threat', 'picture', 'seen']) {
      assert.ok(seen.has(`/${person.language}/${page}`), `no link leads to ${page}`);
    }
    await person.leaves();
  });

  test(`every page of the console, ${name}`, async () => {
    const person = await Staff.arrives(browser, house, look, administrator);
    await person.signsIn();
    const seen = await visitsAll(person, `/${person.language}/console`, (path) => path.startsWith(`/${person.language}/console`));
    assert.ok(seen.size > 8, [...seen].join(' '));
    await person.leaves();
  });
}

test('every language leads to the same pages', async () => {
  const person = await Person.arrives(browser, house);
  for (const language of ['sv', 'fi', 'ar', 'en']) {
    await person.open('/en/help');
    // Chosen, not shown yet: it comes along.
    await person.pick('country', 'NO');
    await person.speak(language);
    assert.equal(person.path.split('?')[0], `/${language}/help`);
    assert.equal(await person.field('country').inputValue(), 'NO');
    assert.equal(await person.page.locator('html').getAttribute('dir'), language === 'ar' ? 'rtl' : 'ltr');
    person.language = 'en';
  }
  await person.leaves();
});

// What a page costs somebody with little data, everything on it, nothing kept from before.
const MOST = 50_000;
const MOST_WITH_HASHING = 200_000;

async function weigh(path, cookies) {
  const context = await browser.newContext({ baseURL: house.origin });
  await context.addCookies(cookies);
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  let weight = 0;
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => {
    weight += encodedDataLength;
  });
  await page.goto(path, { waitUntil: 'networkidle' });
  const hasIsland = (await page.locator('leptos-island').count()) > 0;
  await context.close();
  return { weight, hasIsland };
}

test('pages are light', async (t) => {
  const child = await Reporter.arrives(browser, house);
  const weights = new Map();
  const weighed = async () => {
    const key = `${child.path.split('?')[0]}`;
    if (weights.has(key)) return;
    weights.set(key, await weigh(child.path, await child.context.cookies()));
  };
  for (const path of ['/en', '/en/help', '/en/privacy', '/en/about', '/en/figures', '/en/code', '/en/nothing-here']) {
    await child.open(path);
    await weighed();
  }
  await child.enters('picture');
  const answers = { ...LAST_ANSWERS, whose: { whose: 'me' }, 'age-in-picture': { age_in_picture: '13_15' }, spreading: { spreading: 'no' } };
  while (child.step !== 'check') {
    await weighed();
    await child.fill(answers[child.step] ?? {});
    await child.go(child.onward());
  }
  await weighed();
  await child.go(child.button('report.check.send'));
  await weighed();
  const code = await child.readsCode();
  await child.go(child.button('receipt.saved'));
  await weighed();
  await child.comesBackWith(code);
  await weighed();
  for (const key of ['my_case.do.add', 'my_case.do.erase']) {
    await child.open('/en/case');
    await child.go(child.link(key));
    await weighed();
  }
  for (const [path, { weight, hasIsland }] of [...weights].sort(([, one], [, other]) => other.weight - one.weight)) {
    t.diagnostic(`${(weight / 1000).toFixed(1).padStart(6)} kB ${path}${hasIsland ? ' (with hashing)' : ''}`);
  }
  for (const [path, { weight, hasIsland }] of weights) {
    assert.ok(weight <= (hasIsland ? MOST_WITH_HASHING : MOST), `${path} weighs ${weight} bytes`);
  }
  await child.leaves();
});
