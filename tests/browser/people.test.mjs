// Guards how people come in and prove who they are, in a browser: by a passkey, by codes and the keyboard alone, by invitation;
// a change that asks for a proof goes on by itself afterwards, once; who may not change anything is shown nothing to press.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { totp } from '../harness/totp.mjs';
import { agree, button, dialog, faultsOf, launch, link, region, settled, visitor, withPasskeys } from './support/browser.mjs';
import { addCard, customer } from './support/customers.mjs';
import { cspReports, startTurnpike } from './support/turnpike.mjs';

const PASSWORD = 'quiet fern under glass';

let server;
let browser;
let base;

const done = (answer, ...statuses) => expectStatus(answer, ...(statuses.length > 0 ? statuses : [200])).body;
/** An address of numbers is no place for a passkey. */
const byName = (url) => url.replace('127.0.0.1', 'localhost');

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  base = byName(server.url);
  for (const name of ['buyer', 'fern', 'seen', 'german']) await addCard(await customer(server, name));
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

/** Without motion: what is still changing its colour would be judged half-way. */
const come = (options = {}) => visitor(browser, { reducedMotion: 'reduce', ...options });

async function portalLink(userId, more = {}) {
  return byName(done(await server.api.post('/api/portal-sessions', { userId, returnPath: '/billing', ...more }), 201).url);
}

async function setUpLink() {
  return byName(done(await server.api.post('/api/setup/link', {}), 201).url);
}

/** The link of the newest mail of a kind to an address. */
async function mailedLink(address, kind) {
  const [mail] = done(await server.api.get('/api/admin/outbox?limit=100')).data.filter((item) => item.to === address && item.kind === kind);
  const { text } = done(await server.api.get(`/api/admin/outbox/${mail.id}`));
  return byName(/https?:\/\/\S+#[0-9a-f]{64}/.exec(text)[0]);
}

async function signOut(page) {
  await button(page, 'Sign out').first().click();
  await page.waitForURL('**/pricing');
}

/** Requests that change the plan, as they were sent. */
function planChanges(page) {
  const sent = [];
  page.on('request', (request) => {
    const isChange = ['POST', 'PUT'].includes(request.method()) && /\/api\/billing\/subscri/.test(request.url()) && !request.url().includes('preview');
    if (isChange) sent.push({ key: request.headers()['idempotency-key'], body: request.postData() });
  });
  return sent;
}

describe('a passkey', () => {
  test('makes the first operator, and brings them in again', async () => {
    const { page, complaints, close } = await come();
    await withPasskeys(page);
    await page.goto(await setUpLink());
    await settled(page);
    assert.equal(new URL(page.url()).hash, '', 'the token has left the address');
    assert.deepEqual(await faultsOf(page), []);
    await page.getByLabel('Your name').fill('Root');
    await page.getByLabel('Email').fill('root@example.com');
    await button(page, 'Become the first operator').click();
    await page.getByText('Step 1 of 2').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await page.getByLabel('Name of the passkey').fill('Laptop');
    await button(page, 'Add this passkey').click();
    await page.getByText('Step 2 of 2').waitFor();
    await button(page, 'Make recovery codes').click();
    await page.getByText('Your recovery codes').waitFor();
    assert.equal(await page.locator('.codes li').count(), 10);
    assert.deepEqual(await faultsOf(page), []);
    await button(page, 'I have kept them').click();
    await page.waitForURL('**/security');
    await region(page, 'Passkeys').getByText('Laptop').waitFor();
    await region(page, 'Recovery codes').getByText('10 of 10 are left.').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await signOut(page);
    await page.goto(`${base}/sign-in`);
    await settled(page);
    assert.deepEqual(await faultsOf(page), []);
    await button(page, 'Sign in with a passkey').click();
    await page.waitForURL('**/security');
    await region(page, 'Passkeys').getByText('last used').waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });

  test('is set up where a purchase asks for it; the purchase goes on as it was, once, and later asks for it again', async () => {
    const { page, complaints, close } = await come({ refusals: [401] });
    await withPasskeys(page);
    const sent = planChanges(page);
    await page.goto(await portalLink('buyer'));
    await settled(page);
    await link(page, 'Choose a plan').click();
    await page.getByRole('radio', { name: /Professional/ }).check();
    await agree(page);
    await button(page, 'Pay $99.00').click();
    const asks = page.getByRole('dialog', { name: 'Is it you?' });
    await asks.getByText('go back to the platform').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await asks.getByRole('button', { name: 'Add this passkey' }).click();
    await page.getByText('Done: you are on Professional.').waitFor();
    assert.equal(sent.length, 2);
    assert.deepEqual(sent[0], sent[1], 'the same request, with the same key');
    assert.equal(done(await server.api.as('buyer').get('/api/billing/invoices')).data.length, 1);
    await server.clock.advance('PT6M');
    await link(page, 'To the plan').click();
    await link(page, 'Cancel plan').click();
    await page.getByRole('radio').first().check();
    await page.getByRole('button', { name: /^Cancel on/ }).click();
    await asks.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('needs a fresh proof that it is you').waitFor();
    assert.ok(await page.getByRole('radio').first().isChecked(), 'the form behind it stays as it was');
    await page.getByRole('button', { name: /^Cancel on/ }).click();
    await asks.getByRole('button', { name: 'Use a passkey' }).click();
    await region(page, 'What happens').getByText('Your plan ends on').waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('with codes, and with the keyboard alone', () => {
  async function tabTo(page, text) {
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return (element.labels?.[0] ?? element).innerText?.trim();
      });
      if (focused === text) return;
    }
    assert.fail(`the focus never came to "${text}"`);
  }
  const type = async (page, label, text) => {
    await tabTo(page, label);
    await page.keyboard.type(text);
  };
  const press = async (page, name) => {
    await tabTo(page, name);
    await page.keyboard.press('Enter');
  };

  test('invited, set up, out, in again by password and code, and a plan is bought', async () => {
    done(await server.api.as('fern').post('/api/billing/members', { email: 'grace@example.com', role: 'owner' }), 201);
    const { page, complaints, close } = await come({ refusals: [401] });
    const code = async () => totp(secret, Date.parse(await server.clock.now()));
    await page.goto(await mailedLink('grace@example.com', 'invitation'));
    await settled(page);
    assert.deepEqual(await faultsOf(page), []);
    await type(page, 'Your name', 'Grace');
    await page.keyboard.press('Enter');
    await page.getByText('Step 1 of 2').waitFor();
    await press(page, 'Set up an app');
    await page.getByAltText(/^QR code/).waitFor();
    assert.ok(await page.getByAltText(/^QR code/).evaluate((image) => image.complete && image.naturalWidth > 0), 'the image is drawn');
    assert.deepEqual(await faultsOf(page), []);
    const secret = (await page.locator('.secret').innerText()).replace(/\s/g, '');
    await type(page, 'The code that the app shows now', await code());
    await page.keyboard.press('Enter');
    await page.getByText('Step 2 of 2').waitFor();
    await press(page, 'Later');
    await page.waitForURL('**/billing');
    await settled(page);
    await press(page, 'Security');
    await page.waitForURL('**/security');
    await settled(page);
    await type(page, 'New password', PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('The password was set.').waitFor();
    await press(page, 'Sign out');
    await page.waitForURL('**/pricing');
    await settled(page);
    await press(page, 'Sign in');
    await page.waitForURL('**/sign-in');
    await settled(page);
    await type(page, 'Email', 'grace@example.com');
    await type(page, 'Password', 'not this one at all');
    await page.keyboard.press('Enter');
    await page.getByText('Address and password do not belong together.').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.getByLabel('Password').fill('');
    await page.getByLabel('Password').focus();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByLabel('Code from your app').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await server.clock.advance('PT1M');
    await type(page, 'Code from your app', await code());
    await page.keyboard.press('Enter');
    await page.waitForURL('**/billing');
    await settled(page);
    await server.clock.advance('PT6M');
    await press(page, 'Choose a plan');
    await button(page, 'Pay $29.00').waitFor();
    await agree(page);
    await press(page, 'Pay $29.00');
    await page.getByRole('dialog', { name: 'Is it you?' }).waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await type(page, 'Code from your app', '000000');
    await page.keyboard.press('Enter');
    await page.getByText('This code is not right').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.getByLabel('Code from your app').fill('');
    await page.getByLabel('Code from your app').focus();
    await page.keyboard.type(await code());
    await page.keyboard.press('Enter');
    await page.getByText('Done: you are on Starter.').waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });

  test('who forgot the password chooses another by mail', async () => {
    const { page, complaints, close } = await come({ refusals: [401, 410, 422] });
    await page.goto(`${base}/reset`);
    await settled(page);
    assert.deepEqual(await faultsOf(page), []);
    await type(page, 'Email', 'grace@example.com');
    await page.keyboard.press('Enter');
    await page.getByText('a link is on its way').waitFor();
    const link = await mailedLink('grace@example.com', 'password_reset');
    await page.goto(link);
    await settled(page);
    assert.equal(new URL(page.url()).hash, '');
    await type(page, 'New password', 'passwordpassword');
    await page.keyboard.press('Enter');
    await page.getByText('too easy to guess').waitFor();
    await page.getByLabel('New password', { exact: true }).fill(`${PASSWORD} again`);
    await page.keyboard.press('Enter');
    await page.getByText('The new password is set.').waitFor();
    await page.goto('about:blank');
    await page.goto(link);
    await settled(page);
    await page.getByLabel('New password', { exact: true }).fill(`${PASSWORD} once more`);
    await page.keyboard.press('Enter');
    await page.getByText('This link does not work any more').waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('people of a customer', () => {
  const vouched = async () => ({ at: await server.clock.now(), methods: ['mfa'] });

  test('an owner invites, changes a role, takes back; the last owner stays', async () => {
    const { page, complaints, close } = await come({ refusals: [409] });
    await page.goto(await portalLink('seen', { returnPath: '/billing/settings', person: { id: 'p1', email: 'ada@example.com', name: 'Ada' }, role: 'owner', authentication: await vouched() }));
    await settled(page);
    const people = region(page, 'People');
    await people.getByLabel('Role of Ada').waitFor();
    await people.getByLabel('Email').fill('lin@example.com');
    await people.getByLabel('Role', { exact: true }).selectOption('viewer');
    await people.getByRole('button', { name: 'Invite' }).click();
    await people.getByText('lin@example.com').waitFor();
    assert.match(await people.innerText(), /Viewer · Invited, until/);
    await people.getByRole('button', { name: /^Take back the invitation of lin/ }).click();
    await people.getByText('lin@example.com').waitFor({ state: 'detached' });
    await people.getByLabel('Role of Ada').selectOption('viewer');
    await people.getByText('This is the last owner.').waitFor();
    assert.equal(await people.getByLabel('Role of Ada').inputValue(), 'owner');
    assert.deepEqual(await faultsOf(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('a viewer sees, and is shown nothing to press', async () => {
    const { page, complaints, close } = await come();
    await page.goto(await portalLink('seen', { person: { id: 'p2', email: 'lin@example.com', name: 'Lin' }, role: 'viewer' }));
    await settled(page);
    for (const path of ['/billing', '/billing/plan', '/billing/plan/change', '/billing/cancel', '/billing/payment-methods', '/billing/invoices', '/billing/settings']) {
      await page.goto(base + path);
      await settled(page);
      await page.getByText('changes nothing').waitFor();
      for (const name of ['Choose a plan', 'Add a card', 'Change', 'Add number', 'Invite']) assert.equal(await button(page, name).or(link(page, name)).count(), 0, name);
      assert.equal(await page.getByRole('button', { name: /Remove|Make default/ }).count(), 0);
      assert.deepEqual(await faultsOf(page), []);
    }
    await region(page, 'People').getByText('An owner of this account can invite').waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });

  test('an operator who looks is named in a banner, with the reason, and changes nothing', async () => {
    const setUp = await setUpLink().catch(() => null);
    assert.equal(setUp, null, 'the first operator is there');
    const { page, complaints, close } = await come();
    await withPasskeys(page);
    done(await server.api.post('/api/admin/operators', { email: 'sam@example.com', role: 'support' }), 201);
    await page.goto(await mailedLink('sam@example.com', 'invitation'));
    await page.getByLabel('Your name').fill('Sam Support');
    await button(page, 'Accept the invitation').click();
    await button(page, 'Add this passkey').click();
    await button(page, 'Later').click();
    await page.waitForURL('**/security');
    await settled(page);
    const url = await page.evaluate(async () => {
      const { csrfToken } = await (await fetch('/api/session')).json();
      const answer = await fetch('/api/admin/impersonations', {
        method: 'POST', body: JSON.stringify({ userId: 'seen', reason: 'ticket 118' }),
        headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken, 'idempotency-key': crypto.randomUUID() },
      });
      return (await answer.json()).url;
    });
    await page.goto(byName(url));
    await settled(page);
    const banner = page.locator('.banner.looking');
    await banner.waitFor();
    assert.match(await banner.innerText(), /Sam Support is looking at the pages of .*Reason: ticket 118\. Until .*nothing can be changed/);
    for (const path of ['/billing', '/billing/plan', '/billing/payment-methods', '/billing/settings']) {
      await page.goto(base + path);
      await settled(page);
      for (const name of ['Choose a plan', 'Add a card', 'Change', 'Add number', 'Invite']) assert.equal(await button(page, name).or(link(page, name)).count(), 0, name);
      assert.deepEqual(await faultsOf(page), []);
    }
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('sessions', () => {
  test('are listed, and the others are ended', async () => {
    const [here, there] = [await come({ refusals: [401] }), await come({ refusals: [401] })];
    const person = { id: 'p3', email: 'kim@example.com', name: 'Kim' };
    for (const { page } of [there, here]) {
      await page.goto(await portalLink('seen', { person, role: 'owner' }));
      await settled(page);
    }
    await here.page.goto(`${base}/security`);
    await settled(here.page);
    const list = region(here.page, 'Where you are signed in').getByRole('listitem');
    assert.equal(await list.count(), 2);
    await button(here.page, 'Sign out all others').click();
    await list.nth(1).waitFor({ state: 'detached' });
    await there.page.reload();
    await there.page.waitForURL('**/sign-in?next=%2Fbilling');
    for (const { complaints, close } of [here, there]) {
      assert.deepEqual(complaints, []);
      await close();
    }
  });
});

test('a German reads German on every page about people', async () => {
  const { page, complaints, close } = await come({ locale: 'de-DE' });
  for (const [path, words] of [['/sign-in', 'Mit einem Passkey anmelden'], ['/reset', 'Neues Passwort'], ['/join', 'Du bist eingeladen'], ['/set-up', 'Diese Installation einrichten']]) {
    await page.goto(base + path);
    await settled(page);
    await page.getByText(words).first().waitFor();
    assert.deepEqual(await faultsOf(page), []);
  }
  await page.goto(await portalLink('german', { returnPath: '/billing/settings' }));
  await settled(page);
  await region(page, 'Personen').waitFor();
  await page.goto(`${base}/security`);
  await settled(page);
  const text = await page.locator('body').innerText();
  for (const word of ['Security', 'Recovery', 'Password', 'Sign out', 'Set up']) assert.ok(!text.includes(word), word);
  assert.deepEqual(complaints, []);
  await close();
});
