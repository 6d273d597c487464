// Promise: the sandbox shows what is in it: every object as the API shows it, what became of each
// request, who takes webhooks; and a person can move a clock with a button.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpClient } from "../harness/http.mjs";
import { NOON, Receiver, Sandbox } from "./support.mjs";

const DAY = 86400;

async function opened(t) {
  const sandbox = await Sandbox.start(t);
  const http = new HttpClient(sandbox.origin);
  t.after(() => http.close());
  const read = async (path) => {
    const page = await http.request("GET", path);
    assert.match(page.headers["content-security-policy"], /default-src 'none'/);
    return page;
  };
  const press = (path, by) =>
    http.request("POST", path, { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: `by=${by}` });
  return { sandbox, read, press };
}

test("the page lists what there is and leads to each object", async (t) => {
  const { sandbox, read } = await opened(t);
  assert.match((await read("/")).text, /None yet\./);
  const { customer } = await sandbox.customer();
  const price = await sandbox.price(2900);
  const bought = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  const home = (await read("/")).text;
  for (const word of [customer, bought.id, bought.latest_invoice, "$29.00", "invoice.paid", "pm_card_chargeCustomerFail", "curl -u sk_test_anything: " + sandbox.origin]) {
    assert.ok(home.includes(word), word);
  }
  const shown = (await read(`/object/${bought.id}`)).text;
  const json = /<pre[^>]*>(.*)<\/pre>/s.exec(shown)[1].replace(/<[^>]*>/g, "").replaceAll("&quot;", "\"");
  assert.deepEqual(JSON.parse(json), await sandbox.get(`/v1/subscriptions/${bought.id}`));
  assert.ok(shown.includes(`<a href="/object/${customer}">`));
  assert.equal((await read("/object/cus_none")).status, 404);
});

test("what was typed is text, never markup", async (t) => {
  const { sandbox, read } = await opened(t);
  const evil = `<script>"'&</script>`;
  const { id } = await sandbox.post("/v1/customers", { name: evil, metadata: { [evil.slice(0, 20)]: evil } });
  for (const path of ["/", `/object/${id}`]) {
    const { text } = await read(path);
    assert.ok(!text.includes("<script>") && text.includes("&lt;script&gt;"), path);
  }
});

test("a button moves a clock as the API would", async (t) => {
  const { sandbox, press } = await opened(t);
  const { clock, customer } = await sandbox.customer();
  const price = await sandbox.price(2900);
  await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  const moved = await press(`/clock/${clock}`, "month");
  assert.deepEqual([moved.status, moved.headers.location], [303, "/"]);
  for (;;) {
    const now = await sandbox.get(`/v1/test_helpers/test_clocks/${clock}`);
    if (now.status === "ready" && now.frozen_time === NOON + 30 * DAY) break;
  }
  assert.equal((await sandbox.get("/v1/invoices", { customer })).data.length, 2);
  assert.equal((await press(`/clock/${clock}`, "year")).status, 404);
  assert.equal((await press("/clock/clock_none", "day")).status, 404);
});

test("an error's request_log_url leads to what became of the request, without keys or parameters", async (t) => {
  const { sandbox, read } = await opened(t);
  const answer = await sandbox.stripe.post("/v1/customers", { colour: "red secret" });
  const { pathname } = new URL(answer.body.error.request_log_url);
  const { text } = await read(pathname);
  assert.ok(text.includes("Received unknown parameter: colour") && text.includes("400"));
  assert.ok(!text.includes("red secret") && !text.includes("sk_test_"));
  assert.match((await read("/requests/req_none")).text, /not remembered/);
});

test("endpoints are shown with what they took", async (t) => {
  const { sandbox, read } = await opened(t);
  const receiver = await Receiver.start(t);
  const endpoint = await sandbox.post("/v1/webhook_endpoints", { url: receiver.url, enabled_events: ["customer.created"] });
  await sandbox.post("/v1/customers");
  await receiver.next();
  while ((await sandbox.events({ delivery_success: "false" })).length > 0);
  const row = (await read("/")).text.split("<tr>").find((part) => part.includes(endpoint.id));
  assert.deepEqual([...row.matchAll(/<td class="n">(\d+)/g)].map(([, count]) => count), ["1", "0", "0"]);
});
