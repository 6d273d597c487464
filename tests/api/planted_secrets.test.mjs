// Promise: of everything that lets somebody in, and of everything that people say of themselves, nothing lies readable in
// the database, its log, the journal, a backup or the log of the process; and the process cannot be made to write its
// memory down, and the keys that open the rest are in no picture that is taken of it all the same.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { firstOperator, operator } from "../harness/operators.mjs";
import { Person } from "../harness/person.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startProvider } from "../harness/provider.mjs";
import { startServer } from "../harness/server.mjs";
import { startSmtp } from "../harness/smtp.mjs";
import { totp } from "../harness/totp.mjs";
import { customerWithCard, done, isSanitized, refused, usd } from "./support.mjs";

const run = promisify(execFile);
const KEK = "7d1f0c4be7a94b02955c8fd1e3a6b8470f2e5d9c1b3a7846e0d2c4f6a8b09173";
const HOME = "203.0.113.77";
const AGENT = "Netscape-of-hers/4.79";
const PASSWORD = "the heron counts eleven boats";
const CARD = "4242 4242 4242 4242";
const SAID = {
  name: "Wilhelmina Plantagenet",
  email: "wilhelmina.plantagenet@example.com",
  line1: "Unmistakable Lane 4711",
  taxId: "DE999999999",
  note: "as we spoke on the phone of her divorce",
  order: "PO-unmistakable-77",
  message: "we need it for the secret project Falcon",
  company: "Falconry of Aquitaine",
  inquirer: "henry.the.second@example.com",
  decline: "too dear for the likes of her",
  review: "back from the leave for her hip",
  handled: "told by her sister on Tuesday",
  member: "eleanor.of.aquitaine@example.com",
  memberName: "Eleanor of Aquitaine",
  laptop: "Eleanors own laptop",
  hook: "http://127.0.0.1:9/unmistakable-path",
};
const TERMS = {
  amount: usd(480_000), interval: "month", termMonths: 24, ramp: [], limits: { api_requests: { limit: 2_000_000 } },
  renewal: "none", noticeDays: 60, upliftBasisPoints: 0, collectionMethod: "send_invoice", daysUntilDue: 30,
};

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), "turnpike-planted-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function startAll(t) {
  let server;
  const smtp = await startSmtp(t);
  const provider = await startProvider(t, () => server.clock.now());
  const key = join(await folder(t), "key");
  await writeFile(key, KEK, { mode: 0o400 });
  const env = { ...smtp.env, ...provider.options.env, TURNPIKE_KEY_FILE: key };
  const args = [...smtp.args, ...provider.options.args, "--trusted-proxy", "127.0.0.1/32", "--webhook-allow-private"];
  server = await startServer(t, { args, env });
  return { server, provider, smtp, env };
}

const tokenOf = async (server, address) => {
  const { data } = done(await server.api.get("/api/admin/outbox?limit=100"));
  const { text } = done(await server.api.get(`/api/admin/outbox/${data.find(({ to }) => to === address).id}`));
  return /#([0-9a-f]{64})/.exec(text)[1];
};

// What lets somebody in, as those have it whom it lets in.
async function openEverything(server) {
  const secrets = {};
  const root = await firstOperator(server);
  const from = { headers: { "X-Forwarded-For": HOME, "User-Agent": AGENT } };
  done(await root.put("/api/me/password", { password: PASSWORD }, from), 204);
  const { secret } = done(await root.post("/api/me/totp", {}, from), 201);
  secrets.seed = secret;
  secrets.code = totp(secret, Date.parse(await server.clock.now()));
  done(await root.post("/api/session/totp", { code: secrets.code }, from), 204);
  await root.look();
  const { codes } = done(await root.post("/api/me/recovery-codes", {}, from), 201);
  codes.forEach((code, i) => { secrets[`recovery code ${i}`] = code; });
  const again = new Person(server);
  done(await again.post("/api/sign-in/password", { email: "root@example.com", password: PASSWORD }, from), 204);
  refused(await new Person(server).post("/api/sign-in/password", { email: "root@example.com", password: `${PASSWORD}s` }, from), 401, "password_wrong");
  secrets.cookie = root.cookie.split("=")[1];
  secrets["cookie of a password"] = again.cookie.split("=")[1];
  secrets["token of forms"] = root.csrfToken;
  done(await new Person(server).post("/api/sign-in/reset", { email: "root@example.com" }, from), 202);
  secrets["link of a reset"] = await tokenOf(server, "root@example.com");
  done(await server.api.post("/api/admin/operators", { email: SAID.member, role: "support" }), 201);
  secrets["link of an invitation"] = await tokenOf(server, SAID.member);
  const { key } = done(await server.api.post("/api/keys", { name: SAID.laptop, scopes: ["usage:write"] }), 201);
  secrets["API key"] = key;
  const { url } = done(await server.api.post("/api/portal-sessions", { userId: "ada", person: { id: "el", name: SAID.memberName } }, from), 201);
  secrets["link of the platform"] = url.split("/").at(-1);
  const hook = done(await server.api.post("/api/webhook-endpoints", { url: SAID.hook, eventTypes: ["*"] }), 201);
  secrets["secret of a webhook"] = hook.secret;
  const setup = done(await server.api.as("ada").post("/api/billing/payment-methods/setup-intents", {}), 201);
  secrets["secret of a card's setup"] = setup.clientSecret;
  return { secrets, root };
}

// What people say.
async function sayEverything(server, root) {
  const ada = server.api.as("ada");
  const address = { line1: SAID.line1, line2: "", city: "Nowhereville", state: "", postalCode: "99999", country: "DE" };
  done(await ada.put("/api/billing/details", { email: SAID.email, name: SAID.name, address }));
  done(await ada.post("/api/billing/tax-ids", { type: "eu_vat", value: SAID.taxId }), 201);
  refused(await ada.put("/api/billing/details", { email: SAID.email, name: CARD, address }), 422, "card_number_refused", "name");
  const { id } = done(await ada.post("/api/billing/contract-requests", { message: SAID.message }), 201);
  const kim = await operator(server, "kim", "finance");
  const lee = await operator(server, "lee", "finance");
  done(await kim.put(`/api/admin/contracts/${id}`, { terms: TERMS, purchaseOrder: SAID.order, note: SAID.note }));
  const { approvalId } = done(await kim.post(`/api/admin/contracts/${id}/submit`, {}), 202);
  done(await lee.post(`/api/admin/approvals/${approvalId}/approve`, { reason: "as agreed in the meeting" }));
  done(await ada.post(`/api/billing/contracts/${id}/decline`, { reason: SAID.decline }));
  const review = done(await root.post("/api/admin/access-reviews"), 201);
  const { id: itemId } = review.items.find(({ held }) => held === "finance");
  done(await root.post(`/api/admin/access-reviews/${review.id}/decisions`, { itemId, decision: "keep", reason: SAID.review }));
  const { data } = done(await server.api.get("/api/admin/outbox?limit=100"));
  const alert = data.find(({ kind }) => kind === "contract_requested");
  done(await root.post(`/api/admin/alerts/${alert.id}/handle`, { note: SAID.handled }), 204);
  const inquiry = { company: SAID.company, name: SAID.memberName, email: SAID.inquirer, country: "FR", message: SAID.message };
  done(await server.api.withKey(undefined).post("/api/contract-requests", inquiry), 201);
  const event = { specversion: "1.0", id: "e1", source: "edge", type: "api_requests", subject: "ada", data: { value: 3 } };
  done(await server.api.request("POST", "/api/usage/events", undefined, { raw: JSON.stringify(event), headers: { "Content-Type": "application/cloudevents+json" } }));
}

const fromBase32 = (text) => Buffer.from([...text].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("").match(/.{8}/g).map((bits) => parseInt(bits, 2)));

// Every way in which a secret may lie there: as it is, as the bytes that it stands for, and these written otherwise.
function formsOf(text) {
  const forms = [Buffer.from(text)];
  const add = (bytes) => forms.push(bytes, Buffer.from(bytes.toString("hex")), Buffer.from(bytes.toString("base64").replace(/=+$/, "")));
  if (/^[0-9a-f]{32,}$/.test(text)) add(Buffer.from(text, "hex"));
  if (/^[A-Z2-7]{32}$/.test(text)) add(fromBase32(text));
  if (/^[A-Z2-7-]{29}$/.test(text)) forms.push(Buffer.from(text.replaceAll("-", "")), fromBase32(text.replaceAll("-", "")));
  if (text.startsWith("whsec_")) add(Buffer.from(text.slice(6), "base64"));
  forms.push(Buffer.from(encodeURIComponent(text)), Buffer.from(Buffer.from(text).toString("base64").replace(/=+$/, "").slice(0, -1)));
  return forms.filter((form) => form.length >= 6);
}

function hits(planted, content) {
  return Object.entries(planted).filter(([, text]) => formsOf(text).some((form) => content.includes(form))).map(([name]) => name);
}

// Not the sandbox's, which stands for another company's machine.
async function* filesBelow(path) {
  for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || /^sandbox\.|\.sock$/.test(entry.name)) continue;
    yield [entry.name, await readFile(join(entry.parentPath ?? entry.path, entry.name))];
  }
}

test("planted secrets", async (t) => {
  const { server, provider, smtp, env } = await startAll(t);
  await customerWithCard(server, "ada");
  const { secrets, root } = await openEverything(server);
  await sayEverything(server, root);
  await server.clock.advance("PT2H"); // a checkpoint is signed, mails and webhooks go
  const planted = {
    ...SAID, ...secrets, password: PASSWORD, card: CARD, home: HOME, agent: AGENT, key: KEK, "server's own API key": server.key,
    "secret of OpenID": provider.clientSecret, "password of mail": smtp.env.TURNPIKE_SMTP_PASSWORD,
  };
  const shelf = await folder(t);

  await t.test("are in no file of the running server, and in no backup", async (t) => {
    assert.ok(Object.keys(planted).length >= 38);
    const backup = await runTurnpike(["backup", join(shelf, "backup"), "--data", server.data], { env });
    assert.equal(backup.code, 0, backup.stderr);
    let bytes = 0;
    const seen = [];
    for (const place of [server.data, shelf]) {
      for await (const [name, content] of filesBelow(place)) {
        seen.push(name);
        bytes += content.length;
        assert.deepEqual(hits(planted, content), [], `stand in ${name}`);
      }
    }
    assert.ok(seen.includes("turnpike.db") && seen.includes("turnpike.db-wal"), `${seen}`);
    assert.ok(bytes > 1_000_000);
    t.diagnostic(`${Object.keys(planted).length} planted, ${seen.length} files, ${bytes} bytes, 0 hits`);
  });

  await t.test("are not in the log", () => {
    assert.deepEqual(hits(planted, Buffer.from(server.stderr)), []);
  });

  await t.test("what finds them finds what is there", async () => {
    const found = hits(planted, Buffer.from(Object.values(planted).join("\n")));
    assert.deepEqual(found, Object.keys(planted));
    assert.deepEqual(hits({ seed: secrets.seed }, fromBase32(secrets.seed)), ["seed"]);
    assert.equal(done(await server.api.as("ada").get("/api/billing/details")).name, SAID.name, "it is there, sealed");
  });

  await t.test("a picture of the memory has none of the keys that open the rest", async (t) => {
    const picture = join(shelf, "picture");
    if (await isSanitized(server)) return t.skip("AddressSanitizer's shadow has terabytes");
    try {
      await run("gcore", ["-o", picture, `${server.pid}`]);
    } catch (error) {
      return t.skip(`nobody here may look into a process: ${error.code ?? error}`);
    }
    const content = await readFile(`${picture}.${server.pid}`);
    await rm(`${picture}.${server.pid}`);
    assert.ok(content.includes("turnpike.db"), "it is one");
    assert.deepEqual(hits({ key: KEK, seed: secrets.seed, password: PASSWORD }, content), []);
  });

  await t.test("nor does it leave one when it breaks", async () => {
    const where = await readlink(`/proc/${server.pid}/cwd`);
    const before = await readdir(where);
    process.kill(server.pid, "SIGABRT");
    assert.equal((await server.ended()).signal, "SIGABRT");
    for (const path of [where, server.data]) {
      const left = (await readdir(path)).filter((name) => name.startsWith("core") && !(path === where && before.includes(name)));
      assert.deepEqual(left, [], path);
    }
  });
});
