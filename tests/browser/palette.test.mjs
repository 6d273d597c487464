// Guards the keys that work on every page: the palette that leads to each page and, for operators, to customers; the search of a
// page; the list of keys, where single ones can be turned off, and where pages are chosen to be light or dark.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { axe, button, dialog, launch, settled, visitor } from './support/browser.mjs';
import { customer } from './support/customers.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { firstOperator } from '../harness/operators.mjs';
import { signInLink, startTurnpike } from './support/turnpike.mjs';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  await firstOperator(server, 'root');
});

after(async () => {
  await browser.close();
  await server.dispose();
});

const options = (page) => dialog(page).getByRole('option').allInnerTexts();
const line = (page) => dialog(page).getByRole('combobox');

/** What listens to keys comes after the page. */
async function listening(page) {
  await settled(page);
  await page.waitForLoadState('networkidle');
}

async function comeAsOwner(userId, view = {}) {
  await customer(server, userId);
  const seat = await visitor(browser, { reducedMotion: 'reduce', ...view });
  await seat.page.goto(byName(await signInLink(server, userId)));
  await listening(seat.page);
  return seat;
}

test('a customer goes anywhere by a few letters, and back to where they were', async () => {
  const { page, complaints, close } = await comeAsOwner('goer');
  await page.keyboard.press('Control+k');
  await line(page).waitFor();
  assert.deepEqual(await axe(page), []);
  assert.ok((await options(page)).length >= 8);
  await page.keyboard.type('usa');
  assert.match((await options(page))[0], /^Usage/);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/billing/usage');
  await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor();

  await button(page, 'Go to a page, or find').click();
  await line(page).waitFor();
  await page.keyboard.type('no such place');
  await page.getByText('Nothing of that name').waitFor();
  assert.deepEqual(await options(page), []);
  await page.keyboard.press('Escape');
  assert.equal(await dialog(page).count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Go to a page, or find');
  assert.deepEqual(complaints, []);
  await close();
});

test('the arrows go round, what they are on is told, and a press of the mouse goes there too', async () => {
  const { page, close } = await comeAsOwner('rounder');
  await page.keyboard.press('Control+k');
  await line(page).waitFor();
  const chosen = () => page.evaluate(() => {
    const at = document.activeElement.getAttribute('aria-activedescendant');
    return document.getElementById(at)?.innerText.split('\n')[0];
  });
  const all = (await options(page)).map((text) => text.split('\n')[0]);
  assert.equal(await chosen(), all[0]);
  await page.keyboard.press('ArrowUp');
  assert.equal(await chosen(), all.at(-1));
  await page.keyboard.press('ArrowDown');
  assert.equal(await chosen(), all[0]);
  await page.keyboard.press('End');
  assert.equal(await chosen(), all.at(-1));
  await dialog(page).getByRole('option').filter({ hasText: 'Activity' }).click();
  await page.waitForURL('**/billing/activity');
  await close();
});

test('single keys help, leave what is written alone, and can be turned off', async () => {
  const { page, close } = await comeAsOwner('typist', { locale: 'de-DE' });
  await page.keyboard.press('?');
  await page.getByRole('heading', { name: 'Tasten' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByLabel('Einzelne Tasten wirken').uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  assert.equal(await dialog(page).count(), 0);
  await page.reload();
  await listening(page);
  await page.keyboard.press('?');
  assert.equal(await dialog(page).count(), 0, 'it stays off');
  await page.keyboard.press('Control+k');
  await page.getByRole('option', { name: 'Tasten' }).click();
  await page.getByLabel('Einzelne Tasten wirken').check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await line(page).waitFor();
  await page.keyboard.type('?/');
  assert.equal(await line(page).inputValue(), '?/');
  await close();
});

test('who chooses dark has it at once, from the first drawing of the next page on, and on another machine', async () => {
  const ink = (page) => page.evaluate(() => getComputedStyle(document.documentElement).color);
  const { page, complaints, close } = await comeAsOwner('nightly');
  const light = await ink(page);
  await page.keyboard.press('?');
  await dialog(page).getByRole('radio', { name: 'Dark' }).check();
  await page.waitForFunction((before) => getComputedStyle(document.documentElement).color !== before, light);
  const dark = await ink(page);
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('Escape');

  // No script of the page has run yet, and what is drawn is dark.
  await page.route('**/assets/*.js', (route) => route.abort());
  await page.goto(byName(`${server.url}/billing`), { waitUntil: 'domcontentloaded' });
  assert.equal(await ink(page), dark);
  await page.unroute('**/assets/*.js');
  await page.emulateMedia({ media: 'print' });
  assert.notEqual(await ink(page), dark, 'paper is light');
  await page.emulateMedia({ media: null });

  const other = await visitor(browser, { reducedMotion: 'reduce' });
  await other.page.goto(byName(await signInLink(server, 'nightly')));
  await listening(other.page);
  assert.equal(await ink(other.page), dark);
  await other.page.keyboard.press('?');
  assert.equal(await dialog(other.page).getByRole('radio', { name: 'Dark' }).isChecked(), true);
  await dialog(other.page).getByRole('radio', { name: 'As the system' }).check();
  await other.page.waitForFunction((before) => getComputedStyle(document.documentElement).color !== before, dark);
  assert.equal(await ink(other.page), light);
  assert.deepEqual(other.complaints, []);
  await other.close();
  assert.deepEqual(complaints.filter((text) => !text.includes('ERR_FAILED')), []);
  await close();
});

test('an operator finds a customer by a few letters; a slash goes to the search of a page', async () => {
  await server.api.createCustomer('nova', { name: 'Nova Clouds' });
  const { page, close } = await comeAsOperator(server, browser, 'uma', 'support');
  await page.goto(`${byName(server.url)}/admin/customers`);
  await listening(page);
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.closest('[role="search"]') !== null), true);
  await page.keyboard.press('Control+k');
  await line(page).fill('nova');
  await dialog(page).getByRole('option').filter({ hasText: 'Nova Clouds' }).click();
  await page.waitForURL('**/admin/customers/nova');
  await close();
});

test('a stranger finds the pages that are for everybody', async () => {
  const { page, close } = await visitor(browser, { reducedMotion: 'reduce' });
  await page.goto(`${server.url}/pricing`);
  await listening(page);
  await page.keyboard.press('Control+k');
  await line(page).waitFor();
  assert.deepEqual((await options(page)).map((text) => text.split('\n')[0].trim()), ['Pricing', 'Keys and appearance']);
  await close();
});
