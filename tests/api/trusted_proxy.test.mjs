// Promise: what a proxy of one's own says of whom a request came from holds for throttles, sessions, the audit log, keys
// and what the pages are told; what anybody else says of it changes nothing.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Person, vouched } from "../harness/person.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer, refused } from "./support.mjs";

const HSTS = "max-age=31536000";
const HOME = "192.0.2.7";
const FAR = "203.0.113.9";
const by = (address, more = {}) => ({ headers: { "X-Forwarded-For": address, ...more } });

// Whom the audit log says a request came from.
async function addressesInAudit(server) {
  const rows = done(await server.api.get("/api/admin/audit?userId=ada&limit=100")).data;
  return new Set(rows.map(({ origin }) => origin?.address));
}

async function keyFrom(server, networks) {
  return server.api.withKey(done(await server.api.post("/api/keys", { name: "bound", scopes: ["billing:read"], ipAllowlist: networks }), 201).key);
}

const plansOf = (api, how) => api.get("/api/billing/subscription", { ...how, headers: { "Turnpike-User": "ada", ...how.headers } });

test("a proxy that is trusted", async (t) => {
  const server = await startServer(t, { args: ["--trusted-proxy", "127.0.0.0/8,2001:db8::/32"] });
  await newCustomer(server, "ada");
  const guest = server.api.withKey(undefined);

  await t.test("a key's networks are held against who asked the proxy", async () => {
    const bound = await keyFrom(server, ["192.0.2.0/24"]);
    done(await plansOf(bound, by(HOME)));
    done(await plansOf(bound, by(`${FAR}, ${HOME}:4711, 127.0.0.9`)));
    for (const list of [FAR, `${HOME}, ${FAR}`, "unknown", "", `${HOME}, nonsense`]) {
      refused(await plansOf(bound, by(list)), 403, "key_address_refused");
    }
    refused(await plansOf(bound, { headers: {} }), 403, "key_address_refused");
    refused(await plansOf(bound, { headers: { Forwarded: `for=${HOME}` } }), 403, "key_address_refused");
    done(await plansOf(await keyFrom(server, ["2001:db8:1::/48"]), by("[2001:DB8:1::5]:443")));
  });

  await t.test("who guesses passwords slows down themselves, not their neighbours behind the proxy", async () => {
    const guess = (address) => guest.post("/api/sign-in/password", { email: "nobody@example.com", password: "a password of mine" },
      { headers: { Origin: server.url, "X-Forwarded-For": address } });
    let answer;
    for (let i = 0; i < 25; i++) answer = await guess(`10.9.9.${i}, ${FAR}`); // whatever they write at the left
    refused(answer, 429, "too_many_attempts");
    refused(await guess(HOME), 401, "password_wrong");
  });

  await t.test("sessions and the audit log have it", async () => {
    const { url } = done(await server.api.post("/api/portal-sessions", { userId: "ada", authentication: await vouched(server) }), 201);
    const ada = new Person(server);
    ada.take(await guest.get(new URL(url).pathname, by("2001:DB8:0:0::7, ::ffff:198.51.100.4")));
    await ada.look();
    assert.deepEqual(done(await ada.get("/api/me/sessions")).data.map(({ address }) => address), ["198.51.100.4"]);
    await ada.post("/api/billing/cancel", {}, by("198.51.100.4"));
    assert.ok((await addressesInAudit(server)).has("198.51.100.4"));
  });

  await t.test("the pages' own changes are known by the name that the proxy was asked for", async () => {
    const ada = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
    const cancel = (headers) => ada.post("/api/billing/cancel", {}, { headers });
    refused(await cancel({ Origin: "https://pay.example", "X-Forwarded-Host": "pay.example", "X-Forwarded-For": HOME }), 409, "not_subscribed");
    refused(await cancel({ Origin: "https://pay.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": HOME }), 403, "cross_site");
    refused(await cancel({ Origin: "https://pay.example", "X-Forwarded-For": HOME }), 403, "cross_site");
  });

  await t.test("that it came over TLS is believed, and then said to be the only way", async () => {
    const hsts = async (headers) => (await guest.get("/healthz", { headers })).headers["strict-transport-security"];
    assert.equal(await hsts({ "X-Forwarded-For": HOME, "X-Forwarded-Proto": "https" }), HSTS);
    assert.equal(await hsts({ "X-Forwarded-For": HOME, "X-Forwarded-Proto": "https, http" }), undefined);
    assert.equal(await hsts({ "X-Forwarded-For": HOME }), undefined);
  });
});

test("one that speaks RFC 7239", async (t) => {
  const server = await startServer(t, { env: { TURNPIKE_TRUSTED_PROXY: "127.0.0.1", TURNPIKE_PROXY_HEADER: "forwarded" } });
  await newCustomer(server, "ada");
  const bound = await keyFrom(server, ["192.0.2.0/24"]);
  const ask = (forwarded, more = {}) => plansOf(bound, { headers: { Forwarded: forwarded, ...more } });
  assert.equal(done(await ask(`for="[2001:db8::1", for="${HOME}:4711";proto=https`)).userId, "ada");
  assert.equal((await ask(`for=${HOME};proto=https`)).headers["strict-transport-security"], HSTS);
  refused(await ask(`for=${HOME}, for=${FAR}`), 403, "key_address_refused");
  refused(await ask("for=_hidden", { "X-Forwarded-For": HOME }), 403, "key_address_refused");
});

test("whom nobody named is not believed", async (t) => {
  const server = await startServer(t, { args: ["--trusted-proxy", "10.0.0.0/8"] });
  await newCustomer(server, "ada");
  const claims = { "X-Forwarded-For": HOME, "X-Real-IP": HOME, Forwarded: `for=${HOME};proto=https`, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "pay.example" };
  refused(await plansOf(await keyFrom(server, ["192.0.2.0/24"]), { headers: claims }), 403, "key_address_refused");
  assert.equal((await server.api.get("/healthz", { headers: claims })).headers["strict-transport-security"], undefined);
  const ada = await Person.ofPortal(server, "ada", { authentication: await vouched(server) });
  refused(await ada.post("/api/billing/cancel", {}, { headers: { ...claims, Origin: "https://pay.example" } }), 403, "cross_site");
  assert.deepEqual(done(await ada.get("/api/me/sessions")).data.map(({ address }) => address), ["127.0.0.1"]);
});

test("what is no network is refused before anything starts", async () => {
  for (const list of ["localhost", "10.0.0.1/8", "0.0.0.0/0", "::/0", "10.0.0.0/8,", "10.0.0.0/8 10.1.0.0/16"]) {
    const { code, stderr } = await runTurnpike(["serve", "--data", "/nowhere", "--trusted-proxy", list]);
    assert.equal(code, 2, list);
    assert.match(stderr, /--trusted-proxy is a list of at most 16 networks/);
  }
  const { code, stderr } = await runTurnpike(["serve", "--data", "/nowhere", "--proxy-header", "x-real-ip"]);
  assert.equal(code, 2);
  assert.match(stderr, /--proxy-header is one of x-forwarded-for and forwarded/);
});
