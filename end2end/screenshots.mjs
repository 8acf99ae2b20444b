// Draws the pictures for the README: real pages, made-up people. Run it by hand after a change of face: node end2end/screenshots.mjs
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { launch } from './support/browser.mjs';
import { chosen, png } from './support/picture.mjs';
import { LAST_ANSWERS, Reporter } from './support/reporter.mjs';
import { Staff, openHotline, signInsOf } from './support/staff.mjs';
import { startSuoja } from './support/suoja.mjs';

const PICTURES = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const PHONE = { width: 360, height: 740, touch: true };
const SHARP = { deviceScaleFactor: 1.3 };
const DESK = { width: 1024, height: 620 };

await mkdir(PICTURES, { recursive: true });
const browser = await launch();

/** The pages are looked at by tests; here they are only drawn. */
const drawn = (person) => Object.assign(person, { look: () => {} });
const draw = (person, name) => person.page.screenshot({ path: join(PICTURES, `${name}.png`) });

async function drawReporters() {
  const house = await startSuoja();
  await (await openHotline(browser, house)).leaves();

  const child = drawn(await Reporter.arrives(browser, house, PHONE, SHARP));
  await child.open('/en');
  await draw(child, 'home-phone');
  await child.enters('threat');
  await draw(child, 'safety-steps');
  await child.enters('picture');
  await child.tells({
    ...LAST_ANSWERS,
    whose: { whose: 'me' },
    'age-in-picture': { age_in_picture: '13_15' },
    where: { links: 'https://pictures.example/p/20' },
    spreading: { spreading: 'no' },
    async files() {
      await child.hands.files(child.page.locator('#choose-files'), [chosen('harbour.png', png())]);
      await child.page.locator('ul.files li.done').waitFor();
      await child.page.locator('ul.files').evaluate((list) => list.scrollIntoView({ block: 'center' }));
      await draw(child, 'hashing');
    },
  });
  await child.go(child.button('report.check.send'));
  await draw(child, 'receipt');
  await child.leaves();

  const other = drawn(await Reporter.arrives(browser, house, { ...PHONE, language: 'ar', colorScheme: 'dark' }, SHARP));
  await other.open('/ar');
  await draw(other, 'home-phone-ar');
  await other.leaves();
  await house.stop();
}

async function drawHotline() {
  const house = await startSuoja({ command: 'demo' });
  const { accounts: [account], codes } = await signInsOf(house, 'demo');
  const child = drawn(await Reporter.arrives(browser, house, PHONE, SHARP));
  await child.comesBackWith(codes[0]);
  await draw(child, 'my-case');
  await child.leaves();

  const staff = drawn(await Staff.arrives(browser, house, DESK, account));
  await staff.signsIn();
  await staff.open('/en/console');
  await draw(staff, 'queue');
  await staff.go(staff.button('queue.take_next'));
  await draw(staff, 'case');
  await staff.open('/en/console/figures');
  await draw(staff, 'figures');
  await staff.leaves();
  await house.stop();
}

/** A newcomer has closed the first lesson. */
async function drawTraining() {
  const house = await startSuoja({ command: 'training' });
  const { accounts: [, account] } = await signInsOf(house, 'training');
  const newcomer = drawn(await Staff.arrives(browser, house, DESK, account));
  await newcomer.signsIn();
  await newcomer.open('/en/console');
  await newcomer.go(newcomer.button('queue.take_next'));
  await newcomer.closesWith('not_found', 'When we looked, it was not there.');
  await draw(newcomer, 'lesson');
  await newcomer.leaves();
  await house.stop();
}

await drawReporters();
await drawHotline();
await drawTraining();
await browser.close();
