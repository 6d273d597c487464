// Events over HTTP in batches, each with a random UUID, durable and counted before the answer: by size of
// the batch with the server on one core, with both, with millions of ids known, and how soon at a fixed
// rate; beside PostgreSQL, and beside a server that reads each body once, appends it, syncs and answers.
import { compare, IS_QUICK, measureEvents, MS, pin, ROUNDS, row, startOnEmpty, summary, syncs, usersNamed } from "./support/measure.mjs";
import { startPlainDurable, startPostgres } from "./support/references.mjs";

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

function startMetering() {
  return startOnEmpty({ customers: usersNamed("load", MANY) });
}

function ingest(server, { size, ...options }) {
  return measureEvents(server, { size, connections: connectionsFor(size), customers: CUSTOMERS, ms: LONG_MS, ...options });
}

const [pinned, free] = [await startMetering(), await startMetering()];
const [pinnedFloor, freeFloor] = [await startPlainDurable({ scans: true }), await startPlainDurable({ scans: true })];
const postgres = await startPostgres();
for (const server of [pinned, pinnedFloor, postgres]) if (server) pin(server.pid);
const runs = {};
for (const size of SIZES) {
  runs[`by${size}`] = () => ingest(pinned, { size });
  if (pinnedFloor) runs[`floor${size}`] = () => ingest(pinnedFloor, { size });
}
if (postgres) runs.postgres = () => postgres.measure({ connections: 2, events: 1_000, customers: CUSTOMERS, ms: LONG_MS });
runs.many = () => ingest(pinned, { size: 1_000, customers: MANY });
runs.free = () => ingest(free, { size: 1_000 });
runs.paced = () => ingest(free, { size: 100, rate: RATE });
if (freeFloor) runs.pacedFloor = () => ingest(freeFloor, { size: 100, rate: RATE });
runs.disk = () => syncs(IS_QUICK ? 20 : 1_000);
const found = await compare(runs);

const postgresName = "PostgreSQL, unnest + dedupe + totals, 1,000 a statement";
const floorName = "read once, appended, synced, answered, and no more";
const diskName = "p99.9 of the disk's fdatasync";
for (const size of SIZES) {
  const [name, { perSecond }] = [`events, ${size.toLocaleString("en")} a request, one core`, found[`by${size}`]];
  row(name, perSecond, "/s", found.postgres?.perSecond, postgresName);
  row(`${name}: floor`, perSecond, "/s", found[`floor${size}`]?.perSecond, floorName);
}
row("events, 1,000 a request, one core, of 1,000 customers", found.many.perSecond, "/s");
row("server time of an event, 1,000 a request", found.by1000.cpuUs, "us", found.postgres?.cpuUs, postgresName);
row("server time of an event, 1,000 a request: floor", found.by1000.cpuUs, "us", found.floor1000?.cpuUs, floorName);
row("events, 1,000 a request, both cores, rolled up", found.free.perSecond, "/s");
row("bytes written per event", found.free.bytes, "bytes");
row("p99 of batches of 100 at 50,000 events/s", found.paced.p99Ms, "ms", found.disk.p999Ms, diskName);
row("p99 of batches of 100 at 50,000 events/s: floor", found.paced.p99Ms, "ms", found.pacedFloor?.p99Ms, floorName);
row("p99 of the floor itself at 50,000 events/s", found.pacedFloor?.p99Ms, "ms", found.disk.p999Ms, diskName);
for (const other of [postgres, pinnedFloor, freeFloor]) await other?.stop();
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
