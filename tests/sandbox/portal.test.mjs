// Promise: a customer sees plan, cards and invoices in the portal, cancels and takes it back, changes the
// card, for an hour, and can do nothing that the configuration does not offer or that is another's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpClient } from "../harness/http.mjs";
import { encodeForm } from "../harness/stripe.mjs";
import { Sandbox } from "./support.mjs";

async function opened(t) {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const { customer, card } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const subscription = (await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] })).id;
  const open = (fields) => sandbox.post("/v1/billing_portal/sessions", { customer, return_url: "http://shop.example/account?a=1&b=2", ...fields });
  const see = async ({ url }) => (await http.request("GET", new URL(url).pathname)).text;
  const press = ({ url }, fields) => http.request("POST", new URL(url).pathname, { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: encodeForm(fields) });
  return { sandbox, customer, card, subscription, open, see, press };
}

test("a plan is canceled and kept after all", async (t) => {
  const { sandbox, subscription, open, see, press } = await opened(t);
  const session = await open();
  assert.match(session.configuration, /^bpc_/);
  const page = await see(session);
  for (const words of ["Plan 2900", "$29.00 per month", "visa •••• 4242", "a=1&amp;b=2", "Cancel the plan", "/invoice/in_"]) assert.ok(page.includes(words), words);
  const path = `/v1/subscriptions/${subscription}`;
  const pressed = await press(session, { do: "cancel", id: subscription });
  assert.deepEqual([pressed.status, pressed.headers.location], [303, `/portal/${session.id}`]);
  assert.equal((await sandbox.get(path)).cancel_at_period_end, true);
  assert.ok((await see(session)).includes("Keep the plan"));
  await press(session, { do: "resume", id: subscription });
  assert.equal((await sandbox.get(path)).cancel_at_period_end, false);
});

test("a card is added, chosen, removed", async (t) => {
  const { sandbox, customer, card, open, see, press } = await opened(t);
  const session = await open();
  assert.equal((await press(session, { do: "card", number: "5555555555554444" })).status, 303);
  const chosen = async () => (await sandbox.get(`/v1/customers/${customer}`)).invoice_settings.default_payment_method;
  const added = await chosen();
  assert.notEqual(added, card);
  assert.ok((await see(session)).includes("mastercard •••• 4444"));
  await press(session, { do: "default", id: card });
  assert.equal(await chosen(), card);
  await press(session, { do: "remove", id: added });
  assert.deepEqual((await sandbox.get(`/v1/customers/${customer}/payment_methods`)).data.map(({ id }) => id), [card]);
  for (const number of ["4111111111111111", "4000000000000002", "", "<b>"]) {
    const refused = await press(session, { do: "card", number });
    assert.deepEqual([refused.status, refused.text.includes('role="alert"'), refused.text.includes("<b>")], [402, true, false], number);
  }
});

test("only what is offered, and only one's own", async (t) => {
  const { sandbox, subscription, open, see, press } = await opened(t);
  const configuration = (await sandbox.post("/v1/billing_portal/configurations", { features: { invoice_history: { enabled: "true" } }, business_profile: { headline: "Shirts & more" } })).id;
  const bare = await open({ configuration });
  const page = await see(bare);
  assert.deepEqual([page.includes("Shirts &amp; more"), page.includes("Cancel the plan"), page.includes("Add a card"), page.includes("Invoices")], [true, false, false, true]);
  for (const fields of [{ do: "cancel", id: subscription }, { do: "card", number: "4242424242424242" }, { do: "burn" }, {}]) assert.equal((await press(bare, fields)).status, 402);
  const other = (await sandbox.post("/v1/customers")).id;
  const foreign = await open({ customer: other });
  assert.equal((await press(foreign, { do: "cancel", id: subscription })).status, 402);
  assert.equal((await sandbox.get(`/v1/subscriptions/${subscription}`)).cancel_at_period_end, false);
  const changed = await sandbox.post(`/v1/billing_portal/configurations/${configuration}`, { features: { subscription_cancel: { enabled: "true", mode: "immediately" } } });
  assert.equal(changed.features.subscription_cancel.mode, "immediately");
  const flow = await open({ configuration, flow_data: { type: "subscription_cancel", subscription_cancel: { subscription }, after_completion: { type: "redirect", redirect: { return_url: "http://shop.example/bye" } } } });
  assert.equal((await see(flow)).includes("Invoices"), false);
  assert.equal((await press(flow, { do: "cancel", id: subscription })).headers.location, "http://shop.example/bye");
  assert.equal((await sandbox.get(`/v1/subscriptions/${subscription}`)).status, "canceled");
});

test("what is refused", async (t) => {
  const { sandbox, customer, subscription, open } = await opened(t);
  await open();
  const own = (await sandbox.get("/v1/billing_portal/configurations", { is_default: "true" })).data[0].id;
  const other = (await sandbox.post("/v1/customers")).id;
  const session = (fields) => sandbox.stripe.post("/v1/billing_portal/sessions", { customer, ...fields });
  const configure = (id, fields) => sandbox.stripe.post(`/v1/billing_portal/configurations${id}`, fields);
  for (const [answer, status, param] of [
    [session({ customer: "cus_none" }), 400, "customer"],
    [session({ customer: undefined }), 400, "customer"],
    [session({ configuration: "bpc_none" }), 400, "configuration"],
    [session({ return_url: "back" }), 400, "return_url"],
    [session({ flow_data: { type: "wish" } }), 400, "flow_data[type]"],
    [session({ customer: other, flow_data: { type: "subscription_cancel", subscription_cancel: { subscription } } }), 400, "flow_data[subscription_cancel][subscription]"],
    [configure("", {}), 400, "features"],
    [configure("", { features: { customer_update: { enabled: "true", allowed_updates: ["mood"] } } }), 400, "features[customer_update][allowed_updates]"],
    [configure(`/${own}`, { active: "false" }), 400, "active"],
    [configure("/bpc_none", {}), 404, "configuration"],
  ]) {
    const { status: got, body } = await answer;
    assert.deepEqual([got, body.error?.param], [status, param], JSON.stringify(body.error));
  }
});
