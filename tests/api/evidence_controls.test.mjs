// Promise: a pack has what auditors ask of each control: how long it took until access was gone, in seconds, with the
// median and the longest; what of PCI DSS held; how pages reached browsers. Nothing that is asked for lacks a list.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { test } from "node:test";

import { packOf } from "../harness/evidence.mjs";
import { firstOperator, operator } from "../harness/operators.mjs";
import { Person } from "../harness/person.mjs";
import { Server, makeDataFolder, startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";
const untilNow = async (server) => ({ from: "2025-02-01T00:00:00Z", to: await server.clock.now() });
const HOUR = 3600;

// What is asked of a year, and the lists that answer. README.txt says what else each control has.
const ASKED = {
  "CC6.1": ["role_matrix", "people", "api_keys", "factor_changes"],
  "CC6.2": ["people_changes", "key_changes"],
  "CC6.3": ["access_reviews", "access_ended", "access_revoked", "time_to_revoke"],
  "CC6.6": ["headers", "page_findings", "pci_checks"],
  "CC6.7": ["exports", "impersonations", "evidence_packs"],
  "CC6.8": ["csp_reports"],
  "CC7.2": ["alerts", "failed_sign_ins", "refused_requests"],
  "CC7.3": ["audit_log"],
  "CC7.5": ["backups"],
  "CC8.1": ["configuration", "approvals", "plan_versions", "policy_changes"],
  PI1: ["reconciliations", "differences", "usage_accounts", "invoices", "money_given_back"],
  "C1/P": ["privacy_requests", "erased_customers", "retention", "retention_customers", "retention_holds"],
};

test("each control has its lists, as JSON, as CSV and with where they come from", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const { manifest, read } = await packOf(server, t, await untilNow(server));
  const lists = {};
  for (const { control, name } of manifest.populations) (lists[control] ??= []).push(name);
  for (const [control, names] of Object.entries(ASKED)) {
    for (const name of names) {
      assert.ok(lists[control]?.includes(name), `${name} is of ${control}`);
      assert.ok(Array.isArray(JSON.parse(read(`${name}.json`))), name);
      assert.match(read(`${name}.csv`).toString(), /^"/, name);
      assert.match(read(`${name}.sql`).toString(), new RegExp(`^-- ${name} `), name);
    }
  }
  const readme = read("README.txt").toString();
  for (const control of Object.keys(ASKED)) assert.match(readme, new RegExp(`^${control.replace(".", "\\.")}  `, "m"));
  assert.ok(manifest.requestedBy, "and says who asked for it");
});

test("how long it took until access was gone", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  await newCustomer(server, "ada");
  const root = await firstOperator(server);
  const people = { root, kim: await operator(server, "kim", "finance"), lee: await operator(server, "lee", "support"), max: await operator(server, "max", "support") };
  const ids = Object.fromEntries(await Promise.all(Object.entries(people).map(async ([name, person]) => [name, (await person.look()).personId])));
  const operators = "/api/admin/operators";

  await t.test("whoever removes somebody may say since when they are gone", async () => {
    refused(await server.api.delete(`${operators}/${ids.lee}?leftAt=2026-01-15T12:00:01Z`), 422, "invalid_query", "leftAt");
    refused(await server.api.delete(`${operators}/${ids.lee}?leftAt=yesterday`), 422, "invalid_query", "leftAt");
    refused(await server.api.delete(`${operators}/${ids.lee}?since=2026-01-15T12:00:00Z`), 422, "invalid_query", "since");
    refused(await server.api.delete(`${operators}/pers_none?leftAt=2026-01-15T11:00:00Z`), 404, "person_not_found");
    done(await server.api.delete(`${operators}/${ids.lee}?leftAt=2026-01-15T11:00:00Z`), 204);
    done(await server.api.delete(`${operators}/${ids.max}`), 204);
    const invited = done(await server.api.post(operators, { email: "new@example.com", role: "support" }), 201);
    done(await server.api.delete(`${operators}/${invited.id}`), 204);
  });

  await t.test("by a review it counts from the review's beginning", async () => {
    const review = done(await root.post("/api/admin/access-reviews"), 201);
    await server.clock.advance("PT4M");
    const item = done(await root.get(`/api/admin/access-reviews/${review.id}`)).items.find(({ subject }) => subject === ids.kim);
    done(await root.post(`/api/admin/access-reviews/${review.id}/decisions`, { itemId: item.id, decision: "revoke", reason: "left in March" }));
  });

  await t.test("keys, and a customer's people, count too", async () => {
    const { id } = done(await server.api.post("/api/keys", { name: "old", scopes: ["usage:write"] }), 201);
    done(await server.api.delete(`/api/keys/${id}`), 204);
    const member = await Person.ofPortal(server, "ada", { role: "viewer", person: { id: "m" } });
    await Person.ofPortal(server, "ada", { role: "owner", person: { id: "o" } });
    const subject = (await member.look()).personId;
    done(await server.api.as("ada").delete(`/api/billing/members/${subject}?leftAt=2026-01-15T12:00:00Z`, undefined, { idempotencyKey: "gone" }), 204);
    refused(await server.api.as("ada").delete(`/api/billing/members/${subject}?leftAt=2099-01-01T00:00:00Z`, undefined, { idempotencyKey: "later" }), 422, "invalid_query", "leftAt");
  });

  await server.clock.advance("PT1S");
  const { rows, read } = await packOf(server, t, await untilNow(server));
  const of = (kind, how) => rows.access_revoked.filter((row) => row.kind === kind && row.how === how);
  await t.test("each of them is a row: asked for, decided, done", () => {
    assert.deepEqual(of("operator", "removed").map(({ subject, seconds }) => [subject, seconds]).sort(), [[ids.lee, HOUR], [ids.max, 0]].sort());
    const [kim] = of("operator", "review");
    assert.deepEqual([kim.subject, kim.askedAt, kim.decidedAt, kim.removedAt, kim.seconds, kim.decidedBy], [ids.kim, NOW, "2026-01-15T12:04:00Z", "2026-01-15T12:04:00Z", 240, ids.root]);
    assert.equal(of("key", "revoked").length, 1);
    assert.deepEqual(of("member", "removed").map(({ customer, askedAt, seconds }) => [customer, askedAt, seconds]), [["ada", NOW, 240]]);
    assert.equal(rows.access_revoked.length, 5, "who was only asked in had nothing, and what was refused ended nothing");
  });

  await t.test("and the figures over them", () => {
    assert.deepEqual(rows.time_to_revoke, [
      { kind: "operator", count: 3, medianSeconds: 240, maxSeconds: HOUR },
      { kind: "member", count: 1, medianSeconds: 240, maxSeconds: 240 },
      { kind: "key", count: 1, medianSeconds: 0, maxSeconds: 0 },
    ]);
    assert.match(read("time_to_revoke.csv").toString(), /^"kind","count","medianSeconds","maxSeconds"\r\n"operator",3,240,3600\r\n/);
  });

  await t.test("of a time in which nobody left there are none", async () => {
    const before = await packOf(server, t, { from: "2025-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z" });
    assert.deepEqual([before.rows.access_revoked, before.rows.time_to_revoke], [[], []]);
    assert.match(before.read("README.txt").toString(), /time_to_revoke: .*: None in this period\./);
  });
});

test("what of PCI DSS held, and how pages reached browsers", async (t) => {
  const data = await makeDataFolder();
  const evil = '<script src="https://evil.example/x.js"></script>';
  const proxy = createServer((request, response) => {
    const onward = httpRequest({ socketPath: join(data, "turnpike.sock"), method: request.method, path: request.url, headers: { ...request.headers, "accept-encoding": "identity" } }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part)).on("end", () => {
        const body = Buffer.concat(parts);
        const headers = { ...answer.headers };
        delete headers["content-length"];
        response.writeHead(answer.statusCode, headers).end(request.url === "/billing" ? body.toString().replace("</head>", `${evil}</head>`) : body);
      });
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((fulfil) => proxy.listen(0, "127.0.0.1", fulfil));
  t.after(() => proxy.closeAllConnections() ?? proxy.close());
  const url = `http://127.0.0.1:${proxy.address().port}`;
  const server = new Server(data, { args: ["--base-url", url] });
  t.after(() => server.dispose());
  await server.start({ key: await server.createKey() });

  const period = await untilNow(server);
  const before = await packOf(server, t, period);
  assert.deepEqual(before.rows.page_findings, []);
  assert.match(before.rows.pci_checks.find(({ id }) => id === "page_scripts").detail, /never compared/);
  const pci = done(await server.api.post("/api/admin/pci/scans"), 201);
  const { rows, read } = await packOf(server, t, period);
  assert.deepEqual(rows.pci_checks.map(({ id, result }) => [id, result]), pci.checks.map(({ id, result }) => [id, result]));
  assert.deepEqual(rows.page_findings.map(({ url: under, address, kind, detail }) => [under, address, kind, detail]), [[url, "/billing", "script", "the script https://evil.example/x.js is not in the inventory"]]);
  assert.match(read("page_findings.csv").toString(), /^"at","url","address","kind","detail"\r\n/);
  assert.match(read("pci_checks.csv").toString(), /^"id","requirement","title","result","detail"\r\n/);
});
