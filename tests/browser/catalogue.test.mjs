// Guards the operators' pages of plans' versions and price changes: what each version changed and who has it; a change is planned,
// looked at, submitted once however often it is pressed, decided about and taken back, by mouse and keyboard, on phone and desk.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { done, subscriber } from '../api/support.mjs';
import { operator } from '../harness/operators.mjs';
import { CHANGES, NEW, people, planned, shop } from '../harness/prices.mjs';
import { axe, button, dialog, launch, overflow, PHONE, region, settled } from './support/browser.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

const plain = (text) => text.replaceAll('\u00a0', ' ');
const shots = process.env.TURNPIKE_SHOTS;

async function look(page, name) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [size, width] of [['wide', 1280], ['narrow', 390]]) {
      await page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await axe(page), [], `${name} ${scheme} ${size}`);
      assert.equal(await overflow(page), 0, `${name} ${scheme} ${size}`);
      if (shots) await page.screenshot({ path: `${shots}/${name}-${scheme}-${size}.png`, fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 900 });
}

test('versions and a price change, from the plan to its end', async (t) => {
  const { server, smtp, sell } = await shop(t);
  await subscriber(server, 'ada');
  await subscriber(server, 'bob', { tier: 'starter', interval: 'year' });
  await server.clock.advance('PT2H');
  done(await (await subscriber(server, 'cleo')).post('/api/billing/cancel', {}));
  await server.clock.advance('PT2H');
  await sell('starter', NEW);
  await subscriber(server, 'newcomer');
  const { lee } = await people(server);
  let { page, complaints, close } = await comeAsOperator(server, browser, 'frida', 'finance');
  let id;

  await t.test('what each version changed, and who has it', async () => {
    await page.goto(`${byName(server.url)}/admin/catalog`);
    await settled(page);
    const row = region(page, 'Versions of plans').getByRole('row').filter({ hasText: 'Starter, version 2' });
    assert.match(plain(await row.innerText()), /Sold now[\s\S]*\$35\.00 a month, \$378\.00 a year[\s\S]*1/);
    await row.locator('summary').focus();
    await page.keyboard.press('Enter');
    assert.match(plain(await row.innerText()), /prices\.month\s+Before:\s+\$29\.00\s+Now:\s+\$35\.00/);
    const old = region(page, 'Versions of plans').getByRole('row').filter({ hasText: 'Starter, version 1' });
    assert.match(await old.innerText(), /3\s+1 of them yearly/);
    await look(page, 'catalog');
  });

  await t.test('a date that leaves no notice is refused in words, and a later one is counted', async () => {
    await button(page, 'Plan a price change').click();
    const day = dialog(page).getByLabel('With the first renewal from this day on');
    await day.fill('2026-02-02');
    await button(dialog(page), 'Count it').click();
    await dialog(page).getByText('The date does not leave the notice').waitFor();
    assert.deepEqual(await axe(page), []);
    await day.fill('2026-04-01');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/admin/catalog/pric_*');
    id = new URL(page.url()).pathname.split('/').at(-1);
    await server.clock.advance('PT1S');
    await button(page, 'Submit for approval').waitFor();
    assert.equal(done(await server.api.get(CHANGES)).data.length, 1);
  });

  await t.test('what it comes to, who moves, who is left out and why', async () => {
    const impact = plain(await region(page, 'What it comes to').innerText());
    assert.match(impact, /4 subscriptions of the plan: 2 move, 2 are left out\./);
    assert.match(impact, /USD\s+2\s+\$55\.10\s+\$66\.50\s+\+\$11\.40/);
    assert.match(impact, /Left out: cancelled\s+1/);
    const holders = region(page, 'Holders');
    assert.match(plain(await holders.getByRole('row').filter({ hasText: 'ada' }).innerText()), /version 1, monthly\s+\$29\.00\s+\$35\.00\s+Moves\s+Apr 30, 2026/);
    await holders.getByRole('link', { name: 'Left out' }).click();
    await page.waitForURL('**status=left');
    await holders.getByRole('row').filter({ hasText: 'cleo' }).waitFor();
    await holders.getByRole('row').filter({ hasText: 'ada' }).waitFor({ state: 'detached' });
    await look(page, 'change');
    await page.goBack();
    await holders.getByRole('row').filter({ hasText: 'ada' }).waitFor();
  });

  await t.test('it is submitted once, however often that is pressed; a second person agrees', async () => {
    await button(page, 'Submit for approval').click();
    await dialog(page).getByLabel('Reason').fill('as announced');
    await button(dialog(page), 'Submit').dblclick();
    await dialog(page).waitFor({ state: 'detached' });
    const { data } = done(await server.api.get('/api/admin/approvals?status=pending'));
    assert.deepEqual(data.map(({ action, objectId }) => [action, objectId]), [['price_change', id]]);
    await button(page, 'Submit for approval').click();
    await dialog(page).getByLabel('Reason').fill('once more');
    await button(dialog(page), 'Submit').click();
    await dialog(page).getByText('The same has been submitted and waits for a second person.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'All versions and price changes' }).click();
    await page.getByText('1 change waits for a second person.').waitFor();
    smtp.answer('RCPT', '550 5.1.1 Nobody is here', 100);
    done(await lee.post(`/api/admin/approvals/${data[0].id}/approve`, {}));
    await server.clock.advance('P1DT1H'); // by then it is known that nothing arrived; sessions have ended
    assert.deepEqual(complaints, []);
    await close();
    ({ page, complaints, close } = await comeAsOperator(server, browser, 'gil', 'finance'));
  });

  await t.test('who could not be told is decided about', async () => {
    await page.goto(`${byName(server.url)}/admin/catalog/${id}?status=undelivered`);
    await settled(page);
    await button(page, 'They were told: move them: bob').waitFor();
    await button(page, 'They keep their price: bob').click();
    assert.deepEqual(await axe(page), []);
    await button(dialog(page), 'They keep their price').click();
    await dialog(page).waitFor({ state: 'detached' });
    await page.getByRole('row').filter({ hasText: 'bob' }).waitFor({ state: 'detached' });
    const moves = done(await server.api.get(`${CHANGES}/${id}/subscriptions`)).data;
    assert.deepEqual(moves.find(({ userId }) => userId === 'bob').reason, 'left');
  });

  await t.test('it is withdrawn, with a reason', async () => {
    await button(page, 'Withdraw').click();
    await dialog(page).getByLabel('Reason').fill('costs fell');
    await button(dialog(page), 'Withdraw').click();
    await dialog(page).waitFor({ state: 'detached' });
    await server.clock.advance('PT1S');
    await page.locator('.card-head').getByText('Withdrawn').waitFor();
    assert.equal(done(await server.api.get(`${CHANGES}/${id}`)).status, 'withdrawn');
    assert.equal(await button(page, 'Withdraw').count(), 0);
  });

  await t.test('what somebody else took back meanwhile is said, and nothing is done', async () => {
    const max = await operator(server, 'max', 'finance');
    const other = await planned(server, max);
    await page.goto(`${byName(server.url)}/admin/catalog/${other.id}`);
    await settled(page);
    await button(page, 'Submit for approval').click();
    await dialog(page).getByLabel('Reason').fill('too late');
    done(await max.post(`${CHANGES}/${other.id}/withdraw`, { reason: 'another one' }));
    await button(dialog(page), 'Submit').click();
    await dialog(page).getByText('It is not in the state for this any more.').waitFor();
    await page.keyboard.press('Escape');
  });

  assert.deepEqual(complaints, []);
  await close();

  await t.test('an auditor reads it on a phone, in German, and changes nothing', async () => {
    const seat = await comeAsOperator(server, browser, 'ward', 'auditor');
    await seat.page.setViewportSize(PHONE);
    await seat.page.goto(`${byName(server.url)}/admin/catalog/${id}`);
    await settled(seat.page);
    await seat.page.getByText('Your role reads this and changes nothing.').waitFor();
    assert.equal(await button(seat.page, 'Withdraw').count(), 0);
    await seat.page.goto(`${byName(server.url)}/admin/catalog`);
    await settled(seat.page);
    assert.equal(await button(seat.page, 'Plan a price change').count(), 0);
    await server.clock.advance('P1D'); // the session ends
    await seat.page.reload();
    await seat.page.waitForURL('**/sign-in?next=%2Fadmin%2Fcatalog');
    assert.deepEqual(seat.complaints, []);
    await seat.close();
  });
});
