// A member of a hotline's staff at the console.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'smol-toml';

import { Authenticator } from './authenticator.mjs';
import { readMail } from './mail.mjs';
import { Person } from './person.mjs';

/** The accounts of a `demo` or a `training`, and the codes of its cases, as it keeps them. */
export async function signInsOf(house, kind) {
  const { staff, codes } = parse(await readFile(join(house.folder, `${kind}-data/sign-ins.toml`), 'utf8'));
  const accounts = staff.map(({ name, address, password, secret }) => ({
    name, address, password, authenticator: new Authenticator(secret),
  }));
  return { accounts, codes };
}

const PASSWORD = 'lanterns along the harbour wall';

export class Staff extends Person {
  /** As whom to sign in: name, address, password, authenticator. */
  account = null;

  static async arrives(browser, house, way = {}, account = null, more = {}) {
    const person = await Person.arrives(browser, house, way, more);
    Object.setPrototypeOf(person, Staff.prototype);
    person.account = account;
    return person;
  }

  /** Takes up an invitation: password, authenticator, recovery codes. */
  async takesUp(link, { name, address }) {
    await this.open(link.replace(/(?<=\/)[a-z]{2}(?=\/console)/, this.language));
    const isNameless = (await this.field('name').count()) === 1;
    await this.fill({ ...(isNameless ? { name, address } : {}), password: PASSWORD, again: PASSWORD });
    await this.go(this.button('welcome.next'));

    await this.heading('welcome.factor.title').waitFor();
    const authenticator = new Authenticator(await this.page.locator('main code.code').innerText());
    await this.fill({ code: authenticator.code() });
    await this.go(this.button('welcome.next'));

    await this.heading('welcome.codes.title').waitFor();
    authenticator.recoveryCodes = await this.page.locator('main ol code').allInnerTexts();
    assert.ok(authenticator.recoveryCodes.length >= 8);
    this.account = { name, address, password: PASSWORD, authenticator };
    await this.go(this.link('welcome.codes.kept'));
  }

  /** Sets the hotline up and gives back the recovery shares. */
  async setsUp(name = 'Lighthouse hotline') {
    await this.heading('set_up.title').waitFor();
    await this.fill({ name, country: 'FI', shares: '3', needed: '2' });
    await this.does(this.button('set_up.button'));
    await this.heading('shares.title').waitFor();
    const shares = await this.page.locator('ul.shares code').allInnerTexts();
    await this.does(this.button('shares.stored'));
    return shares;
  }

  async signsIn() {
    await this.open(`/${this.language}/console/sign-in`);
    await this.fill({ address: this.account.address, password: this.account.password, code: this.account.authenticator.code() });
    await this.go(this.button('sign_in.button'));
    assert.equal(new URL(this.page.url()).pathname.split('/')[2], 'console');
    assert.equal(this.status, 200);
  }

  /** Opens one of the pages of administration. */
  async administers(page) {
    await this.open(`/${this.language}/console/administration/${page}`);
  }

  /** Invites a colleague; gives the link that is also mailed to them. */
  async invites({ name, address, role }) {
    await this.administers('invite');
    await this.fill({ name, address, role });
    await this.does(this.button('administration.staff.send'));
    await this.heading('administration.link.title', { name }).waitFor();
    const link = (await this.page.locator('#link').innerText()).trim();
    const mail = readMail((await this.house.mail.next(({ to }) => to.includes(address))).raw);
    assert.ok(mail.text.includes(link), 'the link that is shown is the one in the mail');
    return link;
  }

  /** Lets a colleague in to the cases. */
  async grants(name) {
    await this.administers('staff');
    await this.go(this.button('administration.staff.grant', { name }));
  }

  /** Adds a provider that takes notices. */
  async addsProvider({ name, address, domain }) {
    await this.administers('organisations/provider/new');
    await this.fill({ name, notice_email: address, answer_hours: '48', domains: domain });
    await this.does(this.button('administration.save'));
  }

  /** Closes the case that is open. */
  async closesWith(outcome, explanation) {
    await this.unfold('case.end.close');
    await this.fill({ outcome, explanation });
    await this.does(this.button('case.end.close_now'));
  }

  async signsOut() {
    // On a phone the places are folded away.
    const menu = this.page.locator('nav a.menu');
    if (await menu.isVisible()) await this.press(menu);
    await this.go(this.button('sign_in.out'));
    await this.heading('sign_in.title').waitFor();
  }
}

/** A hotline that is set up and takes reports: its first administrator, who can open cases. */
export async function openHotline(browser, house) {
  const first = await Staff.arrives(browser, house, {});
  await first.takesUp(house.firstLink, { name: 'Aino Administrator', address: 'aino@hotline.example' });
  first.shares = await first.setsUp();
  return first;
}
