// A pack of evidence of a gigabyte: how long it takes to make and to send, what memory it costs, and what others
// wait for meanwhile. The folder has 50,000 starts of the program (fill.c), each twice in the pack, as JSON and as CSV.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

import { Api } from "../tests/harness/api.mjs";
import { makeDataFolder, Server } from "../tests/harness/server.mjs";
import { IS_QUICK, programOf, ROOT, row, summary, TURNPIKE } from "./support/measure.mjs";
import { freePort, residentMegabytes, startProcess } from "./support/process.mjs";

const STARTS = IS_QUICK ? 500 : 57_000;
const data = await makeDataFolder();
execFileSync(programOf("fill"), ["starts", data, String(STARTS)], { cwd: ROOT, stdio: "inherit" });
const key = await new Server(data).createKey();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const server = await startProcess(TURNPIKE, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`], { signal: "SIGTERM", isReady: () => fetch(`${url}/readyz`).then((answer) => answer.ok, () => false) });
const api = new Api(url, { key });

// What others wait for while `work` goes on: checks, one after the other.
async function beside(work) {
  let isOver = false;
  const ended = work.finally(() => { isOver = true; });
  const waits = [];
  let peak = 0;
  while (!isOver) {
    const at = performance.now();
    const answer = await api.get("/healthz");
    if (answer.status !== 200) throw new Error(`status ${answer.status}`);
    waits.push(performance.now() - at);
    peak = Math.max(peak, residentMegabytes(server.pid));
    await delay(2);
  }
  waits.sort((a, b) => a - b);
  return { result: await ended, p99: waits[Math.floor(waits.length * 0.99)], slowest: waits.at(-1), peak };
}

async function make() {
  const at = performance.now();
  const period = { from: new Date(Date.now() - 30 * 86_400_000).toISOString(), to: new Date(Date.now() - 1_000).toISOString() };
  let { body: pack } = await api.post("/api/admin/evidence-packs", period);
  while (pack.status === "running") {
    await delay(100);
    ({ body: pack } = await api.get(`/api/admin/evidence-packs/${pack.id}`));
  }
  if (pack.status !== "ready") throw new Error(`the pack is ${pack.status}`);
  return { pack, seconds: (performance.now() - at) / 1_000 };
}

function fetchWhole(pack) {
  const at = performance.now();
  const hash = createHash("sha256");
  return new Promise((resolve, reject) => {
    request(`${url}/api/admin/evidence-packs/${pack.id}/file`, { headers: { Authorization: `Bearer ${key}` } }, (answer) => {
      answer.on("data", (bytes) => hash.update(bytes)).on("error", reject).on("end", () => {
        if (hash.digest("hex") !== pack.sha256) reject(new Error("other bytes arrived"));
        resolve((performance.now() - at) / 1_000);
      });
    }).on("error", reject).end();
  });
}

const before = residentMegabytes(server.pid);
const made = await beside(make());
const { pack, seconds } = made.result;
const megabytes = pack.size / 1e6;
const sent = await beside(fetchWhole(pack));
row("a pack: its size", summary([megabytes]), "MB");
row("a pack: made", summary([megabytes / seconds]), "MB/s");
row("a pack: sent", summary([megabytes / sent.result]), "MB/s");
row("a pack: memory before", summary([before]), "MB");
row("a pack: most memory while it is made", summary([made.peak]), "MB");
row("a pack: most memory while it is sent", summary([sent.peak]), "MB");
row("a pack: request beside its making, p99", summary([made.p99]), "ms");
row("a pack: request beside its making, slowest", summary([made.slowest]), "ms");
row("a pack: request beside its sending, p99", summary([sent.p99]), "ms");
row("a pack: request beside its sending, slowest", summary([sent.slowest]), "ms");
api.close();
await server.stop();
rmSync(data, { recursive: true });
