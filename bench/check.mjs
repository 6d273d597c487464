// What a decision over HTTP costs, the server on one core: checks over 64 connections beside a server that
// answers a constant, nginx and Redis; many decisions in one write or one request; p99 at a fixed rate.
import { compare, measure, pin, row, startOnEmpty } from "./support/measure.mjs";
import { startNginx, startPlain, startRedis } from "./support/references.mjs";

const CONNECTIONS = 64;
const DEPTH = 16;
const BATCH = 100;
const RATE = 20_000;

const server = await startOnEmpty();
await server.api.createCustomer("ada");
const [plain, nginx, redis] = [await startPlain(), await startNginx(), await startRedis()];
const others = { plain, nginx, redis };
for (const { pid } of [server, plain, nginx, redis].filter(Boolean)) pin(pid);

const port = Number(new URL(server.url).port);
const machine = `Authorization: Bearer ${server.key}\r\nContent-Type: application/json`;
const question = { userId: "ada", metric: "api_requests", amount: 1 };
const check = { method: "POST", path: "/api/usage/check", header: machine, body: JSON.stringify(question) };
const batch = { ...check, path: "/api/usage/check/batch", body: JSON.stringify(Array(BATCH).fill(question)) };
const get = { method: "GET", path: "/" };

const run = (options) => () => measure(port, { connections: CONNECTIONS, pid: server.pid, request: check, ...options });
const runs = { check: run(), deep: run({ depth: DEPTH }), batch: run({ request: batch }), paced: run({ rate: RATE }) };
// A POST of the same size, so that what is read and parsed is the same.
if (plain) {
  const options = { connections: CONNECTIONS, pid: plain.pid, request: check };
  runs.plain = () => measure(plain.port, options);
  runs.plainDeep = () => measure(plain.port, { ...options, depth: DEPTH });
  runs.plainPaced = () => measure(plain.port, { ...options, rate: RATE });
}
if (nginx) runs.nginx = () => measure(nginx.port, { connections: CONNECTIONS, pid: nginx.pid, request: get });
if (redis) runs.redis = () => measure(redis.port, { connections: CONNECTIONS, pid: redis.pid, request: redis.incr });
const found = await compare(runs);

// `factor` of a summary: decisions instead of requests, milliseconds instead of microseconds.
const scaled = (summary, factor) => ({ ...summary, median: summary.median * factor, low: summary.low * factor, high: summary.high * factor });
const perCpuSecond = ({ cpuUs }) => ({ median: 1e6 / cpuUs.median, low: 1e6 / cpuUs.high, high: 1e6 / cpuUs.low, rounds: cpuUs.rounds });

const rate = found.check.perSecond;
row(`checks, ${CONNECTIONS} connections, one core`, rate, "/s", found.plain?.perSecond, "libuv + llhttp answering a constant");
row(`checks, ${CONNECTIONS} connections, beside nginx`, rate, "/s", found.nginx?.perSecond, "nginx return 200");
row("checks per second of the server's processor", perCpuSecond(found.check), "/s", found.redis && perCpuSecond(found.redis), "Redis INCR");
row("p99 of checks at 20,000/s", scaled(found.paced.p99Us, 1e-3), "ms", found.plainPaced && scaled(found.plainPaced.p99Us, 1e-3), "libuv + llhttp, the same rate");
row(`checks, ${DEPTH} pipelined`, found.deep.perSecond, "/s", found.plainDeep?.perSecond, "libuv + llhttp pipelined");
row(`checks in batches of ${BATCH}`, scaled(found.batch.perSecond, BATCH), "/s", found.plainDeep?.perSecond, "libuv + llhttp pipelined");
for (const other of Object.values(others)) await other?.stop();
await server.stop();
await server.dispose();
