// Promise: personal data and secrets are in no file that the server writes, nor in its log; the key that
// opens them comes from outside, and without it nothing starts and nothing is changed.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { runTurnpike } from "../harness/program.mjs";
import { makeDataFolder, Server, startServer } from "../harness/server.mjs";
import { startSmtp } from "../harness/smtp.mjs";
import { atStripe, customerWithCard, done, invoices, refused, usd } from "./support.mjs";

const KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const OTHER = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

async function folder(t) {
  const path = await makeDataFolder();
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function keyFile(t, content, mode = 0o400) {
  const path = join(await folder(t), "key");
  await writeFile(path, content, { mode: 0o600 });
  await chmod(path, mode);
  return path;
}

// The sentence with which a start on the data is refused.
async function refusedStart(data, args = [], env = {}) {
  const result = await runTurnpike(["serve", "--data", data, "--listen", "127.0.0.1:0", "--test-clock", ...args], { env });
  assert.notEqual(result.code, 0, "it started");
  return result.stderr.split("\n").filter((line) => line.startsWith("turnpike: ")).join("\n");
}

// A server on data that are there already.
async function startOn(t, data, env) {
  const server = new Server(data, { env });
  t.after(() => server.dispose());
  return server.start({ key: await server.createKey() });
}

// All that lies in a folder, by name; but the sandbox's, which stands for another company's machine.
async function filesIn(path) {
  const names = (await readdir(path)).filter((name) => !/^(sandbox\..*|backup|.*\.(key|sock))$/.test(name));
  return Promise.all(names.map(async (name) => [name, await readFile(join(path, name))]));
}

function assertNone(secrets, what, content) {
  const found = secrets.filter((secret) => content.includes(secret));
  assert.deepEqual(found, [], `stand in ${what}`);
}

const PERSON = {
  name: "Wilhelmina Plantagenet",
  email: "wilhelmina.plantagenet@example.com",
  line1: "Unmistakable Lane 4711",
  city: "Nowhereville",
  postalCode: "99999",
  number: "DE000000000",
  comment: "my-own-words-on-leaving",
  reason: "an-operators-words-on-her",
  path: "/billing?of=a-path-that-tells",
  key: "wilhelminas-own-laptop",
};
const planted = Object.values(PERSON).filter((word) => word !== PERSON.postalCode);

// Everything that takes personal data in, or brings it back from the provider.
async function liveThrough(t, smtp, server) {
  const stripe = await server.stripe();
  await server.api.createCustomer("ada", { name: PERSON.name, email: PERSON.email });
  const ada = server.api.as("ada");
  const address = { line1: PERSON.line1, line2: "", city: PERSON.city, state: "", postalCode: PERSON.postalCode, country: "DE" };
  done(await ada.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  done(await ada.put("/api/billing/details", { email: PERSON.email, name: PERSON.name, address }));
  done(await ada.post("/api/billing/tax-ids", { type: "eu_vat", value: PERSON.number }), 201);
  smtp.answer("RCPT", `550 5.1.1 <${PERSON.email}> is unknown`);
  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.advance("PT1S");
  const [{ id }] = await invoices(ada);
  const refund = { userId: "ada", invoiceId: id, amount: usd(100), reason: "requested_by_customer" };
  done(await server.api.post("/api/admin/refunds", refund, { idempotencyKey: "refund" }), 201);
  const [there] = (await atStripe(stripe, PERSON.email.split("@")[0])).customers;
  done(await stripe.post(`/v1/customers/${there.id}`, { description: PERSON.reason }));
  const { url } = done(await server.api.post("/api/portal-sessions", { userId: "ada", returnPath: PERSON.path }), 201);
  await server.clock.advance("P1M1D");
  done(await ada.post("/api/billing/cancel", { when: "now", reason: "other", comment: PERSON.comment }));
  done(await server.api.post("/api/keys", { name: PERSON.key, scopes: ["usage:write"] }), 201);
  await server.clock.advance("PT1S");
  return { ada, url };
}

test("what was planted is in no file, no backup and no log; and the API still says it", async (t) => {
  const smtp = await startSmtp(t);
  const server = await startServer(t, { args: smtp.args, env: smtp.env });
  const { ada, url } = await liveThrough(t, smtp, server);
  const shelf = await folder(t);
  const backup = join(shelf, "backup");
  assert.equal((await runTurnpike(["backup", backup, "--data", server.data])).code, 0);

  const details = done(await ada.get("/api/billing/details"));
  assert.deepEqual([details.name, details.email, details.address.line1], [PERSON.name, PERSON.email, PERSON.line1]);
  const [{ address }] = done(await server.api.get("/api/admin/suppressions")).data;
  assert.equal(address, PERSON.email);

  const secrets = [...planted, server.key, url.split("/").at(-1), "whsec_", "sk_test_", smtp.env.TURNPIKE_SMTP_PASSWORD];
  await server.kill(); // the log of SQLite stays as it is
  let bytes = 0;
  for (const path of [server.data, backup, shelf]) {
    for (const [name, content] of await filesIn(path)) {
      bytes += content.length;
      assertNone(secrets, name, content);
    }
  }
  assert.ok(bytes > 1_000_000, "there is something to look at");
  assertNone(secrets, "the log", server.stderr);

  await server.start();
  assert.equal(done(await server.api.as("ada").get("/api/billing/details")).name, PERSON.name);
});

test("without configuration the first start makes a key, for its owner's eyes, and says so", async (t) => {
  const server = await startServer(t);
  await server.api.createCustomer("ada");
  const path = join(server.data, "turnpike.key");
  assert.equal((await stat(path)).mode & 0o777, 0o400);
  assert.match(await readFile(path, "utf8"), /^[0-9a-f]{64}\n$/);
  assert.match(server.stderr, /warning keyring\.beside_data file=turnpike\.key made=0 advice="[^"]*--key-file"/);
  await server.stop();

  await rename(path, `${server.data}.key`);
  t.after(() => rm(`${server.data}.key`, { force: true }));
  assert.match(await refusedStart(server.data), /The key is missing.*turnpike\.key.*--key-file/);
  assert.equal((await readdir(server.data)).includes("turnpike.key"), false, "none is made in its place");
  await rename(`${server.data}.key`, path);
  await server.start();
  assert.equal(done(await server.api.as("ada").get("/api/billing/details")).email, "ada@example.com");
});

test("a key file: the right one starts, a wrong one is refused by name and changes nothing", async (t) => {
  const server = await startServer(t, { args: [], env: { TURNPIKE_KEY_FILE: await keyFile(t, `${KEY}\n`) } });
  await server.api.createCustomer("ada");
  await server.stop();
  const before = await readFile(join(server.data, "turnpike.db"));
  const tries = [
    [await keyFile(t, `${OTHER}\n`), /sealed under the key [0-9a-f]{16}, and the key given is [0-9a-f]{16}\. Give the right one/],
    [await keyFile(t, KEY, 0o440), /can be read by others than its owner \(mode 440\): expected mode 400 or 600/],
    [await keyFile(t, KEY, 0o404), /mode 404/],
    [await keyFile(t, "sesame\n"), /holds a line that is no key; expected a key of 32 bytes a line/],
    [await keyFile(t, "\n\n"), /holds no key/],
    [await keyFile(t, `${KEY}\n`.repeat(9)), /too many keys/],
    [join(await folder(t), "none"), /cannot be opened/],
  ];
  for (const [file, sentence] of tries) assert.match(await refusedStart(server.data, ["--key-file", file]), sentence);
  assert.match(await refusedStart(server.data, ["--key-file", tries[0][0], "--key-command", "true"]), /exclude each other/);
  assert.deepEqual(await readFile(join(server.data, "turnpike.db")), before);
  await server.start();
  assert.equal(done(await server.api.as("ada").get("/api/billing/details")).email, "ada@example.com");
});

test("a command may print the key, and a credential of the service hold it", async (t) => {
  const base64 = Buffer.from(KEY, "hex").toString("base64");
  const server = await startServer(t, { env: { TURNPIKE_KEY_COMMAND: `echo; echo ${base64}` } });
  await server.api.createCustomer("ada");
  await server.stop();
  assert.equal((await readdir(server.data)).includes("turnpike.key"), false);
  const command = (text) => refusedStart(server.data, ["--key-command", text]);
  assert.match(await command("echo nothing"), /What --key-command prints holds a line that is no key/);
  assert.match(await command(`echo ${base64}; exit 3`), /--key-command failed \(status 3\)/);
  assert.match(await command("true"), /holds no key/);
  assert.match(await command("yes"), /prints more than keys/);

  const credentials = await folder(t);
  await mkdir(credentials, { recursive: true });
  await writeFile(join(credentials, "turnpike.key"), KEY, { mode: 0o400 });
  const { code, stderr } = await runTurnpike(["keys", "create", "--scopes", "all", "--data", server.data], { env: { CREDENTIALS_DIRECTORY: credentials } });
  assert.equal(code, 0, stderr);
});

test("the process leaves no core, and its keys lie in memory that is locked and not dumped", async (t) => {
  const server = await startServer(t);
  assert.match(await readFile(`/proc/${server.pid}/limits`, "utf8"), /^Max core file size\s+0\s+0\s/m);
  const smaps = await readFile(`/proc/${server.pid}/smaps`, "utf8");
  if (smaps.includes("libasan")) return t.skip("under AddressSanitizer, mlock does nothing");
  const regions = smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const hidden = regions.filter((region) => /^VmFlags:.* lo .*dd|^VmFlags:.* dd .*lo/m.test(region));
  const kilobytes = hidden.map((region) => Number(/^Size:\s+(\d+) kB/m.exec(region)[1]));
  assert.ok(kilobytes.filter((size) => size >= 96).length >= 2, `two keyrings: ${kilobytes}`);
});

// What the erasure of a customer does to the keys in the database.
function destroyKey(data, userId) {
  const program = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); n=c.execute(\"update data_keys set wrapped='',kek_id='',destroyed_at=1 where user_id=? and purpose='pii'\",(sys.argv[2],)).rowcount; c.commit(); assert n==1";
  execFileSync("python3", ["-c", program, join(data, "turnpike.db"), userId]);
}

const countIn = (content, text) => content.toString("latin1").split(text).length - 1;

test("a backup holds no keys; restored with the newest ones, who was erased since is erased in it too", async (t) => {
  const shelf = await folder(t);
  const key = await keyFile(t, KEY);
  const server = await startServer(t, { env: { TURNPIKE_KEY_FILE: key } });
  for (const userId of ["ada", "bob"]) await server.api.createCustomer(userId);
  const { keys } = done(await server.api.get("/api/admin/keyring"));
  const turnpike = (...args) => runTurnpike(args, { env: { TURNPIKE_KEY_FILE: key } });
  const backUp = (name, ...more) => turnpike("backup", join(shelf, name), "--data", server.data, ...more);
  assert.equal((await backUp("last-week")).code, 0);
  const names = await readdir(shelf);
  const keyFileName = names.find((name) => /^inst_\w+\.keys$/.test(name));
  assert.deepEqual(names.sort(), [keyFileName, "last-week"].sort());
  const weekOld = await readFile(join(shelf, keyFileName));
  assert.equal(countIn(await readFile(join(shelf, "last-week", "turnpike.db")), keys[0]), 0, "no wrapped key");
  assert.ok(countIn(weekOld, keys[0]) >= 5, "they are beside it");
  assert.equal((await stat(join(shelf, keyFileName))).mode & 0o777, 0o600);

  await server.stop();
  destroyKey(server.data, "ada");
  await server.start();
  assert.equal(done(await server.api.as("ada").get("/api/billing/details")).name, "erased");
  await server.api.createCustomer("eve");
  assert.equal((await backUp("today")).code, 0);
  await server.stop();

  const raw = `${server.data}-raw`;
  t.after(() => rm(raw, { recursive: true, force: true }));
  await cp(join(shelf, "last-week"), raw, { recursive: true });
  assert.match(await refusedStart(raw, ["--key-file", key]), /their keys are not in this folder.*turnpike restore/);

  const restored = `${server.data}-restored`;
  t.after(() => rm(restored, { recursive: true, force: true }));
  const restore = (...more) => turnpike("restore", join(shelf, "last-week"), "--data", restored, ...more);
  const lost = await restore("--keys", join(shelf, "none.keys"));
  assert.equal(lost.code, 1);
  assert.match(lost.stderr, /The keys of this backup are not in .*none\.keys.*--keys/);
  const back = await restore();
  assert.equal(back.code, 0, back.stderr);
  const again = await startOn(t, restored, { TURNPIKE_KEY_FILE: key });
  const details = async (userId) => done(await again.api.as(userId).get("/api/billing/details"));
  refused(await again.api.as("ada").get("/api/billing/details"), 410, "customer_erased");
  assert.equal((await details("bob")).email, "bob@example.com");
  await again.stop();

  // Over the data that are replaced, even with the keys of last week: what is erased here stays erased.
  await writeFile(join(shelf, "old.keys"), weekOld);
  const over = await turnpike("restore", join(shelf, "last-week"), "--data", server.data, "--replace", "--keys", join(shelf, "old.keys"));
  assert.equal(over.code, 0, over.stderr);
  await server.start();
  refused(await server.api.as("ada").get("/api/billing/details"), 410, "customer_erased");
  assert.equal(done(await server.api.as("bob").get("/api/billing/details")).email, "bob@example.com");
  await server.stop();

  const foreign = await startServer(t);
  const taken = await runTurnpike(["backup", join(shelf, "foreign"), "--data", foreign.data, "--keys", join(shelf, keyFileName)]);
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, /holds the keys of another installation/);
});

test("a backup that is sealed as a whole tells nothing at all, and opens with its own key alone", async (t) => {
  const shelf = await folder(t);
  const own = await keyFile(t, OTHER);
  const server = await startServer(t);
  await server.api.createCustomer("unmistakable-user-id");
  const place = join(shelf, "backup");
  const taken = await runTurnpike(["backup", place, "--data", server.data, "--backup-key", own]);
  assert.equal(taken.code, 0, taken.stderr);
  assert.deepEqual((await readdir(place)).sort(), ["manifest.json", "sandbox.db.sealed", "turnpike.db.sealed"]);
  assert.equal((await readdir(server.data)).includes("backup.partial"), false);
  for (const [name, content] of await filesIn(place)) assertNone(["unmistakable-user-id", "SQLite format"], name, content);
  await server.stop();

  const restored = `${server.data}-restored`;
  t.after(() => rm(restored, { recursive: true, force: true }));
  const restore = (...more) => runTurnpike(["restore", place, "--data", restored, ...more]);
  const refusal = async (sentence, ...more) => {
    const { code, stderr } = await restore(...more);
    assert.equal(code, 1);
    assert.match(stderr, sentence);
  };
  await refusal(/sealed as a whole: give its key with --backup-key/);
  await refusal(/does not open with this --backup-key, or is damaged/, "--backup-key", await keyFile(t, KEY));
  await refusal(/cannot be opened/, "--backup-key", join(shelf, "none"));
  const back = await restore("--backup-key", await keyFile(t, `${KEY}\n${OTHER}\n`));
  assert.equal(back.code, 0, back.stderr);
  await cp(join(server.data, "turnpike.key"), join(restored, "turnpike.key"));
  const again = await startOn(t, restored, {});
  assert.equal(done(await again.api.as("unmistakable-user-id").get("/api/billing/details")).email, "unmistakable-user-id@example.com");
});
