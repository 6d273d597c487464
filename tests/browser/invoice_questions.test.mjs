// Guards that a customer asks about an invoice from its page, that an operator answers and settles it, and that the answer
// stands on the invoice.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { firstOperator } from '../harness/operators.mjs';
import { button, dialog, faultsOf, launch, settled, visitor } from './support/browser.mjs';
import { payer } from './support/customers.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { signInLink, startTurnpike } from './support/turnpike.mjs';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2026-11-06T14:05:40Z' }), launch()]);
  await firstOperator(server, 'root');
});

after(async () => {
  await browser.close();
  await server.dispose();
});

test('an amount is disputed by keys, answered, settled, and the answer stands on the invoice', async () => {
  const api = await payer(server, 'acme');
  const [{ id }] = (await api.get('/api/billing/invoices')).body.data;
  const { page, complaints, close } = await visitor(browser, { reducedMotion: 'reduce' });
  await page.goto(await signInLink(server, 'acme', `/billing/invoices/${id}`));
  await settled(page);
  await page.getByText('Nothing was asked about it.').waitFor();
  await button(page, 'Ask or dispute').press('Enter');
  await page.getByRole('radio', { name: 'Dispute of an amount' }).focus();
  await page.keyboard.press('Space');
  await page.getByText('the invoice stays due until it is settled', { exact: false }).waitFor();
  await page.getByLabel('About', { exact: true }).selectOption('1');
  assert.ok(await button(page, 'Send').isDisabled());
  await page.getByLabel('In your words').fill('We had one seat less');
  await button(page, 'Send').press('Enter');
  await page.getByText('It is sent.', { exact: false }).waitFor();
  await page.getByText('We had one seat less').waitFor();
  assert.deepEqual(await faultsOf(page), []);

  const { page: desk, complaints: others } = await comeAsOperator(server, browser, 'sue', 'support', { reducedMotion: 'reduce' });
  await desk.goto(`${byName(server.url)}/admin/feedback?view=invoices`);
  await settled(desk);
  await desk.getByText('We had one seat less').waitFor();
  assert.deepEqual(await faultsOf(desk), []);
  await desk.getByRole('button', { name: /^Answer/ }).click();
  await dialog(desk).getByLabel('Text').fill('It is the seat of March.');
  await dialog(desk).getByRole('button', { name: 'Answer' }).click();
  await desk.getByText('The answer is on its way.').waitFor();
  await desk.getByRole('button', { name: /^Settle/ }).click();
  await dialog(desk).getByLabel('It ends as').selectOption('explained');
  await dialog(desk).getByRole('button', { name: 'Settle' }).click();
  await desk.getByText('It is settled.').waitFor();

  await page.reload();
  await settled(page);
  await page.getByText('It is the seat of March.').waitFor();
  await page.getByText('Explained').waitFor();
  assert.deepEqual([...complaints, ...others], []);
  await close();
});
