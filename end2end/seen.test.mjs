// Somebody who saw something tells: links, an account, or a place without a link.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch } from './support/browser.mjs';
import { WAYS } from './support/person.mjs';
import { LAST_ANSWERS, Reporter } from './support/reporter.mjs';
import { openHotline } from './support/staff.mjs';
import { startSuoja } from './support/suoja.mjs';

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

const ANSWERS = {
  ...LAST_ANSWERS,
  what: { what: 'link' },
  shows: { shows: ['no_clothes', 'unsure'] },
  when: { when: 'last night, in a group I was added to' },
};
/** As people paste: words between, one twice, one more bare. */
const PASTED = `look here https://gallery.example.com/a/1?from=chat and
https://GALLERY.example.com/a/1?from=chat, also
  video.example.net/watch/9
https://board.example/t/7#p3`;
const BAD = 'http://localhost/secret';

for (const [name, way] of Object.entries(WAYS)) {
  test(`many links are pasted, the bad one is named, ${name}`, async () => {
    const witness = await Reporter.arrives(browser, house, way);
    await witness.enters('seen');
    await witness.fill(ANSWERS.what);
    await witness.go(witness.onward());

    const typed = `${PASTED}\n${BAD}`;
    await witness.fill({ links: typed });
    await witness.go(witness.onward());
    await witness.assertProblem('links', witness.say('report.wrong.link.not_public', { link: BAD }));
    assert.equal(await witness.field('links').inputValue(), typed, 'what was typed is still there');

    const steps = await witness.tells({ ...ANSWERS, links: { links: PASTED } });
    assert.deepEqual(steps, ['links', 'shows', 'when', 'age', 'country', 'danger', 'words', 'reply', 'check']);
    const code = await witness.sends();
    await witness.comesBackWith(code);
    await witness.heading('my_case.title').waitFor();
    await witness.leaves();
  });
}

test('long links that will not do are all named, and no page grows wider for them', async () => {
  const witness = await Reporter.arrives(browser, house, WAYS['on a small phone, in the dark']);
  const bad = ['a', 'b'].map((letter) => `http://localhost/${letter.repeat(180)}`);
  await witness.enters('seen');
  await witness.fill(ANSWERS.what);
  await witness.go(witness.onward());
  await witness.fill({ links: bad.join('\n') });
  await witness.go(witness.onward());
  for (const link of bad) await witness.assertProblem('links', witness.say('report.wrong.link.not_public', { link: `${link.slice(0, 40)}…` }));
  assert.ok(await witness.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing to scroll sideways');
  await witness.leaves();
});

test('an account can be told, and a place that has no link', async () => {
  for (const [what, step, answer] of [
    ['account', 'account', { provider: 'ChatterBox', handle: '@harbour_lights' }],
    ['place', 'place', { place: 'the voice room of a boat game' }],
  ]) {
    const witness = await Reporter.arrives(browser, house);
    await witness.enters('seen');
    const steps = await witness.tells({ ...ANSWERS, what: { what }, [step]: answer });
    assert.equal(steps[1], step);
    await witness.sends();
    await witness.leaves();
  }
});

test('nothing typed and nothing chosen are told kindly', async () => {
  const witness = await Reporter.arrives(browser, house);
  await witness.enters('seen');
  await witness.go(witness.onward());
  await witness.assertProblem('what', witness.say('report.wrong.choose_what'));
  await witness.fill(ANSWERS.what);
  await witness.go(witness.onward());
  await witness.go(witness.onward());
  await witness.assertProblem('links', witness.say('report.wrong.empty_links'));
  await witness.leaves();
});

test('a question opened too early leads to the first one that is open', async () => {
  const witness = await Reporter.arrives(browser, house);
  await witness.open('/en/seen/check');
  assert.equal(witness.step, 'what');
  await witness.leaves();
});

test('a page in any script, with signs that can be seen by nobody', async () => {
  const witness = await Reporter.arrives(browser, house);
  const words = 'Hæ 👋🏽 שלום مرحبا สวัสดี\u200Bхей';
  await witness.enters('seen');
  await witness.tells({ ...ANSWERS, links: { links: 'https://bücher.example/ä/日本' }, words: { words } });
  await witness.seesText('Hæ 👋🏽 שלום مرحبا');
  await witness.sends();
  await witness.leaves();
});
