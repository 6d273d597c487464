// Guards the pages that say who did what: the rows of the log, what each changed, filters that stand in the address, the way back,
// and the list as a file; for a customer their own and no other, for operators all, on phone and desk, light and dark.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { firstOperator } from '../harness/operators.mjs';
import { expectStatus } from '../harness/http.mjs';
import { button, faultsOf, launch, PHONE, region, settled, visitor } from './support/browser.mjs';
import { addCard, customer } from './support/customers.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

let server;
let browser;

const done = (answer, status = 200) => expectStatus(answer, status).body;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  await firstOperator(server, 'root');
  await addCard(await customer(server, 'quill'));
  await customer(server, 'other');
  done(await server.api.as('quill').post('/api/billing/subscribe', { tier: 'starter' }), 201);
  for (let n = 0; n < 60; n++) expectStatus(await server.api.as('quill').put('/api/billing/privacy', { analytics: n % 2 === 0, experiments: true, feedbackMail: true, marketing: false }), 200, 204);
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

const rowsOf = (page) => page.locator('.data-table tbody tr');
const cellsOf = (page, n) => page.locator(`.data-table tbody tr > :nth-child(${n})`).allInnerTexts();

async function comeAsOwner(options) {
  const seat = await visitor(browser, { reducedMotion: 'reduce', ...options });
  await seat.page.goto(await signInLink(server, 'quill'));
  await seat.page.goto(`${server.url}/billing/activity`);
  await settled(seat.page);
  await region(seat.page, /Entries|Einträge/).locator('tbody tr').first().waitFor();
  return seat;
}

async function download(page, press) {
  const [file] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

test('a customer sees their own chain, page by page, and goes back', async () => {
  const { page, complaints, close } = await comeAsOwner();
  assert.equal(await rowsOf(page).count(), 50);
  const newest = (await cellsOf(page, 3))[0];
  await page.getByRole('link', { name: 'Older' }).click();
  await page.waitForURL('**cursor=*');
  await page.getByRole('link', { name: 'To the newest' }).waitFor();
  assert.ok((await cellsOf(page, 3)).includes('customer.create'));
  await page.goBack();
  await page.waitForFunction((text) => document.querySelector('.data-table tbody tr > :nth-child(3)')?.textContent === text, newest);
  assert.equal(await rowsOf(page).count(), 50);
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('what a row changed is opened by the keyboard and stands in the address', async () => {
  const { page, complaints, close } = await comeAsOwner();
  const first = rowsOf(page).first();
  await first.locator('summary').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**open=audt_*');
  await first.locator('.hint code').waitFor();
  const id = await first.locator('details .hint code').innerText();
  assert.match(id, /^audt_/);
  await page.reload();
  await settled(page);
  await page.locator('details[open]').waitFor();
  assert.equal(await page.locator('details[open] .hint code').innerText(), id);
  assert.deepEqual(complaints, []);
  await close();
});

test('the list as a file has all rows, as the server writes them', async () => {
  const { page, complaints, close } = await comeAsOwner({ acceptDownloads: true });
  const all = [];
  for (let cursor = ''; cursor !== null;) {
    const answer = done(await server.api.as('quill').get(`/api/billing/audit?limit=100${cursor}`));
    all.push(...answer.data.map(({ id }) => id));
    cursor = answer.nextCursor && `&cursor=${answer.nextCursor}`;
  }
  const csv = await download(page, () => page.getByRole('button', { name: 'All rows as CSV' }).click());
  assert.match(csv.name, /^audit_quill_\d{4}-\d\d-\d\d\.csv$/);
  assert.match(csv.text, /^"id","chain","seq","at","actorKind",/);
  assert.equal(csv.text.match(/^"audt_/gm).length, all.length);
  const json = await download(page, () => page.getByRole('button', { name: 'All rows as JSON' }).click());
  assert.deepEqual(JSON.parse(json.text).map(({ id }) => id), all);
  assert.deepEqual(complaints, []);
  await close();
});

test('on a phone, in German, with every cell named', async () => {
  const { page, complaints, close } = await comeAsOwner({ ...PHONE, locale: 'de-DE' });
  await page.getByRole('heading', { level: 1, name: 'Aktivität' }).waitFor();
  const label = await rowsOf(page).first().locator('th').evaluate((cell) => getComputedStyle(cell, '::before').content);
  assert.equal(label, '"Was"');
  assert.deepEqual(complaints, []);
  await close();
});

test('operators filter all of it; whoever is none is told so', async () => {
  const { page, complaints, close } = await comeAsOperator(server, browser, 'ward', 'auditor');
  await page.goto(`${byName(server.url)}/admin/audit`);
  await settled(page);
  const entries = region(page, 'Entries');
  await rowsOf(entries).first().waitFor();
  await page.getByLabel('Action').fill('customer.create');
  await page.keyboard.press('Enter');
  await page.waitForURL('**action=customer.create*');
  await page.waitForFunction(() => [...document.querySelectorAll('.data-table[aria-label=Entries] tbody th')].every((cell) => cell.textContent === 'customer.create'));
  assert.deepEqual((await cellsOf(entries, 4)).sort(), ['other', 'quill']);
  await page.getByLabel('Customer (userId)').fill('nobody');
  await button(page, 'Apply').click();
  await page.getByText('No entry matches').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await page.getByRole('link', { name: 'Clear' }).click();
  await rowsOf(entries).first().waitFor();
  assert.equal(new URL(page.url()).search, '');
  assert.deepEqual(await faultsOf(page), []);
  if (process.env.SCREENS) {
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: `${process.env.SCREENS}/audit-${width}.png` });
    }
  }
  assert.deepEqual(complaints, []);
  await close();

  const owner = await comeAsOwner();
  await owner.page.goto(`${server.url}/admin/audit`);
  await settled(owner.page);
  await owner.page.getByRole('heading', { level: 1, name: 'For operators' }).waitFor();
  await owner.close();
});

test('operators look at the rows that a filter leaves once more, see what was signed, and take a proof away', async () => {
  await server.clock.advance('PT1H');
  const { page, complaints, close } = await comeAsOperator(server, browser, 'vera', 'auditor', { acceptDownloads: true });
  await page.goto(`${byName(server.url)}/admin/audit?userId=quill&action=subscription.subscribe`);
  await settled(page);
  await region(page, 'Checkpoints').getByText('Goes nowhere: no witness is set').first().waitFor();
  await page.getByRole('link', { name: 'Look at these rows once more' }).click();
  await page.waitForURL('**verify=1');
  await region(page, 'What was found').getByText('Each row that was looked at is as it was written.').waitFor();
  assert.match(await region(page, 'Looked at once more').innerText(), /Nothing was found\s+Yes\s+Rows looked at\s+1\s+Of these, signed\s+1/);
  assert.deepEqual(await faultsOf(page), []);
  await region(page, 'Entries').getByText('Show').first().click();
  const { name, text } = await download(page, () => page.getByText('Proof as a file').click());
  assert.match(name, /^proof-audt_\w+\.json$/);
  assert.equal(JSON.parse(text).row.action ?? JSON.parse(JSON.parse(text).row).action, 'subscription.subscribe');
  assert.deepEqual(complaints, []);
  await close();
});
