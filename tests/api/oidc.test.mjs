// Promise: people come in by the OpenID provider, known by issuer and subject alone, and nothing that a provider, a
// browser or somebody in between makes up lets anybody in: each is refused in its own words.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Passkey } from "../harness/passkey.mjs";
import { Person } from "../harness/person.mjs";
import { runTurnpike } from "../harness/program.mjs";
import { Visitor, newKey, signByPublicKey, signToken, startProvider } from "../harness/provider.mjs";
import { startServer } from "../harness/server.mjs";
import { totp } from "../harness/totp.mjs";
import { done, refused } from "./support.mjs";

// A server and its provider on one clock.
async function startBoth(t, { args = [], ...options } = {}) {
  let server;
  const provider = await startProvider(t, () => server.clock.now());
  const own = provider.options;
  server = await startServer(t, { ...options, env: own.env, args: [...own.args, ...args] });
  return { server, provider };
}

const invite = async (server, email, role = "auditor") => done(await server.api.post("/api/admin/operators", { email, role }), 201);
const verified = (email, more = {}) => ({ sub: email, email, email_verified: true, ...more });
// An address may try twenty times at once, and ten times a minute.
const rest = (server) => server.clock.advance("PT3M");
const session = async (visitor) => (await visitor.get("/api/session")).body;
const isIn = (answer, path = "/sign-in") => assert.equal(`${answer.status} ${answer.headers.location}`, `303 ${path}`, answer.text);
const rowsOf = async (server, action) => done(await server.api.get("/api/admin/audit?limit=100")).data.filter((row) => row.action === action);

test("who comes, and as whom", async (t) => {
  const { server, provider } = await startBoth(t);

  await t.test("an invited operator is let in by a verified address, and has a second factor to prove", async () => {
    await invite(server, "ada@example.com", "support");
    const ada = new Visitor(server);
    assert.equal((await session(ada)).signInProvider, "Example ID");
    const { answer, query } = await ada.signIn(provider, verified("Ada@example.com", { sub: "ada", name: "Ada" }), "?next=/security");
    isIn(answer, "/security");
    assert.equal(query.redirect_uri, `${server.url}/api/sign-in/oidc/callback`);
    const line = answer.headers["set-cookie"].find((one) => one.startsWith("__Host-sid="));
    assert.match(line, /; Path=\/; Secure; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
    const { role, kind, personEmail, personName, needsSecondFactor } = await session(ada);
    assert.deepEqual({ role, kind, personEmail, personName, needsSecondFactor }, { role: "support", kind: "operator", personEmail: "ada@example.com", personName: "Ada", needsSecondFactor: true });
    assert.deepEqual(done(await server.api.get("/api/admin/operators")).invitations, []);
  });

  await t.test("which they set up as soon as they are in, however long ago they signed in there", async () => {
    const ada = new Visitor(server);
    const long = Math.floor(Date.parse(await server.clock.now()) / 1000) - 36_000;
    isIn((await ada.signIn(provider, { sub: "ada", auth_time: long })).answer);
    refused(await ada.get("/api/admin/dunning"), 401, "second_factor_required");
    assert.match(done(await ada.post("/api/me/totp"), 201).secret, /^[A-Z2-7]{32}$/);
  });

  await t.test("from then on by issuer and subject alone, whatever the address is now", async () => {
    const ada = new Visitor(server);
    isIn((await ada.signIn(provider, { sub: "ada", email: "lovelace@example.com", email_verified: false, amr: ["pwd", "otp"] })).answer);
    const { personEmail, needsSecondFactor } = await session(ada);
    assert.deepEqual({ personEmail, needsSecondFactor }, { personEmail: "ada@example.com", needsSecondFactor: false });
    done(await ada.get("/api/admin/dunning"));
  });

  await t.test("the same address under another subject is somebody else", async () => {
    refused((await new Visitor(server).signIn(provider, verified("ada@example.com", { sub: "mallory" }))).answer, 403, "oidc_subject_changed");
  });

  await t.test("an address that the provider has not verified is nobody's", async () => {
    await invite(server, "eve@example.com");
    refused((await new Visitor(server).signIn(provider, { sub: "eve", email: "eve@example.com" })).answer, 403, "oidc_email_unverified");
    refused((await new Visitor(server).signIn(provider, { sub: "eve", email: "eve@example.com", email_verified: false })).answer, 403, "oidc_email_unverified");
    refused((await new Visitor(server).signIn(provider, { sub: "eve", email: "nobody@example.com" })).answer, 403, "oidc_email_unverified");
    refused((await new Visitor(server).signIn(provider, { sub: "eve" })).answer, 403, "oidc_email_unverified");
  });

  await t.test("a stranger and one who was let go hear the same", async () => {
    await rest(server);
    const { data } = done(await server.api.get("/api/admin/operators"));
    const ada = data.find(({ email }) => email === "ada@example.com");
    done(await server.api.delete(`/api/admin/operators/${ada.id}`), 204);
    const gone = (await new Visitor(server).signIn(provider, verified("ada@example.com", { sub: "ada" }))).answer;
    const stranger = (await new Visitor(server).signIn(provider, verified("stranger@example.com"))).answer;
    assert.equal(refused(gone, 403, "oidc_person_unknown").detail, refused(stranger, 403, "oidc_person_unknown").detail);
  });

  await t.test("who was let go and invited again comes by whatever account has the address then", async () => {
    await invite(server, "ada@example.com", "finance");
    const ada = new Visitor(server);
    isIn((await ada.signIn(provider, verified("ada@example.com", { sub: "ada-2", amr: ["mfa"] }))).answer);
    assert.equal((await session(ada)).role, "finance");
    refused((await new Visitor(server).signIn(provider, verified("ada@example.com", { sub: "ada" }))).answer, 403, "oidc_subject_changed");
    await rest(server);
  });

  await t.test("whom the platform speaks for is not taken over by an address", async () => {
    await server.api.createCustomer("acme");
    await Person.ofPortal(server, "acme", { person: { id: "boss", email: "boss@example.com" } });
    refused((await new Visitor(server).signIn(provider, verified("boss@example.com"))).answer, 403, "oidc_person_unknown");
  });

  await t.test("a customer's member who was invited here comes in as a member", async () => {
    await rest(server);
    const owner = await Person.ofPortal(server, "acme", { authentication: { at: await server.clock.now(), methods: ["mfa"] } });
    done(await owner.post("/api/billing/members", { email: "mia@acme.example", role: "viewer" }), 201);
    const early = (await new Visitor(server).signIn(provider, verified("mia@acme.example"))).answer;
    refused(early, 403, "oidc_person_unknown"); // a customer's invitation is accepted by its link
    const { data } = done(await server.api.get("/api/admin/outbox?limit=100"));
    const { text } = done(await server.api.get(`/api/admin/outbox/${data.find(({ to }) => to === "mia@acme.example").id}`));
    done(await new Person(server).post("/api/invitations/accept", { token: /#([0-9a-f]{64})/.exec(text)[1], name: "Mia" }), 204);
    const mia = new Visitor(server);
    isIn((await mia.signIn(provider, verified("mia@acme.example", { amr: ["mfa"] }), "?next=/billing")).answer, "/billing");
    const { role, kind, userId } = await session(mia);
    assert.deepEqual({ role, kind, userId }, { role: "viewer", kind: "member", userId: "acme" });
  });

  await t.test("the audit log has who came in and who did not", async () => {
    const rows = await rowsOf(server, "session.sign_in_oidc");
    const outcomes = new Set(rows.map(({ outcome }) => outcome));
    for (const outcome of ["done", "oidc_subject_changed", "oidc_email_unverified", "oidc_person_unknown"]) assert.ok(outcomes.has(outcome), `${outcome} of ${[...outcomes]}`);
    assert.equal((await rowsOf(server, "person.linked")).length, 3);
    assert.ok(!JSON.stringify(rows).includes("code="), "no code stands in a row");
  });

  await t.test("a mail tells of it", async () => {
    const mails = done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ kind, to }) => kind === "security_notice" && to === "ada@example.com");
    assert.equal(mails.filter(({ subject }) => /New sign-in/.test(subject)).length, 1, "of a place that is new");
    assert.equal(mails.filter(({ subject }) => /Role changed/.test(subject)).length, 1);
  });
});

test("who comes uninvited", async (t) => {
  const { server, provider } = await startBoth(t, { args: ["--oidc-operators", "auditor"] });
  await t.test("operates as what the installation says", async () => {
    const ned = new Visitor(server);
    isIn((await ned.signIn(provider, verified("ned@example.com", { amr: ["mfa"] }))).answer);
    assert.equal((await session(ned)).role, "auditor");
  });
  await t.test("or as what they were invited to", async () => {
    await invite(server, "fin@example.com", "finance");
    const fin = new Visitor(server);
    isIn((await fin.signIn(provider, verified("fin@example.com", { amr: ["mfa"] }))).answer);
    assert.equal((await session(fin)).role, "finance");
  });
  await t.test("and not at all without a verified address", async () => {
    refused((await new Visitor(server).signIn(provider, { sub: "x", email: "x@example.com" })).answer, 403, "oidc_email_unverified");
  });
});

test("proving afresh", async (t) => {
  const { server, provider } = await startBoth(t, { args: ["--oidc-acr", "urn:two"] });
  await invite(server, "root@example.com", "admin");
  const root = new Visitor(server);
  const person = verified("root@example.com", { amr: ["pwd", "otp"] });
  let invited = 0;
  const change = () => root.post("/api/admin/operators", { email: `auditor-${++invited}@example.com`, role: "auditor" });
  const again = "?again=true&next=/security";

  await t.test("two factors of the provider's count for as long as they are fresh", async () => {
    const { answer, query } = await root.signIn(provider, person);
    isIn(answer);
    assert.equal(query.acr_values, "urn:two");
    assert.equal(query.max_age, undefined);
    done(await change(), 201);
    await server.clock.advance("PT6M");
    assert.deepEqual(refused(await change(), 401, "step_up_required").methods, ["provider"]);
  });

  await t.test("it is asked to ask again, and the change goes through", async () => {
    const before = root.cookies.get("__Host-sid");
    const { answer, query } = await root.signIn(provider, person, again);
    isIn(answer, "/security?proved=true");
    assert.equal(`${query.max_age} ${query.prompt}`, "0 login");
    assert.notEqual(root.cookies.get("__Host-sid"), before, "the session has a new secret");
    done(await change(), 201);
  });

  const refusedAgain = async (claims, status, code, detail) => {
    await server.clock.advance("PT6M");
    await root.signIn(provider, person, again);
    await server.clock.advance("PT6M");
    const problem = refused((await root.signIn(provider, claims, again)).answer, status, code);
    if (detail) assert.match(problem.detail, detail);
    refused(await change(), 401, "step_up_required");
  };

  await t.test("an old sign-in there is none", async () => {
    const old = Math.floor(Date.parse(await server.clock.now()) / 1000) - 100;
    await refusedAgain({ ...person, auth_time: old }, 403, "oidc_token_invalid", /too long ago/);
  });
  await t.test("nor one of which nobody says when", () => refusedAgain({ ...person, auth_time: undefined }, 403, "oidc_token_invalid", /too long ago/));
  await t.test("nor one of a single factor", () => refusedAgain({ ...person, amr: ["pwd"] }, 403, "oidc_one_factor"));
  await t.test("nor somebody else's", () => refusedAgain({ ...person, sub: "other" }, 403, "oidc_other_person"));
  await t.test("the context that was set up means two factors", async () => {
    isIn((await root.signIn(provider, { ...person, amr: undefined, acr: "urn:two" }, again)).answer, "/security?proved=true");
    done(await change(), 201);
  });
  await t.test("nobody proves afresh who is not in", async () => {
    await rest(server);
    refused(await new Visitor(server).get(`/api/sign-in/oidc${again}`), 401, "session_expired");
    const { path } = await provider.authorize(await root.begin(again), person);
    done(await root.post("/api/session/sign-out"), 204);
    refused(await root.get(path), 401, "session_ended");
  });
  await t.test("what was proved long ago, or nobody says when, lets in but changes nothing", async () => {
    await server.clock.advance("PT10M");
    const now = Math.floor(Date.parse(await server.clock.now()) / 1000);
    for (const auth_time of [now - 400, undefined]) {
      isIn((await root.signIn(provider, { ...person, auth_time })).answer);
      assert.equal((await session(root)).needsSecondFactor, false);
      refused(await change(), 401, "step_up_required");
    }
  });
});

test("lies are refused, each in its own words", async (t) => {
  const { server, provider } = await startBoth(t);
  await invite(server, "ada@example.com");
  const person = verified("ada@example.com", { amr: ["mfa"] });

  // `lies` for one sign-in; who lies is not in.
  async function lie(lies, status, code, detail) {
    await rest(server);
    const visitor = new Visitor(server);
    provider.lies = lies;
    const { answer } = await visitor.signIn(provider, person);
    provider.lies = {};
    const problem = refused(answer, status, code);
    if (detail) assert.match(problem.detail, detail);
    assert.ok(!visitor.cookies.has("__Host-sid"), "nobody is in");
    return problem;
  }
  const claims = (change) => ({ claims: (said, now) => ({ ...said, ...change(said, now) }) });
  const token = (lies, detail) => lie(lies, 403, "oidc_token_invalid", detail);
  const beginWith = async (document) => {
    await rest(server);
    provider.lies = { document };
    const answer = await new Visitor(server).get("/api/sign-in/oidc");
    provider.lies = {};
    return refused(answer, 502, "oidc_provider_failed").detail;
  };

  // What it says of itself; nothing of it is kept while it is wrong.
  await t.test("a document of another issuer", async () => assert.match(await beginWith((real) => ({ ...real, issuer: "https://evil.example" })), /another issuer/));
  await t.test("a document of 10 MB", async () => assert.match(await beginWith((real) => ({ ...real, padding: "x".repeat(10_000_000) })), /larger than 64 KiB/));
  await t.test("a document that is none", async () => assert.match(await beginWith(() => "<html>"), /no JSON/));
  await t.test("an address without TLS elsewhere", async () => assert.match(await beginWith((real) => ({ ...real, token_endpoint: "http://10.0.0.1/token" })), /not https|one that is not/));
  await t.test("no PKCE", async () => assert.match(await beginWith((real) => ({ ...real, code_challenge_methods_supported: ["plain"] })), /PKCE/));
  await t.test("no algorithm that is taken", async () => assert.match(await beginWith((real) => ({ ...real, id_token_signing_alg_values_supported: ["HS256", "none"] })), /signs by none/));

  // Its keys.
  const keys = (lies, detail) => lie({ keys: lies }, 502, "oidc_provider_failed", detail);
  await t.test("keys of 10 MB", () => keys(() => JSON.stringify({ keys: [], padding: "x".repeat(10_000_000) }), /larger than 64 KiB/));
  await t.test("keys that are no JSON", () => keys(() => "keys", /no JSON object/));
  await t.test("no keys", () => keys(() => ({ keys: [] }), /no key/));
  await t.test("a key with its private part", () => keys(() => ({ keys: [{ ...provider.keys[0].privateKey.export({ format: "jwk" }), kid: "one" }] }), /secret key/));

  // Its token endpoint.
  const endpoint = (answer, detail) => lie({ token: answer }, 502, "oidc_provider_failed", detail);
  await t.test("a token endpoint that errs", () => endpoint((json) => json(500, { error: "server_error" }), /another status/));
  await t.test("that refuses the code", () => endpoint((json) => json(400, { error: "invalid_grant" }), /does not take the code/));
  await t.test("that redirects", async () => {
    const before = provider.asked.keys;
    await endpoint((json) => json(302, "", { Location: `${provider.issuer}/keys` }), /another status/);
    assert.equal(provider.asked.keys, before, "nobody followed");
  });
  await t.test("that hangs", () => endpoint(() => {}, /in time/));
  await t.test("that hangs up", () => endpoint((json, response) => response.destroy(), /cannot be reached/));
  await t.test("that answers something else", () => endpoint((json) => json(200, "id_token=1"), /no JSON/));
  await t.test("without an ID token", () => lie({ tokens: { id_token: undefined } }, 502, "oidc_provider_failed", /no ID token/));

  // Its token: whose, for whom, when.
  await t.test("iss of another", () => token(claims(() => ({ iss: "https://evil.example" })), /another issuer/));
  await t.test("iss with a slash more", () => token(claims(({ iss }) => ({ iss: `${iss}/` })), /another issuer/));
  await t.test("aud of another", () => token(claims(() => ({ aud: "other-client" })), /for somebody else/));
  await t.test("aud of several without azp", () => token(claims(({ aud }) => ({ aud: [aud, "other-client"] })), /to somebody else/));
  await t.test("azp of another", () => token(claims(({ aud }) => ({ aud: [aud, "other-client"], azp: "other-client" })), /to somebody else/));
  await t.test("nonce of another sign-in", () => token(claims(() => ({ nonce: "A".repeat(43) })), /another sign-in/));
  await t.test("no nonce", () => token(claims(() => ({ nonce: undefined })), /another sign-in/));
  await t.test("expired", () => token(claims((said, now) => ({ iat: now - 500, exp: now - 61 })), /expired/));
  await t.test("issued ahead", () => token(claims((said, now) => ({ iat: now + 120, exp: now + 600 })), /not valid yet/));
  await t.test("not before later", () => token(claims((said, now) => ({ nbf: now + 120 })), /not valid yet/));
  await t.test("issued long ago", () => token(claims((said, now) => ({ iat: now - 3600 })), /too long ago/));
  await t.test("no exp", () => token(claims(() => ({ exp: undefined })), /lacks a claim/));
  await t.test("no sub", () => token(claims(() => ({ sub: undefined })), /lacks a claim/));
  await t.test("at_hash of another access token", () => token(claims(() => ({ at_hash: "AAAAAAAAAAAAAAAAAAAAAA" })), /another access token/));

  // Its signature.
  await t.test("alg none", () => token({ sign: (header, said) => `${signToken({ ...header, alg: "none" }, said, provider.keys[0]).split(".").slice(0, 2).join(".")}.` }, /not allowed/));
  await t.test("HS256 by the public key", () => token({ sign: signByPublicKey }, /not allowed/));
  await t.test("a payload that was changed", () => token({
    sign: (header, said, key) => {
      const [head, , signature] = signToken(header, said, key).split(".");
      return `${head}.${Buffer.from(JSON.stringify({ ...said, sub: "root" })).toString("base64url")}.${signature}`;
    },
  }, /signature/));
  await t.test("a key of somebody's under the kid", () => token({ key: newKey("one") }, /signature/));
  await t.test("the kid of another key", async () => {
    provider.keys.push(newKey("two"));
    await token({ header: { kid: "two" } }, /signature/);
  });
  await t.test("a key in the header", () => token({ header: { jwk: provider.keys[0].jwk } }, /own key/));
  await t.test("the address of a key in the header", () => token({ header: { jku: "https://evil.example/keys" } }, /own key/));
  await t.test("an unknown kid, for which keys are fetched anew at most once a minute", async () => {
    const before = provider.asked.keys;
    for (let i = 0; i < 3; i++) await token({ header: { kid: "nine" } }, /no such key/);
    assert.ok(provider.asked.keys - before <= 1, `${provider.asked.keys - before} times`);
  });

  // The way back.
  const gone = (answer) => refused(answer, 410, "oidc_attempt_gone");
  await t.test("iss of another provider beside the code (mix-up)", () => lie({ back: { iss: "https://evil.example" } }, 403, "oidc_other_issuer"));
  await t.test("no iss beside the code, though the provider always sends it", () => lie({ back: { iss: null } }, 403, "oidc_other_issuer"));
  await t.test("an error instead of a code", () => lie({ back: { code: null, error: "access_denied" } }, 403, "oidc_denied"));
  await t.test("neither", () => lie({ back: { code: null } }, 403, "oidc_denied"));
  await t.test("another state", () => lie({ back: { state: `${"0".repeat(64)}.L3NpZ24taW4` } }, 410, "oidc_attempt_gone"));
  await t.test("no state", () => lie({ back: { state: null } }, 410, "oidc_attempt_gone"));
  await t.test("another path in the state", async () => {
    await rest(server);
    const visitor = new Visitor(server);
    const { path } = await provider.authorize(await visitor.begin(), person);
    gone(await visitor.get(path.replace(/(state=[0-9a-f]{64}\.)[^&]*/, `$1${Buffer.from("//evil.example").toString("base64url")}`)));
  });
  await t.test("a code without the browser that asked", async () => {
    await rest(server);
    const { path } = await provider.authorize(await new Visitor(server).begin(), person);
    gone(await new Visitor(server).get(path));
    const other = new Visitor(server);
    await other.begin();
    gone(await other.get(path));
  });
  await t.test("a code of another sign-in, by a provider that forgets PKCE", async () => {
    await rest(server);
    const [attacker, victim] = [new Visitor(server), new Visitor(server)];
    const { path: stolen } = await provider.authorize(await attacker.begin(), person);
    const { path } = await provider.authorize(await victim.begin(), person);
    const code = /code=([^&]*)/.exec(stolen)[1];
    provider.lies = { anyVerifier: true };
    const answer = await victim.get(path.replace(/code=[^&]*/, `code=${code}`));
    provider.lies = {};
    assert.match(refused(answer, 403, "oidc_token_invalid").detail, /another sign-in/);
  });
  await t.test("a code of another sign-in, by one that does not", async () => {
    await rest(server);
    const [attacker, victim] = [new Visitor(server), new Visitor(server)];
    const { path: stolen } = await provider.authorize(await attacker.begin(), person);
    const { path } = await provider.authorize(await victim.begin(), person);
    const answer = await victim.get(path.replace(/code=[^&]*/, `code=${/code=([^&]*)/.exec(stolen)[1]}`));
    assert.match(refused(answer, 502, "oidc_provider_failed").detail, /does not take the code/);
  });
  await t.test("an answer that is used twice", async () => {
    await rest(server);
    const visitor = new Visitor(server);
    const { path } = await provider.authorize(await visitor.begin(), person);
    const cookie = visitor.cookie;
    isIn(await visitor.get(path));
    gone(await new Visitor(server).get(path, { Cookie: cookie }));
  });
  await t.test("an answer after 10 minutes", async () => {
    const visitor = new Visitor(server);
    const { path } = await provider.authorize(await visitor.begin(), person);
    await server.clock.advance("PT10M");
    gone(await visitor.get(path));
  });
  await t.test("a parameter that comes twice", async () => {
    const visitor = new Visitor(server);
    const { path } = await provider.authorize(await visitor.begin(), person);
    refused(await visitor.get(`${path}&code=other`), 400, "malformed_url");
  });

  // Where to go on.
  for (const next of ["//evil.example", "/\\evil.example", "https://evil.example", "/api/session", "/sign-in/0000", "/nowhere", "billing"]) {
    await t.test(`back to ${next}`, async () => {
      await rest(server);
      refused(await new Visitor(server).get(`/api/sign-in/oidc?next=${encodeURIComponent(next)}`), 422, "invalid_query", "next");
    });
  }

  await t.test("too many attempts from one address", async () => {
    const visitor = new Visitor(server);
    let answer;
    for (let i = 0; i < 30 && answer?.status !== 429; i++) answer = await visitor.get("/api/sign-in/oidc/callback");
    refused(answer, 429, "too_many_attempts");
    refused(await visitor.get("/api/sign-in/oidc"), 429, "too_many_attempts");
    await rest(server);
  });

  await t.test("a browser is told on the page for signing in", async () => {
    const page = await new Visitor(server).get("/api/sign-in/oidc/callback?code=1&state=2", { Accept: "text/html,*/*" });
    isIn(page, "/sign-in?error=oidc_attempt_gone");
    assert.equal(page.headers["referrer-policy"], "no-referrer");
  });

  await t.test("the truth still lets in", async () => {
    isIn((await new Visitor(server).signIn(provider, person)).answer);
    const fresh = newKey("three", "ES256");
    provider.lies = { key: provider.keys[1] };
    isIn((await new Visitor(server).signIn(provider, person)).answer);
    provider.lies = { document: () => assert.fail("it is kept") };
    isIn((await new Visitor(server).signIn(provider, person)).answer);
    assert.equal(fresh.alg, "ES256");
  });
});

test("a key that is new, and a provider that takes the secret in the body", async (t) => {
  const { server, provider } = await startBoth(t);
  await invite(server, "ada@example.com");
  const person = verified("ada@example.com", { amr: ["mfa"] });
  provider.lies = { document: (real) => ({ ...real, token_endpoint_auth_methods_supported: ["client_secret_post"], authorization_response_iss_parameter_supported: undefined }), posts: true, back: { iss: null } };
  isIn((await new Visitor(server).signIn(provider, person)).answer);
  provider.keys = [newKey("two", "ES256")];
  isIn((await new Visitor(server).signIn(provider, person)).answer);
  assert.equal(provider.asked.keys, 2);
  assert.equal(provider.asked.document, 1);
});

// There and back from /security; what the server says in the end.
async function link(visitor, provider, person) {
  const { url } = done(await visitor.post("/api/me/identities"), 201);
  const there = await provider.authorize(url, person);
  return { ...there, answer: await visitor.get(there.path) };
}

test("linking an account by hand", async (t) => {
  const { server, provider } = await startBoth(t);
  const localhost = server.url.replace("127.0.0.1", "localhost");
  const root = new Visitor(server);
  const token = new URL(done(await server.api.post("/api/setup/link", {}), 201).url).hash.slice(1);
  done(await root.post("/api/setup", { token, email: "root@example.com", name: "Root" }), 204);
  const key = new Passkey(localhost);
  const register = async () => done(await root.post("/api/me/passkeys", key.register(done(await root.post("/api/me/passkeys/options")))), 204);
  const prove = async () => done(await root.post("/api/session/passkey", key.assert(done(await root.post("/api/session/passkey/options")))), 204);
  const me = async () => done(await root.get("/api/me"));
  await register();

  await t.test("an address that nobody verified does not matter: both are shown to be theirs, just now", async () => {
    assert.deepEqual((await me()).identities, []);
    const { answer, query } = await link(root, provider, { sub: "root-there", email: "other@elsewhere.example" });
    isIn(answer, "/security?linked=true");
    assert.equal(`${query.max_age} ${query.prompt}`, "0 login");
    const [{ since, ...identity }, ...others] = (await me()).identities;
    assert.deepEqual({ identity, others }, { identity: { issuer: provider.issuer, name: "Example ID", signsIn: true }, others: [] });
    assert.ok(since);
    assert.deepEqual(done(await root.get("/api/admin/operators")).data.map(({ isLinked }) => isLinked), [true]);
    const again = new Visitor(server);
    isIn((await again.signIn(provider, { sub: "root-there" })).answer);
    assert.equal((await session(again)).role, "admin");
    assert.equal((await rowsOf(server, "person.linked")).length, 1);
  });

  await t.test("the same once more is the same; another account is refused while there is one", async () => {
    await rest(server);
    isIn((await link(root, provider, { sub: "root-there" })).answer, "/security?linked=true");
    refused((await link(root, provider, { sub: "second" })).answer, 409, "identity_exists");
    const { path } = await provider.authorize(done(await root.post("/api/me/identities"), 201).url, { sub: "second" });
    isIn(await root.get(path, { Accept: "text/html" }), "/security?error=identity_exists");
  });

  await t.test("somebody else's account stays theirs", async () => {
    await rest(server);
    await prove();
    const { id } = done(await root.post("/api/admin/operators", { email: "kim@example.com", role: "auditor" }), 201);
    assert.ok(id);
    const kim = new Visitor(server);
    isIn((await kim.signIn(provider, verified("kim@example.com", { sub: "kim", amr: ["mfa"] }))).answer);
    done(await root.delete(`/api/me/identities?issuer=${encodeURIComponent(provider.issuer)}`), 204);
    refused((await link(root, provider, { sub: "kim" })).answer, 409, "identity_taken");
    assert.deepEqual((await me()).identities, []);
  });

  await t.test("it belongs to the session that began it, and to that browser", async () => {
    await rest(server);
    await prove();
    const begin = async () => provider.authorize(done(await root.post("/api/me/identities"), 201).url, { sub: "stolen" });
    refused(await new Visitor(server).get((await begin()).path), 410, "oidc_attempt_gone");
    const kim = new Visitor(server);
    isIn((await kim.signIn(provider, { sub: "kim", amr: ["mfa"] })).answer);
    const { path } = await begin();
    kim.cookies.set("__Host-oidc", root.cookies.get("__Host-oidc")); // the attempt in another's session
    refused(await kim.get(path), 401, "session_ended");
    refused(await root.get(path), 410, "oidc_attempt_gone");
    const { path: late } = await begin();
    await server.clock.advance("PT10M");
    refused(await root.get(late), 410, "oidc_attempt_gone");
    assert.deepEqual((await me()).identities, []);
  });

  await t.test("what the provider says must hold as ever, and be of now", async () => {
    await prove();
    const lie = async (lies, status, code) => {
      provider.lies = lies;
      const { answer } = await link(root, provider, { sub: "root-there" });
      provider.lies = {};
      refused(answer, status, code);
    };
    await lie({ claims: (said) => ({ ...said, nonce: "A".repeat(43) }) }, 403, "oidc_token_invalid");
    await lie({ claims: (said, now) => ({ ...said, auth_time: now - 100 }) }, 403, "oidc_token_invalid");
    await lie({ claims: (said) => ({ ...said, iss: "https://evil.example" }) }, 403, "oidc_token_invalid");
    await lie({ key: newKey("one") }, 403, "oidc_token_invalid");
    await lie({ back: { iss: "https://evil.example" } }, 403, "oidc_other_issuer");
    await lie({ back: { code: null, error: "access_denied" } }, 403, "oidc_denied");
    assert.deepEqual((await me()).identities, []);
  });

  await t.test("it wants a fresh proof, the page's own token, and a person", async () => {
    await rest(server);
    await server.clock.advance("PT3M");
    for (const send of [() => root.post("/api/me/identities"), () => root.delete("/api/me/identities?issuer=x")]) {
      assert.deepEqual(refused(await send(), 401, "step_up_required").methods, ["passkey"]);
    }
    refused(await server.api.withKey(undefined).post("/api/me/identities", {}), 401, "session_missing");
    refused(await server.api.withKey(undefined).post("/api/me/identities", {}, { headers: { Cookie: root.cookie, Origin: server.url } }), 403, "csrf_token_invalid");
    await prove();
    refused(await root.delete("/api/me/identities"), 422, "invalid_query", "issuer");
    refused(await root.delete("/api/me/identities?issuer=https://nobody.example"), 404, "identity_not_found");
    refused(await root.delete("/api/me/identities?issuer=platform"), 404, "identity_not_found");
  });

  await t.test("unlinking ends the other sessions, is told by mail, and lets nobody in by it any more", async () => {
    await rest(server);
    isIn((await link(root, provider, { sub: "root-there" })).answer, "/security?linked=true");
    const other = new Visitor(server);
    isIn((await other.signIn(provider, { sub: "root-there", amr: ["mfa"] })).answer);
    done(await root.delete(`/api/me/identities?issuer=${encodeURIComponent(provider.issuer)}`), 204);
    assert.equal((await session(other)).personId, null);
    done(await root.get("/api/me"));
    refused((await other.signIn(provider, { sub: "root-there", email: "root@example.com" })).answer, 403, "oidc_email_unverified");
    const subjects = done(await server.api.get("/api/admin/outbox?limit=100")).data.map(({ subject }) => subject);
    for (const what of [/Sign-in provider linked/, /Sign-in provider unlinked/]) assert.ok(subjects.some((subject) => what.test(subject)), `${what}`);
  });

  await t.test("the last way in stays, and so does an admin who needs no provider", async () => {
    await rest(server);
    const kim = new Visitor(server);
    isIn((await kim.signIn(provider, { sub: "kim", amr: ["mfa"] })).answer);
    refused(await kim.delete(`/api/me/identities?issuer=${encodeURIComponent(provider.issuer)}`), 409, "last_way_in");
    await prove();
    done(await root.post("/api/admin/operators", { email: "adm@example.com", role: "admin" }), 201);
    const adm = new Visitor(server);
    isIn((await adm.signIn(provider, verified("adm@example.com", { sub: "adm", amr: ["mfa"] }))).answer);
    const { id } = done(await root.get("/api/me"));
    refused(await adm.put(`/api/admin/operators/${id}`, { role: "auditor" }), 409, "last_one");
    refused(await adm.delete(`/api/admin/operators/${id}`), 409, "last_one");
    const { secret } = done(await root.post("/api/me/totp"), 201);
    done(await root.post("/api/session/totp", { code: totp(secret, Date.parse(await server.clock.now())) }), 204);
    const [{ id: passkey }] = (await me()).passkeys;
    refused(await root.delete(`/api/me/passkeys/${passkey}`), 409, "last_way_in");
    const options = done(await adm.post("/api/me/passkeys/options"));
    done(await adm.post("/api/me/passkeys", new Passkey(localhost).register(options)), 204);
    done(await adm.put(`/api/admin/operators/${id}`, { role: "auditor" }), 204);
    assert.equal((await session(root)).personId, null, "another role is another session");
    const subjects = done(await server.api.get("/api/admin/outbox?limit=100")).data.map(({ subject }) => subject);
    assert.ok(subjects.some((subject) => /Role changed/.test(subject)));
  });
});

test("a provider that says nothing of addresses", async (t) => {
  await t.test("lets nobody in until it is trusted, and never one of which it says no", async () => {
    const { server, provider } = await startBoth(t, { args: ["--oidc-email", "trusted"] });
    await invite(server, "ada@example.com");
    refused((await new Visitor(server).signIn(provider, { sub: "ada", email: "ada@example.com", email_verified: false })).answer, 403, "oidc_email_unverified");
    refused((await new Visitor(server).signIn(provider, { sub: "ada" })).answer, 403, "oidc_email_unverified");
    isIn((await new Visitor(server).signIn(provider, { sub: "ada", email: "ada@example.com" })).answer);
  });
});

test("roles by what the provider says", async (t) => {
  const args = ["--oidc-roles", "groups=billing team:finance,groups=desk:support,department=urn:a:b:auditor"];
  const { server, provider } = await startBoth(t, { args });
  const come = async (sub, claims) => {
    const visitor = new Visitor(server);
    const { answer } = await visitor.signIn(provider, verified(`${sub}@example.com`, { amr: ["mfa"], ...claims }));
    return { answer, role: (await session(visitor)).role };
  };

  await t.test("the first rule that holds decides, once", async () => {
    assert.equal((await come("fin", { groups: ["everybody", "billing team", "desk"] })).role, "finance");
    assert.equal((await come("desk", { groups: "desk" })).role, "support");
    assert.equal((await come("aud", { department: "urn:a:b" })).role, "auditor");
    assert.equal((await come("fin", { groups: ["desk"] })).role, "finance", "roles are changed here");
    const rows = await rowsOf(server, "operator.admitted");
    assert.deepEqual(rows.map(({ row }) => row.after.role).sort(), ["auditor", "finance", "support"]);
  });

  await t.test("who has none of it is not let in", async () => {
    await rest(server);
    for (const groups of [undefined, [], "des", ["desks"], { desk: true }, [["desk"]], [null], 7, "billing team,desk"]) {
      refused((await come("nobody", { groups })).answer, 403, "oidc_person_unknown");
    }
    refused((await come("nobody", { groups: ["desk"], email_verified: false })).answer, 403, "oidc_email_unverified");
  });

  await t.test("an invitation says more than a rule", async () => {
    await rest(server);
    await invite(server, "boss@example.com", "admin");
    assert.equal((await come("boss", { groups: ["desk"] })).role, "admin");
  });

  await t.test("nobody becomes admin by a rule, and what is none is refused at the start", async () => {
    for (const rules of ["groups=root:admin", "groups:finance", "groups=x", "=x:finance", "groups=:finance", "groups=x:owner", ""]) {
      const { code, stderr } = await runTurnpike(["serve", "--data", "/nowhere", "--oidc-roles", rules]);
      assert.equal(code, 2, rules);
      assert.match(stderr, /--oidc-roles is a list/);
    }
    assert.match((await runTurnpike(["serve", "--data", "/nowhere", "--oidc-email", "yes"])).stderr, /verified and trusted/);
  });
});

test("where no provider is set up", async (t) => {
  const server = await startServer(t);
  const visitor = new Visitor(server);
  refused(await visitor.get("/api/sign-in/oidc"), 404, "oidc_not_set_up");
  refused(await visitor.get("/api/sign-in/oidc/callback"), 404, "oidc_not_set_up");
  const { url } = done(await server.api.post("/api/portal-sessions", { userId: done(await server.api.post("/api/customers", { userId: "acme", email: "a@acme.example", name: "Acme" }), 201).userId, authentication: { at: await server.clock.now(), methods: ["mfa"] } }), 201);
  await visitor.get(new URL(url).pathname);
  refused(await visitor.post("/api/me/identities"), 404, "oidc_not_set_up");
  assert.equal((await session(visitor)).signInProvider, null);
});
