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
  // The console is in order: what was said before this line has arrived when the line has.
  const flushed = page.waitForEvent('console', (message) => message.text() === 'flushed');
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(console.log('flushed')))));
  await flushed;
  assert.ok(complaints.some((line) => line.startsWith('CSP: style-src-attr')), complaints.join('; '));
  assert.ok(complaints.includes('a fault of the page'));
  await close();
});

/** Layout shift and largest paint so far, with the processor slowed to a quarter. */
async function vitals(view, open) {
  const { page, close } = await visitor(browser, view);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.addInitScript(() => {
    globalThis.vitals = { shift: 0, paintMs: 0 };
    const observe = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
    observe('layout-shift', (entry) => { globalThis.vitals.shift += entry.hadRecentInput ? 0 : entry.value; });
    observe('largest-contentful-paint', (entry) => { globalThis.vitals.paintMs = entry.startTime; });
  });
  await open(page);
  await settled(page);
  // Entries are delivered after the frame that they are about.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const measured = await page.evaluate(() => globalThis.vitals);
  await close();
  return measured;
}

for (const { width, height } of [VIEWS[0], VIEWS[2]]) {
  test(`nothing jumps and the page is there in time, at ${width} px on a slow processor`, async () => {
    for (const open of [(page) => page.goto(`${server.base}/pricing`), (page) => page.goto(signInUrl(server.base, 'starter'))]) {
      const { shift, paintMs } = await vitals({ width, height }, open);
      assert.ok(shift <= 0.02, `layout shift ${shift}`);
      assert.ok(paintMs > 0 && paintMs <= 1_500, `largest paint after ${paintMs} ms`);
    }
  });
}

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
