// Guards that a new price is said beside the plan, in the reader's language, with the day and both prices, as long as it is to come;
// and nowhere else.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { done, subscriber } from '../api/support.mjs';
import { agreed, CHANGES, NEW, people, planned, shop } from '../harness/prices.mjs';
import { axe, launch, overflow, region, settled, visitor } from './support/browser.mjs';
import { signInLink } from './support/turnpike.mjs';

const EN = 'From Apr 30, 2026 Starter costs $35.00 per month instead of $29.00. You can change the plan or cancel until then.';
const DE = 'Ab dem 30.04.2026 kostet Starter 35,00 $ pro Monat statt 29,00 $. Bis dahin können Sie den Tarif wechseln oder kündigen.';

test('a new price stands beside the plan until it is there, or taken back', async (t) => {
  const browser = await launch();
  t.after(() => browser.close());
  const { server, sell } = await shop(t);
  for (const userId of ['ada', 'bob']) await subscriber(server, userId);
  await server.clock.advance('PT2H');
  await sell('starter', NEW);
  await subscriber(server, 'newcomer');
  const { kim, lee } = await people(server);
  const change = await agreed(server, await planned(server, kim), kim, lee);

  const seen = async (userId, view, steps) => {
    const { page, complaints, close } = await visitor(browser, view);
    await page.goto(await signInLink(server, userId));
    await settled(page);
    await steps(page, (await region(page, view.locale === 'de-DE' ? 'Tarif' : 'Plan').innerText()).replaceAll('\u00a0', ' '));
    assert.deepEqual(complaints, []);
    await close();
  };

  for (const scheme of ['light', 'dark']) {
    await t.test(`who is moved reads it, ${scheme}`, () => seen('ada', { scheme, locale: 'en-US' }, async (page) => {
      await region(page, 'Plan').getByText(EN).waitFor();
      for (const [name, width] of [['wide', 1280], ['narrow', 390]]) {
        await page.setViewportSize({ width, height: 844 });
        assert.deepEqual(await axe(page), [], name);
        assert.equal(await overflow(page), 0, name);
        if (process.env.TURNPIKE_SHOTS) await page.screenshot({ path: `${process.env.TURNPIKE_SHOTS}/price-${scheme}-${name}.png` });
      }
    }));
  }

  await t.test('in German as well', () => seen('ada', { locale: 'de-DE' }, async (page) => {
    await page.getByText('kostet Starter').waitFor();
    const text = (await region(page, 'Tarif').innerText()).replaceAll('\u00a0', ' ');
    assert.ok(text.includes(DE), text);
  }));

  await t.test('who has bought at the new price does not', () => seen('newcomer', { locale: 'en-US' }, async (_page, text) => {
    assert.doesNotMatch(text, /instead of/);
  }));

  await t.test('nor who has cancelled, nor anybody once it is taken back', async () => {
    done(await server.api.as('bob').post('/api/billing/cancel', {}));
    await seen('bob', { locale: 'en-US' }, async (_page, text) => assert.doesNotMatch(text, /instead of/));
    done(await server.api.post(`${CHANGES}/${change.id}/withdraw`, { reason: 'costs fell' }));
    await server.clock.advance('PT1S');
    await seen('ada', { locale: 'en-US' }, async (_page, text) => assert.doesNotMatch(text, /instead of/));
  });
});
