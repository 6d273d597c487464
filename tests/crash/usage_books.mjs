// The books that crash stories of usage keep beside the server's: what was sent, what was answered, and
// what must therefore have been counted for whom.
//
// A sending is known by its number, from which all of it follows again: what a thousand rounds sent would
// not fit in memory, and everything that was ever answered is sent once more at the end.
import assert from "node:assert/strict";

import { SOURCE, usageEvent } from "../harness/events.mjs";
import { expectStatus } from "../harness/http.mjs";
import { TEST_START } from "../harness/server.mjs";
import { answerOf, Chance } from "./support.mjs";

export const HARD_LIMIT = 11_000; // api_requests of the plan `free`: 110 % of 10,000
export const PERIOD = { from: "2026-01-01T00:00:00Z", to: "2026-02-15T12:00:00Z" };
const COUNTER = "api_requests";
const GAUGE = "storage";
const EVENTS_PER_BATCH_MAX = 120;
const HOURS_BACK = 5;
const BUSY = 503; // nothing of it was counted: to be sent again

// What becomes of a request.
export const ANSWERED = "answered";
export const AGAIN = "to be sent again";
export const GONE = "the server is gone";

async function untilAnswered(send) {
  for (;;) {
    const became = await send();
    if (became === ANSWERED) return;
    assert.notEqual(became, GONE);
  }
}

// One in five moves a gauge, whose level follows the journal as totals do.
function metricOf(chance) {
  return chance.fraction() < 0.2 ? GAUGE : COUNTER;
}

// What one request carries. One in two is a single event, one in four of the others is of many customers.
function sendingOf({ number, seed, users }) {
  const chance = Chance.of(seed + number);
  const isBatch = chance.fraction() < 0.5;
  const count = isBatch ? chance.between(1, EVENTS_PER_BATCH_MAX) : 1;
  const among = chance.fraction() < 0.25 ? users : [chance.pick(users)];
  const events = Array.from({ length: count }, (_, i) =>
    usageEvent({
      userId: chance.pick(among),
      id: `${seed}-${number}-${i}`,
      metric: metricOf(chance),
      value: chance.between(1, 9),
      time: new Date(Date.parse(TEST_START) - chance.between(0, HOURS_BACK) * 3_600_000).toISOString(),
      region: chance.pick(["fra", "iad", undefined]),
    }),
  );
  return { events, isBatch };
}

export class Books {
  #seed;
  #wasAnswered = []; // of each sending, by its number
  #counted; // { value, events } by metric, by customer
  takes = new Map(); // by customer: { id, amount, answer }[]
  eventCount = 0;

  constructor(seed, users) {
    this.#seed = seed;
    this.users = users;
    const nothing = () => ({ [COUNTER]: { value: 0, events: 0 }, [GAUGE]: { value: 0, events: 0 } });
    this.#counted = new Map(users.map((user) => [user, nothing()]));
  }

  // A new sending, which counts from now on: a request that was not answered is repeated until it is.
  open() {
    const number = this.#wasAnswered.push(false) - 1;
    for (const { subject, type, data } of this.#sending(number).events) {
      const account = this.#counted.get(subject)[type];
      account.value += data.value;
      account.events += 1;
      this.eventCount += 1;
    }
    return number;
  }

  #sending(number) {
    return sendingOf({ number, seed: this.#seed, users: this.users });
  }

  eventsOf(number) {
    return this.#sending(number).events;
  }

  get sendingCount() {
    return this.#wasAnswered.length;
  }

  // Sends it, for the first time or again. A request is one transaction: all of its events are there, or
  // none; what was answered before is there.
  async send(api, number, { isFirst = false } = {}) {
    const { events, isBatch } = this.#sending(number);
    const answer = await answerOf(api.sendEvents(isBatch ? events : events[0]));
    if (answer === null || answer.status === BUSY) return answer === null ? GONE : AGAIN;
    const { accepted, duplicate, rejected } = expectStatus(answer, 200).body;
    const count = events.length;
    const isWhole = rejected === 0 && ((accepted === count && duplicate === 0) || (accepted === 0 && duplicate === count));
    assert.ok(isWhole, `${count} events sent, ${accepted} accepted, ${duplicate} duplicates, ${rejected} rejected`);
    if (isFirst) assert.equal(accepted, count, "what was never sent is new");
    if (this.#wasAnswered[number]) assert.equal(duplicate, count, "what was answered is there");
    this.#wasAnswered[number] = true;
    return ANSWERED;
  }

  // Those that were answered must be there, the others are counted now.
  async sendAgain(api, numbers) {
    for (const number of numbers) await untilAnswered(() => this.send(api, number));
  }

  openTake(userId, amount) {
    const list = this.takes.get(userId) ?? [];
    const taken = { userId, id: `take-${list.length}`, amount, answer: null };
    this.takes.set(userId, list);
    list.push(taken);
    return taken;
  }

  // A repeated take answers as the first time.
  async take(api, taken) {
    const { userId, id, amount } = taken;
    const answer = await answerOf(api.post("/api/usage/take", { userId, metric: COUNTER, amount, id }));
    if (answer === null || answer.status === BUSY) return answer === null ? GONE : AGAIN;
    const { body } = expectStatus(answer, 200);
    if (taken.answer) assert.deepEqual(body, taken.answer, "a repeated take answers as the first time");
    taken.answer = body;
    return ANSWERED;
  }

  async takeAgain(api, takes) {
    for (const taken of takes) await untilAnswered(() => this.take(api, taken));
  }

  // The gate, the totals by hour and by period, and the sources' accounts all say what the books say.
  async compareEvents(api, users = this.users) {
    for (const user of users) {
      const { data } = expectStatus(await api.as(user).get("/api/billing/usage/sources"), 200).body;
      for (const [metric, expected] of Object.entries(this.#counted.get(user))) {
        assert.deepEqual(await historyOf(api, user, "period", metric), expected, `${user}, ${metric} by period`);
        const { value, events } = await historyOf(api, user, "hour", metric);
        assert.equal(events, expected.events, `${user}, events of ${metric} by hour`);
        // A gauge's hours are where it stood after each.
        if (metric === COUNTER) assert.equal(value, expected.value, `${user}, ${metric} by hour`);
        assert.equal(await usedBy(api, user, metric), expected.value, `${user}, ${metric} at the gate`);
        const account = data.find((one) => one.source === SOURCE && one.metric === metric);
        assert.equal(account?.counted ?? 0, expected.events, `${user}, counted of the source`);
        assert.equal(account?.received ?? 0, sumOf([account?.counted, account?.duplicate, account?.rejected].map((n) => n ?? 0)));
      }
    }
  }

  // Let through is what was allowed, and never more than the hard limit. Gives the sum.
  async compareTakes(api, userId) {
    const allowed = this.takes.get(userId).filter(({ answer }) => answer.allowed);
    const sum = sumOf(allowed.map(({ amount }) => amount));
    assert.ok(sum <= HARD_LIMIT, `${sum} let through`);
    assert.equal(await usedBy(api, userId), sum);
    assert.deepEqual(await historyOf(api, userId, "period"), { value: sum, events: allowed.length });
    assert.deepEqual(await historyOf(api, userId, "hour"), { value: sum, events: allowed.length });
    return sum;
  }
}

function sumOf(numbers) {
  return numbers.reduce((a, b) => a + b, 0);
}

async function usedBy(api, userId, wanted = COUNTER) {
  const { metrics } = expectStatus(await api.as(userId).get("/api/billing/usage"), 200).body;
  return metrics.find(({ metric }) => metric === wanted).used;
}

async function historyOf(api, userId, granularity, wanted = COUNTER) {
  const query = new URLSearchParams({ ...PERIOD, granularity });
  const { series } = expectStatus(await api.as(userId).get(`/api/billing/usage?${query}`), 200).body;
  const points = series.filter(({ metric }) => metric === wanted).flatMap((one) => one.points);
  const sum = (name) => points.reduce((total, point) => total + point[name], 0);
  return { value: sum("value"), events: sum("events") };
}
