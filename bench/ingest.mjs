// Events over HTTP in batches, each with a random UUID, durable and counted before the answer: by size of
// the batch with the server on one core, with both, with millions of ids known, and how soon at a fixed
// rate. Totals and roll-ups are written in the transaction of their batch, so what is answered is in them.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

import {
  compare, CORES, IS_QUICK, MS, pin, programOf, ROUNDS, row, startOnEmpty, summary, syncs, TASKSET,
} from "./support/measure.mjs";
import { cpuSeconds, writtenBytes } from "./support/process.mjs";
import { startPostgres } from "./support/references.mjs";

const CUSTOMERS = 100;
const MANY = 1_000; // drawn at random: nearly every event of a batch is of another customer
const SIZES = [10, 100, 1_000, 10_000];
const KNOWN = IS_QUICK ? 10_000 : 10_000_000;
const RATE = 50_000;
const LONG_MS = IS_QUICK ? MS : 3 * MS;

// So many requests at once that the writer never waits for one, and no more events than it may hold.
function connectionsFor(size) {
  return size >= 10_000 ? 8 : size >= 1_000 ? 16 : 64;
}

async function startMetering() {
  const server = await startOnEmpty();
  const users = Array.from({ length: MANY }, (_, i) => `load${i}`);
  for (const user of users) await server.api.createCustomer(user);
  return server;
}

// event_load.c on its core: events a second that were counted, what one cost the server, milliseconds.
async function ingest(server, { size, customers = CUSTOMERS, ms = LONG_MS, rate = 0 }) {
  const port = new URL(server.url).port;
  const args = [port, connectionsFor(size), ms, size, customers, rate, `Authorization: Bearer ${server.key}`].map(String);
  const command = [...(CORES ? [TASKSET, "-c", CORES.client] : []), programOf("event_load"), ...args];
  const [cpu, written] = [cpuSeconds(server.pid), writtenBytes(server.pid)];
  const { stdout } = await promisify(execFile)(command[0], command.slice(1));
  const [perSecond, p50Ms, p99Ms, p999Ms, refused, counted] = stdout.split(" ").map(Number);
  const cpuUs = ((cpuSeconds(server.pid) - cpu) / counted) * 1e6;
  return { perSecond, p50Ms, p99Ms, p999Ms, refused, counted, cpuUs, bytes: (writtenBytes(server.pid) - written) / counted };
}

const [pinned, free] = [await startMetering(), await startMetering()];
const postgres = await startPostgres();
pin(pinned.pid);
if (postgres) pin(postgres.pid);
const runs = Object.fromEntries(SIZES.map((size) => [`by${size}`, () => ingest(pinned, { size })]));
if (postgres) runs.postgres = () => postgres.measure({ connections: 2, events: 1_000, customers: CUSTOMERS, ms: LONG_MS });
runs.many = () => ingest(pinned, { size: 1_000, customers: MANY });
runs.free = () => ingest(free, { size: 1_000 });
runs.paced = () => ingest(free, { size: 100, rate: RATE });
runs.disk = () => syncs(IS_QUICK ? 20 : 1_000);
const found = await compare(runs);

const postgresName = "PostgreSQL, unnest + dedupe + totals, 1,000 a statement";
for (const size of SIZES) {
  row(`events, ${size.toLocaleString("en")} a request, one core`, found[`by${size}`].perSecond, "/s", found.postgres?.perSecond, postgresName);
}
row("events, 1,000 a request, one core, of 1,000 customers", found.many.perSecond, "/s");
row("server time of an event, 1,000 a request", found.by1000.cpuUs, "us", found.postgres?.cpuUs, postgresName);
row("events, 1,000 a request, both cores, rolled up", found.free.perSecond, "/s");
row("bytes written per event", found.free.bytes, "bytes");
row("p99 of batches of 100 at 50,000 events/s", found.paced.p99Ms, "ms", found.disk.p999Ms, "p99.9 of the disk's fdatasync");
await postgres?.stop();
await free.stop();
await free.dispose();

// The same server beside one that knows nothing yet, in turns: which ids it has seen must not slow it.
const full = await startMetering();
for (let known = 0; known < KNOWN;) known += (await ingest(full, { size: 1_000, ms: IS_QUICK ? 1_000 : 10_000 })).counted;
pin(full.pid);
const fresh = [];
const knowing = [];
for (let round = 0; round < ROUNDS; round++) {
  const empty = await startMetering();
  pin(empty.pid);
  fresh.push((await ingest(empty, { size: 1_000 })).perSecond);
  knowing.push((await ingest(full, { size: 1_000 })).perSecond);
  await empty.stop();
  await empty.dispose();
}
row("events, 10,000,000 ids known, 1,000 a request", summary(knowing), "/s", summary(fresh), "no id known");
for (const server of [pinned, full]) {
  await server.stop();
  await server.dispose();
}
