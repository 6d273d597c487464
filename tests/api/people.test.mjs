// Promise: people come in by invitation, with a role, and somebody always stays who can let others in; the
// first operator comes through a link that works once; an operator who looks at a customer's pages
// changes nothing.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

// The newest mail of a kind, with its text, as operators see it in the outbox.
async function mailTo(server, address, kind) {
  const mails = done(await server.api.get(`/api/admin/outbox?limit=100`)).data.filter((mail) => mail.to === address && mail.kind === kind);
  return mails.length === 0 ? undefined : done(await server.api.get(`/api/admin/outbox/${mails[0].id}`));
}

async function linkToken(server, address, kind) {
  const mail = await mailTo(server, address, kind);
  return /#([0-9a-f]{64})/.exec(mail.text)[1];
}

async function accept(server, address, name) {
  const person = new Person(server);
  done(await person.post("/api/invitations/accept", { token: await linkToken(server, address, "invitation"), name }), 204);
  await person.look();
  return person;
}

async function owner(server, userId) {
  return Person.ofPortal(server, userId, { authentication: await vouched(server) });
}

test("members of a customer", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  await newCustomer(server, "fern", { name: "Fernworks" });
  const members = async (person) => done(await person.get("/api/billing/members"));

  await t.test("somebody is invited, comes, and has yet to set up a second factor", async () => {
    const ada = await owner(server, "fern");
    const invitation = done(await ada.post("/api/billing/members", { email: "grace@example.com", role: "billing_admin" }), 201);
    assert.deepEqual([invitation.role, invitation.expiresAt], ["billing_admin", "2026-01-22T12:00:00Z"]);
    assert.deepEqual((await members(ada)).invitations.map(({ email }) => email), ["grace@example.com"]);
    const mail = await mailTo(server, "grace@example.com", "invitation");
    assert.match(mail.text, /Fernworks/);
    const grace = await accept(server, "grace@example.com", "Grace");
    const session = await grace.look();
    assert.deepEqual([session.userId, session.role, session.kind, session.needsSecondFactor], ["fern", "billing_admin", "member", true]);
    refused(await grace.get("/api/billing/subscription"), 401, "second_factor_required");
    refused(await grace.get("/api/me/sessions"), 401, "second_factor_required");
    const { data, invitations } = await members(ada);
    assert.deepEqual(invitations, []);
    assert.deepEqual(data.map(({ role }) => role), ["owner", "billing_admin"]);
    assert.deepEqual([data[1].name, data[1].email, data[1].hasPasskey, data[1].hasTotp], ["Grace", "grace@example.com", false, false]);
    done(await grace.post("/api/session/sign-out"), 204);
  });

  await t.test("an invitation works once, for a week, and until it is withdrawn", async () => {
    const ada = await owner(server, "fern");
    const token = await linkToken(server, "grace@example.com", "invitation");
    const again = (token) => new Person(server).post("/api/invitations/accept", { token, name: "Eve" });
    refused(await again(token), 410, "invitation_invalid");
    refused(await again("0".repeat(64)), 410, "invitation_invalid");
    refused(await again("no token"), 422, "invalid_fields", "token");
    const { id } = done(await ada.post("/api/billing/members", { email: "eve@example.com", role: "viewer" }), 201);
    done(await ada.delete(`/api/billing/members/${id}`), 204);
    refused(await again(await linkToken(server, "eve@example.com", "invitation")), 410, "invitation_invalid");
    refused(await ada.delete(`/api/billing/members/${id}`), 404, "person_not_found");
    done(await ada.post("/api/billing/members", { email: "late@example.com", role: "viewer" }), 201);
    const late = await linkToken(server, "late@example.com", "invitation");
    await server.clock.advance("P7D");
    refused(await again(late), 410, "invitation_invalid");
  });

  await t.test("asked twice, one waits and one mail goes out; another role replaces it", async () => {
    const ada = await owner(server, "fern");
    const ask = (role, status) => ada.post("/api/billing/members", { email: "Twice@example.com", role }).then((answer) => done(answer, status));
    const first = await ask("viewer", 201);
    assert.equal((await ask("viewer", 200)).id, first.id);
    const other = await ask("owner", 201);
    assert.notEqual(other.id, first.id);
    assert.deepEqual((await members(ada)).invitations.map(({ id }) => id), [other.id]);
    refused(await ada.post("/api/billing/members", { email: "grace@example.com", role: "viewer" }), 409, "already_member");
    refused(await ada.post("/api/billing/members", { email: "no address", role: "viewer" }), 422, "invalid_fields", "email");
    refused(await ada.post("/api/billing/members", { email: "x@example.com", role: "admin" }), 422, "invalid_fields", "role");
  });

  await t.test("roles change and people go, but the last owner stays", async () => {
    const ada = await owner(server, "fern");
    const { data } = await members(ada);
    const [self, grace] = [data.find(({ role }) => role === "owner"), data.find(({ name }) => name === "Grace")];
    refused(await ada.delete(`/api/billing/members/${self.id}`), 409, "last_one");
    refused(await ada.put(`/api/billing/members/${self.id}`, { role: "viewer" }), 409, "last_one");
    done(await ada.put(`/api/billing/members/${grace.id}`, { role: "owner" }), 204);
    done(await ada.delete(`/api/billing/members/${grace.id}`), 204);
    refused(await ada.put(`/api/billing/members/${grace.id}`, { role: "viewer" }), 404, "person_not_found");
    refused(await ada.delete("/api/billing/members/pers_nobody"), 404, "person_not_found");
    refused(await ada.put(`/api/billing/members/${self.id}`, { role: "admin" }), 422, "invalid_fields", "role");
  });

  await t.test("another customer's people are not there", async () => {
    await newCustomer(server, "moss");
    const eve = await owner(server, "moss");
    const ada = await owner(server, "fern");
    const [{ id }] = (await members(ada)).data;
    refused(await eve.delete(`/api/billing/members/${id}`), 404, "person_not_found");
    refused(await eve.put(`/api/billing/members/${id}`, { role: "viewer" }), 404, "person_not_found");
  });

  await t.test("a person sees where they are signed in, and ends it", async () => {
    const [one, two] = [await owner(server, "fern"), await owner(server, "fern")];
    const list = async (person) => done(await person.get("/api/me/sessions")).data;
    const mine = await list(one);
    assert.ok(mine.length >= 2);
    assert.equal(mine.filter(({ isThis }) => isThis).length, 1);
    assert.equal(mine[0].address, "127.0.0.1");
    done(await two.delete(`/api/me/sessions/${mine.find(({ isThis }) => isThis).id}`), 204);
    refused(await one.get("/api/billing/subscription"), 401, "session_expired");
    const three = await owner(server, "fern");
    done(await three.delete("/api/me/sessions"), 204);
    assert.deepEqual((await list(three)).map(({ isThis }) => isThis), [true]);
    refused(await two.get("/api/billing/subscription"), 401, "session_expired");
    const eve = await owner(server, "moss");
    done(await eve.delete(`/api/me/sessions/${(await list(three))[0].id}`), 204);
    done(await three.get("/api/billing/subscription"));
  });
});

test("operators", async (t) => {
  const server = await startServer(t);

  await t.test("the first comes through a link that works once", async () => {
    const [old, link] = [
      done(await server.api.post("/api/setup/link", {}), 201).url,
      done(await server.api.post("/api/setup/link", {}), 201).url,
    ].map((url) => new URL(url).hash.slice(1));
    const first = new Person(server);
    const set = (token, more = {}) => first.post("/api/setup", { token, email: "root@example.com", name: "Root", ...more });
    refused(await set(old), 410, "link_invalid");
    refused(await set(link, { email: "nowhere" }), 422, "invalid_fields", "email");
    done(await set(link), 204);
    const session = await first.look();
    assert.deepEqual([session.role, session.kind, session.userId, session.name, session.needsSecondFactor], ["admin", "operator", null, "Root", true]);
    refused(await first.get("/api/admin/dunning"), 401, "second_factor_required");
    refused(await set(link), 409, "already_set_up");
    refused(await server.api.post("/api/setup/link", {}), 409, "already_set_up");
  });

  await t.test("others are invited, given other roles, and removed; the last admin stays", async () => {
    const list = async () => done(await server.api.get("/api/admin/operators"));
    const { id } = done(await server.api.post("/api/admin/operators", { email: "fin@example.com", role: "finance" }), 201);
    assert.deepEqual((await list()).invitations.map((invitation) => invitation.id), [id]);
    const fin = await accept(server, "fin@example.com", "Fin");
    assert.deepEqual([(await fin.look()).role, (await fin.look()).kind], ["finance", "operator"]);
    const { data } = await list();
    const [root, other] = ["Root", "Fin"].map((name) => data.find((member) => member.name === name));
    refused(await server.api.delete(`/api/admin/operators/${root.id}`), 409, "last_one");
    refused(await server.api.put(`/api/admin/operators/${root.id}`, { role: "auditor" }), 409, "last_one");
    done(await server.api.put(`/api/admin/operators/${other.id}`, { role: "auditor" }), 204);
    assert.equal((await fin.look()).role, null, "another role is another session");
    done(await server.api.delete(`/api/admin/operators/${other.id}`), 204);
    assert.equal((await fin.look()).role, null);
    refused(await server.api.delete(`/api/admin/operators/${other.id}`), 404, "person_not_found");
    refused(await server.api.post("/api/admin/operators", { email: "root@example.com", role: "support" }), 409, "already_member");
    refused(await server.api.post("/api/admin/operators", { email: "x@example.com", role: "owner" }), 422, "invalid_fields", "role");
  });

  await t.test("a machine does not look at pages", async () => {
    await newCustomer(server, "seen");
    refused(await server.api.post("/api/admin/impersonations", { userId: "seen", reason: "curious" }), 401, "session_missing");
  });
});
