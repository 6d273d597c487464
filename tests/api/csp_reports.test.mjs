// Promise: what the pages' policy stops is known to the operators: each directive, origin and page once, first, last and
// how often. Whoever sends what is no report is told what was wrong; nobody fills the list, and nothing in it tells of people.
import assert from "node:assert/strict";
import { test } from "node:test";

import { packOf } from "../harness/evidence.mjs";
import { operator, firstOperator } from "../harness/operators.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { done, refused } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";
const PATH = "/api/reports/csp";
const LIST = "/api/admin/csp-reports";
const REPORTS = "application/reports+json";
const OLDER = "application/csp-report";

const violation = (page, directive, blocked) => ({ type: "csp-violation", age: 7, url: `https://shop.example${page}`, user_agent: "Mozilla/5.0 (ada)",
  body: { documentURL: `https://shop.example${page}`, effectiveDirective: directive, blockedURL: blocked, disposition: "enforce", sample: "alert('ada@example.com')" } });
const older = (page, directive, blocked) => ({ "csp-report": { "document-uri": `https://shop.example${page}`, "violated-directive": directive, "blocked-uri": blocked, referrer: "https://ada.example/" } });

const starting = (t, args = {}) => startServer(t, { testClock: NOW, ...args });
const send = (server, type, body, from = {}) => server.api.withKey(undefined).request("POST", PATH, undefined, { raw: typeof body === "string" ? body : JSON.stringify(body), headers: { "Content-Type": type, ...from } });
const by = (address) => ({ "X-Forwarded-For": address });
const BEHIND = { args: ["--trusted-proxy", "127.0.0.0/8"] };
const list = async (server, query = "") => done(await server.api.get(`${LIST}${query}`));
const shown = ({ data }) => data.map(({ directive, blocked, page, count }) => `${directive} ${blocked} ${page} ${count}`);
const checkOf = async (server) => done(await server.api.get("/api/admin/pci")).checks.find(({ id }) => id === "csp_reports");

test("what browsers report", async (t) => {
  const server = await starting(t);

  await t.test("in either form is one kind of thing, counted, with the times of the first and the last", async () => {
    assert.deepEqual(await list(server), { data: [], nextCursor: null });
    done(await send(server, REPORTS, [violation("/billing?token=1", "script-src-elem", "https://evil.example/x.js?user=ada"), violation("/billing#top", "script-src-elem", "https://EVIL.example/y.js")]), 204);
    await server.clock.advance("PT1H");
    done(await send(server, OLDER, older("/billing", "script-src-elem 'self'", "https://evil.example/z.js")), 204);
    done(await send(server, `${OLDER}; charset=utf-8`, older("/pricing", "img-src 'self' data:", "")), 204);
    const page = await list(server);
    assert.deepEqual(shown(page), ["img-src inline /pricing 1", "script-src-elem https://evil.example /billing 3"]);
    assert.deepEqual([page.data[1].firstAt, page.data[1].lastAt], ["2026-01-15T12:00:00Z", "2026-01-15T13:00:00Z"]);
    assert.deepEqual(Object.keys(page.data[1]).sort(), ["blocked", "count", "directive", "firstAt", "lastAt", "page"]);
  });

  await t.test("keeps no id, no address, no browser and no text of the page", async () => {
    done(await send(server, REPORTS, [violation("/admin/contracts/ctr_ada", "connect-src", "https://ada:secret@in.example/?q=ada")]), 204);
    assert.equal(shown(await list(server))[0], "connect-src https://in.example /admin/contracts/:id 1");
    assert.ok(!JSON.stringify(await list(server)).includes("ada"));
    assert.ok(!server.stderr.includes("ada@") && !server.stderr.includes("secret@"), "nor does the log");
  });

  await t.test("of pages that are not ours, and of other kinds, nothing is kept", async () => {
    const before = shown(await list(server));
    done(await send(server, REPORTS, []), 204);
    done(await send(server, REPORTS, [violation("/nowhere", "script-src", "inline"), violation("/api/plans", "script-src", "inline"), { type: "deprecation", body: {} }]), 204);
    done(await send(server, OLDER, { "csp-report": { "document-uri": "about:blank", "violated-directive": "script-src", "blocked-uri": "inline" } }), 204);
    assert.deepEqual(shown(await list(server)), before);
  });

  await t.test("is paged by its key", async () => {
    const all = shown(await list(server));
    const first = await list(server, "?limit=2");
    const second = await list(server, `?limit=2&cursor=${first.nextCursor}`);
    assert.deepEqual([...shown(first), ...shown(second)], all);
    assert.equal(second.nextCursor, null);
    refused(await server.api.get(`${LIST}?limit=0`), 422, "invalid_query", "limit");
    refused(await server.api.get(`${LIST}?page=2`), 422, "invalid_query", "page");
  });

  await t.test("is for operators who may see the system", async () => {
    refused(await server.api.withKey(undefined).get(LIST), 401, "key_missing");
    await firstOperator(server);
    const support = await operator(server, "sue", "support");
    refused(await support.get(LIST), 403, "role_forbidden");
    const auditor = await operator(server, "aud", "auditor");
    assert.equal(done(await auditor.get(LIST)).data.length, 3);
    const { key } = done(await server.api.post("/api/keys", { name: "usage", scopes: ["usage:write"] }), 201);
    refused(await server.api.withKey(key).get(LIST), 403, "scope_missing");
  });
});

test("what is no report is told so", async (t) => {
  const server = await starting(t, BEHIND);
  const good = violation("/billing", "script-src", "inline");
  const without = (member) => ({ ...good, body: { ...good.body, [member]: undefined } });
  for (const [type, body, status, code, ...fields] of [
    ["application/json", [good], 415, "wrong_content_type"],
    ["text/plain", [good], 415, "wrong_content_type"],
    [REPORTS, "", 400, "malformed_json"],
    [REPORTS, "[{", 400, "malformed_json"],
    [OLDER, "nonsense", 400, "malformed_json"],
    [REPORTS, good, 422, "invalid_fields", "(body)"],
    [REPORTS, '"text"', 422, "invalid_fields", "(body)"],
    [REPORTS, [7], 422, "invalid_fields", "0.type"],
    [REPORTS, [good, {}], 422, "invalid_fields", "1.type"],
    [REPORTS, [{ type: "csp-violation" }], 422, "invalid_fields", "0.body.effectiveDirective"],
    [REPORTS, [without("effectiveDirective")], 422, "invalid_fields", "0.body.effectiveDirective"],
    [REPORTS, [without("documentURL")], 422, "invalid_fields", "0.body.documentURL"],
    [REPORTS, [violation("/billing", "made-up-src", "inline")], 422, "invalid_fields", "0.body.effectiveDirective"],
    [REPORTS, [violation("/billing", 7, "inline")], 422, "invalid_fields", "0.body.effectiveDirective"],
    [OLDER, [good], 422, "invalid_fields", "csp-report.effective-directive"],
    [OLDER, {}, 422, "invalid_fields", "csp-report.effective-directive"],
    [OLDER, { "csp-report": { "violated-directive": "img-src" } }, 422, "invalid_fields", "csp-report.document-uri"],
  ]) {
    refused(await send(server, type, body), status, code, ...fields);
  }
  await server.clock.advance("PT10M");
  assert.deepEqual((await list(server)).data, [], "and of none is anything kept");
  for (const [blocked, kept] of [[{ deep: 1 }, "inline"], ["x".repeat(5000), "other"], ["https://\u0001/", "other"], ["https://4242424242424242.example/", "other"]]) {
    done(await send(server, REPORTS, [violation("/billing", "style-src", blocked)]), 204);
    assert.ok(shown(await list(server)).some((line) => line.startsWith(`style-src ${kept} `)), kept);
  }
});

test("nobody fills the list", async (t) => {
  const server = await starting(t, BEHIND);
  const many = (count, from) => Array.from({ length: count }, (_, i) => violation("/billing", "img-src", `https://h${from + i}.example/`));

  await t.test("of one request twenty are kept", async () => {
    done(await send(server, REPORTS, many(50, 0)), 204);
    assert.equal((await list(server, "?limit=100")).data.length, 20);
  });

  await t.test("and 500 in all: then what is known is counted on, and the check says that no more fit", async () => {
    for (let from = 20; from < 540; from += 20) done(await send(server, REPORTS, many(20, from), by(`192.0.2.${from / 20}`)), 204);
    const all = [];
    for (let cursor = ""; cursor !== null;) {
      const page = await list(server, `?limit=100${cursor && `&cursor=${cursor}`}`);
      all.push(...page.data);
      cursor = page.nextCursor;
    }
    assert.equal(all.length, 500);
    assert.equal(all[0].blocked, "https://h499.example");
    done(await send(server, REPORTS, many(1, 7)), 204);
    const { result, detail } = await checkOf(server);
    assert.equal(result, "fail");
    assert.match(detail, /500 kinds are kept, and no more fit/);
    assert.match(server.stderr, /csp\.full dropped=20/);
  });

  await t.test("after ninety days without one they have gone", async () => {
    await server.clock.advance("P92D");
    assert.deepEqual((await list(server)).data, []);
    assert.equal((await checkOf(server)).result, "pass");
  });
});

test("an address may send so many, and all together", async (t) => {
  const server = await starting(t, BEHIND);
  const from = (address) => send(server, REPORTS, [violation("/billing", "script-src", "inline")], by(address));
  const countFrom = async (address) => {
    for (let sent = 0; ; sent++) if ((await from(address)).status === 429) return sent;
  };
  assert.equal(await countFrom("192.0.2.1"), 20);
  const answer = await from("192.0.2.1");
  refused(answer, 429, "too_many_requests");
  assert.match(answer.body.detail, /the next is taken in 30 seconds/);
  assert.equal(await countFrom("192.0.2.2"), 20, "of another address in its network");
  let sent = 40;
  for (let net = 1; net < 30; net++) sent += await countFrom(`198.51.${net}.1`);
  assert.equal(sent, 300, "of all together");
  await server.clock.advance("PT30S");
  done(await from("192.0.2.1"), 204);
});

test("the check of PCI DSS and the pack of evidence tell of them", async (t) => {
  const server = await starting(t);
  assert.equal((await checkOf(server)).result, "pass");
  done(await send(server, REPORTS, [violation("/billing", "img-src", "data")]), 204);
  assert.deepEqual([(await checkOf(server)).result, (await checkOf(server)).detail], ["pass", "1 kinds told in 7 days, none of scripts"]);
  done(await send(server, REPORTS, [violation("/billing", "script-src-elem", "https://evil.example/x.js")]), 204);
  const check = await checkOf(server);
  assert.deepEqual([check.result, check.requirement], ["fail", "6.4.3, 11.6.1"]);
  assert.match(check.detail, /^1 of 2 kinds told in 7 days are of scripts; last script-src-elem https:\/\/evil\.example on \/billing/);
  const { stdout } = await runTurnpike(["pci", "check", "--data", server.data]);
  assert.match(stdout, /^fail {5}Browsers had no script to stop \(6\.4\.3, 11\.6\.1\)$/m);
  await server.clock.advance("P8D");
  assert.equal((await checkOf(server)).result, "pass", "when it was quiet for a week");
  assert.equal((await list(server)).data.length, 2, "and they are kept");
  const quiet = await packOf(server, t, { from: "2026-01-16T00:00:00Z", to: "2026-01-17T00:00:00Z" });
  assert.deepEqual([quiet.rows.csp_reports, quiet.read("csp_reports.csv").toString().trim().split("\r\n").length], [[], 1], "of a day on which nothing was told");
  const { rows, read } = await packOf(server, t, { from: "2026-01-15T00:00:00Z", to: "2026-01-16T00:00:00Z" });
  const told = rows.csp_reports.map(({ directive, blocked, page, count }) => [directive, blocked, page, count]);
  assert.deepEqual(told, [["img-src", "data", "/billing", 1], ["script-src-elem", "https://evil.example", "/billing", 1]]);
  const table = read("csp_reports.csv").toString();
  assert.match(table, /^"id","directive","blocked","page","firstAt","lastAt","count"\r\n/);
});
