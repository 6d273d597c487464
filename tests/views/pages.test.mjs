// Guards what holds on every page, ours and those that the sandbox serves in the provider's place, in both schemes and
// on phone and desk: no accessibility violation, no CSP report, no console error, no sideways scrolling, one h1. The
// customers are made on the running program and stand where a year of time has led them.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { axe, button, DESK, dialog, faultsOf, launch, link, overflow, PHONE, region, settled, visitor } from '../browser/support/browser.mjs';
import { addCard, populate, POPULATION_START } from '../browser/support/customers.mjs';
import { cspReports, signInLink, startTurnpike } from '../browser/support/turnpike.mjs';

/** What the billing page says to the customer of each state, by its parts. */
const STATES = {
  new: [
    ['Plan', /Free[\s\S]*\$0[\s\S]*Choose a plan/],
    ['Next invoice', /Nothing to pay[\s\S]*The free plan has no invoices/],
    ['Usage', /No usage yet/],
  ],
  near: [['Usage', /9,999 of 10,000\s*,\s*99%[\s\S]*On course for .* by Dec 5, 2026, above the limit/]],
  veteran: [['Plan', /Starter[\s\S]*\$29\.00 per month[\s\S]*Renews on Dec 20, 2026/], ['Next invoice', /\$29\.00[\s\S]*on Dec 20, 2026/]],
  yearly: [['Plan', /Professional[\s\S]*\$1,069\.20 per year[\s\S]*Renews on Nov 20, 2027/], ['Usage', /Nov 20 – Dec 20, 2026/]],
  over: [['Usage', /Over limit[\s\S]*10\.41 GB of 10 GB\s*,\s*104%[\s\S]*Works up to 11 GB until Nov 23, 12:05 UTC, then nothing beyond 10 GB/]],
  blocked: [
    ['Usage', /Refused beyond 11 GB until Dec 5, 12:05 UTC, or until you upgrade/],
    ['Usage', /The 48 hours ended Nov 7, 12:05 UTC\. Nothing beyond 10 until there are fewer/],
    ['Usage', /Limit of 10 reached\s+Nov 5, 12:05 UTC\s+12 hours of grace left\s+Nov 7, 00:05 UTC\s+Blocked\s+Nov 7, 12:05 UTC/],
  ],
  past_due: [['Plan', /Past due[\s\S]*The last payment failed/]],
  cancelling: [
    ['Plan', /Ending[\s\S]*Your plan ends on Dec 5, 2026[\s\S]*Keep my plan/],
    ['Next invoice', /Nothing to pay[\s\S]*Your plan ends; there is no further invoice/],
  ],
  pending: [
    ['Plan', /Professional[\s\S]*Changes to Starter on Dec 5, 2026[\s\S]*Undo the change/],
    ['Next invoice', /\$29\.00[\s\S]*on Dec 5, 2026/],
  ],
};

/** What the other pages of the area say, to whom. */
const PLACES = [
  ['/billing/invoices', 'new', [['All invoices', /No invoices yet/]]],
  ['/billing/invoices', 'past_due', [['All invoices', /Nov 20, 2026[\s\S]*Pay \$99\.00/]]],
  ['/billing/payment-methods', 'new', [['Cards and accounts', /No payment method[\s\S]*The free plan needs none/]]],
  ['/billing/payment-methods', 'past_due', [['Cards and accounts', /Visa[\s\S]*Default/]]],
  ['/billing/settings', 'over', [['Billing details', /Ada Fern, Fernworks/], ['Tax ids', /None\./], ['People', /Invite/]]],
];

/** The other states differ from these in words and badges, not in how the page is laid out. */
const IN_EVERY_SIZE = ['new', 'over', 'past_due'];

let server;
let browser;
let hosted;

const done = (answer, status = 200) => expectStatus(answer, status).body;

/** The sandbox's pages as a customer comes to them. */
async function hostedPages() {
  const of = async (userId) => done(await server.api.as(userId).get('/api/billing/invoices')).data[0].hostedUrl;
  const setup = { type: 'card', returnUrl: `${server.url}/billing?setup=done` };
  return {
    'payment page': done(await server.api.as('new').post('/api/billing/payment-methods', setup), 201).setupUrl,
    'paid invoice': await of('over'),
    'open invoice': await of('past_due'),
    'list of what is there': done(await server.api.get('/api/test/sandbox')).url,
  };
}
const HOSTED = ['payment page', 'paid invoice', 'open invoice', 'list of what is there'];

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: POPULATION_START }), launch()]);
  await populate(server);
  hosted = await hostedPages();
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  // One comes of the test that makes a violation on purpose; browsers send reports late or never.
  assert.ok(reports <= 1, `${reports} reports of violations`);
});

async function inspect(open, { read = async () => {}, sizes } = {}) {
  const { page, complaints, close } = await visitor(browser, { reducedMotion: 'reduce' });
  await open(page);
  await settled(page);
  assert.deepEqual(await faultsOf(page, sizes), []);
  await read(page);
  assert.deepEqual(complaints, []);
  await close();
}

const billingOf = (userId, path = '/billing') => async (page) => page.goto(await signInLink(server, userId, path));
const at = (path) => (page) => page.goto(server.url + path);

describe('every page in every view', { concurrency: 4 }, () => {
  for (const path of ['/pricing', '/sign-in?next=%2Fbilling']) test(`${path} for a stranger`, () => inspect(at(path)));
  for (const path of ['/pricing?interval=year', '/sign-in?error=link_invalid']) {
    test(`${path} for a stranger`, () => inspect(at(path), { sizes: [PHONE] }));
  }
  for (const which of HOSTED) test(which, () => inspect((page) => page.goto(hosted[which])));
  const reads = (parts) => async (page) => {
    for (const [part, words] of parts) assert.match(await region(page, part).innerText(), words);
  };
  for (const [path, userId, parts] of PLACES) test(`${path} of "${userId}"`, () => inspect(billingOf(userId, path), { read: reads(parts) }));
  for (const [userId, parts] of Object.entries(STATES)) {
    const sizes = IN_EVERY_SIZE.includes(userId) ? undefined : [DESK];
    const read = reads(parts);
    test(`billing of "${userId}"`, () => inspect(billingOf(userId), { read, sizes }));
  }
  test('pricing knows who is looking', () => inspect(async (page) => {
    await page.goto(await signInLink(server, 'pending', '/pricing'));
  }, {
    sizes: [DESK],
    read: async (page) => {
      const text = await page.locator('main').innerText();
      for (const words of ['Your current plan', 'Already scheduled']) assert.ok(text.includes(words), words);
    },
  }));
});

test('the payment page says what is wrong, and asks where the bank asks', async () => {
  const { page, complaints, close } = await visitor(browser, { refusals: [402], reducedMotion: 'reduce' });
  await page.goto(hosted['payment page']);
  const save = async (number) => {
    await page.getByLabel('Card number').fill(number);
    await button(page, 'Save').click();
  };
  await save('4111 1111 1111 1111');
  await page.getByRole('alert').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await save('4000 0025 0000 3155');
  await page.getByRole('heading', { name: 'Your bank asks' }).waitFor();
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('nothing scrolls sideways at 320 px', async () => {
  const { page, close } = await visitor(browser, { width: 320, height: 640 });
  for (const open of [at('/pricing'), at('/sign-in'), billingOf('over'), ...HOSTED.map((which) => () => page.goto(hosted[which]))]) {
    await open(page);
    await settled(page);
    assert.ok(await overflow(page) <= 0, page.url());
  }
  await close();
});

test('forced colours keep every state readable', async () => {
  const { page, close } = await visitor(browser, { forcedColors: 'active' });
  await billingOf('blocked')(page);
  await settled(page);
  assert.deepEqual(await axe(page), []);
  await close();
});

test('an invoice is made for paper too', async () => {
  const { page, close } = await visitor(browser);
  await page.goto(hosted['open invoice']);
  const pay = button(page, 'Pay $99.00');
  assert.ok(await pay.isVisible());
  await page.emulateMedia({ media: 'print' });
  assert.ok(!(await pay.isVisible()));
  assert.ok(await page.getByText('Amount due').isVisible());
  await close();
});

test('the last method stays while money is owed; another card pays the debt at once', async () => {
  const { page, complaints, close } = await visitor(browser, { refusals: [402, 409] });
  await billingOf('past_due', '/billing/payment-methods')(page);
  await settled(page);
  const remove = async (name) => {
    await page.getByRole('button', { name: `Remove ${name}` }).click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
  };
  await remove('Visa ending in 4242');
  await page.getByText('Visa ending in 4242 was removed.').waitFor();
  await remove('Visa ending in 0341');
  await dialog(page).getByText('a payment is still due').waitFor();
  await page.keyboard.press('Escape');
  await page.goto(`${server.url}/billing/invoices`);
  const pay = page.getByRole('button', { name: /^Pay \$99\.00, invoice / });
  await pay.click();
  await page.getByRole('alert').getByText('declined').first().waitFor();
  await addCard(server.api.as('past_due')); // a new card is charged what is owed, without being asked
  await server.clock.advance('PT1S');
  await page.reload();
  await settled(page);
  assert.equal(await pay.count(), 0);
  await page.goto(`${server.url}/billing`);
  await region(page, 'Plan').getByText('Active').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('a German customer reads German, in the lines of a change too', async () => {
  const { page, complaints, close } = await visitor(browser, { locale: 'de-DE' });
  await billingOf('over')(page);
  await settled(page);
  await region(page, 'Nächste Rechnung').getByText('Starter, ein Monat').waitFor();
  await link(page, 'Tarif wechseln').click();
  await page.getByRole('radio', { name: /Professional/ }).check();
  await page.getByText('Rest von Starter, nicht genutzt').waitFor();
  const text = await page.locator('body').innerText();
  for (const word of ['month', 'Usage', 'Invoice', 'Unused', 'Plan\n']) assert.ok(!text.includes(word), word);
  assert.deepEqual(complaints, []);
  await close();
});

test('a German visitor reads German', async () => {
  const { page, complaints, close } = await visitor(browser, { locale: 'de-DE' });
  await page.goto(`${server.url}/pricing?interval=year`);
  await settled(page);
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  assert.match(await page.locator('main').innerText(), /26,10\s\$/);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('these tests do notice a CSP violation and an error', async () => {
  const { page, complaints, close } = await visitor(browser);
  await page.goto(`${server.url}/pricing`);
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
  assert.ok(complaints.some((line) => line.startsWith('a fault of the page')));
  await close();
});

/** Layout shift so far, with the processor slowed to a quarter. */
async function layoutShift(view, open) {
  const { page, close } = await visitor(browser, view);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.addInitScript(() => {
    globalThis.shift = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { globalThis.shift += entry.hadRecentInput ? 0 : entry.value; }))
      .observe({ type: 'layout-shift', buffered: true });
  });
  await open(page);
  await settled(page);
  // Entries are delivered after the frame that they are about.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const shift = await page.evaluate(() => globalThis.shift);
  await close();
  return shift;
}

for (const size of [PHONE, DESK]) {
  test(`nothing jumps, at ${size.width} px on a slow processor`, async () => {
    for (const open of [at('/pricing'), billingOf('over')]) {
      const shift = await layoutShift(size, open);
      assert.ok(shift <= 0.02, `layout shift ${shift}`);
    }
  });
}

test('the page asks nobody but its own server', async () => {
  const { page, close } = await visitor(browser);
  const hosts = new Set();
  page.on('request', (request) => hosts.add(new URL(request.url()).origin));
  await billingOf('over')(page);
  await settled(page);
  assert.deepEqual([...hosts], [new URL(server.url).origin]);
  await close();
});

test('moving between pages changes title, focus and address without a reload', async () => {
  const { page, close } = await visitor(browser);
  await page.goto(`${server.url}/pricing`);
  await settled(page);
  await page.evaluate(() => { globalThis.stays = true; });
  await page.click('nav >> text=Billing');
  await page.waitForURL('**/sign-in?next=%2Fbilling');
  await page.waitForFunction(() => document.title.startsWith('Sign in'));
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  assert.equal(await page.evaluate(() => globalThis.stays), true);
  await close();
});
