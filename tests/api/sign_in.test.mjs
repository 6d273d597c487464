// Promise: a person proves who they are by what they alone have; each proof works once, gives the session a new
// secret, and what does not prove it says why.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Passkey } from "../harness/passkey.mjs";
import { Person } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { totp } from "../harness/totp.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const originOf = (server) => server.url.replace("127.0.0.1", "localhost");

async function setUpLink(server) {
  return new URL(done(await server.api.post("/api/setup/link", {}), 201).url).hash.slice(1);
}

// The first operator, with a session in which nothing is set up yet.
async function newcomer(server) {
  const person = new Person(server);
  done(await person.post("/api/setup", { token: await setUpLink(server), email: "root@example.com", name: "Root" }), 204);
  await person.look();
  return person;
}

// Proves or sets up something, and takes the session's new secret.
async function prove(person, path, body, status = 204) {
  const before = person.cookie;
  const answer = await person.post(path, body);
  done(answer, status);
  assert.notEqual(person.cookie, before, "the session has a new secret");
  await person.look();
}

async function codeOf(server, secret) {
  return totp(secret, Date.parse(await server.clock.now()));
}

async function addPasskey(server, person, key) {
  const options = done(await person.post("/api/me/passkeys/options"));
  await prove(person, "/api/me/passkeys", { ...key.register(options), name: "Laptop" });
}

test("one-time codes", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const root = await newcomer(server);
  const { secret, url, qrSvg } = done(await root.post("/api/me/totp"), 201);
  const wrong = async () => (String(Number(await codeOf(server, secret)) + 1)).padStart(6, "0").slice(-6);

  await t.test("a new secret is confirmed by its first code, and the session is whole", async () => {
    assert.match(url, /^otpauth:\/\/totp\/Turnpike:root%40example\.com\?secret=[A-Z2-7]{32}/);
    assert.match(qrSvg, /^<svg /);
    refused(await root.get("/api/admin/operators"), 401, "second_factor_required");
    refused(await root.post("/api/session/totp", { code: await wrong() }), 401, "proof_wrong");
    refused(await root.post("/api/session/totp", { code: "12" }), 422, "invalid_fields", "code");
    await prove(root, "/api/session/totp", { code: await codeOf(server, secret) });
    assert.equal((await root.look()).needsSecondFactor, false);
    done(await root.get("/api/admin/operators"));
    assert.equal(done(await root.get("/api/me")).hasTotp, true);
  });

  await t.test("a code works once, a proof for five minutes", async () => {
    const invite = () => root.post("/api/admin/operators", { email: "a@example.com", role: "auditor" });
    assert.ok([200, 201].includes((await invite()).status));
    refused(await root.post("/api/session/totp", { code: await codeOf(server, secret) }), 401, "proof_wrong");
    await server.clock.advance("PT5M");
    assert.deepEqual(refused(await invite(), 401, "step_up_required").methods, ["totp"]);
    await prove(root, "/api/session/totp", { code: await codeOf(server, secret) });
    assert.ok([200, 201].includes((await invite()).status));
  });

  await t.test("there is one app, and it stays while it is all there is", async () => {
    refused(await root.post("/api/me/totp"), 409, "factor_exists");
    refused(await root.delete("/api/me/totp"), 409, "last_factor");
  });

  await t.test("who guesses waits, then is locked out for half an hour, and is told by mail", async () => {
    const guess = async () => root.post("/api/session/totp", { code: await wrong() });
    let failures = 0;
    while (failures < 10) {
      const answer = await guess();
      if (answer.status === 429) {
        refused(answer, 429, "proof_throttled");
        await server.clock.advance("PT65S");
      } else {
        refused(answer, 401, "proof_wrong");
        failures++;
      }
    }
    await server.clock.advance("PT10M");
    done(await root.get("/api/me"));
    refused(await root.post("/api/session/totp", { code: await codeOf(server, secret) }), 429, "proof_throttled");
    const mails = done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ kind }) => kind === "security_notice");
    assert.equal(mails.filter(({ subject }) => /Too many wrong/.test(subject)).length, 1);
    await server.clock.advance("PT10M");
    done(await root.get("/api/me"));
    await server.clock.advance("PT10M30S");
    await prove(root, "/api/session/totp", { code: await codeOf(server, secret) });
  });

  await t.test("recovery codes come in once each, and let a new factor be set up", async () => {
    const { codes } = done(await root.post("/api/me/recovery-codes"), 201);
    assert.equal(codes.length, 10);
    assert.equal(new Set(codes).size, 10);
    for (const code of codes) assert.match(code, /^([A-Z2-7]{4}-){5}[A-Z2-7]{4}$/);
    await server.clock.advance("PT6M");
    await prove(root, "/api/session/recovery-code", { code: codes[0].toLowerCase().replaceAll("-", " ") });
    refused(await root.post("/api/session/recovery-code", { code: codes[0] }), 401, "proof_wrong");
    refused(await root.post("/api/session/recovery-code", { code: "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF" }), 401, "proof_wrong");
    assert.equal(done(await root.get("/api/me")).recoveryCodesLeft, 9);
    refused(await root.post("/api/admin/operators", { email: "b@example.com", role: "auditor" }), 401, "step_up_required");
    await addPasskey(server, root, new Passkey(originOf(server)));
    assert.ok([200, 201].includes((await root.post("/api/admin/operators", { email: "b@example.com", role: "auditor" })).status));
    done(await root.delete("/api/me/totp"), 204);
    refused(await root.delete("/api/me/totp"), 409, "last_factor");
  });
});

test("passkeys", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const root = await newcomer(server);
  const key = new Passkey(originOf(server));
  const proofOptions = async (person) => done(await person.post("/api/session/passkey/options"));

  await t.test("what does not prove it is refused, and says why; the challenge is gone then", async () => {
    const options = async () => done(await root.post("/api/me/passkeys/options"));
    const bad = [
      [{ clientData: { origin: "https://evil.example" } }, /another site|origin/i],
      [{ clientData: { type: "webauthn.get" } }, /./],
      [{ rpId: "evil.example" }, /./],
      [{ flags: 1 }, /./],
      [{ flags: 4 }, /./],
    ];
    for (const [changes, why] of bad) {
      const asked = await options();
      const { detail } = refused(await root.post("/api/me/passkeys", key.register(asked, changes)), 422, "passkey_refused");
      assert.match(detail, why);
      refused(await root.post("/api/me/passkeys", key.register(asked)), 409, "challenge_gone");
    }
    refused(await root.post("/api/me/passkeys", key.register({ ...(await options()), challenge: "A".repeat(43) })), 409, "challenge_gone");
    const late = await options();
    await server.clock.advance("PT5M");
    refused(await root.post("/api/me/passkeys", key.register(late)), 409, "challenge_gone");
    refused(await root.post("/api/me/passkeys", { clientDataJSON: "A", attestationObject: "AA" }), 422, "invalid_fields", "clientDataJSON");
    assert.deepEqual(done(await root.get("/api/me")).passkeys, []);
  });

  await t.test("one is made, proves its person, and is made once", async () => {
    await addPasskey(server, root, key);
    assert.equal((await root.look()).needsSecondFactor, false);
    const [shown] = done(await root.get("/api/me")).passkeys;
    assert.deepEqual([shown.name, shown.usedAt], ["Laptop", null]);
    const options = done(await root.post("/api/me/passkeys/options"));
    refused(await root.post("/api/me/passkeys", key.register(options)), 409, "factor_exists");
    refused(await root.delete(`/api/me/passkeys/${shown.id}`), 409, "last_factor");
  });

  await t.test("it proves afresh, each answer once, and never for another session", async () => {
    await server.clock.advance("PT5M");
    await root.look();
    assert.deepEqual(refused(await root.post("/api/me/recovery-codes"), 401, "step_up_required").methods, ["passkey"]);
    const options = await proofOptions(root);
    const answer = key.assert(options);
    await prove(root, "/api/session/passkey", answer);
    refused(await root.post("/api/session/passkey", answer), 409, "challenge_gone");
    done(await root.post("/api/me/recovery-codes"), 201);
    const bad = [
      { clientData: { origin: "https://evil.example" } }, { clientData: { type: "webauthn.create" } }, { rpId: "evil.example" }, { flags: 1 }, { count: 1 },
    ];
    for (const changes of bad) {
      const fresh = new Passkey(originOf(server));
      refused(await root.post("/api/session/passkey", fresh.assert(await proofOptions(root))), 404, "no_such_factor");
      refused(await root.post("/api/session/passkey", key.assert(await proofOptions(root), changes)), 422, "passkey_refused");
    }
  });

  await t.test("it comes in by itself, as whom it is", async () => {
    const again = new Person(server);
    const options = done(await again.post("/api/sign-in/passkey/options"));
    done(await again.post("/api/sign-in/passkey", key.assert(options, { count: 10 })), 204);
    const session = await again.look();
    assert.deepEqual([session.kind, session.role, session.needsSecondFactor], ["operator", "admin", false]);
    done(await again.get("/api/admin/operators"));
    const stranger = new Person(server);
    const asked = done(await stranger.post("/api/sign-in/passkey/options"));
    refused(await stranger.post("/api/sign-in/passkey", new Passkey(originOf(server)).assert(asked)), 404, "no_such_factor");
    const other = done(await stranger.post("/api/sign-in/passkey/options"));
    refused(await stranger.post("/api/sign-in/passkey", { ...key.assert(other, { count: 11 }), userId: "nobody" }), 403, "no_place");
    refused(await stranger.post("/api/sign-in/passkey", key.assert(await proofOptions(again), { count: 12 })), 409, "challenge_gone");
  });

  await t.test("an operator looks at a customer's pages, changes nothing, and is seen", async () => {
    await newCustomer(server, "seen");
    const operator = new Person(server);
    done(await operator.post("/api/sign-in/passkey", key.assert(done(await operator.post("/api/sign-in/passkey/options")), { count: 20 })), 204);
    await operator.look();
    assert.equal(done(await operator.get("/api/billing/subscription", { headers: { "Turnpike-User": "seen" } })).userId, "seen");
    refused(await operator.get("/api/billing/subscription"), 400, "customer_required");
    refused(await operator.post("/api/billing/cancel", {}, { headers: { "Turnpike-User": "seen" } }), 403, "role_forbidden");
    const { url } = done(await operator.post("/api/admin/impersonations", { userId: "seen", reason: "ticket 118" }), 201);
    refused(await operator.post("/api/admin/impersonations", { userId: "nobody", reason: "ticket 118" }), 404, "customer_not_found");
    const looking = new Person(server);
    await looking.open(new URL(url).pathname);
    const session = await looking.look();
    assert.deepEqual([session.kind, session.role, session.userId, session.reason], ["impersonation", "viewer", "seen", "ticket 118"]);
    done(await looking.get("/api/billing/subscription"));
    refused(await looking.post("/api/billing/cancel"), 403, "reads_only");
    refused(await looking.get("/api/admin/operators"), 403, "role_forbidden");
    await server.clock.advance("PT14M");
    done(await looking.get("/api/billing/subscription"));
    await server.clock.advance("PT14M");
    done(await looking.get("/api/billing/subscription"));
    await server.clock.advance("PT2M");
    refused(await looking.get("/api/billing/subscription"), 401, "session_expired");
  });

  await t.test("one person, two houses: invited to a customer, an operator goes over and back", async () => {
    done(await server.api.as("seen").post("/api/billing/members", { email: "root@example.com", role: "viewer" }), 201);
    const { data } = done(await server.api.get("/api/admin/outbox?limit=100"));
    const { text } = done(await server.api.get(`/api/admin/outbox/${data.find(({ kind }) => kind === "invitation").id}`));
    const guest = new Person(server);
    done(await guest.post("/api/invitations/accept", { token: /#([0-9a-f]{64})/.exec(text)[1], name: "Other" }), 204);
    const came = await guest.look();
    assert.deepEqual([came.kind, came.userId, came.needsSecondFactor], ["member", "seen", true], "the mail alone is not enough for who has a passkey");
    refused(await guest.post("/api/me/passkeys/options"), 401, "step_up_required");
    refused(await guest.post("/api/me/totp"), 401, "step_up_required");
    await prove(guest, "/api/session/passkey", key.assert(await proofOptions(guest), { count: 30 }));
    done(await guest.get("/api/billing/subscription"));
    done(await guest.post("/api/session/switch", { userId: null }), 204);
    assert.deepEqual([(await guest.look()).kind, (await guest.look()).role], ["operator", "admin"]);
    done(await guest.get("/api/admin/operators"));
    refused(await guest.post("/api/session/switch", { userId: "nobody" }), 403, "no_place");
    done(await guest.post("/api/session/switch", { userId: "seen" }), 204);
    assert.equal((await guest.look()).userId, "seen");
    const ported = await Person.ofPortal(server, "seen");
    refused(await ported.post("/api/session/switch", { userId: null }), 403, "no_place");
  });

  await t.test("a lost passkey is removed once there is another", async () => {
    const person = new Person(server);
    done(await person.post("/api/sign-in/passkey", key.assert(done(await person.post("/api/sign-in/passkey/options")), { count: 40 })), 204);
    await person.look();
    await addPasskey(server, person, new Passkey(originOf(server)));
    const [first] = done(await person.get("/api/me")).passkeys;
    done(await person.delete(`/api/me/passkeys/${first.id}`), 204);
    refused(await person.delete(`/api/me/passkeys/${first.id}`), 409, "last_factor");
    refused(await new Person(server).post("/api/sign-in/passkey", key.assert(done(await person.post("/api/sign-in/passkey/options")), { count: 41 })), 404, "no_such_factor");
  });
});

test("passwords", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const root = await newcomer(server);
  const key = new Passkey(originOf(server));
  const GOOD = "seventeen purple otters";
  const come = async (password, email = "root@example.com", more = {}) => {
    const person = new Person(server);
    const answer = await person.post("/api/sign-in/password", { email, password, ...more });
    await person.look();
    return { person, answer };
  };
  const mails = async (kind) => done(await server.api.get("/api/admin/outbox?limit=100")).data.filter((mail) => mail.kind === kind);

  await t.test("what everybody would guess is refused, with the reason", async () => {
    for (const [password, why] of [["short", /12/], ["x".repeat(129), /128/], ["password1234", /./], ["root@example.com", /./], ["turnpike turnpike", /./]]) {
      const { detail } = refused(await root.put("/api/me/password", { password }), 422, "password_weak");
      assert.match(detail, why, password);
    }
    refused(await root.put("/api/me/password", {}), 422, "invalid_fields", "password");
    done(await root.put("/api/me/password", { password: GOOD }), 204);
    await addPasskey(server, root, key);
    assert.equal(done(await root.get("/api/me")).hasPassword, true);
  });

  await t.test("it lets in as far as the second factor, and no further", async () => {
    const { person, answer } = await come(GOOD);
    done(answer, 204);
    assert.equal((await person.look()).needsSecondFactor, true);
    refused(await person.get("/api/admin/operators"), 401, "second_factor_required");
    refused(await person.put("/api/me/password", { password: "another good long one" }), 401, "step_up_required");
    refused(await person.post("/api/me/totp"), 401, "step_up_required");
    await prove(person, "/api/session/passkey", key.assert(done(await person.post("/api/session/passkey/options"))));
    done(await person.get("/api/admin/operators"));
    refused((await come(GOOD, "root@example.com", { userId: "nobody" })).answer, 403, "no_place");
    assert.equal((await mails("security_notice")).filter(({ subject }) => /New sign-in/.test(subject)).length, 1);
  });

  await t.test("a wrong one and an unknown address sound alike", async () => {
    const wrong = refused((await come("not the right one")).answer, 401, "password_wrong");
    const unknown = refused((await come(GOOD, "nobody@example.com")).answer, 401, "password_wrong");
    assert.equal(wrong.detail, unknown.detail);
    await server.clock.advance("PT1M");
    done((await come(GOOD)).answer, 204);
  });

  await t.test("after ten wrong ones the right one is wrong for half an hour, and a passkey is not", async () => {
    for (let failures = 0; failures < 10; failures++) {
      refused((await come("not the right one")).answer, 401, "password_wrong");
      await server.clock.advance("PT2M");
    }
    refused((await come(GOOD)).answer, 401, "password_wrong");
    assert.equal((await mails("security_notice")).filter(({ subject }) => /Too many wrong/.test(subject)).length, 1);
    const again = new Person(server);
    done(await again.post("/api/sign-in/passkey", key.assert(done(await again.post("/api/sign-in/passkey/options")))), 204);
    await server.clock.advance("PT30M");
    done((await come(GOOD)).answer, 204);
  });

  await t.test("who forgot it gets a link that works once, ends all sessions, and does not skip the second factor", async () => {
    const stranger = new Person(server);
    done(await stranger.post("/api/sign-in/reset", { email: "nobody@example.com" }), 202);
    assert.equal((await mails("password_reset")).length, 0);
    done(await stranger.post("/api/sign-in/reset", { email: "ROOT@example.com" }), 202);
    const [mail] = await mails("password_reset");
    const token = /#([0-9a-f]{64})/.exec(done(await server.api.get(`/api/admin/outbox/${mail.id}`)).text)[1];
    const complete = (more) => stranger.post("/api/sign-in/reset/complete", { token, password: "eleven yellow herons", ...more });
    refused(await complete({ password: "short" }), 422, "password_weak");
    refused(await complete({ token: "0".repeat(64) }), 410, "link_invalid");
    const { person } = await come(GOOD);
    done(await complete(), 204);
    refused(await complete(), 410, "link_invalid");
    refused(await person.get("/api/me"), 401, "session_expired");
    refused((await come(GOOD)).answer, 401, "password_wrong");
    const { person: fresh } = await come("eleven yellow herons");
    assert.equal((await fresh.look()).needsSecondFactor, true);
  });

  await t.test("an operator does not read another's links in the outbox", async () => {
    const operator = new Person(server);
    done(await operator.post("/api/sign-in/passkey", key.assert(done(await operator.post("/api/sign-in/passkey/options")))), 204);
    const [mail] = await mails("password_reset");
    const shown = done(await operator.get(`/api/admin/outbox/${mail.id}`));
    assert.deepEqual([shown.text, shown.html], [null, null]);
  });

  await t.test("an address that tries without end is told to wait", async () => {
    let last;
    for (let i = 0; i < 40 && last?.status !== 429; i++) last = (await come("not the right one", `guess-${i}@example.com`)).answer;
    refused(last, 429, "too_many_attempts");
    assert.ok(Number(last.headers["retry-after"]) > 0);
    await server.clock.advance("PT2M");
    refused((await come("not the right one", "nobody@example.com")).answer, 401, "password_wrong");
  });
});

test("what makes no sense is refused by every way in, and by what a person has here", async (t) => {
  const server = await startServer(t);
  const root = await newcomer(server);
  await addPasskey(server, root, new Passkey(originOf(server)));
  const ways = Object.entries(server.api.description.paths)
    .filter(([path]) => /^\/api\/(me|sign-in|session|setup|invitations)(\/|$)/.test(path))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, "x") })));
  assert.ok(ways.length > 20);
  for (const { method, path } of ways.filter(({ path }) => path !== "/api/setup/link")) {
    const send = (target, options) => root.request(method, target, ["POST", "PUT"].includes(method) ? {} : undefined, options);
    refused(await send(`${path}?x=%zz`), 400, "malformed_url");
    // What an OpenID provider adds of its own is passed over (RFC 6749, 4.1.2).
    if (!path.endsWith("/callback")) refused(await send(`${path}?x=1${method === "DELETE" && path.endsWith("/identities") ? "&issuer=y" : ""}`), 422, "invalid_query", "x");
    refused(await root.request("PATCH", path, {}), 405, "method_not_allowed");
  }
});
