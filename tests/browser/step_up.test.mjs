// Guards that nobody fills a form twice: a change that is answered with "prove who you are first" is sent again as it was, with
// its key, once; and a session that ends in the middle leaves what was entered where it is.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { totp } from '../harness/totp.mjs';
import { agree, button, dialog, faultsOf, launch, link, region, settled, visitor, withPasskeys } from './support/browser.mjs';
import { payer } from './support/customers.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const PATIENCE_MS = 8000;

let server;
let browser;

const done = (answer, ...statuses) => expectStatus(answer, ...(statuses.length > 0 ? statuses : [200])).body;
/** An address of numbers is no place for a passkey. */
const byName = (url) => url.replace('127.0.0.1', 'localhost');
const linkOf = async (userId) => byName(await signInLink(server, userId));

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

/** Changes under a path of the API, each with what was answered. */
function changesOf(page, path) {
  const sent = [];
  page.on('response', (answer) => {
    const request = answer.request();
    const url = new URL(request.url());
    if (request.method() === 'GET' || url.pathname !== path || url.searchParams.has('preview')) return;
    sent.push({ status: answer.status(), method: request.method(), key: request.headers()['idempotency-key'], body: request.postData() });
  });
  return sent;
}

/** The first was asked for a proof, the second is the same again, and went through. */
function assertSentAgain(sent) {
  const [{ status: asked, ...first }, { status: answered, ...second }] = sent;
  assert.equal(sent.length, 2);
  assert.equal(asked, 401);
  assert.ok([200, 201, 204].includes(answered), String(answered));
  assert.match(first.key, /^[0-9a-f-]{36}$/);
  assert.deepEqual(first, second, 'the same key and the same content');
}

/** A change as the page would send it. */
const post = (page, path, body = {}) => page.evaluate(async ([to, content]) => {
  const { csrfToken } = await (await fetch('/api/session')).json();
  const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken };
  const answer = await fetch(to, { method: 'POST', headers, body: JSON.stringify(content) });
  return answer.status === 204 ? null : answer.json();
}, [path, body]);

/** Their codes, as an app shows them. */
async function withApp(page) {
  const code = async (secret) => totp(secret, Date.parse(await server.clock.now()));
  const { secret } = await post(page, '/api/me/totp');
  assert.equal(await post(page, '/api/session/totp', { code: await code(secret) }), null);
  return () => code(secret);
}

const asks = (page) => page.getByRole('dialog', { name: 'Is it you?' });

const PROOFS = {
  'a code': {
    setUp: withApp,
    async prove(page, code) {
      await asks(page).getByLabel('Code from your app').fill('000000');
      await asks(page).getByRole('button', { name: 'Confirm' }).click();
      await asks(page).getByText('This code is not right').waitFor();
      await asks(page).getByLabel('Code from your app').fill(await code());
      await asks(page).getByRole('button', { name: 'Confirm' }).click();
    },
  },
  'a passkey': {
    async setUp(page) {
      await withPasskeys(page);
      await page.goto(`${byName(server.url)}/security`);
      await settled(page);
      await button(page, 'Add a passkey').click();
      await button(page, 'Add this passkey').click();
      await region(page, 'Passkeys').getByText('Added').waitFor();
    },
    prove: (page) => asks(page).getByRole('button', { name: 'Use a passkey' }).click(),
  },
};

const FORMS = {
  'the page for changing the plan': {
    path: '/api/billing/subscription',
    async fill(page) {
      await link(page, 'Change plan').click();
      await page.getByRole('radio', { name: /Professional/ }).check();
      await agree(page);
    },
    send: (page) => page.getByRole('button', { name: /^Pay \$/ }).click(),
    isFilled: async (page) => await page.getByRole('radio', { name: /Professional/ }).isChecked()
      && page.getByRole('checkbox', { name: 'I agree that it renews like this' }).isChecked(),
    after: (page) => page.getByText('Done: you are on Professional.').waitFor(),
    state: async (api) => [done(await api.get('/api/billing/subscription')).tier, done(await api.get('/api/billing/invoices')).data.length],
    states: [['starter', 1], ['professional', 2]],
  },
  'the form for a tax number': {
    path: '/api/billing/tax-ids',
    async fill(page) {
      await page.goto(`${byName(server.url)}/billing/settings`);
      await settled(page);
      await page.getByLabel('Kind of number').selectOption('gb_vat');
      await page.getByLabel('Number', { exact: true }).fill('GB123456789');
    },
    send: (page) => region(page, 'Tax ids').getByRole('button', { name: 'Add number' }).click(),
    isFilled: async (page) => await page.getByLabel('Number', { exact: true }).inputValue() === 'GB123456789' && await page.getByLabel('Kind of number').inputValue() === 'gb_vat',
    after: (page) => region(page, 'Tax ids').getByRole('listitem').getByText('GB123456789').waitFor(),
    state: async (api) => done(await api.get('/api/billing/tax-ids')).data.map(({ value }) => value),
    states: [[], ['GB123456789']],
  },
  'the page for cancelling': {
    path: '/api/billing/cancel',
    async fill(page) {
      await link(page, 'Cancel plan').click();
      await page.getByRole('radio').nth(1).check();
      await page.getByRole('textbox').fill('no module for tides');
    },
    send: (page) => page.getByRole('button', { name: /^Cancel on/ }).click(),
    isFilled: async (page) => await page.locator('textarea').inputValue() === 'no module for tides'
      && page.locator('main input[type=radio]').nth(1).isChecked(),
    after: (page) => region(page, 'What happens').getByText('Your plan ends on').waitFor(),
    state: async (api) => done(await api.get('/api/billing/subscription')).cancelAtPeriodEnd,
    states: [false, true],
  },
};

let count = 0;

/** Runs a story in the pages of somebody who pays and has something to prove who they are by. */
async function inTheirPages(proof, refusals, steps) {
  const userId = `payer-${count += 1}`;
  const api = await payer(server, userId);
  const { page, complaints, close } = await visitor(browser, { reducedMotion: 'reduce', refusals });
  page.context().setDefaultTimeout(PATIENCE_MS);
  await page.goto(await linkOf(userId));
  await settled(page);
  const code = await proof.setUp(page);
  await page.goto(`${byName(server.url)}/billing`);
  await settled(page);
  await steps({ page, api, userId, code });
  assert.deepEqual(complaints, []);
  await close();
}

/** In a tab of its own, which shares the browser's cookie. */
async function signInElsewhere(page, userId) {
  const other = await page.context().newPage();
  await other.goto(await linkOf(userId));
  await settled(other);
  await other.close();
}

describe('401 step_up_required keeps the form and its idempotency key', () => {
  for (const [formName, form] of Object.entries(FORMS)) {
    for (const [proofName, proof] of Object.entries(PROOFS)) {
      test(`${formName}, proved by ${proofName}`, () => inTheirPages(proof, [401], async ({ page, api, code }) => {
        const sent = changesOf(page, form.path);
        await form.fill(page);
        await server.clock.advance('PT6M');
        await form.send(page);
        await asks(page).waitFor();
        assert.ok(await form.isFilled(page), 'the form behind it is as it was');
        assert.deepEqual(await form.state(api), form.states[0], 'nothing has changed yet');
        await proof.prove(page, code);
        await form.after(page);
        assertSentAgain(sent);
        assert.deepEqual(await form.state(api), form.states[1], 'changed once');
      }));
    }
  }
});

describe('a session that ends in the middle', () => {
  const [taxNumber, cancelling] = [FORMS['the form for a tax number'], FORMS['the page for cancelling']];
  const ended = (page) => page.getByRole('dialog', { name: 'Your session has ended' });

  test('leaves the form, also for who has not signed in yet, or closes the window and goes on', () =>
    inTheirPages(PROOFS['a code'], [401, 403], async ({ page, api, userId }) => {
      await taxNumber.fill(page);
      await server.clock.advance('PT13H');
      await taxNumber.send(page);
      await ended(page).waitFor();
      await button(page, 'I have signed in').click();
      await ended(page).getByText('You are not signed in yet').waitFor();
      assert.deepEqual(await faultsOf(page), []);
      await page.keyboard.press('Escape');
      await ended(page).waitFor({ state: 'detached' });
      assert.ok(await taxNumber.isFilled(page));
      await signInElsewhere(page, userId);
      await taxNumber.send(page);
      await button(page, 'I have signed in').click();
      await ended(page).waitFor({ state: 'detached' });
      assert.ok(await taxNumber.isFilled(page));
      assert.deepEqual(await taxNumber.state(api), taxNumber.states[0]);
      await taxNumber.send(page);
      await taxNumber.after(page);
      assert.deepEqual(await taxNumber.state(api), taxNumber.states[1]);
    }));

  test('while a proof is asked for, leaves both: the change goes on as it was', () =>
    inTheirPages(PROOFS['a code'], [401], async ({ page, api, userId, code }) => {
      const sent = changesOf(page, cancelling.path);
      await cancelling.fill(page);
      await server.clock.advance('PT6M');
      await cancelling.send(page);
      await asks(page).waitFor();
      await server.clock.advance('PT13H');
      await asks(page).getByLabel('Code from your app').fill(await code());
      await asks(page).getByRole('button', { name: 'Confirm' }).click();
      await ended(page).waitFor();
      await signInElsewhere(page, userId);
      await button(page, 'I have signed in').click();
      await ended(page).waitFor({ state: 'detached' });
      assert.ok(await cancelling.isFilled(page));
      await asks(page).getByRole('button', { name: 'Confirm' }).click();
      await cancelling.after(page);
      assertSentAgain(sent);
      assert.deepEqual(await cancelling.state(api), cancelling.states[1]);
    }));

  test('gives the page afresh to somebody else, with nothing of who was there', () =>
    inTheirPages(PROOFS['a code'], [401, 403], async ({ page, api }) => {
      await taxNumber.fill(page);
      await payer(server, `stranger-${count}`);
      await server.clock.advance('PT13H');
      await taxNumber.send(page);
      await ended(page).waitFor();
      await signInElsewhere(page, `stranger-${count}`);
      await Promise.all([page.waitForEvent('load'), button(page, 'I have signed in').click()]);
      await settled(page);
      assert.equal(await page.getByLabel('Number', { exact: true }).inputValue(), '');
      assert.deepEqual(await taxNumber.state(api), []);
    }));
});
