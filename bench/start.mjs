// From exec to ready on an empty folder, memory at rest, and the size of the program without its symbols.
// Beside it nginx, where it is installed. A start with much to remember is start_full.mjs.
import { execFileSync } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startTurnpike } from "../tests/harness/program.mjs";
import { makeDataFolder } from "../tests/harness/server.mjs";
import { compare, IS_QUICK, row, TURNPIKE } from "./support/measure.mjs";
import { residentMegabytes } from "./support/process.mjs";
import { startNginx } from "./support/references.mjs";

const STARTS = IS_QUICK ? 1 : 11;

// Until it says that it listens, which is when it is ready.
async function startOnce() {
  const data = await makeDataFolder();
  const started = performance.now();
  const { process } = await startTurnpike(["serve", "--data", data, "--listen", "127.0.0.1:0"], /listening on/);
  const found = { readyMs: performance.now() - started, megabytes: residentMegabytes(process.pid) };
  await process.end("SIGTERM");
  rmSync(data, { recursive: true });
  return found;
}

async function startNginxOnce() {
  const nginx = await startNginx();
  await nginx?.stop();
  return nginx?.readyMs ?? NaN;
}

const { own, nginx } = await compare({ own: startOnce, nginx: startNginxOnce }, STARTS);
row("start on an empty folder (nginx)", own.readyMs, "ms", nginx.low > 0 ? nginx : undefined);
row("memory at rest", own.megabytes, "MB");

const stripped = join(tmpdir(), `turnpike-stripped-${process.pid}`);
execFileSync("strip", ["-o", stripped, TURNPIKE]);
row("stripped program", statSync(stripped).size / 1_048_576, "MB");
rmSync(stripped);
