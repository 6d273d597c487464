// Guards that people come in by an OpenID provider that is not ours, in a browser: by its button, with what went wrong in words, and
// that a change which asks for a proof goes on by itself once it was proved there, in a window that closes.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { startOidcProvider } from '../harness/oidc_provider.mjs';
import { totp } from '../harness/totp.mjs';
import { button, dialog, faultsOf, launch, settled, visitor } from './support/browser.mjs';
import { cspReports, startTurnpike } from './support/turnpike.mjs';

const PASSWORD = 'quiet fern under glass';
const PATIENCE_MS = 8000;

let provider;
let server;
let browser;
const ends = [];

before(async () => {
  provider = await startOidcProvider({ after: (end) => ends.push(end) });
  [server, browser] = await Promise.all([startTurnpike({ testClock: null, ...provider.options }), launch()]);
  provider.serve(server.url);
  for (const name of ['ada', 'bob']) expectStatus(await server.api.post('/api/admin/operators', { email: `${name}@example.com`, role: 'auditor' }), 201);
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  for (const end of ends) end();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function come(options = {}) {
  const visit = await visitor(browser, { reducedMotion: 'reduce', ...options });
  visit.page.context().setDefaultTimeout(PATIENCE_MS);
  return visit;
}

/** A change as the page would send it. */
const post = (page, path, body = {}) => page.evaluate(async ([to, content]) => {
  const { csrfToken } = await (await fetch('/api/session')).json();
  const answer = await fetch(to, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrfToken }, body: JSON.stringify(content) });
  return answer.status === 204 ? null : answer.json();
}, [path, body]);

/** From our page to theirs and back. */
async function signIn(page, login, name = 'Sign in with Example ID') {
  await page.goto(`${server.url}/sign-in`);
  await page.getByRole('link', { name }).click();
  await page.getByLabel('Login').fill(login);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${server.url}/**`);
  await settled(page);
}

describe('the provider', () => {
  test('brings in whom it asked for two factors', async () => {
    const { page, complaints, close } = await come();
    await page.goto(`${server.url}/sign-in`);
    await page.getByRole('link', { name: 'Sign in with Example ID' }).waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await signIn(page, 'ada');
    await page.getByText('as ada@example.com').waitFor();
    const session = await page.evaluate(() => fetch('/api/session').then((answer) => answer.json()));
    assert.deepEqual([session.role, session.personName, session.needsSecondFactor], ['auditor', 'Ada', false]);
    assert.deepEqual(complaints, []);
    // Their first factor here is set up at once; from then on a proof is asked for.
    const { secret } = await post(page, '/api/me/totp');
    assert.equal(await post(page, '/api/session/totp', { code: totp(secret, Date.now()) }), null);
    await close();
  });

  test('a change that wants a fresh proof goes on once it is given there', async () => {
    const { page, close } = await come();
    await signIn(page, 'ada');
    await page.goto(`${server.url}/security`);
    await settled(page);
    await page.getByLabel('New password').fill(PASSWORD);
    await button(page, 'Set this password').click();
    await dialog(page).getByText('Is it you?').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    const changed = page.waitForResponse((answer) => answer.url().endsWith('/api/me/password') && answer.ok());
    const [window] = await Promise.all([page.context().waitForEvent('page'), button(dialog(page), 'Prove it at your provider').click()]);
    await window.getByLabel('Login').fill('ada');
    await window.getByRole('button', { name: 'Sign in' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    await changed;
    const me = await page.evaluate(() => fetch('/api/me').then((answer) => answer.json()));
    assert.equal(me.hasPassword, true, 'the change went through');
    await close();
  });

  test('whoever gave one factor there sets up another here', async () => {
    const { page, close } = await come();
    await signIn(page, 'bob');
    await page.getByText('Step 1 of 2').waitFor();
    await close();
  });

  test('whose address it has not verified is told so, in their language', async () => {
    const { page, close } = await come({ locale: 'de-DE' });
    await signIn(page, 'eve', 'Mit Example ID anmelden');
    await page.getByText('Die Anmeldung beim Anbieter hat nicht geklappt').waitFor();
    await page.getByText('Der Anbieter sagt nicht, dass die Adresse deines Kontos dir gehört.').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await close();
  });
});
