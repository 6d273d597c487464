// A start with a million customers and a window of ten million events (fill.c): until the first check is
// answered, until the first event is, and until every customer is in the gate; memory and processor time then.
// The folder takes minutes to fill and 2.5 GB.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import { Api } from "../tests/harness/api.mjs";
import { usageEvent } from "../tests/harness/events.mjs";
import { makeDataFolder, Server } from "../tests/harness/server.mjs";
import { IS_QUICK, programOf, ROOT, row, summary, TURNPIKE } from "./support/measure.mjs";
import { freePort, residentMegabytes, startProcess, wholeSeconds } from "./support/process.mjs";

const CUSTOMERS = IS_QUICK ? 1_000 : 1_000_000;
const STARTS = IS_QUICK ? 1 : 5;
const LAST = `customer-${String(CUSTOMERS - 1).padStart(7, "0")}`;
const ANSWERS_MAX_MS = 120_000;

const data = await makeDataFolder();
execFileSync(programOf("fill"), ["window", data, String(CUSTOMERS)], { cwd: ROOT, stdio: "inherit" });
const key = await new Server(data).createKey();

// Until `ask` is answered as it should be; nobody listens at first.
async function until(ask, started) {
  while (performance.now() - started < ANSWERS_MAX_MS) {
    if (await ask().catch(() => false)) return performance.now() - started;
    await delay(2);
  }
  throw new Error("no answer in two minutes");
}

async function startOnce() {
  const port = await freePort();
  const api = new Api(`http://127.0.0.1:${port}`, { key });
  const started = performance.now();
  const server = await startProcess(TURNPIKE, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`], { isReady: () => true, signal: "SIGKILL" });
  const check = () => api.post("/api/usage/check", { userId: LAST, metric: "api_requests", amount: 1 });
  const found = { checkMs: await until(async () => (await check()).status === 200, started) };
  const writing = until(async () => (await api.sendEvents(usageEvent({ userId: LAST }))).status === 200, started);
  const loaded = async () => Number(/^turnpike_gate_customers\S* (\d+)/m.exec((await api.get("/metrics")).text)?.[1]) >= CUSTOMERS;
  found.writeMs = await writing;
  found.wholeMs = Math.max(found.writeMs, await until(loaded, started));
  found.megabytes = residentMegabytes(server.pid);
  found.cpuMs = wholeSeconds(server.pid) * 1_000;
  api.close();
  await server.stop();
  return found;
}

const starts = [];
for (let i = 0; i < STARTS; i++) starts.push(await startOnce());
const of = (member) => summary(starts.map((found) => found[member]));
const what = "start with a million customers and ten million events";
row(`${what}: first check`, of("checkMs"), "ms");
row(`${what}: first event`, of("writeMs"), "ms");
row(`${what}: all customers and ids`, of("wholeMs"), "ms");
row(`${what}: processor time`, of("cpuMs"), "ms");
row(`${what}: memory`, of("megabytes"), "MB");
rmSync(data, { recursive: true });
