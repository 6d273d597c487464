// Promise: an auditor gets the evidence of a period as one signed file: every list complete, none of them
// silently empty, each with its query; checked without the server, and any change of it found.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, createPublicKey, verify } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { firstOperator, operator, signedInAgain } from "../harness/operators.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { done, refused, subscriber } from "./support.mjs";

const PACKS = "/api/admin/evidence-packs";
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), "turnpike-evidence-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

// Debian's unzip, which also looks at each checksum.
function unzip(path) {
  const names = execFileSync("unzip", ["-Z1", path]).toString().trim().split("\n");
  execFileSync("unzip", ["-tqq", path]);
  return new Map(names.map((name) => [name, execFileSync("unzip", ["-p", path, name], { maxBuffer: 1 << 30 })]));
}

// An Ed25519 key as node has it, from "origin+id+base64(1, key)".
function keyOf(verifier) {
  const [origin, id, typed] = [verifier.split("+")[0], verifier.split("+")[1], verifier.split("+").slice(2).join("+")];
  const raw = Buffer.from(typed, "base64").subarray(1);
  const key = createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]), format: "der", type: "spki" });
  return { origin, id, key };
}

// What no line of Turnpike's own has a part in: hashes and signature by node, members by unzip.
function check(path, verifier) {
  const files = unzip(path);
  const bytes = files.get("manifest.json");
  const manifest = JSON.parse(bytes);
  const { origin, id, key } = keyOf(verifier);
  const [dash, name, signature] = files.get("manifest.json.sig").toString().trim().split(" ");
  const blob = Buffer.from(signature, "base64");
  assert.deepEqual([dash, name, blob.subarray(0, 4).toString("hex")], ["—", origin, id]);
  assert.ok(verify(null, bytes, key, blob.subarray(4)), "signed by the audit log's key");
  assert.deepEqual([...files.keys()].sort(), [...manifest.files.map((file) => file.name), "manifest.json", "manifest.json.sig"].sort());
  for (const file of manifest.files) assert.deepEqual([files.get(file.name).length, sha256(files.get(file.name))], [file.size, file.sha256], file.name);
  const rows = Object.fromEntries(manifest.populations.map((one) => [one.name, JSON.parse(files.get(`${one.name}.json`))]));
  for (const one of manifest.populations) {
    assert.equal(rows[one.name].length, one.count, one.name);
    assert.equal(one.note, one.count === 0 ? "None in this period." : undefined, one.name);
    for (const row of rows[one.name]) assert.deepEqual(Object.keys(row), Object.keys(one.schema.items.properties), one.name);
    const csv = files.get(`${one.name}.csv`).toString();
    assert.equal(countLines(csv), one.count + 1, `${one.name}.csv`);
    assert.match(files.get(`${one.name}.sql`).toString(), one.count === 0 ? /./ : /select|From /, one.name);
  }
  return { manifest, rows, files };
}

// Rows of a CSV file: line ends outside of quotation marks.
function countLines(csv) {
  return csv.replace(/"(?:[^"]|"")*"/g, "").split("\r\n").length - 1;
}

async function ready(api, id) {
  for (;;) {
    const pack = done(await api.get(`${PACKS}/${id}`));
    if (pack.status !== "running") return pack;
    await new Promise((resolve) => { setImmediate(resolve); });
  }
}

async function packOf(server, t, period, api = server.api) {
  const asked = done(await api.post(PACKS, period), 202);
  const pack = await ready(api, asked.id);
  assert.equal(pack.status, "ready", server.stderr);
  const answer = await fetch(new URL(`${PACKS}/${pack.id}/file`, server.url), { headers: { Authorization: `Bearer ${server.key}` } });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-disposition"), /^attachment; filename="turnpike-evidence-evpk_\w+\.zip"$/);
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.deepEqual([bytes.length, sha256(bytes)], [pack.size, pack.sha256]);
  const path = join(await folder(t), "pack.zip");
  await writeFile(path, bytes);
  return { pack, path, bytes };
}

const cli = async (...args) => runTurnpike(args);

test("a pack of evidence", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const first = await firstOperator(server);
  await subscriber(server, "ada");
  await server.clock.advance("P1D");
  const root = await signedInAgain(server, first, 2); // sessions do not last that long
  root.id = (await root.look()).personId;
  const verifier = (await cli("audit", "keys", "--data", server.data)).stdout.trim();
  const period = { from: "2026-01-15T00:00:00Z", to: "2026-01-16T12:00:00Z" };
  let made;
  let found;

  await t.test("is asked for by a person, and says so", async () => {
    made = await packOf(server, t, period, root);
    assert.deepEqual([made.pack.requesterKind, made.pack.from, made.pack.to, made.pack.expiresAt], ["operator", period.from, period.to, "2026-02-15T12:00:00Z"]);
    found = check(made.path, verifier);
    assert.deepEqual(found.manifest.requestedBy, { kind: "operator", id: root.id, name: "root" });
    assert.deepEqual([found.manifest.format, found.manifest.pack, found.manifest.version], ["turnpike-evidence/1", made.pack.id, "0.1.0"]);
    assert.match(found.manifest.build, /^[0-9a-f]{32,}$/);
  });

  await t.test("has what happened, and says of the rest that there was none", () => {
    const { rows, files } = found;
    assert.deepEqual(rows.people.map(({ id, kind, operatorRole, name, passkeys }) => [id, kind, operatorRole, name, passkeys]), [[root.id, "operator", "admin", "root", 1]]);
    const [invoice] = rows.invoices;
    assert.deepEqual([rows.invoices.length, invoice.userId, invoice.amount, invoice.amountPaid, invoice.charged, invoice.lines, invoice.linesComputed, invoice.linesAgreeing], [1, "ada", 2900, 2900, 2900, 1, 1, 1]);
    assert.equal(rows.configuration.length, 1);
    assert.deepEqual([rows.configuration[0].configuration.tls, rows.configuration[0].configuration.testClock], ["no", "yes"]);
    assert.ok(rows.role_matrix.some((row) => row.permission === "money:write" && row.finance && !row.auditor));
    assert.ok(rows.headers.some(({ field, kind, value }) => field === "Content-Security-Policy" && kind === "page" && value.includes("default-src 'none'")));
    assert.ok(rows.people_changes.some(({ action, object }) => action === "setup.first_operator" && object === root.id));
    assert.deepEqual(rows.impersonations, []);
    const readme = files.get("README.txt").toString();
    assert.match(readme, /impersonations: .*: None in this period\./);
    assert.match(readme, /invoices: .*: 1\n/);
  });

  await t.test("holds no secret, and of customers no address", async () => {
    const all = Buffer.concat([...found.files.values()]).toString("latin1");
    const seed = (await readFile(join(server.data, "audit.key"), "utf8")).trim();
    for (const secret of [seed, server.key, "ada@example.com", "4242424242424242"]) assert.ok(!all.includes(secret), secret.slice(0, 8));
  });

  await t.test("is verified without the server, by the key that is told or the folder's", async () => {
    const told = await cli("evidence", "verify", made.path, "--public-key", verifier);
    assert.deepEqual([told.code, told.stderr], [0, ""]);
    assert.match(told.stdout, new RegExp(`files of ${made.pack.id}, .* for operator ${root.id} root: all is as it was signed\\.`));
    const own = await cli("evidence", "verify", made.path, "--data", server.data, "--json");
    assert.equal(JSON.parse(own.stdout).sound, true);
  });

  await t.test("a byte that was changed is found, in the file that it is in", async () => {
    const other = join(await folder(t), "changed.zip");
    const looked = { found: 0, same: 0 };
    for (let at = 0; at < made.bytes.length; at += Math.ceil(made.bytes.length / 60)) {
      const bytes = Buffer.from(made.bytes);
      bytes[at] ^= 0x20;
      await writeFile(other, bytes);
      const result = await cli("evidence", "verify", other, "--public-key", verifier, "--json");
      if (result.code !== 0) {
        looked.found += 1;
        continue;
      }
      // What is no file's content: notes of the ZIP's own, such as when a member was made.
      let same = true;
      try {
        same = [...unzip(other)].every(([name, content]) => found.files.get(name)?.equals(content));
      } catch {
        continue; // by which unzip will not have it at all
      }
      assert.ok(same, `byte ${at} was changed and not found`);
      looked.same += 1;
    }
    assert.ok(looked.found >= 40, JSON.stringify(looked));
    t.diagnostic(JSON.stringify(looked));
    const name = made.bytes.indexOf("invoices.json");
    const at = name + "invoices.json".length + made.bytes.readUInt16LE(name - 2) + 10; // in its content
    const bytes = Buffer.from(made.bytes);
    bytes[at] ^= 1;
    await writeFile(other, bytes);
    const result = await cli("evidence", "verify", other, "--public-key", verifier);
    assert.equal(result.code, 1);
    assert.match(result.stdout + result.stderr, /^invoices\.json (is not what was signed|is missing)/m);
  });

  await t.test("what was put in, left out or signed by somebody else is refused", async () => {
    const python = (program, ...args) => execFileSync("python3", ["-c", program, ...args]);
    const at = join(await folder(t), "other.zip");
    python("import sys,zipfile,shutil; shutil.copy(sys.argv[1], sys.argv[2]); z=zipfile.ZipFile(sys.argv[2],'a'); z.writestr('more.json','[]'); z.close()", made.path, at);
    const more = await cli("evidence", "verify", at, "--public-key", verifier);
    assert.deepEqual([more.code, /^more\.json was put in/m.test(more.stdout)], [1, true], more.stdout);
    python("import sys,zipfile; a=zipfile.ZipFile(sys.argv[1]); b=zipfile.ZipFile(sys.argv[2],'w'); [b.writestr(n, a.read(n)) for n in a.namelist() if n!='invoices.csv']; b.close()", made.path, at);
    const less = await cli("evidence", "verify", at, "--public-key", verifier);
    assert.deepEqual([less.code, /^invoices\.csv is missing/m.test(less.stdout)], [1, true], less.stdout);
    const stranger = await startServer(t);
    const foreign = (await cli("audit", "keys", "--data", stranger.data)).stdout.trim();
    const signed = await cli("evidence", "verify", made.path, "--public-key", foreign);
    assert.deepEqual([signed.code, /^manifest\.json is not signed by a key that counts/m.test(signed.stdout)], [1, true], signed.stdout);
    const none = await cli("evidence", "verify", join(server.data, "audit.key"), "--public-key", verifier);
    assert.deepEqual([none.code, /ZIP|evidence/.test(none.stderr)], [1, true], none.stderr);
  });

  await t.test("is listed, and fetched by the command line", async () => {
    done(await root.get(PACKS));
    assert.equal((await root.get(`${PACKS}/${made.pack.id}/file`)).status, 200);
    assert.deepEqual(done(await server.api.get(`${PACKS}?status=ready`)).data.map(({ id }) => id), [made.pack.id]);
    const list = await cli("evidence", "list", "--data", server.data);
    assert.match(list.stdout, new RegExp(`^${made.pack.id}  ready  2026-01-15T00:00:00Z  2026-01-16T12:00:00Z`));
    const to = join(await folder(t), "fetched.zip");
    const fetched = await cli("evidence", "download", made.pack.id, "--to", to, "--data", server.data);
    assert.deepEqual([fetched.code, fetched.stdout], [0, `${to}\n`], fetched.stderr);
    assert.equal(sha256(await readFile(to)), made.pack.sha256);
    const created = await cli("evidence", "create", "--from", period.from, "--to", period.to, "--data", server.data);
    assert.match(created.stdout, /^evpk_\w+\n$/, created.stderr);
    const second = check((await packOf(server, t, period)).path, verifier);
    assert.ok(second.rows.audit_log.length >= found.rows.audit_log.length);
    const refusal = await cli("evidence", "download", "evpk_none", "--to", `${to}2`, "--data", server.data);
    assert.deepEqual([refusal.code, /no such pack/.test(refusal.stderr)], [1, true]);
  });

  await t.test("refusals", async () => {
    const future = "2026-01-17T12:00:00Z";
    refused(await server.api.post(PACKS, { from: period.from, to: future }), 422, "invalid_fields", "to");
    refused(await server.api.post(PACKS, { from: period.to, to: period.from }), 422, "invalid_fields", "to");
    refused(await server.api.post(PACKS, { from: "2020-01-01T00:00:00Z", to: period.to }), 422, "invalid_fields", "to");
    refused(await server.api.post(PACKS, { from: "yesterday" }), 422, "invalid_fields", "from", "to");
    refused(await server.api.get(`${PACKS}?status=unheard`), 422, "invalid_query", "status");
    refused(await server.api.get(`${PACKS}?limit=0`), 422, "invalid_query", "limit");
    for (const path of [`${PACKS}/evpk_none`, `${PACKS}/evpk_none/file`]) refused(await server.api.get(path), 404, "evidence_not_found");
    const finance = await operator(server, "fin", "finance");
    const auditor = await operator(server, "audi", "auditor");
    for (const path of [PACKS, `${PACKS}/${made.pack.id}`, `${PACKS}/${made.pack.id}/file`]) refused(await finance.get(path), 403, "role_forbidden");
    refused(await finance.post(PACKS, period), 403, "role_forbidden");
    done(await auditor.get(`${PACKS}/${made.pack.id}`));
    refused(await auditor.post(PACKS, period), 403, "role_forbidden"); // who only looks has nothing made
    await server.clock.advance("PT6M");
    refused(await root.post(PACKS, period), 401, "step_up_required");
    done(await (await signedInAgain(server, first, 3)).post(PACKS, period), 202);
  });

  await t.test("is told in the audit log, in the next pack, and gone after thirty days", async () => {
    const { rows } = check((await packOf(server, t, { from: period.from, to: await server.clock.now() })).path, verifier);
    assert.ok(rows.exports.some(({ action, actor, object }) => action === "evidence.create" && actor === root.id && object === made.pack.id));
    assert.ok(rows.exports.some(({ action, object }) => action === "evidence.download" && object === made.pack.id));
    assert.ok(rows.evidence_packs.some(({ id, requestedBy }) => id === made.pack.id && requestedBy === root.id));
    await server.clock.advance("P31D");
    refused(await server.api.get(`${PACKS}/${made.pack.id}/file`), 409, "evidence_not_ready");
    assert.equal(done(await server.api.get(`${PACKS}/${made.pack.id}`)).status, "expired");
  });
});
