// A newcomer works on a lesson and sees, at its end and not before, what an experienced analyst decided.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch } from './support/browser.mjs';
import { Staff, signInsOf } from './support/staff.mjs';
import { startSuoja } from './support/suoja.mjs';

let browser;
let house;
let accounts;
before(async () => {
  [browser, house] = await Promise.all([launch(), startSuoja({ command: 'training' })]);
  ({ accounts } = await signInsOf(house, 'training'));
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

// Each account signs in once: its six digits are good for one sign-in.
for (const [which, way] of [[1, {}], [2, { javaScript: false, width: 360, height: 740, touch: true, language: 'ar' }]]) {
  test(`a lesson ends with what was decided, and why: ${JSON.stringify(way)}`, async () => {
    const newcomer = await Staff.arrives(browser, house, way, accounts[which]);
    await newcomer.signsIn();
    await newcomer.open(`/${newcomer.language}/console`);
    await newcomer.sees('frame.training');
    await newcomer.does(newcomer.button('queue.take_next'));
    await newcomer.sees('lesson.before');
    assert.equal(await newcomer.heading('lesson.after').count(), 0, 'nothing is given away');
    await newcomer.closesWith('not_found', 'When we looked, it was not there.');
    await newcomer.heading('lesson.after').waitFor();
    await newcomer.sees('lesson.other');
    await newcomer.leaves();
  });
}
