// Promise: many decisions in one request are each what they would have been alone, in order; a bad one
// is told why in its place and sinks no other; takes of a batch are counted exactly once and durably.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused, usageOf } from "./support.mjs";

const of = (userId, amount, more = {}) => ({ userId, metric: "api_requests", amount, ...more });

test("batches of decisions", async (t) => {
  const server = await startServer(t);
  const post = (verb, body, options) => server.api.post(`/api/usage/${verb}/batch`, body, options);
  const results = async (verb, items) => done(await post(verb, items)).results;
  const outcome = ({ code, allowed, reason, used }) => code ?? `${allowed} ${reason} ${used}`;

  await t.test("checks look, in order, and say of each what a single one says", async () => {
    await newCustomer(server, "looker");
    const items = [of("looker", 1), of("looker", 11_001), { userId: "looker", metric: "modules", amount: 0 }];
    const answers = await results("check", items);
    // When each was asked is all that differs.
    const said = ({ asOf, ...rest }) => {
      assert.ok(!Number.isNaN(Date.parse(asOf)));
      return rest;
    };
    for (const [i, item] of items.entries()) assert.deepEqual(said(answers[i]), said(done(await server.api.post("/api/usage/check", item))));
    assert.deepEqual(answers.map(outcome), ["true within_limit 0", "false hard_limit 0", "true within_limit 0"]);
  });

  await t.test("takes are decided one after the other, up to exactly the hard limit, and outlive a kill", async () => {
    await newCustomer(server, "taker");
    const answers = await results("take", Array.from({ length: 1_000 }, () => of("taker", 11)));
    assert.equal(answers.length, 1_000);
    assert.deepEqual([0, 999].map((i) => outcome(answers[i])), ["true within_limit 11", "true within_grace 11000"]);
    assert.deepEqual((await results("take", [of("taker", 1)])).map(outcome), ["false hard_limit 11000"]);
    await server.kill();
    await server.start();
    assert.equal((await usageOf(server.api.as("taker"), "api_requests")).used, 11_000);
  });

  await t.test("every kind of bad item among good ones", async () => {
    await newCustomer(server, "mixed");
    const items = [
      of("mixed", 1),
      of("nobody", 1),
      of("mixed", -1),
      of("mixed", 1.5),
      { ...of("mixed", 1), metric: "steps" },
      of("", 1),
      of("a b", 1),
      of("mixed", 1, { surprise: 1 }),
      of("mixed", 1, { id: "" }),
      {},
      7,
      null,
      of("mixed", 2),
    ];
    const bad = Array(10).fill("invalid_fields");
    assert.deepEqual((await results("take", items)).map(outcome), ["true within_limit 1", "customer_not_found", ...bad, "true within_limit 3"]);
    assert.equal((await usageOf(server.api.as("mixed"), "api_requests")).used, 3);
    const told = (await results("check", items.slice(2, 5))).map(({ status, detail }) => [status, detail.split(":")[0]]);
    assert.deepEqual(told, [[422, "amount"], [422, "amount"], [422, "metric"]]);
    assert.deepEqual((await results("check", [of("mixed", 1, { id: "i" }), of("mixed", 1)])).map(outcome), ["invalid_fields", "true within_limit 3"]);
  });

  await t.test("an id counts once: in one batch, in the next, and beside single takes", async () => {
    await newCustomer(server, "again");
    const items = [of("again", 5, { id: "a" }), of("again", 5, { id: "a" }), of("again", 6, { id: "a" }), of("again", 1, { id: "b" })];
    assert.deepEqual((await results("take", items)).map(outcome), ["true within_limit 5", "true within_limit 5", "take_conflict", "true within_limit 17"]);
    assert.equal((await usageOf(server.api.as("again"), "api_requests")).used, 6);
    assert.deepEqual((await results("take", items.slice(0, 2))).map(outcome), ["true within_limit 5", "true within_limit 5"]);
    assert.equal(done(await server.api.post("/api/usage/take", items[0])).used, 5);
    assert.equal((await usageOf(server.api.as("again"), "api_requests")).used, 6);
  });

  await t.test("releases give back what was taken and never more", async () => {
    await newCustomer(server, "giver");
    await results("take", [of("giver", 10, { id: "x" }), of("giver", 5)]);
    const items = [of("giver", 4, { id: "x" }), of("giver", 7, { id: "x" }), of("giver", 1, { id: "none" }), of("nobody", 1), of("giver", 100), of("giver", -1), of("giver", 5)];
    const codes = (await results("release", items)).map(({ code }) => code);
    assert.deepEqual(codes, [undefined, "release_too_large", "take_not_found", "customer_not_found", "release_too_large", "invalid_fields", undefined]);
    assert.equal((await usageOf(server.api.as("giver"), "api_requests")).used, 6);
  });

  await t.test("a release with a name gives back once, also within one batch", async () => {
    await newCustomer(server, "namer");
    await results("take", [of("namer", 10)]);
    const named = of("namer", 3, { releaseId: "r" });
    const codes = (await results("release", [named, named, of("namer", 2, { releaseId: "r" }), of("namer", 1, { releaseId: "" })])).map(({ code }) => code);
    assert.deepEqual(codes, [undefined, undefined, "release_conflict", "invalid_fields"]);
    assert.deepEqual((await results("release", [named])).map(outcome), ["true within_limit 7"]);
    assert.deepEqual((await results("take", [named])).map(outcome), ["invalid_fields"]);
  });

  await t.test("what is no batch", async () => {
    for (const verb of ["check", "take", "release"]) {
      for (const body of [[], {}, 7, of("mixed", 1), Array(1_001).fill(of("mixed", 1))]) refused(await post(verb, body), 422, "invalid_fields", "(body)");
      refused(await post(verb, undefined, { raw: "[" }), 400, "malformed_json");
      refused(await post(verb, undefined, { raw: "" }), 400, "malformed_json");
      refused(await post(verb, [of("mixed", 1)], { type: "text/plain" }), 415, "wrong_content_type");
      refused(await post(verb, undefined, { raw: `["${"x".repeat(530_000)}"]` }), 413, "body_too_large");
      refused(await server.api.get(`/api/usage/${verb}/batch`), 405, "method_not_allowed");
    }
  });
});
