// Promise: guessing hurts nobody but who guesses; a session lasts as long as its kind may, is never one that somebody
// else has chosen, and ends when what proves its person changes; a password is kept as well as we know how.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

import { firstOperator, operator, signedInAgain } from "../harness/operators.mjs";
import { Person } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { totp } from "../harness/totp.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const GOOD = "seventeen purple otters";
const WRONG = "not the right one at all";

const codeOf = async (server, secret) => totp(secret, Date.parse(await server.clock.now()));
const notices = async (server, subject) =>
  done(await server.api.get("/api/admin/outbox?limit=100")).data.filter((mail) => mail.kind === "security_notice" && subject.test(mail.subject));

async function byPassword(server, password = GOOD, email = "root@example.com", headers = {}) {
  const person = new Person(server);
  const answer = await person.post("/api/sign-in/password", { email, password }, { headers });
  if (answer.status === 204) await person.look();
  return { person, answer };
}

// An operator with a password, a passkey and an app; takes the codes of two steps.
async function wellArmed(server) {
  const root = await firstOperator(server);
  done(await root.put("/api/me/password", { password: GOOD }), 204);
  const { secret } = done(await root.post("/api/me/totp"), 201);
  done(await root.post("/api/session/totp", { code: await codeOf(server, secret) }), 204);
  await root.look();
  return { root, secret };
}

test("guessing", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const { root, secret } = await wellArmed(server);
  const wrong = async () => String(Number(await codeOf(server, secret)) ^ 1).padStart(6, "0");

  await t.test("passwords guessed by a stranger lock the way of passwords alone: codes, passkeys and sessions go on", async () => {
    for (let failures = 0; failures < 10; failures++) {
      refused((await byPassword(server, WRONG)).answer, 401, "password_wrong");
      await server.clock.advance("PT1M5S");
      done(await root.get("/api/me"));
    }
    assert.equal((await notices(server, /Too many wrong passwords/)).length, 1);
    refused((await byPassword(server)).answer, 401, "password_wrong");
    done(await root.post("/api/session/totp", { code: await codeOf(server, secret) }), 204);
    await root.look();
    done(await root.get("/api/me"));
    await signedInAgain(server, root, 50);
    await server.clock.advance("PT14M");
    done(await root.get("/api/me"));
    await server.clock.advance("PT14M");
    done(await root.get("/api/me"));
    await server.clock.advance("PT3M");
  });

  await t.test("who knows the password cannot begin anew to guess codes by it, and the person is told so", async () => {
    let failures = 0;
    for (let round = 0; failures < 10; round++) {
      assert.ok(round < 25, "it comes to a lock");
      const { person, answer } = await byPassword(server);
      done(answer, 204);
      const { status } = await person.post("/api/session/totp", { code: await wrong() });
      failures += status === 401 ? 1 : 0;
      await server.clock.advance("PT1M5S");
    }
    const { person } = await byPassword(server);
    refused(await person.post("/api/session/totp", { code: await codeOf(server, secret) }), 429, "proof_throttled");
    assert.equal((await notices(server, /Too many wrong codes/)).length, 1);
    assert.equal((await notices(server, /Too many wrong passwords/)).length, 1, "of before");
  });
});

test("a passkey whose count went back is refused and flagged: in the answer, by mail, in the history, in the audit log", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const root = await firstOperator(server);
  const again = await signedInAgain(server, root, 40);
  const copy = new Person(server);
  const options = done(await copy.post("/api/sign-in/passkey/options"));
  const { detail } = refused(await copy.post("/api/sign-in/passkey", root.passkey.assert(options, { count: 39 })), 422, "passkey_refused");
  assert.match(detail, /count went back/);
  assert.equal((await notices(server, /may be a copy/)).length, 1);
  const [latest] = done(await again.get("/api/me/sign-ins")).data;
  assert.deepEqual([latest.method, latest.outcome], ["passkey", "wrong"]);
  const rows = done(await server.api.get("/api/admin/audit?limit=50")).data;
  const row = rows.find(({ outcome }) => outcome === "passkey_refused");
  assert.equal(row.row.after.refused, "count_went_back");
  // What is merely false is anybody's to send, and tells nobody a thing.
  const more = done(await copy.post("/api/sign-in/passkey/options"));
  refused(await copy.post("/api/sign-in/passkey", root.passkey.assert(more, { count: 41, rpId: "evil.example" })), 422, "passkey_refused");
  assert.equal((await notices(server, /may be a copy/)).length, 1);
});

test("how long a session lasts", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const root = await firstOperator(server);
  await newCustomer(server, "ada");
  const uses = async (person, path, span, times) => {
    for (let i = 0; i < times; i++) {
      await server.clock.advance(span);
      done(await person.get(path));
    }
  };

  await t.test("an operator's: 15 minutes of rest, 12 hours in all", async () => {
    const resting = await signedInAgain(server, root, 100);
    await uses(root, "/api/me", "PT14M59S", 1);
    done(await resting.get("/api/me"));
    await server.clock.advance("PT15M1S");
    refused(await resting.get("/api/me"), 401, "session_expired");
    const used = await signedInAgain(server, root, 101);
    await uses(used, "/api/me", "PT14M", 51); // 11 h 54 min
    await server.clock.advance("PT6M");
    refused(await used.get("/api/me"), 401, "session_expired");
  });

  await t.test("a customer's: an hour of rest, seven days in all", async () => {
    const [resting, used] = [await Person.ofPortal(server, "ada"), await Person.ofPortal(server, "ada")];
    await uses(used, "/api/billing/subscription", "PT59M", 1);
    await server.clock.advance("PT1M1S");
    refused(await resting.get("/api/billing/subscription"), 401, "session_expired");
    done(await used.get("/api/billing/subscription"));
    await uses(used, "/api/billing/subscription", "PT59M", 169); // 6 d 23 h 11 min
    await server.clock.advance("PT49M");
    refused(await used.get("/api/billing/subscription"), 401, "session_expired");
  });
});

test("whose session it is", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const { root, secret } = await wellArmed(server);
  await newCustomer(server, "ada");
  const opens = async (cookie, path = "/api/me") => (await new Person(server).get(path, { headers: { Cookie: cookie } })).status;

  await t.test("no cookie that was there before is taken over by who comes in, whichever way (fixation)", async () => {
    const planted = `__Host-sid=${"a".repeat(64)}`;
    const victim = new Person(server);
    const { person } = await byPassword(server, GOOD, "root@example.com", { Cookie: planted });
    assert.notEqual(person.cookie, planted);
    assert.equal(await opens(planted), 401);
    const half = person.cookie;
    await server.clock.advance("PT30S");
    done(await person.post("/api/session/totp", { code: await codeOf(server, secret) }), 204);
    assert.notEqual(person.cookie, half, "who has proved a second factor has another");
    assert.equal(await opens(half), 401, "and the one of before opens nothing");
    // Somebody else's session in the browser stays theirs.
    const eve = await Person.ofPortal(server, "ada");
    victim.cookie = eve.cookie;
    const options = done(await victim.post("/api/sign-in/passkey/options"));
    done(await victim.post("/api/sign-in/passkey", root.passkey.assert(options, { count: 60 })), 204);
    assert.notEqual(victim.cookie, eve.cookie);
    assert.equal((await eve.look()).kind, "portal");
    const { url } = done(await server.api.post("/api/portal-sessions", { userId: "ada" }), 201);
    const opened = await victim.get(new URL(url).pathname, { headers: { Cookie: planted } });
    assert.doesNotMatch(opened.headers["set-cookie"][0], /a{64}/);
  });

  await t.test("a change of role ends it, and a step up gives it another secret", async () => {
    const fin = await operator(server, "fin", "finance");
    const before = fin.cookie;
    const { data } = done(await server.api.get("/api/admin/operators"));
    done(await server.api.put(`/api/admin/operators/${data.find(({ name }) => name === "fin").id}`, { role: "admin" }), 204);
    assert.equal(await opens(before), 401);
  });
});

test("when what proves a person changes, their other sessions end", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const { root, secret } = await wellArmed(server);
  let count = 100;
  const changes = {
    "a passkey is added": async (person) => {
      const options = done(await person.post("/api/me/passkeys/options"));
      const { Passkey } = await import("../harness/passkey.mjs");
      done(await person.post("/api/me/passkeys", new Passkey(server.url.replace("127.0.0.1", "localhost")).register(options)), 204);
    },
    "a passkey is removed": async (person) => {
      const { passkeys } = done(await person.get("/api/me"));
      done(await person.delete(`/api/me/passkeys/${passkeys.at(-1).id}`), 204);
    },
    "recovery codes are made anew": async (person) => done(await person.post("/api/me/recovery-codes"), 201),
    "the app is removed": async (person) => done(await person.delete("/api/me/totp"), 204),
    "an app is set up": async (person) => {
      const made = done(await person.post("/api/me/totp"), 201);
      done(await person.post("/api/session/totp", { code: await codeOf(server, made.secret) }), 204);
    },
    "the password is changed": async (person) => done(await person.put("/api/me/password", { password: "eleven yellow herons" }), 204),
  };
  assert.ok(secret);
  for (const [what, change] of Object.entries(changes)) {
    await t.test(what, async () => {
      const [here, there] = [await signedInAgain(server, root, count++), await signedInAgain(server, root, count++)];
      const pending = (await byPassword(server)).person;
      await change(here);
      await here.look();
      done(await here.get("/api/me"));
      refused(await there.get("/api/me"), 401, "session_expired");
      refused(await pending.get("/api/me"), 401, "session_expired");
      assert.deepEqual(done(await here.get("/api/me/sessions")).data.map(({ isThis }) => isThis), [true]);
    });
  }
});

test("a password that is kept in an older way is kept in today's once its person comes in by it", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  await wellArmed(server);
  await server.stop();
  // The same password under 8 MiB and one pass.
  const OLD = "$argon2id$v=19$m=8192,t=1,p=1$x0gbmXyCl3hbRQExeO0X0A$rUDOJ3FZVTsywkBKlQJ0ZxCc+yk5KiTfjZ3ntelmVjE";
  const sql = (...words) => execFileSync("python3", ["-c",
    "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); r=c.execute(*([sys.argv[2], sys.argv[3:]])).fetchone(); c.commit(); print(r[0] if r else '')",
    join(server.data, "turnpike.db"), ...words], { encoding: "utf8" }).trim();
  const kept = () => sql("select password_hash from people where password_hash <> ''");
  assert.match(kept(), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  sql("update people set password_hash = ? where password_hash <> ''", OLD);
  await server.start();
  refused((await byPassword(server, WRONG)).answer, 401, "password_wrong");
  assert.equal(kept(), OLD, "who guesses changes nothing");
  done((await byPassword(server)).answer, 204);
  const now = kept();
  assert.match(now, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  done((await byPassword(server)).answer, 204);
  assert.equal(kept(), now, "and stays");
});

test("a passkey is called what its person likes, in any script", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const root = await firstOperator(server);
  const fin = await operator(server, "fin", "finance");
  const [{ id }] = done(await root.get("/api/me")).passkeys;
  const call = (person, body, which = id) => person.put(`/api/me/passkeys/${which}`, body);
  for (const name of ["Blue key", "a".repeat(200), "鑰".repeat(200), "🔑".repeat(200), "مفتاح المكتب", "  Blue key  "]) {
    const { passkeys } = done(await call(root, { name }));
    assert.deepEqual(passkeys.map((one) => one.name), [name.trim()]);
  }
  for (const name of ["", "   ", "a".repeat(201), "鑰".repeat(201), "🔑".repeat(201), "two\nlines", "\u0085", 7]) refused(await call(root, { name }), 422, "invalid_fields", "name");
  refused(await call(root, {}), 422, "invalid_fields", "name");
  refused(await call(root, { name: "x", color: "blue" }), 422, "invalid_fields", "color");
  refused(await call(root, { name: "x" }, "pkey_nobody"), 404, "no_such_factor");
  refused(await call(fin, { name: "Mine" }), 404, "no_such_factor");
  refused(await call(new Person(server), { name: "x" }), 401, "session_missing");
  assert.equal(done(await root.get("/api/me")).passkeys[0].name, "Blue key");
  const rows = done(await server.api.get("/api/admin/audit?action=passkey.rename&limit=100")).data;
  assert.ok(rows.some(({ object, outcome }) => object === id && outcome === "done"));
  assert.ok(!JSON.stringify(rows).includes("Blue"), "veiled");
  // A new one may have such a name from the beginning; the renamed one still proves its person.
  const { Passkey } = await import("../harness/passkey.mjs");
  const another = async (name) => root.post("/api/me/passkeys", { ...new Passkey(server.url.replace("127.0.0.1", "localhost")).register(done(await root.post("/api/me/passkeys/options"))), name });
  refused(await another("鑰".repeat(201)), 422, "invalid_fields", "name");
  done(await another("鑰".repeat(200)), 204);
  await signedInAgain(server, root, 20);
  await server.clock.advance("PT6M");
  await root.look();
  refused(await call(root, { name: "x" }), 401, "step_up_required");
});
