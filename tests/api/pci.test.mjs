// Promise: what of PCI DSS the installation meets is found out by looking; and whoever changes a page or a script on its
// way to browsers is found, named, and told to the operators.
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, request as httpRequest } from "node:http";
import { join } from "node:path";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { makeDataFolder, Server, startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

// Every page with an address of its own, by the table of pages; where a card is entered there is one more.
const PAGES = JSON.parse(await readFile(new URL("../../ui/pages.json", import.meta.url)));
const pageCount = PAGES.flatMap(({ paths }) => Object.keys(paths)).filter((path) => !path.includes(":")).length;

// By hand: what is looked at, and what no program can do.
const OURS = ["card_fields", "card_numbers", "page_headers", "page_scripts", "csp_reports", "tls", "key_elsewhere", "operators_mfa", "password_length", "lockout", "idle", "log_copies"];
const NOT_OURS = ["log_retention", "asv_scan", "patches", "providers", "incident_plan", "questionnaire"];

const scan = (server) => server.api.post("/api/admin/pci/scans");
const resultOf = (pci, id) => pci.checks.find((check) => check.id === id).result;
const findings = (pci) => pci.scan.findings.map(({ address, detail }) => `${address}: ${detail}`);

// A proxy before a server, as the world reaches it; `change` alters an answer { path, headers, text }.
async function startProxy(t) {
  const proxy = createServer((request, response) => {
    const { method, url, headers } = request;
    const onward = httpRequest({ socketPath: proxy.socketPath, method, path: url, headers }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part)).on("end", () => {
        const changed = { path: url, headers: { ...answer.headers }, text: Buffer.concat(parts).toString() };
        proxy.change?.(changed);
        delete changed.headers["content-length"];
        if (changed.isCut) return response.destroy();
        response.writeHead(changed.status ?? answer.statusCode, changed.headers).end(changed.text);
      });
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((fulfil) => proxy.listen(0, "127.0.0.1", fulfil));
  t.after(() => proxy.closeAllConnections() ?? proxy.close());
  proxy.url = `http://127.0.0.1:${proxy.address().port}`;
  return proxy;
}

// A server that the world reaches through the proxy alone.
async function startBehind(t, proxy, args = []) {
  const data = await makeDataFolder();
  const server = new Server(data, { args: ["--base-url", proxy.url, "--alerts-to", "ops@example.com", ...args] });
  t.after(() => server.dispose());
  proxy.socketPath = join(data, "turnpike.sock");
  return server.start({ key: await server.createKey() });
}

test("the checks", async (t) => {
  const server = await startServer(t);
  await newCustomer(server, "ada");

  await t.test("each says what it saw, and what is left to people", async () => {
    const before = done(await server.api.get("/api/admin/pci"));
    assert.equal(before.scan, null);
    assert.equal(resultOf(before, "page_headers"), "fail", "nobody has looked yet");
    const pci = done(await scan(server), 201);
    assert.equal(pci.mode, "hosted");
    assert.deepEqual(pci.checks.map(({ id }) => id), [...OURS, ...NOT_OURS]);
    for (const id of NOT_OURS) assert.equal(resultOf(pci, id), "not_ours", id);
    assert.deepEqual(pci.checks.filter(({ result }) => result === "fail").map(({ id }) => id), ["tls", "key_elsewhere", "log_copies"], "of a server for tests");
    assert.deepEqual([pci.passed, pci.failed], [OURS.length - 3, 3]);
    assert.deepEqual(findings(pci), []);
    assert.equal(pci.scan.pages, pageCount);
    assert.ok(pci.scan.scripts >= 20, `${pci.scan.scripts}`);
    assert.deepEqual(done(await server.api.get("/api/admin/pci")), pci);
  });

  await t.test("an operator without a second factor, and pages that nobody looked at for long, are found", async () => {
    const person = await firstOperator(server);
    assert.equal(resultOf(done(await person.get("/api/admin/pci")), "operators_mfa"), "pass");
    done(await server.api.post("/api/admin/operators", { email: "new@example.com", role: "support" }), 201);
    const { data } = done(await server.api.get("/api/admin/outbox"));
    const { text } = done(await server.api.get(`/api/admin/outbox/${data.find(({ to }) => to === "new@example.com").id}`));
    const accepted = { token: /#([0-9a-f]{64})/.exec(text)[1], name: "New" };
    done(await server.api.withKey(undefined).post("/api/invitations/accept", accepted), 204);
    await server.clock.advance("P9D");
    const pci = done(await server.api.get("/api/admin/pci"));
    assert.equal(resultOf(pci, "operators_mfa"), "fail");
    assert.match(pci.checks.find(({ id }) => id === "page_headers").detail, /^last compared 9 days ago$/);
  });

  await t.test("is for operators, and scanning for keys", async () => {
    refused(await server.api.withKey(undefined).get("/api/admin/pci"), 401, "key_missing");
    refused(await server.api.withKey(undefined).post("/api/admin/pci/scans"), 401, "key_missing");
    refused(await server.api.get("/api/admin/pci?all=1"), 422, "invalid_query", "all");
    refused(await server.api.post("/api/admin/pci/scans", { deep: true }), 422, "invalid_fields", "deep");
    const support = await operator(server, "sue", "support");
    refused(await support.get("/api/admin/pci"), 403, "role_forbidden");
    const { key } = done(await server.api.post("/api/keys", { name: "usage", scopes: ["usage:write"] }), 201);
    refused(await server.api.withKey(key).get("/api/admin/pci"), 403, "scope_missing");
    refused(await server.api.withKey(key).post("/api/admin/pci/scans"), 403, "scope_missing");
    refused(await server.api.request("POST", "/api/admin/pci/scans", undefined, { raw: "{", headers: { "Content-Type": "application/json" } }), 400, "malformed_json");
  });

  await t.test("one scan at a time", async () => {
    const answers = await Promise.all([scan(server), scan(server), scan(server)]);
    const statuses = answers.map(({ status }) => status).sort();
    assert.equal(statuses[0], 201);
    for (const answer of answers.filter(({ status }) => status !== 201)) refused(answer, 409, "scan_running");
  });

  await t.test("the command prints them, and its status says whether all hold", async () => {
    const { code, stdout } = await runTurnpike(["pci", "check", "--data", server.data]);
    assert.equal(code, 1);
    assert.match(stdout, /^pass {5}No operation takes or gives the number of a card \(3\.3\.1, 3\.4\.1\)$/m);
    assert.match(stdout, /^fail {5}Pages come by TLS \(4\.2\.1\)$/m);
    assert.match(stdout, /^not_ours A scan from outside each quarter \(11\.3\.2\)$/m);
    assert.match(stdout, /cards are entered in the hosted form$/m);
    const json = await runTurnpike(["pci", "check", "--json", "--data", server.data]);
    assert.deepEqual(JSON.parse(json.stdout).checks.length, OURS.length + NOT_OURS.length);
  });
});

test("a page that is changed on its way", async (t) => {
  const proxy = await startProxy(t);
  const server = await startBehind(t, proxy);
  const seen = async (change) => {
    proxy.change = change;
    return done(await scan(server), 201);
  };
  const alerts = async () => done(await server.api.get("/api/admin/outbox")).data.filter(({ kind }) => kind === "pages_changed");

  await t.test("comes as it was built: nothing is found", async () => {
    const pci = await seen(undefined);
    assert.deepEqual(findings(pci), []);
    assert.equal(pci.scan.url, proxy.url);
    assert.equal((await alerts()).length, 0);
  });

  await t.test("a script more, one less, one that is written in, and other text are named", async () => {
    const evil = '<script src="https://evil.example/x.js"></script>';
    const pci = await seen((answer) => {
      if (answer.path === "/billing") answer.text = answer.text.replace("</head>", `${evil}</head>`);
      if (answer.path === "/join") answer.text = answer.text.replace("</head>", "<SCRIPT>alert(1)</SCRIPT></head>");
      if (answer.path === "/pricing") answer.text = answer.text.replace(/<script[^>]*><\/script>/, "");
      if (answer.path === "/reset") answer.text = answer.text.replace("<body>", "<body onload=x()>");
    });
    const [script, inside, missing, text, ...others] = findings(pci);
    assert.deepEqual(others, []);
    assert.equal(script, "/billing: the script https://evil.example/x.js is not in the inventory");
    assert.equal(inside, "/join: a script in the page itself is not in the inventory");
    assert.match(missing, /^\/pricing: the script \/assets\/\S+\.js is missing$/);
    assert.equal(text, "/reset: it is not the document that is built in");
    assert.deepEqual([resultOf(pci, "page_scripts"), resultOf(pci, "page_headers")], ["fail", "fail"]);
  });

  await t.test("of which the operators are told once a day, in words", async () => {
    const [alert, ...others] = await alerts();
    assert.deepEqual(others, []);
    assert.equal(alert.to, "ops@example.com");
    const { text } = done(await server.api.get(`/api/admin/outbox/${alert.id}`));
    assert.match(text, /\/billing: the script https:\/\/evil\.example\/x\.js is not in the inventory/);
    assert.match(text, /Differences in all\W+4/);
  });

  await t.test("of the prices, which are said anew to each visitor, the head and any script", async () => {
    const pricing = async (change) => findings(await seen((answer) => { if (answer.path === "/pricing") answer.text = change(answer.text); }));
    assert.deepEqual(await pricing((text) => text.replace("Know the price", "Hear the price")), []);
    assert.deepEqual(await pricing((text) => text.replace("</main>", `<script src="https://evil.example/x.js"></script></main>`)),
      ["/pricing: the script https://evil.example/x.js is not in the inventory"]);
    assert.deepEqual(await pricing((text) => text.replace("<title>", '<base href="https://evil.example"><title>')), ["/pricing: it is not the document that is built in"]);
  });

  await t.test("a script with other bytes, and header fields that are gone, doubled or weaker", async () => {
    const pci = await seen((answer) => {
      if (/\/core-.*\.js$/.test(answer.path)) answer.text += ";fetch('https://evil.example')";
      if (answer.path === "/billing") delete answer.headers["content-security-policy"];
      if (answer.path === "/join") answer.headers["content-security-policy"] = "script-src *";
      if (answer.path === "/security") answer.headers["x-content-type-options"] = ["nosniff", "nosniff"];
    });
    const [gone, weaker, doubled, bytes, ...others] = findings(pci);
    assert.deepEqual(others, []);
    assert.equal(gone, "/billing: Content-Security-Policy is missing");
    assert.equal(weaker, "/join: Content-Security-Policy is script-src *");
    assert.equal(doubled, "/security: X-Content-Type-Options is there more than once");
    assert.match(bytes, /^\/assets\/core-\S+\.js: its SHA-256 is [0-9a-f]{64}, not the inventory's$/);
    assert.equal((await alerts()).length, 1, "once a day");
  });

  await t.test("and is well again once nobody changes it; a page that does not come is found too", async () => {
    assert.deepEqual(findings(await seen(undefined)), []);
    const [cut, other, ...others] = findings(await seen((answer) => {
      if (answer.path === "/billing") answer.isCut = true;
      if (answer.path === "/reset") answer.status = 503;
    }));
    assert.deepEqual([cut, other], ["/billing: network", "/reset: it is answered 503"]);
    assert.deepEqual(others, []);
  });
});

const FORM = "/billing/payment-methods/new";
const EMBEDDED = ["--card-form", "embedded", "--stripe-publishable-key", "pk_test_stories"];
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

// The public key in a verifier key of the audit log: name+hash+base64 of a byte and the key.
function publicKeyOf(text) {
  const raw = Buffer.from(text.split("+").slice(2).join("+"), "base64").subarray(1);
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
}

test("cards in a page of ours", async (t) => {
  const proxy = await startProxy(t);
  const server = await startBehind(t, proxy, EMBEDDED);
  await newCustomer(server, "ada");
  const page = await server.api.get(FORM);

  await t.test("without the option nothing of it is there", async (t) => {
    const hosted = await startServer(t);
    await newCustomer(hosted, "ada");
    const [, script] = /src="(\/assets\/card-form-[^"]+)"/.exec(page.text);
    assert.equal((await server.api.get(script)).status, 200);
    for (const path of [FORM, script, "/api/card-form", "/api/card-form/scripts"]) refused(await hosted.api.get(path), 404, "not_found");
    const add = { type: "card", returnUrl: "https://platform.example/billing" };
    assert.notEqual(new URL(done(await hosted.api.as("ada").post("/api/billing/payment-methods", add), 201).setupUrl).origin, hosted.url);
    for (const [args, sentence] of [
      [["--card-form", "inline"], /one of hosted and embedded/],
      [["--card-form", "embedded"], /come together/],
      [["--stripe-publishable-key", "pk_test_x"], /come together/],
      [["--card-form", "embedded", "--stripe-publishable-key", "sk_live_x"], /the secret key stays on the server/],
    ]) {
      const { code, stderr } = await runTurnpike(["serve", "--data", join(hosted.data, "x"), ...args]);
      assert.equal(code, 2);
      assert.match(stderr, sentence);
    }
  });

  await t.test("the page has a policy of its own, and adding a card leads to it", async () => {
    assert.equal(page.status, 200);
    const { url } = done(await server.api.get("/api/test/sandbox"));
    assert.equal(page.headers["content-security-policy"], "default-src 'none'; script-src 'self' https://js.stripe.com https://*.js.stripe.com; style-src 'self'; img-src 'self' data:; font-src 'self'; "
      + "connect-src 'self' https://api.stripe.com; frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com; "
      + `form-action 'self' ${url}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types default; report-to csp`);
    assert.equal(page.headers["cross-origin-opener-policy"], "same-origin-allow-popups");
    assert.equal(page.headers["cross-origin-embedder-policy"], undefined);
    assert.equal(page.headers["cache-control"], "no-store");
    const ada = server.api.as("ada");
    const { setupUrl } = done(await ada.post("/api/billing/payment-methods", { type: "card", returnUrl: "https://platform.example/" }), 201);
    assert.equal(setupUrl, proxy.url + FORM);
    assert.deepEqual(done(await server.api.get("/api/card-form")), { publishableKey: "pk_test_stories", currency: "usd" });
    for (const path of ["/api/card-form", "/api/card-form/scripts"]) {
      refused(await server.api.get(`${path}?all=1`), 422, "invalid_query", "all");
      refused(await server.api.get(path, { headers: { "Sec-Fetch-Dest": "document" } }), 403, "not_a_page");
    }
  });

  await t.test("its scripts are two, in an inventory that the key of the audit log signs", async () => {
    const { inventory, key, signature } = done(await server.api.get("/api/card-form/scripts"));
    assert.ok(verify(null, Buffer.from(inventory), publicKeyOf(key), Buffer.from(signature, "base64")));
    assert.ok(!verify(null, Buffer.from(inventory.replace("Stripe", "Strype")), publicKeyOf(key), Buffer.from(signature, "base64")));
    const { kind, page: address, policy, scripts } = JSON.parse(inventory);
    assert.deepEqual([kind, address, policy], ["script inventory", proxy.url + FORM, page.headers["content-security-policy"]]);
    assert.deepEqual(scripts.map(({ url }) => url), [...page.text.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, url]) => url));
    const [own, theirs] = scripts;
    assert.equal(own.sha256, sha256((await server.api.get(own.url)).text));
    assert.deepEqual([theirs.url, theirs.owner, theirs.sha256], ["https://js.stripe.com/v3/", "Stripe", null]);
    assert.match(theirs.whyNoHash, /Stripe changes it without notice/);
    const { stdout } = await runTurnpike(["audit", "keys", "--data", server.data]);
    assert.ok(stdout.includes(key), "it is the key of the audit log");
  });

  await t.test("once a week it is looked at from outside, and a script more raises an alert", async () => {
    const alerts = async () => done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ kind }) => kind === "pages_changed");
    const first = done(await server.api.get("/api/admin/pci"));
    assert.equal(first.mode, "embedded");
    assert.deepEqual(findings(first), [], "as it started");
    assert.equal(first.scan.pages, pageCount + 1);
    proxy.change = (answer) => {
      if (answer.path === FORM) answer.text = answer.text.replace("</body>", '<script src="https://js.stripe.com.evil.example/v3/"></script></body>');
    };
    await server.clock.advance("P6D");
    assert.equal((await alerts()).length, 0, "not yet a week");
    await server.clock.advance("P2D");
    assert.deepEqual(findings(done(await server.api.get("/api/admin/pci"))), [`${FORM}: the script https://js.stripe.com.evil.example/v3/ is not in the inventory`]);
    const [alert, ...others] = await alerts();
    assert.deepEqual([alert.to, others.length], ["ops@example.com", 0]);
    proxy.change = undefined;
    await server.clock.advance("P7D");
    assert.deepEqual(findings(done(await server.api.get("/api/admin/pci"))), []);
  });
});
