// Guards the security page in a browser: what one signed in with lately, an account at the provider linked and unlinked, recovery
// codes, the last factor, and what who comes too late to set up a first one is told.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { startOidcProvider } from '../harness/oidc_provider.mjs';
import { totp } from '../harness/totp.mjs';
import { button, dialog, faultsOf, launch, region, settled, visitor, withPasskeys } from './support/browser.mjs';
import { customer } from './support/customers.mjs';
import { cspReports, startTurnpike } from './support/turnpike.mjs';

const PATIENCE_MS = 8000;
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
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function come(options = {}) {
  const visit = await visitor(browser, { reducedMotion: 'reduce', ...options });
  visit.page.context().setDefaultTimeout(PATIENCE_MS);
  return visit;
}

/** Vouched for by the platform, or not. */
async function portalLink(userId, authentication = undefined) {
  const person = { id: `${userId}-1`, email: `${userId}@example.com`, name: 'Ada' };
  return byName(done(await server.api.post('/api/portal-sessions', { userId, returnPath: '/security', role: 'owner', person, authentication }), 201).url);
}

async function addPasskey(page, name) {
  await button(page, 'Add a passkey').click();
  await page.getByLabel('Name of the passkey').fill(name);
  await button(page, 'Add this passkey').click();
  await region(page, 'Passkeys').getByText(name).waitFor();
}

describe('who comes too late to set up a first factor', () => {
  test('is told so, comes in again from the platform, and goes on where they were', async () => {
    await customer(server, 'late');
    const { page, complaints, close } = await come({ refusals: [401] });
    await withPasskeys(page);
    await page.goto(await portalLink('late'));
    await settled(page);
    await button(page, 'Add a passkey').click();
    await page.getByLabel('Name of the passkey').fill('Desk');
    await server.clock.advance('PT16M');
    await button(page, 'Add this passkey').click();
    await region(page, 'Passkeys').getByText('You signed in too long ago for this').waitFor();
    assert.equal(await dialog(page).count(), 0, 'no window asks for a proof that nobody has');
    await button(page, 'Set up an app').click();
    await region(page, 'App for one-time codes').getByText('Open Billing from there again').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    const other = await page.context().newPage();
    await other.goto(await portalLink('late'));
    await settled(other);
    await other.close();
    const heard = page.waitForResponse('**/api/session');
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await (await heard).finished();
    assert.equal(await page.getByLabel('Name of the passkey').inputValue(), 'Desk');
    await button(page, 'Add this passkey').click();
    await region(page, 'Passkeys').getByText('Desk').waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });

  test('finds the doors open, though signed in', async () => {
    await customer(server, 'known');
    const { page, complaints, close } = await come({ refusals: [401] });
    await page.goto(await portalLink('known'));
    await settled(page);
    await page.getByLabel('New password').fill(PASSWORD);
    await button(page, 'Set this password').click();
    await page.getByText('The password was set.').waitFor();
    await page.goto(`${base}/sign-in?again=true`);
    await settled(page);
    assert.equal(await page.getByText('You are signed in', { exact: true }).count(), 0);
    await page.getByLabel('Email').fill('known@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    await button(page, 'Continue with a password').click();
    await page.getByText('Close this tab and go on in the other one.').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('recovery codes and factors', () => {
  test('codes are shown once and replace those before; the last factor stays until there is another', async () => {
    await customer(server, 'codes');
    const { page, complaints, close } = await come({ refusals: [409] });
    await withPasskeys(page);
    await page.goto(await portalLink('codes', { at: await server.clock.now(), methods: ['mfa'] }));
    await settled(page);
    await addPasskey(page, 'Laptop');
    const codes = region(page, 'Recovery codes');
    const shown = [];
    for (const name of ['Make recovery codes', 'Make ten new ones']) {
      await codes.getByRole('button', { name }).click();
      await codes.locator('.codes li').first().waitFor();
      shown.push(await codes.locator('.codes li').allInnerTexts());
      await button(page, 'I have kept them').click();
      await codes.getByText('10 of 10 are left.').waitFor();
    }
    assert.equal(new Set(shown.flat()).size, 20, 'none is given twice');
    await page.reload();
    await settled(page);
    assert.equal(await page.locator('.codes li').count(), 0, 'shown once');
    await button(page, 'Rename passkey Laptop').press('Enter');
    const name = page.getByLabel('Name of the passkey');
    assert.equal(await name.inputValue(), 'Laptop');
    assert.deepEqual(await faultsOf(page), []);
    await name.fill('書齋の鍵 🔑');
    await page.keyboard.press('Enter');
    await region(page, 'Passkeys').getByText('書齋の鍵 🔑').waitFor();
    await button(page, 'Rename passkey 書齋の鍵 🔑').click();
    await name.fill('Another');
    await button(page, 'Cancel').click();
    await button(page, 'Rename passkey 書齋の鍵 🔑').waitFor();
    await button(page, 'Remove passkey 書齋の鍵 🔑').click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await dialog(page).getByText('This is the last one.').waitFor();
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    await button(page, 'Set up an app').click();
    const secret = (await page.locator('.secret').innerText()).replace(/\s/g, '');
    await page.getByLabel('The code that the app shows now').fill(totp(secret, Date.parse(await server.clock.now())));
    await page.keyboard.press('Enter');
    await button(page, 'Remove the app').waitFor();
    await button(page, 'Remove passkey 書齋の鍵 🔑').click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await region(page, 'Passkeys').getByText('None yet.').waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('who has lost the device', () => {
  test('comes in by password and a recovery code, which is good once, and ends where they were signed in', async () => {
    await customer(server, 'lost');
    const { page, complaints, close } = await come({ refusals: [401] });
    await withPasskeys(page);
    await page.goto(await portalLink('lost', { at: await server.clock.now(), methods: ['mfa'] }));
    await settled(page);
    await addPasskey(page, 'Laptop');
    await page.getByLabel('New password').fill(PASSWORD);
    await button(page, 'Set this password').click();
    await page.getByText('The password was set.').waitFor();
    await button(page, 'Make recovery codes').click();
    const code = await page.locator('.codes li').first().innerText();
    await button(page, 'I have kept them').click();
    const there = await come({ refusals: [401] });
    const giveCode = async () => {
      await there.page.goto(`${base}/sign-in`);
      await there.page.getByLabel('Email').fill('lost@example.com');
      await there.page.getByLabel('Password').fill(PASSWORD);
      await button(there.page, 'Continue with a password').click();
      await button(there.page, 'Use a recovery code instead').click();
      assert.deepEqual(await faultsOf(there.page), []);
      await there.page.getByLabel('Recovery code').fill(code);
      await button(there.page, 'Confirm').click();
    };
    await giveCode();
    await there.page.waitForURL('**/security');
    await region(there.page, 'Recovery codes').getByText('9 of 10 are left.').waitFor();
    const list = region(there.page, 'Where you are signed in').getByRole('listitem');
    assert.equal(await list.count(), 2);
    await list.getByRole('button', { name: /^Sign out/ }).click();
    await list.nth(1).waitFor({ state: 'detached' });
    await page.reload();
    await page.waitForURL('**/sign-in?next=%2Fsecurity');
    await button(there.page, 'Sign out').first().click();
    await there.page.waitForURL('**/pricing');
    await giveCode();
    await there.page.getByText('This code is not right').waitFor();
    for (const visit of [there, { complaints, close }]) {
      assert.deepEqual(visit.complaints, []);
      await visit.close();
    }
  });
});

describe('an account at the provider', () => {
  test('is linked, stands among the ways in and the sign-ins, and is unlinked', async () => {
    const ends = [];
    const provider = await startOidcProvider({ after: (end) => ends.push(end) });
    const own = await startTurnpike({ testClock: null, ...provider.options });
    provider.serve(own.url);
    await own.api.createCustomer('linker', { name: 'Linker' });
    const { page, complaints, close } = await come();
    const person = { id: 'l1', email: 'ada@example.com', name: 'Ada' };
    const authentication = { at: new Date(Date.now() - 1000).toISOString(), methods: ['mfa'] };
    await page.goto(done(await own.api.post('/api/portal-sessions', { userId: 'linker', returnPath: '/security', role: 'owner', person, authentication }), 201).url);
    await settled(page);
    const linked = region(page, 'Sign-in provider');
    await linked.getByRole('button', { name: 'Link your account at Example ID' }).click();
    await page.getByLabel('Login').fill('ada');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/security?linked=true');
    await linked.getByText('Your account is linked.').waitFor();
    await linked.getByText('Linked on').waitFor();
    await region(page, 'Recent sign-ins').getByText('From the platform').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await linked.getByRole('button', { name: 'Unlink Example ID' }).click();
    assert.deepEqual(await faultsOf(page), []);
    await dialog(page).getByRole('button', { name: 'Unlink' }).click();
    await linked.getByText('Link your account there').waitFor();
    assert.equal(await linked.getByText('Your account is linked.').count(), 0);
    assert.deepEqual(complaints, []);
    await close();
    await own.dispose();
    for (const end of ends) end();
  });
});
