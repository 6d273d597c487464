// Guards the statement on accessibility: it is itself accessible, in both languages, schemes and sizes, without a script,
// and every page leads to it from its footer.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { makeDataFolder, Server } from '../harness/server.mjs';
import { faultsOf, launch, visitor } from './support/browser.mjs';
import { customer } from './support/customers.mjs';
import { cspReports, NOW, signInLink } from './support/turnpike.mjs';

const PAGES = JSON.parse(await readFile(new URL('../../ui/pages.json', import.meta.url)));
const SAID = { operator: 'Nova Clouds', email: 'access@nova.example', phone: '+49 30 1234567', address: 'Unter den Linden 1, 10117 Berlin', country: 'DE', reviewed: '2026-11-10' };

let server;
let browser;

before(async () => {
  const data = await makeDataFolder();
  const catalogue = JSON.parse(await readFile(new URL('../../catalog/plans.json', import.meta.url)));
  const file = join(await makeDataFolder(), 'plans.json');
  await writeFile(file, JSON.stringify({ ...catalogue, accessibility: SAID }));
  server = new Server(data, { testClock: NOW, args: ['--catalog', file] });
  browser = await launch();
  await server.start({ key: await server.createKey() });
  await customer(server, 'ada');
});

after(async () => {
  await browser.close();
  await server.dispose();
});

describe('the statement on accessibility', () => {
  for (const [locale, title] of [['en-US', 'Accessibility'], ['de-DE', 'Barrierefreiheit']]) {
    test(`is without a fault in ${locale}`, async () => {
      const { page, complaints, close } = await visitor(browser, { reducedMotion: 'reduce', locale });
      await page.goto(`${server.url}/accessibility`);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      assert.deepEqual(await faultsOf(page), []);
      assert.deepEqual(complaints, []);
      if (process.env.TURNPIKE_PICTURES) {
        for (const [width, colorScheme] of [[390, 'light'], [390, 'dark'], [1280, 'light'], [1280, 'dark']]) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: `${process.env.TURNPIKE_PICTURES}/accessibility-${locale}-${colorScheme}-${width}.png`, fullPage: true });
        }
      }
      await close();
    });
  }

  test('is read without a script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${server.url}/accessibility`);
    await page.getByText('Nova Clouds wants everybody').waitFor();
    await page.getByRole('link', { name: 'access@nova.example' }).waitFor();
    await context.close();
  });

  test('is led to from the footer of every page', async () => {
    const { page, close } = await visitor(browser, { reducedMotion: 'reduce' });
    await page.goto(await signInLink(server, 'ada'));
    for (const { paths } of PAGES) {
      const [path] = Object.keys(paths);
      await page.goto(server.url + path.replace(/:\w+/g, 'some-1'));
      const link = page.locator('footer').getByRole('link', { name: 'Accessibility' });
      await link.waitFor();
      assert.equal(await link.getAttribute('href'), '/accessibility', path);
    }
    await page.locator('footer').getByRole('link', { name: 'Accessibility' }).click();
    await page.getByRole('heading', { level: 1, name: 'Accessibility' }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/accessibility');
    await close();
  });

  test('no browser reported a violation of the policy', async () => {
    assert.equal(await cspReports(server), 0);
  });
});
