// A simulated year: how many of them a minute makes, from the first account to the hash of the last file, and
// whether it comes out as declared. The smoke is a tenth of the accounts for a few weeks.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { IS_QUICK, row, TURNPIKE } from "./support/measure.mjs";

const SHORT = { free: 1_000, starter: 50, professional: 20, enterprise: 2 };
const YEAR = { free: 10_000, starter: 500, professional: 200, enterprise: 20 };
const MRR = { free: 0, starter: 2_900, professional: 9_900, enterprise: 50_000 };

const home = mkdtempSync(join(tmpdir(), "turnpike-bench-simulate-"));
try {
  const declared = IS_QUICK ? SHORT : YEAR;
  writeFileSync(join(home, "population.json"), JSON.stringify(declared));
  const args = ["simulate", "--data", join(home, "data"), "--json", "--population", join(home, "population.json")];
  const { stdout } = await promisify(execFile)(TURNPIKE, IS_QUICK ? [...args, "--days", "14"] : args, { maxBuffer: 16 * 1024 * 1024 });
  const figures = JSON.parse(stdout);
  assert.deepEqual(figures.accounts, declared);
  assert.equal(figures.mrr, Object.entries(declared).reduce((sum, [plan, count]) => sum + count * MRR[plan], 0));
  row("simulated years a minute", figures.milliYearsPerMinute / 1000, "years/min");
  row("simulated year: events a second, all else included", figures.events / (figures.elapsedMs / 1000), "/s");
  row("simulated year: folder", figures.bytes / 1_048_576, "MB");
} finally {
  rmSync(home, { recursive: true, force: true });
}
