// Guards the pages of feedback and of what if: a customer is asked where it is due, says what they think, and an operator hears it, names
// it and answers; few answers are no figure; a catalogue is tried, and who would pay more is found; phone and desk, light and dark.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';

import { firstOperator } from '../harness/operators.mjs';
import { expectStatus } from '../harness/http.mjs';
import { button, dialog, faultsOf, launch, region, settled, visitor } from './support/browser.mjs';
import { payer } from './support/customers.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const CATALOGUE = resolve(import.meta.dirname, '../../catalog/plans.json');

let server;
let browser;

const done = (answer, status = 200) => expectStatus(answer, status).body;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2026-01-05T12:00:00Z' }), launch()]);
  await payer(server, 'ada', { tier: 'starter' });
  await server.clock.to('2026-02-10T12:00:00Z');
  await firstOperator(server, 'root');
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function shot(page, name) {
  if (!process.env.TURNPIKE_PICTURES) return;
  for (const [width, colorScheme] of [[390, 'light'], [1280, 'light'], [1280, 'dark']]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${process.env.TURNPIKE_PICTURES}/${name}-${colorScheme}-${width}.png`, fullPage: true });
  }
}

async function comeAs(userId, address) {
  const seat = await visitor(browser, { reducedMotion: 'reduce' });
  await seat.page.goto(await signInLink(server, userId));
  await seat.page.goto(server.url + address);
  await settled(seat.page);
  return seat;
}

test('a customer is asked once they agreed and upgraded, and says what they think', async () => {
  const ada = server.api.as('ada');
  const quiet = await comeAs('ada', '/billing');
  assert.equal(await quiet.page.getByText('How likely are you to recommend us?').count(), 0, 'nobody agreed to it');
  await quiet.close();
  done(await ada.put('/api/billing/privacy', { analytics: false, experiments: false, feedbackMail: true, marketing: false }));
  done(await ada.put('/api/billing/subscription', { tier: 'professional' }));
  const { page, complaints, close } = await comeAs('ada', '/billing');
  await page.getByText('How likely are you to recommend us?').waitFor();
  await page.getByRole('link', { name: 'Answer' }).click();
  await page.waitForURL('**/billing/feedback');
  await settled(page);
  assert.deepEqual(await faultsOf(page), []);
  await shot(page, 'feedback');
  await page.getByRole('radio', { name: '9', exact: true }).check();
  await page.getByLabel('In your words').fill('Fast, and I find everything.');
  await button(page, 'Send').click();
  assert.equal(await page.getByText('Thank you. We have it').count(), 0, 'without consent nothing is sent');
  await page.getByLabel('I agree that this is kept').check();
  await page.getByLabel('You may answer me by mail.').check();
  await button(page, 'Send').click();
  await page.getByText('Thank you. We have it').waitFor();
  const [said] = done(await ada.get('/api/billing/feedback')).data;
  assert.deepEqual([said.score, said.comment], [9, 'Fast, and I find everything.']);
  await page.goto(`${server.url}/billing`);
  await settled(page);
  assert.equal(await page.getByText('How likely are you to recommend us?').count(), 0, 'it was answered');
  assert.deepEqual(complaints, []);
  await close();
});

test('an operator hears it, names it and answers; few answers are no figure', async () => {
  const { page, complaints, close } = await comeAsOperator(server, browser, 'sue', 'support');
  await page.goto(`${byName(server.url)}/admin/feedback`);
  await settled(page);
  const row = region(page, 'Inbox').locator('tbody tr').filter({ hasText: 'Fast, and I find everything.' });
  assert.match(await row.innerText(), /ada[^]*Professional/);
  assert.deepEqual(await faultsOf(page), []);
  await shot(page, 'inbox');
  await button(row, 'Themes: ada').click();
  await dialog(page).getByLabel('Themes, with blanks between').fill('speed search');
  await button(dialog(page), 'Themes').click();
  await row.getByText('speed').first().waitFor();
  await button(row, 'Reply: ada').click();
  await dialog(page).getByLabel('Text').fill('Thank you, we are glad.');
  await button(dialog(page), 'Reply').click();
  await row.getByText('Replied').first().waitFor();
  const { data } = done(await server.api.get('/api/admin/outbox?limit=100'));
  assert.equal(data.filter(({ kind }) => kind === 'feedback_reply').length, 1);
  await page.getByRole('link', { name: 'Score', exact: true }).click();
  await page.getByText('Few answers: no figure below five').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await page.getByRole('link', { name: 'Themes', exact: true }).click();
  await region(page, 'Themes by weight').getByText('$99.00').first().waitFor();
  await shot(page, 'themes');
  assert.deepEqual(complaints, []);
  await close();
});

test('a catalogue is tried, and who would pay more is found', async () => {
  const { page, complaints, close } = await comeAsOperator(server, browser, 'fin', 'finance');
  const candidate = JSON.parse(await readFile(CATALOGUE, 'utf8'));
  candidate.plans.find(({ tier }) => tier === 'starter').prices = { month: 3900, year: 42120 };
  await page.goto(`${byName(server.url)}/admin/catalog`);
  await settled(page);
  await page.getByRole('link', { name: 'See what another catalogue would have come to' }).click();
  await page.waitForURL('**/admin/what-if');
  await page.getByText('Nothing was tried').waitFor();
  await button(page, 'Try a catalogue').click();
  await dialog(page).getByLabel('Catalogue').fill('{"plans": []}');
  await button(dialog(page), 'Try a catalogue').click();
  await dialog(page).getByText(/candidate:/).waitFor();
  await dialog(page).getByLabel('Catalogue').fill(JSON.stringify(candidate));
  await button(dialog(page), 'Try a catalogue').click();
  const row = region(page, 'Runs').locator('tbody tr').first();
  await row.getByText('Done').waitFor();
  assert.match(await row.innerText(), /\$29\.00[^]*\$39\.00/);
  assert.deepEqual(await faultsOf(page), []);
  await shot(page, 'what-if');
  await row.getByRole('link', { name: /^Who/ }).click();
  await region(page, 'Customer by customer').getByText('ada').first().waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await shot(page, 'what-if-customers');
  assert.deepEqual(complaints, []);
  await close();
});
