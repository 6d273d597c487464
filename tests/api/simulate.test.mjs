// Promise: a simulated year ends with exactly the declared accounts and their revenue, the same seed writes the same
// bytes, what is wrong leaves nothing behind, and the demo opens what was written.
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import "../harness/contract.mjs"; // it notes that these stories have ended
import { runTurnpike, startTurnpike, TURNPIKE } from "../harness/program.mjs";

const SMALL = { free: 60, starter: 24, professional: 6, enterprise: 1, cancelledPermille: 120, downgradedPermille: 200, failingPermille: 300 };
const PRICES = { starter: 2_900, professional: 9_900, enterprise: 50_000 };
const DAYS = "160"; // cards that fail do so early enough for dunning to come to its end

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), "turnpike-simulate-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function populationFile(home, population = SMALL) {
  const path = join(home, "population.json");
  await writeFile(path, typeof population === "string" ? population : JSON.stringify(population));
  return path;
}

async function simulate(home, name, more = []) {
  const data = join(home, name);
  const population = await populationFile(home);
  const args = ["simulate", "--data", data, "--days", DAYS, "--population", population, "--json", ...more];
  const { stdout, stderr } = await promisify(execFile)(TURNPIKE, args); // longer than other commands may take
  return { data, figures: JSON.parse(stdout), stderr };
}

// The whole folder, so that nothing in it escapes the comparison.
async function hashes(path) {
  const names = (await readdir(path)).sort();
  return Promise.all(names.map(async (name) => [name, createHash("sha256").update(await readFile(join(path, name))).digest("hex")]));
}

test("a simulated year", async (t) => {
  const home = await folder(t);
  const first = await simulate(home, "first");
  const { figures } = first;

  await t.test("ends with exactly what was declared", () => {
    assert.deepEqual(figures.accounts, { free: 60, starter: 24, professional: 6, enterprise: 1 });
    const mrr = Object.entries(PRICES).reduce((sum, [plan, price]) => sum + SMALL[plan] * price, 0);
    assert.deepEqual([figures.mrr, figures.arr], [mrr, 12 * mrr]);
  });

  await t.test("was lived through: people left, cards were declined, some were mended", () => {
    assert.equal(figures.signedUp, 91);
    assert.equal(figures.contracts, 1);
    for (const name of ["cancelled", "paymentsDeclined", "cases", "casesRecovered", "invoices", "mails", "bought", "scores"]) assert.ok(figures[name] > 0, name);
    assert.ok(figures.bought + figures.upgraded > 31, "whoever left was followed");
    assert.ok(figures.events > 3_000);
    assert.equal(figures.eventsRejected, 0);
  });

  await t.test("tells how far it is", () => {
    assert.match(first.stderr, /2025-\d\d-\d\d {2}day \d+ of 160 {2}free \d+, starter \d+, professional \d+, enterprise \d+ {2}\d+ events {2}\d+\.\d\d years\/min/);
    assert.ok(figures.milliYearsPerMinute > 0);
  });

  await t.test("of the same seed has the same bytes, of another one others", async () => {
    const again = await simulate(home, "again");
    const other = await simulate(home, "other", ["--seed", "2"]);
    const bytes = await hashes(first.data);
    assert.deepEqual(bytes.map(([name]) => name), ["audit.key", "lock", "sandbox.db", "simulation.json", "turnpike.db", "turnpike.key"]);
    assert.deepEqual(await hashes(again.data), bytes);
    assert.deepEqual(again.figures.sha256, figures.sha256);
    assert.notEqual(other.figures.sha256, figures.sha256);
    assert.deepEqual(other.figures.accounts, figures.accounts);
    assert.equal(Object.fromEntries(bytes)["turnpike.db"], figures.sha256);
  });

  await t.test("is opened by the demo, on its last day", async () => {
    const demo = await startTurnpike(["demo", "--data", first.data, "--listen", "127.0.0.1:0"], /Stop with Ctrl-C/);
    t.after(() => demo.process.end("SIGTERM"));
    const { stdout } = demo.process;
    const links = stdout.match(/http:\S+\/sign-in\/\S+/g);
    assert.equal(links.length, 4, stdout);
    for (const plan of ["free", "starter", "professional", "enterprise"]) assert.match(stdout, new RegExp(`a customer on ${plan}\n`));
    assert.match(stdout, /http:\S+\/join#[0-9a-f]{64}/);
    assert.match(stdout, /until 2025-06-10T00:00:00Z/);
    const entered = await fetch(links[1], { redirect: "manual" });
    assert.equal(entered.status, 303);
    const cookie = entered.headers.get("set-cookie").split(";")[0];
    const bill = await (await fetch(new URL("/api/billing/subscription", links[1]), { headers: { Cookie: cookie } })).json();
    assert.deepEqual([bill.tier, bill.price.amount], ["starter", PRICES.starter]);
  });
});

test("what is wrong is named, and leaves nothing", async (t) => {
  const home = await folder(t);
  const data = join(home, "data");
  const run = (...args) => runTurnpike(["simulate", "--data", data, ...args]);
  const refusals = [
    [["--years", "0"], /--years.*1.*10/],
    [["--years", "-1"], /--years/],
    [["--years", "1000000"], /--years/],
    [["--years", "x"], /--years/],
    [["--days", "0"], /--days.*1.*366/],
    [["--days", "10", "--years", "2"], /--days makes one short year/],
    [["--seed", "abc"], /--seed is a whole number from 0/],
    [["--seed", "-3"], /--seed is a whole number from 0/],
    [["--start", "yesterday"], /--start is a day from 2000 to 2100/],
    [["--start", "1999-12-31"], /--start is a day from 2000 to 2100/],
    [["--population", join(home, "nothing.json")], /nothing\.json cannot be read \(not_found\)/],
  ];
  for (const [args, sentence] of refusals) {
    const ended = await run(...args);
    assert.deepEqual([ended.code, ended.stdout], [2, ""], `${args}: ${ended.stderr}`);
    assert.match(ended.stderr, sentence);
  }
  const populations = [
    ["{", /is not JSON: line 1/],
    ["[]", /expected/],
    [{ free: -1 }, /\/free: expected/],
    [{ fre: 1 }, /\/fre: expected/],
    [{ mendedPercent: 101 }, /\/mendedPercent: expected/],
    [{ starter: "many" }, /\/starter: expected/],
  ];
  for (const [population, sentence] of populations) {
    const ended = await run("--population", await populationFile(home, population));
    assert.equal(ended.code, 2, ended.stderr);
    assert.match(ended.stderr, sentence);
  }
  const nobody = await run("--days", "1", "--population", await populationFile(home, { free: 0, starter: 0, professional: 0, enterprise: 0 }));
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /The population has no account\./);
  assert.deepEqual(await readdir(home), ["population.json"]);
});

test("a folder that holds something is left alone", async (t) => {
  const home = await folder(t);
  const population = await populationFile(home);
  const short = ["--days", "1", "--population", population];
  await mkdir(join(home, "full"));
  await writeFile(join(home, "full", "mine.txt"), "mine");
  const full = await runTurnpike(["simulate", "--data", join(home, "full"), ...short]);
  assert.equal(full.code, 1);
  assert.match(full.stderr, /is not empty: a simulation writes into a folder of its own/);
  assert.equal(await readFile(join(home, "full", "mine.txt"), "utf8"), "mine");

  await mkdir(join(home, "left.part"));
  const left = await runTurnpike(["simulate", "--data", join(home, "left"), ...short]);
  assert.equal(left.code, 1);
  assert.match(left.stderr, /left\.part is there: what a simulation left that was killed/);

  await mkdir(join(home, "empty"));
  const empty = await runTurnpike(["simulate", "--data", join(home, "empty"), ...short]);
  assert.equal(empty.code, 0, empty.stderr);
  assert.ok(existsSync(join(home, "empty", "turnpike.db")));
  assert.ok(!existsSync(join(home, "empty.part")));

  const nowhere = await runTurnpike(["simulate", "--data", join(home, "no", "where"), ...short]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /cannot be made \(not_found\)/);
});

test("interrupted, it says so and leaves nothing", async (t) => {
  const home = await folder(t);
  const data = join(home, "data");
  const child = spawn(TURNPIKE, ["simulate", "--data", data], { stdio: ["ignore", "ignore", "pipe"] }); // of minutes
  t.after(() => child.kill("SIGKILL"));
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
    if (!child.killed && /day \d+ of/.test(stderr)) child.kill("SIGINT");
  });
  const [code] = await once(child, "close");
  assert.equal(code, 1, stderr);
  assert.match(stderr, /Interrupted on day \d+; nothing is left of it\./);
  assert.deepEqual(await readdir(home), []);
});

// A disk of its own, in namespaces of the test's: where the system lets nobody make them, there is none to fill.
const IN_SMALL_DISK = ["--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o size=6m tmpfs "$1" && shift && "$@"; status=$?; ls "$0"; exit $status'];
const MAY_MOUNT = spawnSync("unshare", [...IN_SMALL_DISK.slice(0, 2), "true"]).status === 0;

test("a full disk ends it with a sentence, and nothing is left", { skip: MAY_MOUNT ? false : "no namespaces" }, async (t) => {
  const home = await folder(t);
  const { status, stdout, stderr } = spawnSync("unshare", [...IN_SMALL_DISK, home, home, TURNPIKE, "simulate", "--data", join(home, "data")], { encoding: "utf8" });
  assert.equal(status, 1, stderr);
  assert.match(stderr, /turnpike: On day \d+ .*disk is full/i);
  assert.equal(stdout, "", "what ls shows of the disk");
});
