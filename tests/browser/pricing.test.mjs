// Guards the pricing page as it is looked at: all of it is there without a script, and the same when the script takes it over;
// the calculator can be worked by keys, in the visitor's language, and says what the API says; what was chosen stands in the
// address; on phone and desk, in light, dark and the visitor's own colours, from right to left, and in a frame.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { axe, DESK, faultsOf, launch, overflow, PHONE, settled, visitor } from './support/browser.mjs';
import { payer } from './support/customers.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const NARROW = { width: 320, height: 640 };

let server;
let browser;
let site;

before(async () => {
  site = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>Nova</title><link rel="icon" href="data:,"><h1>Nova</h1><iframe title="Prices" width="1000" height="900" src="${server.url}/embed/pricing"></iframe>`);
  });
  await new Promise((fulfil) => site.listen(0, '127.0.0.1', fulfil));
  [server, browser] = await Promise.all([startTurnpike({ args: ['--embed-origins', `http://localhost:${site.address().port}`] }), launch()]);
  await payer(server, 'ada', { tier: 'starter' });
});

after(async () => {
  await browser.close();
  site.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function come(path = '/pricing', options = {}) {
  const seat = await visitor(browser, { reducedMotion: 'reduce', ...options });
  await seat.page.goto(server.url + path);
  await settled(seat.page);
  if (options.javaScriptEnabled !== false) await seat.page.locator('.calc-slide input').first().waitFor();
  return seat;
}

const field = (page, name) => page.getByRole('textbox', { name });
const slider = (page, name) => page.getByRole('slider', { name, exact: true });
const verdict = (page, words) => page.locator('.verdict').getByText(words).waitFor();
const searchOf = (page) => new URL(page.url()).searchParams;

/** Where things are, and what they say. */
const boxesOf = (page) => page.evaluate(() => [...document.querySelectorAll('.header-row > *, .nav a, h1, h2, .segment, .plan, .plan .button, .calc-row label, .calc-field, #estimate, .compare-table, details, .footer')]
  .filter((element) => element.checkVisibility())
  .map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return `${element.className || element.tagName} ${[x, y, width, height].map((value) => Math.round(value + (value === y ? scrollY : 0))).join(' ')} ${element.matches('.plan, a, h1, h2') ? element.textContent : ''}`;
  }));

/** Signing out needs the script; until it is there its place is kept. */
const headerOf = async (page) => (await page.locator('.header').innerText()).split('\n').filter((line) => line !== '' && line !== 'Sign out');

test('without a script it is all there, and works as a form', async () => {
  const { page, complaints, close } = await come('/pricing', { javaScriptEnabled: false });
  await page.getByRole('link', { name: 'Start with Starter' }).waitFor();
  assert.match(await page.getByRole('article', { name: 'Starter' }).innerText(), /\$29\s+per month/);
  await page.getByRole('radio', { name: /Yearly/ }).check();
  assert.match(await page.getByRole('article', { name: 'Starter' }).innerText(), /\$26\.10\s+per month\s+\$313\.20 billed yearly/);
  assert.equal(await page.getByRole('link', { name: 'Start with Starter' }).getAttribute('href'), '/sign-in?next=%2Fbilling%3Fto%3Dstarter%26interval%3Dyear');
  await page.getByLabel('Only what differs').check();
  assert.equal(await page.getByRole('row', { name: /Public modules/ }).count(), 0);
  assert.ok(await page.getByRole('row', { name: /Private modules/ }).isVisible());
  await page.getByRole('spinbutton', { name: /API requests/ }).fill('100001');
  await page.getByRole('button', { name: 'Calculate' }).click();
  await verdict(page, 'Professional is the cheapest plan that is enough');
  assert.ok(await page.getByRole('radio', { name: /Yearly/ }).isChecked(), 'what was chosen stays chosen');
  assert.ok(await page.getByLabel('Only what differs').isChecked());
  await page.getByText('How do I cancel?').click();
  await page.getByText('in two steps, without a call').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

for (const who of ['nobody', 'ada']) {
  test(`the script takes it over as it stands, for ${who}`, async () => {
    const path = who === 'nobody' ? '/pricing?interval=year' : '/pricing';
    const { page, complaints, close } = await visitor(browser, { ...DESK });
    if (who !== 'nobody') await page.goto(await signInLink(server, who, '/billing'));
    await page.route('**/assets/*.js', (route) => route.abort());
    await page.goto(server.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const before = await boxesOf(page);
    const header = await headerOf(page);
    complaints.length = 0; // of the scripts that were held back
    await page.unroute('**/assets/*.js');
    await page.goto(server.url + path);
    await page.locator('.calc-slide input').first().waitFor();
    assert.deepEqual(await headerOf(page), header);
    assert.deepEqual(await boxesOf(page), before);
    assert.deepEqual(complaints, []);
    await close();
  });
}

test('each step of a slider by keys changes the amount, and what comes of it is said', async () => {
  const { page, complaints, close } = await come('/pricing?api_requests=50000&modules=1');
  await verdict(page, 'Starter is the cheapest');
  await slider(page, 'API requests').focus();
  assert.equal(await slider(page, 'API requests').getAttribute('aria-valuetext'), '50,000 per month');
  for (const amount of ['70,000', '100,000', '150,000']) {
    await page.keyboard.press('ArrowRight');
    assert.equal(await field(page, 'API requests per month').inputValue(), amount);
  }
  await verdict(page, 'Professional is the cheapest plan that is enough: $99.00 per month');
  await page.getByRole('status').filter({ hasText: 'Professional is the cheapest' }).waitFor({ state: 'attached' });
  assert.equal(searchOf(page).get('api_requests'), '150000');
  await page.keyboard.press('Home');
  await verdict(page, 'Free is the cheapest');
  await page.keyboard.press('End');
  await verdict(page, 'Enterprise is enough, at a price that is agreed with you');
  assert.deepEqual(complaints, []);
  await close();
});

test('an amount that is typed is exact, the link shows another person the same, and the file is the API\'s', async () => {
  const { page, complaints, close } = await come('/pricing', { acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'] });
  await field(page, 'Bandwidth per month').fill('10.001');
  await field(page, 'Collaborators at a time').fill('3');
  await verdict(page, 'Professional');
  await page.waitForURL('**bandwidth_gb=10.001**');
  await page.getByRole('button', { name: 'Copy a link to this' }).click();
  await page.getByRole('button', { name: 'The link is copied.' }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const said = await page.locator('#estimate').innerText();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'All rows as CSV' }).click()]);
  assert.match(file.suggestedFilename(), /^estimate_all_2026-11-21\.csv$/);
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
  assert.equal(lines.length, 5);
  assert.match(lines[3], /^"professional",1,"Professional","true","true","true",9900,99\.00,"usd"/);
  const { data } = expectStatus(await server.api.get(`/api/billing/plans/estimate?${new URLSearchParams({ bandwidth: 10_001_000_000, collaborators: 3 })}`), 200).body;
  assert.deepEqual(data.filter(({ enough }) => enough).map(({ tier }) => tier), ['professional', 'enterprise']);
  const other = await come(link.replace(server.url, ''));
  assert.equal(await other.page.locator('#estimate').innerText(), said);
  assert.equal(await field(other.page, 'Bandwidth per month').inputValue(), '10.001');
  await other.close();
  assert.deepEqual(complaints, []);
  await close();
});

test('what is no number is said beside it, and nothing is calculated', async () => {
  const { page, complaints, close } = await come();
  await field(page, 'Modules at a time').fill('many');
  await page.getByRole('alert').getByText('Modules: a number from 0 to').waitFor();
  assert.equal(await field(page, 'Modules at a time').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.locator('.verdict').count(), 0);
  assert.deepEqual(await faultsOf(page, [DESK]), []);
  await field(page, 'Modules at a time').fill('99999999999999999999');
  await page.getByRole('alert').getByText('Nothing was calculated').waitFor();
  await field(page, 'Modules at a time').fill('1,500');
  await verdict(page, 'Enterprise is enough');
  assert.equal(await field(page, 'Modules at a time').getAttribute('aria-invalid'), null);
  assert.deepEqual(complaints, []);
  await close();
});

test('a German types as Germans do', async () => {
  const { page, complaints, close } = await come('/pricing', { locale: 'de-DE' });
  await field(page, 'Datenverkehr pro Monat').fill('1.234,5');
  await verdict(page, 'Enterprise reicht aus');
  assert.equal(searchOf(page).get('bandwidth_gb'), '1234.5');
  await field(page, 'Datenverkehr pro Monat').fill('9,5');
  await verdict(page, 'Starter ist der günstigste Tarif');
  assert.deepEqual(await faultsOf(page, [PHONE]), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('a beginning fills all amounts and keeps the focus; for who is signed in there is one of their own', async () => {
  const { page, complaints, close } = await visitor(browser, { reducedMotion: 'reduce' });
  await page.goto(await signInLink(server, 'ada', '/billing'));
  await page.goto(`${server.url}/pricing`);
  await page.getByRole('link', { name: 'Scale' }).focus();
  await page.keyboard.press('Enter');
  await verdict(page, 'Professional');
  assert.equal(await field(page, 'API requests per month').inputValue(), '800,000');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Scale');
  await page.getByRole('link', { name: 'My last 30 days' }).click();
  await page.getByText('These are your last 30 days').waitFor();
  await verdict(page, 'Free is the cheapest');
  assert.equal(searchOf(page).get('api_requests'), '0');
  await page.getByText('Your current plan').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('an answer that does not come is said, and the estimate of before stays', async () => {
  const { page, close } = await come();
  await page.route('**/pricing?*', (route) => route.abort());
  await field(page, 'Modules at a time').fill('26');
  await page.getByRole('status').filter({ hasText: 'The server did not answer' }).waitFor();
  await verdict(page, 'Starter is the cheapest');
  await page.unroute('**/pricing?*');
  await field(page, 'Modules at a time').fill('27');
  await verdict(page, 'Professional');
  await close();
});

test('of two plans on a phone each can be chosen, and the choices stand in the address', async () => {
  const { page, complaints, close } = await come('/pricing', PHONE);
  const columns = () => page.locator('.compare-table thead th').filter({ visible: true }).allInnerTexts();
  assert.deepEqual(await columns(), ['Starter', 'Professional']);
  await page.getByLabel('First plan').selectOption('free');
  await page.getByLabel('Second plan').selectOption('enterprise');
  await page.getByLabel('Only what differs').check();
  await page.getByRole('radio', { name: /Yearly/ }).check();
  assert.deepEqual(await columns(), ['Free', 'Enterprise']);
  assert.equal(new URL(page.url()).search, '?differences=on&first=free&interval=year&second=enterprise');
  await page.reload();
  await page.locator('.compare-table thead th', { hasText: 'Enterprise' }).filter({ visible: true }).waitFor();
  assert.deepEqual(await columns(), ['Free', 'Enterprise']);
  assert.ok(await page.getByRole('radio', { name: /Yearly/ }).isChecked());
  await page.getByRole('radio', { name: 'Monthly' }).check();
  assert.equal(searchOf(page).get('interval'), null, 'what everybody begins with is not in the address');
  assert.deepEqual(complaints, []);
  await close();
});

test('without a fault on phone and desk, light and dark, at 320 px, from right to left, and in the visitor\'s own colours', async () => {
  const { page, complaints, close } = await come('/pricing?api_requests=3200000');
  assert.deepEqual(await faultsOf(page, [PHONE, DESK, NARROW]), []);
  await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
  for (const size of [NARROW, DESK]) {
    await page.setViewportSize(size);
    assert.ok(await overflow(page) <= 0, `from right to left at ${size.width}`);
  }
  await page.evaluate(() => { document.documentElement.dir = 'ltr'; });
  await page.emulateMedia({ forcedColors: 'active' });
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('in a frame it is the same, calculator and all, with a script and without', async () => {
  const address = `http://localhost:${site.address().port}`;
  const { page, complaints, close } = await visitor(browser, {});
  await page.goto(address);
  const frame = page.frameLocator('iframe');
  await frame.getByRole('textbox', { name: 'Modules at a time' }).fill('26');
  await frame.locator('.verdict').getByText('Professional').waitFor();
  await frame.getByRole('link', { name: 'Hobby' }).click();
  await frame.locator('.verdict').getByText('Free').waitFor();
  assert.equal(page.url(), `${address}/`);
  assert.deepEqual(complaints, []);
  await close();
  const still = await visitor(browser, { javaScriptEnabled: false });
  await still.page.goto(address);
  const plain = still.page.frameLocator('iframe');
  await plain.getByRole('spinbutton', { name: /Modules/ }).fill('26');
  await plain.getByRole('button', { name: 'Calculate' }).click();
  await plain.locator('.verdict').getByText('Professional').waitFor();
  assert.equal(still.page.url(), `${address}/`);
  await plain.getByRole('link', { name: 'Start with Starter' }).click();
  await still.page.waitForURL(`${server.url}/sign-in**`);
  await still.close();
});

test('it is there again after another page was, without a reload', async () => {
  const { page, complaints, close } = await come();
  await page.evaluate(() => { globalThis.stays = true; });
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Billing' }).click();
  await page.waitForURL('**/sign-in**');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Pricing' }).click();
  await page.getByRole('heading', { level: 1, name: 'Know the price before you ship' }).waitFor();
  await slider(page, 'Modules').waitFor();
  assert.equal(await page.title(), 'Pricing · Turnpike');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  assert.equal(await page.evaluate(() => globalThis.stays), true);
  assert.deepEqual(complaints, []);
  await close();
});
