// Guards that leaving is as easy as coming in: from the same page, with no more actions, no field that must be filled, no other
// channel. What the browser counts is what a person does: presses, ticks and choices, and pages that are gone to.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { agree, button, launch, link, region, settled, visitor } from './support/browser.mjs';
import { addCard, customer } from './support/customers.mjs';
import { signInLink, startTurnpike } from './support/turnpike.mjs';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2026-11-06T14:05:40Z', args: ['--step-up-seconds', '3600'] }), launch()]);
  for (const name of ['mouse', 'reader']) {
    await customer(server, name);
    await addCard(server.api.as(name));
  }
});

after(async () => {
  await browser.close();
  await server.dispose();
});

/** What a person does from now on, and where; `end` says it. */
async function counting(page) {
  await page.evaluate(() => {
    window.actions = 0;
    document.addEventListener('click', (event) => {
      // A press on a label is told once more of its box.
      if (event.isTrusted && event.target.closest('button, a, input, select, textarea')) window.actions += 1;
    }, true);
  });
  const from = new URL(page.url()).pathname;
  return async () => ({ actions: await page.evaluate(() => window.actions), from, to: new URL(page.url()).pathname });
}

const mustBeFilled = (page) => page.locator('main').locator('[required], [aria-required="true"]').count();

test('a plan is cancelled from the page where it is bought, with no more than that took', async () => {
  const api = server.api.as('mouse');
  const { page, complaints, close } = await visitor(browser);
  await page.goto(await signInLink(server, 'mouse'));
  await settled(page);

  const bought = await counting(page);
  await link(page, 'Choose a plan').click();
  await page.getByRole('radio', { name: /Starter/ }).check();
  await button(page, 'Pay $29.00').waitFor();
  const toBuy = await mustBeFilled(page);
  await agree(page);
  await button(page, 'Pay $29.00').click();
  await page.getByText('Done: you are on Starter.').waitFor();
  const buying = await bought();

  await page.goto(`${server.url}/billing`);
  await settled(page);
  const cancelled = await counting(page);
  await link(page, 'Cancel plan').click();
  await button(page, 'Cancel on Dec 6, 2026').waitFor();
  const toCancel = await mustBeFilled(page);
  await button(page, 'Cancel on Dec 6, 2026').click();
  await region(page, 'What happens').getByText('Your plan ends on Dec 6, 2026.').waitFor();
  const cancelling = await cancelled();

  assert.ok(cancelling.actions > 0 && cancelling.actions <= buying.actions, `${cancelling.actions} to cancel, ${buying.actions} to buy`);
  assert.equal(cancelling.actions, 2);
  assert.ok(toCancel <= toBuy, `${toCancel} fields to cancel, ${toBuy} to buy`);
  assert.equal(toCancel, 0, 'why somebody leaves may be left out');
  assert.equal(cancelling.from, buying.from, 'from the same page');
  assert.deepEqual([buying.to, cancelling.to], ['/billing/plan/change', '/billing/cancel'], 'on one page further');
  const { cancelAtPeriodEnd } = expectStatus(await api.get('/api/billing/subscription'), 200).body;
  assert.equal(cancelAtPeriodEnd, true);
  assert.deepEqual(complaints, []);
  await close();
});

test('leaving is offered where the plan is shown, on a phone as well, without asking anybody', async () => {
  const api = server.api.as('reader');
  expectStatus(await api.post('/api/billing/subscribe', { tier: 'starter' }), 201);
  const { page, complaints, close } = await visitor(browser, { width: 390, height: 844 });
  await page.goto(await signInLink(server, 'reader'));
  await settled(page);
  const plan = region(page, 'Plan');
  for (const name of ['Change plan', 'Cancel plan']) assert.ok(await plan.getByRole('link', { name, exact: true }).isVisible(), name);
  await link(page, 'Cancel plan').click();
  await button(page, 'Cancel on Dec 6, 2026').waitFor();
  assert.equal(await page.locator('main').locator('a[href^="mailto:"], a[href^="tel:"]').count(), 0, 'no other channel');
  assert.equal(await button(page, 'Cancel on Dec 6, 2026').isEnabled(), true);
  assert.deepEqual(complaints, []);
  await close();
});
