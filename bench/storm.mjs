// One customer's storm, and how soon the others' events and takes are answered beside it: without it, with
// one customer at a hundred times what each of the others sends, and with one that sends all it can over
// sixteen connections. The others' times count from when a request was due.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { compare, CORES, MS, measure, programOf, row, startOnEmpty } from "./support/measure.mjs";

const QUIET = 100; // customers, of ten events a second each
const QUIET_RATE = 1_000;
const TAKE_RATE = 500;
const TIMES = 100;
const LONG_MS = 3 * MS;

const server = await startOnEmpty();
for (let i = 0; i < QUIET; i++) await server.api.createCustomer(`quiet${i}`);
await server.api.createCustomer("storm0");
const port = new URL(server.url).port;
const header = `Authorization: Bearer ${server.key}`;

// event_load.c: milliseconds of the answers, those that were refused, and events counted.
async function send({ name, customers, connections, batch, rate }) {
  const args = [port, connections, LONG_MS, batch, customers, rate, header, name].map(String);
  const command = [...(CORES ? ["taskset", "-c", CORES.client] : []), programOf("event_load"), ...args];
  const { stdout } = await promisify(execFile)(command[0], command.slice(1));
  const [perSecond, p50Ms, p99Ms, p999Ms, refused] = stdout.split(" ").map(Number);
  return { perSecond, p50Ms, p99Ms, p999Ms, refused };
}

const take = {
  method: "POST",
  path: "/api/usage/take",
  header: `${header}\r\nContent-Type: application/json`,
  body: JSON.stringify({ userId: "quiet0", metric: "storage", amount: 1 }),
};

// What the quiet ones see while `storm` blows, or not.
async function quiet(storm) {
  const [events, takes, blown] = await Promise.all([
    send({ name: "quiet", customers: QUIET, connections: 64, batch: 1, rate: QUIET_RATE }),
    measure(port, { connections: 16, ms: LONG_MS, rate: TAKE_RATE, request: take }),
    storm && send({ name: "storm", customers: 1, ...storm }),
  ]);
  const { p99Ms, p50Ms, refused } = events;
  return { p50Ms, p99Ms, refused, takeP99Ms: takes.p99Us / 1_000, storm: blown?.perSecond ?? 0, turnedAway: blown?.refused ?? 0 };
}

const found = await compare({
  calm: () => quiet(null),
  hundred: () => quiet({ connections: 16, batch: 10, rate: (QUIET_RATE / QUIET) * TIMES }),
  flood: () => quiet({ connections: 16, batch: 1_000, rate: 0 }),
});
for (const [name, words] of [["hundred", `one customer at ${TIMES}x`], ["flood", "one customer sends all it can"]]) {
  row(`quiet customers' p99, ${words}`, found[name].p99Ms, "ms", found.calm.p99Ms, "the same without it");
  row(`their takes' p99, ${words}`, found[name].takeP99Ms, "ms", found.calm.takeP99Ms, "the same without it");
}
row("quiet customers' events turned away", found.flood.refused, "requests", found.calm.refused, "the same without it");
row("events of the one that sends all it can", found.flood.storm, "/s");
await server.stop();
await server.dispose();
