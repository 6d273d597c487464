// Promise: a purchase order that a customer gives is printed on all invoices to come, the provider's and our own papers, until it is taken
// back; what somebody has written at the provider by hand stays.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { atStripe, done, refused, subscriber } from "./support.mjs";

const DETAILS = "/api/billing/details";
const WHO = { email: "ada@example.com", name: "Ada", address: { line1: "1 High St", city: "New York", state: "NY", postalCode: "10001", country: "US" } };

async function wordsOf(server, url, headers = {}) {
  const answer = await fetch(new URL(url, server.url), { headers });
  assert.equal(answer.headers.get("content-type"), "application/pdf");
  return execFileSync("pdftotext", ["-layout", "-", "-"], { input: Buffer.from(await answer.arrayBuffer()), encoding: "utf8" }).replace(/ +/g, " ");
}

test("a purchase order is printed on the invoices to come", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const ada = await subscriber(server, "ada");
  const stripe = await server.stripe();
  const newest = async () => (await atStripe(stripe, "ada")).invoices.sort((a, b) => b.created - a.created)[0];
  const fields = async () => (await atStripe(stripe, "ada")).customers[0].invoice_settings.custom_fields;
  assert.equal(done(await ada.put(DETAILS, WHO)).purchaseOrder ?? "", "");
  assert.equal(await fields(), null);
  const order = "PO 7/2026 Ärger";
  assert.equal(done(await ada.put(DETAILS, { ...WHO, purchaseOrder: order })).purchaseOrder, order);
  assert.equal(done(await ada.get(DETAILS)).purchaseOrder, order);
  assert.deepEqual(await fields(), [{ name: "Purchase order", value: order }]);
  const headers = { Authorization: `Bearer ${server.key}`, "Turnpike-User": "ada" };
  assert.match(await wordsOf(server, "/api/billing/invoices/upcoming/pdf", headers), /Purchase order[\s\S]*PO 7\/2026 Ärger/);

  await server.clock.advance("P1M1D");
  const renewed = await newest();
  assert.deepEqual(renewed.custom_fields, [{ name: "Purchase order", value: order }]);
  assert.match(await wordsOf(server, renewed.invoice_pdf), /Purchase order[\s\S]*PO 7\/2026 Ärger/);

  done(await ada.put(DETAILS, WHO));
  assert.equal(done(await ada.get(DETAILS)).purchaseOrder ?? "", "");
  assert.equal(await fields(), null);
  await server.clock.advance("P1M1D");
  assert.equal((await newest()).custom_fields, null);

  const { customers: [{ id }] } = await atStripe(stripe, "ada");
  const byHand = [{ name: "Cost centre", value: "42" }];
  done(await stripe.post(`/v1/customers/${id}`, { invoice_settings: { custom_fields: byHand } }));
  done(await ada.put(DETAILS, { ...WHO, name: "Ada Fern" }));
  assert.deepEqual(await fields(), byHand, "what was written by hand stays");

  refused(await ada.put(DETAILS, { ...WHO, purchaseOrder: "x".repeat(141) }), 422, "invalid_fields", "purchaseOrder");
  refused(await ada.put(DETAILS, { ...WHO, name: "名".repeat(201) }), 422, "invalid_fields", "name");
  done(await ada.put(DETAILS, { ...WHO, name: "名".repeat(200), purchaseOrder: "注".repeat(140) }));
  await server.api.createCustomer("long", { name: "名".repeat(200) });
  refused(await server.api.post("/api/customers", { userId: "longer", email: "l@example.com", name: "名".repeat(201) }), 422, "invalid_fields", "name");
});
