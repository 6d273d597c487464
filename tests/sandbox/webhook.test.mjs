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
  assert.deepEqual(failed.map(({ data }) => data.object.id), [id]);
  assert.equal((await sandbox.get(`/v1/events/${failed[0].id}`)).pending_webhooks, 1);
  receiver.status = 200;
  await sandbox.crash();
  assert.equal(JSON.parse((await receiver.next()).text).id, failed[0].id);
  assert.equal((await sandbox.events({ type: "customer.*" })).length, 1);
});
