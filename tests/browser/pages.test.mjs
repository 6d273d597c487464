// Guards what holds on every page, in both schemes and on phone and desk: no accessibility violation, no CSP report, no
// console error, no sideways scrolling, the right title and one h1.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { axe, isReal, launch, overflow, settled, signInUrl, startServer, visitor } from './support/browser.mjs';

const SCENARIOS = isReal
  ? ['demo']
  : ['new', 'free', 'starter', 'stale', 'cancelling', 'pending', 'yearly', 'past_due', 'enterprise', 'down'];
const VIEWS = [
  { width: 390, height: 844, scheme: 'light' },
  { width: 390, height: 844, scheme: 'dark' },
  { width: 1280, height: 900, scheme: 'light' },
  { width: 1280, height: 900, scheme: 'dark' },
];

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await launch();
});

after(async () => {
  await browser.close();
  await server.stop();
});

async function inspect(view, open) {
  const { page, complaints, close } = await visitor(browser, { ...view, reducedMotion: 'reduce' });
  await open(page);
  await settled(page);
  assert.deepEqual(await axe(page), []);
  assert.ok(await overflow(page) <= 0, 'the page scrolls sideways');
  assert.equal(await page.locator('h1').count(), 1);
  assert.deepEqual(complaints, []);
  await close();
}

for (const view of VIEWS) {
  const name = `${view.scheme} at ${view.width}`;
  describe(name, () => {
    test('pricing for a stranger', () => inspect(view, (page) => page.goto(`${server.base}/pricing`)));
    test('pricing by the year', () => inspect(view, (page) => page.goto(`${server.base}/pricing?interval=year`)));
    test('sign-in', () => inspect(view, (page) => page.goto(`${server.base}/sign-in`)));
    for (const scenario of SCENARIOS) {
      test(`billing of "${scenario}"`, () => inspect(view, (page) => page.goto(signInUrl(server.base, scenario))));
    }
  });
}

for (const path of ['/pricing', '/billing', '/sign-in']) {
  test(`${path} does not scroll sideways at 320 px`, async () => {
    const { page, close } = await visitor(browser, { width: 320, height: 640 });
    if (path === '/billing') await page.goto(signInUrl(server.base, 'starter'));
    else await page.goto(server.base + path);
    await settled(page);
    assert.ok(await overflow(page) <= 0);
    await close();
  });
}

test('forced colours keep every state readable', () =>
  inspect({ width: 1280, height: 900, forcedColors: 'active' }, (page) => page.goto(signInUrl(server.base, 'starter'))));

test('a German visitor reads German', async () => {
  const { page, complaints, close } = await visitor(browser, { locale: 'de-DE' });
  await page.goto(`${server.base}/pricing?interval=year`);
  await settled(page);
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  assert.match(await page.locator('main').innerText(), /26,10\s\$/);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('a used sign-in link is explained', async () => {
  const { page, close } = await visitor(browser);
  await page.goto(`${server.base}/sign-in?error=link_invalid`);
  await page.getByText('This sign-in link does not work any more').waitFor();
  await close();
});

test('these tests do notice a CSP violation and an error', async () => {
  const { page, complaints, close } = await visitor(browser);
  await page.goto(`${server.base}/pricing`);
  await settled(page);
  await page.evaluate(() => {
    document.body.setAttribute('style', 'color: red');
    console.error('a fault of the page');
  });
  await page.waitForFunction(() => document.body.getAttribute('style') !== null);
  await page.waitForTimeout(0);
  assert.ok(complaints.some((line) => line.startsWith('CSP: style-src-attr')), complaints.join('; '));
  assert.ok(complaints.includes('a fault of the page'));
  await close();
});

test('the page asks nobody but its own server', async () => {
  const { page, close } = await visitor(browser);
  const hosts = new Set();
  page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  await page.goto(signInUrl(server.base, 'starter'));
  await settled(page);
  assert.deepEqual([...hosts], [new URL(server.base).origin]);
  await close();
});

test('moving between pages changes title, focus and address without a reload', async () => {
  const { page, close } = await visitor(browser);
  await page.goto(`${server.base}/pricing`);
  await settled(page);
  await page.evaluate(() => { globalThis.stays = true; });
  await page.click('nav >> text=Billing');
  await page.waitForURL('**/sign-in?next=%2Fbilling');
  await page.waitForFunction(() => document.title.startsWith('Sign in'));
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  assert.equal(await page.evaluate(() => globalThis.stays), true);
  await close();
});
