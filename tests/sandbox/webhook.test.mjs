// Promise: events reach their endpoints, signed with every valid secret, and a crash loses none.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { Receiver, Sandbox } from "./support.mjs";

function signatures(message) {
  const parts = message.headers["stripe-signature"].split(",").map((part) => part.split("="));
  return { t: parts.find(([name]) => name === "t")[1], v1: parts.filter(([name]) => name === "v1").map(([, mac]) => mac) };
}

function sign(secret, { t }, text) {
  return createHmac("sha256", secret).update(`${t}.${text}`).digest("hex");
}

test("a signed event, in the order of what happened", async (t) => {
  const sandbox = await Sandbox.start(t);
  const receiver = await Receiver.start(t);
  const endpoint = await sandbox.post("/v1/webhook_endpoints", { url: receiver.url, enabled_events: ["customer.created", "customer.updated"] });
  assert.match(endpoint.secret, /^whsec_\w{32}$/);
  assert.equal((await sandbox.get(`/v1/webhook_endpoints/${endpoint.id}`)).secret, undefined);
  const customer = await sandbox.post("/v1/customers", { name: "Ada" });
  const message = await receiver.next();
  const header = signatures(message);
  assert.deepEqual(header.v1, [sign(endpoint.secret, header, message.text)]);
  const event = JSON.parse(message.text);
  assert.deepEqual([event.type, event.data.object.id, event.api_version], ["customer.created", customer.id, "2026-10-28.endive"]);
  assert.equal(event.data.object._seq, undefined);

  const rolled = await sandbox.post(`/v1/test_helpers/webhook_endpoints/${endpoint.id}/roll_secret`, { expires_in: 3600 });
  await sandbox.post(`/v1/customers/${customer.id}`, { name: "Ada L." });
  const next = await receiver.next();
  const both = signatures(next);
  assert.deepEqual(both.v1, [sign(rolled.secret, both, next.text), sign(endpoint.secret, both, next.text)]);
  assert.deepEqual(JSON.parse(next.text).data.previous_attributes, { name: "Ada" });
});

test("what an endpoint refused is known, and what a crash left is delivered", async (t) => {
  const sandbox = await Sandbox.start(t);
  const receiver = await Receiver.start(t);
  receiver.status = 500;
  await sandbox.post("/v1/webhook_endpoints", { url: receiver.url, enabled_events: ["*"] });
  const { id } = await sandbox.post("/v1/customers");
  await receiver.next();
  const failed = await sandbox.events({ delivery_success: "false" });
  assert.deepEqual(failed.map(({ data, pending_webhooks }) => [data.object.id, pending_webhooks]), [[id, 1]]);
  assert.equal((await sandbox.get(`/v1/events/${failed[0].id}`)).pending_webhooks, 1);
  receiver.status = 200;
  await sandbox.crash();
  assert.equal(JSON.parse((await receiver.next()).text).id, failed[0].id);
  assert.equal((await sandbox.events({ type: "customer.*" })).length, 1);
});

test("who is told what: by type, by payload, and nobody who is disabled", async (t) => {
  const sandbox = await Sandbox.start(t);
  const [snapshots, thin, off] = [await Receiver.start(t), await Receiver.start(t), await Receiver.start(t)];
  await sandbox.post("/v1/webhook_endpoints", { url: snapshots.url, enabled_events: ["product.created", "customer.deleted"] });
  await sandbox.postJson("/v2/core/event_destinations", { name: "thin", type: "webhook_endpoint", event_payload: "thin",
    enabled_events: ["v1.customer.deleted"], webhook_endpoint: { url: thin.url } });
  const { id } = await sandbox.post("/v1/webhook_endpoints", { url: off.url, enabled_events: ["*"] });
  await sandbox.post(`/v1/webhook_endpoints/${id}`, { disabled: true });
  const customer = await sandbox.post("/v1/customers", { name: "Ada" });
  await sandbox.post("/v1/products", { name: "Tea" });
  await sandbox.delete(`/v1/customers/${customer.id}`);
  const types = [JSON.parse((await snapshots.next()).text).type, JSON.parse((await snapshots.next()).text).type];
  assert.deepEqual(types, ["product.created", "customer.deleted"]);
  const told = JSON.parse((await thin.next()).text);
  assert.deepEqual([told.type, told.related_object.id, told.data], ["v1.customer.deleted", customer.id, undefined]);
  while ((await sandbox.events({ delivery_success: "false" })).length > 0); // an answer may still be on its way
  assert.equal(off.unread, 0);
});

test("endpoints and destinations are refused by name", async (t) => {
  const sandbox = await Sandbox.start(t);
  const url = "http://127.0.0.1:9/";
  const endpoint = { url, enabled_events: ["*"] };
  const thin = { name: "n", type: "webhook_endpoint", event_payload: "thin", enabled_events: ["v1.customer.created"], webhook_endpoint: { url } };
  const cases = [
    ["/v1/webhook_endpoints", { ...endpoint, url: "shop.example" }, "url"],
    ["/v1/webhook_endpoints", { ...endpoint, enabled_events: null }, "enabled_events"],
    ["/v1/webhook_endpoints", { ...endpoint, api_version: "2020-08-27" }, "api_version"],
    ["/v2/core/event_destinations", { ...thin, type: "amazon_eventbridge" }, "type"],
    ["/v2/core/event_destinations", { ...thin, event_payload: "fat" }, "event_payload"],
    ["/v2/core/event_destinations", { ...thin, enabled_events: ["customer.created"] }, "enabled_events"],
    ["/v2/core/event_destinations", { ...thin, event_payload: "snapshot" }, "enabled_events"],
    ["/v2/core/event_destinations", { ...thin, webhook_endpoint: { url: "ftp://x" } }, "webhook_endpoint[url]"],
    ["/v2/core/event_destinations", { ...thin, webhook_endpoint: {} }, "webhook_endpoint[url]"],
    ["/v2/core/event_destinations", { ...thin, snapshot_api_version: "2020-08-27" }, "snapshot_api_version"],
    ["/v2/core/event_destinations", { ...thin, colour: "red" }, "colour"],
  ];
  for (const [path, fields, param] of cases) {
    const answer = await (path.startsWith("/v1") ? sandbox.stripe.post(path, fields) : sandbox.stripe.postJson(path, fields));
    assert.deepEqual([answer.status, answer.body.error.param], [400, param], JSON.stringify(fields));
  }
  const broken = await sandbox.stripe.post("/v2/core/event_destinations", { name: "a form, where JSON is spoken" });
  assert.deepEqual([broken.status, broken.body.error.message], [400, "The request body is not a JSON object."]);
  for (let i = 0; i < 8; i++) {
    await sandbox.post("/v1/webhook_endpoints", endpoint);
    await sandbox.postJson("/v2/core/event_destinations", thin);
  }
  for (const answer of [await sandbox.stripe.post("/v1/webhook_endpoints", endpoint), await sandbox.stripe.postJson("/v2/core/event_destinations", thin)]) {
    assert.match(answer.body.error.message, /maximum of 16/);
  }
  const exclusive = await sandbox.stripe.get("/v1/events", { type: "a.b", types: ["c.d"] });
  assert.equal(exclusive.body.error.code, "parameters_exclusive");
  const many = await sandbox.stripe.get("/v1/events", { types: Array.from({ length: 21 }, (_, i) => `a.b${i}`) });
  assert.equal(many.body.error.param, "types");
  assert.equal((await sandbox.stripe.get("/v2/core/events/evt_none")).status, 404);
});
