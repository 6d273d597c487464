// Promise: a server that cannot do its work says why in one clear sentence, ends with a status that
// means it, and leaves the data as it was.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { runTurnpike, TURNPIKE } from "../harness/program.mjs";
import { expectStatus } from "../harness/http.mjs";
import { makeDataFolder, Server, startServer } from "../harness/server.mjs";
import { customerWithCard, subscription } from "./support.mjs";

const CATALOGUE = resolve(import.meta.dirname, "../../catalog/plans.json");
const WRONG_USAGE = 2;
const FAILED = 1;

async function folder(t) {
  const path = await makeDataFolder();
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

// Starts a server that must not come up: the sentence that it leaves.
async function refusedStart(args, code, { env } = {}) {
  const listen = args.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
  const result = await runTurnpike(["serve", ...listen, ...args], { env });
  assert.equal(result.code, code, result.stderr);
  assert.equal(result.stdout, "");
  const said = result.stderr.trimEnd().split("\n").filter((line) => line.startsWith("turnpike: "));
  assert.equal(said.length, 1, result.stderr);
  return said[0];
}

// The default catalogue with `change` applied, in a file.
async function catalogue(t, change) {
  const document = JSON.parse(await readFile(CATALOGUE, "utf8"));
  change(document);
  const path = join(await folder(t), "plans.json");
  await writeFile(path, JSON.stringify(document));
  return path;
}

const planOf = (document, tier) => document.plans.find((plan) => plan.tier === tier);

test("a catalogue with a mistake: the file, the place, and what belongs there", async (t) => {
  const mistakes = {
    "an unknown field": [(it) => (it.plans[0].colour = "red"), /plans\.0\.colour|\/plans\/0\/colour/],
    "an unknown tier": [(it) => (it.plans[1].tier = "gold"), /plans.1.tier.*free.*starter/s],
    "an unknown metric": [(it) => (it.plans[1].limits.kittens = { limit: 1 }), /plans.1.limits.kittens/],
    "a metric without a limit": [(it) => delete it.plans[1].limits.modules, /plans.1.limits.modules/],
    "an unknown currency": [(it) => (it.currency = "zzz"), /currency/],
    "a negative price": [(it) => (it.plans[1].prices.month = -1), /plans.1.prices.month/],
    "a price that is no whole number": [(it) => (it.plans[1].prices.month = 29.5), /plans.1.prices.month/],
    "a feature that is not declared": [(it) => it.plans[1].features.push("teleport"), /plans.1.features.5.*declares/],
    "a missing tier": [(it) => it.plans.pop(), /plans: expected a list of 4/],
    "a plan twice": [(it) => it.plans.push({ ...it.plans[1] }), /plans.4.version/],
    "a price by the year and none by the month": [(it) => (it.plans[1].prices.month = null), /plans.1.prices.month.*the other interval has one/],
    "a limit below the owner's own place": [(it) => (it.plans[0].limits.collaborators.limit = 0), /plans.0.limits.collaborators.*at least 1/],
    "a free plan that costs": [(it) => (planOf(it, "free").prices.month = 100), /plans.0.prices.month.*the free plan costs nothing/],
  };
  for (const [what, [change, place]] of Object.entries(mistakes)) {
    const path = await catalogue(t, change);
    const data = await folder(t);
    const sentence = await refusedStart(["--data", data, "--catalog", path], FAILED);
    assert.ok(sentence.includes("plans.json"), `${what}: ${sentence}`);
    assert.match(sentence, place, what);
    assert.deepEqual((await readdir(data)).filter((name) => name.endsWith(".db")), [], what);
  }
  const several = await catalogue(t, (it) => {
    it.plans[0].colour = "red";
    it.plans[1].tier = "gold";
  });
  assert.match(await refusedStart(["--data", await folder(t), "--catalog", several], FAILED), /colour.*gold|colour.*tier|tier.*colour/s);
  const text = join(await folder(t), "plans.json");
  await writeFile(text, '{\n "currency": usd }');
  assert.match(await refusedStart(["--data", await folder(t), "--catalog", text], FAILED), /plans\.json: line 2, column \d+/);
  assert.match(await refusedStart(["--data", await folder(t), "--catalog", "/nowhere/plans.json"], FAILED), /\/nowhere\/plans\.json/);
});

test("a plan that was offered does not change under its version; a new version may stand beside it", async (t) => {
  const server = await startServer(t);
  await server.stop();
  const dearer = await catalogue(t, (it) => (planOf(it, "starter").prices.month = 3_900));
  const sentence = await refusedStart(["--data", server.data, "--catalog", dearer], FAILED);
  assert.match(sentence, /starter version 1.*offered already.*new version/);
  await server.start();
});

test("a data folder that cannot be used", async (t) => {
  const server = await startServer(t);
  assert.match(await refusedStart(["--data", server.data], FAILED), /in use by another process/);
  await server.stop();

  const foreign = await folder(t);
  await writeFile(join(foreign, "letters.txt"), "Dear Ada");
  assert.match(await refusedStart(["--data", foreign], FAILED), /holds files.*empty folder or the right one/);
  assert.deepEqual(await readdir(foreign), ["letters.txt"]);

  const file = join(foreign, "letters.txt");
  assert.match(await refusedStart(["--data", file], FAILED), /is not a folder/);
  assert.match(await refusedStart(["--data", join(foreign, "no", "such")], FAILED), /parent folder does not exist/);

  const garbage = await folder(t);
  await writeFile(join(garbage, "turnpike.db"), "this is no database, and never was one\n".repeat(100));
  assert.match(await refusedStart(["--data", garbage], FAILED), /turnpike\.db is not a database of this program/);

  const newer = await folder(t);
  for (const name of await readdir(server.data)) {
    if (name.endsWith(".db")) await copyFile(join(server.data, name), join(newer, name));
  }
  const sql = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(\"insert into schema_migrations select max(version)+1, 'later', checksum, applied_at from schema_migrations\"); c.commit()";
  execFileSync("python3", ["-c", sql, join(newer, "turnpike.db")]);
  assert.match(await refusedStart(["--data", newer], FAILED), /schema version \d+, this program knows \d+.*newer program/);

  await server.start(); // what was refused above has changed nothing
});

// Root may write everywhere, so that as root the server is started as nobody.
test("a data folder that is read-only", async (t) => {
  const data = await folder(t);
  await chmod(data, 0o755);
  await mkdir(join(data, "sealed"), { mode: 0o555 });
  const command = [TURNPIKE, "serve", "--data", join(data, "sealed"), "--listen", "127.0.0.1:0"];
  const asNobody = process.getuid() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
  const [program, ...args] = [...asNobody, ...command];
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 30_000 });
  assert.equal(status, FAILED, stderr);
  assert.match(stderr, /^turnpike: .*read-only: check its owner and rights/m);
});

test("an address that cannot be listened on", async (t) => {
  const holder = createServer();
  await new Promise((fulfil) => holder.listen(0, "127.0.0.1", fulfil));
  t.after(() => holder.close());
  const taken = `127.0.0.1:${holder.address().port}`;
  assert.match(await refusedStart(["--data", await folder(t), "--listen", taken], FAILED), new RegExp(`port ${holder.address().port} is in use`));
  for (const listen of ["8080", "localhost", "127.0.0.1:99999", "127.0.0.1:http", "::1:80", "", "unix:relative"]) {
    assert.match(await refusedStart(["--data", await folder(t), "--listen", listen], WRONG_USAGE), /no address to listen on/, listen);
  }
});

test("a command line that makes no sense", async (t) => {
  const data = await folder(t);
  const refused = (...args) => refusedStart(["--data", data, ...args], WRONG_USAGE);
  assert.match(await refused("--test-clock", "tomorrow"), /--test-clock is "tomorrow".*2015-05-17T00:00:00Z/);
  assert.match(await refused("--test-clock=2015-02-30T00:00:00Z"), /--test-clock/);
  const postgres = await refusedStart(["--database", "postgres://db.example/turnpike"], WRONG_USAGE);
  assert.match(postgres, /PostgreSQL is not supported by this version.*--data/);
  assert.match(await refused("--database", "sqlite:/tmp/x"), /exclude each other/);
  assert.match(await refusedStart(["--database", "mysql://x"], WRONG_USAGE), /sqlite:DIR/);
  assert.match(await refused("--tls-cert", "a.pem"), /come together/);
  assert.match(await refused("--base-url", "billing.example/"), /--base-url/);
  assert.match(await refused("--colour"), /--colour/);
  assert.match(await refused("extra"), /extra/);
  const half = { env: { TURNPIKE_STRIPE_KEY: "sk_test_1" } };
  assert.match(await refusedStart(["--data", data], WRONG_USAGE, half), /come together: one is missing/);
  assert.match(await refusedStart(["--data", data, "--stripe-key-file", "/nowhere/key"], FAILED), /\/nowhere\/key cannot be read/);
  assert.match(await refusedStart(["--data", data, "--tls-cert", "/nowhere/c", "--tls-key", "/nowhere/k"], FAILED), /\/nowhere\/c/);
});

// A file of that name which is none stands before the system's.
async function withoutLibcurl(t) {
  const path = await folder(t);
  await writeFile(join(path, "libcurl.so.4"), "");
  return { LD_LIBRARY_PATH: path };
}

test("without libcurl a server starts and serves; what goes out names the package, and is done once it is there", async (t) => {
  const env = await withoutLibcurl(t);
  const whole = await startServer(t);
  await customerWithCard(whole, "ada");
  await whole.stop();

  const command = await runTurnpike(["keys", "create", "--scopes", "all", "--data", whole.data], { env });
  assert.equal(command.code, FAILED);
  assert.match(command.stderr, /An outbound call needs libcurl\.so\.4 \(Debian: libcurl4\)/);

  const server = new Server(whole.data, { env });
  t.after(() => server.dispose());
  await server.start({ key: whole.key });
  const ada = server.api.as("ada");
  expectStatus(await server.api.post("/api/usage/take", { userId: "ada", metric: "api_requests", amount: 1 }), 200);
  const asked = ada.post("/api/billing/subscribe", { tier: "starter" }).catch(() => null);
  while (!/net\.no_libcurl .*Debian: libcurl4/.test(server.stderr)) await server.api.get("/healthz");
  await server.kill();
  await asked;

  await whole.start();
  await whole.clock.advance("PT10M");
  assert.equal((await subscription(whole.api.as("ada"))).tier, "starter");
});
