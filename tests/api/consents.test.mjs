// Promise: before a plan is bought or changed, whoever pays can read what renews, at what price, how often, from when
// on and how it ends; what they agree to is kept word for word, and nobody has agreed to what they were not shown.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, newCustomer, refused, sameInstant, startSelling, subscriber, subscription, usd } from "./support.mjs";

const SUBSCRIPTION = "/api/billing/subscription";
const SUBSCRIBE = "/api/billing/subscribe";
const CONSENTS = "/api/billing/consents";

const preview = async (api, body, language = "en") => done(await api.put(`${SUBSCRIPTION}?preview=true&language=${language}`, body));
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const consents = async (api) => done(await api.get(CONSENTS)).data;
const requiring = (document) => {
  document.consumer = { renewalConsent: "required" };
};

test("what renews", async (t) => {
  const server = await startSelling(t, (document) => {
    document.coupons = [
      { code: "ONCE", name: "Once", percentOff: 10, duration: "once" },
      { code: "ALWAYS", name: "Always", percentOff: 10, duration: "forever" },
    ];
  }, { testClock: "2026-01-31T12:00:00Z" });

  await t.test("a preview says it, of a first purchase too, and its hash is that of the words", async () => {
    const api = await customerWithCard(server, "ada");
    const { renewal, earlyStart } = await preview(api, { tier: "starter" });
    assert.equal(renewal.text, "Starter renews every month for $29.00, for the first time on 28 February 2026, until you cancel. " +
      "You can cancel online at any time, under “Billing” with “Cancel plan”: the plan then ends with the period that is paid.");
    assert.deepEqual([renewal.textHash, renewal.language, renewal.required], [sha256(renewal.text), "en", false]);
    assert.equal(earlyStart, null, "nobody knows where they are");
    const unknown = await newCustomer(server, "una"); // to the provider
    const yearly = await preview(unknown, { tier: "professional", interval: "year", coupon: "ALWAYS" }, "de");
    assert.match(yearly.renewal.text, /^Professional verlängert sich jedes Jahr für 1\.069,20\u00a0\$, abzüglich des Nachlasses durch den Gutschein ALWAYS, solange er gilt, erstmals am 31\. Januar 2027, bis du kündigst\./);
    assert.doesNotMatch((await preview(unknown, { tier: "starter", coupon: "ONCE" })).renewal.text, /coupon/);
  });

  await t.test("without a language it is that of the customer's mails", async () => {
    const api = await newCustomer(server, "greta", { language: "de" });
    assert.equal(done(await api.put(`${SUBSCRIPTION}?preview=true`, { tier: "starter" })).renewal.language, "de");
    refused(await api.put(`${SUBSCRIPTION}?preview=true&language=fr`, { tier: "starter" }), 422, "invalid_query", "language");
  });

  await t.test("what is agreed to is kept: whose, who, when, which words, for what", async () => {
    const api = server.api.as("ada");
    const { renewal } = await preview(api, { tier: "starter" });
    const bought = done(await api.post(SUBSCRIBE, { tier: "starter", renewalConsent: renewal.textHash }, { idempotencyKey: "buy" }), 201);
    done(await api.post(SUBSCRIBE, { tier: "starter", renewalConsent: renewal.textHash }, { idempotencyKey: "buy" }), 201);
    refused(await api.post(SUBSCRIBE, { tier: "starter" }, { idempotencyKey: "buy" }), 422, "idempotency_mismatch");
    const [kept, ...others] = await consents(api);
    assert.deepEqual(others, []);
    sameInstant(kept.renewsAt, "2026-02-28T12:00:00Z");
    sameInstant(kept.createdAt, await server.clock.now());
    const { userId, kind, operation, subscriptionId, actorKind, language, text, textHash, tier, planVersion, interval, price } = kept;
    assert.deepEqual({ userId, kind, operation, subscriptionId, actorKind, language, text, textHash, tier, planVersion, interval, price }, {
      userId: "ada", kind: "renewal", operation: "subscribe", subscriptionId: bought.id, actorKind: "key", language: "en",
      text: renewal.text, textHash: renewal.textHash, tier: "starter", planVersion: 1, interval: "month", price: usd(2900),
    });
    const { data } = done(await server.api.get("/api/admin/audit?userId=ada&action=consent.given"));
    assert.deepEqual(data.map(({ row }) => [row.object, row.after.textHash, row.after.operationId]), [[kept.id, renewal.textHash, kept.operationId]]);
  });

  await t.test("a change, too: with its quote, at the price and from the day that the quote says", async () => {
    const api = server.api.as("ada");
    const { renewal, quoteId } = await preview(api, { tier: "professional" }, "de");
    assert.match(renewal.text, /erstmals am 28\. Februar 2026/);
    done(await api.put(SUBSCRIPTION, { tier: "professional", quoteId, renewalConsent: renewal.textHash }));
    const [kept] = await consents(api);
    assert.deepEqual([kept.operation, kept.language, kept.tier, kept.price], ["change", "de", "professional", usd(9900)]);
    const later = await preview(api, { tier: "starter" });
    assert.match(later.renewal.text, /^Starter renews every month for \$29\.00, for the first time on 28 February 2026/);
    done(await api.put(SUBSCRIPTION, { tier: "starter", renewalConsent: later.renewal.textHash }));
    assert.equal((await consents(api)).length, 3);
  });

  await t.test("a page at a time, and of all customers for operators", async () => {
    const api = server.api.as("ada");
    const first = done(await api.get(`${CONSENTS}?limit=2`));
    const second = done(await api.get(`${CONSENTS}?limit=2&cursor=${first.nextCursor}`));
    assert.deepEqual([first.data.length, second.data.length, second.nextCursor], [2, 1, null]);
    const other = await subscriber(server, "eve");
    assert.deepEqual(await consents(other), []);
    const all = done(await server.api.get("/api/admin/consents?limit=100")).data;
    assert.deepEqual(all.map(({ id }) => id), [...first.data, ...second.data].map(({ id }) => id));
    assert.deepEqual(done(await server.api.get("/api/admin/consents?userId=eve")).data, []);
    refused(await server.api.get("/api/admin/consents?limit=0"), 422, "invalid_query", "limit");
    refused(await server.api.get("/api/admin/consents?who=ada"), 422, "invalid_query", "who");
    refused(await server.api.withKey("").get("/api/admin/consents"), 401, "key_missing");
    refused(await api.get(`${CONSENTS}?limit=1000000`), 422, "invalid_query", "limit");
    refused(await server.api.as("nobody").get(CONSENTS), 404, "customer_not_found");
    refused(await server.api.withKey("").as("ada").get(CONSENTS), 401, "key_missing");
  });
});

test("what does not hold any more is not agreed to", async (t) => {
  const server = await startServer(t, { testClock: "2026-03-31T23:50:00Z" });
  const api = await customerWithCard(server, "ada");
  const { renewal } = await preview(api, { tier: "starter" });
  const buy = (body, options) => api.post(SUBSCRIBE, { tier: "starter", renewalConsent: renewal.textHash, ...body }, options);

  await t.test("another plan, another interval, other words", async () => {
    refused(await buy({ tier: "professional" }), 409, "renewal_changed");
    refused(await buy({ interval: "year" }), 409, "renewal_changed");
    refused(await buy({ renewalConsent: sha256("Starter is free for ever.") }), 409, "renewal_changed");
    refused(await buy({ renewalConsent: "yes" }), 422, "invalid_fields", "renewalConsent");
    assert.equal((await subscription(api)).tier, "free");
    assert.deepEqual(await consents(api), []);
  });

  await t.test("the day has changed: the same request goes through with what a new preview says", async () => {
    await server.clock.advance("PT15M");
    refused(await buy({}, { idempotencyKey: "order" }), 409, "renewal_changed");
    const now = await preview(api, { tier: "starter" });
    assert.notEqual(now.renewal.text, renewal.text);
    done(await buy({ renewalConsent: now.renewal.textHash }, { idempotencyKey: "order" }), 201);
  });

  await t.test("where nothing renews there is nothing to agree to", async () => {
    const free = await preview(api, { tier: "free" });
    assert.deepEqual([free.renewal, free.earlyStart], [null, null]);
    refused(await api.put(SUBSCRIPTION, { tier: "free", renewalConsent: renewal.textHash }), 409, "renewal_changed");
    refused(await api.put(SUBSCRIPTION, { resume: true, renewalConsent: renewal.textHash }), 422, "invalid_fields", "resume");
  });

  await t.test("who may withdraw may ask that it begins at once, and only they", async () => {
    refused(await buy({ earlyStartConsent: sha256("now") }), 409, "already_subscribed");
    const stranger = await customerWithCard(server, "sam");
    refused(await stranger.post(SUBSCRIBE, { tier: "starter", earlyStartConsent: sha256("now") }), 409, "renewal_changed");
    const bea = await newCustomer(server, "bea", { country: "AT" });
    done(await bea.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
    const said = await preview(bea, { tier: "starter" });
    assert.equal(said.earlyStart.text, "I ask for Starter to begin at once, within the 14 days in which I may withdraw from the contract. If I withdraw, I pay for the time until then.");
    const hashes = { renewalConsent: said.renewal.textHash, earlyStartConsent: said.earlyStart.textHash };
    refused(await bea.post(SUBSCRIBE, { tier: "starter", ...hashes, earlyStartConsent: said.renewal.textHash }), 409, "renewal_changed");
    done(await bea.post(SUBSCRIBE, { tier: "starter", ...hashes }), 201);
    assert.deepEqual((await consents(bea)).map(({ kind }) => kind).sort(), ["early_start", "renewal"]);
    assert.equal((await preview(bea, { tier: "professional" })).earlyStart, null);
  });
});

test("a catalogue may require it of people who are signed in", async (t) => {
  const server = await startSelling(t, requiring);
  await customerWithCard(server, "ada");
  const ada = await Person.ofPortal(server, "ada", { person: { id: "p1", email: "ada@example.com", name: "Ada" }, authentication: await vouched(server) });

  await t.test("they are refused without it, before anything has begun", async () => {
    refused(await ada.post(SUBSCRIBE, { tier: "starter" }, { idempotencyKey: "first" }), 409, "renewal_consent_required");
    const { renewal } = await preview(ada, { tier: "starter" });
    assert.equal(renewal.required, true);
    done(await ada.post(SUBSCRIBE, { tier: "starter", renewalConsent: renewal.textHash }, { idempotencyKey: "first" }), 201);
    const [kept] = await consents(ada);
    assert.deepEqual([kept.actorKind, kept.actor], ["portal", (await ada.look()).personId]);
    refused(await ada.put(SUBSCRIPTION, { tier: "professional" }), 409, "renewal_consent_required");
  });

  await t.test("machines go on as before, and what ends asks for none", async () => {
    const bob = await subscriber(server, "bob");
    done(await bob.put(SUBSCRIPTION, { tier: "professional" }));
    assert.deepEqual(await consents(bob), []);
    done(await ada.post("/api/billing/cancel", {}));
    done(await ada.put(SUBSCRIPTION, { resume: true }));
  });

  await t.test("what was agreed to is there after a crash, and in what the customer is given of their data", async () => {
    await server.kill();
    await server.start();
    const api = server.api.as("ada");
    assert.equal((await consents(api)).length, 1);
    assert.equal(sha256((await consents(api))[0].text), (await consents(api))[0].textHash);
  });
});

test("a catalogue that contradicts itself is not taken", async (t) => {
  const bad = (consumer, expected) => assert.rejects(
    startSelling(t, (document) => {
      document.consumer = consumer;
    }),
    expected,
  );
  await bad({ renewalConsent: "maybe" }, /\/consumer\/renewalConsent/);
  await bad({ withdrawal: { countries: ["DE", "FR", "DE"] } }, /\/consumer\/withdrawal\/countries\/2: expected each country once/);
  await bad({ withdrawal: { days: 0 } }, /\/consumer\/withdrawal\/days/);
  await bad({ withdrawal: { countries: ["Germany"] } }, /\/consumer\/withdrawal\/countries\/0/);
  await bad({ withdrawal: { tiers: ["free"] } }, /\/consumer\/withdrawal\/tiers\/0/);
  await bad({ priceChangeNoticeDays: 30 }, /\/consumer\/priceChangeNoticeDays/);
});
