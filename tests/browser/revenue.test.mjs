// Guards the reports on revenue: each figure says what it means and leads to its rows, from there to the customer; as of when and of
// what stands in the address, so that a past day is a link; charts are walked through by keys and have a table; a report is taken away as
// a file; every role that reads money reads them, a member does not.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { done } from '../api/support.mjs';
import { firstOperator } from '../harness/operators.mjs';
import { faultsOf, launch, region, settled } from './support/browser.mjs';
import { customer, payer } from './support/customers.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const REPORTS = ['Overview', 'Movements', 'Churn', 'Failed payments', 'Retention', 'Cohorts', 'LTV and CAC', 'Conversion', 'Expansion', 'Plans', 'Geography', 'Usage', 'Adoption', 'Forecast', 'Targets', 'Reconciliation'];

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2026-01-10T12:00:00Z' }), launch()]);
  await firstOperator(server, 'root');
  await customer(server, 'free');
  await payer(server, 'acme');
  await server.clock.to('2026-02-05T12:00:00Z');
  const goes = await payer(server, 'goes');
  done(await goes.post('/api/billing/cancel', { when: 'now' }));
  await payer(server, 'big', { tier: 'professional', interval: 'month' });
  await server.clock.advance('PT3H');
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

const plain = (text) => text.replaceAll('\u00a0', ' ');
const figure = (page, name) => page.locator('.figures li').filter({ has: page.getByRole('link', { name, exact: true }) });

async function come(name, role, path) {
  const seat = await comeAsOperator(server, browser, name, role);
  await seat.page.goto(byName(server.url) + path);
  await settled(seat.page);
  return seat;
}

test('a figure says what it means, is of any day, and leads to its movements and their customer', async () => {
  const { page, complaints, close } = await come('flo', 'finance', '/admin/revenue');
  assert.match(plain(await figure(page, 'MRR').innerText()), /MRR\s+\$128\.00/);
  await figure(page, 'MRR').getByText('What it means').click();
  await figure(page, 'MRR').getByText('ARR / 12, rounded once').waitFor();
  assert.match(await figure(page, 'CAC').innerText(), /–\s+No spend was entered/);
  assert.deepEqual(await faultsOf(page), []);

  await page.getByLabel('As of', { exact: true }).fill('2026-01-31');
  await page.keyboard.press('Enter');
  await page.waitForURL('**asOf=2026-01-31*');
  await page.getByText('As of the end of Jan 31, 2026, UTC').waitFor();
  assert.match(plain(await figure(page, 'MRR').innerText()), /MRR\s+\$29\.00/);
  await page.goBack();
  await page.getByText('As of the end of Feb 5, 2026, UTC').waitFor();

  await figure(page, 'Churn').getByRole('link', { name: 'Churn' }).click();
  await page.waitForURL('**/admin/revenue/rows?*kind=churn*');
  const row = region(page, 'Movements').getByRole('row').filter({ hasText: 'goes' });
  assert.match(plain(await row.innerText()), /Churn[\s\S]*\$29\.00\s+\$0\.00\s+-\$29\.00/);
  assert.equal(await region(page, 'Movements').getByRole('row').count(), 2, 'its head and the one that left');
  assert.deepEqual(await faultsOf(page), []);
  await row.getByRole('link', { name: 'goes', exact: true }).click();
  await page.waitForURL('**/admin/customers/goes');
  assert.deepEqual(complaints, []);
  await close();
});

test('every report is there for who reads money; what it shows adds up', async () => {
  const { page, complaints, close } = await come('odo', 'auditor', '/admin/revenue');
  for (const name of REPORTS) {
    await page.getByRole('link', { name, exact: true }).first().click();
    await page.locator('.views a[aria-current]', { hasText: name }).waitFor();
    await settled(page);
    await region(page, name).waitFor();
    assert.equal(await page.getByText('This part could not be loaded').count(), 0, name);
    assert.equal(await page.locator('.figures strong', { hasText: /^$/ }).count(), 0, `${name}: a figure without a word`);
    assert.deepEqual(await faultsOf(page), [], name);
  }
  const { data } = done(await server.api.get('/api/admin/revenue/reconciliation'));
  const table = plain(await region(page, 'The whole table').innerText());
  assert.match(table, /Feb 2026[\s\S]*\$29\.00[\s\S]*\$128\.00/);
  assert.ok(data.length > 0);
  assert.deepEqual(complaints, []);
  await close();
});

test('a chart is walked through by keys, and has a table that the address holds', async () => {
  const { page, complaints, close } = await come('max', 'admin', '/admin/revenue/movements');
  const chart = page.getByRole('figure', { name: 'How revenue moved' });
  await chart.getByRole('application').focus();
  await page.keyboard.press('End');
  await chart.getByText(/^Closing: \$128\.00/).waitFor();
  await chart.getByText('View as table').click();
  await page.waitForURL('**table=0*');
  await chart.getByRole('row').filter({ hasText: 'Churn' }).waitFor();
  await page.reload();
  await settled(page);
  assert.match(plain(await chart.getByRole('table').innerText()), /Opening[\s\S]*New\s+\$157\.00[\s\S]*Churn\s+-\$29\.00[\s\S]*Closing\s+\$128\.00/);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'as CSV' }).first().click();
  assert.match((await download).suggestedFilename(), /^revenue-movements_all_.*\.csv$/);
  assert.deepEqual(complaints, []);
  await close();
});

test('a day that is none is refused in its place, and what was chosen can be taken back', async () => {
  const { page, close } = await comeAsOperator(server, browser, 'sue', 'support', { refusals: [422] });
  await page.goto(`${byName(server.url)}/admin/revenue/churn?asOf=2026-13-01`);
  await settled(page);
  await page.getByText('This part could not be loaded').waitFor();
  await page.getByRole('link', { name: 'Clear' }).click();
  await figure(page, 'Logo churn').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await close();
});

test('a member who types the address is told that it is for operators', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(await signInLink(server, 'acme'));
  await page.goto(`${server.url}/admin/revenue`);
  await settled(page);
  await page.getByRole('heading', { level: 1, name: 'For operators' }).waitFor();
  assert.equal(await page.locator('.figures').count(), 0);
  await context.close();
});
