// Real Chromium, and pages that fail their test when the console says anything or a request leaves the house.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');

/** One browser for a test file. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/**
 * A visitor with a browser profile of their own.
 * `expectNoise`: texts the console may say, such as the browser's own word for a 422.
 */
export async function visitor(browser, { origin, width = 1280, height = 900, javaScript = true, language = 'en', colorScheme = 'light' }) {
  const context = await browser.newContext({
    viewport: { width, height },
    javaScriptEnabled: javaScript,
    locale: language,
    colorScheme,
    reducedMotion: 'reduce',
  });
  const noise = [];
  const requests = [];
  context.on('console', (message) => noise.push(`${message.type()}: ${message.text()}`));
  context.on('weberror', (error) => noise.push(`error: ${error.error()}`));
  context.on('request', (request) => requests.push(request));
  const page = await context.newPage();
  return {
    page,
    context,
    requests,
    /** Nothing on the console (but the browser's own line for a page answered with 4xx), nothing to another host. */
    async assertQuiet() {
      const unexpected = noise.filter((line) => !/Failed to load resource: the server responded with a status of 4\d\d/.test(line));
      assert.deepEqual(unexpected, [], 'the browser console said something');
      const elsewhere = requests.map((request) => request.url()).filter((url) => /^https?:/.test(url) && !url.startsWith(origin));
      assert.deepEqual(elsewhere, [], 'a request left the house');
    },
    close: () => context.close(),
  };
}

/** Fails when axe finds anything at all on the page, contrast included, or when the page scrolls sideways. */
export async function assertAccessible(page) {
  const scrollsBy = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(scrollsBy <= 0, `${page.url()} scrolls sideways by ${scrollsBy} px`);
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) => node.html.slice(0, 200)) }));
  });
  assert.deepEqual(violations, [], `axe found something on ${page.url()}`);
}
