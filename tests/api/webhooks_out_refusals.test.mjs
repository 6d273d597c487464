// Promise: nobody makes the server call what is not the public internet, by whatever name or number, now
// or later; and what cannot be meant is refused with what would be right.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startReceiver } from "../harness/receiver.mjs";
import { Server, startServer } from "../harness/server.mjs";
import { done, refused } from "./support.mjs";

const ENDPOINTS = "/api/webhook-endpoints";
const DELIVERIES = "/api/webhook-deliveries";
const GOOD = { url: "https://example.com/hooks", eventTypes: ["*"] };

const INSIDE = [
  "http://127.0.0.1/", "http://127.1.2.3:8080/", "http://localhost/", "http://LOCALHOST./", "http://app.localhost/",
  "http://0.0.0.0/", "http://10.0.0.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/",
  "http://100.64.0.1/", "http://100.100.100.200/", "http://169.254.169.254/latest/meta-data/", "http://168.63.129.16/",
  "http://192.0.0.192/", "http://192.0.2.1/", "http://198.18.0.1/", "http://198.51.100.1/", "http://203.0.113.1/",
  "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/", "http://[::]/", "http://[::1]/",
  "http://[fe80::1]/", "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[ff02::1]/", "http://[2001:db8::1]/",
  "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::a00:1]/", "http://[2002:7f00:1::1]/", "http://metadata/",
  "http://metadata.google.internal/", "http://printer.local/", "http://nas.home.arpa/", "http://router.lan/",
];
const DISGUISED = [
  "http://2130706433/", "http://0x7f000001/", "http://127.1/", "http://0177.0.0.1/", "http://user@example.com/",
  "http://example.com@127.0.0.1/", "http://example.com:0/", "http://example.com:99999/", "http://example.com\\@127.0.0.1/",
  "http://example.com#@127.0.0.1/", "http://exa mple.com/", "http://example..com/", "ftp://example.com/", "file:///etc/passwd",
  "//example.com/", "example.com", "javascript:alert(1)", `https://example.com/${"a".repeat(2_048)}`,
];

test("what is not the public internet is refused when it is given", async (t) => {
  const server = await startServer(t);
  const asked = await Promise.all([...INSIDE, ...DISGUISED].map((url) => server.api.post(ENDPOINTS, { ...GOOD, url })));
  for (const [i, answer] of asked.entries()) {
    const { errors } = refused(answer, 422, "invalid_fields", "url");
    if (i < INSIDE.length) assert.equal(errors[0].expected, "a host of the public internet", INSIDE[i]);
  }
  const { id } = done(await server.api.post(ENDPOINTS, GOOD), 201);
  refused(await server.api.put(`${ENDPOINTS}/${id}`, { ...GOOD, url: INSIDE[0], status: "enabled" }), 422, "invalid_fields", "url");
  for (const url of ["http://example.com", "https://hooks.example.com:8443/a?b=c", "https://8.8.8.8/", "https://[2001:4860:4860::8888]/"]) {
    done(await server.api.post(ENDPOINTS, { ...GOOD, url }), 201);
  }
});

test("what was allowed once is refused when it is called", async (t) => {
  const receiver = await startReceiver(t);
  const lax = await startServer(t, { args: ["--webhook-allow-private"] });
  for (const url of [receiver.url, receiver.url.replace("127.0.0.1", "localhost")]) {
    done(await lax.api.post(ENDPOINTS, { url, eventTypes: ["customer.created"] }), 201);
  }
  await lax.api.createCustomer("ada");
  await receiver.taken(2);
  await lax.stop();
  const strict = new Server(lax.data);
  t.after(() => strict.dispose());
  await strict.start({ key: lax.key });
  await strict.api.createCustomer("bob");
  await strict.clock.advance("PT1S");
  const { data } = done(await strict.api.get(`${DELIVERIES}?userId=bob`));
  assert.deepEqual(data.map(({ status, lastError }) => [status, lastError]), [
    ["waiting", "The URL may not be called: expected a host of the public internet."],
    ["waiting", "The URL may not be called: expected a host of the public internet."],
  ]);
  assert.equal(receiver.requests.length, 2);
});

test("where real money moves, https is needed", async (t) => {
  const env = { TURNPIKE_STRIPE_KEY: "sk_live_stories", TURNPIKE_STRIPE_WEBHOOK_SECRET: "whsec_stories" };
  const args = ["--stripe-url", "http://127.0.0.1:1"];
  const server = await startServer(t, { testClock: null, args, env });
  const { errors } = refused(await server.api.post(ENDPOINTS, { ...GOOD, url: "http://example.com/" }), 422, "invalid_fields", "url");
  assert.equal(errors[0].expected, "an https URL, since real money moves");
  done(await server.api.post(ENDPOINTS, GOOD), 201);
});

test("what cannot be meant is refused, all of it at once", async (t) => {
  const server = await startServer(t);
  const { api } = server;
  const create = (facts) => api.post(ENDPOINTS, { ...GOOD, ...facts });
  refused(await api.post(ENDPOINTS, {}), 422, "invalid_fields", "url", "eventTypes");
  refused(await create({ url: "", eventTypes: [], secret: "mine" }), 422, "invalid_fields", "url", "eventTypes", "secret");
  const bad = ["invoice.payed", "invoice", "*.paid", "nothing.*", "invoice.p*"];
  refused(await create({ eventTypes: ["*", ...bad] }), 422, "invalid_fields", ...bad.map((_, i) => `eventTypes.${i + 1}`));
  refused(await create({ eventTypes: ["INVOICE PAID"] }), 422, "invalid_fields", "eventTypes.0");
  for (const metadata of [[], "text", { a: 1 }, { "": "a" }, { a: "b".repeat(501) }, { ["a".repeat(41)]: "b" }]) {
    refused(await create({ metadata }), 422, "invalid_fields", "metadata");
  }
  refused(await create({ metadata: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`n${i}`, ""])) }), 422, "invalid_fields", "metadata");
  const { id } = done(await create({ metadata: { team: "Bücher" } }), 201);
  refused(await api.put(`${ENDPOINTS}/${id}`, { ...GOOD }), 422, "invalid_fields", "status");
  refused(await api.put(`${ENDPOINTS}/${id}`, { ...GOOD, status: "off" }), 422, "invalid_fields", "status");
  refused(await api.post(`${ENDPOINTS}/${id}/rotate-secret`, { overlapHours: 169 }), 422, "invalid_fields", "overlapHours");
  refused(await api.post(`${ENDPOINTS}/${id}/rotate-secret`, { overlapHours: -1 }), 422, "invalid_fields", "overlapHours");
  refused(await api.post(`${ENDPOINTS}/${id}/replay`, {}), 422, "invalid_fields", "since");
  refused(await api.post(`${ENDPOINTS}/${id}/replay`, { since: "yesterday" }), 422, "invalid_fields", "since");
  refused(await api.post(`${ENDPOINTS}/${id}/test`, { now: true }), 422, "invalid_fields", "now");
  refused(await api.get(`${DELIVERIES}?status=lost&limit=0`), 422, "invalid_query", "limit", "status");
  refused(await api.get(`${ENDPOINTS}?limit=1`), 422, "invalid_query", "limit");
  for (let i = 1; i < 16; i++) done(await create({}), 201);
  refused(await create({}), 409, "webhook_endpoints_full");
});

test("there are 404s for what is not there, and only an administrator sees and changes any of it", async (t) => {
  const server = await startServer(t);
  const limited = done(await server.api.post("/api/keys", { name: "reader", scopes: ["billing:read"] }), 201).key;
  const put = { ...GOOD, status: "enabled" };
  const calls = [
    ["GET", ENDPOINTS, undefined, null],
    ["POST", ENDPOINTS, GOOD, null],
    ["GET", `${ENDPOINTS}/whep_none`, undefined, "webhook_endpoint_not_found"],
    ["PUT", `${ENDPOINTS}/whep_none`, put, "webhook_endpoint_not_found"],
    ["DELETE", `${ENDPOINTS}/whep_none`, undefined, "webhook_endpoint_not_found"],
    ["POST", `${ENDPOINTS}/whep_none/test`, undefined, "webhook_endpoint_not_found"],
    ["POST", `${ENDPOINTS}/whep_none/replay`, { since: "2026-01-01T00:00:00Z" }, "webhook_endpoint_not_found"],
    ["POST", `${ENDPOINTS}/whep_none/rotate-secret`, {}, "webhook_endpoint_not_found"],
    ["GET", DELIVERIES, undefined, null],
    ["GET", `${DELIVERIES}/whdl_none`, undefined, "webhook_delivery_not_found"],
    ["POST", `${DELIVERIES}/whdl_none/replay`, undefined, "webhook_delivery_not_found"],
  ];
  for (const [method, path, body, code] of calls) {
    if (code) refused(await server.api.request(method, path, body), 404, code);
    refused(await server.api.withKey(limited).request(method, path, body), 403, "scope_missing");
    refused(await server.api.withKey(undefined).request(method, path, body), 401, "key_missing");
    refused(await server.api.request("PATCH", path, body), 405, "method_not_allowed");
  }
  assert.deepEqual(done(await server.api.get(ENDPOINTS)).data, []);
});
