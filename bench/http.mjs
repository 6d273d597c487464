// Requests a second: health, check and take over one and 64 connections, beside nginx's `return 200`;
// and durable takes, beside what the disk syncs for a writer that waits each time.
import { load, median, row, startOnEmpty, syncsPerSecond } from "./support/measure.mjs";
import { startNginx } from "./support/references.mjs";

const ROUNDS = 5;
const MS = 600;

const server = await startOnEmpty();
await server.api.createCustomer("ada");
const port = Number(new URL(server.url).port);
const nginx = await startNginx();
const machine = `Authorization: Bearer ${server.key}\r\nContent-Type: application/json`;
const health = { method: "GET", path: "/healthz" };
const check = { method: "POST", path: "/api/usage/check", header: machine, body: JSON.stringify({ userId: "ada", metric: "api_requests", amount: 1 }) };
// `storage` is counted and never limited, so that every take is a write.
const take = { method: "POST", path: "/api/usage/take", header: machine, body: JSON.stringify({ userId: "ada", metric: "storage", amount: 1 }) };

// Runs take turns, so that what else the machine does falls on all of them alike.
async function compare(runs) {
  const figures = runs.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, run] of runs.entries()) figures[i].push(await run());
  }
  return figures.map(median);
}

for (const connections of [1, 64]) {
  const runs = [health, check].map((request) => () => load(port, connections, MS, request));
  if (nginx) runs.push(() => load(nginx.port, connections, MS, { method: "GET", path: "/" }));
  const [healths, checks, reference] = await compare(runs);
  row(`GET /healthz, ${connections} connections (nginx return 200)`, healths, "/s", reference);
  row(`POST /api/usage/check, ${connections} connections (nginx)`, checks, "/s", reference);
}
for (const connections of [1, 8, 64]) {
  const [takes, syncs] = await compare([() => load(port, connections, MS, take), () => syncsPerSecond()]);
  row(`durable takes, ${connections} connections (syncs of a file)`, takes, "/s", syncs);
}
await nginx?.stop();
await server.stop();
await server.dispose();
