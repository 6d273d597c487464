// Guards the page for cards, where it is wanted: the fields are the provider's, in its frames; our page has two scripts and a
// policy that lets in no other; what was typed reaches neither page nor server; the bank asks when it wants to; and the card
// is there afterwards, or the page says that it is not and lets the visitor try again.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { button, faultsOf, launch, visitor } from './support/browser.mjs';
import { customer } from './support/customers.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';
import { expectStatus, HttpClient } from '../harness/http.mjs';
import { encodeForm } from '../harness/stripe.mjs';

const PATIENCE_MS = 8000;
const NUMBER = '4242424242424242';
const FORM = '/billing/payment-methods/new';

// Stands for Stripe.js: fields in a frame of its own host, a part that it loads later, and a confirmation with the card that
// the test names. What the bank asks is a frame of Stripe's too; window.bank has the visitor's answer to it.
const STRIPE = `
window.Stripe = (key) => ({
  elements: (options) => ({
    create: () => ({ mount: (where) => {
      window.stripeAsked = { key, ...options };
      const part = document.createElement('script');
      part.src = 'https://js.stripe.com/v3/part.js';
      document.head.append(part);
      const frame = document.createElement('iframe');
      frame.title = 'Card';
      frame.src = 'https://js.stripe.com/v3/fields.html';
      document.querySelector(where).append(frame);
    } }),
    submit: async () => window.stripeRefuses ? { error: { message: 'Your card number is incomplete.' } } : {},
  }),
  confirmSetup: async ({ clientSecret, redirect, confirmParams }) => {
    const [id] = clientSecret.split('_secret_');
    window.stripeConfirmed = { id, redirect, ...confirmParams };
    const ask = async (path, fields) => (await fetch('https://api.stripe.com' + path, { method: 'POST', body: new URLSearchParams(fields) })).json();
    let intent = await ask('/v1/setup_intents/' + id + '/confirm', { payment_method: window.stripeCard ?? 'pm_card_visa' });
    if (intent.status === 'requires_action') {
      const frame = document.createElement('iframe');
      frame.title = 'Bank';
      frame.src = 'https://hooks.stripe.com/3ds.html';
      document.body.append(frame);
      const { data } = await new Promise((answered) => addEventListener('message', answered, { once: true }));
      frame.remove();
      if (data === 'later') return { setupIntent: intent };
      intent = await ask('/3ds/' + id, { answer: data });
    }
    const error = intent.error ?? intent.last_setup_error;
    return error ? { error } : { setupIntent: intent };
  },
});`;
const BANK = `<!doctype html><html lang="en"><title>Bank</title><main><h2>Your bank asks</h2>
<button onclick="parent.postMessage('approve', '*')">Approve</button>
<button onclick="parent.postMessage('refuse', '*')">Refuse</button>
<button onclick="parent.postMessage('later', '*')">Close</button></main>`;
const FIELDS = '<!doctype html><html lang="en"><title>Card</title><main><h2>Card</h2><label>Card number <input inputmode="numeric"></label></main>';

let server;
let browser;
let stripe;
let pages;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ args: ['--card-form', 'embedded', '--stripe-publishable-key', 'pk_test_stories'] }), launch()]);
  await Promise.all(['ada', 'ben', 'cleo', 'dora'].map((userId) => customer(server, userId)));
  stripe = await server.stripe();
  pages = new HttpClient(expectStatus(await server.api.get('/api/test/sandbox'), 200).body.url);
});

after(async () => {
  pages.close();
  await browser.close();
  await server.dispose();
});

/** What Stripe.js asks of Stripe is asked of the sandbox: a confirmation, and the answer to the bank with what became of it. */
async function askSandbox(route) {
  const { pathname } = new URL(route.request().url());
  const fields = Object.fromEntries(new URLSearchParams(route.request().postData()));
  if (pathname.startsWith('/v1/')) return JSON.stringify((await stripe.post(pathname, fields)).body);
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  await pages.request('POST', pathname, { headers, body: encodeForm(fields) });
  return JSON.stringify((await stripe.get(`/v1/setup_intents/${pathname.split('/').pop()}`)).body);
}

async function come(options = {}) {
  const visit = await visitor(browser, { reducedMotion: 'reduce', ...options });
  visit.page.setDefaultTimeout(PATIENCE_MS);
  await visit.page.route('https://js.stripe.com/**', (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/v3/') return route.fulfill({ contentType: 'text/javascript', body: STRIPE });
    if (pathname === '/v3/part.js') return route.fulfill({ contentType: 'text/javascript', body: 'window.hasPart = true;' });
    return route.fulfill({ contentType: 'text/html', body: FIELDS });
  });
  await visit.page.route('https://hooks.stripe.com/**', (route) => route.fulfill({ contentType: 'text/html', body: BANK }));
  await visit.page.route('https://api.stripe.com/**', async (route) => route.fulfill({
    contentType: 'application/json', headers: { 'Access-Control-Allow-Origin': '*' }, body: await askSandbox(route),
  }));
  return visit;
}

/** The form with a card of the sandbox in it. */
async function comeWith(userId, card) {
  const visit = await come();
  await visit.page.goto(await signInLink(server, userId, FORM));
  await visit.page.frameLocator('iframe[title="Card"]').getByLabel('Card number').waitFor();
  await visit.page.evaluate((token) => { window.stripeCard = token; }, card);
  return visit;
}

const bank = (page, answer) => page.frameLocator('iframe[title="Bank"]').getByRole('button', { name: answer }).click();

async function cardsOf(userId) {
  return expectStatus(await server.api.as(userId).get('/api/billing/payment-methods'), 200).body.data.map(({ last4 }) => last4);
}

describe('the page for cards', () => {
  test('takes a card in the provider\'s fields, keeps what it is called, and leads back', async () => {
    const { page, complaints, close } = await come();
    await page.goto(await signInLink(server, 'ada', '/billing/payment-methods'));
    await button(page, 'Add a card').click();
    await page.waitForURL(`**${FORM}`);
    const fields = page.frameLocator('iframe[title="Card"]');
    await fields.getByLabel('Card number').fill(NUMBER);
    await page.waitForFunction(() => window.hasPart);
    assert.deepEqual(await page.evaluate(() => window.stripeAsked), { key: 'pk_test_stories', mode: 'setup', setupFutureUsage: 'off_session', currency: 'usd', paymentMethodTypes: ['card'] });
    const scripts = await page.evaluate(() => [...document.querySelectorAll('script')].map(({ src }) => src));
    assert.equal(scripts.filter((src) => !src.startsWith('https://js.stripe.com/')).length, 1, `${scripts}`);
    assert.equal(await page.locator('main input').count(), 0, 'no field of ours');
    assert.deepEqual(await faultsOf(page), []);

    await page.evaluate(() => { window.stripeRefuses = true; });
    await button(page, 'Save card').click();
    await page.getByText('Your card number is incomplete.').waitFor();
    await page.evaluate(() => { window.stripeRefuses = false; });
    await button(page, 'Save card').click();
    await page.waitForURL('**/billing/payment-methods?setup=done');
    await page.getByText('4242').first().waitFor();
    assert.deepEqual(complaints, []);
    await close();

    for (const name of await readdir(server.data)) {
      if (/^sandbox\.|\.sock$/.test(name)) continue;
      assert.ok(!(await readFile(join(server.data, name))).includes(NUMBER), name);
    }
    assert.ok(!server.stderr.includes(NUMBER));
  });

  test('shows what the bank asks, and keeps the card that it has confirmed', async () => {
    const { page, complaints, close } = await comeWith('ben', 'pm_card_authenticationRequired');
    await button(page, 'Save card').click();
    await bank(page, 'Approve');
    await page.waitForURL('**/billing/payment-methods?setup=done');
    assert.deepEqual(await cardsOf('ben'), ['3184']);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('says that nothing was kept where the bank or the visitor refuses, and takes the next try on the same intent', async () => {
    const { page, complaints, close } = await comeWith('cleo', 'pm_card_authenticationRequired');
    await button(page, 'Save card').click();
    await bank(page, 'Refuse');
    await page.getByText('The card was not saved. We are unable to authenticate').waitFor();
    assert.deepEqual(await cardsOf('cleo'), []);
    assert.deepEqual(await faultsOf(page), []);
    const { id, redirect, return_url } = await page.evaluate(() => window.stripeConfirmed);
    assert.deepEqual([redirect, return_url], ['if_required', server.url + FORM]);

    await button(page, 'Save card').click();
    await bank(page, 'Close');
    await page.getByText('Your bank has not confirmed it.').waitFor();
    assert.deepEqual(await cardsOf('cleo'), []);

    await page.evaluate(() => { window.stripeCard = 'pm_card_chargeDeclined'; });
    await button(page, 'Save card').click();
    await page.getByText('The card was not saved. Your card was declined.').waitFor();
    await page.evaluate(() => { window.stripeCard = 'pm_card_mastercard'; });
    await button(page, 'Save card').click();
    await page.waitForURL('**/billing/payment-methods?setup=done');
    assert.deepEqual(await cardsOf('cleo'), ['4444']);
    const [customer] = expectStatus(await stripe.get('/v1/customers', { email: 'cleo@example.com' }), 200).body.data;
    const intents = expectStatus(await stripe.get('/v1/setup_intents', { customer: customer.id }), 200).body.data;
    assert.deepEqual(intents.map((intent) => intent.id), [id]);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('goes on when a bank sends the visitor back, forgets the secret in the address, and believes no address', async () => {
    const { page, close } = await comeWith('dora', 'pm_card_authenticationRequired');
    await button(page, 'Save card').click();
    await page.locator('iframe[title="Bank"]').waitFor();
    const { id } = await page.evaluate(() => window.stripeConfirmed);
    const back = (intent, status) => `${server.url + FORM}?setup_intent=${intent}&setup_intent_client_secret=${intent}_secret_told&redirect_status=${status}`;
    await page.goto(back(id, 'failed'));
    await page.getByText('The card was not saved. Your bank has not confirmed it.').waitFor();
    assert.equal(page.url(), server.url + FORM);
    await page.goto(back('seti_other', 'succeeded'));
    await page.getByRole('button', { name: 'Save card' }).waitFor();
    assert.equal(await page.getByRole('alert').textContent(), '');
    await pages.request('POST', `/3ds/${id}`, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'answer=approve' });
    await page.goto(back(id, 'succeeded'));
    await page.waitForURL('**/billing/payment-methods?setup=done');
    assert.deepEqual(await cardsOf('dora'), ['3184']);
    assert.ok(!server.stderr.includes('_secret_'), 'no secret is logged');
    await close();
  });

  test('lets in no script of anybody else, even by the provider\'s', async () => {
    const { page, close } = await come();
    await page.goto(await signInLink(server, 'ada', FORM));
    await page.frameLocator('iframe[title="Card"]').getByLabel('Card number').waitFor();
    const tried = await page.evaluate(() => {
      const outcomes = [];
      for (const src of ['https://evil.example/x.js', 'https://js.stripe.com.evil.example/x.js', 'data:text/javascript,1']) {
        try {
          document.createElement('script').src = src;
          outcomes.push(`${src} was let in`);
        } catch (error) {
          outcomes.push(error.name);
        }
      }
      return outcomes;
    });
    assert.deepEqual(tried, ['TypeError', 'TypeError', 'TypeError']);
    await close();
  });

  test('says what is wrong where nobody is signed in, where the form does not load, and in German', async () => {
    const stranger = await come({ locale: 'de-DE' });
    await stranger.page.goto(server.url + FORM);
    await stranger.page.getByText('Sie sind nicht angemeldet.').waitFor();
    assert.equal(await stranger.page.getByRole('link', { name: 'Anmelden' }).getAttribute('href'), '/sign-in');
    assert.deepEqual(await faultsOf(stranger.page), []);
    assert.deepEqual(stranger.complaints, []);
    await stranger.close();

    const blocked = await come();
    await blocked.page.route('https://js.stripe.com/**', (route) => route.abort());
    await blocked.page.goto(await signInLink(server, 'ada', FORM));
    await blocked.page.getByText('form did not load').waitFor();
    await blocked.close();
  });

  test('no browser reported a violation of the policy', async () => {
    assert.equal(await cspReports(server), 0);
  });
});
