// Guards the operators' pages of experiments: what was written down is there before anybody is shown anything, an experiment is moved
// on from its page with a reason, and the page says so when its arms are not filled as they are weighted.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { done, subscriber } from '../api/support.mjs';
import { draft, EXPERIMENTS, running, shop, Visitor, visitorOf } from '../harness/experiments.mjs';
import { firstOperator } from '../harness/operators.mjs';
import { axe, button, dialog, launch, region, settled } from './support/browser.mjs';
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

test('a draft is written on the page, and says before anything starts whether the traffic is enough', async (t) => {
  const server = await shop(t);
  await firstOperator(server);
  const { page, complaints, close } = await comeAsOperator(server, browser, 'frida', 'finance');
  await page.goto(`${byName(server.url)}/admin/experiments`);
  await button(page, 'Draft an experiment').click();
  const form = dialog(page);
  const fill = (label, text) => form.getByLabel(label, { exact: true }).fill(text);
  await fill('Title', 'A lower price of Starter');
  await fill('Name, by which buckets are drawn', 'starter_price');
  await fill('Units expected in a month', '1200');
  await fill('Hypothesis: what is expected, and why', 'A lower price of Starter brings more who pay.');
  await fill('Stop rule: when it ends, and what is done then', 'When there is an effect, or after a quarter.');
  await fill('Least effect worth finding, points per million', '5000');
  await fill('Arm 2: name', 'lower');
  await fill('Arm 2: version of Starter', '2');
  await fill('Arm 2: weight, of 10,000', '4000');
  assert.deepEqual(await axe(page), []);
  await button(form, 'Draft an experiment').click();

  await t.test('weights that are not all buckets are refused beside the field', async () => {
    await form.locator('.field-problem').waitFor();
    assert.equal(await form.getByLabel('Arm 2: weight, of 10,000').getAttribute('aria-invalid'), 'true');
    assert.match(await form.locator('.field-problem').innerText(), /10000 together/);
    await fill('Arm 2: weight, of 10,000', '5000');
    await button(form, 'Draft an experiment').click();
    await page.waitForURL('**/admin/experiments/expt_*');
  });

  await t.test('too little traffic: what would fit, and what to try instead; then enough', async () => {
    const sheet = region(page, 'What was written down');
    await sheet.getByText('try packaging and presentation before the price').waitFor();
    assert.match(await sheet.innerText(), /Units that each arm needs\s+31,234[\s\S]*Least effect that fits into a quarter, per million\s+2\d,\d{3}/);
    await button(sheet, 'Change the draft').click();
    await dialog(page).getByLabel('Least effect worth finding, points per million').fill('25000');
    await button(dialog(page), 'Change the draft').click();
    await sheet.getByText('The traffic is enough within a quarter.').waitFor();
    assert.match(await sheet.innerText(), /Days until they are there\s+75/);
  });

  await t.test('registered, it shows its hash', async () => {
    const sheet = region(page, 'What was written down');
    await button(sheet, 'Register').click();
    await dialog(page).getByLabel('Reason, for the log').fill('as agreed on Monday');
    await button(dialog(page), 'Register').click();
    await sheet.getByText(/^[0-9a-f]{64}$/).waitFor();
    const [{ id, planHash }] = await Promise.all([done(await server.api.get(`${EXPERIMENTS}?limit=1`)).data[0]].map(async ({ id: one }) => done(await server.api.get(`${EXPERIMENTS}/${one}`))));
    assert.match(page.url(), new RegExp(id));
    assert.equal(await sheet.getByText(/^[0-9a-f]{64}$/).innerText(), planHash);
  });
  assert.deepEqual(complaints.filter((line) => !line.includes('422')), []);
  await close();
});

test('what came of it, day by day with the line of no difference, as a drawing and as a table; and a lower price that is given', async (t) => {
  const server = await shop(t);
  const id = await running(server, { windowDays: 1 });
  for (const [userId, arm] of [['p1', 'control'], ['p2', 'lower'], ['p3', 'lower']]) {
    await subscriber(server, userId);
    done(await server.api.post(`${EXPERIMENTS}/${id}/units`, { units: [{ unitId: `u-${userId}`, userId, arm, exposedAt: '2026-03-01T12:00:00Z' }] }));
  }
  const units = Array.from({ length: 400 }, (_, i) => ({ unitId: `w-${i}`, arm: i % 2 ? 'lower' : 'control', exposedAt: `2026-0${i < 200 ? '2-27' : '3-01'}T11:00:00Z` }));
  done(await server.api.post(`${EXPERIMENTS}/${id}/units`, { units }));
  const visitor = await visitorOf(server, 2_900);
  await server.clock.advance('P4D');
  await firstOperator(server);
  const { page, complaints, close } = await comeAsOperator(server, browser, 'frida', 'finance');
  await page.goto(`${byName(server.url)}/admin/experiments/${id}`);

  await t.test('the drawing, its table, and whether arms are filled everywhere', async () => {
    const part = region(page, 'How far each arm is from the control');
    await part.getByRole('img', { name: 'lower beside the control' }).waitFor();
    await part.getByText('View as table').click();
    assert.match(await part.getByRole('table').innerText(), /Difference[\s\S]*Interval from[\s\S]*Mar 2, 2026/);
    await region(page, 'Are they in each country, on each device, on each day?').getByText('As weighted').first().waitFor();
    assert.match(await page.getByRole('region', { name: 'Arms', exact: true }).first().innerText(), /Conversion, per million/);
    assert.deepEqual(await axe(page), []);
  });

  await t.test('a lower price is given after it was said what becomes lower', async () => {
    await button(page, `Match the lower price: ${visitor.id}`).click();
    await dialog(page).getByLabel('Arm').fill('lower');
    await dialog(page).getByLabel('Reason, for the log').fill('a colleague pays less');
    await button(dialog(page), 'Show what it comes to').click();
    await dialog(page).getByText('$19.00').waitFor();
    assert.equal(await visitor.price(), 2_900);
    await button(dialog(page), 'Match the lower price').click();
    await page.getByText('The lower price is theirs.').first().waitFor();
    assert.equal(await visitor.price(), 1_900);
  });
  assert.deepEqual(complaints, []);
  await close();
});
