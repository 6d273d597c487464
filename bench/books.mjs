// Two years of many subscriptions on the test clock, 3 % of the charges of each month declined: how long
// it takes, what it needs, and whether the books of both sides agree to the cent. It fails when they do
// not: a double charge, a period billed twice or not at all, or a cent that one side does not know.
//
//   TURNPIKE_CUSTOMERS=10000 TURNPIKE_MONTHS=24 TURNPIKE_ANSWER_MS=600000 node bench/books.mjs
//
// is the large run: about an hour of a machine with nothing else to do, and 10 GB of disk.
import assert from "node:assert/strict";

import { expectStatus } from "../tests/harness/http.mjs";
import { makeDataFolder, Server } from "../tests/harness/server.mjs";
import { IS_QUICK, row } from "./support/measure.mjs";
import { residentMegabytes } from "./support/process.mjs";

const CUSTOMERS = Number(process.env.TURNPIKE_CUSTOMERS ?? (IS_QUICK ? 20 : 200));
const MONTHS = Number(process.env.TURNPIKE_MONTHS ?? (IS_QUICK ? 2 : 24));
const DECLINED_SHARE = 0.03;
const GROUP = Math.max(15, Math.ceil(CUSTOMERS / 200)); // who begin at the same instant
const AT_ONCE = 32;
const START = Date.UTC(2027, 0, 1);
const HOUR = 3_600_000;

// The same run every time: a small generator of numbers in [0, 1) (mulberry32).
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = randomFrom(1);

async function each(list, work) {
  const rest = [...list];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) await work(next);
  }));
}

// Of every object of a list what `pick` takes of it: the whole of them would not fit in memory.
async function allOf(path, pick) {
  const found = [];
  for (let after; ;) {
    const page = expectStatus(await stripe.get(path, { limit: 100, ...(after && { starting_after: after }) }), 200).body;
    found.push(...page.data.map(pick));
    if (!page.has_more) return found;
    after = page.data.at(-1).id;
  }
}

const server = new Server(await makeDataFolder(), { testClock: new Date(START).toISOString() });
await server.start({ key: await server.createKey() });
const stripe = await server.stripe();
const users = Array.from({ length: CUSTOMERS }, (_, i) => `u${String(i).padStart(6, "0")}`);
const started = performance.now();
let peak = 0;

async function card(user, token) {
  const api = server.api.as(user);
  const { id } = expectStatus(await api.post("/api/billing/payment-methods", { paymentMethodId: token }), 201).body;
  expectStatus(await api.put(`/api/billing/payment-methods/${id}/default`), 200);
}

// Sign-ups over the first 28 days, a group at a time: every day of the month is somebody's anchor.
const groups = Math.ceil(CUSTOMERS / GROUP);
for (let i = 0; i < groups; i++) {
  const group = users.slice(i * GROUP, (i + 1) * GROUP);
  await server.clock.to(new Date(START + Math.floor((i * 28 * 24) / groups) * HOUR).toISOString());
  await each(group, async (user) => {
    await server.api.createCustomer(user);
    await card(user, "pm_card_visa");
    const tier = random() < 0.7 ? "starter" : "professional";
    expectStatus(await server.api.as(user).post("/api/billing/subscribe", { tier }), 201);
  });
}
const subscribed = performance.now();
row("subscribe", CUSTOMERS / ((subscribed - started) / 1_000), "customers/s");

// Each month some cards begin to fail; half of their owners bring a new one five days later, the others
// never do, and end on free.
const failing = new Map();
for (let month = 1; month <= MONTHS; month++) {
  const declined = users.filter((user) => !failing.has(user) && random() < DECLINED_SHARE);
  await each(declined, async (user) => {
    const { tier } = expectStatus(await server.api.as(user).get("/api/billing/subscription"), 200).body;
    if (tier === "free") return;
    await card(user, "pm_card_chargeCustomerFail");
    failing.set(user, random() < 0.5 ? "recovers" : "leaves");
  });
  const begin = new Date(START);
  for (let day = 1; day <= 28; day++) { // each answer within the patience of the harness
    const at = Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + month, day);
    await server.clock.to(new Date(at).toISOString());
    peak = Math.max(peak, residentMegabytes(server.pid));
  }
  const recovering = [...failing].filter(([, fate]) => fate === "recovers").map(([user]) => user);
  await each(recovering, async (user) => {
    await card(user, "pm_card_visa");
    failing.delete(user);
  });
  console.error(`month ${month}: ${((performance.now() - subscribed) / 1_000).toFixed(1)} s, ${peak.toFixed(0)} MB`);
}
const ended = performance.now();
await server.clock.advance("PT2H");

// --- the books ---

const charges = (await allOf("/v1/charges", ({ amount, payment_intent, status }) => ({ amount, payment_intent, status })))
  .filter(({ status }) => status === "succeeded");
const theirs = await allOf("/v1/invoices", (invoice) => ({
  id: invoice.id,
  sums: [invoice.status, invoice.total, invoice.amount_paid],
  subscription: invoice.parent.subscription_details.subscription,
  begins: invoice.lines.data.filter(({ amount }) => amount > 0).at(-1).period.start,
}));
const theirsById = new Map(theirs.map((invoice) => [invoice.id, invoice]));
const charged = new Set();
for (const { payment_intent: intent } of charges) {
  assert.ok(!charged.has(intent), `${intent} was charged twice`);
  charged.add(intent);
}

let paid = 0;
let invoiceCount = 0;
await each(users, async (user) => {
  const api = server.api.as(user);
  const mine = [];
  for (let cursor; ;) {
    const page = expectStatus(await api.get(`/api/billing/invoices?limit=100${cursor ? `&cursor=${cursor}` : ""}`), 200).body;
    mine.push(...page.data);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  const periods = new Set();
  for (const invoice of mine) {
    const other = theirsById.get(invoice.stripeInvoiceId);
    assert.deepEqual([invoice.status, invoice.amount.amount, invoice.amountPaid.amount], other.sums, `${user} ${invoice.number}`);
    const key = `${other.subscription} ${other.begins}`;
    assert.ok(invoice.status === "void" || !periods.has(key), `${user}: ${key} is billed twice`);
    periods.add(key);
    paid += invoice.amountPaid.amount;
    theirsById.delete(invoice.stripeInvoiceId);
  }
  invoiceCount += mine.length;
});
assert.equal(theirsById.size, 0, "invoices that only the sandbox knows");
assert.equal(paid, charges.reduce((sum, { amount }) => sum + amount, 0), "money that only one side knows");
await server.stop();

row(`${MONTHS} months of ${CUSTOMERS} subscriptions`, (ended - subscribed) / 1_000, "s");
row("invoices billed", invoiceCount / ((ended - subscribed) / 1_000), "invoices/s");
row("invoices, in both books", invoiceCount, "");
row("paid, in both books", paid / 100, "USD");
row("memory at its highest", peak, "MB");
await server.dispose();
