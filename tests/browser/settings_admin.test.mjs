// Guards the page on which operators see how the installation is set up, invite each other and make keys: a key is shown once, each
// place is whole on phone and desk, and who may only read finds nothing to press.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { firstOperator } from '../harness/operators.mjs';
import { button, dialog, faultsOf, launch, region, settled } from './support/browser.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { cspReports, startTurnpike } from './support/turnpike.mjs';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ env: { TURNPIKE_ALERTS_TO: 'ops@nova.example' } }), launch()]);
  await firstOperator(server, 'root');
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function come(name, role, place = '', options = {}) {
  const seat = await comeAsOperator(server, browser, name, role, options);
  await seat.page.goto(`${byName(server.url)}/admin/settings${place && '/'}${place}`);
  await settled(seat.page);
  return seat;
}

const rowOf = (page, list, text) => region(page, list).locator('tbody tr').filter({ hasText: text });
const press = (page, name) => button(dialog(page), name).click();

test('each place is whole, in both languages, on phone and desk, light and dark', async () => {
  const { page, complaints, close } = await come('ada', 'admin');
  for (const place of ['', 'keys', 'system']) {
    await page.goto(`${byName(server.url)}/admin/settings${place && '/'}${place}`);
    await settled(page);
    assert.equal(await page.locator('h1').innerText(), 'Settings');
    assert.deepEqual(await faultsOf(page), [], place);
    if (process.env.TURNPIKE_PICTURES) {
      for (const [width, colorScheme] of [[390, 'light'], [1280, 'light'], [1280, 'dark']]) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${process.env.TURNPIKE_PICTURES}/settings-${place}-${colorScheme}-${width}.png`, fullPage: true });
      }
    }
    await page.emulateMedia({ forcedColors: 'active' });
    assert.deepEqual(await faultsOf(page), [], `${place} in forced colours`);
    await page.emulateMedia({ forcedColors: 'none' });
  }
  const alerts = await rowOf(page, 'Options', 'alerts-to').innerText();
  for (const words of ['ops@nova.example', 'the environment']) assert.ok(alerts.includes(words), `${words} in ${alerts}`);
  assert.deepEqual(complaints, []);
  await close();
});

test('a key is made, shown once, works, is renewed and revoked', async () => {
  const { page, complaints, close } = await come('bea', 'admin', 'keys');
  const keyOf = async () => (await dialog(page).getByText(/^tp_\w{20,}$/).innerText()).trim();
  const works = async (key) => (await fetch(`${server.url}/api/customers/nobody`, { headers: { authorization: `Bearer ${key}` } })).status;
  await button(page, 'Make an API key').click();
  await dialog(page).getByLabel('What it is for').fill('billing desk');
  await dialog(page).getByLabel('make customers').check();
  await dialog(page).getByLabel('read billing').check();
  await dialog(page).getByLabel('Ends by itself (UTC)').fill('2027-11-21');
  await press(page, 'Make an API key');
  await dialog(page).getByText('Copy it now').waitFor();
  const first = await keyOf();
  assert.equal(await works(first), 404);
  await press(page, 'I have noted it');
  const row = rowOf(page, 'API keys', 'billing desk');
  await row.getByText('read billing, make customers').waitFor();
  assert.ok(!(await page.content()).includes(first), 'it is shown once');
  await row.getByRole('button', { name: 'Rotate: billing desk' }).click();
  await dialog(page).getByLabel('Hours for which the old one goes on working').fill('0');
  await press(page, 'Rotate');
  const second = await keyOf();
  assert.equal(await works(second), 404);
  assert.equal(await works(first), 401);
  await press(page, 'I have noted it');
  await row.getByRole('button', { name: 'Revoke: billing desk' }).last().click();
  await press(page, 'Revoke');
  await row.getByText('Revoked').first().waitFor();
  assert.equal(await works(second), 401);
  assert.deepEqual(complaints, []);
  await close();
});

test('somebody is invited and not, and another gets another role', async () => {
  const { page, complaints, close } = await come('cem', 'admin');
  await button(page, 'Invite an operator').click();
  await dialog(page).getByLabel('Address').fill('new@nova.example');
  await dialog(page).getByLabel('Role').selectOption('support');
  await press(page, 'Invite an operator');
  const invited = rowOf(page, 'Waiting invitations', 'new@nova.example');
  await page.reload();
  await invited.getByText('Support').waitFor();
  await invited.getByRole('button', { name: 'Take back: new@nova.example' }).click();
  await press(page, 'Take back');
  await page.getByText('Nobody is invited').waitFor();
  const other = rowOf(page, 'Operators', 'bea.page@example.com');
  await other.getByRole('button', { name: 'Change role: bea.page@example.com' }).click();
  await dialog(page).getByLabel('Role').selectOption('finance');
  await press(page, 'Change role');
  await other.getByText('Finance').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('who reads alone sees who operates, and nothing to press', async () => {
  const { page, complaints, close } = await come('dan', 'auditor');
  await page.getByText('An operator of the role admin changes things.').waitFor();
  await rowOf(page, 'Operators', 'ada.page@example.com').waitFor();
  const matrix = await rowOf(page, 'Who may what', 'evidence:write').innerText();
  assert.match(matrix, /yes/);
  assert.equal(await page.locator('.actions button, .filters button').count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});
