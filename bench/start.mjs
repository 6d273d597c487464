// From exec to ready: on an empty folder and with a million ids to remember; memory at rest, and the
// size of the program without its symbols. Beside it nginx, where it is installed.
import { execFileSync } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { usageEvents } from "../tests/harness/events.mjs";
import { expectStatus } from "../tests/harness/http.mjs";
import { startTurnpike } from "../tests/harness/program.mjs";
import { makeDataFolder } from "../tests/harness/server.mjs";
import { median, row, startOnEmpty, TURNPIKE } from "./support/measure.mjs";
import { residentMegabytes } from "./support/process.mjs";
import { startNginx } from "./support/references.mjs";

const STARTS = 11;
const IDS = 1_000_000;
const BATCH = 10_000;

// Until it says that it listens, which is when it is ready.
async function startOnce(data) {
  const started = performance.now();
  const { process } = await startTurnpike(["serve", "--data", data, "--listen", "127.0.0.1:0"], /listening on/);
  return { process, milliseconds: performance.now() - started };
}

const times = [];
const memory = [];
const nginxTimes = [];
for (let i = 0; i < STARTS; i++) {
  const data = await makeDataFolder();
  const { process, milliseconds } = await startOnce(data);
  times.push(milliseconds);
  memory.push(residentMegabytes(process.pid));
  await process.end("SIGTERM");
  rmSync(data, { recursive: true });
  const nginx = await startNginx();
  if (nginx) nginxTimes.push(nginx.readyMs);
  await nginx?.stop();
}
row("start on an empty folder (nginx)", median(times), "ms", nginxTimes.length > 0 ? median(nginxTimes) : undefined);
row("memory at rest", median(memory), "MB", undefined);

const stripped = join(tmpdir(), `turnpike-stripped-${process.pid}`);
execFileSync("strip", ["-o", stripped, TURNPIKE]);
row("stripped program", statSync(stripped).size / 1_048_576, "MB", undefined);
rmSync(stripped);

const full = await startOnEmpty();
await full.api.createCustomer("ada");
for (let sent = 0; sent < IDS; sent += BATCH) {
  expectStatus(await full.api.sendEvents(usageEvents(BATCH, { userId: "ada", metric: "build_minutes" })), 200);
}
await full.stop();
const again = [];
for (let i = 0; i < 5; i++) {
  const { process, milliseconds } = await startOnce(full.data);
  again.push(milliseconds);
  await process.end("SIGKILL");
}
row("start with 1,000,000 remembered ids", median(again), "ms", undefined);
await full.dispose();
