// A child who is threatened tells us: what to do first, a short form, the case code.
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
  account: { provider: 'ChatterBox', handle: '@evening_harbour' },
  wants: { wants: ['pictures', 'money'], deadline: 'tonight' },
  payment: { payment: 'gift cards' },
};

for (const [name, way] of Object.entries(WAYS)) {
  test(`a threat is told, sent, and its code kept, ${name}`, async () => {
    const child = await Reporter.arrives(browser, house, way);
    await child.enters('threat');

    assert.equal(child.step, 'safety', 'what to do comes before any question');
    assert.equal(await child.page.locator('main form input:not([type=hidden]), main textarea, main select').count(), 0);
    for (const step of ['stop', 'keep', 'report', 'tell']) await child.sees(`report.safety.${step}`);
    assert.equal(await child.page.locator('ol.steps > li').count(), 4);

    const steps = await child.tells(ANSWERS);
    assert.deepEqual(steps, ['safety', 'account', 'wants', 'payment', 'files', 'age', 'country', 'danger', 'words', 'reply', 'check']);
    for (const words of ['@evening_harbour', 'tonight', 'gift cards', LAST_ANSWERS.words.words]) await child.seesText(words);

    // One answer is changed, and the way leads straight back.
    await child.go(child.page.locator('main dl.answers a[href$="/wants"]'));
    assert.equal(await child.field('deadline').inputValue(), 'tonight');
    await child.fill({ deadline: 'tomorrow at noon' });
    await child.go(child.onward());
    assert.equal(child.step, 'check');
    await child.seesText('tomorrow at noon');

    await child.go(child.button('report.check.send'));
    const code = await child.readsCode();
    // A lost answer: the same page again, the same code.
    await child.page.reload();
    assert.equal(await child.readsCode(), code);
    await child.go(child.button('receipt.saved'));
    await child.heading('receipt.done.title').waitFor();
    await child.open(`/${child.language}/sent`);
    await child.assertGone(code);

    await child.comesBackWith(code);
    await child.heading('my_case.title').waitFor();
    await child.sees('my_case.state.received');
    await child.leaves();
  });

  test(`another language in the middle of a question keeps what is typed, ${name}`, async () => {
    const child = await Reporter.arrives(browser, house, way);
    const own = child.language;
    await child.enters('threat');
    await child.go(child.onward());
    await child.fill({ provider: 'ChatterBox', handle: '@kesä_ilta' });
    for (const language of ['fi', own]) {
      await child.speak(language);
      await child.heading('report.account.title.threat').waitFor();
      assert.equal(await child.field('provider').inputValue(), 'ChatterBox');
      assert.equal(await child.field('handle').inputValue(), '@kesä_ilta');
    }
    await child.go(child.onward());
    assert.equal(child.step, 'wants');
    await child.leaves();
  });
}

for (const [name, way] of Object.entries(WAYS)) {
  test(`another country is in a list, and an address for mails is asked for only where one is wanted, ${name}`, async () => {
    const child = await Reporter.arrives(browser, house, way);
    await child.enters('threat');
    const steps = await child.tells({
      ...ANSWERS,
      async country() {
        assert.ok(!(await child.field('elsewhere').isVisible()));
        await child.choose('country', 'elsewhere');
        await child.pick('elsewhere', 'DE');
      },
      async reply() {
        assert.ok(!(await child.field('email').isVisible()));
        await child.choose('reply', 'email');
        await child.go(child.onward());
        await child.assertProblem('email', child.say('report.wrong.empty_email'));
        await child.type('email', 'child@example.org');
      },
    });
    assert.equal(steps.at(-1), 'check');
    await child.seesText(child.say('country.DE'));
    await child.leaves();
  });
}

test('Enter in a field goes on, in the same language', async () => {
  const child = await Reporter.arrives(browser, house, WAYS['in Arabic']);
  await child.enters('threat');
  await child.go(child.onward());
  await child.fill({ handle: '@evening_harbour' });
  await Promise.all([child.page.waitForEvent('load'), child.field('handle').press('Enter')]);
  assert.equal(child.path, '/ar/threat/wants');
  await child.leaves();
});

test('sending twice makes one case and shows the same code', async () => {
  const child = await Reporter.arrives(browser, house);
  await child.enters('threat');
  await child.tells(ANSWERS);
  const form = await child.page.locator('main form:has(button)').last().evaluate((element) => element.action);
  const cookies = (await child.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const send = () =>
    fetch(form, { method: 'POST', redirect: 'manual', headers: { cookie: cookies, origin: house.origin, 'content-type': 'application/x-www-form-urlencoded' } });
  const answers = await Promise.all([send(), send(), send()]);
  assert.deepEqual(answers.map(({ status }) => status), [303, 303, 303]);
  await child.open(answers[0].headers.get('location'));
  const code = await child.readsCode();
  await child.page.reload();
  assert.equal(await child.readsCode(), code);
  await child.leaves();
});

test('who may hurt themself reads at once who helps, and can still send', async () => {
  const child = await Reporter.arrives(browser, house);
  await child.enters('threat');
  const steps = await child.tells({ ...ANSWERS, danger: { danger: 'self_harm' } });
  assert.deepEqual(steps.slice(-5), ['danger', 'help-now', 'words', 'reply', 'check']);
  await child.open('/en/threat/help-now');
  await child.heading('report.help_now.title_self').waitFor();
  assert.ok((await child.page.locator('main a[href="tel:112"]').count()) > 0, 'the emergency number of the country');
  await child.open('/en/threat/check');
  await child.sends();
  await child.leaves();
});
