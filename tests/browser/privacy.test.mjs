// Guards the page about people's data: it says why all is kept, corrects a name, keeps what is allowed, makes a file and hands
// it over, asks for erasure after it has said what stays, by the keyboard too; in both languages, light and dark, small and wide.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { button, dialog, faultsOf, launch, region, settled, visitor } from './support/browser.mjs';
import { customer } from './support/customers.mjs';
import { cspReports, startTurnpike } from './support/turnpike.mjs';

let server;
let browser;

const done = (answer, ...statuses) => expectStatus(answer, ...(statuses.length > 0 ? statuses : [200])).body;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  for (const name of ['fern', 'german', 'seen']) await customer(server, name, `House of ${name}`);
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

async function link(userId, id, more = {}) {
  const person = { id, email: `${id}@members.example`, name: `Person ${id}` };
  const authentication = { at: await server.clock.now(), methods: ['mfa'] };
  return done(await server.api.post('/api/portal-sessions', { userId, role: 'owner', person, authentication, returnPath: '/account/privacy', ...more }), 201).url;
}

async function come(options, url) {
  const guest = await visitor(browser, { reducedMotion: 'reduce', ...options });
  await guest.page.goto(url);
  await settled(guest.page);
  return guest;
}

test('an owner: name, choices, a file, and to be forgotten', async () => {
  const { page, complaints, close } = await come({ acceptDownloads: true }, await link('fern', 'ada'));
  await page.getByRole('heading', { level: 1, name: 'Your data' }).waitFor();
  assert.deepEqual(await faultsOf(page), []);
  assert.match(await region(page, 'Why it is kept').innerText(), /6\(1\)\(b\)[^]*6\(1\)\(c\)[^]*6\(1\)\(f\)/);

  await page.getByLabel('Your name').fill('Ada Corrected');
  await page.keyboard.press('Enter');
  await page.getByText('The name is saved.').waitFor();
  const members = done(await server.api.as('fern').get('/api/billing/members')).data;
  assert.ok(members.some(({ name }) => name === 'Ada Corrected'));

  const mine = region(page, 'What you allow');
  await mine.getByText('Nothing was said yet').waitFor();
  await mine.getByLabel('To be counted in analyses of how the product is used').focus();
  await page.keyboard.press('Space');
  await mine.getByRole('button', { name: 'Save what is allowed' }).press('Enter');
  await mine.getByText('Said on').waitFor();
  const house = region(page, 'What House of fern allows');
  await house.getByText('Nothing was said yet').waitFor();
  await page.reload();
  await settled(page);
  assert.ok(await mine.getByLabel('To be counted in analyses of how the product is used').isChecked());
  assert.ok(!(await mine.getByLabel('To be written to about offers').isChecked()));

  await house.getByRole('button', { name: 'Set it aside' }).click();
  await house.getByText('Set aside since').waitFor();
  assert.notEqual(done(await server.api.as('fern').get('/api/billing/privacy')).choices.restrictedAt, null);
  await house.getByRole('button', { name: 'Use it again' }).click();
  await house.getByText('Until you say otherwise').waitFor();

  const file = region(page, 'All that is kept of House of fern');
  await file.getByRole('button', { name: 'Make the file' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), file.getByRole('link', { name: 'Download' }).click()]);
  const bytes = await readFile(await download.path());
  assert.equal(bytes.subarray(0, 2).toString(), 'PK');
  assert.match(download.suggestedFilename(), /^turnpike-priv_\w+\.zip$/);

  const erase = region(page, 'Forget House of fern');
  assert.match(await erase.innerText(), /ten years[^]*17\(3\)\(b\)/);
  await erase.getByRole('button', { name: 'Ask to be forgotten' }).click();
  assert.deepEqual(await faultsOf(page), []);
  await page.keyboard.press('Escape');
  assert.equal(await dialog(page).count(), 0);
  await erase.getByRole('button', { name: 'Ask to be forgotten' }).click();
  await dialog(page).getByRole('button', { name: 'Ask to be forgotten' }).click();
  await erase.getByText(/due by/).waitFor();
  const asked = region(page, 'What was asked: House of fern');
  assert.match(await asked.innerText(), /To be forgotten[^]*answer by[^]*Waits/);
  assert.deepEqual(await faultsOf(page), []);
  if (process.env.SCREENS) {
    for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.SCREENS}/privacy-${colorScheme}-${width}.png`, fullPage: true });
    }
  }
  assert.deepEqual(complaints, []);
  await close();
});

test('the last owner cannot leave; another can, and is signed out', async () => {
  const { page, complaints, close } = await come({ refusals: [409, 401] }, await link('seen', 'first'));
  const leave = region(page, 'Leave for good');
  await leave.getByRole('button', { name: 'Leave for good' }).click();
  await dialog(page).getByRole('button', { name: 'Leave for good' }).click();
  await dialog(page).getByText('This is the last owner.').waitFor();
  await link('seen', 'second');
  await dialog(page).getByRole('button', { name: 'Leave for good' }).click();
  await page.waitForURL('**/sign-in?next=*');
  const members = done(await server.api.as('seen').get('/api/billing/members')).data;
  assert.deepEqual(members.map(({ name }) => name), ['Person second']);
  assert.deepEqual(complaints, []);
  await close();
});

test('a viewer sees what is their own; a German reads German; the security page leads here', async () => {
  const viewer = await come({}, await link('german', 'vera', { role: 'viewer' }));
  await region(viewer.page, 'All that is kept of you').waitFor();
  assert.equal(await region(viewer.page, 'Forget House of german').count(), 0);
  await viewer.page.goto(new URL('/security', server.url).href);
  await settled(viewer.page);
  await viewer.page.getByRole('link', { name: /Your data: have it/ }).click();
  await viewer.page.waitForURL('**/account/privacy');
  assert.deepEqual(viewer.complaints, []);
  await viewer.close();
  const german = await come({ locale: 'de-DE' }, await link('german', 'gerd'));
  assert.deepEqual(await faultsOf(german.page), []);
  const text = await german.page.locator('body').innerText();
  for (const word of ['Your', 'What you', 'Forget', 'Leave', 'kept', 'allow ']) assert.ok(!text.includes(word), word);
  assert.match(text, /Artikel 6 Absatz 1 Buchstabe a/);
  assert.deepEqual(german.complaints, []);
  await german.close();
});

test('an address is changed by the link in the new mailbox, and a change is stopped by the link in the old one', async () => {
  const linkTo = async (address, kind) => {
    const [mail] = done(await server.api.get('/api/admin/outbox?limit=100')).data.filter((item) => item.to === address && item.kind === kind);
    return /https?:\/\/\S+#[0-9a-f]{64}/.exec(done(await server.api.get(`/api/admin/outbox/${mail.id}`)).text)[0];
  };
  const { page, complaints, close } = await come({ refusals: [401, 409, 410] }, await link('fern', 'grace'));
  const mine = region(page, 'Your address');
  await mine.getByText('Your address is grace@members.example.').waitFor();
  await mine.getByLabel('New address').fill('GRACE@members.example');
  await page.keyboard.press('Enter');
  await mine.getByText('the address that you have already').waitFor();
  await mine.getByLabel('New address').fill('grace@new.example');
  await page.keyboard.press('Enter');
  await mine.getByText('grace@new.example waits to be confirmed').waitFor();
  assert.deepEqual(await faultsOf(page), []);

  // Whoever reads the mailbox, on another device.
  const other = await come({ refusals: [401, 410], width: 390, height: 844, scheme: 'dark' }, await linkTo('grace@new.example', 'email_confirm'));
  assert.equal(new URL(other.page.url()).hash, '', 'the token has left the address');
  await other.page.getByRole('heading', { level: 1, name: 'Confirm your new address' }).waitFor();
  assert.equal(done(await server.api.as('fern').get('/api/billing/members')).data.some(({ email }) => email === 'grace@new.example'), false, 'opening it does nothing');
  assert.deepEqual(await faultsOf(other.page), []);
  await button(other.page, 'Confirm the address').press('Enter');
  await other.page.getByText('The new address is yours.').waitFor();
  await page.reload();
  await mine.getByText('Your address is grace@new.example.').waitFor();

  // The old mailbox stops it, and everybody is signed out.
  const stopping = await linkTo('grace@members.example', 'email_changing');
  await other.page.goto(stopping);
  await settled(other.page);
  await other.page.getByRole('heading', { level: 1, name: 'Stop the change of address' }).waitFor();
  assert.deepEqual(await faultsOf(other.page), []);
  await button(other.page, 'Stop the change').click();
  await other.page.getByText('The change is stopped.').waitFor();
  await other.page.goto('about:blank');
  await other.page.goto(stopping);
  await settled(other.page);
  await button(other.page, 'Stop the change').click();
  await other.page.getByText('This link does not work any more').waitFor();
  assert.deepEqual(other.complaints, []);
  assert.deepEqual(complaints, []);
  await other.close();
  await close();

  const again = await come({ locale: 'de-DE' }, await link('fern', 'grace'));
  await region(again.page, 'Deine Adresse').getByText('Deine Adresse ist grace@members.example.').waitFor();
  await again.close();
});
