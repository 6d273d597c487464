// Guards the pages of payment methods and settings: what each card is charged for, what happens when the provider is down, who is billed in
// names of any length and script, numbers with tax offices that nobody can check, and who may change nothing; on phone and desk.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { button, DESK, dialog, faultsOf, launch, overflow, PHONE, region, settled, visitor } from './support/browser.mjs';
import { addCard, customer, payer } from './support/customers.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const METHODS = '/billing/payment-methods';
const SETTINGS = '/billing/settings';
const SCRIPTS = 'Ада Лавлейс 株式会社 محاسبة แคชเชียร์ Ἀδελφοὶ 👩‍💻 '.repeat(4).trim();
const NO_BREAK = 'W'.repeat(200);

let server;
let browser;

const done = (answer, status = 200) => expectStatus(answer, status).body;
const cards = (page) => region(page, 'Cards and accounts');

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  await addCard(await payer(server, 'payer'), 'pm_card_mastercard');
  for (const name of ['free', 'scripts', 'taxed']) await customer(server, name);
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function come(userId, path, options = {}) {
  const seat = await visitor(browser, { reducedMotion: 'reduce', ...options });
  await seat.page.goto(await signInLink(server, userId, path));
  await settled(seat.page);
  return seat;
}

async function shot(page, name) {
  if (!process.env.SCREENS) return;
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size);
    await page.screenshot({ path: `${process.env.SCREENS}/${name}-${size.width}.png`, fullPage: true });
  }
}

test('each card says what it is charged for; without a plan none is needed', async () => {
  const { page, complaints, close } = await come('payer', METHODS);
  const text = await cards(page).innerText();
  assert.match(text, /Mastercard[\s\S]*4444[\s\S]*Charged for Starter, next on Dec 21, 2026\.[\s\S]*Default/);
  assert.match(text, /Visa[\s\S]*4242[\s\S]*Not charged, unless you make it the default\./);
  await shot(page, 'methods');
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
  await close();
  const other = await come('free', METHODS);
  await cards(other.page).getByText('The free plan needs none.').waitFor();
  await other.close();
});

test('where the provider cannot be reached nothing is changed, and the page says so', async () => {
  const { page, complaints, close } = await come('payer', METHODS, { refusals: [503] });
  const down = { type: 'about:blank', title: 'Down', status: 503, code: 'payments_unavailable', detail: 'The payment provider cannot be reached.', requestId: 'req_down', errors: [] };
  await page.route('**/api/billing/payment-methods', (route) =>
    (route.request().method() === 'POST' ? route.fulfill({ status: 503, contentType: 'application/problem+json', json: down }) : route.fallback()));
  const before = await cards(page).innerText();
  await button(page, 'Add a card').click();
  await cards(page).getByRole('alert').waitFor();
  const text = await cards(page).getByRole('alert').innerText();
  assert.match(text, /Request req_down/);
  assert.ok(!/\d{4} \d{4}/.test(text), 'no number of a card is told');
  assert.ok((await cards(page).innerText()).startsWith(before.slice(0, 40)), 'the cards stay in sight');
  assert.equal(new URL(page.url()).pathname, METHODS);
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('whoever is billed is changed in a form that browsers can fill, in any script and length', async () => {
  const { page, complaints, close } = await come('scripts', SETTINGS);
  const details = region(page, 'Billing details');
  for (const name of [SCRIPTS, '株'.repeat(200), NO_BREAK]) {
    await details.getByRole('button', { name: 'Change' }).click();
    const fills = await dialog(page).locator('input, select').evaluateAll((fields) => fields.map(({ autocomplete }) => autocomplete));
    assert.deepEqual(fills, ['organization', 'email', 'address-line1', 'address-line2', 'postal-code', 'address-level2', 'address-level1', 'country', 'off']);
    await dialog(page).getByLabel('Name or company').fill(name);
    await dialog(page).getByLabel('Street and number').fill('Hauptstr. 1');
    await dialog(page).getByLabel('City').fill('Berlin');
    await dialog(page).getByLabel('Country').selectOption('DE');
    assert.deepEqual(await faultsOf(page, [PHONE]), []);
    await page.setViewportSize(DESK);
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    await details.getByText(name).waitFor();
    const kept = done(await server.api.as('scripts').get('/api/billing/details'));
    assert.deepEqual([kept.name, kept.address.city, kept.address.country], [name, 'Berlin', 'DE']);
    await page.setViewportSize({ width: 320, height: 640 });
    assert.ok(await overflow(page) <= 0, `sideways at 320 px with ${name.slice(0, 20)}`);
    await page.setViewportSize(DESK);
  }
  await shot(page, 'settings');
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('a number that no office can be asked about is kept, and called so; the currency says why it stays', async () => {
  const { page, complaints, close } = await come('taxed', SETTINGS);
  const ids = region(page, 'Tax ids');
  await ids.getByLabel('Kind of number').selectOption('us_ein');
  await ids.getByLabel('Number', { exact: true }).fill('12-3456789');
  await page.keyboard.press('Enter');
  await ids.getByText('Cannot be checked').waitFor();
  assert.equal(done(await server.api.as('taxed').get('/api/billing/tax-ids')).data[0].verification, 'unavailable');
  await page.getByText('with the first invoice an account keeps it').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('a viewer sees all of it, and is shown nothing to press', async () => {
  const { page, complaints, close } = await visitor(browser, { reducedMotion: 'reduce' });
  const seat = { userId: 'payer', role: 'viewer', person: { id: 'vi', email: 'vi@example.com', name: 'Vi' } };
  await page.goto(done(await server.api.post('/api/portal-sessions', { ...seat, returnPath: SETTINGS }), 201).url);
  for (const path of [SETTINGS, METHODS]) {
    await page.goto(server.url + path);
    await settled(page);
    await page.getByText('changes nothing').waitFor();
    for (const name of ['Change', 'Add number', 'Add a card', 'Make default', 'Remove']) assert.equal(await button(page, name).count(), 0, name);
    assert.deepEqual(await faultsOf(page), []);
  }
  assert.deepEqual(complaints, []);
  await close();
});
