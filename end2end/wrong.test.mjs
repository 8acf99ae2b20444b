// What goes wrong is told kindly, and nothing typed is lost.
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
  [browser, house] = await Promise.all([launch({ ignoreDefaultArgs: ['--disable-back-forward-cache'] }), startSuoja()]);
  await (await openHotline(browser, house)).leaves();
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

async function sendsThreat(child) {
  await child.enters('threat');
  await child.tells({ ...LAST_ANSWERS, wants: { wants: ['unsure'] } });
  return child.sends();
}

for (const [name, way] of Object.entries(WAYS)) {
  test(`a case code with a slip in it is told as a slip, and opens when it is mended, ${name}`, async () => {
    const child = await Reporter.arrives(browser, house, way);
    const code = await sendsThreat(child);
    const slip = (code[0] === '7' ? '8' : '7') + code.slice(1);
    await child.comesBackWith(slip);
    await child.assertProblem('code', child.say('code.problem.slip'));
    assert.equal(await child.field('code').inputValue(), slip, 'what was typed is still there');
    await child.fill({ code: code.slice(0, -1) });
    await child.go(child.button('code.open'));
    await child.assertProblem('code', child.sayCount('code.problem.length', 15));
    await child.fill({ code });
    // Enter sends the form; it does not press the language switch above it.
    await Promise.all([child.page.waitForEvent('load'), child.page.keyboard.press('Enter')]);
    await child.heading('my_case.title').waitFor();
    await child.leaves();
  });

  test(`words outlive the end of the session, and another language, ${name}`, async () => {
    const child = await Reporter.arrives(browser, house, way);
    const code = await sendsThreat(child);
    const own = child.language;
    await child.comesBackWith(code);
    await child.fill({ words: 'A long message.\nIn two lines.' });
    await child.context.clearCookies();
    await child.go(child.button('my_case.messages.send'));
    await child.sees('code.ended');
    for (const language of ['fi', own]) {
      await child.speak(language);
      assert.equal(child.path, `/${language}/code`);
      await child.sees('code.ended');
    }
    await child.fill({ code });
    await child.go(child.button('code.open'));
    assert.equal(await child.field('words').inputValue(), 'A long message.\nIn two lines.');
    await child.does(child.button('my_case.messages.send'));
    await child.sees('my_case.done.wrote');
    await child.leaves();
  });

  test(`a page that is not there leads home, ${name}`, async () => {
    const child = await Reporter.arrives(browser, house, way);
    await child.open(`/${child.language}/nothing-here`);
    assert.equal(child.status, 404);
    await child.heading('error.not_found.title').waitFor();
    await child.go(child.link('error.home'));
    assert.equal(child.path, `/${child.language}`);
    await child.leaves();
  });

  test(`a draft that has run out begins anew from what is open, ${name}`, async () => {
    const child = await Reporter.arrives(browser, house, way);
    await child.enters('threat');
    await child.go(child.onward());
    await child.go(child.onward());
    await child.fill({ wants: ['silence'], deadline: 'in an hour' });
    await child.context.clearCookies();
    await child.go(child.onward());
    await child.sees('report.anew.title');
    const steps = await child.tells(LAST_ANSWERS);
    assert.ok(!steps.slice(1).includes('safety'));
    await child.seesText('in an hour');
    await child.leaves();
  });
}

for (const name of ['with script', 'without script']) {
  test(`too much at once is refused, and Back still has it, ${name}`, async () => {
    const child = await Reporter.arrives(browser, house, WAYS[name]);
    await child.enters('picture');
    await child.fill({ whose: 'helping' });
    await child.go(child.onward());
    const links = 'https://pictures.example/evening '.repeat(10_000);
    // Pasted at once: key by key the browser would take minutes.
    await child.field('links').evaluate((field, text) => {
      field.value = text;
    }, links);
    await child.go(child.onward());
    assert.equal(child.status, 413);
    await child.heading('error.too_large.title').waitFor();
    await child.page.goBack();
    assert.equal(await child.field('links').inputValue(), links);
    await child.leaves();
  });
}

test('a code that nobody has opens nothing, and the pages say no more than that', async () => {
  const child = await Reporter.arrives(browser, house);
  await child.comesBackWith('');
  await child.assertProblem('code', child.say('code.problem.empty'));
  await child.fill({ code: 'ABCD-EFGH-JKMN-PQ?R' });
  await child.go(child.button('code.open'));
  await child.assertProblem('code', child.say('code.problem.unknown_symbol', { symbol: '?' }));
  await child.leaves();
});

test('case pages without a case lead to the code', async () => {
  const child = await Reporter.arrives(browser, house);
  for (const path of ['/en/case', '/en/case/add', '/en/case/erase', '/en/sent']) {
    await child.open(path);
    assert.equal(child.path, '/en/code', path);
  }
  await child.leaves();
});

test('the console leads strangers to its door, and back after it', async () => {
  const stranger = await Reporter.arrives(browser, house);
  await stranger.open('/en/console/mine');
  await stranger.heading('sign_in.title').waitFor();
  await stranger.fill({ address: 'nobody@hotline.example', password: 'not the password', code: '123456' });
  await stranger.go(stranger.button('sign_in.button'));
  await stranger.assertProblem('address', stranger.say('sign_in.refused'));
  assert.equal(await stranger.field('address').inputValue(), 'nobody@hotline.example');
  assert.equal(await stranger.field('password').inputValue(), '');
  await stranger.leaves();
});
