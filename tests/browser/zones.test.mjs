// Guards that pages are written as whoever reads them has chosen: language, dates and numbers, time zone, first weekday; chosen on a page, kept by
// the server, and shown with the zone's name. Days of usage are those of the zone.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { button, dialog, faultsOf, launch, region, visitor } from './support/browser.mjs';
import { addCard, customer } from './support/customers.mjs';
import { cspReports, startTurnpike } from './support/turnpike.mjs';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  await addCard(await customer(server, 'ada'));
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

test('somebody chooses Vienna, and reads its times on all pages', async () => {
  const { url } = expectStatus(await server.api.post('/api/portal-sessions', { userId: 'ada', returnPath: '/billing/settings' }), 201).body;
  const { page } = await visitor(browser, { reducedMotion: 'reduce' });
  await page.goto(url);
  await page.getByText('Times are in UTC.').waitFor();
  await button(page, 'Change language and time').click();
  const asked = dialog(page);
  await asked.getByLabel('Language').selectOption('de');
  assert.equal(await asked.getByLabel('Dates and numbers').getByRole('option').filter({ hasText: 'English' }).count(), 0, 'locales of the language alone');
  await asked.getByLabel('Dates and numbers').selectOption('de-AT');
  await asked.getByLabel('Time zone').selectOption('Europe/Vienna');
  await asked.getByLabel('Week begins on').selectOption('7');
  assert.deepEqual(await faultsOf(page), []);
  await button(asked, 'Save').click();
  await page.getByText('Zeiten sind in Europe/Vienna.').waitFor();
  const section = region(page, 'Sprache und Zeit');
  await section.getByText('Europe/Vienna').waitFor();
  assert.match(await section.textContent(), /Sonntag/);
  await page.goto(`${server.url}/billing/usage`);
  assert.equal(await page.getAttribute('html', 'lang'), 'de');
  await page.getByText('Zeiten sind in Europe/Vienna.').waitFor();
  assert.deepEqual(await faultsOf(page), []);
});
