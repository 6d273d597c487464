// What every story about the API needs: customers with a card, refusals in one line, money in dollars.
import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { expectStatus } from "../harness/http.mjs";
import { makeDataFolder, startServer } from "../harness/server.mjs";

const CATALOGUE = resolve(import.meta.dirname, "../../catalog/plans.json");

// A server that sells the default plans, changed by `change`.
export async function startSelling(t, change, options = {}) {
  return startServer(t, { ...options, args: [...(await selling(t, change)), ...(options.args ?? [])] });
}

// The arguments for that.
export async function selling(t, change) {
  const folder = await makeDataFolder();
  t.after(() => rm(folder, { recursive: true, force: true }));
  const document = JSON.parse(await readFile(CATALOGUE, "utf8"));
  change(document);
  const path = join(folder, "plans.json");
  await writeFile(path, JSON.stringify(document));
  return ["--catalog", path];
}

// What a plan of a catalogue document says.
export function planIn(document, tier) {
  return document.plans.find((plan) => plan.tier === tier);
}

// A refusal: its status and code, and every field that it names when `fields` are given.
export function refused(answer, status, code, ...fields) {
  assert.equal(`${answer.status} ${answer.body?.code}`, `${status} ${code}`, answer.text);
  if (fields.length > 0) assert.deepEqual(answer.body.errors.map(({ field }) => field).sort(), fields.sort());
  return answer.body;
}

export function done(answer, status = 200) {
  return expectStatus(answer, status).body;
}

// The API as the new customer `userId`.
export async function newCustomer(server, userId, fields) {
  await server.api.createCustomer(userId, fields);
  return server.api.as(userId);
}

// The same with a card on file.
export async function customerWithCard(server, userId, card = "pm_card_visa") {
  const api = await newCustomer(server, userId);
  done(await api.post("/api/billing/payment-methods", { paymentMethodId: card }), 201);
  return api;
}

// The same with a paid plan.
export async function subscriber(server, userId, plan = { tier: "starter" }) {
  const api = await customerWithCard(server, userId);
  done(await api.post("/api/billing/subscribe", plan), 201);
  return api;
}

export async function subscription(api) {
  return done(await api.get("/api/billing/subscription"));
}

export async function invoices(api) {
  return done(await api.get("/api/billing/invoices?limit=100")).data;
}

// One metric of the present usage period.
export async function usageOf(api, metric) {
  return done(await api.get("/api/billing/usage")).metrics.find((row) => row.metric === metric);
}

export function usd(amount) {
  return { amount, currency: "usd" };
}

// Instants are compared as instants: with and without fractions they are the same.
export function sameInstant(left, right) {
  assert.equal(Date.parse(left), Date.parse(right), `${left} is not ${right}`);
}

// The customer's invoices and subscriptions as the sandbox has them.
export async function atStripe(stripe, userId) {
  const customers = done(await stripe.get("/v1/customers", { email: `${userId}@example.com` })).data;
  const of = async (path) => {
    const lists = customers.map(({ id }) => stripe.get(path, { customer: id, limit: 100, ...(path.includes("sub") && { status: "all" }) }));
    return (await Promise.all(lists)).flatMap((answer) => done(answer).data);
  };
  return { customers, subscriptions: await of("/v1/subscriptions"), invoices: await of("/v1/invoices") };
}

// Whether AddressSanitizer is in the server: then its memory tells of the sanitizer, which keeps what was freed.
export async function isSanitized(server) {
  return (await readFile(`/proc/${server.pid}/maps`, "latin1")).includes("libasan");
}

// What `read` gives once it is accepted; without a wait, since each reading is a request that takes its turn.
export async function eventually(read, accept) {
  for (let i = 0; i < 200; i += 1) {
    const value = await read();
    if (accept(value)) return value;
    await new Promise((fulfil) => setImmediate(fulfil));
  }
  return read();
}
