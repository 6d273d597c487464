// Guards the page on which operators find customers: by what they have in hand and by filters that stand in the address, with mouse
// and keyboard, names of any script and length, on phone and desk, light and dark; whoever is no operator is told so.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { firstOperator } from '../harness/operators.mjs';
import { button, faultsOf, launch, PHONE, settled, visitor } from './support/browser.mjs';
import { customer, payer } from './support/customers.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const LONG = 'Ада Лавлейс 株式会社 محاسبة แคชเชียร์ '.repeat(2).trim();
const NO_BREAK = 'W'.repeat(200);

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  await firstOperator(server, 'root');
  for (let n = 0; n < 55; n++) await server.api.createCustomer(`row_${String(n).padStart(2, '0')}`, { name: `Row ${n}`, country: 'FR' });
  await customer(server, 'scripts', LONG);
  await customer(server, 'unbroken', NO_BREAK);
  await payer(server, 'monthly');
  const yearly = await payer(server, 'yearly', { tier: 'professional', interval: 'year' });
  expectStatus(await yearly.post('/api/billing/cancel', {}), 200);
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

const rowsOf = (page) => page.locator('.data-table tbody tr');
const idsOf = (page) => page.locator('.data-table tbody th code').allInnerTexts();

async function come(name, role, options) {
  const seat = await comeAsOperator(server, browser, name, role, options);
  await seat.page.goto(`${byName(server.url)}/admin/customers`);
  await settled(seat.page);
  await rowsOf(seat.page).first().waitFor();
  return seat;
}

const found = (page, ids) => page.waitForFunction(
  (wanted) => JSON.stringify([...document.querySelectorAll('.data-table tbody th code')].map(({ textContent }) => textContent)) === wanted, JSON.stringify(ids));

test('an operator goes through all, finds one by the keyboard and filters, and goes back', async () => {
  const { page, complaints, close } = await come('sue', 'support');
  assert.equal(await rowsOf(page).count(), 50);
  const newest = await idsOf(page);
  await page.getByRole('link', { name: 'Older' }).click();
  await page.waitForURL('**cursor=*');
  await page.getByRole('link', { name: 'To the newest' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.data-table tbody tr').length === 9);
  assert.deepEqual(newest.filter((id) => id === 'row_00'), []);
  await page.goBack();
  await found(page, newest);

  await page.getByLabel('Id, mail, domain, invoice or last digits').fill('yearly');
  await page.keyboard.press('Enter');
  await page.waitForURL('**q=yearly*');
  await found(page, ['yearly']);
  const row = await rowsOf(page).first().innerText();
  for (const words of ['Professional', 'yearly', 'Ends with the period', 'Watch']) assert.ok(row.includes(words), `${words} in ${row}`);
  await page.getByRole('link', { name: 'Clear' }).click();
  await page.getByLabel('Plan').selectOption('starter');
  await button(page, 'Find').click();
  await page.waitForURL('**tier=starter*');
  await found(page, ['monthly']);
  await page.reload();
  await settled(page);
  await found(page, ['monthly']);
  await page.getByLabel('Id, mail, domain, invoice or last digits').fill('nobody');
  await button(page, 'Find').click();
  await page.getByText('Nobody matches').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('names of any script and length leave the page whole, light and dark, desk and phone', async () => {
  const { page, complaints, close } = await come('flo', 'finance');
  assert.deepEqual(await faultsOf(page), []);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      const seen = await page.evaluate(() => [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]);
      assert.deepEqual(seen, [width, colorScheme === 'dark'], 'the page is looked at as it is meant to be');
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${over} px too wide at ${width}`);
      if (process.env.SCREENS) await page.screenshot({ path: `${process.env.SCREENS}/customers-${width}-${colorScheme}.png` });
    }
  }
  assert.deepEqual(complaints, []);
  await close();
});

test('on a phone, with every cell named', async () => {
  const { page, complaints, close } = await come('gerd', 'support', PHONE);
  const label = await rowsOf(page).first().locator('th').evaluate((cell) => getComputedStyle(cell, '::before').content);
  assert.equal(label, '"Customer"');
  assert.deepEqual(complaints, []);
  await close();
});

test('a member who types the address is told that it is for operators', async () => {
  const { page, close } = await visitor(browser, { reducedMotion: 'reduce' });
  await page.goto(await signInLink(server, 'monthly'));
  await page.goto(`${server.url}/admin/customers`);
  await settled(page);
  await page.getByRole('heading', { level: 1, name: 'For operators' }).waitFor();
  assert.equal(await rowsOf(page).count(), 0);
  await close();
});

test('filters are kept under a name, found by another who operates, and deleted', async () => {
  const { page, complaints, close } = await come('vic', 'support', { reducedMotion: 'reduce' });
  const views = page.getByRole('navigation', { name: 'Saved views' });
  assert.equal(await views.count(), 0, 'nothing is kept, and all is shown');
  await page.goto(`${byName(server.url)}/admin/customers?tier=professional`);
  await settled(page);
  await views.getByText('Save this view').click();
  await views.getByLabel('Name').fill('Professionals');
  await views.getByLabel('For everybody who operates').check();
  await views.getByRole('button', { name: 'Save', exact: true }).press('Enter');
  await page.getByText('“Professionals” is saved.').waitFor();
  assert.equal(await views.getByRole('link', { name: 'Professionals' }).getAttribute('aria-current'), 'true');
  assert.deepEqual(await faultsOf(page), []);
  const other = await come('wim', 'finance');
  await other.page.getByRole('navigation', { name: 'Saved views' }).getByRole('link', { name: 'Professionals' }).click();
  await found(other.page, ['yearly']);
  assert.equal(await other.page.getByRole('button', { name: 'Delete the view Professionals' }).count(), 0);
  await views.getByRole('button', { name: 'Delete the view Professionals' }).click();
  await views.getByText('Save this view').waitFor();
  assert.equal(await views.getByRole('link').count(), 0);
  assert.deepEqual([...complaints, ...other.complaints], []);
  await Promise.all([close(), other.close()]);
});
