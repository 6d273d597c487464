// Guards the promise of metering: an event that was answered is counted, exactly once, and no take goes
// past the hard limit, whenever the process is killed.
//
// Each round restarts the server on what the last one left, repeats what was not answered, and holds the
// books against each other; then load from several connections begins again, and kill -9 ends it.
import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";

import { SOURCE, usageEvent } from "../harness/events.mjs";
import { expectStatus } from "../harness/http.mjs";
import { startServer, TEST_START } from "../harness/server.mjs";
import { answerOf, Chance, killAfter, killsWanted } from "./support.mjs";

const HARD_LIMIT = 11_000; // api_requests of the plan `free`: 110 % of 10,000
const ROUNDS_PER_TAKER = 10; // then its limit is long reached
const LOAD_MS_MAX = 90;
const EVENTS_PER_BATCH_MAX = 120;
const HOURS_BACK = 5;
const PERIOD = { from: "2026-01-01T00:00:00Z", to: "2026-02-15T12:00:00Z" };

// All that was ever sent, and what is known of it.
class Books {
  sent = []; // { events, isBatch, isAnswered }
  takes = []; // { userId, id, amount, answer }

  get unanswered() {
    return this.sent.filter((sending) => !sending.isAnswered);
  }

  get events() {
    return this.sent.flatMap((sending) => sending.events);
  }
}

function makeSending(chance) {
  const isBatch = chance.fraction() < 0.5;
  const count = isBatch ? chance.between(1, EVENTS_PER_BATCH_MAX) : 1;
  const events = Array.from({ length: count }, () =>
    usageEvent({
      userId: "meter",
      value: chance.between(1, 9),
      time: new Date(Date.parse(TEST_START) - chance.between(0, HOURS_BACK) * 3_600_000).toISOString(),
      region: chance.pick(["fra", "iad", undefined]),
    }),
  );
  return { events, isBatch, isAnswered: false };
}

function post(api, sending) {
  return api.sendEvents(sending.isBatch ? sending.events : sending.events[0]);
}

// A request is one transaction: all of its events are there, or none.
async function send(api, sending) {
  const wasSent = sending.wasSent;
  sending.wasSent = true;
  const answer = await answerOf(post(api, sending));
  if (answer === null) return false;
  const { accepted, duplicate } = expectStatus(answer, 200).body;
  const count = sending.events.length;
  const isWhole = (accepted === count && duplicate === 0) || (accepted === 0 && duplicate === count);
  assert.ok(isWhole, `${count} events sent, ${accepted} accepted, ${duplicate} duplicates`);
  if (!wasSent) assert.equal(accepted, count, "what was never sent is new");
  if (sending.isAnswered) assert.equal(duplicate, count, "what was answered is there");
  sending.isAnswered = true;
  return true;
}

async function take(api, taken) {
  const { userId, id, amount } = taken;
  const answer = await answerOf(api.post("/api/usage/take", { userId, metric: "api_requests", amount, id }));
  if (answer === null) return false;
  const { body } = expectStatus(answer, 200);
  if (taken.answer) assert.deepEqual(body, taken.answer, "a repeated take answers as the first time");
  taken.answer = body;
  return true;
}

// One connection's load until the server is gone.
async function keepSending(api, books, chance) {
  for (;;) {
    const sending = makeSending(chance);
    books.sent.push(sending);
    if (!(await send(api, sending))) return;
  }
}

async function keepTaking(api, books, chance, userId) {
  for (;;) {
    const taken = { userId, id: `take-${books.takes.length}`, amount: chance.between(1, 200) };
    books.takes.push(taken);
    if (!(await take(api, taken))) return;
  }
}

async function settle(api, books) {
  for (const sending of books.unanswered) assert.ok(await send(api, sending));
  for (const taken of books.takes.filter(({ answer }) => !answer)) assert.ok(await take(api, taken));
}

async function usedBy(api, userId) {
  const { metrics } = expectStatus(await api.as(userId).get("/api/billing/usage"), 200).body;
  return metrics.find(({ metric }) => metric === "api_requests").used;
}

async function historyOf(api, userId, granularity) {
  const query = new URLSearchParams({ ...PERIOD, granularity });
  const { series } = expectStatus(await api.as(userId).get(`/api/billing/usage?${query}`), 200).body;
  const points = series.filter(({ metric }) => metric === "api_requests").flatMap((one) => one.points);
  const sum = (name) => points.reduce((total, point) => total + point[name], 0);
  return { value: sum("value"), events: sum("events") };
}

const sumOf = (numbers) => numbers.reduce((a, b) => a + b, 0);

// The gate, the totals by hour and by period, and the sources' accounts all say the same.
async function compareEvents(api, books) {
  const events = books.events;
  const expected = { value: sumOf(events.map(({ data }) => data.value)), events: events.length };
  assert.deepEqual(await historyOf(api, "meter", "period"), expected);
  assert.deepEqual(await historyOf(api, "meter", "hour"), expected);
  assert.equal(await usedBy(api, "meter"), expected.value);
  const { data } = expectStatus(await api.as("meter").get("/api/billing/usage/sources"), 200).body;
  const account = data.find(({ source }) => source === SOURCE);
  assert.equal(account?.counted ?? 0, expected.events);
  assert.equal(account?.received ?? 0, sumOf([account?.counted, account?.duplicate, account?.rejected].map((n) => n ?? 0)));
}

async function compareTakes(api, books, userId) {
  const allowed = books.takes.filter((taken) => taken.userId === userId && taken.answer.allowed);
  const sum = sumOf(allowed.map(({ amount }) => amount));
  assert.ok(sum <= HARD_LIMIT, `${sum} let through`);
  assert.equal(await usedBy(api, userId), sum);
  assert.deepEqual(await historyOf(api, userId, "period"), { value: sum, events: allowed.length });
  assert.deepEqual(await historyOf(api, userId, "hour"), { value: sum, events: allowed.length });
  return sum;
}

test("kill -9 under load loses nothing that was answered and lets nothing past the hard limit", async (t) => {
  const kills = killsWanted(20);
  const chance = new Chance(t, 20260115);
  const server = await startServer(t);
  const books = new Books();
  const takers = new Set();
  await server.api.createCustomer("meter");
  for (let round = 0; round < kills; round++) {
    const taker = `taker-${Math.floor(round / ROUNDS_PER_TAKER)}`;
    takers.add(taker);
    await server.api.createCustomer(taker);
    const { api } = server;
    const load = [
      ...Array.from({ length: 4 }, () => keepSending(api, books, chance)),
      ...Array.from({ length: 4 }, () => keepTaking(api, books, chance, taker)),
    ];
    await Promise.all([killAfter(server, chance.fraction() * LOAD_MS_MAX), ...load]);
    await server.start();
    await settle(server.api, books);
    await compareEvents(server.api, books);
    await compareTakes(server.api, books, taker);
  }
  for (const sending of chance.shuffle(books.sent)) assert.ok(await send(server.api, sending));
  for (const taken of chance.shuffle(books.takes)) assert.ok(await take(server.api, taken));
  await compareEvents(server.api, books);
  const sums = [];
  for (const taker of takers) sums.push(await compareTakes(server.api, books, taker));
  const { length } = books.events;
  t.diagnostic(`${kills} kills, ${length} events, ${books.takes.length} takes; let through: ${sums.join(", ")}`);
  assert.ok(length > kills && books.takes.length > kills, "there was load");
});

// Sends and hangs up, before or after the server has understood it.
function sendAndHangUp(server, sending, afterMs) {
  const headers = { Authorization: `Bearer ${server.key}`, "Content-Type": "application/cloudevents-batch+json" };
  return new Promise((fulfil) => {
    const out = request(new URL("/api/usage/events", server.url), { method: "POST", headers });
    out.on("error", () => {});
    out.on("response", (answer) => answer.resume());
    out.on("close", fulfil);
    out.end(JSON.stringify(sending.events));
    setTimeout(() => out.destroy(), afterMs);
  });
}

test("a client that hangs up in the middle leaves all of its batch or nothing", async (t) => {
  const chance = new Chance(t, 11);
  const server = await startServer(t);
  const books = new Books();
  await server.api.createCustomer("meter");
  for (let i = 0; i < 40; i++) {
    const sendings = Array.from({ length: 5 }, () => ({ ...makeSending(chance), isBatch: true, wasSent: true }));
    books.sent.push(...sendings);
    await Promise.all(sendings.map((sending) => sendAndHangUp(server, sending, chance.fraction() * 6)));
  }
  await settle(server.api, books);
  await compareEvents(server.api, books);
  await server.stop();
});
