// A browser, visitors in it, and what must not happen to them: console errors, uncaught exceptions, violations of a
// Content-Security-Policy.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 900 };

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});

/** Chromium logs every answer of 4xx and 5xx. Only a story that is about a refusal may meet it. */
function statusOf(text) {
  const match = /^Failed to load resource: the server responded with a status of (\d+)/.exec(text);
  return match ? Number(match[1]) : null;
}

/** A fresh visitor. `complaints` collects everything that must not happen; `refusals` are statuses that the story expects. */
export async function visitor(browser, { width = 1280, height = 900, scheme = 'light', locale = 'en-US', refusals = [], ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale, ...more });
  const complaints = [];
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  context.on('console', (message) => {
    const isExpected = refusals.includes(statusOf(message.text()));
    if (message.type() === 'error' && !isExpected) complaints.push(`${message.text()} ${message.location().url}`.trim());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  const page = await context.newPage();
  return { page, complaints, close: () => context.close() };
}

/** A device with a fingerprint reader that always knows its owner. */
export async function withPasskeys(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

export async function settled(page) {
  await page.waitForSelector('h1');
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]') && document.querySelector('main')?.childElementCount);
}

/** Violations as "rule: selector" lines. axe comes in over the debugger, past the page's CSP. */
export async function axe(page, runOnly = AXE_TAGS) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async (only) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: only, resultTypes: ['violations'], preload: false });
    return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')} (${node.failureSummary})`));
  }, runOnly);
}

export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

export const dialog = (page) => page.getByRole('dialog');
export const button = (page, name) => page.getByRole('button', { name, exact: true });
export const link = (page, name) => page.getByRole('link', { name, exact: true });
/** Where a plan is chosen, and what it comes to. */
export const choice = (page) => region(page, 'Plan and interval');
/** Ticks that the plan renews as it is said there. */
export const agree = (page) => page.getByRole('checkbox', { name: 'I agree that it renews like this' }).check();

export const region = (page, name) => page.getByRole('region', { name });

/** What is wrong with the page in one of the views: on phone and desk (or `sizes`), light and dark. */
export async function faultsOf(page, sizes = [PHONE, DESK]) {
  const faults = [];
  for (const size of sizes) {
    await page.setViewportSize(size);
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme });
      // The scheme changes colours and nothing else.
      const found = await axe(page, colorScheme === 'dark' ? { type: 'rule', values: ['color-contrast'] } : AXE_TAGS);
      faults.push(...found.map((fault) => `${colorScheme} at ${size.width}: ${fault}`));
    }
    if (await overflow(page) > 0) faults.push(`scrolls sideways at ${size.width}`);
  }
  if (await page.locator('h1').count() !== 1) faults.push('has not one h1');
  return faults;
}
