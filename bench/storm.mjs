// One customer's storm, and how soon the others' events, takes and checks are answered beside it: without
// it, with one customer at a hundred times what each of the others sends, with one that sends all it can
// over sixteen connections, and with one whose bodies of ten thousand events pour in. The others' times
// count from when a request was due.
import { compare, measure, measureEvents, MS, portOf, post, row, scaled, startOnEmpty, usersNamed } from "./support/measure.mjs";

const QUIET = 100; // customers, of ten events a second each
const QUIET_RATE = 1_000;
const DECISION_RATE = 500;
const TIMES = 100;
const LONG_MS = 3 * MS;

const server = await startOnEmpty({ customers: [...usersNamed("quiet", QUIET), "storm0"] });
const decision = (name, metric) => post(server, `/api/usage/${name}`, { userId: "quiet0", metric, amount: 1 });
const decide = (request) => measure(portOf(server), { connections: 16, ms: LONG_MS, rate: DECISION_RATE, request });

// What the quiet ones see while `storm` blows, or not.
async function quiet(storm) {
  const [events, takes, checks, blown] = await Promise.all([
    measureEvents(server, { name: "quiet", customers: QUIET, connections: 64, size: 1, rate: QUIET_RATE, ms: LONG_MS }),
    decide(decision("take", "storage")),
    decide(decision("check", "api_requests")),
    storm && measureEvents(server, { name: "storm", customers: 1, ms: LONG_MS, yields: true, ...storm }),
  ]);
  const { p99Ms, refused } = events;
  return { p99Ms, refused, takeP99Us: takes.p99Us, checkP99Us: checks.p99Us, storm: blown?.perSecond ?? 0 };
}

const storms = {
  hundred: { words: `one customer at ${TIMES}x`, connections: 16, size: 10, rate: (QUIET_RATE / QUIET) * TIMES },
  flood: { words: "one customer sends all it can", connections: 16, size: 1_000 },
  pour: { words: "bodies of 10,000 events pour in", connections: 8, size: 10_000 },
};
const found = await compare({
  calm: () => quiet(null),
  ...Object.fromEntries(Object.entries(storms).map(([name, { words, ...storm }]) => [name, () => quiet(storm)])),
});
const { calm } = found;
const without = "the same without it";
for (const [name, { words }] of Object.entries(storms)) {
  row(`quiet customers' p99, ${words}`, found[name].p99Ms, "ms", calm.p99Ms, without);
  row(`their takes' p99, ${words}`, scaled(found[name].takeP99Us, 1e-3), "ms", scaled(calm.takeP99Us, 1e-3), without);
  row(`their checks' p99, ${words}`, scaled(found[name].checkP99Us, 1e-3), "ms", scaled(calm.checkP99Us, 1e-3), without);
}
row("quiet customers' events turned away", found.flood.refused, "requests", calm.refused, without);
for (const name of ["flood", "pour"]) row(`events counted while ${storms[name].words}`, found[name].storm, "/s");
await server.stop();
await server.dispose();
