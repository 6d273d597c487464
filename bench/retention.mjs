// What has been kept long enough, of 100,000 customers: a night's sweep of a million answers to Idempotency-Keys, and a dry run
// that looks at every customer; how long each takes, and what a take waits for meanwhile.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

import { Api } from "../tests/harness/api.mjs";
import { makeDataFolder, Server } from "../tests/harness/server.mjs";
import { IS_QUICK, programOf, ROOT, row, summary, TURNPIKE } from "./support/measure.mjs";
import { freePort, startProcess } from "./support/process.mjs";

const CUSTOMERS = IS_QUICK ? 1_000 : 100_000;
const LATER_MS = 20 * 86_400_000;
const data = await makeDataFolder();
execFileSync(programOf("fill"), ["old", data, String(CUSTOMERS)], { cwd: ROOT, stdio: "inherit" });
const key = await new Server(data).createKey();

// As another process reads it: the server's own count would be in the way of what is measured.
function left() {
  const program = "import sqlite3,sys; print(sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True).execute('select count(*) from idempotency_keys').fetchone()[0])";
  return Number(execFileSync("python3", ["-c", program, `${data}/turnpike.db`]).toString());
}

const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const started = performance.now();
const clock = new Date(Date.now() + LATER_MS).toISOString().replace(/\.\d+/, "");
const server = await startProcess(TURNPIKE, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`, "--test-clock", clock], { isReady: () => fetch(`${url}/readyz`).then((answer) => answer.ok, () => false) });
const api = new Api(url, { key });

// Takes, one after the other, while `work` goes on.
async function beside(work) {
  let isOver = false;
  const ended = work().finally(() => { isOver = true; });
  const waits = [];
  for (let i = 0; !isOver; i++) {
    const at = performance.now();
    const answer = await api.post("/api/usage/take", { userId: `customer-${String(i % CUSTOMERS).padStart(7, "0")}`, metric: "api_requests", amount: 1 });
    if (answer.status !== 200) throw new Error(`status ${answer.status}: ${answer.text}`);
    waits.push(performance.now() - at);
  }
  waits.sort((a, b) => a - b);
  await ended;
  return { p50: waits[Math.floor(waits.length / 2)], p99: waits[Math.floor(waits.length * 0.99)], slowest: waits.at(-1) };
}

function show(what, seconds, waits) {
  row(`${what}: time`, summary([seconds]), "s");
  for (const member of ["p50", "p99", "slowest"]) row(`${what}: a take beside it, ${member}`, summary([waits[member]]), "ms");
}

const sweep = await beside(async () => {
  while (left() > 0) await delay(500);
});
show(`a sweep of ${CUSTOMERS * 10} rows`, (performance.now() - started) / 1_000, sweep);

const at = performance.now();
const count = await beside(async () => {
  let { body: plan } = await api.post("/api/admin/retention/dry-run", {});
  do {
    await delay(50);
    ({ body: plan } = await api.get(`/api/admin/retention/plans/${plan.id}`));
  } while (plan.status !== "ready");
  if (plan.lookedAt !== CUSTOMERS) throw new Error(`${plan.lookedAt} customers`);
});
show(`a dry run over ${CUSTOMERS} customers`, (performance.now() - at) / 1_000, count);

const idle = await beside(() => delay(2_000));
row("a take beside nothing, p99", summary([idle.p99]), "ms");
row("a take beside nothing, slowest", summary([idle.slowest]), "ms");
api.close();
await server.stop();
rmSync(data, { recursive: true });
