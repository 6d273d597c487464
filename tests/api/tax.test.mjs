// Promise: with automatic tax, what is previewed, charged and shown as upcoming has the tax of the
// customer's address in it, and an address that tax cannot be worked out for is said before anything is
// bought.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { atStripe, customerWithCard, done, invoices, newCustomer, refused, subscription, usd } from "./support.mjs";

const DETAILS = "/api/billing/details";
const NEW_YORK = { line1: "1 High St", city: "New York", state: "NY", postalCode: "10001", country: "US" };
const details = (userId, address) => ({ email: `${userId}@example.com`, name: "Example Ltd", address });

test("tax by the customer's address", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-10T00:00:00Z", args: ["--automatic-tax"] });
  const stripe = await server.stripe();
  done(await stripe.post("/v1/tax/registrations", {
    active_from: Date.parse("2026-04-01") / 1000, country: "US", country_options: { us: { state: "NY", type: "state_sales_tax" } },
  }));

  await t.test("is in the preview, in the charge and on the invoice", async () => {
    const api = await customerWithCard(server, "taxed");
    done(await api.put(DETAILS, details("taxed", NEW_YORK)));
    done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
    const [first] = await invoices(api);
    assert.ok(first.tax.amount > 0, JSON.stringify(first));
    assert.deepEqual(first.amountPaid, usd(2_900 + first.tax.amount));
    await server.clock.to("2026-04-25T00:00:00Z");
    const said = done(await api.put("/api/billing/subscription?preview=true", { tier: "professional" }));
    assert.ok(said.tax.amount > 0);
    assert.deepEqual(said.amountDueNow, usd(-1_450 + 4_950 + said.tax.amount));
    assert.ok(said.nextInvoice.amount.amount > 9_900);
    done(await api.put("/api/billing/subscription", { tier: "professional", quoteId: said.quoteId }));
    const [upgrade] = await invoices(api);
    assert.deepEqual([upgrade.amountPaid, upgrade.tax], [said.amountDueNow, said.tax]);
    const next = done(await api.get("/api/billing/invoices/upcoming"));
    assert.deepEqual([next.amountDue, next.estimated], [said.nextInvoice.amount, false]);
    assert.equal(next.amount.amount, 9_900 + next.tax.amount);
  });

  await t.test("an address that is not enough refuses the purchase, and can be put right", async () => {
    const api = await customerWithCard(server, "nowhere");
    done(await api.put(DETAILS, details("nowhere", { ...NEW_YORK, postalCode: "" })));
    refused(await api.post("/api/billing/subscribe", { tier: "starter" }), 409, "tax_location_invalid");
    assert.equal((await subscription(api)).tier, "free");
    assert.deepEqual(await invoices(api), []);
    done(await api.put(DETAILS, details("nowhere", NEW_YORK)));
    done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  });
});

test("billing details are told to the provider and kept", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-10T00:00:00Z" });
  const api = await newCustomer(server, "someone");
  assert.equal(done(await api.get(DETAILS)).name, "Customer someone");
  const said = done(await api.put(DETAILS, details("someone", NEW_YORK), { idempotencyKey: "move" }));
  assert.deepEqual([said.name, said.address.city, said.address.country], ["Example Ltd", "New York", "US"]);
  assert.deepEqual(done(await api.get(DETAILS)), said);
  const [there] = (await atStripe(await server.stripe(), "someone")).customers;
  assert.deepEqual([there.name, there.address.line1, there.address.postal_code], ["Example Ltd", "1 High St", "10001"]);
  refused(await api.put(DETAILS, details("someone", { country: "USA" })), 422, "invalid_fields", "address.country");
  refused(await api.put(DETAILS, { name: "Example Ltd" }), 422, "invalid_fields", "address", "email");
  refused(await api.put(DETAILS, details("other", NEW_YORK), { idempotencyKey: "move" }), 422, "idempotency_mismatch");
  refused(await server.api.as("nobody").get(DETAILS), 404, "customer_not_found");
  refused(await server.api.as("nobody").put(DETAILS, details("nobody", NEW_YORK)), 404, "customer_not_found");
});
