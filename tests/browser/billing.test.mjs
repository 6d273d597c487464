// Guards the journeys of a customer: buy, change, cancel, pay, with the mouse and with the keyboard, and what each
// refusal of the server leads to. They need particular customers, so they run against the mock.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { axe, isReal, launch, settled, signInUrl, startServer, visitor } from './support/browser.mjs';

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await launch();
});

after(async () => {
  await browser.close();
  await server.stop();
});

/** Runs one journey as the customer of `scenario` and ends with: nothing was complained about. */
function journey(name, scenario, steps, { path = '/billing', ...view } = {}) {
  test(name, { skip: isReal && 'needs the customers of the mock' }, async () => {
    const { page, complaints, close } = await visitor(browser, view);
    await page.goto(`${signInUrl(server.base, scenario)}&next=${encodeURIComponent(path)}`);
    await settled(page);
    await steps(page);
    assert.deepEqual(complaints, []);
    await close();
  });
}

const dialog = (page) => page.getByRole('dialog');
const button = (page, name) => page.getByRole('button', { name, exact: true });
const region = (page, name) => page.getByRole('region', { name });

async function chooseProfessional(page) {
  await button(page, 'Change plan').click();
  await page.getByRole('radio', { name: /Professional/ }).check();
  await button(page, 'Pay $35.00').waitFor();
}

describe('plan change', () => {
  journey('an upgrade shows every line, carries its amount on the button and ends on a receipt', 'starter', async (page) => {
    await chooseProfessional(page);
    const text = await dialog(page).innerText();
    for (const words of ['Unused time on Starter', '-$14.50', '$49.50', 'Due now', '$35.00', 'Next invoice', '$99.00', 'held until 14:20:40 UTC']) {
      assert.ok(text.includes(words), words);
    }
    assert.deepEqual(await axe(page), []);
    await button(page, 'Pay $35.00').click();
    await page.getByText('Done: you are on Professional.').waitFor();
    assert.ok(await page.getByText('Paid $35.00.').isVisible());
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await region(page, 'Invoices').getByText('$35.00').waitFor();
    assert.match(await region(page, 'Plan').innerText(), /Professional/);
  });

  journey('the whole upgrade works with the keyboard, and the focus comes back', 'starter', async (page) => {
    await button(page, 'Change plan').focus();
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await page.getByRole('radio', { name: /Starter/ }).focus();
    await page.keyboard.press('ArrowDown');
    await button(page, 'Pay $35.00').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Change plan');
    await page.keyboard.press('Enter');
    await page.getByRole('radio', { name: /Starter/ }).focus();
    await page.keyboard.press('ArrowDown');
    await button(page, 'Pay $35.00').waitFor();
    for (let presses = 0; presses < 12; presses += 1) {
      if (await page.evaluate(() => document.activeElement.textContent === 'Pay $35.00')) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByText('Done: you are on Professional.').waitFor();
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Change plan');
  });

  journey('a downgrade waits for the period end, and says what is lost and what is too much', 'yearly', async (page) => {
    await button(page, 'Change plan').click();
    await page.getByRole('radio', { name: /Starter/ }).check();
    await page.getByText('You would lose').waitFor();
    const text = await dialog(page).innerText();
    for (const words of ['Team management', 'Modules: 64 in use, new limit 25', 'Collaborators: 6 in use, new limit 3', '48 hours']) {
      assert.ok(text.includes(words), words);
    }
    assert.deepEqual(await axe(page), []);
    await button(page, 'Change on Mar 6, 2027').click();
    await page.getByText('Scheduled: Starter from Mar 6, 2027.').waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await button(page, 'Undo the change').click();
    await page.getByText('Your plan goes on as before.').waitFor();
  });

  journey('a quote that runs out is renewed in sight, and nothing is charged', 'quick_quote', async (page) => {
    await button(page, 'Change plan').click();
    await page.getByRole('radio', { name: /Professional/ }).check();
    await page.getByText('The price was renewed and is the same.').waitFor();
    assert.match(await region(page, 'Plan').innerText(), /Starter/);
  });

  journey('a quote refused at the commit is renewed too, and needs another yes', 'expired_quote', async (page) => {
    await chooseProfessional(page);
    await button(page, 'Pay $35.00').click();
    await page.getByText('The price was renewed and is the same.').waitFor();
    assert.match(await region(page, 'Plan').innerText(), /Starter/);
    await button(page, 'Pay $35.00').click();
    await page.getByText('Done: you are on Professional.').waitFor();
  });

  journey('a declined card says so, keeps the plan, and offers another card', 'declined', async (page) => {
    await chooseProfessional(page);
    await button(page, 'Pay $35.00').click();
    const alert = dialog(page).getByRole('alert');
    await alert.waitFor();
    const text = await alert.innerText();
    for (const words of ['Nothing was changed', 'declined', 'insufficient funds', 'Request req_']) assert.ok(text.includes(words), words);
    assert.ok(await dialog(page).getByRole('button', { name: 'Add a card and continue' }).isVisible());
    assert.deepEqual(await axe(page), []);
  });

  journey('a payment that the bank wants confirmed leads to the bank', 'confirm', async (page) => {
    await chooseProfessional(page);
    await button(page, 'Pay $35.00').click();
    const link = page.getByRole('link', { name: 'Confirm with your bank' });
    await link.waitFor();
    assert.equal(await link.getAttribute('href'), '/mock/hosted/confirm');
  });

  journey('a session that ends in between keeps the dialog', 'lost_session', async (page) => {
    await chooseProfessional(page);
    await button(page, 'Pay $35.00').click();
    await page.getByText('Your session has ended').waitFor();
    assert.deepEqual(await axe(page), []);
    await button(page, 'I have signed in').click();
    await page.getByText('Your session has ended').waitFor({ state: 'detached' });
    await button(page, 'Pay $35.00').click();
    await page.getByText('Done: you are on Professional.').waitFor();
  });

  test('a lost answer is repeated with the same key', { skip: isReal && 'needs the customers of the mock' }, async () => {
    const { page, close } = await visitor(browser);
    await page.goto(signInUrl(server.base, 'starter'));
    await settled(page);
    await chooseProfessional(page);
    const keys = [];
    await page.route('**/api/billing/subscription', async (route) => {
      if (route.request().method() !== 'PUT') return route.continue();
      keys.push(route.request().headers()['idempotency-key']);
      return keys.length === 1 ? route.abort() : route.continue();
    });
    await button(page, 'Pay $35.00').click();
    await page.getByText('We do not know yet whether this went through').waitFor();
    await button(page, 'Pay $35.00').click();
    await page.getByText('Done: you are on Professional.').waitFor();
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
    await close();
  });
});

describe('first purchase', () => {
  journey('from the pricing page over the hosted payment page to the plan', 'free', async (page) => {
    await page.getByRole('link', { name: 'Upgrade to Starter' }).click();
    await button(page, 'Add a card and continue').click();
    await page.waitForURL('**/billing?setup=done&to=starter&interval=month');
    await page.getByText('Your card was added.').waitFor();
    await button(page, 'Pay $29.00').click();
    await page.getByText('Done: you are on Starter.').waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await page.waitForURL('**/billing');
    await region(page, 'Invoices').getByText('$29.00').waitFor();
    assert.match(await region(page, 'Payment methods').innerText(), /Visa/);
  }, { path: '/pricing' });
});

describe('cancel', () => {
  journey('one window, no reason needed, and it can be taken back at once', 'starter', async (page) => {
    await button(page, 'Cancel plan').click();
    assert.deepEqual(await axe(page), []);
    await button(page, 'Cancel on Dec 6, 2026').click();
    await region(page, 'Plan').getByText('Your plan ends on Dec 6, 2026.').waitFor();
    assert.match(await region(page, 'Next invoice').innerText(), /Nothing to pay/);
    await button(page, 'Undo').click();
    await region(page, 'Plan').getByText('Renews on Dec 6, 2026').waitFor();
  });

  journey('a plan that ends can be kept', 'cancelling', async (page) => {
    await button(page, 'Keep my plan').click();
    await region(page, 'Plan').getByText('Renews on Dec 6, 2026').waitFor();
  });
});

describe('invoices and payment methods', () => {
  journey('an open invoice is paid on the spot', 'past_due', async (page) => {
    assert.match(await region(page, 'Plan').innerText(), /The last payment failed/);
    await page.getByRole('button', { name: 'Pay $99.00, invoice TP-2026-0312' }).click();
    await page.getByText('Invoice TP-2026-0312 is paid.').waitFor();
    await region(page, 'Plan').getByText('Active').waitFor();
  });

  journey('the last method stays while money is owed, and the page says why', 'past_due', async (page) => {
    await page.getByRole('button', { name: 'Remove Mastercard ending in 4444' }).click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await dialog(page).getByText('a payment is still due').waitFor();
    await page.keyboard.press('Escape');
    assert.match(await region(page, 'Payment methods').innerText(), /4444/);
  });

  journey('default and removal', 'starter', async (page) => {
    await page.getByRole('button', { name: 'Make default: Mastercard ending in 4444' }).click();
    await page.getByRole('button', { name: 'Make default: Visa ending in 4242' }).waitFor();
    await page.getByRole('button', { name: 'Remove Visa ending in 4242' }).click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Visa ending in 4242 was removed.').waitFor();
  });

  journey('older invoices are fetched when asked for', 'starter', async (page) => {
    assert.equal(await region(page, 'Invoices').locator('tbody tr').count(), 4);
    await button(page, 'Show older invoices').click();
    await region(page, 'Invoices').getByText('TP-2026-0096').waitFor();
    assert.equal(await region(page, 'Invoices').locator('tbody tr').count(), 6);
    assert.equal(await button(page, 'Show older invoices').count(), 0);
  });
});

describe('usage', () => {
  journey('each state has its word, its figures and its meter', 'starter', async (page) => {
    const meter = (name) => page.getByRole('meter', { name });
    assert.equal(await meter('Bandwidth').getAttribute('aria-valuetext'), '10.41 GB of 10 GB, 104%, Over limit');
    assert.equal(await meter('Deployments').getAttribute('aria-valuetext'), '11 of 10, 110%, Blocked');
    assert.equal(await meter('API requests').getAttribute('aria-valuenow'), '84120');
    assert.equal(await page.getByRole('meter').count(), 6);
    const text = await region(page, 'Usage').innerText();
    for (const words of ['until Nov 22, 09:30 UTC', 'On course for 168,240 by Dec 6, 2026', 'Complete to 14:05:31 UTC', 'Tracked, not limited']) {
      assert.ok(text.includes(words), words);
    }
  });

  journey('late figures are called late', 'stale', async (page) => {
    assert.match(await region(page, 'Usage').innerText(), /Delayed: complete to 13:48:02 UTC/);
  });
});

describe('failures', () => {
  journey('each part fails alone, with its request id, and recovers alone', 'down', async (page) => {
    assert.match(await region(page, 'Usage').innerText(), /could not be loaded[\s\S]*Request req_/);
    assert.match(await region(page, 'Next invoice').innerText(), /\$29\.00/);
    await page.route('**/api/billing/usage', (route) => route.fulfill({ json: { periodStart: '2026-11-06T00:00:00Z', periodEnd: '2026-12-06T00:00:00Z', asOf: '2026-11-21T14:05:00Z', metrics: [] } }));
    await region(page, 'Usage').getByRole('button', { name: 'Try again' }).click();
    await region(page, 'Usage').getByText('Complete to').waitFor();
    assert.match(await region(page, 'Invoices').innerText(), /could not be loaded/);
  });

  test('without a session billing leads to sign-in and remembers the way', async () => {
    const { page, complaints, close } = await visitor(browser);
    await page.goto(`${server.base}/billing?to=starter&interval=year`);
    await page.waitForURL('**/sign-in?next=%2Fbilling%3Fto%3Dstarter%26interval%3Dyear');
    await settled(page);
    assert.deepEqual(complaints, []);
    await close();
  });
});
