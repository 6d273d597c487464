// What is durable before its answer, a request each: single events and takes, beside Redis that syncs each
// INCR and PostgreSQL that commits each insert with its total.
import { usageEvent } from "../tests/harness/events.mjs";
import { compare, IS_QUICK, measure, MS, row, startOnEmpty, syncs } from "./support/measure.mjs";
import { startPostgres, startRedis } from "./support/references.mjs";

const NIL = "00000000-0000-0000-0000-000000000000"; // load.c puts a fresh id in its place
const REFERENCE_CONNECTIONS = { redis: 64, postgres: 16 };
const CONNECTIONS = [64, 256];

const server = await startOnEmpty();
await server.api.createCustomer("ada");
const [redis, postgres] = [await startRedis({ isDurable: true }), await startPostgres()];
const port = Number(new URL(server.url).port);
const authorized = `Authorization: Bearer ${server.key}\r\nContent-Type: `;
const event = {
  method: "POST",
  path: "/api/usage/events",
  header: `${authorized}application/cloudevents+json`,
  body: JSON.stringify(usageEvent({ userId: "ada", id: NIL })),
};
// Both far below their limits, so that every take is a write: a level, and a counter.
const takeOf = (metric) => ({
  method: "POST",
  path: "/api/usage/take",
  header: `${authorized}application/json`,
  body: JSON.stringify({ userId: "ada", metric, amount: 1, id: NIL }),
});
const requests = { event, take: takeOf("storage"), counterTake: takeOf("bandwidth") };

const ms = IS_QUICK ? MS : 2 * MS; // the longest sync of a round is then a small part of it
const runs = {};
for (const connections of CONNECTIONS) {
  for (const [kind, request] of Object.entries(requests)) {
    runs[kind + connections] = () => measure(port, { connections, ms, pid: server.pid, request });
  }
}
if (redis) runs.redis = () => measure(redis.port, { connections: REFERENCE_CONNECTIONS.redis, ms, pid: redis.pid, request: redis.incr });
if (postgres) runs.postgres = () => postgres.measure({ connections: REFERENCE_CONNECTIONS.postgres, events: 1, ms });
runs.disk = () => syncs();
const found = await compare(runs);

const redisName = "Redis INCR, appendfsync always";
const postgresName = "PostgreSQL, insert + totals a transaction";
for (const connections of CONNECTIONS) {
  for (const [name, kind] of [["single events", "event"], ["takes", "take"], ["takes of a counter", "counterTake"]]) {
    const figure = found[kind + connections].perSecond;
    row(`durable ${name}, ${connections} connections`, figure, "/s", found.redis?.perSecond, redisName);
    row(`durable ${name}, ${connections} connections, beside PostgreSQL`, figure, "/s", found.postgres?.perSecond, postgresName);
  }
}
for (const connections of CONNECTIONS) {
  row(`server time of a durable event, ${connections} connections`, found[`event${connections}`].cpuUs, "us", found.redis?.cpuUs, redisName);
}
row("syncs of the disk, one after the other", found.disk.perSecond, "/s");
await redis?.stop();
await postgres?.stop();
await server.stop();
await server.dispose();
