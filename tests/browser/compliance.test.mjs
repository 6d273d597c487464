// Guards the page on which operators keep what the law wants kept: each place of it has its lists, deadlines and actions, on phone and
// desk, light and dark; who may only read finds no button that changes anything, and who may not read is told who can grant it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { firstOperator } from '../harness/operators.mjs';
import { button, dialog, faultsOf, launch, region, settled } from './support/browser.mjs';
import { customer, payer } from './support/customers.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { cspReports, NOW, startTurnpike } from './support/turnpike.mjs';

const PLACES = ['', 'privacy', 'breaches', 'reviews', 'evidence', 'retention', 'cards', 'keys', 'consents', 'register'];
const HOUR_MS = 3_600_000;
const earlier = (hours) => new Date(Date.parse(NOW) - hours * HOUR_MS).toISOString().replace('.000', '');

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  await firstOperator(server, 'root');
  await customer(server, 'asked', 'Who Asked');
  await customer(server, 'sued', 'Who Is Sued');
  await payer(server, 'payer');
  const { api } = server;
  expectStatus(await api.post('/api/admin/customers/asked/erasure', { reason: 'They wrote a letter.' }), 202);
  expectStatus(await api.post('/api/admin/retention/holds', { userId: 'sued', reason: 'A lawsuit', until: '2030-01-01T00:00:00Z' }), 201);
  const breach = { title: 'A laptop is gone', description: 'With a copy.', categories: 'customers: names' };
  expectStatus(await api.post('/api/admin/breaches', { ...breach, knownAt: earlier(80) }), 201);
  expectStatus(await api.post('/api/admin/backups', { kind: 'drill', takenAt: earlier(5), files: 2, bytes: 4_200_000, outcome: 'It opened.' }), 201);
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function come(name, role, place = 'privacy', options = {}) {
  const seat = await comeAsOperator(server, browser, name, role, options);
  await seat.page.goto(`${byName(server.url)}/admin/compliance${place && '/'}${place}`);
  await settled(seat.page);
  return seat;
}

const rowOf = (page, list, text) => region(page, list).locator('tbody tr').filter({ hasText: text });
const press = (page, name) => button(dialog(page), name).click();

test('each place is whole, on phone and desk, light and dark', async () => {
  const { page, complaints, close } = await come('ada', 'admin');
  for (const place of PLACES) {
    await page.goto(`${byName(server.url)}/admin/compliance${place && '/'}${place}`);
    await settled(page);
    assert.equal(await page.locator('h1').innerText(), 'Compliance');
    assert.deepEqual(await faultsOf(page), [], place);
    if (process.env.TURNPIKE_PICTURES) {
      for (const [width, colorScheme] of [[390, 'light'], [1280, 'light'], [1280, 'dark']]) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${process.env.TURNPIKE_PICTURES}/compliance-${place}-${colorScheme}-${width}.png`, fullPage: true });
      }
    }
  }
  assert.deepEqual(complaints, []);
  await close();
});

test('a breach is written down and closed, by the keyboard alone', async () => {
  const { page, complaints, close } = await come('bea', 'admin', 'breaches');
  assert.ok((await rowOf(page, 'Breaches', 'A laptop is gone').innerText()).includes('Overdue'));
  await button(page, 'Write down a breach').focus();
  await page.keyboard.press('Enter');
  await dialog(page).getByLabel('What is it, in a line').fill('A mail went astray');
  await dialog(page).getByLabel('What happened').fill('To the wrong customer.');
  await dialog(page).getByLabel('Which data, of whom').fill('one name');
  await dialog(page).getByLabel('Known since (UTC)').fill(earlier(10).slice(0, 16));
  await dialog(page).getByLabel('What is it, in a line').press('Enter');
  const row = rowOf(page, 'Breaches', 'A mail went astray');
  await row.getByText('in 2 days').waitFor();
  await row.getByRole('button', { name: 'Close the breach: A mail went astray' }).click();
  await dialog(page).getByLabel('Conclusion').fill('It was empty; nobody has to be told.');
  await press(page, 'Close the breach');
  await page.waitForFunction(() => document.activeElement?.tagName !== 'BODY');
  await row.getByRole('button', { name: 'Close the breach: A mail went astray' }).waitFor({ state: 'detached' });
  await row.getByText('Show', { exact: true }).click();
  await row.getByText('It was empty; nobody has to be told.').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('a request is answered: more time, and then a refusal, each with its reason', async () => {
  const { page, complaints, close } = await come('cem', 'admin');
  const row = rowOf(page, 'Requests', 'asked');
  await row.getByText('in 29 days').or(row.getByText('in 30 days')).waitFor();
  await row.getByRole('button', { name: 'Extend: asked' }).click();
  await dialog(page).getByLabel('Reason').fill('Two accounts may be meant.');
  await press(page, 'Extend');
  await row.getByRole('button', { name: 'Extend: asked' }).waitFor({ state: 'detached' });
  await row.getByText(/in \d\d days/).waitFor();
  await row.getByRole('button', { name: 'Refuse: asked' }).click();
  await dialog(page).getByLabel('Reason').fill('We could not find out who asks.');
  await press(page, 'Refuse');
  await row.getByText('Refused').waitFor();
  await page.getByRole('link', { name: 'Refused', exact: true }).click();
  await page.waitForURL('**status=refused');
  await row.waitFor();
  await page.getByRole('link', { name: 'Ready', exact: true }).click();
  await page.getByText('No requests here').waitFor();
  await page.goBack();
  await row.waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('access is reviewed: somebody keeps theirs, and it is told of whom', async () => {
  const { page, complaints, close } = await come('gil', 'admin', 'reviews');
  await button(page, 'Begin a review').click();
  await press(page, 'Begin a review');
  await region(page, 'Reviews').getByRole('link', { name: /^Show: / }).first().click();
  const row = rowOf(page, 'Who is looked at', 'root');
  await row.getByRole('button', { name: 'Keep: root' }).click();
  await dialog(page).getByLabel('Reason').fill('Runs the place.');
  await press(page, 'Keep');
  await row.getByRole('button', { name: 'Keep: root' }).waitFor({ state: 'detached' });
  await rowOf(page, 'Who is looked at', 'gil').getByRole('button', { name: 'Keep: gil' }).click();
  await dialog(page).getByLabel('Reason').fill('It is me.');
  await press(page, 'Keep');
  await dialog(page).getByText('Somebody else has to decide.').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('a pack of evidence is made, and taken away', async () => {
  const { page, complaints, close } = await come('hal', 'admin', 'evidence');
  await button(page, 'Have it made').click();
  await dialog(page).getByLabel('From (UTC)').fill('2026-11-01');
  await dialog(page).getByLabel('To, not included (UTC)').fill('2026-11-21');
  await press(page, 'Have it made');
  const row = region(page, 'Packs of evidence').locator('tbody tr').first();
  await row.getByText('Ready', { exact: true }).waitFor();
  assert.ok((await row.innerText()).includes('100%'));
  const download = page.waitForEvent('download');
  await row.getByRole('link', { name: /^Download/ }).click();
  assert.match((await download).suggestedFilename(), /^turnpike-evidence-evpk_\w+\.zip$/);
  assert.deepEqual(complaints, []);
  await close();
});

test('the overview has all clocks in one place, and leads to each', async () => {
  const { page, complaints, close } = await come('ola', 'auditor', '');
  await page.getByRole('heading', { name: 'The next purge' }).waitFor();
  for (const name of ['Requests that wait', 'Breaches and their clocks', 'Reviews of access', 'Self-check and comparison of the pages', 'Keys in force', 'Backups and drills, the latest first']) {
    await region(page, name).waitFor();
  }
  await region(page, 'Self-check and comparison of the pages').getByRole('link', { name: 'Cards and pages' }).click();
  await page.waitForURL('**/admin/compliance/cards');
  assert.deepEqual(complaints, []);
  await close();
});

test('each list is taken away as CSV and as JSON', async () => {
  const { page, close } = await come('ivy', 'auditor');
  for (const place of PLACES) {
    await page.goto(`${byName(server.url)}/admin/compliance${place && '/'}${place}`);
    await settled(page);
    for (const [name, isWell] of [['All rows as CSV', (text) => /^"?\w[\w.,"]*\r\n/.test(text)], ['All rows as JSON', (text) => Array.isArray(JSON.parse(text))]]) {
      for (const take of await page.getByRole('button', { name }).all()) {
        const download = page.waitForEvent('download');
        await take.click();
        const text = await readFile(await (await download).path(), 'utf8');
        assert.ok(isWell(text), `${place}: ${text.slice(0, 100)}`);
      }
    }
  }
  await close();
});

test('who reads alone finds what there is and nothing to press', async () => {
  const { page, complaints, close } = await come('dan', 'auditor', 'breaches');
  await page.getByText('An operator of the role admin changes things.').waitFor();
  await rowOf(page, 'Breaches', 'A laptop is gone').waitFor();
  assert.equal(await page.locator('.actions button, .filters button').count(), 0);
  const download = page.waitForEvent('download');
  await region(page, 'Breaches').getByRole('button', { name: 'All rows as CSV' }).click();
  assert.match((await download).suggestedFilename(), /^breaches_all_2026-11-21\.csv$/);
  assert.deepEqual(complaints, []);
  await close();
});

test('who may not read a list is told who can grant it, and sees the others', async () => {
  const { page, close } = await come('eve', 'support');
  await rowOf(page, 'Requests', 'asked').waitFor();
  await page.getByRole('link', { name: 'Breaches', exact: true }).click();
  await region(page, 'Breaches').getByRole('alert').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await close();
});
