// Guards what the pages do when the server is in trouble: parts that fail, answers that get lost, figures that are
// late. The running program cannot be made to do so, so these run against the mock.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { agree, button, choice, faultsOf, launch, link, PHONE, region, settled, visitor } from './support/browser.mjs';
import { mockSignIn, startMock } from './support/mock.mjs';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startMock(), launch()]);
});

after(async () => {
  await browser.close();
  await server.stop();
});

/** Runs one story as the customer of `scenario` and ends with: nothing was complained about, but for what has `but` in it. */
function story(name, scenario, steps, view, but = undefined) {
  test(name, async () => {
    const { page, complaints, close } = await visitor(browser, view);
    await page.goto(mockSignIn(server.base, scenario));
    await settled(page);
    await steps(page);
    assert.deepEqual(complaints.filter((one) => but === undefined || !one.includes(but)), []);
    await close();
  });
}

async function chooseProfessional(page) {
  await link(page, 'Change plan').click();
  await page.getByRole('radio', { name: /Professional/ }).check();
  await button(page, 'Pay $35.00').waitFor();
}

const isCommit = (request) => request.method() === 'PUT' && !request.url().includes('preview');

describe('trouble', { concurrency: 3 }, () => {
  story('each part fails alone, with its request id, and recovers alone', 'down', async (page) => {
    assert.match(await region(page, 'Usage').innerText(), /could not be loaded[\s\S]*Request req_/);
    assert.match(await region(page, 'Next invoice').innerText(), /\$29\.00/);
    await page.route('**/api/billing/usage', (route) => route.fulfill({ json: { periodStart: '2026-11-06T00:00:00Z', periodEnd: '2026-12-06T00:00:00Z', asOf: '2026-11-21T14:05:00Z', metrics: [] } }));
    await region(page, 'Usage').getByRole('button', { name: 'Try again' }).click();
    await region(page, 'Usage').getByText('Complete to').waitFor();
    await page.goto(`${server.base}/billing/invoices`);
    await settled(page);
    assert.match(await region(page, 'All invoices').innerText(), /could not be loaded/);
  }, { refusals: [503] });

  test('a page whose words do not arrive says so, in the language of the visitor', async () => {
    const { page, close } = await visitor(browser, { locale: 'de-DE' });
    await page.route('**/assets/*.json', (route) => route.abort());
    await page.goto(`${server.base}/pricing`);
    await page.getByText('Diese Seite konnte nicht geladen werden. Bitte laden Sie sie neu.').waitFor();
    await close();
  });

  story('late figures are called late', 'stale', async (page) => {
    assert.match(await region(page, 'Usage').innerText(), /Delayed: complete to 13:48:02 UTC/);
  });

  story('a quote that runs out is renewed in sight, and nothing is charged', 'quick_quote', async (page) => {
    await link(page, 'Change plan').click();
    await page.getByRole('radio', { name: /Professional/ }).check();
    await page.getByText('The price was renewed and is the same.').waitFor();
    await choice(page).getByText('Starter current').waitFor();
  });

  test('a lost answer is repeated with the same key', async () => {
    const { page, close } = await visitor(browser);
    await page.goto(mockSignIn(server.base, 'starter'));
    await settled(page);
    await chooseProfessional(page);
    const keys = [];
    await page.route('**/api/billing/subscription', async (route) => {
      if (!isCommit(route.request())) return route.continue();
      keys.push(route.request().headers()['idempotency-key']);
      return keys.length === 1 ? route.abort() : route.continue();
    });
    await agree(page);
    await button(page, 'Pay $35.00').click();
    await page.getByText('We do not know yet whether this went through').waitFor();
    await agree(page);
    await button(page, 'Pay $35.00').click();
    await page.getByText('Done: you are on Professional.').waitFor();
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    await close();
  });

  story('while an answer is slow the choice is locked and the button does nothing twice', 'starter', async (page) => {
    await chooseProfessional(page);
    let answer;
    let commits = 0;
    const held = new Promise((resolve) => { answer = resolve; });
    await page.route('**/api/billing/subscription', async (route) => {
      if (isCommit(route.request())) {
        commits += 1;
        await held;
      }
      await route.continue();
    });
    await agree(page);
    await button(page, 'Pay $35.00').click();
    await button(page, 'Working…').click({ force: true });
    assert.ok(await page.getByRole('radio', { name: /Starter/ }).isDisabled());
    assert.equal(await link(page, 'Cancel').count(), 0);
    answer();
    await page.getByText('Done: you are on Professional.').waitFor();
    assert.equal(commits, 1);
  });

  story('offline is said, and over when it is over', 'starter', async (page) => {
    await page.context().setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await page.context().setOffline(false);
    await page.getByText('You are offline.').waitFor({ state: 'detached' });
  }, undefined, 'ERR_INTERNET_DISCONNECTED'); // what the page had just asked for

  story('a choice that comes while the one before is still asked for waits its turn', 'starter', async (page) => {
    let refused = 0;
    await page.route('**/api/billing/subscription?preview=true*', (route) => {
      if (refused++ >= 2) return route.fallback();
      return route.fulfill({ status: 409, contentType: 'application/problem+json', json: { type: 'about:blank', title: 'Busy', status: 409, code: 'operation_in_progress', detail: 'Another change is under way.' } });
    });
    await chooseProfessional(page);
    assert.ok(refused > 2);
  }, { refusals: [409] });

  story('what is opened without a line comes with the line', 'starter', async (page) => {
    await page.context().setOffline(true);
    await page.getByText('You are offline.').waitFor();
    await link(page, 'Change plan').click();
    await page.context().setOffline(false);
    await choice(page).getByRole('radio', { name: /Professional/ }).waitFor();
  }, undefined, 'ERR_INTERNET_DISCONNECTED');
});

describe('read by everybody', { concurrency: 3 }, () => {
  for (const scenario of ['down', 'stale', 'enterprise']) {
    const view = { reducedMotion: 'reduce', refusals: scenario === 'down' ? [503] : [] };
    story(`billing of "${scenario}"`, scenario, async (page) => assert.deepEqual(await faultsOf(page, [PHONE]), []), view);
  }
});
