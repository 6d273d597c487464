// Guards the pages on which the business is run (dunning, webhooks and mails, jobs, health, corrections and withdrawals): each list with its filters in the
// address, what is done to a row by mouse and keyboard, secrets that are shown once, who may only read, an empty list, a failure that
// stays in its part; on phone and desk, light and dark.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { done, subscriber } from '../api/support.mjs';
import { firstOperator } from '../harness/operators.mjs';
import { axe, button, dialog, launch, overflow, region, settled } from './support/browser.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

let server;
let browser;
let admin;
let invoice;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2026-03-01T12:00:00Z', args: ['--webhook-allow-private'] }), launch()]);
  await firstOperator(server, 'root');
  const ada = await subscriber(server, 'ada');
  [invoice] = done(await ada.get('/api/billing/invoices')).data;
  const bob = await subscriber(server, 'bob');
  const { id } = done(await bob.post('/api/billing/payment-methods', { paymentMethodId: 'pm_card_chargeCustomerFail' }), 201);
  done(await bob.put(`/api/billing/payment-methods/${id}/default`));
  await server.clock.to(done(await bob.get('/api/billing/subscription')).currentPeriodEnd);
  await server.clock.advance('PT2H');
  admin = await comeAsOperator(server, browser, 'adam', 'admin', { refusals: [401, 404, 422] });
  admin.page.setDefaultTimeout(10_000);
});

after(async () => {
  assert.deepEqual(admin.complaints, []);
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

const shots = process.env.TURNPIKE_SHOTS;

async function look(page, name) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [size, width] of [['wide', 1280], ['narrow', 390]]) {
      await page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await axe(page), [], `${name} ${scheme} ${size}`);
      assert.equal(await overflow(page), 0, `${name} ${scheme} ${size}`);
      if (shots) await page.screenshot({ path: `${shots}/${name}-${scheme}-${size}.png`, fullPage: true });
    }
  }
  await page.setViewportSize({ width: 320, height: 900 });
  assert.equal(await overflow(page), 0, `${name} at 320 px`);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function go(page, path) {
  await page.goto(byName(server.url) + path);
  await settled(page);
}

const rows = (page) => page.locator('.data-table tbody tr');

test('events of the provider are chosen, opened, and applied once more', async () => {
  const { page } = admin;
  await go(page, '/admin/webhooks');
  await rows(page).first().waitFor();
  await page.getByLabel('Status').selectOption('applied');
  await page.keyboard.press('Tab');
  await page.getByLabel('Type').fill('invoice.paid');
  await page.keyboard.press('Enter');
  await page.waitForURL('**status=applied*');
  await page.waitForFunction(() => [...document.querySelectorAll('.data-table tbody td:nth-child(2)')].every((cell) => cell.textContent === 'invoice.paid'));
  const id = await rows(page).first().locator('th').innerText();
  await rows(page).first().getByRole('link').click();
  await page.waitForURL('**open=*');
  await region(page, id).getByText('"object": "event"').waitFor();
  await look(page, 'webhooks');
  await button(page, `Apply again: ${id}`).click();
  await button(dialog(page), 'Apply again').click();
  await page.getByText('The event waits to be applied.').waitFor();
  await page.goBack();
  assert.equal(await region(page, id).count(), 0, 'going back closes what was opened');
  await button(page, 'Apply all that failed').click();
  await dialog(page).getByLabel('From').fill('2026-02-01');
  await page.keyboard.press('Enter');
  await page.getByText('What failed waits to be applied.').waitFor();
});

test('an endpoint is made, its secret shown once, changed, disabled and deleted', async () => {
  const { page } = admin;
  await go(page, '/admin/webhooks?view=endpoints');
  await page.getByText('No endpoints').waitFor();
  await button(page, 'Add an endpoint').focus();
  await page.keyboard.press('Enter');
  await dialog(page).getByLabel('Address').fill('http://127.0.0.1:9/hooks');
  await dialog(page).getByLabel('Types').fill('invoice.paid dunning.*');
  await page.keyboard.press('Enter');
  const secret = await dialog(page).getByText(/^whsec_/).innerText();
  await button(page, 'I have noted it').click();
  await rows(page).first().waitFor();
  assert.ok(!(await page.content()).includes(secret), 'nowhere once it is closed');
  const row = (await rows(page).first().innerText()).replaceAll('\n', ' ');
  for (const words of ['http://127.0.0.1:9/hooks', 'invoice.paid', 'dunning.*', 'Enabled']) assert.ok(row.includes(words), `${words} in ${row}`);
  await look(page, 'endpoints');
  await button(page, 'Send a test: http://127.0.0.1:9/hooks').click();
  await button(dialog(page), 'Send a test').click();
  await page.getByText('The test is on its way').waitFor();
  await button(page, 'Change: http://127.0.0.1:9/hooks').click();
  await dialog(page).getByLabel('Types').fill('*');
  await button(dialog(page), 'Change').click();
  await page.getByText('The endpoint is changed.').waitFor();
  await button(page, 'Disable: http://127.0.0.1:9/hooks').click();
  await button(dialog(page), 'Disable').click();
  await rows(page).getByText('Disabled').waitFor();
  const [endpoint] = done(await server.api.get('/api/webhook-endpoints')).data;
  assert.deepEqual([endpoint.eventTypes, endpoint.status], [['*'], 'disabled']);
  await page.getByRole('link', { name: 'Deliveries' }).click();
  await rows(page).getByText('webhook.test').waitFor();
  await rows(page).first().getByRole('link').click();
  await page.getByText('"type": "webhook.test"').waitFor();
  await look(page, 'deliveries');
  await go(page, '/admin/webhooks?view=endpoints');
  await button(page, 'Delete: http://127.0.0.1:9/hooks').click();
  await button(dialog(page), 'Delete').click();
  await page.getByText('No endpoints').waitFor();
});

test('mails are read as they went out; addresses that are blocked have a place', async () => {
  const { page } = admin;
  await go(page, '/admin/webhooks?view=mails&userId=ada');
  await rows(page).first().waitFor();
  await rows(page).first().getByRole('link').first().click();
  await page.locator('.raw').first().waitFor();
  await look(page, 'mails');
  await page.getByRole('link', { name: 'Blocked addresses' }).click();
  await page.getByText('No address is blocked').waitFor();
});

test('an invoice is billed anew: first what it comes to, then exactly that', async () => {
  const { page } = admin;
  await go(page, '/admin/corrections');
  await page.getByText('No corrections').waitFor();
  await server.api.as('ada').put('/api/billing/details', { name: 'Ada Fern Ltd', email: 'ada@example.com', address: { line1: '1 High St', city: 'London', postalCode: 'N1', country: 'GB' } });
  await button(page, 'Bill an invoice anew').click();
  await dialog(page).getByLabel('Customer').fill('nobody');
  await dialog(page).getByLabel('Invoice').fill(invoice.id);
  await page.keyboard.press('Enter');
  await dialog(page).getByRole('alert').waitFor();
  await dialog(page).getByLabel('Customer').fill('ada');
  await page.keyboard.press('Enter');
  await dialog(page).getByText('Exactly this is done:').waitFor();
  assert.match(await dialog(page).innerText(), /Ada Fern Ltd/);
  if (shots) await page.screenshot({ path: `${shots}/correct.png` });
  assert.deepEqual(await axe(page), []);
  await button(dialog(page), 'Bill an invoice anew: $29.00').click();
  await page.getByText('The invoice is billed anew.').waitFor();
  await rows(page).getByText('Done').waitFor();
  await look(page, 'corrections');
  await page.getByRole('link', { name: 'Withdrawals' }).click();
  await page.getByText('No withdrawals').waitFor();
});

test('jobs say how far they are and when they run next; what was set aside has its place', async () => {
  const { page } = admin;
  done(await server.api.post('/api/admin/reconciliations', {}), 201);
  await server.clock.advance('PT1S');
  await go(page, '/admin/jobs');
  const walk = rows(page).filter({ hasText: 'Everything is compared with the payment provider.' }).filter({ hasText: '100' });
  assert.match(await walk.first().innerText(), /Done/);
  const retention = await rows(page).filter({ hasText: 'Each night what may be forgotten is.' }).filter({ hasText: 'Waits for its time' }).innerText();
  assert.match(retention, /Waits for its time[\s\S]*Apr \d, 2026, 00:00 UTC/);
  await look(page, 'jobs');
  await page.getByRole('link', { name: 'Set aside' }).click();
  await page.getByText('Nothing is set aside').waitFor();
});

test('health: each figure with its bounds, read again while somebody looks', async () => {
  const { page } = admin;
  await page.clock.install();
  await go(page, '/admin/health');
  const backup = rows(page).filter({ hasText: 'Last good backup' });
  assert.match(await backup.innerText(), /Worth a look/, 'none was taken');
  assert.match(await rows(page).filter({ hasText: 'Free disk' }).innerText(), /GB/);
  await look(page, 'health');
  const takenAt = await server.clock.now();
  done(await server.api.post('/api/admin/backups', { kind: 'backup', takenAt, files: 1, bytes: 1, outcome: 'good' }), 201);
  await page.clock.fastForward(5_000);
  await backup.getByText('Good', { exact: true }).waitFor();
});

test('dunning: a case is paused and goes on with a reason, the figures are those of the cases, another policy is tried', async () => {
  const { page } = admin;
  await go(page, '/admin/dunning');
  const row = rows(page).filter({ hasText: 'bob' });
  assert.match(await row.innerText(), /Payment failed[\s\S]*\$29\.00/);
  await look(page, 'dunning');
  await button(page, 'Charge now: $29.00: bob').waitFor();
  await button(page, 'Pause: bob').click();
  await dialog(page).getByLabel('Reason').fill('A new card is on its way');
  await page.keyboard.press('Enter');
  await page.getByText('The case is paused.').waitFor();
  await row.getByText('Paused').waitFor();
  await button(page, 'Resume: bob').click();
  await dialog(page).getByLabel('Reason').fill('It came');
  await button(dialog(page), 'Resume').click();
  await page.getByText('The case goes on.').waitFor();
  await page.getByLabel('Status').selectOption('paused');
  await button(page, 'Apply').click();
  await page.getByText('No cases').waitFor();
  await page.getByRole('link', { name: 'Figures' }).click();
  await region(page, 'Figures').getByText('At risk now').first().waitFor();
  assert.match(await region(page, 'Figures').innerText(), /At risk now[\s\S]*\$29\.00/);
  await look(page, 'dunning-figures');
  await page.getByRole('link', { name: 'Policy' }).click();
  await page.getByLabel('Days of retries').fill('7,3');
  await page.keyboard.press('Enter');
  await region(page, 'Policy').locator('.inline-note').waitFor();
  await page.goBack();
  await page.getByLabel('Days of retries').fill('1,2');
  await page.keyboard.press('Enter');
  await page.waitForURL('**retryDays=1*');
  await region(page, 'Policy').getByText('As it was, and as it would have been').waitFor();
  await look(page, 'dunning-policy');
});

test('who may only read sees no control, and is told who may', async () => {
  const { page, complaints, close } = await comeAsOperator(server, browser, 'olga', 'auditor');
  await go(page, '/admin/webhooks');
  await rows(page).first().waitFor();
  await page.getByText('An operator of the role admin changes things.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Apply' }).count(), 1, 'the filter alone');
  assert.deepEqual(complaints, []);
  await close();
});

test('a list that cannot be read says so in its place, and is read again', async () => {
  const { page } = admin;
  await page.route('**/api/admin/withdrawals*', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"code":"internal"}' }), { times: 1 });
  const failed = admin.complaints.length;
  await go(page, '/admin/corrections?view=withdrawals');
  await page.getByText('This part could not be loaded').waitFor();
  await button(page, 'Try again').click();
  await page.getByText('No withdrawals').waitFor();
  admin.complaints.splice(failed); // the browser logs the answer
});

test('a member who types the address is told that it is for operators', async () => {
  const { page, close } = await comeAsMember();
  await page.getByRole('heading', { level: 1, name: 'For operators' }).waitFor();
  await close();
});

async function comeAsMember() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(await signInLink(server, 'ada'));
  await page.goto(`${server.url}/admin/webhooks`);
  await settled(page);
  return { page, close: () => context.close() };
}
