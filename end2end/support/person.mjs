// Somebody in front of the pages: what they do, and what is asked of every page they come to.
import assert from 'node:assert/strict';

import { assertAccessible } from './browser.mjs';
import { keyboard, pointing } from './hands.mjs';
import { say, sayCount } from './words.mjs';

/** The ways in which every journey must be possible. */
export const WAYS = {
  'with script': {},
  'without script': { javaScript: false },
  'on a small phone, in the dark': { width: 360, height: 740, touch: true, colorScheme: 'dark' },
  'in Arabic': { language: 'ar' },
  'by keyboard alone': { hands: keyboard },
};

/** Chromium's own line for a page answered with 4xx. */
const OWN_LINE = /Failed to load resource: the server responded with a status of 4\d\d/;
export const IDS = /[0-9a-f]{8}-[0-9a-f-]{27}|(?<=welcome\/)[^/?]+/g;

export class Person {
  /** With a browser profile of their own. */
  static async arrives(browser, house, way = {}, more = {}) {
    const { width = 1280, height = 900, touch = false, javaScript = true, language = 'en', colorScheme = 'light', hands = pointing } = way;
    const context = await browser.newContext({
      viewport: { width, height },
      hasTouch: touch,
      isMobile: touch,
      javaScriptEnabled: javaScript,
      locale: language,
      colorScheme,
      reducedMotion: 'reduce',
      baseURL: house.origin,
      ...more,
    });
    return new Person(context, await context.newPage(), { language, javaScript, house, hands });
  }

  constructor(context, page, { language, javaScript, house, hands }) {
    Object.assign(this, { context, page, language, javaScript, house, hands: hands(page) });
    this.noise = [];
    this.requests = [];
    this.looked = new Set();
    this.allowed = new Set([new URL(house.origin).origin]);
    page.setDefaultTimeout(20_000);
    context.on('console', (message) => this.noise.push(`${message.type()}: ${message.text()} at ${page.url()}`));
    context.on('weberror', (error) => this.noise.push(`error: ${error.error()} at ${page.url()}`));
    context.on('request', (request) => this.requests.push(request.url()));
    context.on('response', (response) => {
      if (response.status() >= 500) this.noise.push(`${response.status()} from ${response.url()}`);
      if (response.request().isNavigationRequest()) this.status = response.status();
    });
  }

  say(key, values) {
    return say(this.language, key, values);
  }

  sayCount(key, count, values) {
    return sayCount(this.language, key, count, values);
  }

  get path() {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  // What is on the page.

  heading(key, values) {
    return this.page.getByRole('heading', { name: this.say(key, values), exact: true });
  }

  /** A button may show its access key after its words. */
  button(key, values) {
    return this.page.getByRole('button', { name: new RegExp(`^${escape(this.say(key, values))}(?: [A-Z])?$`) });
  }

  link(key, values) {
    return this.page.getByRole('link', { name: this.say(key, values) });
  }

  /** A field of a form, by the name it is sent under; for an option, with its value. */
  field(name, value) {
    return this.page.locator(`main [name="${name}"]${value === undefined ? '' : `[value="${value}"]`}`);
  }

  /** Waits until these words can be seen. */
  async sees(key, values) {
    await this.seesText(this.say(key, values));
  }

  async seesText(text) {
    await this.page.getByText(text).first().waitFor();
  }

  async assertGone(text) {
    assert.equal(await this.page.getByText(text).count(), 0, `still there: ${text}`);
  }

  // What one does.

  /** Opens an address; the page that comes is looked at. */
  async open(path) {
    await this.page.goto(path);
    await this.look();
  }

  /** Presses what leads to another page, and looks at it. */
  async go(control) {
    await Promise.all([this.page.waitForEvent('load'), this.hands.press(control)]);
    await this.look();
  }

  /** Does something that must go well. */
  async does(control) {
    await this.go(control);
    assert.equal(this.status, 200, `${this.path} answers ${this.status}: ${await this.page.locator('main').innerText()}`);
  }

  press(control) {
    return this.hands.press(control);
  }

  type(name, text) {
    return this.hands.type(this.field(name), text);
  }

  choose(name, value) {
    return this.hands.choose(this.field(name, value));
  }

  pick(name, value) {
    return this.hands.pick(this.field(name), value);
  }

  /** Chooses an option of a list by its words. */
  async picks(name, words) {
    const value = await this.field(name).locator('option', { hasText: words }).first().getAttribute('value');
    await this.pick(name, value);
  }

  /** Ticks every box of a name. */
  async chooseAll(name) {
    for (const box of await this.field(name).all()) await this.hands.choose(box);
  }

  /** Unfolds what hides behind these words; where it stands open, nothing is to be done. */
  async unfold(key) {
    const folded = this.page.locator('main details:not([open]) > summary').filter({ hasText: this.say(key) });
    if ((await folded.count()) > 0) await this.press(folded.first());
  }

  /** Opens a page again and again until it says these words; for what happens behind the scenes. */
  async opensUntil(path, key) {
    const words = this.page.getByText(this.say(key), { exact: true });
    for (let tries = 0; tries < 200; tries += 1) {
      await this.page.goto(path);
      if ((await words.count()) > 0) return this.look();
    }
    assert.fail(`${path} does not come to say ${key}`);
  }

  /** Fills in a form by the names of its fields: text, an option's value, or a list of them. */
  async fill(values) {
    for (const [name, value] of Object.entries(values)) {
      const kind = await this.field(name).first().evaluate((element) => element.type ?? element.tagName);
      if (kind === 'radio' || kind === 'checkbox') for (const option of [value].flat()) await this.choose(name, option);
      else if (kind === 'select-one') await this.pick(name, value);
      else await this.type(name, value);
    }
  }

  /** Puts the same page into another language by the switch. */
  async speak(language) {
    await this.press(this.page.locator('.languages summary'));
    await this.go(this.page.locator(`.languages ul [lang="${language}"]`));
    this.language = language;
    assert.equal(await this.page.locator('html').getAttribute('lang'), language);
  }

  // What is asked of every page.

  /** Once for each kind of page; without script axe cannot run, and the page is the same. */
  async look() {
    const kind = `${this.status} ${this.path.replace(IDS, '*')} ${await this.page.locator('.problems').count()}`;
    if (!this.javaScript || this.looked.has(kind)) return;
    this.looked.add(kind);
    await assertAccessible(this.page);
  }

  /** The page has changed without a new address. */
  async looksAgain() {
    if (this.javaScript) await assertAccessible(this.page);
  }

  /** The summary has the focus and leads to the field; the field says it too. */
  async assertProblem(field, message) {
    assert.equal(this.status, 422);
    const summary = this.page.getByRole('alert');
    await summary.getByRole('link', { name: message }).waitFor();
    assert.equal(await summary.getByRole('link', { name: message }).getAttribute('href'), `#${field}`);
    assert.ok((await this.page.locator(`#${field}-problem`).innerText()).includes(message), 'the field says what is wrong with it');
    if (this.javaScript) assert.ok(await summary.evaluate((element) => element.contains(document.activeElement)), 'the summary has the focus');
  }

  /** Done: the console said nothing, nothing failed, nothing went to another host. */
  async leaves() {
    assert.deepEqual(this.noise.filter((line) => !OWN_LINE.test(line)), [], 'the console said something, or a page failed');
    const elsewhere = this.requests.filter((url) => /^https?:/.test(url) && !this.allowed.has(new URL(url).origin));
    assert.deepEqual(elsewhere, [], 'a request left the house');
    await this.context.close();
  }
}

export function escape(text) {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
