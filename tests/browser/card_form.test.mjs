// Guards the page for cards, where it is wanted: the fields are the provider's, in its frames; our page has two scripts and a
// policy that lets in no other; what was typed reaches neither page nor server; and the card is there afterwards.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { button, faultsOf, launch, visitor } from './support/browser.mjs';
import { customer } from './support/customers.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const PATIENCE_MS = 8000;
const NUMBER = '4242424242424242';
const FORM = '/billing/payment-methods/new';

// Stands for Stripe.js: fields in a frame of its own host, a part that it loads later, and a token for what was typed.
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
  createPaymentMethod: async () => ({ paymentMethod: { id: 'pm_card_visa' } }),
});`;
const FIELDS = '<!doctype html><html lang="en"><title>Card</title><main><h2>Card</h2><label>Card number <input inputmode="numeric"></label></main>';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ args: ['--card-form', 'embedded', '--stripe-publishable-key', 'pk_test_stories'] }), launch()]);
  await customer(server, 'ada');
});

after(async () => {
  await browser.close();
  await server.dispose();
});

async function come(options = {}) {
  const visit = await visitor(browser, { reducedMotion: 'reduce', ...options });
  visit.page.setDefaultTimeout(PATIENCE_MS);
  await visit.page.route('https://js.stripe.com/**', (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/v3/') return route.fulfill({ contentType: 'text/javascript', body: STRIPE });
    if (pathname === '/v3/part.js') return route.fulfill({ contentType: 'text/javascript', body: 'window.hasPart = true;' });
    return route.fulfill({ contentType: 'text/html', body: FIELDS });
  });
  return visit;
}

describe('the page for cards', () => {
  test('takes a card in the provider\'s fields, keeps what it is called, and leads back', async () => {
    const { page, complaints, close } = await come();
    await page.goto(await signInLink(server, 'ada'));
    await button(page, 'Add a card').first().click();
    await page.waitForURL(`**${FORM}`);
    const fields = page.frameLocator('iframe[title="Card"]');
    await fields.getByLabel('Card number').fill(NUMBER);
    await page.waitForFunction(() => window.hasPart);
    assert.deepEqual(await page.evaluate(() => window.stripeAsked), { key: 'pk_test_stories', mode: 'setup', currency: 'usd', paymentMethodCreation: 'manual', paymentMethodTypes: ['card'] });
    const scripts = await page.evaluate(() => [...document.querySelectorAll('script')].map(({ src }) => src));
    assert.equal(scripts.filter((src) => !src.startsWith('https://js.stripe.com/')).length, 1, `${scripts}`);
    assert.equal(await page.locator('main input').count(), 0, 'no field of ours');
    assert.deepEqual(await faultsOf(page), []);

    await page.evaluate(() => { window.stripeRefuses = true; });
    await button(page, 'Save card').click();
    await page.getByText('Your card number is incomplete.').waitFor();
    await page.evaluate(() => { window.stripeRefuses = false; });
    await button(page, 'Save card').click();
    await page.waitForURL('**/billing?setup=done');
    await page.getByText('4242').first().waitFor();
    assert.deepEqual(complaints, []);
    await close();

    for (const name of await readdir(server.data)) {
      if (/^sandbox\.|\.sock$/.test(name)) continue;
      assert.ok(!(await readFile(join(server.data, name))).includes(NUMBER), name);
    }
    assert.ok(!server.stderr.includes(NUMBER));
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
