// Promise: personal data and secrets are in no file that the server writes, nor in its log; the key that
// opens them comes from outside, and without it nothing starts and nothing is changed.
import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { runTurnpike } from "../harness/program.mjs";
import { makeDataFolder, startServer } from "../harness/server.mjs";
import { startSmtp } from "../harness/smtp.mjs";
import { atStripe, customerWithCard, done, invoices, usd } from "./support.mjs";

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

// All that lies in a folder, by name; but the sandbox's, which stands for another company's machine.
async function filesIn(path) {
  const names = (await readdir(path)).filter((name) => !name.startsWith("sandbox.") && !/\.(key|sock)$/.test(name));
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
  const backup = `${server.data}-backup`;
  t.after(() => rm(backup, { recursive: true, force: true }));
  assert.equal((await runTurnpike(["backup", backup, "--data", server.data])).code, 0);

  const details = done(await ada.get("/api/billing/details"));
  assert.deepEqual([details.name, details.email, details.address.line1], [PERSON.name, PERSON.email, PERSON.line1]);
  const [{ address }] = done(await server.api.get("/api/admin/suppressions")).data;
  assert.equal(address, PERSON.email);

  const secrets = [...planted, server.key, url.split("/").at(-1), "whsec_", "sk_test_", smtp.env.TURNPIKE_SMTP_PASSWORD];
  await server.kill(); // the log of SQLite stays as it is
  let bytes = 0;
  for (const path of [server.data, backup]) {
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
  const regions = (await readFile(`/proc/${server.pid}/smaps`, "utf8")).split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const hidden = regions.filter((region) => /^VmFlags:.* lo .*dd|^VmFlags:.* dd .*lo/m.test(region));
  const kilobytes = hidden.map((region) => Number(/^Size:\s+(\d+) kB/m.exec(region)[1]));
  assert.ok(kilobytes.filter((size) => size >= 96).length >= 2, `two keyrings: ${kilobytes}`);
});
