// Guards the page about alerts: a rule is made, changed and removed with the keyboard; it says before it is saved what it would have told,
// what it tells at once and what a cap stops; whoever may not change it sees it without controls; phone and desk, light and dark.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { usageEvent } from '../harness/events.mjs';
import { expectStatus } from '../harness/http.mjs';
import { axe, button, dialog, faultsOf, launch, region, settled, visitor } from './support/browser.mjs';
import { customer, payer } from './support/customers.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const ALERTS = '/api/billing/alerts';

let server;
let browser;

const done = (answer, status = 200) => expectStatus(answer, status).body;
const rulesOf = async (userId) => done(await server.api.as(userId).get(ALERTS)).data;
const use = async (userId, value, fields) => done(await server.api.sendEvents(usageEvent({ userId, value, ...fields })));

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  await payer(server, 'ada', { tier: 'starter' });
  for (const userId of ['fresh', 'capped', 'seen']) await customer(server, userId);
  await use('ada', 60_000);
  await use('capped', 700);
  done(await server.api.as('seen').post(ALERTS, { basis: 'limit', metric: 'api_requests', thresholds: [50, 90], recipients: ['account'] }), 201);
  await use('seen', 9_500);
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function come(userId, address = '/billing/alerts', options = {}) {
  const seat = await visitor(browser, { reducedMotion: 'reduce', ...options });
  await seat.page.goto(await signInLink(server, userId));
  await seat.page.goto(server.url + address);
  await settled(seat.page);
  await seat.page.locator('.data').last().locator('table, .empty').waitFor();
  return seat;
}

async function shot(page, name) {
  if (process.env.SCREENS) await page.screenshot({ path: `${process.env.SCREENS}/${name}.png`, fullPage: true });
}

test('nobody has a rule at first; one is made by the keyboard, with what it would have told', async () => {
  const { page, complaints, close } = await come('fresh');
  await page.getByText('No rules of your own yet').waitFor();
  await page.getByRole('link', { name: 'New alert' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**open=new');
  await dialog(page).waitFor();
  await dialog(page).getByText('Not in the time that was looked at.').waitFor();
  assert.deepEqual(await axe(page), []);
  await dialog(page).getByLabel('Tell at (percent)').fill('50, 90');
  await dialog(page).getByLabel('Other addresses').fill('ops@example.com');
  await page.keyboard.press('Enter');
  await dialog(page).waitFor({ state: 'detached' });
  await page.locator('.data-table tbody tr').first().waitFor();
  const [rule] = await rulesOf('fresh');
  assert.deepEqual([rule.thresholds, rule.recipients, rule.basis, rule.metric], [[50, 90], ['account', 'ops@example.com'], 'limit', 'api_requests']);
  assert.equal(new URL(page.url()).search, '');
  assert.deepEqual(complaints, []);
  await close();
});

test('what is reached already is said before it is saved, and told then', async () => {
  const { page, complaints, close } = await come('ada', '/billing/alerts?open=new');
  await dialog(page).getByLabel('Tell at (percent)').fill('50');
  await dialog(page).getByText('Reached already: 50%. It is told as soon as you save.').waitFor();
  await dialog(page).getByText(/50%, at 60,000/).waitFor();
  await shot(page, 'alert-dialog');
  await button(dialog(page), 'Save the alert').click();
  await page.getByText('Reached: 50%').waitFor();
  await page.reload();
  await settled(page);
  await region(page, 'What was told').getByText('60,000 of 100,000').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('a budget is held against the next invoice', async () => {
  const { page, complaints, close } = await come('ada', '/billing/alerts?open=new');
  await dialog(page).getByLabel('What').selectOption('money');
  await dialog(page).getByLabel('Budget (USD)').fill('35.00');
  await button(dialog(page), 'Save the alert').click();
  await dialog(page).waitFor({ state: 'detached' });
  const budget = async () => (await rulesOf('ada')).find(({ metric }) => metric === null);
  while ((await budget()).spend === null);
  await page.reload();
  await settled(page);
  await region(page, 'Your rules').getByText('$29.00 of $35.00').waitFor();
  assert.deepEqual((await budget()).budget, { amount: 3500, currency: 'usd' });
  await page.goto(`${server.url}/billing`);
  const next = region(page, 'Next invoice');
  await next.getByText('$29.00 of the budget of $35.00, 82%').waitFor();
  assert.equal(await next.getByRole('progressbar', { name: 'Spend so far against the budget' }).getAttribute('value'), '82');
  await shot(page, 'billing-budget');
  assert.deepEqual(await faultsOf(page), []);
  assert.deepEqual(complaints, []);
  await close();
});

test('a cap below what is used says so, and asks before it blocks', async () => {
  const { page, complaints, close } = await come('capped', '/billing/alerts?open=new');
  await dialog(page).getByLabel('Percent of').selectOption('quantity');
  await dialog(page).getByLabel('Amount').fill('600');
  await dialog(page).getByLabel('Cap: let nothing through beyond 100%').check();
  await dialog(page).getByText('Everything more is refused from the moment you save.').waitFor();
  assert.equal(await button(dialog(page), 'Save the alert').isDisabled(), true);
  await shot(page, 'alert-cap');
  await dialog(page).getByLabel('I know: nothing more is let through at once').check();
  await button(dialog(page), 'Save the alert').click();
  await page.getByText('Cap: blocks at 100%').waitFor();
  const take = async () => done(await server.api.post('/api/usage/take', { userId: 'capped', metric: 'api_requests', amount: 1 })).allowed;
  assert.equal(await take(), false);
  await button(page, 'Remove the alert: API requests').click();
  await dialog(page).getByText('The cap is lifted at once').waitFor();
  await button(dialog(page), 'Remove').click();
  await page.getByText('No rules of your own yet').waitFor();
  assert.equal(await take(), true);
  assert.deepEqual(complaints, []);
  await close();
});

test('how soon a cap holds is said as it was measured, beside the cap and beside the usage', async () => {
  await customer(server, 'soon');
  done(await server.api.as('soon').post(ALERTS, { basis: 'quantity', metric: 'api_requests', amount: 900, thresholds: [100], action: 'block', recipients: ['account'] }), 201);
  for (let i = 0; i < 120; i += 1) await use('soon', 1);
  const { page, complaints, close } = await come('soon');
  const said = async () => /within (\S+) milliseconds? of a report/.exec(await page.locator('.holds').innerText())[1];
  const measured = async () => done(await server.api.as('soon').get('/api/billing/usage/enforcement')).p99Microseconds;
  await page.locator('.holds').waitFor();
  const inWords = (us) => new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 }).format(us / 1000);
  assert.equal(await said(), inWords(await measured()));
  assert.match(await page.locator('.holds').innerText(), /measured over the last \d+ minutes?\. What is taken at the gate is refused at once\./);
  await shot(page, 'alerts-soon');
  await page.goto(`${server.url}/billing/usage?metric=api_requests`);
  await page.locator('.holds').waitFor();
  assert.equal(await said(), inWords(await measured()));
  assert.deepEqual(await faultsOf(page), []);
  await shot(page, 'usage-soon');
  assert.deepEqual(complaints, []);
  await close();
});

test('a refusal stands in the dialog, and changes nothing', async () => {
  const { page, close } = await come('fresh', '/billing/alerts?open=new');
  await dialog(page).getByLabel('What').selectOption('storage');
  await dialog(page).getByText('Your plan has no limit here: choose an amount.').waitFor();
  await button(dialog(page), 'Save the alert').click();
  await dialog(page).getByText('Your plan has no limit for this. Choose an amount.').waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  assert.equal((await rulesOf('fresh')).length, 1);
  await close();
});

test('light and dark, desk and phone; what was told comes as a file', async () => {
  for (const scheme of ['light', 'dark']) {
    const { page, complaints, close } = await come('seen', '/billing/alerts', { scheme, acceptDownloads: true });
    assert.deepEqual(await faultsOf(page), []);
    await shot(page, `alerts-${scheme}`);
    await page.setViewportSize({ width: 390, height: 844 });
    await shot(page, `alerts-${scheme}-390`);
    await page.setViewportSize({ width: 1280, height: 900 });
    const [file] = await Promise.all([page.waitForEvent('download'), region(page, 'What was told').getByRole('button', { name: 'All rows as CSV' }).click()]);
    assert.match(await readFile(await file.path(), 'utf8'), /^"id","alertId","metric","basis","threshold"/);
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('a part that fails says so and is asked for again; the other stays', async () => {
  const { page, close } = await come('seen', '/billing/alerts', { refusals: [/alerts$/] });
  let fails = true;
  await page.route(`**${ALERTS}`, (route) => (fails ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"code":"internal"}' }) : route.continue()));
  await page.goto(`${server.url}/billing/alerts`);
  await region(page, 'What was told').locator('table').waitFor();
  await page.getByText('This part could not be loaded').waitFor();
  fails = false;
  await button(page, 'Try again').click();
  await region(page, 'Your rules').locator('table').waitFor();
  await close();
});

test('a viewer sees the rules, and nothing to press', async () => {
  const { page, complaints, close } = await visitor(browser);
  const authentication = { at: await server.clock.now(), methods: ['mfa'] };
  const seat = { userId: 'seen', returnPath: '/billing/alerts', role: 'viewer', person: { id: 'vi' }, authentication };
  await page.goto(done(await server.api.post('/api/portal-sessions', seat), 201).url);
  await page.goto(`${server.url}/billing/alerts?open=new`);
  await settled(page);
  await page.getByText('You see the alerts. An owner or a billing admin can change them.').waitFor();
  await region(page, 'Your rules').locator('table').waitFor();
  assert.equal(await page.getByRole('link', { name: 'New alert' }).count(), 0);
  assert.equal(await page.getByRole('button', { name: /^Remove/ }).count(), 0);
  assert.equal(await dialog(page).count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});
