// Guards the page about usage: its figures are those of the API, every chart can be walked through by keys and read as a table, what it
// shows stands in the address, and a limit that is reached while somebody looks is there at once; on phone and desk, light, dark, and in
// the visitor's own colours.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { usageEvent } from '../harness/events.mjs';
import { expectStatus } from '../harness/http.mjs';
import { axe, button, DESK, faultsOf, launch, PHONE, region, settled, visitor } from './support/browser.mjs';
import { customer, payer } from './support/customers.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const START = '2026-10-03T12:05:40Z';
const DAYS = 45;
const HOUR_MS = 3_600_000;

let server;
let browser;

const done = (answer, status = 200) => expectStatus(answer, status).body;
const figure = (page, name) => page.getByRole('figure', { name });
const cursor = (page, name) => figure(page, name).getByRole('application');
const said = (page, name) => figure(page, name).locator('.chart-said');

/** A day of requests: more by day than by night, less on weekends, from two places. */
function requestsOf(userId, now, day) {
  return Array.from({ length: 12 }, (_, i) => {
    const at = new Date(now - (2 * i + 1) * HOUR_MS);
    const isQuiet = at.getUTCDay() % 6 === 0 || at.getUTCHours() < 7;
    const value = Math.round((isQuiet ? 40 : 160) * (1 + 0.4 * Math.sin(day * 1.7 + i)));
    return usageEvent({ userId, value, time: at.toISOString(), region: i % 3 === 0 ? 'iad' : 'fra', resource: i % 4 === 0 ? '' : `shop-${i % 3}` });
  });
}

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: START }), launch()]);
  await payer(server, 'ada', { tier: 'starter' });
  for (let day = 0; day < DAYS; day += 1) {
    await server.clock.advance('P1D');
    const now = Date.parse(await server.clock.now());
    const events = requestsOf('ada', now, day);
    if (day === 3) events.push(usageEvent({ userId: 'ada', metric: 'modules', set: 7 }));
    if (day === 40) events.push(usageEvent({ userId: 'ada', metric: 'modules', set: 9 }));
    assert.equal(done(await server.api.sendEvents(events)).rejected, 0);
  }
  await customer(server, 'fresh');
  await customer(server, 'full');
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function come(userId, address = '/billing/usage', options = {}) {
  const seat = await visitor(browser, { reducedMotion: 'reduce', ...options });
  await seat.page.goto(await signInLink(server, userId));
  await seat.page.goto(server.url + address);
  await settled(seat.page);
  return seat;
}

const usageOf = async (userId, query = '') => done(await server.api.as(userId).get(`/api/billing/usage${query}`));
const number = (value) => new Intl.NumberFormat('en-US').format(value);

async function shot(page, name) {
  if (process.env.SCREENS) await page.screenshot({ path: `${process.env.SCREENS}/${name}.png`, fullPage: true });
}

test('keys walk through the bars, and what they say is what the API has', async () => {
  const { page, complaints, close } = await come('ada', '/billing/usage?metric=api_requests');
  await cursor(page, 'API requests by day').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  const usage = await usageOf('ada');
  const day = new Date(Date.parse(usage.periodStart) + 24 * HOUR_MS).toISOString().slice(0, 10);
  const { series } = await usageOf('ada', `?metric=api_requests&granularity=day&from=${day}T00:00:00Z&to=${day}T23:59:59Z`);
  const value = number(series[0].points[0].value);
  const adjusted = number(series[0].points[0].adjusted);
  const name = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(day));
  assert.equal(await said(page, 'API requests by day').innerText(), `${name}: Within the limit ${value}, Above the limit 0; total ${value}, Adjusted ${adjusted}`);
  await page.keyboard.press('Escape');
  assert.match(await said(page, 'API requests by day').innerText(), /arrow keys/);
  await page.keyboard.press('End');
  assert.match(await said(page, 'API requests by day').innerText(), /no figures/, 'what is to come is missing, not 0');
  await button(figure(page, 'API requests by day'), 'Above the limit').click();
  assert.equal(await said(page, 'API requests by day').innerText(), 'Above the limit is hidden.');
  assert.deepEqual(complaints, []);
  await close();
});

test('the bars of a cycle are its total, in the table as well, and the file has the points of the API', async () => {
  const { page, complaints, close } = await come('ada', '/billing/usage?metric=api_requests&table=bars', { acceptDownloads: true });
  const { metrics } = await usageOf('ada');
  const { used } = metrics.find(({ metric }) => metric === 'api_requests');
  const last = figure(page, 'API requests by day').locator('tbody td:nth-last-child(2)'); // beside it: of which late
  await last.filter({ hasText: /[1-9]/ }).first().waitFor();
  const cells = await last.allInnerTexts();
  const values = cells.filter((text) => text !== '–').map((text) => Number(text.replaceAll(',', '')));
  assert.equal(values.reduce((sum, value) => sum + value, 0), used);
  assert.ok(cells.includes('–'));
  const [file] = await Promise.all([page.waitForEvent('download'), figure(page, 'API requests by day').getByRole('button', { name: 'All rows as CSV' }).click()]);
  assert.match(file.suggestedFilename(), /^usage_api_requests_ada_2026-11-03_2026-12-03_2026-11-17\.csv$/);
  const text = await readFile(await file.path(), 'utf8');
  const points = done(await server.api.as('ada').get('/api/billing/usage/points?metric=api_requests&granularity=day&from=2026-11-03T12:00:00Z&to=2026-12-03T12:05:40Z')).data;
  assert.match(text, /^"metric","unit","region","resource","at","value","events","adjusted","adjustedEvents"\r\n/);
  assert.equal(text.split('\r\n').length - 2, points.length);
  assert.deepEqual(complaints, []);
  await close();
});

test('a pressed bar shows its hours; the way back, and a link to a past cycle', async () => {
  const { page, complaints, close } = await come('ada', '/billing/usage?metric=api_requests');
  await cursor(page, 'API requests by day').focus();
  for (const key of ['Home', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
  await page.waitForURL('**by=hour*day=2026-11-04*');
  await figure(page, 'API requests on Nov 4, 2026 by hour').waitFor();
  await page.getByRole('link', { name: 'Day after' }).click();
  await figure(page, 'API requests on Nov 5, 2026 by hour').waitFor();
  await page.goBack();
  await page.goBack();
  await figure(page, 'API requests by day').waitFor();
  assert.equal(new URL(page.url()).search, '?metric=api_requests');
  await page.getByLabel('Cycle').selectOption({ index: 1 });
  await page.waitForURL('**cycle=2026-10-03*');
  await settled(page);
  await page.reload();
  await settled(page);
  const { series } = await usageOf('ada', '?granularity=period&metric=api_requests');
  await page.getByText(`${number(series[0].points[0].value)} in this cycle`).waitFor();
  await page.getByText('The limit of a past cycle is not shown').waitFor();
  await shot(page, 'usage-past');
  await page.goto(`${server.url}/billing/usage?metric=api_requests&group=resource`);
  await figure(page, 'API requests by day').getByRole('button', { name: '(unlabelled)' }).waitFor();
  await shot(page, 'usage-group');
  await page.goto(`${server.url}/billing/usage?metric=nothing&cycle=never&by=year&day=x&group=mood`);
  await settled(page);
  await page.locator('.meter-tabs a[aria-current]').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('the running sum, the forecast and how it comes about, busiest hours, levels', async () => {
  const { page, complaints, close } = await come('ada', '/billing/usage?metric=api_requests');
  await page.getByText(/By the end of the cycle: [\d,]+ to [\d,]+\./).waitFor();
  await page.getByText(/carried on to the end/).waitFor();
  const sum = figure(page, 'API requests in all');
  await sum.getByRole('button', { name: 'Cycle before' }).waitFor();
  const peaks = figure(page, /Busiest hours/);
  await peaks.getByRole('application').focus();
  for (const key of ['Home', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  assert.match(await peaks.locator('.chart-said').innerText(), /^Tue 01:00: /);
  await shot(page, 'usage-desk');
  await page.getByRole('link', { name: /^Modules/ }).click();
  await figure(page, 'Modules over time').waitFor();
  await cursor(page, 'Modules over time').focus();
  await page.keyboard.press('Home');
  await shot(page, 'usage-gauge');
  assert.deepEqual(complaints, []);
  await close();
});

test('without a fault on phone and desk, light and dark, tables open, and in the visitor\'s own colours', async () => {
  const { page, complaints, close } = await come('ada', '/billing/usage?metric=api_requests&table=bars');
  await page.setViewportSize(PHONE);
  await shot(page, 'usage-phone-table');
  assert.deepEqual(await faultsOf(page), []);
  await page.goto(`${server.url}/billing/usage?metric=api_requests&table=peaks`);
  await settled(page);
  assert.deepEqual(await faultsOf(page, [PHONE]), []);
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size);
    await page.emulateMedia({ forcedColors: 'active', colorScheme: 'light' });
    await shot(page, `usage-forced-${size.width}`);
    assert.deepEqual(await axe(page), []);
    await page.emulateMedia({ forcedColors: 'none', colorScheme: 'dark' });
    await shot(page, `usage-dark-${size.width}`);
  }
  assert.deepEqual(complaints, []);
  await close();
});

test('a limit that is reached while somebody looks is there without a reload', async () => {
  const { page, complaints, close } = await come('full');
  await page.getByText('No events yet').waitFor();
  await page.getByRole('region', { name: 'A call that sends an event' }).waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await server.api.sendEvents([usageEvent({ userId: 'full', value: 9_990 })]);
  await page.locator('.meter-head').getByText('Near limit').waitFor();
  let allowed = 0;
  for (let n = 0; n < 40; n += 1) {
    const answer = await server.api.post('/api/usage/take', { userId: 'full', metric: 'api_requests', amount: 100, id: `take-${n}` });
    if (answer.status !== 200 || answer.body.allowed !== true) break;
    allowed += 1;
  }
  assert.ok(allowed > 0 && allowed < 40, `${allowed} takes`);
  await page.locator('.meter-head').getByText(/Over limit|Blocked/).first().waitFor();
  const { metrics } = await usageOf('full');
  const { used } = metrics.find(({ metric }) => metric === 'api_requests');
  await page.locator('.meter-head').getByText(`${number(used)} in this cycle`).waitFor();
  await figure(page, 'API requests by day').getByText(/highest at/).first().waitFor();
  await page.waitForFunction((total) => document.querySelector('.chart figcaption')?.textContent?.includes(total), number(used));
  await page.getByText('A forecast is shown after three days').waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('figures that no longer come are called late', async () => {
  const { page, close } = await come('ada', '/billing/usage?metric=api_requests', { refusals: [503] });
  assert.equal(await page.locator('.freshness.is-stale').count(), 0);
  const asOf = new Date(Date.parse(await server.clock.now()) - 6 * 60_000).toISOString();
  await page.route('**/api/billing/usage/live', (route) => route.abort());
  await page.route('**/api/billing/usage', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), asOf } });
  });
  await page.reload();
  await page.locator('.freshness.is-stale').waitFor();
  assert.match(await page.locator('.freshness').innerText(), /^Delayed: complete to/);
  await close();
});

test('while the intake of events is paused, figures grow old before the eyes of who looks, and are fresh again when it goes on', async () => {
  const { page, complaints, close } = await visitor(browser, { reducedMotion: 'reduce' });
  await page.clock.install();
  await page.goto(await signInLink(server, 'fresh'));
  await page.goto(`${server.url}/billing/usage`);
  await settled(page);
  const stamp = page.locator('.freshness');
  const lookedAgain = async () => {
    const answer = page.waitForResponse((response) => response.url().endsWith('/api/billing/usage'));
    await page.clock.runFor(61_000);
    await answer;
  };
  const ingestion = async (act) => done(await server.api.post(`/api/admin/ingestion/${act}`, { reason: 'The disk is being moved' }));
  const isLate = async (stale) => {
    const late = page.locator('.freshness.is-stale');
    for (let n = 0; n < 100 && (await late.count() === 1) !== stale; n += 1) await page.clock.runFor(1_000); // they look again each minute
    assert.equal(await late.count() === 1, stale);
  };
  const { since } = await ingestion('pause');
  assert.equal((await server.api.sendEvents(usageEvent({ userId: 'fresh', value: 3 }))).status, 503);
  await server.clock.advance('PT4M');
  await lookedAgain();
  await isLate(false);
  assert.match(await stamp.innerText(), /^Complete to/);
  await server.clock.advance('PT2M');
  await lookedAgain();
  await isLate(true);
  assert.match(await stamp.innerText(), /^Delayed: complete to/);
  assert.equal(Date.parse(await stamp.locator('time').getAttribute('datetime')), Date.parse(since), 'the moment of the pause');
  const lag = page.getByText('Figures lag: they are complete to');
  await lag.waitFor();
  await shot(page, 'usage-paused');
  await ingestion('resume');
  done(await server.api.sendEvents(usageEvent({ userId: 'fresh', value: 3 })));
  await lookedAgain();
  await isLate(false);
  assert.equal(await lag.count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});

test('a member who only looks sees the same and changes nothing; in German', async () => {
  const { page, complaints, close } = await visitor(browser, { reducedMotion: 'reduce', ...PHONE, locale: 'de-DE' });
  const seat = { userId: 'ada', returnPath: '/billing', role: 'viewer', person: { id: 'vera', email: 'vera@example.com', name: 'Vera' } };
  await page.goto(done(await server.api.post('/api/portal-sessions', seat), 201).url);
  await page.goto(`${server.url}/billing/usage?metric=api_requests`);
  await settled(page);
  await page.getByRole('heading', { level: 1, name: 'Verbrauch' }).waitFor();
  await figure(page, 'API-Anfragen nach Tagen').waitFor();
  await shot(page, 'usage-phone-de');
  assert.equal(await region(page, 'Zahlen').getByRole('link', { name: 'Upgrade' }).count(), 0);
  assert.deepEqual(complaints, []);
  await close();
});

test('whatever is used, the cost shown is that of the draft of the invoice', async () => {
  const draft = async () => done(await server.api.as('ada').get('/api/billing/invoices/upcoming')).amountDue;
  for (let n = 0; n < 3; n += 1) {
    const value = 1 + Math.floor(Math.random() * 5_000);
    done(await server.api.sendEvents(usageEvent({ userId: 'ada', value })));
    const { page, complaints, close } = await come('ada');
    const { amount, currency } = await draft();
    const words = new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amount / 100);
    await region(page, 'What it costs').getByText(words).waitFor();
    const paper = await region(page, 'What it costs').getByRole('link').getAttribute('href');
    assert.equal(paper, '/api/billing/invoices/upcoming/pdf');
    assert.deepEqual(complaints, []);
    await close();
  }
});

test('a day that is picked says what it consists of', async () => {
  const { page, complaints, close } = await come('ada', '/billing/usage?metric=api_requests&by=hour&day=2026-11-05');
  const top = region(page, 'What made Nov 5, 2026');
  await top.getByText('fra', { exact: true }).waitFor();
  const { series } = await usageOf('ada', '?metric=api_requests&granularity=hour&groupBy=region&from=2026-11-05T00:00:00Z&to=2026-11-06T00:00:00Z');
  const sum = (name) => series.filter(({ region: of }) => of === name).flatMap(({ points }) => points).reduce((total, { value }) => total + value, 0);
  const share = Math.floor((sum('fra') * 100) / (sum('fra') + sum('iad')));
  await top.getByText(`${number(sum('fra'))} (${share}%)`).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('who begins tries an event that counts nothing, sees the first one come in, and a bar that grew late says so', async () => {
  await customer(server, 'novice');
  const { page, complaints, close } = await come('novice');
  await button(page, 'Try this event').click();
  await page.getByText('Accepted: 1 API requests. It was a test, and nothing was counted.').waitFor();
  const rows = page.locator('.tail li');
  await rows.first().waitFor();
  assert.match(await rows.first().innerText(), /Accepted.*Test, not counted/s);
  assert.equal((await usageOf('novice')).metrics.find(({ metric }) => metric === 'api_requests').used, 0);
  await button(page, 'Pause').click();
  await page.getByText('Paused: what comes in meanwhile').waitFor();
  await button(page, 'Go on').click();
  await page.getByText('What is reported from now on').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  const late = usageEvent({ userId: 'novice', value: 70, time: await server.clock.now() });
  await server.clock.advance('PT3H');
  assert.equal(done(await server.api.sendEvents([usageEvent({ userId: 'novice', value: 30 }), late])).accepted, 2);
  assert.deepEqual(complaints, []);
  await close();
  const seat = await come('novice', '/billing/usage?metric=api_requests&table=bars');
  const bars = figure(seat.page, 'API requests by day');
  await bars.getByRole('columnheader', { name: 'Adjusted' }).waitFor();
  assert.equal(await bars.getByRole('cell', { name: '70', exact: true }).count() > 0, true);
  assert.deepEqual(seat.complaints, []);
  await seat.close();
});
