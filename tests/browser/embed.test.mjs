// Guards that the prices are shown in a frame of a site that was named, and of no other, and that what is followed there
// leaves the frame.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';

import { launch, visitor } from './support/browser.mjs';
import { cspReports, startTurnpike } from './support/turnpike.mjs';

let named;
let stranger;
let server;
let browser;

/** A site with the prices in a frame. */
async function startSite() {
  const site = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>Nova</title><h1>Nova</h1><link rel="icon" href="data:,"><iframe title="Prices" width="900" height="800" src="${server.url}/embed/pricing"></iframe>`);
  });
  await new Promise((fulfil) => site.listen(0, '127.0.0.1', fulfil));
  return site;
}

const addressOf = (site) => `http://localhost:${site.address().port}`;

before(async () => {
  named = createServer();
  await new Promise((fulfil) => named.listen(0, '127.0.0.1', fulfil));
  const { port } = named.address();
  await new Promise((fulfil) => named.close(fulfil));
  server = await startTurnpike({ args: ['--embed-origins', `http://localhost:${port}`] });
  [named, stranger] = await Promise.all([startSite(), startSite()]);
  await new Promise((fulfil) => named.close(fulfil).listen(port, '127.0.0.1', fulfil));
  browser = await launch();
});

after(async () => {
  await browser.close();
  for (const site of [named, stranger]) site.close();
  await server.dispose();
});

describe('the prices in a frame', () => {
  test('of a site that was named are the prices alone, and a link opens in the whole window', async () => {
    const visit = await visitor(browser);
    await visit.page.goto(addressOf(named));
    const frame = visit.page.frameLocator('iframe');
    await frame.getByRole('heading', { level: 1 }).waitFor();
    assert.equal(await frame.locator('nav').count(), 0, 'without our navigation');
    const links = frame.locator('a.button');
    await links.first().waitFor();
    await links.first().click();
    await visit.page.waitForURL(`${server.url}/**`);
    assert.deepEqual(visit.complaints, []);
    assert.equal(await cspReports(server), 0);
    await visit.close();
  });

  test('of another site stay empty', async () => {
    const visit = await visitor(browser);
    await visit.page.goto(addressOf(stranger));
    const complaint = () => visit.complaints.some((text) => text.includes('frame-ancestors'));
    while (!complaint()) await new Promise((fulfil) => visit.page.once('console', fulfil));
    assert.equal(await visit.page.frameLocator('iframe').locator('#app').count(), 0);
    await visit.close();
  });
});
