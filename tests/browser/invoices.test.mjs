// Guards the pages of invoices: found by how they stand and by year, in the address; paid once, from the list to the receipt; read line by
// line down to usage and the audit log; on phone, desk and paper, light and dark, in German, for every reader.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { holding, startWithPapers } from '../harness/papers.mjs';
import { button, DESK, faultsOf, launch, PHONE, region, settled, visitor } from './support/browser.mjs';
import { addCard, customer, DECLINED_LATER, payer } from './support/customers.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const MONTHS = 25;
const LIST = 'All invoices';

let server;
let browser;

const done = (answer, status = 200) => expectStatus(answer, status).body;
const rows = (page) => region(page, LIST).locator('tbody tr');
const numbers = (page) => region(page, LIST).locator('tbody th').allInnerTexts();
const invoicesOf = async (userId, query = '') => done(await server.api.as(userId).get(`/api/billing/invoices?limit=100${query}`)).data;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2024-10-20T12:05:40Z' }), launch()]);
  await payer(server, 'veteran');
  for (let month = 0; month < MONTHS; month += 1) await server.clock.advance('P1M');
  await server.clock.advance('PT2H');
  const [, older] = await invoicesOf('veteran');
  const body = { userId: 'veteran', invoiceId: older.id, amount: { amount: 2_900, currency: 'usd' } };
  done(await server.api.post('/api/admin/refunds', body, { idempotencyKey: 'all' }), 201);
  await payer(server, 'owing');
  const api = server.api.as('owing');
  await addCard(api, DECLINED_LATER);
  await server.clock.advance('P1M1D');
  await addCard(await customer(server, 'fresh'));
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function come(userId, address = '/billing/invoices', options = {}) {
  const seat = await visitor(browser, { reducedMotion: 'reduce', ...options });
  await seat.page.goto(await signInLink(server, userId, '/billing/invoices'));
  if (address !== '/billing/invoices') await seat.page.goto(server.url + address);
  await settled(seat.page);
  return seat;
}

async function shot(page, name) {
  if (!process.env.SCREENS) return;
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.SCREENS}/${name}-${size.width}-${colorScheme}.png`, fullPage: true });
    }
  }
}

test('all invoices are there, page by page; a year and a status stand in the address, and the way back works', async () => {
  const { page, complaints, close } = await come('veteran');
  const all = await invoicesOf('veteran');
  assert.deepEqual(await numbers(page), all.slice(0, 20).map(({ number }) => number));
  await page.getByRole('link', { name: 'Older' }).click();
  await page.waitForURL('**cursor=*');
  await page.waitForFunction((count) => document.querySelectorAll('section:has(.filters) tbody tr').length === count, all.length - 20);
  assert.deepEqual(await numbers(page), all.slice(20).map(({ number }) => number));
  await page.goBack();
  await region(page, LIST).getByText(all[0].number).waitFor();

  await region(page, 'By year').getByRole('link', { name: '2025' }).click();
  await page.waitForURL('**?year=2025');
  await page.waitForFunction(() => document.querySelectorAll('section:has(.filters) tbody tr').length === 12);
  await page.getByLabel('Status').selectOption('Refunded');
  await page.waitForURL('**?state=refunded&year=2025');
  await region(page, LIST).getByText('No invoice is like this').waitFor();
  await page.getByLabel('Year', { exact: true }).selectOption('2026');
  await page.waitForURL('**?state=refunded&year=2026');
  await region(page, LIST).getByText('$29.00 given back').waitFor();
  assert.deepEqual(await numbers(page), (await invoicesOf('veteran', '&state=refunded')).map(({ number }) => number));
  await page.reload();
  await settled(page);
  assert.equal(await rows(page).count(), 1);
  await page.goBack();
  await page.goBack();
  await page.waitForURL('**?year=2025');
  assert.equal(await page.getByLabel('Year', { exact: true }).inputValue(), '2025');
  await shot(page, 'invoices');
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('a year in one file: asked for, made, and fetched', async () => {
  const { page, complaints, close } = await come('veteran');
  const files = region(page, 'A year in one file');
  const rowOf = (year) => files.locator('tbody tr').filter({ hasText: year });
  const press = (name) => files.getByRole('button', { name }).click();
  await press('Make the file of 2025');
  await rowOf('2025').getByRole('link', { name: 'Invoices of 2025 in one file' }).waitFor();
  assert.match(await rowOf('2025').innerText(), /kB, there until/);
  const [download] = await Promise.all([page.waitForEvent('download'), rowOf('2025').getByRole('link').click()]);
  assert.equal(download.suggestedFilename(), 'invoices-2025.zip');
  assert.equal((await readFile(await download.path())).subarray(0, 2).toString(), 'PK');

  assert.deepEqual(complaints, []);
  await close();
});

test('a file that takes long says how far it is, goes on through a reload, and can be given up', async (t) => {
  const { papers, server: slow } = await startWithPapers(t);
  const { page, complaints, close } = await visitor(browser, { reducedMotion: 'reduce' });
  await page.goto(await signInLink(slow, 'ada', '/billing/invoices'));
  await settled(page);
  const files = region(page, 'A year in one file');
  const hold = holding(papers, 1);
  await files.getByRole('button', { name: 'Make the file of 2026' }).click();
  await hold.first;
  await files.getByText(/^33%, done about \d+:\d+:\d+ UTC$/).waitFor();
  await page.reload();
  await settled(page);
  assert.equal(await files.getByRole('progressbar', { name: 'Invoices of 2026 in one file' }).getAttribute('value'), '33');
  await shot(page, 'invoice-archives');
  assert.deepEqual(await faultsOf(page), []);
  await files.getByRole('button', { name: 'Cancel the file of 2026' }).click();
  await files.getByRole('button', { name: 'Make the file of 2026' }).waitFor();
  hold.letGo();
  await files.getByRole('button', { name: 'Make the file of 2026' }).click();
  await files.getByRole('link', { name: 'Invoices of 2026 in one file' }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('what each year came to is what the API says, and goes along as a file', async () => {
  const { page, complaints, close } = await come('veteran', '/billing/invoices?year=2025', { acceptDownloads: true });
  const years = done(await server.api.as('veteran').get('/api/billing/invoices/years')).data;
  await region(page, 'By year').locator('tbody tr').first().waitFor();
  const shown = await region(page, 'By year').locator('tbody tr').allInnerTexts();
  const dollars = ({ amount }) => new Intl.NumberFormat('en-US', { style: 'currency', currency: 'usd' }).format(amount / 100);
  assert.deepEqual(shown.map((text) => text.split(/\s+/)), years.map((row) => [String(row.year), String(row.invoices), dollars(row.billed), dollars(row.credited), dollars(row.paid), dollars(row.due)]));
  const [file] = await Promise.all([page.waitForEvent('download'), region(page, LIST).getByRole('button', { name: 'All rows as CSV' }).click()]);
  assert.match(file.suggestedFilename(), /^invoices_veteran_2025_\d{4}-\d\d-\d\d\.csv$/);
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
  assert.equal(lines.length, 13);
  assert.match(lines[0], /"state","amount.minor","amount.amount","amount.currency"/);
  assert.deepEqual(complaints, []);
  await close();
});

test('a failed payment is past due, is declined again in words, and is paid once by another card', async () => {
  const { page, complaints, close } = await come('owing', '/billing/invoices?state=past_due', { refusals: [402] });
  const [owed] = await invoicesOf('owing', '&state=past_due');
  const pay = page.getByRole('button', { name: `Pay $29.00, invoice ${owed.number}` });
  await pay.click();
  await page.getByRole('alert').getByText('declined').first().waitFor();
  assert.match(await page.getByRole('alert').innerText(), /Nothing was changed[\s\S]*Request req/);
  assert.deepEqual(await faultsOf(page), []);
  assert.equal((await invoicesOf('owing', '&state=past_due')).length, 1);
  assert.deepEqual(complaints, []);
  await close();
});

test('who has no invoice yet is told when the first one comes', async () => {
  const { page, complaints, close } = await come('fresh');
  await region(page, LIST).getByText('No invoices yet').waitFor();
  await page.getByText('The first one comes when you start a paid plan').waitFor();
  assert.equal(await region(page, 'By year').count(), 0);
  assert.equal(await page.getByLabel('Year', { exact: true }).count(), 0, 'there is nothing to choose from');
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('from an amount to its lines, to the usage of its time and to the entry of the audit log: three presses', async () => {
  const { page, complaints, close } = await come('veteran');
  const [newest] = await invoicesOf('veteran');
  await region(page, LIST).getByRole('link', { name: newest.number, exact: true }).click(); // one
  await page.getByRole('heading', { level: 1, name: `Invoice ${newest.number}` }).waitFor();
  const lines = page.getByRole('table', { name: 'Lines and sums' });
  await lines.getByText('How it came to this').click(); // two
  await page.waitForURL('**?line=1');
  await lines.getByText('The same to the cent').waitFor();
  assert.match(await lines.innerText(), /Starter, version 1[\s\S]*1 × \$29\.00 per month[\s\S]*2900 x 1 = 2900/);
  await page.reload();
  await settled(page);
  await lines.getByText('The same to the cent').waitFor();
  await shot(page, 'invoice');
  assert.deepEqual(await faultsOf(page), []);
  await lines.getByRole('link', { name: 'Usage of this time' }).click(); // three
  await page.waitForURL('**/billing/usage?cycle=*');
  await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor();
  await page.goBack();
  await page.goBack();
  const { data } = done(await server.api.as('veteran').get(`/api/billing/invoices/${newest.id}/events`));
  const paid = data.find(({ type }) => type === 'invoice.paid');
  await region(page, 'What happened').getByRole('link', { name: 'Entry of the audit log: Paid' }).click();
  await page.waitForURL(`**open=${paid.auditId}`);
  await page.getByText(paid.auditId).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('the usage that a line covers goes along as a file', async () => {
  const { page, complaints, close } = await come('veteran', '/billing/invoices', { acceptDownloads: true });
  const [newest] = await invoicesOf('veteran');
  await page.goto(`${server.url}/billing/invoices/${newest.id}?line=1`);
  await page.getByText('The same to the cent').waitFor();
  const evidence = page.locator('.line-detail');
  const [file] = await Promise.all([page.waitForEvent('download'), evidence.getByRole('button', { name: 'All rows as CSV' }).click()]);
  assert.match(file.suggestedFilename(), /^usage_veteran_2026-\d\d-20_\d{4}-\d\d-20_/);
  assert.match(await readFile(await file.path(), 'utf8'), /^"metric","unit","region","resource","at","value","events","adjusted","adjustedEvents"\r\n/);
  assert.deepEqual(complaints, []);
  await close();
});

test('on paper there is no place to go and nothing to press, heads come again, and pages are counted', async () => {
  const { page, close } = await come('owing', '/billing/invoices?state=past_due');
  await region(page, LIST).locator('tbody th a').click();
  await page.getByRole('table', { name: 'Lines and sums' }).waitFor();
  await page.emulateMedia({ media: 'print' });
  for (const hidden of ['.header', '.area-nav', '.footer', '.take-away', '.crumbs', '.actions']) assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
  assert.ok(await page.getByText('Total').isVisible());
  assert.equal(await page.locator('thead').first().evaluate((head) => getComputedStyle(head).display), 'table-header-group');
  const paper = await page.pdf({ preferCSSPageSize: true });
  if (process.env.SCREENS) await (await import('node:fs/promises')).writeFile(`${process.env.SCREENS}/invoice.pdf`, paper);
  assert.match(paper.subarray(0, 5).toString(), /^%PDF-/);
  await close();
});

test('another\'s invoice and one that is not there are the same', async () => {
  const { page, complaints, close } = await come('fresh', '/billing/invoices', { refusals: [404] });
  const [theirs] = await invoicesOf('veteran');
  const texts = [];
  for (const id of [theirs.id, 'invo_00000000000000000000000000']) {
    await page.goto(`${server.url}/billing/invoices/${id}`);
    await settled(page);
    await region(page, 'Lines and sums').getByRole('alert').waitFor();
    texts.push((await region(page, 'Lines and sums').innerText()).replace(/req\w+/, ''));
  }
  assert.equal(texts[0], texts[1]);
  assert.deepEqual(complaints, []);
  await close();
});
