// Guards: a customer is told of each threshold once, neither twice nor never, whenever the process is killed while
// they cross it, and however often the same events come again.
//
// Each round a few customers stand just below 80 % of their limit; events carry them past it, past the limit and past
// the hard limit, until kill -9 ends that. Then the server starts on what was left, is sent all of it again, and again.
// TURNPIKE_KILLS=1000 is the long run.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../harness/api.mjs";
import { usageEvent } from "../harness/events.mjs";
import { expectStatus } from "../harness/http.mjs";
import { startServer } from "../harness/server.mjs";
import { answerOf, Chance, killsWanted } from "./support.mjs";
import { toldOnce } from "./told.mjs";

const CUSTOMERS = 3; // of a round
const BELOW = 7_900; // the limit of `free` is 10,000, the hard limit 11,000
const EVENTS = 32;
const CONNECTIONS = 4;
const ALL = ["warning", "limit_reached", "blocked"]; // of a grace nobody waits for the end

// Together they end at 7,900 + 32 x 100 = 11,100: past the hard limit, each of the thresholds by an event of its own.
const eventsOf = (userId, source) =>
  Array.from({ length: EVENTS }, (_, i) => usageEvent({ userId, source, id: `${userId}-${i}`, value: 100 }));

async function standBelow(server, userId) {
  await server.api.createCustomer(userId);
  expectStatus(await server.api.sendEvents(usageEvent({ userId, value: BELOW })), 200);
  assert.deepEqual(await toldOnce(server, userId), []);
}

const shareOf = (events, lane) => events.filter((_, i) => i % CONNECTIONS === lane);
const lanes = (work) => Promise.all(Array.from({ length: CONNECTIONS }, (_, lane) => work(lane)));

// Until the server is gone: it is killed once so many events were answered, while others are on their way.
async function sendUntilKilled(server, events, answers) {
  const api = new Api(server.url, { key: server.key }); // without the checks that stories make of each answer
  let killed = null;
  let left = answers;
  await lanes(async (lane) => {
    for (const event of shareOf(events, lane)) {
      if ((await answerOf(api.sendEvents(event))) === null) return;
      left--;
      if (left === 0) killed = server.kill();
    }
  });
  await killed;
  api.close();
}

async function sendAll(server, events) {
  await lanes(async (lane) => {
    for (const event of shareOf(events, lane)) expectStatus(await server.api.sendEvents(event), 200);
  });
}

async function isToldOfAll(server, userId) {
  assert.deepEqual(await toldOnce(server, userId), ALL);
}

test("kill -9 while limits are crossed: each notice once, in the history, as a mail, and beside the usage", async (t) => {
  const kills = killsWanted(12);
  const chance = new Chance(t, 20260216);
  const server = await startServer(t);
  const everybody = [];
  let cut = 0;
  for (let round = 0; round < kills; round++) {
    const users = Array.from({ length: CUSTOMERS }, (_, i) => `crosser-${round}-${i}`);
    for (const userId of users) await standBelow(server, userId);
    const events = chance.shuffle(users.flatMap((userId) => eventsOf(userId, "crossing")));
    await sendUntilKilled(server, events, chance.between(1, events.length - CONNECTIONS));
    await server.start();
    for (const userId of users) {
      const told = (await toldOnce(server, userId)).length;
      cut += told > 0 && told < ALL.length ? 1 : 0;
    }
    await sendAll(server, chance.shuffle(events));
    for (const userId of users) await isToldOfAll(server, userId);
    await sendAll(server, chance.shuffle(events)); // a replay in which all are duplicates
    for (const userId of users) await isToldOfAll(server, userId);
    everybody.push(...users);
  }
  await server.restart();
  for (const userId of everybody) await isToldOfAll(server, userId);
  t.diagnostic(`${kills} kills, ${everybody.length} customers, of whom ${cut} were cut off between two notices`);
  assert.ok(cut > 0, "some were killed on the way");
});
