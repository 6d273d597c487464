// What a decision over HTTP costs, the server on one core: checks over 64 connections beside a server that
// answers a constant, nginx and Redis; many decisions in one write or one request; p99 at a fixed rate.
import { compare, measure, pin, portOf, post, row, scaled, startOnEmpty } from "./support/measure.mjs";
import { startNginx, startPlain, startRedis } from "./support/references.mjs";

const CONNECTIONS = 64;
const DEPTH = 16;
const BATCH = 100;
const RATE = 20_000;

const server = await startOnEmpty({ customers: ["ada"] });
const [plain, nginx, redis] = [await startPlain(), await startNginx(), await startRedis()];
for (const { pid } of [server, plain, nginx, redis].filter(Boolean)) pin(pid);

const question = { userId: "ada", metric: "api_requests", amount: 1 };
const check = post(server, "/api/usage/check", question);
const batch = post(server, "/api/usage/check/batch", Array(BATCH).fill(question));
const get = { method: "GET", path: "/" };

const run = (port, { pid }, options) => () => measure(port, { connections: CONNECTIONS, pid, request: check, ...options });
const own = (options) => run(portOf(server), server, options);
const runs = { check: own(), deep: own({ depth: DEPTH }), batch: own({ request: batch }), paced: own({ rate: RATE }) };
// A POST of the same size, so that what is read and parsed is the same.
if (plain) {
  runs.plain = run(plain.port, plain);
  runs.plainDeep = run(plain.port, plain, { depth: DEPTH });
  runs.plainPaced = run(plain.port, plain, { rate: RATE });
}
if (nginx) runs.nginx = run(nginx.port, nginx, { request: get });
if (redis) runs.redis = run(redis.port, redis, { request: redis.incr });
const found = await compare(runs);

const perCpuSecond = ({ cpuUs }) => ({ median: 1e6 / cpuUs.median, low: 1e6 / cpuUs.high, high: 1e6 / cpuUs.low, rounds: cpuUs.rounds });
const p99Ms = ({ p99Us }) => scaled(p99Us, 1e-3);

const rate = found.check.perSecond;
row(`checks, ${CONNECTIONS} connections, one core`, rate, "/s", found.plain?.perSecond, "libuv + llhttp answering a constant");
row(`checks, ${CONNECTIONS} connections, beside nginx`, rate, "/s", found.nginx?.perSecond, "nginx return 200");
row("checks per second of the server's processor", perCpuSecond(found.check), "/s", found.redis && perCpuSecond(found.redis), "Redis INCR");
row("p99 of checks at 20,000/s", p99Ms(found.paced), "ms", found.plainPaced && p99Ms(found.plainPaced), "libuv + llhttp, the same rate");
row(`checks, ${DEPTH} pipelined`, found.deep.perSecond, "/s", found.plainDeep?.perSecond, "libuv + llhttp pipelined");
row(`checks in batches of ${BATCH}`, scaled(found.batch.perSecond, BATCH), "/s", found.plainDeep?.perSecond, "libuv + llhttp pipelined");
for (const other of [plain, nginx, redis]) await other?.stop();
await server.stop();
await server.dispose();
