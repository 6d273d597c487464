// A browser, a server to look at, and the complaints of both: console errors, uncaught exceptions, CSP violations.
//
// Without BASE_URL the tests run against the mock. With BASE_URL (a running turnpike) and SIGN_IN_URL (an address that
// opens a session) they run against the real server, and what needs a particular customer is left out.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

import { createMock } from '../mock/server.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const isReal = process.env.BASE_URL !== undefined;

export async function startServer() {
  if (isReal) return { base: process.env.BASE_URL.replace(/\/$/, ''), keysSeen: new Map(), stop: async () => {} };
  const { server, keysSeen } = createMock();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return { base: `http://127.0.0.1:${server.address().port}`, keysSeen, stop };
}

export const signInUrl = (base, scenario) => (isReal ? process.env.SIGN_IN_URL : `${base}/mock/sign-in?scenario=${scenario}`);

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});

/** Answers that the page asked for on purpose are no fault of the page: Chromium logs every 4xx and 5xx. */
const isExpectedStatus = (text) => /Failed to load resource: the server responded with a status of (401|402|404|409|503)/.test(text);

/** A fresh visitor. `complaints` collects everything that must not happen. */
export async function visitor(browser, { width = 1280, height = 900, scheme = 'light', locale = 'en-US', ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale, ...more });
  const complaints = [];
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && !isExpectedStatus(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints, close: () => context.close() };
}

export async function settled(page) {
  await page.waitForSelector('h1');
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]') && document.querySelector('main')?.childElementCount);
}

/** Violations as "rule: selector" lines. axe comes in over the debugger, past the page's CSP. */
export async function axe(page) {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: tags });
    return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')} (${node.failureSummary})`));
  }, AXE_TAGS);
}

export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
