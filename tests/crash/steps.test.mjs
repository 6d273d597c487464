// Guards the promise of billing at its seams: whichever call to the provider is under way when the
// process is killed, before the provider hears of it or after it has done it, subscribe, upgrade and
// pay each end in exactly one charge, a card that a browser makes ready is kept once, and both sides tell the same story.
//
// Nothing here is left to chance: a walk that nothing disturbs counts the calls of each step, and then
// every one of them is the last word of a server, once before and once after.
import assert from "node:assert/strict";
import { test } from "node:test";

import { atStripe, customerWithCard, done, invoices, refused, subscription } from "../api/support.mjs";
import { startBehindLine } from "../harness/line.mjs";
import { answerOf } from "./support.mjs";

const NOW = "2026-01-15T12:00:00Z";
const METHODS = "/api/billing/payment-methods";
const CONFIRMED = "pm_card_authenticationRequired";

const shown = {}; // the previews of corrections, by customer
const ready = {}; // the SetupIntents that the bank has confirmed, by customer

// A step is prepared undisturbed; then one request, which may be cut at any call, must end as `status`.
const STEPS = {
  subscribe: {
    prepare: (server, userId) => server.api.createCustomer(userId),
    ask: (api, key) => api.post("/api/billing/subscribe", { tier: "starter", paymentMethodId: "pm_card_visa" }, key),
    status: 201,
    charged: [2_900],
    tier: "starter",
  },
  upgrade: {
    prepare: async (server, userId) => {
      const api = await customerWithCard(server, userId);
      done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
    },
    ask: (api, key) => api.put("/api/billing/subscription", { tier: "professional" }, key),
    status: 200,
    charged: [2_900, 7_000],
    tier: "professional",
  },
  // An invoice to a wrong name, taken back and billed anew: nothing is charged a second time.
  correct: {
    prepare: async (server, userId) => {
      const api = await customerWithCard(server, userId);
      done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
      done(await api.put("/api/billing/details", { email: `${userId}@example.com`, name: "Rightly Ltd", address: { country: "US" } }));
      const [{ id }] = await invoices(api);
      shown[userId] = { id, ...done(await api.post(`/api/billing/invoices/${id}/correct?preview=true`, {})) };
    },
    ask: (api, key, userId) => api.post(`/api/billing/invoices/${shown[userId].id}/correct`, { correctionId: shown[userId].correctionId }, key),
    status: 201,
    charged: [2_900],
    paid: [0, 2_900],
    tier: "starter",
  },
  // A card that the browser makes ready, and then has.
  setUp: {
    prepare: (server, userId) => server.api.createCustomer(userId),
    ask: (api, key) => api.post(`${METHODS}/setup-intents`, {}, key),
    status: 201,
    charged: [],
    tier: "free",
  },
  keep: {
    prepare: async (server, userId, stripe) => {
      await server.api.createCustomer(userId);
      const { clientSecret } = done(await server.api.as(userId).post(`${METHODS}/setup-intents`, {}), 201);
      [ready[userId]] = clientSecret.split("_secret_");
      done(await stripe.post(`/v1/setup_intents/${ready[userId]}/confirm`, { payment_method: "pm_card_visa" }));
    },
    ask: (api, key, userId) => api.post(METHODS, { setupIntentId: ready[userId] }, key),
    status: 201,
    charged: [],
    tier: "free",
  },
  // The upgrade that the bank wanted confirmed, paid with another card.
  pay: {
    prepare: async (server, userId) => {
      const api = await customerWithCard(server, userId);
      done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
      const [good] = done(await api.get(METHODS)).data;
      const asking = done(await api.post(METHODS, { paymentMethodId: CONFIRMED }), 201);
      done(await api.put(`${METHODS}/${asking.id}/default`));
      refused(await api.put("/api/billing/subscription", { tier: "professional" }), 402, "payment_action_required");
      done(await api.put(`${METHODS}/${good.id}/default`));
    },
    ask: async (api, key) => {
      const open = (await invoices(api)).find(({ status }) => status === "open");
      // Whoever has been answered once knows the invoice; here it is looked up again after a cut.
      const id = open?.id ?? (await invoices(api)).find(({ amount }) => amount.amount === 7_000).id;
      return api.post(`/api/billing/invoices/${id}/pay`, undefined, key);
    },
    status: 200,
    charged: [2_900, 7_000],
    tier: "professional",
  },
};

// What a customer has on either side, without names.
async function storyOf(server, stripe, userId) {
  const here = await subscription(server.api.as(userId));
  const there = await atStripe(stripe, userId);
  const [customer] = there.customers;
  const intents = done(await stripe.get("/v1/payment_intents", { customer: customer.id, limit: 100 })).data;
  const sum = (list) => list.sort((a, b) => a - b);
  return {
    customers: there.customers.length,
    subscriptions: there.subscriptions.map(({ status }) => status),
    tier: here.tier,
    setups: done(await stripe.get("/v1/setup_intents", { customer: customer.id, limit: 100 })).data.map(({ status }) => status),
    cards: done(await stripe.get("/v1/payment_methods", { customer: customer.id, limit: 100 })).data.map(({ card }) => card.last4),
    mirroredCards: done(await server.api.as(userId).get(METHODS)).data.map(({ last4, isDefault }) => [last4, isDefault]),
    charged: sum(intents.filter(({ status }) => status === "succeeded").map((one) => one.amount_received)),
    paid: sum(there.invoices.filter(({ status }) => status === "paid").map((one) => one.amount_paid)),
    balance: customer.balance,
    notes: done(await stripe.get("/v1/credit_notes", { customer: customer.id, limit: 100 })).data.map(({ total, memo }) => [total, memo?.replace(/ [^ ]+$/, "")]),
    mirrored: sum((await invoices(server.api.as(userId))).filter(({ status }) => status === "paid").map((one) => one.amountPaid.amount)),
  };
}

// The line cuts the power at the call of this number, counted from now; null lets all pass.
class Cut {
  #count = 0;
  #at = null;
  #moment;
  #server;

  arm(server, at, moment) {
    [this.#count, this.#at, this.#moment, this.#server] = [0, at, moment, server];
    this.died = at === null ? null : new Promise((fulfil) => (this.#died = fulfil));
  }

  #died;

  get count() {
    return this.#count;
  }

  disturb = () => {
    if (this.#count++ !== this.#at) return "pass";
    this.#at = null;
    return async (call, pass) => {
      if (this.#moment === "after") await pass();
      await this.#server.kill();
      this.#died();
      return null;
    };
  };
}

async function walk({ server, cut, stripe }, userId, step, at, moment) {
  await step.prepare(server, userId, stripe);
  cut.arm(server, at, moment);
  const key = { idempotencyKey: `${userId}-once` };
  const first = await answerOf(step.ask(server.api.as(userId), key, userId));
  if (at === null) {
    done(first, step.status);
    return cut.count;
  }
  await cut.died;
  await server.start();
  done(first ?? (await step.ask(server.api.as(userId), key, userId)), step.status);
  return cut.count;
}

async function startPair(t) {
  const cut = new Cut();
  cut.arm(null, null);
  return { cut, ...(await startBehindLine(t, cut.disturb, { now: NOW })) };
}

for (const [name, step] of Object.entries(STEPS)) {
  test(`kill -9 at every call of ${name}: one charge, one story`, async (t) => {
    const { cut, server, stripe } = await startPair(t);
    // The first walk teaches the provider its prices; the second is what everybody after it does.
    const once = await walk({ server, cut, stripe }, "first", step, null);
    const calm = await storyOf(server, stripe, "first");
    assert.deepEqual([calm.charged, calm.paid, calm.mirrored, calm.tier], [step.charged, step.paid ?? step.charged, step.paid ?? step.charged, step.tier]);
    const usual = await walk({ server, cut, stripe }, "second", step, null);
    assert.ok(usual > 1 && once >= usual, `${once}, ${usual} calls`);
    let cuts = 0;
    const cutAt = async (pair, userId, at, moment) => {
      await walk(pair, userId, step, at, moment);
      assert.deepEqual(await storyOf(pair.server, pair.stripe, userId), calm, `${name}, killed ${moment} call ${at}`);
      cuts++;
    };
    for (const moment of ["before", "after"]) {
      for (let at = 0; at < usual; at++) await cutAt({ cut, server, stripe }, `${moment}-${at}`, at, moment);
      // Where there is more to do the first time, a pair of programs to whom it is the first time.
      for (let at = 0; at < once && once > usual; at++) await cutAt(await startPair(t), "first", at, moment);
    }
    t.diagnostic(`${cuts} cuts at ${usual} calls, ${once} the first time`);
  });
}
