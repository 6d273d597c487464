// Promise: what customers say is heard with the plan and the revenue of that moment, is answered once by mail to who wants it,
// and weighs what it weighs; nobody is asked who did not agree, or who was asked within 90 days; few answers are no figure.
import assert from "node:assert/strict";
import { test } from "node:test";

import { firstOperator, operator } from "../harness/operators.mjs";
import { Person } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { startSmtp } from "../harness/smtp.mjs";
import { done, newCustomer, refused, startSelling, subscriber, usd } from "./support.mjs";

const SAY = "/api/billing/feedback";
const QUESTION = `${SAY}/question`;
const LATER = `${SAY}/later`;
const ALL = "/api/admin/feedback";
const NOBODY = "fdbk_00000000000000000000000000";
const NOW = "2026-03-01T12:00:00Z";

const words = (more = {}) => ({ comment: "I cannot find the invoice of May", page: "/billing/invoices", consent: true, mayReply: true, ...more });
const score = (value, more = {}) => ({ score: value, consent: true, ...more });
const agree = async (api) => done(await api.put("/api/billing/privacy", { analytics: false, experiments: false, feedbackMail: true, marketing: false }));
const mailsOf = async (server, kind) => done(await server.api.get("/api/admin/outbox?limit=100")).data.filter((mail) => mail.kind === kind);
const asked = async (api) => {
  const due = done(await api.get(QUESTION));
  const { isNew, ...put } = done(await api.post(QUESTION, {}));
  assert.deepEqual({ ask: due.ask, cause: due.cause, isNew }, { ...put, isNew: false });
  return put;
};

test("words about a page are heard, answered and closed", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const ada = await subscriber(server, "ada", { tier: "professional" });
  const someone = (id, role) => Person.ofPortal(server, "ada", { role, person: { id, email: `${id}@members.example`, name: id } });
  const lin = await someone("lin", "billing_admin");
  const viewer = await someone("vic", "viewer");
  const root = await firstOperator(server);
  const auditor = await operator(server, "aud", "auditor");
  const support = await operator(server, "sue", "support");
  let said;

  await t.test("by whoever may change the billing, with plan, revenue and page", async () => {
    said = done(await lin.post(SAY, words()), 201);
    refused(await viewer.post(SAY, words()), 403, "role_forbidden");
    assert.deepEqual(done(await viewer.get(SAY)).data, [said]);
    assert.deepEqual([said.kind, said.status, said.comment, said.page, said.score, said.reply], ["text", "new", words().comment, "/billing/invoices", null, null]);
    const [row] = done(await support.get(ALL)).data;
    assert.deepEqual([row.id, row.userId, row.tier, row.mrr, row.band, row.cause, row.mayReply, row.themes], [said.id, "ada", "professional", usd(9900), "50_199", "own", true, []]);
    assert.deepEqual(done(await ada.get(SAY)).data, [said]);
    const other = await newCustomer(server, "other");
    assert.deepEqual(done(await other.get(SAY)).data, [], "nobody else's");
  });

  await t.test("once, however often the request is sent", async () => {
    const eve = await newCustomer(server, "eve");
    const send = (body) => eve.post(SAY, body, { headers: { "Idempotency-Key": "once" } });
    const first = done(await send(words()), 201);
    assert.deepEqual(done(await send(words()), 201), first);
    refused(await send(words({ comment: "Something else" })), 422, "idempotency_mismatch");
    assert.deepEqual(done(await eve.get(SAY)).data, [first]);
  });

  await t.test("what is wrong is named", async () => {
    refused(await ada.post(SAY, words({ consent: false })), 422, "invalid_fields", "consent");
    refused(await ada.post(SAY, words({ comment: "  \n" })), 422, "invalid_fields", "comment");
    refused(await ada.post(SAY, words({ page: "billing" })), 422, "invalid_fields", "page");
    refused(await ada.post(SAY, words({ page: "/billing?user=ada" })), 422, "invalid_fields", "page");
    refused(await ada.post(SAY, score(11)), 422, "invalid_fields", "score");
    refused(await ada.post(SAY, score(-1)), 422, "invalid_fields", "score");
    refused(await ada.post(SAY, words({ comment: "a".repeat(2001) })), 422, "invalid_fields", "comment");
    refused(await server.api.as("nobody").post(SAY, words()), 404, "customer_not_found");
    refused(await ada.withKey(await server.createKey("usage:write")).post(SAY, words()), 403, "scope_missing");
    refused(await ada.get(`${SAY}?limit=0`), 422, "invalid_query");
    refused(await ada.get(`${SAY}?kind=nps`), 422, "invalid_query");
    refused(await server.api.withKey(undefined).get(SAY), 401, "key_missing");
  });

  await t.test("operators find it by what it is", async () => {
    for (const [query, count] of [["kind=text&userId=ada", 1], ["kind=nps", 0], ["status=new&tier=professional", 1], ["tier=free&userId=ada", 0], ["userId=ada", 1], ["userId=other", 0], ["theme=search", 0], ["reason=unused", 0]]) {
      assert.equal(done(await auditor.get(`${ALL}?${query}`)).data.length, count, query);
    }
    refused(await auditor.get(`${ALL}?kind=praise`), 422, "invalid_query");
    refused(await auditor.get(`${ALL}?theme=Search`), 422, "invalid_query");
    refused(await server.api.withKey(await server.createKey("billing:read")).get(ALL), 403, "scope_missing");
    const csv = await auditor.get(`${ALL}?userId=ada`, { headers: { Accept: "text/csv" } });
    assert.match(csv.text, /^"?id"?,.*\r\n.*,9900,99\.00,"?usd"?,/);
  });

  await t.test("operators name what they hear in it", async () => {
    assert.deepEqual(done(await support.put(`${ALL}/${said.id}/themes`, { themes: ["search", "invoices", "search"] })).themes, ["search", "invoices"]);
    assert.equal(done(await auditor.get(`${ALL}?theme=invoices`)).data.length, 1);
    assert.deepEqual(done(await support.put(`${ALL}/${said.id}/themes`, { themes: ["search"] })).themes, ["search"]);
    assert.equal(done(await auditor.get(`${ALL}?theme=invoices`)).data.length, 0);
    refused(await support.put(`${ALL}/${NOBODY}/themes`, { themes: [] }), 404, "feedback_not_found");
    refused(await support.put(`${ALL}/${said.id}/themes`, { themes: ["No Blanks"] }), 422, "invalid_fields", "themes.0");
    refused(await support.put(`${ALL}/${said.id}/themes`, { themes: Array.from({ length: 9 }, (_, i) => `t${i}`) }), 422, "invalid_fields", "themes");
    refused(await auditor.put(`${ALL}/${said.id}/themes`, { themes: [] }), 403, "role_forbidden");
  });

  await t.test("the person who said it gets one mail", async () => {
    const reply = "Thank you. It is under Invoices, in the list of the year.";
    refused(await auditor.post(`${ALL}/${said.id}/reply`, { text: reply }), 403, "role_forbidden");
    refused(await support.post(`${ALL}/${said.id}/reply`, { text: "  " }), 422, "invalid_fields", "text");
    refused(await support.post(`${ALL}/${NOBODY}/reply`, { text: reply }), 404, "feedback_not_found");
    const row = done(await support.post(`${ALL}/${said.id}/reply`, { text: reply }));
    assert.deepEqual([row.status, row.reply, row.repliedAt], ["replied", reply, NOW]);
    assert.match(row.repliedBy, /^pers_/);
    const [mail, ...rest] = await mailsOf(server, "feedback_reply");
    assert.deepEqual([mail.to, rest], ["lin@members.example", []]);
    const { text } = done(await server.api.get(`/api/admin/outbox/${mail.id}`));
    assert.ok(text.includes(reply) && text.includes(words().comment), text);
    refused(await support.post(`${ALL}/${said.id}/reply`, { text: reply }), 409, "feedback_replied");
    assert.equal(done(await ada.get(SAY)).data.find((one) => one.id === said.id).reply, reply);
  });

  await t.test("closed, it stays closed", async () => {
    refused(await auditor.post(`${ALL}/${said.id}/close`, {}), 403, "role_forbidden");
    assert.equal(done(await root.post(`${ALL}/${said.id}/close`, {})).status, "closed");
    refused(await root.post(`${ALL}/${said.id}/close`, {}), 409, "feedback_closed");
    refused(await root.post(`${ALL}/${NOBODY}/close`, {}), 404, "feedback_not_found");
    refused(await root.post(`${ALL}/${said.id}/reply`, { text: "Late" }), 409, "feedback_closed");
  });

  await t.test("who wants no mail, or has no address that takes any, gets none", async () => {
    const quiet = done(await ada.post(SAY, words({ mayReply: false })), 201);
    refused(await support.post(`${ALL}/${quiet.id}/reply`, { text: "Hello" }), 409, "feedback_no_reply");
    assert.equal((await mailsOf(server, "feedback_reply")).length, 1);
  });

  await t.test("five in 24 hours, and it says when the next is taken", async () => {
    for (let i = 0; i < 3; i += 1) done(await ada.post(SAY, words({ comment: `Again ${i}` })), 201);
    const { detail } = refused(await ada.post(SAY, words()), 429, "feedback_too_often");
    assert.ok(detail.includes("2026-03-02T12:00:00Z"), detail);
    await server.clock.advance("P1D");
    done(await ada.post(SAY, words({ comment: "A day later" })), 201);
    const page = done(await ada.get(`${SAY}?limit=2`));
    assert.equal(page.data[0].comment, "A day later");
    assert.equal(done(await ada.get(`${SAY}?limit=2&cursor=${page.nextCursor}`)).data.length, 2);
  });
});

test("an address that mails came back from gets no reply and no question", async (t) => {
  const smtp = await startSmtp(t);
  const server = await startServer(t, { args: smtp.args, env: smtp.env });
  smtp.answer("RCPT", "550 5.1.1 No such user");
  const ada = await subscriber(server, "ada");
  await server.clock.advance("PT1S"); // the receipt came back
  const { id } = done(await ada.post(SAY, words()), 201);
  refused(await server.api.post(`${ALL}/${id}/reply`, { text: "Hello" }), 409, "feedback_address_suppressed");
  await agree(ada);
  refused(await server.api.post(`${ALL}/questions`, { userId: "ada" }), 409, "feedback_address_suppressed");
  assert.equal(done(await server.api.get(`${ALL}?userId=ada`)).data[0].status, "new");
});

test("why somebody leaves is a fact, with what they brought", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const cases = [
    ["ada", "starter", { reason: "too_expensive", comment: "Twice my budget" }, ["too_expensive", "Twice my budget", usd(2900)]],
    ["bob", "professional", { reason: "too_expensive", when: "now" }, ["too_expensive", null, usd(9900)]],
    ["cleo", "starter", { reason: "the cat", comment: "walked over it" }, ["other", "the cat: walked over it", usd(2900)]],
    ["dora", "starter", {}, [null, null, usd(2900)]],
  ];
  for (const [userId, tier, body, expected] of cases) {
    const api = await subscriber(server, userId, { tier });
    done(await api.post("/api/billing/cancel", body));
    const [row] = done(await server.api.get(`${ALL}?userId=${userId}`)).data;
    assert.deepEqual([row.kind, row.cause, row.tier, row.page], ["cancel", "cancel", tier, "/billing/cancel"], userId);
    assert.deepEqual([row.reason, row.comment, row.mrr], expected, userId);
  }
  const { data } = done(await server.api.get(`${ALL}/reasons`));
  assert.deepEqual(data, [
    { month: "2026-03", tier: "professional", reason: "too_expensive", count: 1, mrr: usd(9900) },
    { month: "2026-03", tier: "starter", reason: null, count: 1, mrr: usd(2900) },
    { month: "2026-03", tier: "starter", reason: "other", count: 1, mrr: usd(2900) },
    { month: "2026-03", tier: "starter", reason: "too_expensive", count: 1, mrr: usd(2900) },
  ]);
  assert.deepEqual(done(await server.api.get(`${ALL}/reasons?from=2026-04-01T00:00:00Z`)).data, []);
  refused(await server.api.get(`${ALL}/reasons?from=yesterday`), 422, "invalid_query");
  refused(await server.api.get(`${ALL}/reasons?from=${NOW}&to=${NOW}`), 422, "invalid_query", "to");
  refused(await server.api.withKey(undefined).get(`${ALL}/reasons`), 401, "key_missing");
  const refund = await subscriber(server, "eve");
  refused(await (await newCustomer(server, "fay")).post("/api/billing/cancel", { reason: "unused" }), 409, "not_subscribed");
  assert.equal(done(await server.api.get(`${ALL}?userId=fay`)).data.length, 0, "what was refused says nothing");
  assert.ok(refund);
});

test("a score is asked for by who agreed, when something led to it, every 90 days", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const ada = await subscriber(server, "ada");

  await t.test("never without consent", async () => {
    assert.deepEqual(await asked(ada), { ask: "not_allowed", cause: null });
    const idle = await newCustomer(server, "idle");
    await agree(idle);
    assert.deepEqual(await asked(idle), { ask: "no_occasion", cause: null });
    refused(await idle.post(LATER, {}), 409, "feedback_not_asked");
  });

  await t.test("after an upgrade, until it is put aside", async () => {
    await agree(ada);
    assert.equal(done(await ada.get(QUESTION)).isNew, true);
    assert.deepEqual(await asked(ada), { ask: "ask", cause: "upgrade" });
    assert.equal(done(await ada.get(QUESTION)).isNew, false);
    assert.deepEqual(await asked(ada), { ask: "ask", cause: "upgrade" }, "it is the same question");
    done(await ada.post(LATER, {}), 204);
    assert.deepEqual(await asked(ada), { ask: "no_occasion", cause: null });
  });

  await t.test("the next occasion rests for 90 days after the question", async () => {
    await server.clock.advance("P10D");
    done(await ada.put("/api/billing/subscription", { tier: "professional" }));
    assert.deepEqual(await asked(ada), { ask: "asked_lately", cause: null });
    refused(await server.api.post(`${ALL}/questions`, { userId: "ada" }), 409, "feedback_asked_lately");
    await server.clock.to("2026-05-30T12:00:01Z");
    assert.deepEqual(await asked(ada), { ask: "no_occasion", cause: null }, "the upgrade is too long ago");
    done(await ada.post("/api/billing/cancel", {}));
    assert.deepEqual(await asked(ada), { ask: "ask", cause: "cancel" });
  });

  await t.test("the answer takes the question's cause, and is one in 90 days", async () => {
    const answer = done(await ada.post(SAY, score(3, { comment: "Too dear" })), 201);
    assert.deepEqual([answer.kind, answer.score, answer.comment], ["nps", 3, "Too dear"]);
    assert.equal(done(await server.api.get(`${ALL}?kind=nps`)).data[0].cause, "cancel");
    const { detail } = refused(await ada.post(SAY, score(9)), 409, "feedback_scored_lately");
    assert.ok(detail.includes("2026-08-28T12:00:01"), detail);
    assert.deepEqual(await asked(ada), { ask: "no_occasion", cause: null });
  });

  await t.test("an operator asks by mail, once", async () => {
    const bea = await newCustomer(server, "bea");
    refused(await server.api.post(`${ALL}/questions`, { userId: "bea" }), 409, "feedback_not_allowed");
    refused(await server.api.post(`${ALL}/questions`, { userId: "nobody" }), 404, "customer_not_found");
    refused(await server.api.post(`${ALL}/questions`, {}), 422, "invalid_fields", "userId");
    await agree(bea);
    const made = done(await server.api.post(`${ALL}/questions`, { userId: "bea" }), 201);
    assert.match(made.id, /^ques_/);
    const [mail] = await mailsOf(server, "feedback_asked");
    assert.equal(mail.to, "bea@example.com");
    assert.match(done(await server.api.get(`/api/admin/outbox/${mail.id}`)).text, /\/billing\/feedback/);
    assert.deepEqual(await asked(bea), { ask: "ask", cause: "demand" });
    refused(await server.api.post(`${ALL}/questions`, { userId: "bea" }), 409, "feedback_asked_lately");
    done(await bea.post(SAY, score(10)), 201);
    assert.deepEqual(await asked(bea), { ask: "no_occasion", cause: null });
  });

  await t.test("nothing is asked while it is restricted", async () => {
    const cy = await subscriber(server, "cy");
    await agree(cy);
    done(await cy.put("/api/billing/privacy/restriction", { restricted: true }));
    assert.deepEqual(await asked(cy), { ask: "not_allowed", cause: null });
    refused(await server.api.post(`${ALL}/questions`, { userId: "cy" }), 409, "feedback_not_allowed");
    refused(await server.api.as("nobody").post(QUESTION, {}), 404, "customer_not_found");
    refused(await server.api.as("nobody").get(QUESTION), 404, "customer_not_found");
    refused(await cy.get(`${QUESTION}?now=1`), 422, "invalid_query");
    refused(await cy.withKey(undefined).get(QUESTION), 401, "key_missing");
    refused(await cy.post(QUESTION, { now: true }), 422, "invalid_fields");
    refused(await cy.withKey(undefined).post(QUESTION, {}), 401, "key_missing");
    refused(await cy.withKey(undefined).post(LATER, {}), 401, "key_missing");
    refused(await cy.post(LATER, { until: 1 }), 422, "invalid_fields");
  });
});

test("scores come to a figure with its interval, by what told them apart; few come to none", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const scores = { free: [10, 9, 9, 7, 6, 0], starter: [10, 2] };
  for (const [tier, values] of Object.entries(scores)) {
    for (const [i, value] of values.entries()) {
      const api = tier === "free" ? await newCustomer(server, `free${i}`) : await subscriber(server, `paid${i}`);
      done(await api.post(SAY, score(value)), 201);
    }
  }
  const report = async (query = "") => done(await server.api.get(`${ALL}/scores?${query}`)).data;
  const counts = { answers: 8, promoters: 4, passives: 1, detractors: 3 };
  // 100 (4 - 3) / 8 = 12.5; of 11 with the three that are added: 9.09 on either side of 1960 sqrt((8.5 / 11 - 0.0909^2) / 11) = 51.65.
  assert.deepEqual(await report(), [{ part: "all", nps: "12.5", low: "-42.7", high: "60.8", note: null, ...counts }]);
  assert.deepEqual(await report("by=plan"), [
    { part: "starter", nps: null, low: null, high: null, note: "few_answers", answers: 2, promoters: 1, passives: 0, detractors: 1 },
    { part: "free", nps: "16.7", low: "-44.0", high: "66.3", note: null, answers: 6, promoters: 3, passives: 1, detractors: 2 },
  ]);
  assert.deepEqual((await report("by=month")).map(({ part }) => part), ["2026-03"]);
  assert.deepEqual((await report("by=cause")).map(({ part, answers }) => [part, answers]), [["own", 8]]);
  assert.deepEqual((await report("by=band")).map(({ part, answers }) => [part, answers]), [["none", 6], ["1_49", 2]]);
  assert.deepEqual(await report("to=2026-03-01T00:00:00Z"), []);
  refused(await server.api.get(`${ALL}/scores?by=mood`), 422, "invalid_query");
  refused(await server.api.get(`${ALL}/scores?from=${NOW}&to=${NOW}`), 422, "invalid_query", "to");
  refused(await server.api.withKey(undefined).get(`${ALL}/scores`), 401, "key_missing");
  const csv = await server.api.get(`${ALL}/scores?by=plan`, { headers: { Accept: "text/csv" } });
  assert.match(csv.text, /free.*16\.7/);
});

test("a theme weighs what those who say it bring, each once", async (t) => {
  const server = await startServer(t, { testClock: NOW });
  const piece = async (api, themes) => {
    const { id } = done(await api.post(SAY, words()), 201);
    done(await server.api.put(`${ALL}/${id}/themes`, { themes }));
  };
  const ada = await subscriber(server, "ada", { tier: "professional" });
  const bob = await subscriber(server, "bob");
  const idle = await newCustomer(server, "idle");
  await piece(ada, ["search"]);
  await piece(ada, ["search", "speed"]);
  for (const api of [bob, idle]) await piece(api, ["speed"]);
  const seen = (data) => data.map(({ theme, mrr, customers, pieces }) => [theme, mrr, customers, pieces]);
  assert.deepEqual(seen(done(await server.api.get(`${ALL}/themes`)).data), [["speed", usd(12800), 3, 3], ["search", usd(9900), 1, 2]]);
  assert.deepEqual(seen(done(await server.api.get(`${ALL}/themes?to=${NOW}`)).data), []);
  refused(await server.api.get(`${ALL}/themes?from=x`), 422, "invalid_query");
  refused(await server.api.get(`${ALL}/themes?from=${NOW}&to=2026-01-01T00:00:00Z`), 422, "invalid_query", "to");
  refused(await server.api.withKey(undefined).get(`${ALL}/themes`), 401, "key_missing");
});

test("what was said goes with its time, and with who said it", async (t) => {
  const erases = (catalogue) => { catalogue.approvals = { erasure: { when: "never" } }; catalogue.retention = { periods: { feedback: "P30D" } }; };
  const server = await startSelling(t, erases, { testClock: NOW });
  const ada = await newCustomer(server, "ada");
  const { id } = done(await ada.post(SAY, words()), 201);
  done(await server.api.put(`${ALL}/${id}/themes`, { themes: ["search"] }));
  const register = done(await server.api.get("/api/admin/processing-register")).activities.find(({ activity }) => activity === "feedback");
  assert.ok(JSON.stringify(register).includes("comment"), "the register names it");

  await t.test("erased, nothing of it is there, and nothing more is asked or answered", async () => {
    done(await server.api.post("/api/admin/customers/ada/erasure", { reason: "A letter of today" }), 202);
    assert.deepEqual(done(await server.api.get(ALL)).data, []);
    assert.deepEqual(done(await server.api.get(`${ALL}/themes`)).data, []);
    refused(await server.api.post(`${ALL}/${id}/reply`, { text: "Hello" }), 404, "feedback_not_found");
    refused(await server.api.post(`${ALL}/questions`, { userId: "ada" }), 410, "customer_erased");
    refused(await ada.post(SAY, words()), 410, "customer_erased");
  });

  await t.test("after the time that the catalogue says it is swept", async () => {
    const bob = await newCustomer(server, "bob");
    const kept = done(await bob.post(SAY, words()), 201);
    done(await server.api.put(`${ALL}/${kept.id}/themes`, { themes: ["search"] }));
    await server.clock.to("2026-03-30T12:00:00Z");
    assert.equal(done(await server.api.get(ALL)).data.length, 1);
    await server.clock.to("2026-04-02T12:00:00Z");
    assert.deepEqual(done(await server.api.get(ALL)).data, []);
    assert.deepEqual(done(await server.api.get(`${ALL}/themes`)).data, []);
  });
});
