// Guards the page of one customer: what they are at a glance, all that happened with them, and what operators do for them, each act
// once, with its amount and its reason; tabs and filters stand in the address; each role has what it may do, and no more.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { firstOperator } from '../harness/operators.mjs';
import { button, dialog, faultsOf, launch, PHONE, settled } from './support/browser.mjs';
import { addCard, customer, DECLINED_LATER, payer } from './support/customers.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { cspReports, startTurnpike } from './support/turnpike.mjs';

const NAME = 'محاسبة التجارة 株式会社 Ада '.repeat(4).trim();
const TABS = ['Timeline', 'Plans', 'Usage', 'Invoices', 'Payments', 'Notes', 'Access'];

let server;
let browser;
let seats;

const done = (answer, status = 200) => expectStatus(answer, status).body;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2026-11-01T12:00:00Z' }), launch()]);
  await firstOperator(server, 'root');
  await customer(server, 'scripts', NAME);
  await payer(server, 'acme');
  await addCard(await payer(server, 'late'), DECLINED_LATER);
  const { currentPeriodEnd } = done(await server.api.as('late').get('/api/billing/subscription'));
  await server.clock.to(currentPeriodEnd);
  await server.clock.advance('P1D');
  seats = {};
  for (const [name, role] of [['fin', 'finance'], ['sue', 'support'], ['aud', 'auditor']]) seats[role] = await comeAsOperator(server, browser, name, role);
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

const rows = (page) => page.locator('.data-table tbody tr');
const heading = (page, name) => page.getByRole('heading', { level: 1, name });

async function open(role, id, query = '') {
  const { page } = seats[role];
  await page.goto(`${byName(server.url)}/admin/customers/${id}${query}`);
  await settled(page);
  await page.getByText('At a glance').first().waitFor();
  return seats[role];
}

test('from the list to a customer, through the tabs by links, and back', async () => {
  const { page, complaints } = await open('support', 'acme');
  await page.goto(`${byName(server.url)}/admin/customers?q=acme`);
  await page.getByRole('link', { name: 'Ada Fern, Fernworks' }).click();
  await heading(page, 'Ada Fern, Fernworks').waitFor();
  const facts = await page.getByLabel('At a glance').first().innerText();
  for (const words of ['Starter monthly', '$29.00', 'Good', 'Charged by itself', 'acme@example.com']) assert.ok(facts.includes(words), `${words} in ${facts}`);
  for (const tab of TABS) {
    await page.getByRole('link', { name: tab, exact: true }).click();
    await page.locator('.views a[aria-current]', { hasText: tab }).waitFor();
    await settled(page);
    assert.deepEqual(await faultsOf(page, [PHONE, { width: 1280, height: 900 }]), [], tab);
    if (process.env.SCREENS) await page.screenshot({ path: `${process.env.SCREENS}/customer-${tab}.png`, fullPage: true });
  }
  await page.goBack();
  await page.locator('.views a[aria-current]', { hasText: 'Notes' }).waitFor();
  await page.reload();
  await page.locator('.views a[aria-current]', { hasText: 'Notes' }).waitFor();
  assert.deepEqual(complaints, []);
});

test('the stream shows what the role may see, is filtered by its address, and leads to the proof', async () => {
  const { page } = await open('auditor', 'acme');
  await rows(page).first().waitFor();
  await page.getByRole('link', { name: 'Billing', exact: true }).last().click();
  await page.waitForURL('**kind=billing*');
  await page.getByRole('link', { name: 'invoice.paid' }).first().click();
  await page.waitForURL('**/admin/audit?*');
  await page.locator('.data-table tbody code', { hasText: 'invoice.paid' }).first().waitFor();
  await open('support', 'acme');
  assert.equal(await page.getByRole('link', { name: 'Who did what' }).count(), 0);
  assert.equal(await seats.support.page.getByRole('link', { name: 'Who did what' }).count(), 0);
  const download = seats.support.page.waitForEvent('download');
  await seats.support.page.getByRole('button', { name: 'as CSV' }).first().click();
  assert.match((await download).suggestedFilename(), /^timeline_all_.*\.csv$/);
});

test('a note is added once, and is there for others', async () => {
  const { page, complaints } = await open('support', 'acme', '?tab=notes');
  await page.getByText('No notes yet').waitFor();
  await button(page, 'Add a note').click();
  await dialog(page).getByLabel('Note').fill('Pays after the 5th');
  await dialog(page).getByRole('button', { name: 'Keep the note' }).dblclick();
  await page.getByText('The note is kept.').waitFor();
  await rows(page).first().waitFor();
  assert.equal(await rows(page).count(), 1);
  assert.equal(done(await server.api.get('/api/admin/customers/acme/notes')).data.length, 1);
  assert.deepEqual(complaints, []);
  const { page: other } = await open('auditor', 'acme', '?tab=notes');
  await other.getByText('Pays after the 5th').waitFor();
  for (const name of ['Add a note', 'View as customer', 'Billing terms', 'Erase']) assert.equal(await button(other, name).count(), 0, name);
});

test('money goes back with its amount on the button, once; a role that may not has no button', async () => {
  const { page: sue } = await open('support', 'acme', '?tab=invoices');
  await rows(sue).first().waitFor();
  assert.equal(await sue.getByRole('button', { name: /^Refund/ }).count(), 0);
  const { page, complaints } = await open('finance', 'acme', '?tab=invoices');
  await rows(page).first().waitFor();
  const before = done(await server.api.as('acme').get('/api/billing/invoices')).data;
  await page.getByRole('button', { name: /^Refund: / }).last().click();
  await dialog(page).getByLabel('Amount (USD)').fill('');
  assert.ok(await dialog(page).getByRole('button', { name: /^Refund/ }).isDisabled());
  await dialog(page).getByLabel('Amount (USD)').fill('5.5');
  await dialog(page).getByRole('button', { name: 'Refund $5.50' }).dblclick();
  await page.getByText('$5.50 go back.').waitFor();
  const given = await Promise.all(before.map(async ({ id }) => done(await server.api.as('acme').get(`/api/billing/invoices/${id}/given-back`)).refunds));
  assert.deepEqual(given.flat().map(({ amount }) => amount.amount), [550]);
  assert.deepEqual(complaints, []);
});

test('grace is extended, and billing terms are set, from here', async () => {
  const { page } = await open('finance', 'late', '?tab=payments');
  await rows(page).first().waitFor();
  await page.getByRole('button', { name: /^Extend: / }).click();
  await dialog(page).getByLabel('Reason').fill('They wait for a new card');
  await dialog(page).getByLabel('Full access until').fill('2027-01-05');
  await dialog(page).getByRole('button', { name: 'Extend' }).click();
  await page.getByText('Full access lasts longer.').waitFor();
  await page.getByText('Jan 5, 2027').first().waitFor();
  await button(page, 'Billing terms').click();
  await dialog(page).getByLabel('Days to pay').fill('14');
  await dialog(page).getByRole('button', { name: 'Set the terms' }).click();
  await page.getByText('By invoice, 14 days to pay').waitFor();
});

test('at the wish of a customer their plan is changed for what was shown, rests, and goes on', async () => {
  await payer(server, 'wishes');
  const { page, complaints } = await open('finance', 'wishes');
  const next = () => dialog(page).getByRole('button', { name: 'Show what it comes to' }).click();
  await button(page, 'Change plan').click();
  await dialog(page).getByLabel('Plan', { exact: true }).selectOption('professional');
  await dialog(page).getByLabel('Paid').selectOption('month');
  await dialog(page).getByLabel('Reason').fill('They asked on the phone');
  await next();
  await dialog(page).getByRole('button', { name: 'Change plan: $70.00' }).dblclick();
  await page.getByText('The plan is changed; the customer has a mail.').waitFor();
  const subscription = async () => done(await server.api.as('wishes').get('/api/billing/subscription'));
  assert.equal((await subscription()).tier, 'professional');
  const paid = done(await server.api.as('wishes').get('/api/billing/invoices')).data.map(({ amountPaid }) => amountPaid.amount);
  assert.deepEqual(paid, [7_000, 2_900]);

  for (const [name, field, status, text] of [
    ['Pause', 'Goes on at the beginning of (UTC)', 'paused', 'The plan is paused; the customer has a mail.'],
    ['Resume', null, 'active', 'The plan goes on; the customer has a mail.'],
  ]) {
    await button(page, name).click();
    if (field) await dialog(page).getByLabel(field).fill('2027-02-01');
    await dialog(page).getByLabel('Reason').fill('They are away');
    await next();
    await dialog(page).getByRole('button', { name, exact: true }).click();
    await page.getByText(text).waitFor();
    assert.equal((await subscription()).status, status);
    await settled(page);
  }
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
});

test('the mail of an invoice is sent again, as it was', async () => {
  const { page, complaints } = await open('support', 'acme', '?tab=invoices');
  await rows(page).first().waitFor();
  await page.getByRole('button', { name: /^Send the mail again/ }).first().click();
  await dialog(page).getByLabel('Reason').fill('It went astray');
  await dialog(page).getByRole('button', { name: 'Show what it comes to' }).click();
  await dialog(page).getByRole('button', { name: /^Send the mail again/ }).click();
  await page.getByText('The mail is on its way.').waitFor();
  assert.deepEqual(complaints, []);
});

test('an operator looks at their pages, reading only, under a banner that says so', async () => {
  const { page } = await open('support', 'acme');
  await button(page, 'View as customer').click();
  await dialog(page).getByLabel('Reason').fill('Ticket 17');
  await dialog(page).getByRole('button', { name: 'Open their pages' }).click();
  await page.waitForURL('**/billing');
  const banner = page.locator('.banner.looking');
  await banner.waitFor();
  for (const words of ['sue', 'Ada Fern', 'Ticket 17']) assert.ok((await banner.innerText()).includes(words), words);
});

test('a name as long as one may be, in every script, leaves the page whole; nobody is told as such', async () => {
  const { page } = await open('finance', 'scripts');
  assert.deepEqual(await faultsOf(page), []);
  for (const width of [320, 390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${over} px too wide at ${width}`);
    if (process.env.SCREENS) await page.screenshot({ path: `${process.env.SCREENS}/customer-name-${width}.png` });
  }
  await page.goto(`${byName(server.url)}/admin/customers/nobody`);
  await page.getByText('There is no customer of this id.').first().waitFor();
});
