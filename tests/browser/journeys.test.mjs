// Guards the journeys of a customer on the running program, from the first visit to the invoice: with the mouse, once
// with the keyboard alone, and where the bank says no.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { agree, axe, button, choice, dialog, faultsOf, launch, link, region, settled, visitor } from './support/browser.mjs';
import { addCard, customer, DECLINED_LATER, payer, use } from './support/customers.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const CARD = '4242 4242 4242 4242';
const ASKS = '4000 0027 6000 3184';
const PAYERS = ['upgrader', 'hasty', 'leaver', 'declined', 'doubler', 'reloader', 'lister', 'sleeper', 'dozer', 'tabber'];

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2026-11-06T14:05:40Z', args: ['--step-up-seconds', '3600'] }), launch()]);
  for (const name of PAYERS) await payer(server, name);
  await payer(server, 'shrinker', { tier: 'professional' });
  await addCard(server.api.as('declined'), DECLINED_LATER);
  await server.clock.advance('P15D');
  await server.api.createCustomer('rueful', { name: 'Ada Fern', country: 'DE' });
  await addCard(server.api.as('rueful'));
  await server.api.as('rueful').post('/api/billing/subscribe', { tier: 'starter' });
  for (const name of ['buyer', 'typist', 'asked', 'counted', 'watched', 'told']) await customer(server, name);
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

/** Runs one journey as `userId` and ends with: nothing was complained about. */
function journey(name, userId, steps, { path = '/billing', ...view } = {}) {
  test(name, async () => {
    const { page, complaints, close } = await visitor(browser, view);
    await page.goto(await signInLink(server, userId, path));
    await settled(page);
    await steps(page, server.api.as(userId));
    assert.deepEqual(complaints, []);
    await close();
  });
}

const done = (answer) => expectStatus(answer, 200).body;
const subscriptionOf = async (api) => done(await api.get('/api/billing/subscription'));
const invoicesOf = async (api) => done(await api.get('/api/billing/invoices')).data;
const amounts = (invoices) => invoices.map(({ amount }) => amount.amount);

async function chooseProfessional(page) {
  await link(page, 'Change plan').click();
  await page.getByRole('radio', { name: /Professional/ }).check();
  await button(page, 'Pay $35.00').waitFor();
}

async function closeDialog(page) {
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await dialog(page).waitFor({ state: 'detached' });
}

/** Goes where the places of the area lead. */
async function goTo(page, place, path) {
  await page.getByRole('navigation', { name: 'Billing' }).getByRole('link', { name: place }).click();
  await page.waitForURL(`**${path}`);
  await settled(page);
}

const openInvoices = (page) => goTo(page, 'Invoices', '/billing/invoices');

/** From the receipt to the overview. */
async function toOverview(page) {
  await link(page, 'To the overview').click();
  await page.waitForURL('**/billing');
  await settled(page);
}

/** Follows "View" of the newest invoice to the provider's page. */
async function openInvoice(page) {
  await region(page, 'All invoices').locator('tbody a').first().click();
  await page.waitForURL('**/billing/invoices/*');
  const popup = page.waitForEvent('popup');
  await page.getByRole('link', { name: /View invoice/ }).click();
  const hosted = await popup;
  await hosted.getByRole('heading', { name: /^Invoice/ }).waitFor();
  return hosted;
}

/** As the platform does it for a visitor who was sent to sign in: a link that leads to where they wanted to go. */
async function signInFrom(page, userId) {
  await page.waitForURL('**/sign-in?next=*');
  await page.goto(await signInLink(server, userId, new URL(page.url()).searchParams.get('next')));
}

async function payWith(page, number) {
  await page.waitForURL('**/pay/*');
  await page.getByLabel('Card number').fill(number);
  await button(page, 'Save').click();
  await page.waitForURL((url) => url.pathname === '/billing/plan/change' && url.searchParams.get('to') === 'starter');
  await page.getByText('Your card was added.').waitFor();
}

describe('with the mouse', { concurrency: 5 }, () => {
  test('a stranger buys the first plan and reads the invoice', async () => {
    const { page, complaints, close } = await visitor(browser);
    await page.goto(`${server.url}/pricing`);
    await settled(page);
    await page.getByRole('link', { name: 'Start with Starter' }).click();
    await signInFrom(page, 'buyer');
    await button(page, 'Add a card and continue').click();
    await payWith(page, CARD);
    await agree(page);
    await button(page, 'Pay $29.00').click();
    await page.getByText('Done: you are on Starter.').waitFor();
    await toOverview(page);
    await region(page, 'Next invoice').getByText('$29.00').first().waitFor();
    assert.match(await region(page, 'Plan').innerText(), /Starter[\s\S]*\$29\.00 per month[\s\S]*Renews on Dec 21, 2026/);
    assert.match(await region(page, 'Next invoice').innerText(), /\$29\.00[\s\S]*on Dec 21, 2026/);
    await goTo(page, 'Payment', '/billing/payment-methods');
    await region(page, 'Cards and accounts').getByText('4242').waitFor();
    assert.match(await region(page, 'Cards and accounts').innerText(), /Visa[\s\S]*4242/);
    await openInvoices(page);
    await region(page, 'All invoices').getByText('$29.00').waitFor();
    const hosted = await openInvoice(page);
    assert.match(await hosted.locator('main').innerText(), /Paid[\s\S]*Starter[\s\S]*Total\s+\$29\.00[\s\S]*Amount due\s+\$0\.00/);
    assert.deepEqual(amounts(await invoicesOf(server.api.as('buyer'))), [2_900]);
    assert.deepEqual(complaints, []);
    await close();
  });

  journey('an upgrade costs what was shown, to the cent', 'upgrader', async (page, api) => {
    await chooseProfessional(page);
    const text = await choice(page).innerText();
    for (const words of ['-$14.50', '$49.50', 'Due now', '$35.00', 'Next invoice', '$99.00', 'held until 14:20:40 UTC']) {
      assert.ok(text.includes(words), `${words} in ${text}`);
    }
    assert.deepEqual(await axe(page), []);
    await agree(page);
    await button(page, 'Pay $35.00').click();
    await page.getByText('Done: you are on Professional.').waitFor();
    assert.ok(await page.getByText('Paid $35.00.').isVisible());
    assert.match(page.url(), /\/billing\/plan\/change\?receipt=invo_/);
    assert.deepEqual(await axe(page), []);
    await page.reload();
    await page.getByText('Paid $35.00.').waitFor();
    await page.goBack();
    await page.waitForURL('**/billing');
    await settled(page);
    await openInvoices(page);
    await region(page, 'All invoices').getByText('$35.00').waitFor();
    assert.deepEqual(amounts(await invoicesOf(api)), [3_500, 2_900]);
    const hosted = await (await openInvoice(page)).locator('main').innerText();
    for (const words of ['−$14.50', '$49.50', 'Total\n$35.00']) assert.ok(hosted.includes(words), `${words} in ${hosted}`);
  });

  journey('who has not agreed to the renewal is led to its box, and has bought nothing', 'hasty', async (page, api) => {
    await chooseProfessional(page);
    const words = await choice(page).getByText(/^Professional renews every month for \$99\.00, for the first time on 6 December 2026, until you cancel\./).innerText();
    await button(page, 'Pay $35.00').click();
    await choice(page).getByText('Please read what renews, and tick that you agree.').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.type), 'checkbox');
    assert.deepEqual(await axe(page), []);
    assert.equal((await subscriptionOf(api)).tier, 'starter');
    await page.keyboard.press('Space');
    await button(page, 'Pay $35.00').click();
    await page.getByText('Done: you are on Professional.').waitFor();
    const { data } = done(await api.get('/api/billing/consents'));
    assert.deepEqual(data.map(({ operation, text, actorKind }) => [operation, text, actorKind]), [['change', words, 'portal']]);
  });

  journey('a downgrade waits for the end of the period, and can be taken back', 'shrinker', async (page, api) => {
    await use(server, 'shrinker', { modules: 64, collaborators: 6 });
    await link(page, 'Change plan').click();
    await page.getByRole('radio', { name: /Starter/ }).check();
    await page.getByText('You would lose').waitFor();
    const text = await choice(page).innerText();
    assert.equal(await choice(page).getByRole('link', { name: /^Modules: 64 in use/ }).getAttribute('href'), '/billing/usage?metric=modules');
    for (const words of ['Team management', 'Modules: 25 instead of 100', 'Modules: 64 in use, new limit 25', 'Collaborators: 6 in use, new limit 3', '48 hours']) {
      assert.ok(text.includes(words), `${words} in ${text}`);
    }
    assert.deepEqual(await axe(page), []);
    await agree(page);
    await button(page, 'Change on Dec 6, 2026').click();
    await page.getByText('Scheduled: Starter from Dec 6, 2026.').waitFor();
    await toOverview(page);
    assert.match(await region(page, 'Plan').innerText(), /Professional[\s\S]*Changes to Starter on Dec 6, 2026/);
    assert.equal((await subscriptionOf(api)).tier, 'professional');
    await button(page, 'Undo the change').click();
    await page.getByText('Your plan goes on as before.').waitFor();
    assert.equal((await subscriptionOf(api)).pendingChange, null);
    assert.deepEqual(amounts(await invoicesOf(api)), [9_900]);
  });

  journey('a plan is cancelled on one page and kept with one button', 'leaver', async (page, api) => {
    await link(page, 'Cancel plan').click();
    await button(page, 'Cancel on Dec 6, 2026').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    const what = await region(page, 'What happens').innerText();
    for (const words of ['Dec 6, 2026, 14:05:40 UTC', 'Free, with its limits', 'Nothing more is charged', 'Take your data with you']) assert.ok(what.includes(words), `${words} in ${what}`);
    await button(page, 'Cancel on Dec 6, 2026').click();
    await region(page, 'What happens').getByText('Your plan ends on Dec 6, 2026.').waitFor();
    await page.getByText('A confirmation goes to leaver@example.com.').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    assert.equal((await subscriptionOf(api)).cancelAtPeriodEnd, true);
    await toOverview(page);
    await region(page, 'Plan').getByText('Your plan ends on Dec 6, 2026.').waitFor();
    await region(page, 'Next invoice').getByText('Nothing to pay').waitFor();
    await page.reload();
    await settled(page);
    await button(page, 'Keep my plan').click();
    await region(page, 'Plan').getByText('Renews on Dec 6, 2026').waitFor();
    await region(page, 'Next invoice').getByText('on Dec 6, 2026').waitFor();
    assert.equal((await subscriptionOf(api)).cancelAtPeriodEnd, false);
  }, { reducedMotion: 'reduce' });

  journey('a consumer withdraws in two steps, sees what was received, and has the money back', 'rueful', async (page, api) => {
    await region(page, 'Plan').getByText('You may do so without a reason until Dec 6, 2026, 14:05:40 UTC.').waitFor();
    await button(page, 'Withdraw from the contract').click();
    await dialog(page).getByLabel('Your name').fill('Ada Fern');
    await button(page, 'Continue').click();
    await dialog(page).getByText('This is what you state:').waitFor();
    const words = await dialog(page).locator('blockquote').innerText();
    assert.match(words, /^I withdraw from my contract for the plan Starter \(monthly\), which I concluded on 21 November 2026\..* Name: Ada Fern\./);
    assert.deepEqual(await axe(page), []);
    assert.equal((await subscriptionOf(api)).tier, 'starter');
    await button(page, 'Confirm withdrawal').click();
    await dialog(page).getByText(/^Your withdrawal was received on Nov 21, 2026 at 14:05:40 UTC\./).waitFor();
    assert.deepEqual(await axe(page), []);
    const { last } = done(await api.get('/api/billing/withdrawal'));
    assert.equal(last.statement, words);
    await dialog(page).getByText('A receipt with these words goes to rueful@example.com.').waitFor();
    await server.clock.to(await server.clock.now());
    await closeDialog(page);
    await region(page, 'Plan').getByText('Your withdrawal was received on Nov 21, 2026 at 14:05:40 UTC. $29.00 went back.').waitFor();
    assert.equal(await button(page, 'Withdraw from the contract').count(), 0);
    assert.equal((await subscriptionOf(api)).tier, 'free');
  }, { path: '/billing/plan' });

  journey('a declined card says why, changes nothing, and another card can be added', 'declined', async (page, api) => {
    await chooseProfessional(page);
    await agree(page);
    await button(page, 'Pay $35.00').click();
    const alert = choice(page).getByRole('alert');
    await alert.waitFor();
    const text = await alert.innerText();
    for (const words of ['Nothing was changed', 'declined', 'Your plan is Starter as before.', 'Request req']) assert.ok(text.includes(words), `${words} in ${text}`);
    assert.ok(await choice(page).getByRole('button', { name: 'Add a card and continue' }).isVisible());
    assert.deepEqual(await axe(page), []);
    assert.equal((await subscriptionOf(api)).tier, 'starter');
    assert.deepEqual(amounts((await invoicesOf(api)).filter(({ status }) => status === 'paid')), [2_900]);
  }, { refusals: [402] });

  journey('a card that asks leads to the page where the payment is confirmed', 'asked', async (page, api) => {
    await button(page, 'Add a card and continue').click();
    await page.waitForURL('**/pay/*');
    await page.getByLabel('Card number').fill(ASKS);
    await button(page, 'Save').click();
    await page.getByRole('heading', { name: 'Your bank asks' }).waitFor();
    await button(page, 'Approve').click();
    await page.getByText('Your card was added.').waitFor();
    await agree(page);
    await button(page, 'Pay $29.00').click();
    await page.getByRole('link', { name: 'Confirm with your bank' }).click();
    await page.waitForURL('**/invoice/*');
    await button(page, 'Pay $29.00').click();
    await page.getByText('Paid', { exact: true }).first().waitFor();
    await page.goto(`${server.url}/billing`);
    await region(page, 'Plan').getByText('Starter').waitFor();
    assert.deepEqual(amounts(await invoicesOf(api)), [2_900]);
  }, { path: '/billing?to=starter&interval=month', refusals: [402] });

  journey('a double click charges once', 'doubler', async (page, api) => {
    const sent = [];
    page.on('request', (request) => {
      if (request.method() === 'PUT' && !request.url().includes('preview')) sent.push(request.headers()['idempotency-key']);
    });
    await chooseProfessional(page);
    await agree(page);
    await button(page, 'Pay $35.00').dblclick();
    await page.getByText('Done: you are on Professional.').waitFor();
    assert.equal(sent.length, 1);
    assert.deepEqual(amounts(await invoicesOf(api)), [3_500, 2_900]);
  });

  journey('of two windows with the same offer one pays, and the other is told', 'tabber', async (page, api) => {
    await chooseProfessional(page);
    const second = await page.context().newPage();
    await second.goto(page.url());
    await button(second, 'Pay $35.00').waitFor();
    await agree(page);
    await button(page, 'Pay $35.00').click();
    await page.getByText('Done: you are on Professional.').waitFor();
    await agree(second);
    await button(second, 'Pay $35.00').click();
    await choice(second).getByRole('alert').waitFor();
    await second.reload();
    await choice(second).getByText('Choose another plan or interval').waitFor();
    assert.deepEqual(amounts(await invoicesOf(api)), [3_500, 2_900]);
    await second.close();
  }, { refusals: [409, 422] });

  journey('a reload while it is paid charges once, and shows how it ended', 'reloader', async (page, api) => {
    await chooseProfessional(page);
    // What a page has only just asked for may go with it, unsent: the request is sent on from here.
    const asked = new Promise((fulfil) => {
      void page.route('**/api/billing/subscription', (route) => (route.request().method() === 'PUT' ? fulfil({ answer: route.fetch() }) : route.fallback()));
    });
    await agree(page);
    await button(page, 'Pay $35.00').click();
    const { answer } = await asked;
    await page.reload();
    await settled(page);
    assert.equal((await answer).status(), 200);
    await page.reload();
    await settled(page);
    await choice(page).getByText('Choose another plan or interval').waitFor();
    await page.goto(`${server.url}/billing`);
    await region(page, 'Plan').getByText('Professional').waitFor();
    assert.deepEqual(amounts(await invoicesOf(api)), [3_500, 2_900]);
  }, { refusals: [409] });

  journey('usage appears once it is sent, with the time by the server', 'counted', async (page) => {
    await region(page, 'Usage').getByText('No usage yet').waitFor();
    await use(server, 'counted', { api_requests: 8_412, bandwidth: 1_050_000_000, modules: 2 });
    await page.reload();
    await settled(page);
    const meter = (name) => page.getByRole('meter', { name }).getAttribute('aria-valuetext');
    assert.equal(await meter('API requests'), '8,412 of 10,000, 84%, Near limit');
    assert.equal(await meter('Bandwidth'), '1.05 GB of 1 GB, 105%, Over limit');
    assert.equal(await meter('Modules'), '2 of 3, 66%, OK');
    await region(page, 'Usage').getByText('4 more meters').click();
    const text = await region(page, 'Usage').innerText();
    for (const words of ['Complete to 14:05:40 UTC', 'until Nov 23, 14:05 UTC', 'Tracked, not limited']) assert.ok(text.includes(words), `${words} in ${text}`);
  });

  journey('a number moves on the screen without a reload', 'watched', async (page) => {
    await use(server, 'watched', { api_requests: 8_412 });
    const shows = (words) => page.locator(`[role="meter"][aria-valuetext^="${words}"]`).waitFor();
    await shows('8,412 of 10,000');
    await use(server, 'watched', { api_requests: 600 });
    await shows('9,012 of 10,000');
  });

  journey('what was told of a limit stands beside it, and comes without a reload', 'told', async (page) => {
    const told = region(page, 'Usage').getByRole('list', { name: 'Notices sent about API requests' });
    assert.equal(await told.count(), 0);
    await use(server, 'told', { api_requests: 8_000 });
    await told.getByText('80% of 10,000').waitFor();
    await use(server, 'told', { api_requests: 3_001 });
    await told.getByText('Blocked').waitFor();
    const words = await told.getByRole('listitem').allInnerTexts();
    assert.deepEqual(words.map((text) => text.replace(/\s+/g, ' ').trim()),
      ['80% of 10,000', 'Limit of 10,000 reached', 'Blocked'].map((text) => `${text} Nov 21, 14:05 UTC`));
  });

  journey('default and removal of payment methods', 'lister', async (page, api) => {
    await addCard(api, 'pm_card_mastercard');
    await page.reload();
    await page.getByRole('button', { name: 'Make default: Visa ending in 4242' }).click();
    // One change of a customer at a time: another meanwhile would be told so.
    await page.getByRole('button', { name: 'Make default: Mastercard ending in 4444' }).waitFor();
    await page.getByRole('button', { name: 'Remove Mastercard ending in 4444' }).click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Mastercard ending in 4444 was removed.').waitFor();
    const methods = done(await api.get('/api/billing/payment-methods')).data;
    assert.deepEqual(methods.map(({ last4, isDefault }) => [last4, isDefault]), [['4242', true]]);
  }, { path: '/billing/payment-methods' });
});

describe('with the keyboard alone', () => {
  /** Tabs on until what has the focus reads `text`. */
  async function tabTo(page, text) {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return (element.labels?.[0] ?? element).innerText?.trim();
      });
      if (focused === text) return;
    }
    assert.fail(`the focus never came to "${text}"`);
  }

  test('from the first visit to the invoice', async () => {
    const { page, complaints, close } = await visitor(browser);
    await page.goto(`${server.url}/pricing`);
    await settled(page);
    await tabTo(page, 'Start with Starter');
    await page.keyboard.press('Enter');
    await signInFrom(page, 'typist');
    await button(page, 'Add a card and continue').waitFor();
    await tabTo(page, 'Add a card and continue');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/pay/*');
    await tabTo(page, 'Card number');
    await page.keyboard.type(CARD);
    await page.keyboard.press('Enter');
    await page.getByText('Your card was added.').waitFor();
    await button(page, 'Pay $29.00').waitFor();
    await tabTo(page, 'I agree that it renews like this');
    await page.keyboard.press('Space');
    await tabTo(page, 'Pay $29.00');
    await page.keyboard.press('Enter');
    await page.getByText('Done: you are on Starter.').waitFor();
    await tabTo(page, 'Invoices');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/billing/invoices');
    await region(page, 'All invoices').getByText('$29.00').waitFor();
    await tabTo(page, (await invoicesOf(server.api.as('typist')))[0].number);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/billing/invoices/*');
    await page.getByRole('link', { name: /View invoice/ }).waitFor();
    const popup = page.waitForEvent('popup');
    await tabTo(page, 'View');
    await page.keyboard.press('Enter');
    await (await popup).getByRole('heading', { name: /^Invoice/ }).waitFor();
    assert.deepEqual(amounts(await invoicesOf(server.api.as('typist'))), [2_900]);
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('the focus', () => {
  journey('goes to the title of the page that is opened, and a choice by keys is one place in the history', 'lister', async (page) => {
    const focused = () => page.evaluate(() => document.activeElement.textContent);
    await link(page, 'Change plan').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Change plan' }).waitFor();
    assert.equal(await focused(), 'Change plan');
    await page.getByRole('radio', { name: /Starter/ }).focus();
    await page.keyboard.press('ArrowDown');
    await button(page, 'Pay $35.00').waitFor();
    assert.equal(new URL(page.url()).search, '?interval=month&to=professional');
    await page.goBack();
    await page.waitForURL('**/billing');
    await page.getByRole('heading', { level: 1, name: 'Billing' }).waitFor();
  });
});

describe('as time goes by', () => {
  journey('a price that is no longer held is renewed in sight before anything is charged', 'sleeper', async (page, api) => {
    await chooseProfessional(page);
    await server.clock.advance('PT16M');
    await agree(page);
    await button(page, 'Pay $35.00').click();
    await page.getByText(/The price was/).waitFor();
    assert.equal((await subscriptionOf(api)).tier, 'starter');
  }, { refusals: [409] });

  journey('a session that ends in between keeps the choice', 'sleeper', async (page, api) => {
    await link(page, 'Change plan').click();
    await page.getByRole('radio', { name: /Professional/ }).check();
    const pay = page.getByRole('button', { name: /^Pay \$/ });
    await pay.waitFor();
    await agree(page);
    await server.clock.advance('PT13H');
    await pay.click();
    await page.getByText('Your session has ended').waitFor();
    assert.deepEqual(await axe(page), []);
    const other = await page.context().newPage();
    await other.goto(await signInLink(server, 'sleeper'));
    await settled(other);
    await other.close();
    await button(page, 'I have signed in').click();
    await page.getByText('Your session has ended').waitFor({ state: 'detached' });
    assert.ok(await page.getByRole('radio', { name: /Professional/ }).isChecked());
    assert.equal((await subscriptionOf(api)).tier, 'starter');
  }, { refusals: [401] });

  journey('a session that ends in between: what is watched is watched again, and the button works', 'dozer', async (page, api) => {
    done(await api.post('/api/billing/cancel', {}));
    await page.reload();
    await settled(page);
    await server.clock.advance('PT13H');
    await button(page, 'Keep my plan').click();
    await page.getByText('Your session has ended').waitFor();
    const other = await page.context().newPage();
    await other.goto(await signInLink(server, 'dozer'));
    await settled(other);
    await other.close();
    const isWatchedAgain = page.waitForRequest('**/api/billing/usage/live');
    await button(page, 'I have signed in').click();
    await isWatchedAgain;
    await button(page, 'Keep my plan').click();
    await page.getByText('Your plan goes on as before.').waitFor();
  }, { refusals: [401] });

  test('a page that does not know yet who looks at it asks for nothing of theirs', async () => {
    const { page, complaints, close } = await visitor(browser);
    const asked = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/api/')) asked.push(pathname);
    });
    const held = new Promise((hold) => { void page.route('**/api/session', hold, { times: 1 }); });
    await page.goto(`${server.url}/billing`);
    const answer = await held;
    await page.waitForSelector('h1');
    // Effects run after the frame that drew the page.
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    await answer.continue();
    await page.waitForURL('**/sign-in?next=%2Fbilling');
    await settled(page);
    assert.deepEqual(asked.filter((path) => path.startsWith('/api/billing/')), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('a used link, and a way in that asks for a session', async () => {
    const { page, complaints, close } = await visitor(browser);
    const link = await signInLink(server, 'counted');
    await page.goto(link);
    await settled(page);
    await page.goto('about:blank'); // a page that is still open may ask for something, without a session
    await page.context().clearCookies();
    await page.goto(link);
    await page.getByText('This sign-in link does not work any more').waitFor();
    await page.goto(`${server.url}/billing?to=starter&interval=year`);
    await page.waitForURL('**/sign-in?next=%2Fbilling%2Fplan%2Fchange%3F*');
    await settled(page);
    assert.deepEqual(complaints, []);
    await close();
  });
});
