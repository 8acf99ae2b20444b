// Real Chromium, and what is asked of every page in it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');

/** One browser for a test file. */
export function launch(options = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ...options,
  });
}

/** Fails when axe finds anything at all on the page, contrast included, or when the page scrolls sideways. */
export async function assertAccessible(page) {
  const scrollsBy = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(scrollsBy <= 0, `${page.url()} scrolls sideways by ${scrollsBy} px`);
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map((node) => `${node.html.slice(0, 200)} ${node.any.map((check) => check.message).join(' ').slice(0, 200)}`),
    }));
  });
  assert.deepEqual(violations, [], `axe found something on ${page.url()}`);
}
