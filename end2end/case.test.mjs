// A case from both sides: an analyst takes the most urgent first, acts, answers and closes; the child follows it by code.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch } from './support/browser.mjs';
import { readMail } from './support/mail.mjs';
import { WAYS } from './support/person.mjs';
import { LAST_ANSWERS, Reporter } from './support/reporter.mjs';
import { Staff, openHotline } from './support/staff.mjs';
import { startSuoja } from './support/suoja.mjs';

const PROVIDER = { name: 'Pictures Example', address: 'abuse@pictures.example', domain: 'https://pictures.example' };
const LINK = 'https://pictures.example/p/20?album=7';
const DEFANGED = 'hxxps[:]//pictures[.]example/p/20?album=7';

let browser;
let house;
let analyst;
before(async () => {
  [browser, house] = await Promise.all([launch(), startSuoja()]);
  const first = await openHotline(browser, house);
  await first.addsProvider(PROVIDER);
  const link = await first.invites({ name: 'Otto Analyst', address: 'otto@hotline.example', role: 'analyst' });
  const second = await Staff.arrives(browser, house);
  await second.takesUp(link, { name: 'Otto Analyst', address: 'otto@hotline.example' });
  await first.grants('Otto Analyst');
  analyst = second.account;
  for (const person of [first, second]) await person.leaves();
});
after(async () => {
  await browser?.close();
  await house?.stop();
});

const OWN_PICTURE = {
  ...LAST_ANSWERS,
  whose: { whose: 'me' },
  'age-in-picture': { age_in_picture: '13_15' },
  where: { links: LINK },
  spreading: { spreading: 'no' },
};
const IN_DANGER = { ...OWN_PICTURE, danger: { danger: 'in_danger' }, words: { words: 'They know my school.' } };
const SEEN = { ...LAST_ANSWERS, what: { what: 'link' }, links: { links: 'https://board.example/t/7' }, shows: { shows: ['other'] } };
const THREAT = { ...LAST_ANSWERS, wants: { wants: ['money'] } };

async function reports(door, answers, way = {}) {
  const reporter = await Reporter.arrives(browser, house, way);
  await reporter.enters(door);
  await reporter.tells(answers);
  return { reporter, code: await reporter.sends() };
}

/** As people type from a paper: small letters, blanks, O for 0, l for 1. */
const sloppily = (code) => ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;

test('the most urgent case is taken first, whatever came first', async () => {
  const codes = [];
  for (const [door, answers] of [['seen', SEEN], ['picture', OWN_PICTURE], ['threat', THREAT], ['picture', IN_DANGER]]) {
    const { reporter, code } = await reports(door, answers);
    codes.push(code);
    await reporter.leaves();
  }
  const staff = await Staff.arrives(browser, house, {}, analyst);
  await staff.signsIn();
  const levels = await staff.page.locator('table.queue tbody .level').allInnerTexts();
  assert.deepEqual(levels.map((text) => Number(text.match(/\d/)[0])), [0, 1, 2, 3]);
  const reasons = await staff.page.locator('table.queue tbody .pill').allInnerTexts();
  for (const reason of ['queue.reason.in_danger', 'queue.reason.threat', 'queue.reason.own_image', 'case.age.13_15']) {
    assert.ok(reasons.includes(staff.say(reason)), `${reason} is not said in ${reasons}`);
  }
  for (const harm of ['own_image', 'threat', 'own_image', 'seen']) {
    await staff.open('/en/console');
    await staff.does(staff.button('queue.take_next'));
    await staff.sees(`case.harm.${harm}`);
    await staff.closesWith('out_of_scope', 'This was a rehearsal.');
  }
  await staff.open('/en/console');
  await staff.sees('queue.empty.queue');
  await staff.leaves();
});

/** Words in one form are not lost when another is sent, unless that is wanted. */
async function keepsWhatIsUnsaved(staff) {
  await staff.fill({ note: 'Not saved yet.' });
  const asked = new Promise((resolve) => {
    staff.page.once('dialog', async (dialog) => {
      await dialog.dismiss();
      resolve(dialog.message());
    });
  });
  await staff.press(staff.button('case.labels.save'));
  assert.equal(await asked, staff.say('case.unsaved'));
  const note = staff.field('note');
  assert.equal(await note.inputValue(), 'Not saved yet.');
  assert.ok(await note.evaluate((field) => field === document.activeElement), 'what would be lost has the focus');
  await staff.fill({ note: '' });
}

for (const [name, way] of Object.entries(WAYS)) {
  test(`a case is worked and followed, ${name}`, async () => {
    const { reporter: child, code } = await reports('picture', IN_DANGER, way);

    const staff = await Staff.arrives(browser, house, way, analyst);
    await staff.signsIn();
    await staff.open(`/${staff.language}/console`);
    await staff.does(staff.button('queue.take_next'));
    const address = staff.path.split('#')[0];

    // Reading: words opened by the vault, links as text that leads nowhere.
    await staff.unfold('case.answer.words');
    await staff.seesText('They know my school.');
    await staff.seesText(DEFANGED);
    assert.equal(await staff.page.locator('a[href*="pictures.example"], a[href^="http"]').count(), 0, 'a reported link can be pressed');

    await staff.unfold('case.assess.open');
    await staff.fill({ class: 'C4', basis: 'national', why: 'Read in the report.' });
    await staff.does(staff.button('case.assess.save'));
    await staff.fill({ label: ['shared_by_peer'] });
    if (staff.javaScript) await keepsWhatIsUnsaved(staff);
    await staff.does(staff.button('case.labels.save'));
    await staff.fill({ note: 'Called the school line at nine.' });
    await staff.does(staff.button('case.note.save'));
    await staff.seesText('Called the school line at nine.');

    // A notice: exactly what is read is sent, by mail, readable and for machines.
    const before = house.mail.mails.length;
    await staff.does(staff.link('case.notices.draft'));
    await staff.picks('provider', PROVIDER.name);
    await staff.fill({ explanation: 'It shows a child of about fourteen. National law, chapter 16.' });
    await staff.chooseAll('item');
    await staff.does(staff.button('notice.draft.preview'));
    const preview = await staff.page.locator('pre.letter').first().innerText();
    assert.ok(preview.includes(LINK) && preview.includes('about fourteen'));
    await staff.does(staff.button('notice.approve'));
    const notice = staff.path;
    const mail = readMail((await house.mail.next((one) => house.mail.mails.indexOf(one) >= before && one.to.includes(PROVIDER.address))).raw);
    // All but the secret part of the link, which is the provider's alone.
    assert.equal(mail.text.replace(/(?<=\/answer\/)\S+/, '…').trim(), preview.trim());
    const [file] = mail.files;
    assert.equal(file.kind, 'application/json');
    assert.ok(JSON.stringify(JSON.parse(file.bytes)).includes(LINK));
    assert.ok(!mail.text.includes('They know my school.') && !file.bytes.includes('They know my school.'), 'the reporter speaks to us alone');

    await staff.opensUntil(notice, 'notice.state.sent');
    await staff.fill({ state: 'removed', words: '' });
    await staff.does(staff.button('notice.answer.save'));
    await staff.sees('notice.state.removed');

    await staff.open(address);
    await staff.fill({ message: 'We asked for it to be taken down. You did well.' });
    await staff.does(staff.button('case.thread.send'));

    // The child looks, reads and writes.
    await child.comesBackWith(sloppily(code));
    await child.heading('my_case.title').waitFor();
    await child.sees('my_case.road.received');
    await child.sees('my_case.road.opened');
    await child.seesText(PROVIDER.name);
    await child.sees('my_case.place.removed');
    await child.seesText('We asked for it to be taken down. You did well.');
    await child.fill({ words: 'It is on another page, too.' });
    await child.does(child.button('my_case.messages.send'));
    await child.sees('my_case.done.wrote');
    await child.does(child.link('my_case.do.add'));
    await child.fill({ links: 'https://pictures.example/p/21' });
    await child.does(child.button('my_case.add.send'));
    await child.sees('my_case.done.added');

    await staff.open(address);
    await staff.seesText('It is on another page, too.');
    await staff.seesText('hxxps[:]//pictures[.]example/p/21');
    await staff.closesWith('partly_removed', 'One page is gone. The other does not answer.');
    await staff.sees('case.state.closed');
    await staff.signsOut();
    await staff.leaves();

    // Taking back: two steps, a change of mind, then for good.
    await child.open(`/${child.language}/case`);
    await child.seesText('One page is gone. The other does not answer.');
    await child.asksToErase();
    await child.does(child.button('my_case.pending.stop'));
    await child.sees('my_case.done.keep');
    await child.assertGone(child.say('my_case.pending.title'));
    await child.asksToErase();
    await child.does(child.button('my_case.do.close'));
    await child.heading('code.title').waitFor();
    await child.leaves();
  });
}

for (const name of ['with script', 'without script', 'in Arabic']) {
  test(`a case is taken back and started again, ${name}`, async () => {
    const { reporter: child, code } = await reports('picture', OWN_PICTURE, WAYS[name]);
    await child.comesBackWith(code);
    await child.asksToStop();
    await child.sees('my_case.state.withdrawn');
    assert.equal(await child.page.locator('form[action$="/case/write"]').count(), 0, 'first it is started again');
    await child.does(child.button('my_case.stopping.go_on'));
    await child.sees('my_case.state.reopened');
    await child.asksToStop();
    await child.leaves();

    // Where somebody may be in danger, a person reads the case first.
    const { reporter: other, code: urgent } = await reports('picture', IN_DANGER, WAYS[name]);
    await other.comesBackWith(urgent);
    await other.asksToStop();
    await other.sees('my_case.stopping.soon');
    const staff = await Staff.arrives(browser, house, WAYS[name], analyst);
    await staff.signsIn();
    await staff.open(`/${staff.language}/console`);
    await staff.does(staff.button('queue.take_next'));
    await staff.sees('case.withdrawing');
    await staff.does(staff.button('case.end.withdraw'));
    await staff.sees('case.history.withdrawn');
    await staff.leaves();
    await other.open(`/${other.language}/case`);
    await other.sees('my_case.stopping.now');
    await other.leaves();
  });
}
