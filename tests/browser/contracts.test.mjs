// Guards the way to a contract as people walk it: who is nobody yet, or an owner, asks from the pricing page; one operator
// makes them a customer, writes terms and submits; that one cannot agree, another does by a second factor; the owner reads,
// signs and has the plan, paid for. By mouse and by the keyboard alone, in English and German, on phone and desk.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { firstOperator, operator } from '../harness/operators.mjs';
import { expectStatus } from '../harness/http.mjs';
import { button, dialog, faultsOf, launch, link, region, settled, visitor, withPasskeys } from './support/browser.mjs';
import { addCard, customer } from './support/customers.mjs';
import { byName, comeAsOperator as enter, mailedLink } from './support/operators.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

const TERMS = { amount: { amount: 480_000, currency: 'usd' }, interval: 'month', termMonths: 24, collectionMethod: 'charge_automatically' };

let server;
let browser;
let base;

const done = (answer, status = 200) => expectStatus(answer, status).body;
const come = (options = {}) => visitor(browser, { reducedMotion: 'reduce', ...options });

before(async () => {
  [server, browser] = await Promise.all([startTurnpike(), launch()]);
  base = byName(server.url);
  await firstOperator(server, 'root');
  for (const name of ['acme', 'keyboard', 'german']) await addCard(await customer(server, name));
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

const comeAsOperator = (name, role, options) => enter(server, browser, name, role, options);

async function look(page, path) {
  await page.goto(base + path);
  await settled(page);
}

/** An offer for the customer, made by calls. */
async function offer(userId, terms = TERMS) {
  const [kim, lee] = [await operator(server, `writes-for-${userId}`, 'finance'), await operator(server, `agrees-for-${userId}`, 'finance')];
  const { id } = done(await kim.post('/api/admin/contracts', { userId, terms, note: 'As we spoke' }), 201);
  const { approvalId } = done(await kim.post(`/api/admin/contracts/${id}/submit`, {}), 202);
  done(await lee.post(`/api/admin/approvals/${approvalId}/approve`, {}));
  return id;
}

describe('by mouse', () => {
  let first;
  let second;
  let contract;

  test('who is nobody yet asks from the pricing page', async () => {
    const { page, complaints, close } = await come({ refusals: [429] });
    await look(page, '/pricing');
    await page.getByRole('link', { name: 'Ask for a contract' }).click();
    await page.waitForURL('**/contract');
    await settled(page);
    await page.getByText('Usage you expect (optional)').click();
    assert.deepEqual(await faultsOf(page), []);
    await page.getByLabel('Company').fill('Analytical Engines Ltd');
    await page.getByLabel('Your name').fill('Ada Lovelace');
    await page.getByLabel('Email').fill('ada@engines.example');
    await page.getByLabel('Country').selectOption('GB');
    await page.getByLabel('What do you need?').fill('Two million requests a month,\nfor two years.');
    await page.getByLabel('API requests').fill('2,000,000');
    await page.getByLabel('Storage (GB)').fill('a lot');
    await button(page, 'Send the request').click();
    await page.getByText('Enter a number, such as 1500 or 2.5.').waitFor();
    await page.getByLabel('Storage (GB)').fill('2.5');
    await button(page, 'Send the request').click();
    await page.getByText('We have your request').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    const { data } = done(await server.api.get('/api/admin/contract-requests'));
    assert.deepEqual(data.map(({ email, country, usage }) => [email, country, usage]), [['ada@engines.example', 'GB', { api_requests: 2_000_000, storage: 2_500_000_000 }]]);
    await look(page, '/contract');
    for (let sent = 0; sent < 5; sent += 1) {
      await page.evaluate((message) => fetch('/api/contract-requests', {
        method: 'POST', headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ company: 'Flood', name: 'F', email: 'f@flood.example', country: 'GB', message }),
      }), `${sent}`);
    }
    for (const label of ['Company', 'Your name', 'Email', 'What do you need?']) await page.getByLabel(label).fill('f@flood.example');
    await page.getByLabel('Country').selectOption('GB');
    await button(page, 'Send the request').click();
    await page.getByText('Several requests came from your network already').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('an operator makes them a customer, writes terms and submits; nobody agrees to their own', async () => {
    first = await comeAsOperator('kim', 'admin');
    const { page } = first;
    await page.getByRole('link', { name: 'Operating' }).click();
    await page.getByRole('navigation', { name: 'Operating' }).getByRole('link', { name: 'Contracts' }).click();
    await page.waitForURL('**/admin/contracts');
    await settled(page);
    assert.deepEqual(await faultsOf(page), []);
    await button(page, 'Close the request: Analytical Engines Ltd').click();
    await dialog(page).getByLabel('Why does nothing come of it?').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await page.keyboard.press('Escape');
    await button(page, 'Begin a contract: Analytical Engines Ltd').click();
    await dialog(page).getByText('Two million requests a month').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await dialog(page).getByLabel('Customer id').fill('acme');
    await button(page, 'Begin a contract').click();
    await dialog(page).getByText('A customer of this id is there already').waitFor();
    await dialog(page).getByLabel('Customer id').fill('engines');
    await button(page, 'Begin a contract').click();
    await page.getByText('Analytical Engines Ltd is a customer').waitFor();
    await region(page, 'State').getByText('Write its terms').waitFor();
    await settled(page);
    assert.deepEqual(await faultsOf(page), []);
    await button(page, 'Write terms').click();
    await page.getByLabel('Price, before taxes (USD)').fill('4,800');
    await page.getByLabel('Term in months').fill('two');
    await page.getByLabel('API requests', { exact: true }).fill('2000000');
    await page.getByLabel('Storage: unlimited').check();
    await button(page, 'Add a step').click();
    await page.getByLabel('From month').fill('13');
    await page.getByLabel('Price from then on (USD)').fill('6000');
    await button(page, 'Save the draft').click();
    await page.getByText('Enter a number').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await page.getByLabel('Term in months').fill('12');
    await button(page, 'Save the draft').click();
    await page.getByText('What is wrong stands at its field').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await button(page, 'Remove step 1').click();
    await page.getByLabel('Term in months').fill('24');
    await page.getByLabel('Reminder (days before)').fill('60');
    await page.getByLabel('Note to the customer (optional)').fill('As we spoke on the phone.');
    await button(page, 'Save the draft').click();
    await region(page, 'Terms').getByText('$115,200.00').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await button(page, 'Submit').click();
    await dialog(page).getByLabel('A word for the second person (optional)').fill('As agreed');
    await button(page, 'Submit for approval').click();
    await region(page, 'State').getByText('A second person has to agree').waitFor();
    contract = new URL(page.url()).pathname.split('/').at(-1);

    await page.getByRole('link', { name: 'To the approvals' }).click();
    await page.getByText('You asked for this yourself').waitFor();
    assert.equal(await page.getByRole('button', { name: /^Agree/ }).count(), 0);
    const refusal = await page.evaluate(async () => {
      const [{ id }] = (await (await fetch('/api/admin/approvals')).json()).data;
      const { csrfToken } = await (await fetch('/api/session')).json();
      const headers = { 'content-type': 'application/json', 'x-csrf-token': csrfToken };
      return (await (await fetch(`/api/admin/approvals/${id}/approve`, { method: 'POST', headers, body: '{}' })).json()).code;
    });
    assert.equal(refusal, 'approval_own', 'nor by any other way');
    assert.deepEqual(await faultsOf(page), []);
  });

  test('a second one sees exactly what it is, and agrees by a second factor', async () => {
    second = await comeAsOperator('lee', 'finance');
    const { page, complaints } = second;
    await server.clock.advance('PT6M');
    await look(page, '/admin/approvals');
    const item = region(page, 'What needs a second person');
    for (const words of ['$115,200.00', 'kim', 'in 2 days', 'terms.amount.amount', 'terms.limits.storage.limit', 'As agreed']) {
      assert.ok((await item.innerText()).includes(words), words);
    }
    assert.deepEqual(await faultsOf(page), []);
    await page.getByRole('button', { name: /^Do not agree/ }).click();
    await dialog(page).getByLabel('Why not?').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Agree/ }).click();
    await dialog(page).getByLabel('Comment').fill('Ticket 118');
    assert.deepEqual(await faultsOf(page), []);
    await button(dialog(page), 'Agree').click();
    await page.getByRole('dialog', { name: 'Is it you?' }).getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByText('Nothing here').waitFor();
    await page.getByRole('link', { name: 'All', exact: true }).click();
    await page.getByLabel('Status').selectOption('executed');
    await button(page, 'Apply').click();
    await region(page, 'All that was asked for').getByText('Ticket 118').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await look(page, '/admin/contracts');
    await page.getByRole('link', { name: 'No. 1, engines' }).click();
    await region(page, 'State').getByText('Offered until').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    assert.deepEqual(complaints, []);
  });

  test('the owner comes in by the invitation, reads, is asked for a card, accepts, and has the plan, paid for', async () => {
    const { page, complaints, close } = await come({ refusals: [401, 409] });
    await withPasskeys(page);
    await page.goto(await mailedLink(server, 'ada@engines.example', 'invitation'));
    await page.getByLabel('Your name').fill('Ada Lovelace');
    await button(page, 'Accept the invitation').click();
    await button(page, 'Add this passkey').click();
    await button(page, 'Later').click();
    await page.waitForURL('**/billing');
    await settled(page);
    await link(page, 'Plan').click();
    const card = region(page, 'Contract No. 1');
    await card.getByText('This is our offer').waitFor();
    for (const words of ['$4,800.00 per month', '24 months', '$115,200.00', '2,000,000', 'Unlimited', 'As we spoke', '60 days before']) {
      assert.ok((await card.innerText()).includes(words), words);
    }
    assert.deepEqual(await faultsOf(page), []);
    await button(card, 'Accept the offer').click();
    assert.equal(await dialog(page).getByLabel('Your full name').inputValue(), 'Ada Lovelace');
    assert.deepEqual(await faultsOf(page), []);
    await button(page, 'Accept and buy').click();
    await dialog(page).getByText('There is no payment method yet').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await button(page, 'Back, to add a card').click();
    await addCard(server.api.as('engines'));
    await server.clock.advance('PT6M');
    await button(card, 'Accept the offer').click();
    await button(page, 'Accept and buy').click();
    await page.getByRole('dialog', { name: 'Is it you?' }).getByRole('button', { name: 'Use a passkey' }).click();
    await card.getByText('In force from').waitFor();
    await region(page, 'Plan').getByText('Enterprise').waitFor();
    await settled(page);
    assert.match(await card.innerText(), /In force from Nov 21, 2026 to Nov 21, 2028\. Then it ends\. We remind you on Sep 22, 2028\./);
    assert.deepEqual(await faultsOf(page), []);
    await look(page, '/billing/invoices');
    await region(page, 'All invoices').getByText('$4,800.00').waitFor();
    assert.match(await region(page, 'All invoices').innerText(), /Paid/);
    assert.deepEqual(complaints, []);
    await close();
    await look(first.page, `/admin/contracts/${contract}`);
    await region(first.page, 'State').getByText('Accepted by Ada Lovelace').waitFor();
    assert.deepEqual(await faultsOf(first.page), []);
    assert.deepEqual([first.complaints, second.complaints], [[], []]);
    await first.close();
    await second.close();
  });
});

describe('an owner who is there already', () => {
  const open = async (userId, options) => {
    const seat = await come(options);
    await seat.page.goto(byName(await signInLink(server, userId, '/billing/plan')));
    await settled(seat.page);
    return seat;
  };

  test('asks, takes it back, declines what they are offered; each is said', async () => {
    const { page, complaints, close } = await open('acme');
    assert.equal(await page.getByText(/^Contract No/).count(), 0);
    await look(page, '/pricing');
    await page.getByRole('link', { name: 'Ask for a contract' }).click();
    await page.getByText('You ask for').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    await page.getByLabel('What do you need?').fill('Payment by invoice');
    await button(page, 'Send the request').click();
    await page.getByRole('link', { name: 'Go to billing' }).click();
    const card = page.getByRole('region', { name: /^Contract No/ });
    await card.getByText('Payment by invoice').waitFor();
    await settled(page);
    assert.deepEqual(await faultsOf(page), []);
    await button(card, 'Take the request back').click();
    await card.getByText('was declined').waitFor();
    await offer('acme');
    await page.reload();
    await button(card, 'Decline').click();
    await dialog(page).getByLabel('Why? (optional)').fill('Too dear');
    assert.deepEqual(await faultsOf(page), []);
    await button(page, 'Decline for good').click();
    await card.getByText('was declined').waitFor();
    await settled(page);
    assert.deepEqual(await faultsOf(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });

  test('reads it in German', async () => {
    await offer('german', { ...TERMS, collectionMethod: 'send_invoice', daysUntilDue: 30 });
    const { page, complaints, close } = await open('german', { locale: 'de-DE' });
    const card = page.getByRole('region', { name: /^Vertrag Nr\./ });
    for (const words of ['Das ist unser Angebot', 'auf Rechnung, innerhalb von 30 Tage', '24 Monate', '115.200,00']) {
      assert.ok((await card.innerText()).includes(words), words);
    }
    assert.deepEqual(await faultsOf(page), []);
    await look(page, '/contract');
    await page.getByRole('heading', { name: 'Vertrag anfragen' }).waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });

  test('who only looks, sees and presses nothing', async () => {
    const { page, complaints, close } = await come();
    const more = { userId: 'german', returnPath: '/billing/plan', role: 'viewer', person: { id: 'vi' } };
    await page.goto(byName(done(await server.api.post('/api/portal-sessions', more), 201).url));
    const card = page.getByRole('region', { name: /^Contract No/ });
    await card.getByText('Only an owner of this account can accept it.').waitFor();
    assert.equal(await card.getByRole('button').count(), 0);
    await look(page, '/contract');
    await page.getByText('Ask an owner to ask for a contract').waitFor();
    await look(page, '/admin/contracts');
    await page.getByText('for those who operate the installation').waitFor();
    assert.deepEqual(await faultsOf(page), []);
    assert.deepEqual(complaints, []);
    await close();
  });
});

describe('with the keyboard alone', () => {
  async function tabTo(page, text) {
    for (let presses = 0; presses < 90; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return element.getAttribute('aria-label') ?? (element.labels?.[0] ?? element).innerText?.trim();
      });
      if (focused === text || (text instanceof RegExp && text.test(focused))) return;
    }
    assert.fail(`the focus never came to "${text}"`);
  }
  const type = async (page, label, text) => {
    await tabTo(page, label);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
  };
  const press = async (page, name) => {
    await tabTo(page, name);
    await page.keyboard.press('Enter');
  };

  test('asked, written, submitted, agreed to, accepted, in force', async () => {
    const owner = await come({ refusals: [401] });
    await owner.page.goto(byName(await signInLink(server, 'keyboard', '/pricing')));
    await settled(owner.page);
    await press(owner.page, 'Ask for a contract');
    await owner.page.getByText('You ask for').waitFor();
    await type(owner.page, 'What do you need?', 'Everything');
    await press(owner.page, 'Send the request');
    await press(owner.page, 'Go to billing');
    await owner.page.getByText('We write an offer').waitFor();

    const writer = await comeAsOperator('mo', 'finance');
    await press(writer.page, 'Operating');
    await settled(writer.page);
    await press(writer.page, 'Contracts');
    await writer.page.waitForURL('**/admin/contracts');
    await writer.page.getByRole('link', { name: /^No\. \d+, keyboard$/ }).waitFor();
    await settled(writer.page);
    await press(writer.page, /^No\. \d+, keyboard$/);
    await writer.page.getByText('Write its terms').waitFor();
    await press(writer.page, 'Write terms');
    await writer.page.getByLabel('Price, before taxes (USD)').waitFor();
    await type(writer.page, 'Price, before taxes (USD)', '999.50');
    await press(writer.page, 'Save the draft');
    await writer.page.getByText('$11,994.00').first().waitFor();
    await press(writer.page, 'Submit');
    await press(writer.page, 'Submit for approval');
    await writer.page.getByText('A second person has to agree to exactly these terms.').waitFor();

    const reader = await comeAsOperator('nia', 'finance');
    await press(reader.page, 'Operating');
    await settled(reader.page);
    await press(reader.page, 'Approvals');
    await settled(reader.page);
    await press(reader.page, /^Agree: Contract/);
    await press(reader.page, 'Agree');
    await reader.page.getByText('Nothing here').waitFor();

    await owner.page.reload();
    await settled(owner.page);
    await owner.page.getByText('This is our offer').waitFor();
    await press(owner.page, 'Accept the offer');
    await type(owner.page, 'Your full name', 'Ada Fern');
    await owner.page.keyboard.press('Enter');
    await owner.page.getByText('In force from').waitFor();
    await look(owner.page, '/billing/invoices');
    await region(owner.page, 'All invoices').getByText('$999.50').waitFor();
    for (const seat of [owner, writer, reader]) {
      assert.deepEqual(seat.complaints, []);
      await seat.close();
    }
  });
});
