// Promise: a person sees where they came in, and where somebody tried to; a mail tells of a place that is new, and of no other.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Passkey } from "../harness/passkey.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { totp } from "../harness/totp.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const PASSWORD = "quiet fern under glass";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

test("where one signed in", async (t) => {
  const server = await startServer(t, { args: ["--trusted-proxy", "127.0.0.1"] });
  const origin = server.url.replace("127.0.0.1", "localhost");
  const from = (address, agent = FIREFOX) => ({ headers: { "X-Forwarded-For": address, "User-Agent": agent } });
  const root = new Person(server);
  const key = new Passkey(origin);
  const token = new URL(done(await server.api.post("/api/setup/link", {}), 201).url).hash.slice(1);
  done(await root.post("/api/setup", { token, email: "root@example.com", name: "Root" }), 204);
  await root.look();
  done(await root.post("/api/me/passkeys", key.register(done(await root.post("/api/me/passkeys/options")))), 204);
  await root.look();
  done(await root.put("/api/me/password", { password: PASSWORD }), 204);
  const { secret } = done(await root.post("/api/me/totp"), 201);
  const code = async () => totp(secret, Date.parse(await server.clock.now()));
  done(await root.post("/api/session/totp", { code: await code() }), 204);
  await root.look();

  const list = async (person = root) => done(await person.get("/api/me/sign-ins")).data.map(({ method, outcome, network }) => [method, outcome, network]);
  const told = async () => done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ subject }) => /New sign-in/.test(subject)).length;
  const byPassword = async (where, password = PASSWORD) => {
    const person = new Person(server);
    return { person, answer: await person.post("/api/sign-in/password", { email: "root@example.com", password }, where) };
  };

  await t.test("each way leaves a row, roughly where it was, and so does who fails", async () => {
    refused((await byPassword(from("198.51.100.66"), "not the right one")).answer, 401, "password_wrong");
    const { person, answer } = await byPassword(from("203.0.113.9"));
    done(answer, 204);
    await person.look();
    refused(await person.get("/api/me/sign-ins"), 401, "second_factor_required");
    refused(await person.post("/api/session/totp", { code: "000000" }, from("203.0.113.9")), 401, "proof_wrong");
    await server.clock.advance("PT1M");
    done(await person.post("/api/session/totp", { code: await code() }, from("203.0.113.9")), 204);
    const options = done(await root.post("/api/sign-in/passkey/options"));
    done(await new Person(server).post("/api/sign-in/passkey", key.assert(options), from("2001:db8:1:2::3")), 204);
    assert.deepEqual(await list(), [
      ["passkey", "done", "2001:db8:1::/48"],
      ["totp", "done", "203.0.113.0/24"],
      ["totp", "wrong", "203.0.113.0/24"],
      ["password", "pending", "203.0.113.0/24"],
      ["password", "wrong", "198.51.100.0/24"],
    ]);
    assert.equal(done(await root.get("/api/me/sign-ins")).data[0].userAgent, FIREFOX);
  });

  await t.test("a mail tells of a network and a browser that are new, whatever its version", async () => {
    assert.equal(await told(), 2);
    done((await byPassword(from("203.0.113.200", FIREFOX.replaceAll("140.0", "141.0")))).answer, 204);
    assert.equal(await told(), 2, "the same network, and the browser of next month");
    done((await byPassword(from("203.0.113.9", "curl/8.5"))).answer, 204);
    assert.equal(await told(), 3, "another browser");
    done((await byPassword(from("198.51.100.66"))).answer, 204);
    assert.equal(await told(), 4, "a network from which somebody only failed");
    await server.clock.advance("P91D");
    done((await byPassword(from("203.0.113.9"))).answer, 204);
    assert.equal(await told(), 5, "what was long ago is forgotten");
    const person = new Person(server);
    person.take((await byPassword(from("203.0.113.9"))).answer);
    await person.look();
    done(await person.post("/api/session/totp", { code: await code() }, from("203.0.113.9")), 204);
    assert.deepEqual([...new Set((await list(person)).map(([, , network]) => network))], ["203.0.113.0/24"]);
  });

  await t.test("proving afresh is no sign-in, and the lock is one", async () => {
    const { person, answer } = await byPassword(from("203.0.113.9"));
    person.take(answer);
    await person.look();
    await server.clock.advance("PT1M");
    done(await person.post("/api/session/totp", { code: await code() }, from("203.0.113.9")), 204);
    await person.look();
    const before = (await list(person)).length;
    await server.clock.advance("PT1M");
    done(await person.post("/api/session/totp", { code: await code() }), 204);
    await person.look();
    assert.equal((await list(person)).length, before);
    for (let failures = 0; failures < 10; ) {
      const { status } = (await byPassword(from(`198.51.${failures}.1`), "not the right one")).answer;
      if (status === 401 && (await list(person))[0][1] !== "done") failures = (await list(person)).filter(([, outcome]) => ["wrong", "locked"].includes(outcome)).length;
      await server.clock.advance("PT70S");
    }
    assert.equal((await list(person))[0][1], "locked");
  });

  await t.test("the platform's people have theirs, and see no other's; a machine has none", async () => {
    await newCustomer(server, "ada");
    const ada = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
    assert.deepEqual(await list(ada), [["platform", "done", "127.0.0.0/24"]]);
    refused(await server.api.get("/api/me/sign-ins"), 401, "session_missing");
    refused(await server.api.withKey(undefined).get("/api/me/sign-ins"), 401, "session_missing");
    refused(await ada.get("/api/me/sign-ins?limit=1"), 422, "invalid_query", "limit");
  });
});
