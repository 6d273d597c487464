// Promise: a customer's numbers with tax offices are told to the provider and shown as it has them, also
// when it finds out later; a number that is none is refused, and nothing is kept.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, newCustomer, refused } from "./support.mjs";

const TAX_IDS = "/api/billing/tax-ids";
const plain = ({ data }) => data.map(({ type, value, country, verification }) => [type, value, country, verification]);

test("numbers come, stand on invoices, and go", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-10T00:00:00Z" });
  const stripe = await server.stripe();
  const ada = await customerWithCard(server, "ada");
  assert.deepEqual(done(await ada.get(TAX_IDS)), { data: [] });

  const first = done(await ada.post(TAX_IDS, { type: "eu_vat", value: "DE000000000" }, { idempotencyKey: "vat" }), 201);
  assert.deepEqual(plain(first), [["eu_vat", "DE000000000", "DE", "verified"]]);
  const repeated = done(await ada.post(TAX_IDS, { type: "eu_vat", value: "DE000000000" }, { idempotencyKey: "vat" }), 201);
  assert.deepEqual(repeated, first, "once, however often it is sent");
  refused(await ada.post(TAX_IDS, { type: "eu_vat", value: "DE000000001" }, { idempotencyKey: "vat" }), 422, "idempotency_mismatch");
  done(await ada.post(TAX_IDS, { type: "us_ein", value: "12-3456789" }), 201);
  const both = done(await ada.get(TAX_IDS));
  assert.deepEqual(plain(both).map(([type, , , verification]) => [type, verification]).sort(), [["eu_vat", "verified"], ["us_ein", "unavailable"]]);

  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
  const [invoice] = await invoices(ada);
  const there = done(await stripe.get(`/v1/invoices/${invoice.stripeInvoiceId}`));
  assert.deepEqual(there.customer_tax_ids.map(({ value }) => value).sort(), ["12-3456789", "DE000000000"]);

  const { id } = both.data.find(({ type }) => type === "us_ein");
  assert.deepEqual(done(await ada.delete(`${TAX_IDS}/${id}`)), { data: first.data });
  refused(await ada.delete(`${TAX_IDS}/${id}`), 404, "tax_id_not_found");
});

test("what is changed at the provider is heard of", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-10T00:00:00Z" });
  const stripe = await server.stripe();
  const ada = await customerWithCard(server, "ada");
  const [{ id: customer }] = (await atStripe(stripe, "ada")).customers;
  const made = done(await stripe.post(`/v1/customers/${customer}/tax_ids`, { type: "gb_vat", value: "GB123456789" }));
  await server.clock.advance("PT1S");
  assert.deepEqual(plain(done(await ada.get(TAX_IDS))), [["gb_vat", "GB123456789", "GB", "verified"]]);
  done(await stripe.delete(`/v1/tax_ids/${made.id}`));
  await server.clock.advance("PT1S");
  assert.deepEqual(done(await ada.get(TAX_IDS)), { data: [] });
});

test("what is no number is refused, with what was expected, and nothing is kept", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-10T00:00:00Z" });
  const ada = await newCustomer(server, "ada");
  await newCustomer(server, "eve");
  refused(await ada.post(TAX_IDS, { type: "eu_vat", value: "123" }), 422, "tax_id_invalid");
  refused(await ada.post(TAX_IDS, { type: "xx_vat", value: "DE123456789" }), 422, "invalid_fields", "type");
  refused(await ada.post(TAX_IDS, { type: "eu vat", value: "" }), 422, "invalid_fields", "type", "value");
  refused(await ada.post(TAX_IDS, { type: "eu_vat" }), 422, "invalid_fields", "value");
  refused(await ada.post(TAX_IDS, { type: "eu_vat", value: "DE123456789", country: "DE" }), 422, "invalid_fields", "country");
  assert.deepEqual(done(await ada.get(TAX_IDS)), { data: [] });
  const { data: [mine] } = done(await ada.post(TAX_IDS, { type: "eu_vat", value: "DE123456789" }), 201);
  const eve = server.api.as("eve");
  refused(await eve.delete(`${TAX_IDS}/${mine.id}`), 404, "tax_id_not_found");
  refused(await eve.delete(`${TAX_IDS}/txi_none`), 404, "tax_id_not_found");
  refused(await server.api.as("nobody").get(TAX_IDS), 404, "customer_not_found");
  refused(await server.api.as("nobody").post(TAX_IDS, { type: "eu_vat", value: "DE123456789" }), 404, "customer_not_found");
  assert.equal(done(await ada.get(TAX_IDS)).data.length, 1);
});
