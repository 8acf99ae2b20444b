// Somebody who tells: through a door, a question a page, to the case code.
import assert from 'node:assert/strict';

import { Person, escape } from './person.mjs';

/** What a case code looks like on paper. */
export const CASE_CODE = /^(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{3}\S$/;

/** The end of every way: what most people would answer. */
export const LAST_ANSWERS = {
  age: { age: '13_15' },
  country: { country: 'SE' },
  danger: { danger: 'no' },
  words: { words: 'Thank you for reading this.' },
  reply: { reply: 'code' },
};

/** Somebody tells of a threat and goes. */
export async function tellsOfThreat(browser, house) {
  const child = await Reporter.arrives(browser, house);
  await child.enters('threat');
  await child.tells({ ...LAST_ANSWERS, wants: { wants: ['money'] } });
  await child.sends();
  await child.leaves();
}

export class Reporter extends Person {
  static async arrives(browser, house, way = {}, more = {}) {
    const person = await Person.arrives(browser, house, way, more);
    return Object.setPrototypeOf(person, Reporter.prototype);
  }

  /** Goes in by one of the doors on the first page: `threat`, `picture`, `seen`, `code` or `talk`. */
  async enters(door) {
    await this.open('/');
    assert.equal(this.path, `/${this.language}`, 'the first page is in the language of the browser');
    await this.go(this.link(`home.door.${door}.title`));
  }

  /** The step of the page one is at. */
  get step() {
    return this.path.split('/')[3];
  }

  /** What leads on from a question, or from a page that only tells. */
  onward() {
    const names = ['report.continue', 'report.safety.go', 'report.help_now.go'].map((key) => this.say(key));
    return this.page.locator('main .btn').filter({ hasText: new RegExp(`^\\s*(?:${names.map(escape).join('|')})\\s*$`) });
  }

  /** Answers question after question until the answers can be checked; gives the steps that came. */
  async tells(answers) {
    const steps = [this.step];
    while (this.step !== 'check') {
      const answer = answers[this.step] ?? {};
      await (typeof answer === 'function' ? answer() : this.fill(answer));
      await this.go(this.onward());
      assert.notEqual(this.step, steps.at(-1), 'the question came again');
      steps.push(this.step);
    }
    await this.heading('report.check.title').waitFor();
    return steps;
  }

  /** Sends, keeps the code and says so. Who is in danger reads another last page. */
  async sends() {
    await this.go(this.button('report.check.send'));
    const code = await this.readsCode();
    await this.go(this.button('receipt.saved'));
    await this.heading('receipt.done.title').or(this.heading('receipt.done.title_first')).waitFor();
    return code;
  }

  async readsCode() {
    await this.heading('receipt.title').waitFor();
    const code = (await this.page.locator('#case-code').innerText()).replace(/\s/g, '');
    assert.match(code, CASE_CODE);
    return code;
  }

  /** Opens the case with the code, typed in any way. */
  async comesBackWith(code) {
    await this.open(`/${this.language}/code`);
    await this.fill({ code });
    await this.go(this.button('code.open'));
  }

  /** Asks us to stop working on the case, in the two steps. */
  async asksToStop() {
    await this.go(this.link('my_case.do.erase'));
    await this.fill({ erase: ['stop'] });
    await this.go(this.button('my_case.erase.next'));
    await this.heading('my_case.erase.sure.title').waitFor();
    await this.go(this.button('my_case.erase.sure.stop_now'));
    await this.sees('my_case.done.stop');
  }

  /** Asks to have words and, where there are files, their protection erased, in the two steps. */
  async asksToErase() {
    await this.go(this.link('my_case.do.erase'));
    const hasFiles = (await this.field('erase', 'protection').count()) > 0;
    await this.fill({ erase: hasFiles ? ['words', 'protection'] : ['words'] });
    await this.go(this.button('my_case.erase.next'));
    await this.heading('my_case.erase.sure.title').waitFor();
    await this.go(this.button('my_case.erase.sure.erase'));
    await this.sees('my_case.done.erase');
    await this.heading('my_case.pending.title').waitFor();
  }
}
