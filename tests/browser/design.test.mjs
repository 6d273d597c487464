// Guards the page of components (ui/design): each of src/components is there in every state, without a fault in any view, and what
// is over the page gives the focus back.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { axe, DESK, dialog, faultsOf, launch, overflow, PHONE, visitor } from './support/browser.mjs';

const UI = new URL('../../ui/', import.meta.url).pathname;
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };
/** Frames of whole pages, and what has no look of its own. */
const NO_PIECES = ['Shell', 'later', 'Shortcuts', 'Frame', 'HoldsWithin'];

let server;
let browser;
let seat;

async function serve(request, response) {
  const path = request.url === '/' ? '/design/index.html' : request.url;
  const body = await readFile(join(UI, 'dist-design', path)).catch(() => null);
  response.writeHead(body === null ? 404 : 200, { 'content-type': TYPES[extname(path)] ?? 'text/plain' }).end(body ?? '');
}

before(async () => {
  await promisify(execFile)('npx', ['vite', 'build', '--config', 'design/vite.config.ts', '--logLevel', 'error'], { cwd: UI });
  server = createServer(serve);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launch();
  seat = await visitor(browser, { reducedMotion: 'reduce' });
  await seat.page.goto(`http://127.0.0.1:${server.address().port}/`);
  await seat.page.locator('h1').waitFor();
});

after(async () => {
  await browser?.close();
  server?.close();
});

test('each component is there', async () => {
  const shown = await seat.page.locator('[data-component]').evaluateAll((pieces) => pieces.map(({ dataset }) => dataset.component));
  const files = await readdir(join(UI, 'src/components'), { recursive: true });
  const names = files.filter((file) => file.endsWith('.tsx')).map((file) => file.replace(/^.*\/|\.tsx$/g, ''));
  assert.deepEqual(names.filter((name) => !NO_PIECES.includes(name)).sort(), [...shown].sort());
});

test('in every state, without a fault in any view', async () => {
  const { page, complaints } = seat;
  assert.deepEqual(await faultsOf(page), []);
  for (const { width, height } of [PHONE, DESK]) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ forcedColors: 'active' });
    assert.deepEqual(await axe(page), [], `forced colours at ${width}`);
    await page.emulateMedia({ forcedColors: 'none' });
  }
  await page.setViewportSize({ width: 320, height: 640 });
  assert.ok(await overflow(page) <= 0, 'scrolls sideways at 320');
  assert.deepEqual(complaints, []);
});

test('what is over the page is without a fault, and gives the focus back', async () => {
  const { page } = seat;
  await page.setViewportSize(DESK);
  for (const opener of await page.getByRole('button', { name: /^Open / }).all()) {
    await opener.focus();
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('Escape');
    await dialog(page).waitFor({ state: 'detached' });
    assert.ok(await opener.evaluate((button) => document.activeElement === button));
  }
});
