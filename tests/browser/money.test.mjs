// Guards: the billing page shows what the server knows of an invoice and of a price: discount, tax, balance, what was
// given back, where a transfer goes and what has arrived of it; to the cent, in both languages, for every reader.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { makeDataFolder } from '../harness/server.mjs';
import { agree, axe, button, choice, dialog, faultsOf, launch, link, region, settled, visitor } from './support/browser.mjs';
import { addCard, customer } from './support/customers.mjs';
import { signInLink, startTurnpike } from './support/turnpike.mjs';

const CATALOGUE = resolve(import.meta.dirname, '../../catalog/plans.json');
const NEW_YORK = { line1: '1 High St', city: 'New York', state: 'NY', postalCode: '10001', country: 'US' };
const UNTAXED_AND_FAR = { line1: '1 Main St', city: 'Dover', state: 'DE', postalCode: '19901', country: 'US' };
const UNTAXED = { line1: 'Hauptstr. 1', city: 'Berlin', postalCode: '10115', country: 'DE' };

const done = (answer) => expectStatus(answer, 200, 201).body;
const dollars = ({ amount }) => `${amount < 0 ? '-' : ''}$${(Math.abs(amount) / 100).toFixed(2)}`;

let server;
let browser;

async function catalogueWithCoupon() {
  const document = JSON.parse(await readFile(CATALOGUE, 'utf8'));
  document.coupons = [{ code: 'HALF', name: 'Half off', percentOff: 50, duration: 'forever' }];
  const path = join(await makeDataFolder(), 'plans.json');
  await writeFile(path, JSON.stringify(document));
  return path;
}

/** Half price, taxed, and some of it given back both ways. */
async function makeTaxed() {
  const stripe = await server.stripe();
  done(await stripe.post('/v1/tax/registrations', {
    active_from: Date.parse('2026-03-01') / 1000, country: 'US', country_options: { us: { state: 'NY', type: 'state_sales_tax' } },
  }));
  const api = await customer(server, 'taxed');
  await addCard(api);
  done(await api.put('/api/billing/details', { email: 'taxed@example.com', name: 'Example Ltd', address: NEW_YORK }));
  done(await api.post('/api/billing/subscribe', { tier: 'starter', coupon: 'HALF' }));
  const [invoice] = done(await api.get('/api/billing/invoices')).data;
  const give = (path, more) => server.api.post(path, { userId: 'taxed', invoiceId: invoice.id, amount: { amount: 300, currency: 'usd' }, ...more }, { idempotencyKey: path });
  done(await give('/api/admin/refunds'));
  done(await give('/api/admin/credit-notes', { returns: 'balance' }));
  await server.clock.advance('PT1S');
}

/** Pays by transfer, and has sent too little. */
async function makeAcme() {
  const api = await customer(server, 'acme');
  done(await server.api.put('/api/admin/customers/acme/billing-terms', { daysUntilDue: 14 }));
  done(await api.put('/api/billing/details', { email: 'acme@example.com', name: 'Acme', address: NEW_YORK }));
  done(await api.post('/api/billing/subscribe', { tier: 'professional' }));
  await server.clock.advance('PT2H');
  const stripe = await server.stripe();
  const [{ id }] = done(await stripe.get('/v1/customers', { email: 'acme@example.com' })).data;
  done(await stripe.post(`/v1/test_helpers/customers/${id}/fund_cash_balance`, { amount: 4_000, currency: 'usd' }));
  await server.clock.advance('PT1S');
}

before(async () => {
  const args = ['--automatic-tax', '--catalog', await catalogueWithCoupon()];
  [server, browser] = await Promise.all([startTurnpike({ testClock: '2026-04-01T00:00:00Z', args }), launch()]);
  await makeTaxed();
  await makeAcme();
  await customer(server, 'stranger');
  const buyer = await customer(server, 'coupon');
  done(await buyer.put('/api/billing/details', { email: 'buyer@example.com', name: 'Buyer', address: UNTAXED }));
  await addCard(buyer);
  await misnamed('misnamed');
  await misnamed('moved');
  await server.clock.to('2026-04-16T00:00:00Z');
});

after(async () => {
  await browser.close();
  await server.dispose();
});

/** Runs one story as `userId` and ends with: no fault on the page, nothing was complained about. */
function story(name, userId, steps, { path = '/billing', ...view } = {}) {
  test(name, async () => {
    const { page, complaints, close } = await visitor(browser, { reducedMotion: 'reduce', ...view });
    await page.goto(await signInLink(server, userId, path));
    await settled(page);
    await steps(page, server.api.as(userId));
    assert.deepEqual(complaints, []);
    await close();
  });
}

/** A customer with a paid invoice, who has found another name since. */
async function misnamed(userId) {
  const api = await customer(server, userId, 'Wrongly Ltd');
  await addCard(api);
  done(await api.put('/api/billing/details', { email: `${userId}@example.com`, name: 'Wrongly Ltd', address: UNTAXED_AND_FAR }));
  done(await api.post('/api/billing/subscribe', { tier: 'starter' }));
  await server.clock.advance('PT1S');
  done(await api.put('/api/billing/details', { email: `${userId}@example.com`, name: 'Rightly Ltd', address: userId === 'moved' ? NEW_YORK : UNTAXED_AND_FAR }));
}

const INVOICES = { path: '/billing/invoices' };
const openInvoice = async (page, name = /./) => {
  await region(page, 'All invoices').locator('tbody th').getByRole('link', { name }).last().click();
  await page.getByRole('table', { name: 'Lines and sums' }).waitFor();
};

story('a wrong name on an invoice is corrected: first what changes, then both papers', 'misnamed', async (page, api) => {
  const [wrong] = done(await api.get('/api/billing/invoices')).data;
  await openInvoice(page);
  await button(page, 'Wrong name, address or tax id?').click();
  await page.getByLabel('Purchase order to print (optional)').fill('PO 4711');
  await button(page, 'Show what changes').click();
  await page.getByText('The total stays $29.00. Nothing is charged or paid back.').waitFor();
  await page.getByText('Wrongly Ltd').waitFor();
  await page.getByText('Purchase order: PO 4711').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await button(page, 'Correct the invoice').click();
  await page.getByText('Corrected', { exact: true }).waitFor();
  const [fresh, old] = done(await api.get('/api/billing/invoices')).data;
  assert.deepEqual([old.id, fresh.corrects, old.correctedBy.id], [wrong.id, { id: old.id, number: old.number }, fresh.id]);
  await page.getByText(`Taken back in full. Invoice ${fresh.number} takes its place.`).waitFor();
  assert.equal(await button(page, 'Wrong name, address or tax id?').count(), 0);
  await page.getByRole('link', { name: fresh.number }).click();
  await page.getByRole('heading', { name: `Invoice ${fresh.number}` }).waitFor();
  await page.getByText(`Takes the place of invoice ${old.number}.`).waitFor();
  await page.getByRole('link', { name: old.number }).click();
  await page.getByRole('heading', { name: `Invoice ${old.number}` }).waitFor();
}, INVOICES);

story('where the tax becomes another, the page says who does it', 'moved', async (page, api) => {
  await openInvoice(page);
  await button(page, 'Wrong name, address or tax id?').click();
  await button(page, 'Show what changes').click();
  await page.getByText(/^The total becomes \$31\.\d\d instead of \$29\.00, as the tax is another\./).waitFor();
  assert.equal(await button(page, 'Correct the invoice').count(), 0);
  assert.equal(done(await api.get('/api/billing/invoices')).data.length, 1);
}, INVOICES);

story('an invoice that says what the details say is not corrected', 'taxed', async (page) => {
  await openInvoice(page);
  await button(page, 'Wrong name, address or tax id?').click();
  await button(page, 'Show what changes').click();
  await page.getByText('A part of this invoice was given back already', { exact: false }).waitFor();
}, { ...INVOICES, refusals: [409] });

story('the next invoice shows discount, tax and what the balance pays', 'taxed', async (page, api) => {
  const next = done(await api.get('/api/billing/invoices/upcoming'));
  assert.deepEqual([next.discount.amount, next.balance.amount, next.estimated], [1_450, -300, false]);
  const text = await region(page, 'Next invoice').innerText();
  assert.match(text, /Discount\s+-\$14\.50/);
  for (const money of [next.amountDue, next.tax, next.balance]) assert.ok(text.includes(dollars(money)), `${dollars(money)} in ${text}`);
  assert.match(text, /From your balance/);
  assert.deepEqual(await faultsOf(page), []);
});

story('an invoice is read with its lines, sums, refunds and credit notes', 'taxed', async (page, api) => {
  const [{ tax, amount }] = done(await api.get('/api/billing/invoices')).data;
  await openInvoice(page);
  await page.getByText('Given back').waitFor();
  const text = await page.locator('main').innerText();
  for (const words of [/Starter, one month/, /\$29\.00/, /Discount\s+-\$14\.50/, new RegExp(`Tax\\s+\\${dollars(tax)}`), new RegExp(`Total\\s+\\${dollars(amount)}`),
    /Refund\s+Apr \d+, 2026, Done\s+\$3\.00/, /\$3\.00 to your balance/]) assert.match(text, words);
  assert.deepEqual(await faultsOf(page), []);
}, INVOICES);

story('a change is previewed with discount, tax and balance, and that is what is paid', 'taxed', async (page, api) => {
  await link(page, 'Change plan').click();
  await page.getByRole('radio', { name: /Professional/ }).check();
  const pay = page.getByRole('button', { name: /^Pay \$/ });
  await pay.waitFor();
  const text = await choice(page).innerText();
  assert.match(text, /Tax\s+\$\d/);
  assert.match(text, /From your balance\s+-\$3\.00/);
  assert.ok(!text.includes('Before tax'), text);
  const said = (await pay.innerText()).slice('Pay '.length);
  await agree(page);
  await pay.click();
  await page.getByText('Done: you are on Professional.').waitFor();
  const [upgrade] = done(await api.get('/api/billing/invoices')).data;
  assert.equal(said, dollars(upgrade.amountPaid));
});

story('who is not known to the provider yet sees that the price is before tax', 'stranger', async (page) => {
  await link(page, 'Choose a plan').click();
  await choice(page).getByText('Before tax. Where tax applies, it is on the invoice.').waitFor();
});

story('a code is tried, refused in words, applied, taken off, and lowers what is paid', 'coupon', async (page, api) => {
  await link(page, 'Choose a plan').click();
  await page.getByRole('radio', { name: /Starter/ }).check();
  const field = choice(page).getByLabel('Discount code');
  await field.fill('NOBODY');
  await page.keyboard.press('Enter');
  await choice(page).getByText('There is no such code. Check the spelling.').waitFor();
  await page.getByRole('button', { name: 'Pay $29.00' }).waitFor();
  await field.fill('HALF');
  await choice(page).getByRole('button', { name: 'Apply' }).click();
  await choice(page).getByText('Code HALF is applied.').waitFor();
  await page.getByRole('button', { name: 'Pay $14.50' }).waitFor();
  assert.match(await choice(page).innerText(), /Discount\s+-\$14\.50/);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(await faultsOf(page), []);
  await choice(page).getByRole('button', { name: 'Remove code HALF' }).click();
  await page.getByRole('button', { name: 'Pay $29.00' }).waitFor();
  await field.fill('HALF');
  await page.keyboard.press('Enter');
  await agree(page);
  await page.getByRole('button', { name: 'Pay $14.50' }).click();
  await page.getByText('Done: you are on Starter.').waitFor();
  assert.equal(done(await api.get('/api/billing/invoices')).data[0].amountPaid.amount, 1_450);
}, { refusals: [422] });

story('a transfer: the account, the reference, and that what has come is not all of it', 'acme', async (page, api) => {
  const [sent] = done(await api.get('/api/billing/invoices')).data;
  const pay = region(page, 'Pay by bank transfer');
  await pay.getByRole('button', { name: 'Show where to send the money' }).click();
  await pay.getByText('Routing number').waitFor();
  const text = await pay.innerText();
  const { addresses } = done(await api.get('/api/billing/bank-transfer'));
  const account = addresses.find(({ type }) => type === 'aba').aba;
  for (const words of [sent.number, dollars(sent.amountDue), account.account_number, account.routing_number, '$40.00 has arrived']) assert.ok(text.includes(words), `${words} in ${text}`);
  assert.deepEqual(await faultsOf(page), []);
  await page.goto(`${server.url}/billing`);
  await page.getByText('A bank transfer is overdue. Everything still works').waitFor();
  await page.goto(`${server.url}/billing/invoices`);
  await region(page, 'All invoices').getByText(sent.number).waitFor();
  assert.equal(await region(page, 'All invoices').getByRole('button', { name: /^Pay/ }).count(), 0, 'there is nothing to charge');
}, { path: '/billing/payment-methods' });

story('a tax id is added, refused where it is none, and removed', 'taxed', async (page) => {
  await region(page, 'Billing details').getByText('1 High St').waitFor();
  const details = region(page, 'Tax ids');
  const add = async (value) => {
    await details.getByLabel('Number', { exact: true }).fill(value);
    await page.keyboard.press('Enter');
  };
  await add('123');
  await details.getByText('This is no number of this kind.').waitFor();
  await add('DE000000000');
  await details.getByText('Verified').waitFor();
  assert.deepEqual(await faultsOf(page), []);
  await details.getByRole('button', { name: 'Remove DE000000000' }).click();
  await details.getByText('None.').waitFor();
}, { path: '/billing/settings', refusals: [422] });

story('all of it in German', 'acme', async (page) => {
  const pay = region(page, 'Per Überweisung zahlen');
  const ask = pay.getByRole('button', { name: 'Zeigen, wohin das Geld geht' });
  await ask.or(pay.getByText('Kontonummer').first()).waitFor();
  if (await ask.count() > 0) await ask.click(); // nobody has asked before
  await pay.getByText('Kontonummer').first().waitFor();
  assert.match(await pay.innerText(), /40,00\s\$ ist angekommen/);
  await page.goto(`${server.url}/billing/invoices`);
  await region(page, 'Alle Rechnungen').locator('tbody a').first().click();
  await page.getByText('Zu zahlen', { exact: true }).waitFor();
  assert.match(await page.locator('main').innerText(), /Steuer[\s\S]*Gesamt/);
}, { path: '/billing/payment-methods', locale: 'de-DE' });
