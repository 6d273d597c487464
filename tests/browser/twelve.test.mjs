// Guards twelve journeys, each told once and done twice: by mouse, and by the keyboard alone (support/hands.mjs). Each begins
// where people begin and ends with what the API then says.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';

import { expectStatus } from '../harness/http.mjs';
import { firstOperator } from '../harness/operators.mjs';
import { dialog, launch, region, settled, visitor } from './support/browser.mjs';
import { addCard, customer, DECLINED_LATER, payer, use } from './support/customers.mjs';
import { keyboard, mouse } from './support/hands.mjs';
import { byName, comeAsOperator } from './support/operators.mjs';
import { cspReports, signInLink, startTurnpike } from './support/turnpike.mjs';

let server;
let browser;

const done = (answer, status = 200) => expectStatus(answer, status).body;

before(async () => {
  [server, browser] = await Promise.all([startTurnpike({ args: ['--step-up-seconds', '3600'] }), launch()]);
  await firstOperator(server, 'root');
});

after(async () => {
  await browser.close();
  const reports = await cspReports(server);
  await server.dispose();
  assert.equal(reports, 0, 'no browser reported a violation of the policy');
});

/** A journey by each hand; `of` makes names that only this run has. */
function journey(name, run) {
  for (const [way, handOf] of [['by mouse', mouse], ['by keyboard', keyboard]]) {
    test(`${name}, ${way}`, async () => {
      const seats = [];
      const take = (seat) => {
        seats.push(seat);
        return Object.assign(seat.page, { hand: handOf(seat.page) });
      };
      await run({
        of: (who) => `${who}-${way.slice(3)}`,
        stranger: async (path) => {
          const page = take(await visitor(browser, { reducedMotion: 'reduce', acceptDownloads: true }));
          await page.goto(byName(server.url) + path);
          await settled(page);
          return page;
        },
        owner: async (userId, path, options) => {
          const page = take(await visitor(browser, { reducedMotion: 'reduce', acceptDownloads: true, ...options }));
          await page.goto(byName(await signInLink(server, userId, path)));
          await settled(page);
          return page;
        },
        operator: async (who, role, path) => {
          const page = take(await comeAsOperator(server, browser, `${who}-${way.slice(3)}`, role, { acceptDownloads: true }));
          await page.goto(byName(server.url) + path);
          await settled(page);
          return page;
        },
      });
      for (const { complaints, close } of seats) {
        assert.deepEqual(complaints, []);
        await close();
      }
    });
  }
}

const button = (within, name) => within.getByRole('button', { name });
const link = (within, name) => within.getByRole('link', { name });

/** Goes to a place of the area, as its places lead there. */
async function go(page, place, path) {
  await page.hand.press(page.getByRole('navigation', { name: /^(Billing|Operating)$/ }).getByRole('link', { name: place, exact: true }));
  await page.waitForURL(`**${path}`);
  await settled(page);
}

const CARD = '4242 4242 4242 4242';
const agreeBox = (page) => page.getByRole('checkbox', { name: 'I agree that it renews like this' });
const subscriptionOf = async (userId) => done(await server.api.as(userId).get('/api/billing/subscription'));

/** On the provider's page. */
async function enterCard(page) {
  await page.waitForURL('**/pay/*');
  await page.hand.type(page.getByLabel('Card number'), CARD);
  await page.hand.press(button(page, 'Save'));
}

/** From wherever a link to the change of plan is, to its receipt. */
async function changeTo(page, tier, confirm, ended) {
  await page.hand.press(link(page, 'Change plan'));
  await page.waitForURL('**/billing/plan/change*');
  await settled(page);
  await page.hand.check(page.getByRole('radio', { name: new RegExp(tier) }));
  await button(page, confirm).waitFor();
  await page.hand.check(agreeBox(page));
  await page.hand.press(button(page, confirm));
  await page.getByText(ended).waitFor();
}

async function toOverview(page) {
  await page.hand.press(link(page, 'To the overview'));
  await page.waitForURL('**/billing');
  await settled(page);
}

describe('a customer', () => {
  journey('reckons what they need, buys, pays, upgrades and takes the invoice as a file', async ({ of, stranger }) => {
    const userId = of('buyer');
    await customer(server, userId);
    const page = await stranger('/pricing');
    const calculator = region(page, 'What would it cost you?');
    await page.hand.type(calculator.getByLabel(/^API requests/).last(), '50000');
    await calculator.getByText(/Starter/).first().waitFor();
    await page.hand.press(link(page, 'Start with Starter').first());
    await page.waitForURL('**/sign-in?next=*');
    // The platform signs them in, with a link to where they wanted to go.
    await page.goto(byName(await signInLink(server, userId, new URL(page.url()).searchParams.get('next'))));
    await page.hand.press(button(page, 'Add a card and continue'));
    await enterCard(page);
    await page.getByText('Your card was added.').waitFor();
    await button(page, 'Pay $29.00').waitFor();
    await page.hand.check(agreeBox(page));
    await page.hand.press(button(page, 'Pay $29.00'));
    await page.getByText('Done: you are on Starter.').waitFor();
    await toOverview(page);
    await changeTo(page, 'Professional', /^Pay \$/, 'Done: you are on Professional.');
    await go(page, 'Invoices', '/billing/invoices');
    const invoices = done(await server.api.as(userId).get('/api/billing/invoices')).data;
    assert.equal(invoices.length, 2);
    const paper = page.context().waitForEvent('response', (answer) => answer.headers()['content-type'] === 'application/pdf');
    await page.hand.press(link(region(page, 'All invoices'), /PDF/).first());
    assert.equal((await paper).status(), 200);
  });

  journey('goes down a plan, and stays after all', async ({ of, owner }) => {
    const userId = of('shrinker');
    await payer(server, userId, { tier: 'professional' });
    const page = await owner(userId);
    await changeTo(page, 'Starter', /^Change on /, /^Scheduled: Starter from /);
    await toOverview(page);
    assert.notEqual((await subscriptionOf(userId)).pendingChange, null);
    await page.hand.press(button(page, 'Undo the change'));
    await page.getByText('Your plan goes on as before.').waitFor();
    assert.equal((await subscriptionOf(userId)).pendingChange, null);
  });

  journey('cancels in two steps, and stays after all', async ({ of, owner }) => {
    const userId = of('leaver');
    await payer(server, userId);
    const page = await owner(userId);
    await page.hand.press(link(page, 'Cancel plan'));
    await page.waitForURL('**/billing/cancel');
    await page.hand.press(button(page, /^Cancel on /));
    await page.getByText(/^Your plan ends on /).first().waitFor();
    assert.equal((await subscriptionOf(userId)).cancelAtPeriodEnd, true);
    await toOverview(page);
    await page.hand.press(button(page, 'Keep my plan'));
    await region(page, 'Plan').getByText(/^Renews on /).waitFor();
    assert.equal((await subscriptionOf(userId)).cancelAtPeriodEnd, false);
  });

  journey('reads an invoice down to its lines, and takes the list along', async ({ of, owner }) => {
    const userId = of('reader');
    await payer(server, userId);
    const [invoice] = done(await server.api.as(userId).get('/api/billing/invoices')).data;
    const page = await owner(userId);
    await go(page, 'Invoices', '/billing/invoices');
    const downloads = page.waitForEvent('download');
    await page.hand.press(button(region(page, 'All invoices'), /CSV/));
    assert.ok((await readFile(await (await downloads).path(), 'utf8')).includes(invoice.number));
    await page.hand.press(link(region(page, 'All invoices'), new RegExp(invoice.number)).first());
    await page.waitForURL('**/billing/invoices/*');
    await settled(page);
    assert.match(await page.locator('main').innerText(), /Starter[\s\S]*\$29\.00/);
  });

  journey('says who is billed, and by which tax number', async ({ of, owner }) => {
    const userId = of('billed');
    await customer(server, userId);
    const page = await owner(userId);
    await go(page, 'Settings', '/billing/settings');
    const details = region(page, 'Billing details');
    await page.hand.press(button(details, 'Change'));
    await page.hand.type(details.getByLabel(/^(Legal name|Name)/), 'Fernworks GmbH');
    await page.hand.press(button(details, /^Save/));
    await details.getByText('Fernworks GmbH').waitFor();
    assert.equal(done(await server.api.as(userId).get('/api/billing/details')).name, 'Fernworks GmbH');
  });

  journey('lets somebody in, and takes it back', async ({ of, owner }) => {
    const userId = of('host');
    await customer(server, userId);
    const page = await owner(userId);
    await go(page, 'Settings', '/billing/settings');
    const people = region(page, 'People');
    const address = `${of('lin')}@example.com`;
    await page.hand.type(people.getByLabel('Email'), address);
    await page.hand.choose(people.getByLabel('Role', { exact: true }), 'viewer');
    await page.hand.press(button(people, 'Invite'));
    await people.getByText(address).waitFor();
    await page.hand.press(button(people, `Take back the invitation of ${address}`));
    await people.getByText(address).waitFor({ state: 'detached' });
  });

  journey('sees a limit reached while looking at it', async ({ of, owner }) => {
    const userId = of('watcher');
    await customer(server, userId);
    await use(server, userId, { modules: 2 });
    const page = await owner(userId);
    await go(page, 'Usage', '/billing/usage');
    await page.hand.press(link(page, /^Modules/).first());
    await page.waitForURL('**metric=modules');
    const meter = page.locator('.meter-head');
    await meter.getByText('Modules').first().waitFor();
    assert.equal(await meter.getByText(/Limit reached|Over limit|Blocked/).count(), 0);
    await use(server, userId, { modules: 4 });
    await meter.getByText(/Limit reached|Over limit|Blocked/).first().waitFor();
  });

  journey('asks for a file of all that is kept, and takes it', async ({ of, owner }) => {
    const userId = of('curious');
    await customer(server, userId);
    const page = await owner(userId);
    await go(page, 'Privacy', '/account/privacy');
    await page.hand.press(button(page, /^(Make|Ask for) .*file/).first());
    await server.clock.advance('PT1M');
    const file = link(page, /Download|Take/).first();
    await file.waitFor();
    const downloads = page.waitForEvent('download');
    await page.hand.press(file);
    assert.match((await downloads).suggestedFilename(), /\.zip$/);
  });
});

describe('operators', () => {
  journey('find a customer and give money back, which the customer reads', async ({ of, owner, operator }) => {
    const userId = of('refunded');
    await payer(server, userId);
    const page = await operator('frida', 'finance', '/admin/customers');
    await page.hand.type(page.getByRole('search').getByLabel(/Search|Id/).first(), userId);
    await page.keyboard.press('Enter');
    await page.waitForURL('**q=*');
    await page.hand.press(link(page, /^Ada Fern/).first());
    await page.waitForURL(`**/admin/customers/${userId}`);
    await settled(page);
    await page.hand.press(link(page.locator('.views'), 'Invoices'));
    await page.hand.press(button(page, /^Refund: /));
    await page.hand.type(dialog(page).getByLabel('Amount (USD)'), '5.50');
    await page.hand.press(button(dialog(page), 'Refund $5.50'));
    await page.getByText('$5.50 go back.').waitFor();
    const theirs = await owner(userId, '/billing/invoices');
    await theirs.getByText('$5.50 given back').waitFor();
  });

  journey('write down a breach, within its clock', async ({ of, operator }) => {
    const page = await operator('bea', 'admin', '/admin/compliance');
    await page.hand.press(link(page, 'Breaches'));
    await settled(page);
    await page.hand.press(button(page, 'Write down a breach'));
    await page.hand.type(dialog(page).getByLabel('What is it, in a line'), of('A mail went astray'));
    await page.hand.type(dialog(page).getByLabel('What happened'), 'To the wrong customer.');
    await page.hand.type(dialog(page).getByLabel('Which data, of whom'), 'one name');
    await page.hand.type(dialog(page).getByLabel('Known since (UTC)'), '2026-11-21T04:05');
    await page.hand.press(dialog(page).locator('button[type=submit]'));
    await region(page, 'Breaches').getByText(of('A mail went astray')).waitFor();
  });
});

journey('a contract: asked for, written, agreed to by a second person, accepted', async ({ of, owner, operator }) => {
  const userId = of('enterprise');
  await addCard(await customer(server, userId));
  const asks = await owner(userId, '/pricing');
  await asks.hand.press(link(asks, 'Ask for a contract').first());
  await asks.getByText('You ask for').waitFor();
  await asks.hand.type(asks.getByLabel('What do you need?'), 'Everything');
  await asks.hand.press(button(asks, 'Send the request'));
  await asks.hand.press(link(asks, 'Go to billing'));

  const writes = await operator('mo', 'finance', '/admin/contracts');
  await writes.hand.press(link(writes, new RegExp(`^No\\. \\d+, ${userId}$`)));
  await writes.getByText('Write its terms').waitFor();
  await writes.hand.press(button(writes, 'Write terms'));
  await writes.hand.type(writes.getByLabel('Price, before taxes (USD)'), '999.50');
  await writes.hand.press(button(writes, 'Save the draft'));
  await writes.getByText('$11,994.00').first().waitFor();
  await writes.hand.press(button(writes, 'Submit'));
  await writes.hand.press(button(dialog(writes), 'Submit for approval'));
  await writes.getByText('A second person has to agree to exactly these terms.').waitFor();

  const agrees = await operator('nia', 'finance', '/admin/contracts');
  await go(agrees, 'Approvals', '/admin/approvals');
  await agrees.hand.press(button(agrees, /^Agree: Contract/));
  await agrees.hand.press(button(dialog(agrees), 'Agree'));
  await agrees.getByText('Nothing here').waitFor();

  const accepts = await owner(userId, '/billing/plan');
  await accepts.hand.press(button(accepts, 'Accept the offer'));
  await accepts.hand.type(dialog(accepts).getByLabel('Your full name'), 'Ada Fern');
  await accepts.keyboard.press('Enter');
  await accepts.getByText('In force from').waitFor();
  assert.equal((await subscriptionOf(userId)).tier, 'enterprise');
});

journey('a declined renewal: from the link in the mail to a new card, and active again', async ({ of, stranger }) => {
  const userId = of('declined');
  await addCard(await payer(server, userId), DECLINED_LATER);
  await server.clock.advance('P1M1D');
  assert.equal((await subscriptionOf(userId)).status, 'past_due');
  const mails = done(await server.api.get('/api/admin/outbox?limit=100')).data;
  const { id } = mails.find(({ to, kind }) => to === `${userId}@example.com` && kind === 'payment_failed');
  const { text } = done(await server.api.get(`/api/admin/outbox/${id}`));
  const { pathname } = new URL(/https?:\/\/\S+\/pay\/\S+/.exec(text)[0]);
  const page = await stranger(pathname);
  await page.hand.press(link(page, 'Pay now'));
  const another = page.locator('details').filter({ hasText: 'Use another card' });
  await page.hand.press(another.locator('summary'));
  await page.hand.type(another.getByLabel('Card number'), CARD);
  await page.hand.press(button(another, /^Pay /));
  await page.getByText(/Paid/).first().waitFor();
  await server.clock.advance('PT1M');
  assert.equal((await subscriptionOf(userId)).status, 'active');
});
