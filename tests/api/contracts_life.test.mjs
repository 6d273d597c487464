// Promise: what was agreed happens by itself: a contract begins on its day, its price rises with the interval that the
// terms name, its term ends or renews, and every invoice says so to the cent.
import assert from "node:assert/strict";
import { test } from "node:test";

import { HttpClient } from "../harness/http.mjs";
import { firstOperator, operator, signedInAgain } from "../harness/operators.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { atStripe, done, invoices, newCustomer, planIn, refused, startSelling, subscription, usd, usageOf } from "./support.mjs";

const NOW = "2026-03-01T00:00:00Z";
const OWN = "/api/billing/contracts";
const ALL = "/api/admin/contracts";
const NOBODY = "cont_00000000000000000000000000";
const TERMS = { amount: usd(480_000), interval: "month", termMonths: 12, limits: { api_requests: { limit: 2_000_000 } } };

// A customer with a card, their owner, and two people of finance.
async function house(t, options = {}) {
  const server = options.server ?? await startServer(t, { testClock: NOW, ...options });
  const api = await newCustomer(server, "ada");
  await firstOperator(server);
  const people = { kim: await operator(server, "kim", "finance"), lee: await operator(server, "lee", "finance") };
  done(await api.post("/api/billing/payment-methods", { paymentMethodId: options.card ?? "pm_card_visa" }), 201);
  let count = 1;
  const again = async (who) => {
    count += 1;
    return signedInAgain(server, people[who], count);
  };
  const h = { server, api };
  h.owner = async (more = {}) => Person.ofPortal(server, "ada", { authentication: await vouched(server), ...more });
  h.kim = () => again("kim");
  h.lee = () => again("lee");
  h.agree = async (approvalId) => done(await (await h.lee()).post(`/api/admin/approvals/${approvalId}/approve`, {}));
  h.offer = async (id) => {
    await h.agree(done(await (await h.kim()).post(`${ALL}/${id}/submit`, {}), 202).approvalId);
    return done(await api.get(`${OWN}/${id}`));
  };
  h.offered = async (terms, more = {}) => h.offer(done(await (await h.kim()).post(ALL, { userId: "ada", terms: { ...TERMS, ...terms }, ...more }), 201).id);
  h.amend = async (id, terms) => (await h.kim()).post(`${ALL}/${id}/amend`, { terms: { ...TERMS, ...terms } });
  h.amended = async (id, terms) => h.offer(done(await h.amend(id, terms), 201).id);
  h.accept = async (contract) => (await h.owner()).post(`${OWN}/${contract.id}/accept`, { termsHash: contract.termsHash, name: "Ada Lovelace" });
  h.read = async ({ id }) => done(await api.get(`${OWN}/${id}`));
  h.accepted = async (contract) => {
    done(await h.accept(contract));
    await server.clock.advance("PT1S");
    return h.read(contract);
  };
  h.bills = async () => (await invoices(api)).map(({ amount, createdAt, status }) => [createdAt.slice(0, 10), amount.amount, status]).reverse();
  h.mails = async (kind) => done(await server.api.get("/api/admin/outbox?limit=100")).data.filter((mail) => mail.kind === kind);
  h.events = async () => done(await api.get("/api/billing/events?limit=100")).data.map(({ type }) => type).filter((type) => type.startsWith("contract.")).reverse();
  return h;
}

test("a contract begins on its day by itself; until then the customer keeps what they have", async (t) => {
  const { server, api, offered, accept, read, bills, events } = await house(t);
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  const offer = await offered({ startsAt: "2026-03-16T12:00:00Z" });
  assert.equal(done(await accept(offer)).status, "accepted");
  assert.equal(done(await accept(offer)).status, "accepted", "once more is the same");
  await server.clock.advance("P15DT11H59M59S");
  assert.equal((await read(offer)).status, "accepted");
  assert.equal((await subscription(api)).tier, "starter");
  await server.clock.advance("PT2S");
  const contract = await read(offer);
  assert.deepEqual([contract.status, contract.startsAt.slice(0, 16), contract.endsAt.slice(0, 16)], ["active", "2026-03-16T12:00", "2027-03-16T12:00"]);
  const { tier, currentPeriodEnd } = await subscription(api);
  assert.deepEqual([tier, currentPeriodEnd.slice(0, 16)], ["enterprise", "2026-04-16T12:00"]);
  // 15 days and 12 hours of 31 days are left of 2,900: half
  assert.deepEqual(await bills(), [["2026-03-01", 2_900, "paid"], ["2026-03-16", 480_000 - 1_450, "paid"]]);
  assert.equal((await usageOf(api, "api_requests")).limit, 2_000_000);
  assert.deepEqual(await events(), ["contract.offered", "contract.accepted", "contract.began"]);
});

test("a ramp's price is on the very invoice of its month, without a proration", async (t) => {
  const { server, api, offered, accepted, read, bills } = await house(t);
  const contract = await accepted(await offered({ termMonths: 4, ramp: [{ month: 1, amount: usd(500_000) }, { month: 3, amount: usd(600_000) }] }));
  assert.deepEqual([contract.status, contract.price, contract.nextPrice, contract.nextPriceAt.slice(0, 10)], ["active", usd(480_000), usd(500_000), "2026-04-01"]);
  const upcoming = async () => done(await api.get("/api/billing/invoices/upcoming"));
  assert.deepEqual((await upcoming()).amount, usd(500_000));
  await server.clock.advance("P2D");
  assert.deepEqual((await upcoming()).amount, usd(500_000), "the provider says the same, once it knows");
  await server.clock.advance("P60D");
  const now = await read(contract);
  assert.deepEqual([now.price, now.nextPrice], [usd(500_000), usd(600_000)]);
  assert.deepEqual((await subscription(api)).price, usd(500_000));
  await server.clock.advance("P35D");
  assert.deepEqual(await bills(), [["2026-03-01", 480_000, "paid"], ["2026-04-01", 500_000, "paid"], ["2026-05-01", 500_000, "paid"], ["2026-06-01", 600_000, "paid"]]);
  const { subscriptions } = await atStripe(await server.stripe(), "ada");
  assert.equal(subscriptions.length, 1);
});

test("a term that does not renew ends the subscription with its last interval", async (t) => {
  const { server, api, amend, offered, accepted, read, bills, mails, events } = await house(t);
  const contract = await accepted(await offered({ termMonths: 2, noticeDays: 10 }));
  assert.deepEqual([contract.renews, contract.noticeUntil, contract.nextPrice], [false, null, null]);
  await server.clock.advance("P50D");
  assert.deepEqual((await mails("contract_ending")).map(({ status }) => status), []);
  await server.clock.advance("P1D");
  assert.equal((await mails("contract_ending")).length, 1);
  assert.equal((await mails("contract_deadline")).length, 1);
  refused(await api.get("/api/billing/invoices/upcoming"), 404, "no_upcoming_invoice");
  await server.clock.advance("P10D");
  const ended = await read(contract);
  assert.deepEqual([ended.status, ended.endsAt.slice(0, 10)], ["ended", "2026-05-01"]);
  refused(await amend(contract.id, {}), 409, "contract_wrong_status");
  assert.equal((await subscription(api)).tier, "free");
  assert.deepEqual(await bills(), [["2026-03-01", 480_000, "paid"], ["2026-04-01", 480_000, "paid"]]);
  assert.deepEqual(await events(), ["contract.offered", "contract.accepted", "contract.began", "contract.ending", "contract.ended"]);
});

test("a term renews by itself at its raised price, as the next version, without a gap", async (t) => {
  const { server, api, offered, accepted, read, bills, mails, events } = await house(t);
  const offer = await offered({ termMonths: 2, renewal: "auto", upliftBasisPoints: 500, noticeDays: 10 });
  assert.deepEqual([offer.prices, offer.dueOnAcceptance], [null, null]);
  const first = await accepted(offer);
  assert.deepEqual(first.prices.map(({ at, amount, renewal }) => [at.slice(0, 10), amount, renewal]), [["2026-05-01", usd(504_000), true]]);
  assert.deepEqual([first.renews, first.noticeUntil.slice(0, 10), first.nextPrice, first.nextPriceAt.slice(0, 10)], [true, "2026-04-21", usd(504_000), "2026-05-01"]);
  await server.clock.advance("P41D");
  assert.equal((await mails("contract_renewing")).length, 1);
  assert.deepEqual(done(await api.get("/api/billing/invoices/upcoming")).amount, usd(504_000));
  await server.clock.advance("P19DT23H59M58S");
  assert.equal((await usageOf(api, "api_requests")).limit, 2_000_000);
  await server.clock.advance("PT1S");
  assert.equal((await usageOf(api, "api_requests")).limit, 2_000_000);
  await server.clock.advance("P1D");
  const { data: [second, old] } = done(await api.get(OWN));
  assert.deepEqual([old.id, old.status, second.status, second.number, second.version, second.amends], [first.id, "renewed", "active", 1, 2, first.id]);
  assert.deepEqual([second.followsHash, second.terms.amount, second.startsAt.slice(0, 10), second.endsAt.slice(0, 10)], [first.termsHash, usd(504_000), "2026-05-01", "2026-07-01"]);
  assert.notEqual(second.termsHash, first.termsHash);
  assert.deepEqual([second.acceptedName, second.terms.renewal, second.price], ["Ada Lovelace", "auto", usd(504_000)]);
  assert.deepEqual(second.changes.map(({ name }) => name), ["amount", "startsAt"]);
  assert.deepEqual([second.changes[0].before, second.changes[0].after], [usd(480_000), usd(504_000)]);
  assert.equal((await read(first)).terms.amount.amount, 480_000, "what was agreed stays readable");
  await server.clock.advance("P62D"); // and once more: 5 % of 504,000 are 25,200
  assert.deepEqual((await bills()).map(([, amount, status]) => [amount, status]), [480_000, 480_000, 504_000, 504_000, 529_200].map((amount) => [amount, "paid"]));
  assert.deepEqual(done(await api.get(OWN)).data.map(({ status, version }) => [version, status]), [[3, "active"], [2, "renewed"], [1, "renewed"]]);
  assert.deepEqual((await events()).slice(2), ["contract.began", "contract.renewal_upcoming", "contract.renewed", "contract.renewal_upcoming", "contract.renewed"]);
  const { subscriptions } = await atStripe(await server.stripe(), "ada");
  assert.deepEqual(subscriptions.map(({ status }) => status), ["active"]);
});

test("either side says in time that it does not renew", async (t) => {
  const { server, api, kim, owner, offered, accepted, read, bills, mails } = await house(t);
  const contract = await accepted(await offered({ termMonths: 1, renewal: "auto", upliftBasisPoints: 1_000, noticeDays: 5 }));
  const notice = (who, id = contract.id) => who.post(`${OWN}/${id}/notice`);
  refused(await notice(api), 403, "role_forbidden");
  refused(await notice(await owner({ role: "billing_admin", person: { id: "bo", email: "bo@example.com" } })), 403, "role_forbidden");
  refused(await notice(await owner(), NOBODY), 404, "contract_not_found");
  refused(await (await kim()).post(`${ALL}/${NOBODY}/notice`), 404, "contract_not_found");
  await server.clock.advance("P25DT23H59M"); // the raised price is told to the provider by now
  const given = done(await notice(await owner()));
  assert.deepEqual([given.status, given.renews, given.noticeAt.slice(0, 10)], ["active", false, "2026-03-26"]);
  assert.equal(done(await notice(await owner())).noticeAt, given.noticeAt, "once more is the same");
  assert.equal(done(await (await kim()).post(`${ALL}/${contract.id}/notice`)).noticeAt, given.noticeAt);
  assert.equal((await mails("contract_ending")).length, 1);
  await server.clock.advance("P10D");
  assert.equal((await read(contract)).status, "ended");
  assert.equal((await subscription(api)).tier, "free");
  assert.deepEqual(await bills(), [["2026-03-01", 480_000, "paid"]]);
  refused(await notice(await owner()), 409, "contract_wrong_status");
  refused(await (await kim()).post(`${ALL}/${contract.id}/notice`), 409, "contract_wrong_status");
});

test("notice that comes too late, or of what ends anyway, is refused", async (t) => {
  const { server, api, kim, owner, offered, accepted } = await house(t);
  const contract = await accepted(await offered({ termMonths: 1, renewal: "auto", noticeDays: 5 }));
  await server.clock.advance("P26D");
  refused(await (await owner()).post(`${OWN}/${contract.id}/notice`), 409, "contract_notice_late");
  refused(await (await kim()).post(`${ALL}/${contract.id}/notice`), 409, "contract_notice_late");
  await server.clock.advance("P6D");
  const { data: [second] } = done(await api.get(OWN));
  assert.deepEqual([second.status, second.version], ["active", 2]);
  done(await (await kim()).post(`${ALL}/${second.id}/notice`));
  await server.clock.advance("P31D");
  const last = await accepted(await offered());
  refused(await (await owner()).post(`${OWN}/${last.id}/notice`), 409, "contract_renews_not");
  refused(await (await kim()).post(`${ALL}/${last.id}/notice`), 409, "contract_renews_not");
});

test("who was erased meanwhile buys nothing", async (t) => {
  const { server, kim, offered, accepted } = await house(t);
  const contract = await accepted(await offered({ startsAt: "2026-04-01T00:00:00Z" }));
  done(await server.api.post("/api/admin/customers/ada/erasure", { reason: "a letter" }), 202);
  const { data: [approval] } = done(await server.api.get("/api/admin/approvals?status=pending"));
  const root = await operator(server, "ruth", "admin");
  done(await root.post(`/api/admin/approvals/${approval.id}/approve`, {}));
  await server.clock.advance("P40D");
  assert.equal(done(await (await kim()).get(`${ALL}/${contract.id}`)).status, "withdrawn");
  assert.deepEqual((await atStripe(await server.stripe(), "ada")).subscriptions, []);
});

test("what waits for its day is taken back by two persons, and never by one", async (t) => {
  const { server, api, kim, lee, agree, offered, accepted, read, events } = await house(t);
  const contract = await accepted(await offered({ startsAt: "2026-04-01T00:00:00Z" }));
  const withdraw = async () => (await kim()).post(`${ALL}/${contract.id}/withdraw`, { reason: "They asked us to" });
  const asked = done(await withdraw(), 202);
  assert.equal(asked.status, "accepted");
  refused(await withdraw(), 409, "approval_waiting");
  refused(await (await kim()).post(`/api/admin/approvals/${asked.approvalId}/approve`, {}), 403, "approval_own");
  done(await (await lee()).post(`/api/admin/approvals/${asked.approvalId}/reject`, { reason: "we want them" }));
  assert.equal((await read(contract)).status, "accepted");
  await agree(done(await withdraw(), 202).approvalId);
  assert.equal((await read(contract)).status, "withdrawn");
  refused(await withdraw(), 409, "contract_wrong_status");
  await server.clock.advance("P40D");
  assert.deepEqual([(await subscription(api)).tier, (await invoices(api)).length], ["free", 0]);
  assert.deepEqual(await events(), ["contract.offered", "contract.accepted", "contract.withdrawn"]);
});

test("a start to come that cannot be paid for is an offer again, and begins when it is accepted once more", async (t) => {
  const { server, api, offered, accept, accepted, read, events } = await house(t, { card: "pm_card_chargeCustomerFail" });
  const contract = await accepted(await offered({ startsAt: "2026-05-01T00:00:00Z" }));
  await server.clock.advance("P70D");
  const again = await read(contract);
  assert.deepEqual([again.status, again.acceptedAt, again.validUntil.slice(0, 10)], ["offered", null, "2026-05-31"]);
  assert.equal((await subscription(api)).tier, "free");
  done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  const { data: methods } = done(await api.get("/api/billing/payment-methods"));
  done(await api.put(`/api/billing/payment-methods/${methods.find(({ isDefault }) => !isDefault).id}/default`, {}));
  done(await accept(contract));
  await server.clock.advance("PT1S");
  const begun = await read(contract);
  assert.deepEqual([begun.status, begun.startsAt.slice(0, 10)], ["active", "2026-05-10"]);
  assert.deepEqual(await events(), ["contract.offered", "contract.accepted", "contract.failed", "contract.offered", "contract.accepted", "contract.began"]);
});

test("two contracts are never in force at a time", async (t) => {
  const { server, api, kim, offered, accepted, read } = await house(t);
  const first = await accepted(await offered({ termMonths: 1 }));
  const write = async (terms) => (await kim()).post(ALL, { userId: "ada", terms: { ...TERMS, ...terms } });
  refused(await write({}), 409, "contract_in_force");
  refused(await write({ startsAt: "2026-03-31T23:59:59Z" }), 409, "contract_in_force");
  refused(await write({ startsAt: "2026-02-28T00:00:00Z" }), 422, "contract_terms_invalid", "terms.startsAt");
  const next = await accepted(await offered({ startsAt: first.endsAt, amount: usd(700_000) }));
  refused(await write({ startsAt: first.endsAt }), 409, "contract_open");
  await server.clock.advance("P32D");
  assert.deepEqual([(await read(first)).status, (await read(next)).status], ["ended", "active"]);
  assert.deepEqual((await subscription(api)).price, usd(700_000));
});

test("an invoice that is due at once is sent, and paid by wire", async (t) => {
  const { server, api, offered, accepted, bills } = await house(t);
  const contract = await accepted(await offered({ termMonths: 2, collectionMethod: "send_invoice", daysUntilDue: 0, ramp: [{ month: 1, amount: usd(500_000) }] }));
  assert.equal(contract.status, "active");
  await server.clock.advance("PT2H"); // a first invoice that is sent is a draft for an hour
  const [invoice] = await invoices(api);
  assert.deepEqual([invoice.status, invoice.amount, invoice.dueDate.slice(0, 10)], ["open", usd(480_000), "2026-03-01"]);
  const stripe = await server.stripe();
  const { customers: [{ id }], subscriptions } = await atStripe(stripe, "ada");
  assert.deepEqual(subscriptions.map(({ collection_method, days_until_due }) => [collection_method, days_until_due]), [["send_invoice", 0]]);
  const wire = async (amount, reference) => done(await stripe.post(`/v1/test_helpers/customers/${id}/fund_cash_balance`, { amount, currency: "usd", reference }));
  await wire(480_000, invoice.number);
  await server.clock.advance("P31DT2H");
  assert.deepEqual(await bills(), [["2026-03-01", 480_000, "paid"], ["2026-04-01", 500_000, "open"]]);
  await wire(500_000, (await invoices(api))[0].number);
  await server.clock.advance("PT1M");
  assert.deepEqual((await bills())[1], ["2026-04-01", 500_000, "paid"]);
});

test("a payment that fails at a ramp is dunning's, and the contract goes on when it is paid", async (t) => {
  const { server, api, offered, accepted, read, bills } = await house(t);
  const contract = await accepted(await offered({ ramp: [{ month: 1, amount: usd(500_000) }] }));
  const added = done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await api.put(`/api/billing/payment-methods/${added.id}/default`, {}));
  await server.clock.advance("P31DT2H");
  assert.deepEqual((await bills())[1], ["2026-04-01", 500_000, "open"]);
  assert.deepEqual([(await read(contract)).status, (await subscription(api)).status], ["active", "past_due"]);
  const { data: methods } = done(await api.get("/api/billing/payment-methods"));
  done(await api.put(`/api/billing/payment-methods/${methods.find(({ isDefault }) => !isDefault).id}/default`, {}));
  await server.clock.advance("PT1M"); // dunning tries the new one
  assert.deepEqual([(await read(contract)).price, (await subscription(api)).status], [usd(500_000), "active"]);
  assert.deepEqual((await bills())[1], ["2026-04-01", 500_000, "paid"]);
});

test("an amendment takes the place of what is in force, from its acceptance on, and what was unused is given back", async (t) => {
  const { server, api, amend, amended, offered, accept, accepted, read, bills, events } = await house(t);
  const first = await accepted(await offered({ termMonths: 12 }));
  await server.clock.advance("P15DT11H59M59S"); // half of the 31 days
  const draft = done(await amend(first.id, { termMonths: 24, amount: usd(620_000), limits: { api_requests: { limit: 5_000_000 } } }), 201);
  assert.deepEqual([draft.status, draft.number, draft.version, draft.amends, draft.followsHash], ["draft", 1, 2, first.id, first.termsHash]);
  refused(await amend(first.id, {}), 409, "contract_open");
  assert.equal((await api.get(`${OWN}/${first.id}/pdf`)).status, 200);
  refused(await api.get(`${OWN}/${draft.id}`), 404, "contract_not_found");
  done(await server.api.post(`${ALL}/${draft.id}/withdraw`, { reason: "another one" }));

  const offer = await amended(first.id, { termMonths: 24, amount: usd(620_000), limits: { api_requests: { limit: 5_000_000 } } });
  assert.deepEqual([offer.status, offer.version], ["offered", 3]);
  assert.deepEqual(offer.changes.map(({ name, before, after }) => [name, before, after]), [
    ["amount", usd(480_000), usd(620_000)],
    ["limits", { api_requests: { limit: 2_000_000, softLimitPercent: 110 } }, { api_requests: { limit: 5_000_000, softLimitPercent: 110 } }],
    ["termMonths", 12, 24]]);
  assert.deepEqual(draft.dueOnAcceptance, { price: usd(620_000), unused: usd(-240_000), amount: usd(380_000) }, "as it is billed below");
  assert.deepEqual(offer.dueOnAcceptance, draft.dueOnAcceptance);
  assert.equal((await read(first)).dueOnAcceptance, null);
  assert.equal((await read(first)).status, "active");
  const second = await accepted(offer);
  assert.deepEqual([second.status, second.startsAt.slice(0, 16), second.endsAt.slice(0, 16)], ["active", "2026-03-16T12:00", "2028-03-16T12:00"]);
  const old = await read(first);
  assert.deepEqual([old.status, old.endsAt.slice(0, 16), old.terms.amount], ["superseded", "2026-03-16T12:00", usd(480_000)]);
  assert.deepEqual(await bills(), [["2026-03-01", 480_000, "paid"], ["2026-03-16", 620_000 - 240_000, "paid"]]);
  assert.equal((await usageOf(api, "api_requests")).limit, 5_000_000);
  await server.clock.advance("P31DT2H");
  assert.deepEqual((await bills())[2], ["2026-04-16", 620_000, "paid"]);
  assert.deepEqual((await events()).slice(2), ["contract.began", "contract.offered", "contract.accepted", "contract.superseded", "contract.began"]);
  refused(await accept(offer).then(() => amend(first.id, {})), 409, "contract_wrong_status");
});

test("an amendment from a day on which an interval begins is billed on that interval's invoice, without a proration", async (t) => {
  const { server, api, amended, offered, accepted, read, bills } = await house(t);
  const first = await accepted(await offered({ ramp: [{ month: 3, amount: usd(500_000) }] }));
  const next = await accepted(await amended(first.id, { startsAt: "2026-06-01T00:00:00Z", amount: usd(100_000) }));
  assert.deepEqual([next.status, next.dueOnAcceptance], ["accepted", null]);
  await server.clock.advance("P61D");
  assert.equal((await read(next)).status, "accepted");
  assert.deepEqual(done(await api.get("/api/billing/invoices/upcoming")).amount, usd(100_000));
  await server.clock.advance("P32D");
  assert.deepEqual([(await read(first)).status, (await read(next)).status, (await read(next)).startsAt.slice(0, 10)], ["superseded", "active", "2026-06-01"]);
  assert.deepEqual((await bills()).map(([day, amount]) => [day, amount]), [["2026-03-01", 480_000], ["2026-04-01", 480_000], ["2026-05-01", 480_000], ["2026-06-01", 100_000]]);
});

test("an amendment inside an interval begins on its day, and one that is declined leaves all as it is", async (t) => {
  const { server, api, owner, kim, amend, amended, offered, accepted, read, bills } = await house(t);
  const first = await accepted(await offered());
  refused(await amend(NOBODY, {}), 404, "contract_not_found");
  refused(await amend(first.id, { startsAt: "2027-03-01T00:00:00Z" }), 409, "contract_in_force");
  refused(await amend(first.id, { startsAt: "2026-02-01T00:00:00Z" }), 422, "contract_terms_invalid", "terms.startsAt");
  refused(await (await kim()).post(`${ALL}/${first.id}/amend`, {}), 422, "invalid_fields", "terms");
  const no = await amended(first.id, { amount: usd(900_000) });
  done(await (await owner()).post(`${OWN}/${no.id}/decline`, { reason: "too dear" }));
  assert.deepEqual([(await read(no)).status, (await read(first)).status], ["declined", "active"]);
  const ahead = await amended(first.id, { startsAt: "2026-03-16T12:00:00Z", amount: usd(620_000) });
  assert.equal(ahead.dueOnAcceptance, null, "nothing at once: it has a day of its own");
  const yes = await accepted(ahead);
  await server.clock.advance("P20D");
  assert.deepEqual([(await read(yes)).status, (await read(yes)).version, (await read(first)).status], ["active", 3, "superseded"]);
  assert.deepEqual(await bills(), [["2026-03-01", 480_000, "paid"], ["2026-03-16", 380_000, "paid"]]);
  assert.deepEqual((await subscription(api)).price, usd(620_000));
});

test("an amendment of the term and the payment alone bills nothing", async (t) => {
  const { server, amended, offered, accepted, read, bills } = await house(t);
  const first = await accepted(await offered());
  await server.clock.advance("P10D");
  const offer = await amended(first.id, { termMonths: 36, renewal: "auto" });
  assert.deepEqual(offer.dueOnAcceptance, { price: usd(0), unused: usd(0), amount: usd(0) });
  const longer = await accepted(offer);
  assert.deepEqual([longer.status, longer.startsAt.slice(0, 10), longer.endsAt.slice(0, 10)], ["active", "2026-03-01", "2029-03-01"]);
  assert.equal((await read(first)).status, "superseded");
  const sent = await accepted(await amended(longer.id, { termMonths: 36, collectionMethod: "send_invoice", daysUntilDue: 7 }));
  const { subscriptions: [theirs] } = await atStripe(await server.stripe(), "ada");
  assert.deepEqual([sent.status, theirs.collection_method, theirs.days_until_due], ["active", "send_invoice", 7]);
  assert.deepEqual(await bills(), [["2026-03-01", 480_000, "paid"]]);
});

test("an amendment whose payment fails leaves the old version in force, and may be accepted once more", async (t) => {
  const { server, api, amended, offered, accept, accepted, read, bills } = await house(t);
  const first = await accepted(await offered());
  const added = done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  done(await api.put(`/api/billing/payment-methods/${added.id}/default`, {}));
  await server.clock.advance("P10D");
  const offer = await accepted(await amended(first.id, { amount: usd(900_000) }));
  assert.deepEqual([offer.status, (await read(first)).status], ["offered", "active"]);
  assert.deepEqual((await subscription(api)).price, usd(480_000));
  const { data: methods } = done(await api.get("/api/billing/payment-methods"));
  done(await api.put(`/api/billing/payment-methods/${methods.find(({ isDefault }) => !isDefault).id}/default`, {}));
  done(await accept(offer));
  await server.clock.advance("PT1S");
  assert.deepEqual([(await read(offer)).status, (await read(first)).status], ["active", "superseded"]);
  assert.equal((await bills()).filter(([, , status]) => status === "paid").length, 2);
});

test("what amends a term that renews or ends first is withdrawn, and cannot be accepted", async (t) => {
  const { server, amended, offered, accept, accepted, read } = await house(t);
  const first = await accepted(await offered({ termMonths: 1, renewal: "auto" }));
  await server.clock.advance("P5D");
  const offer = await amended(first.id, { amount: usd(300_000), termMonths: 6 });
  await server.clock.advance("P26D");
  assert.deepEqual([(await read(first)).status, (await read(offer)).status], ["renewed", "withdrawn"]);
  refused(await accept(offer), 409, "contract_wrong_status");
});

test("an amendment that is accepted at the last moment has the word: the old version does not renew", async (t) => {
  const { server, api, amended, offered, accepted, read, bills } = await house(t);
  const first = await accepted(await offered({ termMonths: 1, renewal: "auto", upliftBasisPoints: 1_000 }));
  await server.clock.advance("P30DT23H59M56S");
  const second = await accepted(await amended(first.id, { amount: usd(600_000), termMonths: 6 }));
  await server.clock.advance("P2D");
  assert.deepEqual([(await read(first)).status, (await read(second)).status], ["superseded", "active"]);
  assert.deepEqual(await bills(), [["2026-03-01", 480_000, "paid"], ["2026-03-31", 600_000 - 1, "paid"]]);
  assert.deepEqual((await subscription(api)).price, usd(600_000));
});

test("accepted while it renews, an amendment is in force or withdrawn, and never both are", async (t) => {
  const { server, api, owner, amended, offered, accepted, read, bills } = await house(t);
  const first = await accepted(await offered({ termMonths: 1, renewal: "auto", upliftBasisPoints: 1_000 }));
  await server.clock.advance("P30DT23H59M58S");
  const offer = await amended(first.id, { amount: usd(600_000), termMonths: 6 });
  const ada = await owner();
  const [answer] = await Promise.all([ada.post(`${OWN}/${offer.id}/accept`, { termsHash: offer.termsHash, name: "Ada" }), server.clock.advance("PT1S")]);
  await server.clock.advance("P1D");
  const isIn = answer.status === 200;
  assert.deepEqual([(await read(first)).status, (await read(offer)).status], isIn ? ["superseded", "active"] : ["renewed", "withdrawn"]);
  assert.equal(done(await api.get(OWN)).data.filter(({ status }) => status === "active").length, 1);
  assert.ok([480_000 + 528_000, 480_000 + 600_000, 480_000 + 528_000 + 600_000 - 528_000].includes((await bills()).reduce((sum, [, amount]) => sum + amount, 0)));
});

test("how it is paid changes with the contract, and again with an amendment", async (t) => {
  const { server, api, amended, offered, accepted, read, bills } = await house(t);
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  const sent = { collectionMethod: "send_invoice", daysUntilDue: 30 };
  const collection = async () => {
    const { subscriptions } = await atStripe(await server.stripe(), "ada");
    return subscriptions.map(({ collection_method, days_until_due, payment_settings }) => [collection_method, days_until_due, payment_settings.payment_method_types ?? null]);
  };
  await server.clock.advance("P15DT11H59M58S");
  const first = await accepted(await offered(sent));
  assert.deepEqual([first.status, await collection()], ["active", [["send_invoice", 30, ["customer_balance"]]]]);
  assert.deepEqual((await bills())[1].slice(1), [480_000 - 1_450, "open"]);
  const second = await accepted(await amended(first.id, { ...sent, amount: usd(600_000), daysUntilDue: 14 }));
  assert.deepEqual([second.status, await collection()], ["active", [["send_invoice", 14, ["customer_balance"]]]]);
  const third = await accepted(await amended(second.id, { amount: usd(700_000) }));
  assert.deepEqual([third.status, await collection()], ["active", [["charge_automatically", null, null]]]);
  assert.equal((await bills()).at(-1)[2], "paid");
  assert.equal((await read(second)).status, "superseded");

  const bad = done(await api.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_chargeCustomerFail" }), 201);
  const fourth = await accepted(await amended(third.id, { ...sent, amount: usd(800_000) }));
  done(await api.put(`/api/billing/payment-methods/${bad.id}/default`, {}));
  const fifth = await accepted(await amended(fourth.id, { amount: usd(900_000) }));
  assert.deepEqual([fifth.status, await collection()], ["offered", [["send_invoice", 30, ["customer_balance"]]]], "what failed has changed nothing");
});

test("a ramp that could not be told in time is billed from the beginning of its interval, to the cent", async (t) => {
  const { server, api, offered, accepted, read, bills } = await house(t);
  const contract = await accepted(await offered({ amount: usd(10_000), ramp: [{ month: 2, amount: usd(12_000) }] }));
  const stripe = await server.stripe();
  const { customers, subscriptions } = await atStripe(stripe, "ada");
  done(await stripe.post("/v1/invoiceitems", { customer: customers[0].id, subscription: subscriptions[0].id, amount: 40_000, currency: "usd", description: "A slip" }));
  await server.clock.advance("P31DT3H"); // above three times the usual: parked, and nothing is changed for them
  assert.deepEqual(done(await server.api.get("/api/admin/parked")).data.map(({ userId }) => userId), ["ada"]);
  await server.clock.advance("P31D");
  assert.deepEqual((await bills()).map(([day, amount]) => [day, amount]), [["2026-03-01", 10_000], ["2026-04-01", 50_000], ["2026-05-01", 10_000]]);
  done(await server.api.post("/api/admin/parked/ada/release", { reason: "The slip was meant" }), 204);
  await server.clock.advance("PT2H");
  assert.deepEqual([(await read(contract)).price, (await subscription(api)).price], [usd(12_000), usd(12_000)]);
  assert.deepEqual((await bills())[3].slice(1), [2_000, "paid"]);
  await server.clock.advance("P31D");
  assert.deepEqual((await bills())[4].slice(0, 2), ["2026-06-01", 12_000]);
});

test("a payment that the bank wants confirmed is waited for, a day at most", async (t) => {
  const { server, api, offered, accept, accepted, read, bills } = await house(t, { card: "pm_card_authenticationRequired" });
  const contract = await accepted(await offered());
  assert.deepEqual([contract.status, (await subscription(api)).tier], ["accepted", "free"]);
  await server.clock.advance("P1DT1H");
  assert.deepEqual([(await read(contract)).status, (await subscription(api)).tier], ["offered", "free"], "nobody did");

  done(await accept(contract));
  await server.clock.advance("PT1S");
  const { invoices: sold } = await atStripe(await server.stripe(), "ada");
  const open = sold.find(({ status }) => status === "open");
  const page = new HttpClient(new URL(open.hosted_invoice_url).origin);
  t.after(() => page.close());
  const paid = await page.request("POST", open.hosted_invoice_url, { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: "pay=now" });
  assert.ok(paid.status < 400, paid.text);
  await server.clock.advance("PT6M");
  assert.deepEqual([(await read(contract)).status, (await subscription(api)).tier], ["active", "enterprise"]);
  assert.deepEqual((await bills()).filter(([, , status]) => status === "paid").map(([, amount]) => amount), [480_000]);
});

test("every line of a contract's invoices is explained, and reconciliation finds nothing", async (t) => {
  const { server, api, amended, offered, accepted, bills } = await house(t);
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.advance("P15DT11H59M58S");
  const first = await accepted(await offered({ ramp: [{ month: 1, amount: usd(500_000) }] }));
  await server.clock.advance("P40D");
  await accepted(await amended(first.id, { amount: usd(700_000) }));
  await server.clock.advance("P40D");
  // of 500,000 for 30 days 21 days are given back
  assert.deepEqual((await bills()).map(([, amount]) => amount), [2_900, 480_000 - 1_450, 500_000, 700_000 - 350_000, 700_000]);
  for (const { id } of await invoices(api)) {
    const { lines } = done(await api.get(`/api/billing/invoices/${id}`));
    for (let n = 1; n <= lines.length; n += 1) {
      const explained = done(await api.get(`/api/billing/invoices/${id}/lines/${n}/explain`));
      assert.equal(explained.agrees, true, JSON.stringify(explained));
    }
  }
  const { id } = done(await server.api.post("/api/admin/reconciliations", { userId: "ada" }), 201);
  await server.clock.advance("PT1M");
  const walk = done(await server.api.get(`/api/admin/reconciliations/${id}`));
  assert.deepEqual([walk.status, walk.found], ["done", 0], JSON.stringify(walk));
});

test("months that end early: a contract of the 31st rises on the last of February, and on 31 March", async (t) => {
  const { server, offered, accepted, read, bills } = await house(t, { testClock: "2026-01-31T10:00:00Z" });
  const contract = await accepted(await offered({ termMonths: 3, ramp: [{ month: 1, amount: usd(500_000) }, { month: 2, amount: usd(600_000) }], renewal: "auto", upliftBasisPoints: 333 }));
  assert.deepEqual([contract.startsAt.slice(0, 13), contract.endsAt.slice(0, 13), contract.nextPriceAt.slice(0, 13)], ["2026-01-31T10", "2026-04-30T10", "2026-02-28T10"]);
  await server.clock.to("2026-05-01T00:00:00Z");
  assert.deepEqual((await bills()).map(([day, amount]) => [day, amount]), [["2026-01-31", 480_000], ["2026-02-28", 500_000], ["2026-03-31", 600_000], ["2026-04-30", 619_980]]);
  assert.equal((await read(contract)).status, "renewed");
});

test("a contract that is paid by the year rises with its second year", async (t) => {
  const { server, offered, accepted, read, bills } = await house(t);
  const contract = await accepted(await offered({ interval: "year", termMonths: 24, ramp: [{ month: 12, amount: usd(500_000) }], noticeDays: 90 }));
  await server.clock.to("2027-03-02T00:00:00Z");
  assert.deepEqual((await bills()).map(([day, amount]) => [day, amount]), [["2026-03-01", 480_000], ["2027-03-01", 500_000]]);
  assert.deepEqual([(await read(contract)).status, (await read(contract)).nextPrice], ["active", null]);
  await server.clock.to("2028-03-02T00:00:00Z");
  assert.equal((await read(contract)).status, "ended");
  assert.equal((await bills()).length, 2);
});

test("a trial is over with the contract: its first interval costs what was agreed", async (t) => {
  const server = await startSelling(t, (document) => { planIn(document, "starter").trialDays = 14; }, { testClock: NOW });
  const { api, offered, accepted, bills } = await house(t, { server });
  done(await api.post("/api/billing/subscribe", { tier: "starter" }), 201);
  await server.clock.advance("P5D");
  const contract = await accepted(await offered());
  assert.deepEqual([contract.status, contract.startsAt.slice(0, 10), (await subscription(api)).status], ["active", "2026-03-06", "active"]);
  await server.clock.advance("P32D");
  assert.deepEqual(await bills(), [["2026-03-01", 0, "paid"], ["2026-03-06", 480_000, "paid"], ["2026-04-06", 480_000, "paid"]]);
});

test("a coupon of before is over with the contract: its price is what was agreed", async (t) => {
  const server = await startSelling(t, (document) => { document.coupons = [{ code: "HALF", name: "Half off", percentOff: 50, duration: "forever" }]; }, { testClock: NOW });
  const { api, offered, accepted, bills } = await house(t, { server });
  done(await api.post("/api/billing/subscribe", { tier: "starter", coupon: "HALF" }), 201);
  await server.clock.advance("P15DT11H59M59S");
  assert.equal((await accepted(await offered())).status, "active");
  await server.clock.advance("P32D");
  assert.deepEqual(await bills(), [["2026-03-01", 1_450, "paid"], ["2026-03-16", 480_000 - 725, "paid"], ["2026-04-16", 480_000, "paid"]]);
});
