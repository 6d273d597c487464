// Guards what figures mean: beside the title of each page that shows some, by the keyboard as by the mouse, with the way to their rows, in
// each view and language; and nothing where there is no figure.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { firstOperator } from '../harness/operators.mjs';
import { button, dialog, faultsOf, launch, settled, visitor } from './support/browser.mjs';
import { payer } from './support/customers.mjs';
import { comeAsOperator, byName } from './support/operators.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const OPEN = 'What the figures mean';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  await payer(server, 'ada', { tier: 'starter' });
  await firstOperator(server, 'root');
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function come(address, options = {}) {
  const seat = await visitor(browser, { reducedMotion: 'reduce', ...options });
  await seat.page.goto(await signInLink(server, 'ada'));
  await seat.page.goto(server.url + address);
  await settled(seat.page);
  return seat;
}

async function shot(page, name) {
  if (process.env.SCREENS) await page.screenshot({ path: `${process.env.SCREENS}/${name}.png` });
}

test('by the keyboard: opened, read, closed, and the focus is back', async () => {
  const { page, complaints, close } = await come('/billing/usage');
  await button(page, OPEN).focus();
  await page.keyboard.press('Enter');
  await dialog(page).getByRole('heading', { name: 'Share of the limit' }).waitFor();
  const text = await dialog(page).innerText();
  for (const part of ['How it comes about', 'What it leaves out', 'Above the line', 'Below the line']) assert.ok(text.includes(part), part);
  assert.deepEqual(await faultsOf(page), []);
  await shot(page, 'definitions-usage');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), OPEN);
  assert.deepEqual(complaints, []);
  await close();
});

test('from what a figure means to its rows', async () => {
  const { page, complaints, close } = await come('/billing');
  await button(page, OPEN).click();
  await dialog(page).getByRole('link', { name: 'To the rows: Amount of an invoice' }).click();
  await page.waitForURL('**/billing/invoices');
  await page.getByRole('heading', { level: 1, name: 'Invoices' }).waitFor();
  assert.equal(await dialog(page).count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});

test('in German, on a phone, in the dark', async () => {
  const { page, complaints, close } = await come('/billing/costs', { locale: 'de-DE', scheme: 'dark', width: 390, height: 844 });
  await button(page, 'Was die Zahlen bedeuten').click();
  await dialog(page).getByRole('heading', { name: 'Schritte zur Rechnung' }).waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await shot(page, 'definitions-de-390');
  assert.deepEqual(complaints, []);
  await close();
});

test('operators have theirs; a page without figures has none', async () => {
  const { page, complaints } = await comeAsOperator(server, browser, 'adam', 'admin', { refusals: [401] });
  await page.goto(`${byName(server.url)}/admin/customers`);
  await settled(page);
  await button(page, OPEN).click();
  await dialog(page).getByRole('heading', { name: 'A month', exact: true }).waitFor();
  await shot(page, 'definitions-customers');
  await page.keyboard.press('Escape');
  await page.goto(`${byName(server.url)}/security`);
  await settled(page);
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.equal(await button(page, OPEN).count(), 0);
  assert.deepEqual(complaints, []);
});
