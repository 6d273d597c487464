// Guards the overview and the page of costs: in a few words how the account stands and what is to be done, and how the next invoice
// comes about, step by step, by the figures of the server, as drawing, table and file, with keys alone, for every reader.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { faultsOf, launch, link, overflow, region, settled, visitor } from './support/browser.mjs';
import { addCard, customer, payer, use } from './support/customers.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const ADDRESS = { line1: '1 Main St', city: 'Dover', state: 'DE', postalCode: '19901', country: 'US' };

let server;
let browser;

const done = (answer) => expectStatus(answer, 200, 201, 204).body;
const dollars = ({ amount }) => `${amount < 0 ? '-' : ''}$${(Math.abs(amount) / 100).toFixed(2)}`;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2026-11-06T14:05:40Z' }), launch()]);
  await payer(server, 'grown');
  await payer(server, 'quiet');
  for (const name of ['grown', 'quiet']) done(await server.api.as(name).put('/api/billing/details', { email: `${name}@example.com`, name: 'Ada Fern', address: ADDRESS }));
  await server.clock.advance('P15D');
  done(await server.api.as('grown').put('/api/billing/subscription', { tier: 'professional', when: 'now' }));
  await server.clock.advance('PT1S');
  await customer(server, 'fresh');
  await customer(server, 'blocked');
  await addCard(server.api.as('blocked'));
  await use(server, 'blocked', { api_requests: 11_000, modules: 1 });
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function come(userId, path, view = {}) {
  const seat = await visitor(browser, { reducedMotion: 'reduce', ...view });
  await seat.page.goto(await signInLink(server, userId, path));
  await settled(seat.page);
  return seat;
}

test('the way to the next invoice is drawn, said, tabled and taken away, by the server\'s figures', async () => {
  const { page, complaints, close } = await come('grown', '/billing/costs?table=steps', { acceptDownloads: true });
  const costs = done(await server.api.as('grown').get('/api/billing/costs'));
  const next = region(page, 'Next invoice');
  const table = next.getByRole('table', { name: 'From the price to what is charged' });
  await table.waitFor();
  assert.deepEqual(await table.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.cells].slice(1).map(({ innerText }) => innerText.trim()))),
    costs.data.map(({ amount, to }) => [dollars(amount), dollars(to)]));
  assert.match(await next.innerText(), new RegExp(`\\${dollars(costs.forecast.due)}[\\s\\S]*on Dec 6`));
  assert.deepEqual(await faultsOf(page), []);

  const cursor = next.getByRole('application');
  await cursor.focus();
  await page.keyboard.press('ArrowDown');
  await next.getByText('Professional, one month: $99.00; total $99.00').waitFor();
  await page.keyboard.press('End');
  await next.getByText('To be charged: $99.00; total $99.00').waitFor();

  const file = page.waitForEvent('download');
  await next.getByRole('button', { name: 'All rows as CSV' }).click();
  const saved = await file;
  assert.match(saved.suggestedFilename(), /^costs_grown_2026-11-06_2026-12-06_2026-11-21\.csv$/);
  const rows = (await readFile(await saved.path(), 'utf8')).trim().split('\r\n').slice(1);
  assert.deepEqual(rows.map((row) => row.split(',')[0].replaceAll('"', '')), costs.data.map(({ step }) => step));
  assert.deepEqual(complaints, []);
  await close();
});

test('a change in the middle of the period stands as its parts, each with its invoice; and the price with its days', async () => {
  const { page, complaints, close } = await come('grown', '/billing/costs');
  const rows = region(page, 'Billed for this period').locator('tbody tr');
  assert.equal(await rows.count(), 3);
  const text = await region(page, 'Billed for this period').innerText();
  for (const words of ['Starter, one month', '$29.00', 'Unused time on Starter', '-$14.50', 'Remaining time on Professional', '$49.50']) assert.ok(text.includes(words), `${words} in ${text}`);
  assert.match(await region(page, 'Prices').innerText(), /Professional, version 1[\s\S]*Nov 6, 2026[\s\S]*no end[\s\S]*\$99\.00 per month/);
  await rows.last().getByRole('link').click();
  await page.waitForURL('**/billing/invoices/*');
  assert.deepEqual(complaints, []);
  await close();
});

test('who pays nothing is told so, in their language, and a part that fails can be tried again', async () => {
  const { page, close } = await come('fresh', '/billing/costs', { locale: 'de-DE', refusals: [503] });
  await page.getByText('Der kostenlose Tarif kostet nichts.').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await page.route('**/api/billing/costs', (route) => route.fulfill({ status: 503, json: { code: 'store_busy' } }));
  await page.reload();
  const next = region(page, 'Nächste Rechnung');
  await next.getByRole('alert').waitFor();
  await page.unroute('**/api/billing/costs');
  await next.getByRole('button').click();
  await next.getByText('Der kostenlose Tarif kostet nichts.').waitFor();
  await page.setViewportSize({ width: 320, height: 640 });
  assert.ok(await overflow(page) <= 0);
  await close();
});

test('a new account reads how to begin; what is done is ticked', async () => {
  const { page, complaints, close } = await come('fresh', '/billing');
  const begin = region(page, 'Getting started');
  await begin.getByRole('link', { name: 'Send the first event, and see it counted' }).waitFor();
  assert.equal(await begin.getByText('done', { exact: true }).count(), 0);
  assert.deepEqual(await faultsOf(page), []);
  await use(server, 'fresh', { api_requests: 12 });
  await page.reload();
  await begin.getByRole('listitem').filter({ hasText: 'Send the first event' }).getByText('done', { exact: true }).waitFor();
  await begin.getByRole('link', { name: 'Choose a plan when the free one becomes too small' }).click();
  await page.getByRole('heading', { level: 1, name: 'Change plan' }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('what is to be done leads to where it is done; the three meters nearest to their limits stand in sight', async () => {
  const { page, complaints, close } = await come('grown', '/billing');
  await region(page, 'To do').getByText('Nothing to do. All is in order.').waitFor();
  const usage = region(page, 'Usage');
  assert.equal(await usage.getByRole('heading', { level: 3 }).filter({ visible: true }).count(), 3);
  await usage.getByText('4 more meters').click();
  assert.equal(await usage.getByRole('heading', { level: 3 }).filter({ visible: true }).count(), 7);
  assert.match(await region(page, 'Payment method').innerText(), /Visa ending in 4242[\s\S]*Expires/);
  assert.equal(await region(page, 'Latest invoices').getByRole('listitem').count(), 2);
  await region(page, 'Next invoice').getByRole('link', { name: 'How it comes about' }).click();
  await page.waitForURL('**/billing/costs');
  assert.deepEqual(complaints, []);
  await close();
});

test('a payment that fails is the first thing to do, with until when all works, and is gone once it is made', async () => {
  const api = server.api.as('quiet');
  await addCard(api, 'pm_card_chargeCustomerFail');
  await server.clock.to('2026-12-06T16:05:40Z');
  const { page, complaints, close } = await come('quiet', '/billing', { refusals: [402] });
  const tasks = region(page, 'To do');
  await tasks.getByRole('link', { name: /^Pay \$29\.00: the limits of the free plan apply from Dec \d+/ }).waitFor();
  await region(page, 'Plan').getByText(/From Dec \d+, .* the limits of the free plan apply\./).waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await tasks.getByRole('button', { name: /^Pay \$29\.00, invoice/ }).click();
  await tasks.getByRole('alert').getByText('declined').first().waitFor();
  await page.goto(`${server.url}/billing/cancel`);
  await settled(page);
  await page.getByText('If that is the reason: once it is paid, all goes on as before.').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  const methods = done(await api.get('/api/billing/payment-methods')).data;
  done(await api.put(`/api/billing/payment-methods/${methods.find(({ last4 }) => last4 === '4242').id}/default`));
  await server.clock.advance('PT1S'); // another default is charged what is owed
  await page.reload();
  await settled(page);
  assert.equal(await page.getByText('If that is the reason').count(), 0);
  await page.goto(`${server.url}/billing`);
  await region(page, 'To do').getByText('Nothing to do.').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('who reads and changes nothing sees the same, and has nothing to press', async () => {
  const seat = { userId: 'grown', returnPath: '/billing', role: 'viewer', person: { id: 'vera', email: 'vera@example.com', name: 'Vera' } };
  const { page, complaints, close } = await visitor(browser, { reducedMotion: 'reduce' });
  await page.goto(done(await server.api.post('/api/portal-sessions', seat)).url);
  await settled(page);
  await page.getByText('changes nothing').waitFor();
  assert.equal(await link(page, 'Change plan').or(link(page, 'Cancel plan')).count(), 0);
  await page.goto(`${server.url}/billing/costs`);
  await region(page, 'Prices').getByText('Professional, version 1').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});
