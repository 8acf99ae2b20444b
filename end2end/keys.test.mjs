// The console by keyboard: `?` lists the keys, single keys do what they say, and nothing happens while somebody types.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch } from './support/browser.mjs';
import { tellsOfThreat } from './support/reporter.mjs';
import { Staff, openHotline } from './support/staff.mjs';
import { startSuoja } from './support/suoja.mjs';

let browser;
let house;
let account;
before(async () => {
  [browser, house] = await Promise.all([launch(), startSuoja()]);
  const first = await openHotline(browser, house);
  account = first.account;
  await first.leaves();
  for (let sent = 0; sent < 3; sent += 1) await tellsOfThreat(browser, house);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

/** Presses keys that lead to another page. */
async function goes(staff, ...keys) {
  const arrived = staff.page.waitForEvent('load');
  for (const key of keys) await staff.page.keyboard.press(key);
  await arrived;
}

const focused = (staff) => staff.page.evaluate(() => {
  const { id, className, tagName } = document.activeElement;
  return { id, className, tagName, part: document.activeElement.closest('section')?.getAttribute('aria-labelledby') };
});

for (const language of ['en', 'ar']) {
  test(`a case is taken, skipped and found again without a mouse (${language})`, async () => {
    const staff = await Staff.arrives(browser, house, { language }, account);
    await staff.signsIn();
    await staff.open(`/${language}/console`);
    const sheet = staff.page.getByRole('dialog');
    await staff.page.keyboard.press('?');
    await sheet.getByText(staff.say('console.keys.next_row')).waitFor();
    await sheet.getByRole('row', { name: staff.say('queue.take_next') }).waitFor();
    await staff.looksAgain();
    await staff.page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });

    await staff.page.keyboard.press('j');
    const firstRow = await staff.page.evaluate(() => document.activeElement.textContent);
    await staff.page.keyboard.press('j');
    assert.notEqual(await staff.page.evaluate(() => document.activeElement.textContent), firstRow);
    await staff.page.keyboard.press('k');
    assert.equal(await staff.page.evaluate(() => document.activeElement.textContent), firstRow);
    await staff.page.keyboard.press('/');
    assert.equal((await focused(staff)).id, 'text');
    await staff.page.keyboard.type('gqn?');
    assert.equal(await staff.page.locator('#text').inputValue(), 'gqn?', 'what is typed is typed');
    await staff.page.locator('h1').click();

    await goes(staff, 'n');
    await staff.sees('case.hands.yours');
    await staff.page.keyboard.press('m');
    assert.equal((await focused(staff)).part, 'thread');
    await staff.page.locator('h1').click();
    await staff.page.keyboard.press('x');
    await staff.page.keyboard.press('Tab');
    assert.equal((await focused(staff)).id, 'reason');
    await staff.page.keyboard.press('End');
    await goes(staff, 'Tab', 'Enter');
    await staff.sees('case.hands.yours');
    await goes(staff, 'p');
    await goes(staff, 'g', 'o');
    await staff.sees('account.takes.title');
    await goes(staff, 'g', 'q');
    await staff.seesText(staff.sayCount('queue.skipped', 1));
    await staff.leaves();
  });
}

test('single keys can be switched off, and stay off', async () => {
  const staff = await Staff.arrives(browser, house, {}, account);
  await staff.signsIn();
  await staff.page.keyboard.press('?');
  const sheet = staff.page.getByRole('dialog');
  await sheet.getByRole('checkbox').uncheck();
  await sheet.getByRole('button').press('Enter');
  await sheet.waitFor({ state: 'hidden' });
  await staff.open('/en/console');
  await staff.page.keyboard.press('?');
  await staff.page.keyboard.press('j');
  assert.equal((await focused(staff)).tagName, 'BODY');
  await staff.press(staff.button('console.keys.button'));
  await sheet.waitFor();
  await sheet.getByRole('checkbox').check();
  await sheet.getByRole('button').press('Enter');
  await staff.page.keyboard.press('j');
  assert.equal((await focused(staff)).className, 'ref');
  await staff.leaves();
});

test('without script there is no button for keys, and everything is in the order of Tab', async () => {
  const staff = await Staff.arrives(browser, house, { javaScript: false }, account);
  await staff.signsIn();
  assert.equal(await staff.page.locator('[data-opens=keys]').isVisible(), false);
  await staff.go(staff.button('queue.take_next'));
  await staff.sees('case.hands.yours');
  await staff.leaves();
});
