// Guards that who would leave is offered a rest, that it is said what it means, and that a press goes on with the plan.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { button, launch, settled, visitor } from './support/browser.mjs';
import { payer } from './support/customers.mjs';
import { signInLink, startTurnpike } from './support/turnpike.mjs';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2026-11-06T14:05:40Z' }), launch()]);
});

after(async () => {
  await browser.close();
  await server.dispose();
});

test('a plan rests for two months instead of being cancelled, and goes on by a press', async () => {
  const api = await payer(server, 'rest');
  const { page, complaints, close } = await visitor(browser);
  await page.goto(await signInLink(server, 'rest', '/billing/cancel'));
  await settled(page);
  await page.getByText('nothing is charged meanwhile', { exact: false }).waitFor();
  await button(page, 'Pause for 2 months').click();
  await page.waitForURL('**/billing/plan');
  await settled(page);
  await page.getByText('Your plan is paused until Jan 6, 2027.', { exact: false }).waitFor();
  const paused = expectStatus(await api.get('/api/billing/subscription'), 200).body;
  assert.deepEqual([paused.status, paused.resumesAt], ['paused', '2027-01-06T14:05:40Z']);

  await button(page, 'Resume now').click();
  await page.getByText('Your plan is paused', { exact: false }).waitFor({ state: 'detached' });
  const again = expectStatus(await api.get('/api/billing/subscription'), 200).body;
  assert.deepEqual([again.status, again.resumesAt], ['active', null]);
  assert.deepEqual(complaints, []);
  await close();
});

test('who ends a paused plan is told that it ends at once, and that what is unused is kept', async () => {
  const api = await payer(server, 'leaves');
  expectStatus(await api.post('/api/billing/subscription/pause', { months: 1 }, { idempotencyKey: 'rest' }), 200);
  const { page, complaints, close } = await visitor(browser);
  await page.goto(await signInLink(server, 'leaves', '/billing/cancel'));
  await settled(page);
  await page.getByText('it ends at once', { exact: false }).waitFor();
  await page.getByText('is kept as credit', { exact: false }).waitFor();
  await button(page, 'End the plan now').click();
  await page.getByText('There is nothing to cancel').waitFor();
  assert.equal(expectStatus(await api.get('/api/billing/subscription'), 200).body.tier, 'free');
  assert.deepEqual(complaints, []);
  await close();
});
