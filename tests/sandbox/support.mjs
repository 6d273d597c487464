// A sandbox as a process of its own, and what every story about it needs.
import { createServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectStatus } from "../harness/http.mjs";
import { startTurnpike } from "../harness/program.mjs";
import { Stripe } from "../harness/stripe.mjs";
import { judge, judgeEvent } from "../harness/stripe_description.mjs";

export const KEY = "sk_test_stories";
export const NOON = Date.UTC(2015, 0, 31, 12) / 1000; // a month end, so that clamping shows

// For intents that are confirmed as they are made: nothing leads to another page.
export const ON_PAGE = { automatic_payment_methods: { enabled: "true", allow_redirects: "never" } };

export class Sandbox {
  static async start(t, dir, options = []) {
    const own = dir ?? (await mkdtemp(join(tmpdir(), "turnpike-sandbox-")));
    const sandbox = new Sandbox();
    sandbox.dir = own;
    sandbox.options = options;
    await sandbox.#run();
    t.after(async () => {
      sandbox.stripe.close();
      if (sandbox.process.isRunning) await sandbox.process.end("SIGKILL");
      if (!dir) await rm(own, { recursive: true, force: true });
    });
    return sandbox;
  }

  async #run() {
    const args = ["sandbox", "--listen", "127.0.0.1:0", "--data", this.dir, ...this.options];
    const { match, process } = await startTurnpike(args, /(http:\/\/127\.0\.0\.1:\d+)/);
    this.process = process;
    this.origin = match[1];
    this.stripe = new Stripe(this.origin, KEY, { judge });
  }

  // A power cut, and a start on the same data.
  async crash() {
    this.stripe.close();
    await this.process.end("SIGKILL");
    await this.#run();
  }

  async post(path, fields, options) {
    return expectStatus(await this.stripe.post(path, fields, options), 200).body;
  }

  async postJson(path, fields, options) {
    return expectStatus(await this.stripe.postJson(path, fields, options), 200).body;
  }

  async get(path, fields) {
    return expectStatus(await this.stripe.get(path, fields), 200).body;
  }

  async delete(path) {
    return expectStatus(await this.stripe.delete(path), 200).body;
  }

  // A customer with a card, on a test clock that stands at `at`; { customer, clock, card }.
  async customer({ at = NOON, token = "pm_card_visa" } = {}) {
    const clock = await this.post("/v1/test_helpers/test_clocks", { frozen_time: at });
    const customer = await this.post("/v1/customers", { email: "ada@example.com", test_clock: clock.id });
    const card = await this.post(`/v1/payment_methods/${token}/attach`, { customer: customer.id });
    const invoice_settings = { default_payment_method: card.id };
    await this.post(`/v1/customers/${customer.id}`, { invoice_settings });
    return { customer: customer.id, clock: clock.id, card: card.id };
  }

  price(unit_amount, interval = "month") {
    const product_data = { name: `Plan ${unit_amount}` };
    return this.post("/v1/prices", { currency: "usd", unit_amount, recurring: { interval }, product_data });
  }

  // Moves a test clock and polls until everything on the way has happened; in as many steps as the
  // limit of two intervals asks for.
  async advance(clock, frozen_time) {
    const path = `/v1/test_helpers/test_clocks/${clock}`;
    for (;;) {
      const answer = await this.stripe.post(`${path}/advance`, { frozen_time });
      const limit = answer.status === 400 ? /Advance to (\d+) at most/.exec(answer.body.error.message) : null;
      if (limit) await this.advance(clock, Number(limit[1]));
      else expectStatus(answer, 200);
      const now = await this.#settled(path);
      if (now.frozen_time === Number(frozen_time)) return now;
    }
  }

  async #settled(path) {
    for (;;) {
      const now = await this.get(path);
      if (now.status === "ready") return now;
    }
  }

  async events(fields = {}) {
    const { data } = await this.get("/v1/events", { limit: 100, ...fields });
    return data.reverse();
  }
}

// A receiver of webhooks; `next()` gives the next { headers, text } and answers it with `status`.
export class Receiver {
  #waiting = [];
  #arrived = [];
  status = 200;

  static async start(t) {
    const receiver = new Receiver();
    const server = createServer(async (request, answer) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      answer.writeHead(receiver.status).end();
      receiver.#arrive({ headers: request.headers, text: Buffer.concat(parts).toString("utf8") });
    });
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    receiver.url = `http://127.0.0.1:${server.address().port}/hook`;
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return receiver;
  }

  get unread() {
    return this.#arrived.length;
  }

  #arrive(message) {
    const waiter = this.#waiting.shift();
    if (waiter) waiter(message);
    else this.#arrived.push(message);
  }

  async next() {
    const message = this.#arrived.shift() ?? (await new Promise((fulfil) => this.#waiting.push(fulfil)));
    judgeEvent(JSON.parse(message.text));
    return message;
  }
}
