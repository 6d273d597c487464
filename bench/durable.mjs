// What is durable before its answer, a request each: single events and takes, beside Redis that syncs each
// INCR, PostgreSQL that commits each insert with its total, and a server that does nothing but append, sync
// and answer.
import { usageEvent } from "../tests/harness/events.mjs";
import { compare, IS_QUICK, measure, MS, portOf, post, row, startOnEmpty, syncs } from "./support/measure.mjs";
import { startPlainDurable, startPostgres, startRedis } from "./support/references.mjs";

const NIL = "00000000-0000-0000-0000-000000000000"; // load.c puts a fresh id in its place
const REFERENCE_CONNECTIONS = { redis: 64, postgres: 16 };
const CONNECTIONS = [64, 256];

const server = await startOnEmpty({ customers: ["ada"] });
const [redis, postgres, floor] = [await startRedis({ isDurable: true }), await startPostgres(), await startPlainDurable()];
// Both far below their limits, so that every take is a write: a level, and a counter.
const takeOf = (metric) => post(server, "/api/usage/take", { userId: "ada", metric, amount: 1, id: NIL });
const event = post(server, "/api/usage/events", usageEvent({ userId: "ada", id: NIL }), "application/cloudevents+json");
const kinds = [
  { kind: "event", name: "single events", request: event },
  { kind: "take", name: "takes", request: takeOf("storage") },
  { kind: "counterTake", name: "takes of a counter", request: takeOf("bandwidth") },
];

const ms = IS_QUICK ? MS : 2 * MS; // the longest sync of a round is then a small part of it
const runs = {};
for (const connections of CONNECTIONS) {
  for (const { kind, request } of kinds) {
    runs[kind + connections] = () => measure(portOf(server), { connections, ms, pid: server.pid, request });
  }
  if (floor) runs[`floor${connections}`] = () => measure(floor.port, { connections, ms, pid: floor.pid, request: event });
}
if (redis) runs.redis = () => measure(redis.port, { connections: REFERENCE_CONNECTIONS.redis, ms, pid: redis.pid, request: redis.incr });
if (postgres) runs.postgres = () => postgres.measure({ connections: REFERENCE_CONNECTIONS.postgres, events: 1, ms });
runs.disk = () => syncs();
const found = await compare(runs);

const redisName = "Redis INCR, appendfsync always";
const postgresName = "PostgreSQL, insert + totals a transaction";
const floorName = "appended, synced, answered, and no more";
for (const connections of CONNECTIONS) {
  const least = found[`floor${connections}`];
  for (const { kind, name } of kinds) {
    const { perSecond } = found[kind + connections];
    row(`durable ${name}, ${connections} connections`, perSecond, "/s", found.redis?.perSecond, redisName);
    row(`durable ${name}, ${connections} connections, beside PostgreSQL`, perSecond, "/s", found.postgres?.perSecond, postgresName);
    row(`durable ${name}, ${connections} connections: floor`, perSecond, "/s", least?.perSecond, floorName);
  }
  const { cpuUs } = found[`event${connections}`];
  row(`server time of a durable event, ${connections} connections`, cpuUs, "us", found.redis?.cpuUs, redisName);
  row(`server time of a durable event, ${connections} connections: floor`, cpuUs, "us", least?.cpuUs, floorName);
}
row("syncs of the disk, one after the other", found.disk.perSecond, "/s");
for (const other of [redis, postgres, floor]) await other?.stop();
await server.stop();
await server.dispose();
