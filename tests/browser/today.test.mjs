// Guards the first page of operators and the board of subscriptions: each figure says what it counts, leads to its rows, and from
// there, in three clicks, to the event and to the entry of the audit log that proves it; what is shown stands in the address; each
// role sees what it may.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { firstOperator } from '../harness/operators.mjs';
import { faultsOf, launch, region, settled, visitor } from './support/browser.mjs';
import { addCard, customer, DECLINED_LATER, payer } from './support/customers.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

let server;
let browser;

const done = (answer, status = 200) => expectStatus(answer, status).body;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2026-11-01T12:00:00Z' }), launch()]);
  await firstOperator(server, 'root');
  await customer(server, 'free');
  await payer(server, 'acme');
  done(await (await payer(server, 'goes')).post('/api/billing/cancel', {}));
  await addCard(await payer(server, 'late'), DECLINED_LATER);
  const { currentPeriodEnd } = done(await server.api.as('late').get('/api/billing/subscription'));
  await server.clock.to(currentPeriodEnd);
  await server.clock.advance('PT3H');
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

const figure = (page, name) => page.locator('.figures li').filter({ has: page.getByRole('link', { name, exact: true }) });

async function come(name, role, path) {
  const seat = await comeAsOperator(server, browser, name, role);
  await seat.page.goto(byName(server.url) + path);
  await settled(seat.page);
  await seat.page.locator('.figures li').first().waitFor();
  return seat;
}

test('from a figure to its rows, the event and the entry that proves it: three clicks', async () => {
  const { page, complaints, close } = await come('ada', 'admin', '/admin');
  assert.match(await figure(page, 'Failed payments').innerText(), /1\s+\$29\.00\s+Look today/);
  assert.match(await figure(page, 'A month, recurring').innerText(), /\$58\.00\s+2 subscriptions\s+Good/);
  await figure(page, 'Failed payments').getByText('What it counts').click();
  await page.getByText('Cases of dunning that are open or paused').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  if (process.env.SCREENS) await page.screenshot({ path: `${process.env.SCREENS}/today.png`, fullPage: true });

  await page.getByRole('link', { name: 'Failed payments', exact: true }).click();
  await page.waitForURL('**/admin/subscriptions?status=past_due');
  await page.getByRole('link', { name: 'late', exact: true }).click();
  await page.waitForURL('**/admin/customers/late');
  await page.getByRole('link', { name: 'dunning.opened' }).click();
  await page.waitForURL('**/admin/audit?*');
  await page.locator('.data-table tbody code', { hasText: 'dunning.opened' }).first().waitFor();
  await page.locator('.data-table tbody tr').nth(1).waitFor({ state: 'detached' });
  assert.equal(await page.locator('.data-table tbody tr').count(), 1, 'the one entry');
  assert.deepEqual(complaints, []);
  await close();
});

test('the board: a place leads to its rows, a period to its moves, the address holds both', async () => {
  const { page, complaints, close } = await come('sue', 'support', '/admin/subscriptions');
  assert.match(await figure(page, 'Past due').innerText(), /1\s+\$29\.00/);
  await page.getByRole('link', { name: 'Past due', exact: true }).first().click();
  await page.waitForURL('**status=past_due*');
  const rows = region(page, 'Subscriptions').locator('tbody tr');
  await rows.filter({ hasText: 'late' }).waitFor();
  assert.equal(await rows.count(), 1);
  await page.getByText('Nothing is stuck').waitFor();
  const moves = region(page, 'How they moved');
  await moves.getByRole('row', { name: /Active Past due 1/ }).waitFor();
  await page.getByRole('link', { name: '7 days' }).click();
  await page.waitForURL('**from=*');
  const call = page.waitForEvent('download');
  await region(page, 'Subscriptions').getByRole('button', { name: 'as CSV' }).click();
  assert.match((await call).suggestedFilename(), /^rows_all_.*\.csv$/);
  await page.waitForFunction(() => ![...document.querySelectorAll('tbody th')].some(({ textContent }) => textContent === 'New'));
  await page.reload();
  await settled(page);
  await rows.filter({ hasText: 'late' }).waitFor();
  assert.deepEqual(await faultsOf(page), []);
  if (process.env.SCREENS) {
    await page.screenshot({ path: `${process.env.SCREENS}/board.png`, fullPage: true });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: `${process.env.SCREENS}/board-390.png`, fullPage: true });
  }
  assert.deepEqual(complaints, []);
  await close();
});

test('a role sees its figures and no button that it may not press; a member is told whom the page is for', async () => {
  const { page, close } = await come('aud', 'auditor', '/admin');
  assert.equal(await page.locator('.figures li').count(), 10);
  assert.equal(await page.getByRole('button', { name: /^Release/ }).count(), 0);
  await close();
  const sue = await come('sam', 'support', '/admin');
  assert.equal(await figure(sue.page, 'Given up').count(), 0);
  assert.equal(await figure(sue.page, 'At risk').count(), 1);
  await sue.close();
  const member = await visitor(browser, { reducedMotion: 'reduce' });
  await member.page.goto(await signInLink(server, 'acme'));
  await member.page.goto(`${server.url}/admin`);
  await settled(member.page);
  await member.page.getByRole('heading', { level: 1, name: 'For operators' }).waitFor();
  await member.close();
});
