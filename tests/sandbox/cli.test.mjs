// Promise: Stripe's own command line takes the sandbox for Stripe. Every event that `stripe trigger`
// knows is tried; what works is listed by name, and so is what does not and why, so that neither
// list can drift. Nothing leaves this machine: a proxy that is not there stands before the internet.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { Internet } from "../harness/internet.mjs";
import { JudgingProxy } from "../harness/judging_proxy.mjs";
import { Receiver, Sandbox } from "./support.mjs";

const AT_ONCE = 2;
const PATIENCE_MS = 120_000;

const connect = "needs connected accounts";
const issuing = "issues cards, which a subscription business does not";
const identity = "verifies identities";
const stream = "is sent to meter-events.stripe.com, whatever --api-base says: see the last test";
const NOT_OURS = {
  "account.application.deauthorized": connect,
  "account.updated": connect,
  "transfer.created": connect,
  "transfer.reversed": connect,
  "transfer.updated": connect,
  "identity.verification_session.canceled": identity,
  "identity.verification_session.created": identity,
  "identity.verification_session.redacted": identity,
  "issuing_authorization.request": issuing,
  "issuing_authorization.request.eu": issuing,
  "issuing_authorization.request.gb": issuing,
  "issuing_card.created": issuing,
  "issuing_card.created.eu": issuing,
  "issuing_card.created.gb": issuing,
  "issuing_cardholder.created": issuing,
  "issuing_cardholder.created.eu": issuing,
  "issuing_cardholder.created.gb": issuing,
  "issuing_transaction.created": issuing,
  "issuing_transaction.purchase_details_receipt_updated": issuing,
  "issuing_transaction.updated": issuing,
  "reporting.report_run.succeeded": "runs reports, which come as files",
  "v1.billing.meter.error_report_triggered": stream,
  "v1.billing.meter.no_meter_found": stream,
};

// The command line takes every refusal of its requests as a success.
const EMPTY = ["checkout.session.async_payment_failed"];

// What the name of a fixture calls otherwise than the event: the first two fixtures cancel a schedule
// before it begins, and let one end whose subscription goes on.
const EVENT_OF = {
  "subscription_schedule.aborted": "subscription_schedule.canceled",
  "subscription_schedule.completed": "subscription_schedule.released",
  "subscription.payment_failed": "invoice.payment_failed",
  "subscription.payment_succeeded": "invoice.payment_succeeded",
};

const OURS = `
  balance.available billing_portal.configuration.created billing_portal.configuration.updated
  billing_portal.session.created cash_balance.funds_available charge.captured charge.dispute.closed
  charge.dispute.created charge.dispute.updated charge.failed charge.refund.updated charge.refunded charge.succeeded
  checkout.session.async_payment_succeeded checkout.session.completed checkout.session.expired coupon.created coupon.deleted coupon.updated credit_note.created
  credit_note.updated credit_note.voided customer.created customer.deleted customer.discount.created
  customer.discount.deleted customer.discount.updated customer.source.created customer.source.updated
  customer.subscription.created customer.subscription.deleted customer.subscription.paused
  customer.subscription.trial_will_end customer.subscription.updated customer.updated
  customer_cash_balance_transaction.created invoice.created invoice.deleted invoice.finalized
  invoice.marked_uncollectible invoice.paid invoice.payment_action_required invoice.payment_failed
  invoice.payment_succeeded invoice.sent invoice.updated invoice.voided invoiceitem.created invoiceitem.deleted
  payment_intent.amount_capturable_updated payment_intent.canceled payment_intent.created
  payment_intent.partially_funded payment_intent.payment_failed payment_intent.processing payment_intent.requires_action
  payment_intent.succeeded payment_link.created payment_link.updated payment_method.attached payment_method.detached
  payment_method.updated payout.created payout.updated plan.created plan.deleted plan.updated price.created
  price.updated product.created product.deleted product.updated promotion_code.created promotion_code.updated
  quote.accepted quote.canceled quote.created quote.finalized
  setup_intent.canceled setup_intent.created setup_intent.requires_action setup_intent.setup_failed
  setup_intent.succeeded subscription.payment_failed subscription.payment_succeeded subscription_schedule.aborted
  subscription_schedule.canceled subscription_schedule.completed subscription_schedule.created
  subscription_schedule.expiring subscription_schedule.released subscription_schedule.updated tax_rate.created
  tax_rate.updated test_helpers.test_clock.advancing test_helpers.test_clock.created test_helpers.test_clock.deleted
  test_helpers.test_clock.ready topup.created
`.trim().split(/\s+/);

// The program as npm brings it for this machine; nothing of the package has to run first.
function findProgram() {
  const require = createRequire(import.meta.url);
  try {
    return join(dirname(require.resolve(`@stripe/cli-${process.platform}-${process.arch}/package.json`)), "bin", "stripe");
  } catch {
    return undefined;
  }
}

const PROGRAM = findProgram();
const skip = !PROGRAM && "Stripe's command line has no build for this machine";

class Cli {
  static async start(t) {
    const cli = new Cli();
    cli.sandbox = await Sandbox.start(t);
    cli.proxy = await JudgingProxy.start(t, cli.sandbox.origin);
    cli.home = await mkdtemp(join(tmpdir(), "turnpike-cli-"));
    t.after(() => rm(cli.home, { recursive: true, force: true }));
    return cli;
  }

  run(...args) {
    return this.runWith({}, ...args);
  }

  runWith(own, ...args) {
    const nowhere = "http://127.0.0.1:9";
    const env = { PATH: process.env.PATH, HOME: this.home, XDG_CONFIG_HOME: this.home, STRIPE_CLI_TELEMETRY_OPTOUT: "true",
      HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: "127.0.0.1", STRIPE_API_KEY: "sk_test_commandline", ...own };
    const options = { env, cwd: this.home, timeout: PATIENCE_MS };
    return new Promise((fulfil) => {
      execFile(PROGRAM, args, options, (error, stdout, stderr) => fulfil({ code: error ? (error.code ?? 1) : 0, text: stdout + stderr, stdout }));
    });
  }

  api(...args) {
    return this.run(...args, "--api-base", this.proxy.origin);
  }

  async json(...args) {
    const { code, stdout, text } = await this.api(...args);
    assert.equal(code, 0, text);
    return JSON.parse(stdout.slice(stdout.indexOf("{"))); // a warning may come first
  }

  // The events that `stripe trigger --help` lists.
  async supported() {
    const { text } = await this.run("trigger", "--help");
    return text.split("Supported events:")[1].split("Usage:")[0].trim().split(/\s+/);
  }
}

test("every event of `stripe trigger` does what is said of it here", { skip }, async (t) => {
  const cli = await Cli.start(t);
  const events = await cli.supported();
  assert.deepEqual([...OURS, ...EMPTY, ...Object.keys(NOT_OURS)].sort(), events.sort(), "an event is in neither list, or in none of the CLI's");
  const queue = [...events];
  const results = new Map();
  const work = async () => {
    for (let event = queue.shift(); event; event = queue.shift()) {
      results.set(event, await cli.api("trigger", event));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const failed = OURS.filter((event) => results.get(event).code !== 0);
  assert.deepEqual(failed.map((event) => `${event}: ${results.get(event).text.slice(-600)}`), []);
  const surprising = Object.keys(NOT_OURS).filter((event) => results.get(event).code === 0);
  assert.deepEqual(surprising, [], "works after all: move it to the other list");
  const happened = new Set();
  for (let after; ; ) {
    const page = await cli.sandbox.get("/v1/events", { limit: 100, ...(after && { starting_after: after }) });
    for (const { type } of page.data) happened.add(type);
    if (!page.has_more) break;
    after = page.data.at(-1).id;
  }
  const silent = OURS.filter((event) => !event.startsWith("v1.") && !happened.has(EVENT_OF[event] ?? event));
  assert.deepEqual(silent, [], "succeeded, but the event did not happen");
  assert.deepEqual(cli.proxy.problems, []);
});

test("resources, raw requests, events and fixtures of one's own", { skip }, async (t) => {
  const cli = await Cli.start(t);
  const made = await cli.json("customers", "create", "--email", "ada@example.com", "-d", "metadata[team]=blue");
  assert.deepEqual([made.email, made.metadata], ["ada@example.com", { team: "blue" }]);
  assert.equal((await cli.json("customers", "retrieve", made.id)).id, made.id);
  assert.equal((await cli.json("customers", "update", made.id, "--name", "Ada")).name, "Ada");
  assert.deepEqual((await cli.json("get", "/v1/customers", "--limit", "3")).data.map(({ id }) => id), [made.id]);
  assert.equal((await cli.json("post", "/v1/products", "-d", "name=Tea")).name, "Tea");
  assert.equal((await cli.json("events", "list", "--type", "customer.created")).data[0].data.object.id, made.id);
  const file = join(cli.home, "fixture.json");
  await writeFile(file, JSON.stringify({ _meta: { template_version: 0 }, fixtures: [
    { name: "tea", path: "/v1/products", method: "post", params: { name: "Tea" } },
    { name: "price", path: "/v1/prices", method: "post", params: { product: "${tea:id}", unit_amount: 500, currency: "usd" } },
  ] }));
  assert.equal((await cli.api("fixtures", file)).code, 0);
  assert.equal((await cli.json("prices", "list", "--limit", "1")).data[0].unit_amount, 500);
  const none = await cli.api("customers", "retrieve", "cus_none");
  assert.match(none.text, /No such customer: 'cus_none'/);
  assert.equal((await cli.json("customers", "delete", made.id, "--confirm")).deleted, true);
  assert.deepEqual(cli.proxy.problems, []);
});

test("the stream of meter events, at its own address: what it cannot use is told of", { skip }, async (t) => {
  const cli = await Cli.start(t);
  const internet = await Internet.start(t, { host: "meter-events.stripe.com", origin: cli.proxy.origin, folder: cli.home });
  const receiver = await Receiver.start(t);
  const types = Object.keys(NOT_OURS).filter((event) => NOT_OURS[event] === stream);
  await cli.sandbox.postJson("/v2/core/event_destinations", { name: "meters", type: "webhook_endpoint", event_payload: "thin",
    enabled_events: types, webhook_endpoint: { url: receiver.url } });
  const env = { HTTPS_PROXY: internet.proxy, SSL_CERT_FILE: internet.certificate };
  for (const type of types) {
    const { code, text } = await cli.runWith(env, "trigger", type, "--api-base", cli.proxy.origin);
    assert.equal(code, 0, text);
    assert.equal(JSON.parse((await receiver.next()).text).type, type);
  }
  assert.ok(internet.reached.includes("meter-events.stripe.com"));
  assert.equal(cli.proxy.calls.filter((call) => call === "POST /v2/billing/meter_event_stream 200").length, types.length);
  assert.deepEqual(cli.proxy.problems, []);
});
