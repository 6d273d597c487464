// Guards what becomes of a contract in force, as both sides see it: the prices to come with their days, an amendment with what
// differs and what is due at once, and notice, with its deadline and a question before it. In English and German.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { firstOperator, operator } from '../harness/operators.mjs';
import { Person, vouched } from '../harness/person.mjs';
import { button, dialog, faultsOf, launch, region, settled, visitor } from './support/browser.mjs';
import { addCard, customer } from './support/customers.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const usd = (amount) => ({ amount, currency: 'usd' });
const TERMS = {
  amount: usd(480_000), interval: 'month', termMonths: 12, ramp: [{ month: 6, amount: usd(540_000) }], renewal: 'auto', upliftBasisPoints: 500,
  noticeDays: 30, collectionMethod: 'charge_automatically',
};
const ALL = '/api/admin/contracts';
const OWN = '/api/billing/contracts';

let server;
let browser;
let base;

const done = (answer, status = 200) => expectStatus(answer, status).body;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  base = byName(server.url);
  await firstOperator(server, 'root');
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

/** A contract in force for a new customer. */
async function inForce(userId, terms = TERMS) {
  await addCard(await customer(server, userId));
  const [kim, lee] = [await operator(server, `writes-for-${userId}`, 'finance'), await operator(server, `agrees-for-${userId}`, 'finance')];
  const { id } = done(await kim.post(ALL, { userId, terms }), 201);
  done(await lee.post(`/api/admin/approvals/${done(await kim.post(`${ALL}/${id}/submit`, {}), 202).approvalId}/approve`, {}));
  const owner = await Person.ofPortal(server, userId, { authentication: await vouched(server) });
  const { termsHash } = done(await owner.get(`${OWN}/${id}`));
  done(await owner.post(`${OWN}/${id}/accept`, { termsHash, name: 'Ada Lovelace' }));
  await server.clock.advance('PT1S');
  return done(await owner.get(`${OWN}/${id}`));
}

async function comeAsOwner(userId, options = {}) {
  const seat = await visitor(browser, { reducedMotion: 'reduce', ...options });
  await seat.page.goto(byName(await signInLink(server, userId, '/billing/plan')));
  await settled(seat.page);
  return seat;
}

async function look(page, path) {
  await page.goto(base + path);
  await settled(page);
}

const shot = async (page, name) => {
  if (process.env.SHOTS === undefined) return;
  for (const [width, height] of [[390, 844], [1280, 900]]) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.SHOTS}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
  }
};

const includes = (text, ...words) => words.forEach((word) => assert.ok(text.includes(word), `${word} in ${text}`));
const day = (instant, locale = 'en-US') => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(instant));

describe('an amendment', () => {
  let contract;
  let desk;

  test('is written by an operator, who reads what differs and what it bills at once', async () => {
    contract = await inForce('amended');
    await server.clock.advance('P10D');
    desk = await comeAsOperator(server, browser, 'kim', 'finance');
    const { page } = desk;
    await look(page, `/admin/contracts/${contract.id}`);
    const prices = region(page, 'Prices to come');
    includes(await prices.innerText(), '$4,800.00 per month', `From ${day(contract.prices[0].at)}`, '$5,400.00 per month', `Renewed on ${day(contract.endsAt)}`, '$5,670.00 per month');
    await page.getByText('Notice may be given until').first().waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await shot(page, 'operator-active');
    await button(page, 'Amend').click();
    await page.getByText('Its term begins anew').waitFor();
    assert.equal(await page.getByLabel('Price, before taxes (USD)').inputValue(), '4800.00');
    assert.equal(await page.getByLabel('From month').inputValue(), '7');
    assert.deepEqual(await faultsOf(page), []);
    await page.getByLabel('Price, before taxes (USD)').fill('6,200');
    await page.getByLabel('Term in months').fill('2');
    await button(page, 'Save the draft').click();
    await page.getByText('What is wrong stands at its field').waitFor();
    await page.getByLabel('Term in months').fill('24');
    await page.getByLabel('API requests', { exact: true }).fill('5,000,000');
    await button(page, 'Remove step 1').click();
    await button(page, 'Save the draft').click();
    await page.getByRole('heading', { name: 'Contract No. 1, version 2' }).waitFor();
    await settled(page);
    const changes = await page.getByRole('table', { name: 'What changes' }).innerText();
    includes(changes, '$4,800.00', '$6,200.00', '12 months', '24 months', 'API requests: 5,000,000', 'From month 7: $5,400.00');
    const draft = done(await server.api.get(`${ALL}/${new URL(page.url()).pathname.split('/').at(-1)}`));
    const due = region(page, 'Due at once');
    includes(await due.innerText(), '$6,200.00', '-$3,2', 'are due at once, before taxes');
    assert.equal(draft.dueOnAcceptance.amount.amount, 620_000 + draft.dueOnAcceptance.unused.amount);
    assert.deepEqual(await faultsOf(page), []);
    await shot(page, 'operator-amendment');
  });

  test('is one at a time: the contract in force leads to it', async () => {
    const { page } = desk;
    await look(page, `/admin/contracts/${contract.id}`);
    await page.getByRole('link', { name: 'An amendment is on its way: Draft' }).waitFor();
    assert.equal(await button(page, 'Amend').count(), 0);
    await page.getByRole('link', { name: 'An amendment is on its way: Draft' }).click();
    await button(page, 'Submit').click();
    await button(page, 'Submit for approval').click();
    await region(page, 'State').getByText('A second person has to agree').waitFor();
    const lee = await operator(server, 'agrees-to-it', 'finance');
    const [{ id }] = done(await server.api.get('/api/admin/approvals?status=pending')).data;
    done(await lee.post(`/api/admin/approvals/${id}/approve`, {}));
    assert.deepEqual(desk.complaints, []);
    await desk.close();
  });

  test('is read by the owner beside the contract in force, accepted, and billed as it was said', async () => {
    const { page, complaints, close } = await comeAsOwner('amended');
    const offer = region(page, 'Amendment of contract No. 1');
    await offer.getByText('your contract stays as it is').waitFor();
    includes(await region(page, 'Contract No. 1').last().innerText(), 'In force from', 'Prices to come', '$5,670.00 per month');
    includes(await offer.innerText(), '$4,800.00', '$6,200.00', 'Unused, given back');
    assert.deepEqual(await faultsOf(page), []);
    await shot(page, 'owner-amendment');
    const said = /If it is accepted now, (\S+) are due at once/.exec(await offer.innerText())[1];
    await button(offer, 'Accept the offer').click();
    await dialog(page).getByText(`${said} are due at once`).waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await dialog(page).getByLabel('Your full name').fill('Ada Lovelace');
    await button(page, 'Accept and buy').click();
    await page.getByText('In force from').first().waitFor();
    await page.waitForFunction(() => !document.body.innerText.includes('Amendment of contract'));
    await settled(page);
    const card = region(page, 'Contract No. 1');
    includes(await card.innerText(), '$6,200.00 per month', '24 months');
    assert.deepEqual(await faultsOf(page), []);
    await look(page, '/billing/invoices');
    includes(await region(page, 'All invoices').innerText(), said);
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('notice', () => {
  test('is given by the owner, once they are told until when, and what follows', async () => {
    const contract = await inForce('leaving');
    const { page, complaints, close } = await comeAsOwner('leaving');
    const card = page.getByRole('region', { name: /^Contract No/ });
    includes(await card.innerText(), `Until ${day(contract.noticeUntil)} you or we can say that it is not.`, `Renewed on ${day(contract.endsAt)}`);
    await button(card, 'Give notice').click();
    includes(await dialog(page).innerText(), `it ends on ${day(contract.endsAt)}`, `until ${day(contract.noticeUntil)}, `, 'UTC', 'Notice cannot be taken back.', 'free plan');
    assert.deepEqual(await faultsOf(page), []);
    await shot(page, 'owner-notice');
    await button(dialog(page), 'Cancel').click();
    assert.equal(done(await server.api.get(`${ALL}/${contract.id}`)).noticeAt, null, 'nothing was said by looking');
    await button(card, 'Give notice').click();
    await button(page, 'Give notice for good').click();
    await card.getByText('It is not renewed: notice was given on').waitFor();
    await settled(page);
    includes(await card.innerText(), 'it ends: notice was given on', `On ${day(contract.endsAt)}`);
    assert.equal(await button(card, 'Give notice').count(), 0);
    assert.equal(done(await server.api.get(`${ALL}/${contract.id}`)).renews, false);
    assert.deepEqual(await faultsOf(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('is given by an operator, who proves anew who they are where that is long ago', async () => {
    const contract = await inForce('given');
    const { page, complaints, close } = await comeAsOperator(server, browser, 'nia', 'finance');
    await look(page, `/admin/contracts/${contract.id}`);
    await server.clock.advance('PT6M');
    await button(page, 'Give notice').click();
    await dialog(page).getByText('The customer is told at once').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await button(page, 'Give notice for good').click();
    await page.getByRole('dialog', { name: 'Is it you?' }).getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByText('it ends: notice was given on').waitFor();
    assert.equal(await button(page, 'Give notice').count(), 0);
    assert.deepEqual(await faultsOf(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('is nobody else\'s: other roles read, and have nothing to press', async () => {
    const contract = await inForce('watched');
    const seat = await visitor(browser, { reducedMotion: 'reduce' });
    const more = { userId: 'watched', returnPath: '/billing/plan', role: 'billing_admin', person: { id: 'bo', email: 'bo@example.com' } };
    await seat.page.goto(byName(done(await server.api.post('/api/portal-sessions', more), 201).url));
    const card = seat.page.getByRole('region', { name: /^Contract No/ });
    await card.getByText('Only an owner of this account can give notice.').waitFor();
    assert.equal(await card.getByRole('button').count(), 0);
    assert.deepEqual(await faultsOf(seat.page), []);
    assert.deepEqual(seat.complaints, []);
    await seat.close();

    const { page, complaints, close } = await comeAsOperator(server, browser, 'sue', 'support');
    await look(page, `/admin/contracts/${contract.id}`);
    await region(page, 'Prices to come').waitFor();
    await page.getByText('Operators of the roles admin and finance decide.').waitFor();
    assert.equal(await button(page, 'Amend').count() + await button(page, 'Give notice').count(), 0);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('that comes too late is refused in words, and cannot be pressed after that', async () => {
    const contract = await inForce('late', { ...TERMS, termMonths: 2, ramp: [], noticeDays: 40 });
    const left = Date.parse(contract.noticeUntil) - Date.parse(await server.clock.now());
    await server.clock.advance(`PT${Math.floor(left / 1000) - 60}S`);
    const { page, complaints, close } = await comeAsOwner('late', { refusals: [409] });
    await button(page.getByRole('region', { name: /^Contract No/ }), 'Give notice').click();
    await server.clock.advance('PT2M');
    await button(page, 'Give notice for good').click();
    await dialog(page).getByText('It is too late to give notice').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    assert.deepEqual(complaints, []);
    await close();
    const again = await comeAsOwner('late');
    await again.page.getByRole('region', { name: /^Contract No/ }).getByText('It is renewed then.').waitFor();
    assert.equal(await button(again.page, 'Give notice').count(), 0, 'nothing to press after its deadline');
    await again.close();
  });

  test('reads as well in German', async () => {
    const contract = await inForce('deutsch');
    const { page, complaints, close } = await comeAsOwner('deutsch', { locale: 'de-DE' });
    const card = page.getByRole('region', { name: /^Vertrag Nr\./ });
    includes(await card.innerText(), 'Künftige Preise', `Ab ${day(contract.prices[0].at, 'de-DE')}`, `Bis ${day(contract.noticeUntil, 'de-DE')} können Sie oder wir kündigen.`);
    await button(card, 'Kündigen').click();
    includes(await dialog(page).innerText(), 'Kündbar bis', 'Eine Kündigung lässt sich nicht zurücknehmen.');
    assert.deepEqual(await faultsOf(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });
});
