// Guards the operators' pages of experiments: what was written down is there before anybody is shown anything, an experiment is moved
// on from its page with a reason, and the page says so when its arms are not filled as they are weighted.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { done } from '../api/support.mjs';
import { draft, EXPERIMENTS, shop, Visitor } from '../harness/experiments.mjs';
import { firstOperator } from '../harness/operators.mjs';
import { button, dialog, launch, region, settled } from './support/browser.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test('an experiment, from its registration to what stops it', async (t) => {
  const server = await shop(t);
  const { id } = done(await server.api.post(EXPERIMENTS, draft()), 201);
  const state = async () => done(await server.api.get(`${EXPERIMENTS}/${id}`)).state;
  await firstOperator(server);
  let { page, complaints, close } = await comeAsOperator(server, browser, 'frida', 'finance');
  const act = async (name, says) => {
    await button(region(page, 'What was written down'), name).click();
    await dialog(page).getByLabel('Reason, for the log').fill('as agreed on Monday');
    await button(dialog(page), name).click();
    await page.getByText(says).first().waitFor();
  };

  await t.test('it is found, and says what it takes', async () => {
    await page.goto(`${byName(server.url)}/admin/experiments`);
    await page.getByRole('link', { name: 'A lower price of Starter' }).click();
    await page.waitForURL(`**/admin/experiments/${id}`);
    await settled(page);
    assert.match(await region(page, 'What was written down').innerText(), /Units that each arm needs\s+1,471[\s\S]*Weeks until they are there\s+11/);
  });

  await t.test('it is registered and started with a reason, and visitors are shown it', async () => {
    await act('Register', 'It is registered.');
    assert.equal(await state(), 'registered');
    await act('Start', 'It runs.');
    assert.equal(await state(), 'running');
    const visitor = new Visitor(server);
    await visitor.open();
    assert.match(visitor.id, /^visitor_/);
    assert.deepEqual(done(await server.api.get(`${EXPERIMENTS}/${id}`)).log.map(({ event, reason }) => [event, reason]),
      [['register', 'as agreed on Monday'], ['start', 'as agreed on Monday']]);
    assert.deepEqual(complaints, []);
    await close();
  });

  await t.test('arms that are not filled as they are weighted are said to be, and there are no effects', async () => {
    for (const [arm, count] of [['control', 700], ['lower', 500]]) {
      const units = Array.from({ length: count }, (_, i) => ({ unitId: `${arm}-${i}`, arm, exposedAt: '2026-03-01T12:00:00Z' }));
      done(await server.api.post(`${EXPERIMENTS}/${id}/units`, { units }));
    }
    await server.clock.advance('P16D');
    ({ page, complaints, close } = await comeAsOperator(server, browser, 'fred', 'finance'));
    await page.goto(`${byName(server.url)}/admin/experiments/${id}`);
    await settled(page);
    assert.match(await region(page, 'Are the arms filled as they are weighted?').innerText(), /Arms are not filled as weighted[\s\S]*Not filled as weighted\s+Yes/);
    assert.match(await region(page, 'Arms beside the control').innerText(), /Nothing to compare yet/);
    assert.match(await region(page, 'What was done').innerText(), /Paused by itself/);
    assert.equal(await state(), 'paused');
    assert.deepEqual(complaints, []);
    await close();
  });
});
