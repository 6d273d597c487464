// Guards the promise of metering: an event that was answered is counted, exactly once, and no take goes
// past the hard limit, whenever the process is killed.
//
// Each round restarts the server on what the last one left, sends again all that the round had sent (what
// was answered must be there, the rest is repeated), and holds the books against each other; then load
// from all connections begins again, and kill -9 ends it. TURNPIKE_KILLS=1000 is the long run.
import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";

import { Api } from "../harness/api.mjs";
import { startServer } from "../harness/server.mjs";
import { Chance, killAfter, killsWanted } from "./support.mjs";
import { Books, GONE } from "./usage_books.mjs";

const CUSTOMERS = 40;
const COMPARED_EACH_ROUND = 4;
const TAKERS_AT_ONCE = 3;
const ROUNDS_PER_TAKERS = 20; // then their limits are long reached
const CONNECTIONS = 8; // that send events, and as many that take
const LOAD_MS_MAX = 90;

// One connection's load until the server is gone.
async function keepSending(api, books) {
  while ((await books.send(api, books.open(), { isFirst: true })) !== GONE);
}

async function keepTaking(api, books, chance, takers) {
  while ((await books.take(api, books.openTake(chance.pick(takers), chance.between(1, 200)))) !== GONE);
}

function range(first, end) {
  return Array.from({ length: end - first }, (_, i) => first + i);
}

// Several at a time, so that it stays a load.
async function inParallel(list, work) {
  const lanes = Array.from({ length: CONNECTIONS }, (_, lane) => list.filter((_, i) => i % CONNECTIONS === lane));
  await Promise.all(lanes.map(work));
}

async function takersOf(api, round) {
  const first = Math.floor(round / ROUNDS_PER_TAKERS) * TAKERS_AT_ONCE;
  const takers = range(first, first + TAKERS_AT_ONCE).map((i) => `taker-${i}`);
  if (round % ROUNDS_PER_TAKERS === 0) {
    for (const taker of takers) await api.createCustomer(taker);
  }
  return takers;
}

test("kill -9 under load loses nothing that was answered and lets nothing past the hard limit", async (t) => {
  const kills = killsWanted(20);
  const chance = new Chance(t, 20260115);
  const server = await startServer(t);
  const users = range(0, CUSTOMERS).map((i) => `meter-${i}`);
  const books = new Books(chance.between(1, 1e6), users);
  for (const user of users) await server.api.createCustomer(user);
  for (let round = 0; round < kills; round++) {
    const takers = await takersOf(server.api, round);
    const begin = books.sendingCount;
    const taken = new Map(takers.map((taker) => [taker, books.takes.get(taker)?.length ?? 0]));
    const api = new Api(server.url, { key: server.key }); // without the checks that stories make of each answer
    const load = range(0, CONNECTIONS).flatMap(() => [keepSending(api, books), keepTaking(api, books, chance, takers)]);
    await Promise.all([killAfter(server, chance.fraction() * LOAD_MS_MAX), ...load]);
    api.close();
    await server.start();
    await inParallel(chance.shuffle(range(begin, books.sendingCount)), (numbers) => books.sendAgain(server.api, numbers));
    for (const taker of takers) {
      await inParallel((books.takes.get(taker) ?? []).slice(taken.get(taker)), (takes) => books.takeAgain(server.api, takes));
      if (books.takes.has(taker)) await books.compareTakes(server.api, taker);
    }
    await books.compareEvents(server.api, chance.shuffle(users).slice(0, COMPARED_EACH_ROUND));
  }
  await finish(t, { server, books, chance, kills });
});

// Everything that was ever sent is there, in whichever order it is sent again.
async function finish(t, { server, books, chance, kills }) {
  const { api } = server;
  await inParallel(chance.shuffle(range(0, books.sendingCount)), (numbers) => books.sendAgain(api, numbers));
  const takes = [...books.takes.values()].flat();
  await inParallel(chance.shuffle(takes), (some) => books.takeAgain(api, some));
  await books.compareEvents(api);
  const sums = [];
  for (const taker of books.takes.keys()) sums.push(await books.compareTakes(api, taker));
  t.diagnostic(`${kills} kills, ${books.eventCount} events, ${takes.length} takes; let through: ${sums.join(", ")}`);
  assert.ok(books.eventCount > kills && takes.length > kills, "there was load");
}

// Sends and hangs up, before or after the server has understood it.
function sendAndHangUp(server, events, afterMs) {
  const headers = { Authorization: `Bearer ${server.key}`, "Content-Type": "application/cloudevents-batch+json" };
  return new Promise((fulfil) => {
    const out = request(new URL("/api/usage/events", server.url), { method: "POST", headers });
    out.on("error", () => {});
    out.on("response", (answer) => answer.resume());
    out.on("close", fulfil);
    out.end(JSON.stringify(events));
    setTimeout(() => out.destroy(), afterMs);
  });
}

test("a client that hangs up in the middle leaves all of its batch or nothing", async (t) => {
  const chance = new Chance(t, 11);
  const server = await startServer(t);
  const books = new Books(11, ["meter"]);
  await server.api.createCustomer("meter");
  for (let i = 0; i < 40; i++) {
    const numbers = range(0, 5).map(() => books.open());
    await Promise.all(numbers.map((number) => sendAndHangUp(server, books.eventsOf(number), chance.fraction() * 6)));
  }
  await books.sendAgain(server.api, range(0, books.sendingCount));
  await books.compareEvents(server.api);
  await server.stop();
});
