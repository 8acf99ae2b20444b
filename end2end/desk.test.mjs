// A day at the desk: an open page hears what comes, cases are found, acted on together and undone, and who is on call says so.
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
  await tellsOfThreat(browser, house);
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

test('an open queue hears of a new case, and nothing on it moves', async () => {
  const staff = await Staff.arrives(browser, house, {}, account);
  await staff.signsIn();
  await staff.open('/en/console');
  const count = staff.page.locator('[data-count=queue]');
  const place = () => staff.page.locator('main h1').boundingBox();
  const [before, stood] = [Number(await count.innerText()), await place()];
  const link = staff.page.getByRole('link', { name: staff.say('console.live') });
  assert.equal(await link.isVisible(), false);
  await tellsOfThreat(browser, house);
  await link.waitFor();
  assert.equal(Number(await count.innerText()), before + 1);
  assert.deepEqual(await place(), stood);
  await staff.looksAgain();
  await staff.go(link);
  assert.equal(await staff.page.locator('table.queue tbody tr').count(), before + 1);
  await staff.leaves();
});

for (const way of [{}, { language: 'ar', width: 360, height: 740 }, { javaScript: false }]) {
  test(`cases are searched, acted on together and undone (${JSON.stringify(way)})`, async () => {
    const staff = await Staff.arrives(browser, house, way, account);
    await staff.signsIn();
    await staff.open(`/${staff.language}/console`);
    await staff.fill({ text: 'nobody.example' });
    await staff.go(staff.button('queue.find.button'));
    await staff.sees('queue.empty.search');
    await staff.fill({ text: '', harm: 'threat' });
    await staff.go(staff.button('search.button'));
    await staff.go(staff.link('bulk.link'));
    await staff.page.locator('details').first().locator('summary').click();
    await staff.page.locator('input[name=label]').first().check();
    await staff.looksAgain();
    await staff.go(staff.button('bulk.do.label'));
    await staff.go(staff.button('bulk.undo'));
    await staff.sees('bulk.undone');
    await staff.open(`/${staff.language}/console/on-call`);
    await staff.go(staff.button('on_call.save'));
    await staff.sees('on_call.saved');
    await staff.leaves();
  });
}
