// Promise: every operation of the description, called by everybody there can be and for another customer too, is
// let in or refused exactly as the roles were agreed. What was agreed is written down here once more, by hand.
import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { test } from "node:test";

import { Passkey } from "../harness/passkey.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { done, newCustomer } from "./support.mjs";

const AGREED = {
  owner: ["billing:read", "billing:write", "members:read", "members:write", "feedback", "privacy"],
  billing_admin: ["billing:read", "billing:write", "members:read", "feedback"],
  viewer: ["billing:read", "members:read"],
  admin: ["customers:read", "customers:write", "notes:write", "impersonate", "money:read", "money:write", "approve", "system:read", "system:write", "operators:read", "operators:write", "evidence", "evidence:write"],
  finance: ["customers:read", "notes:write", "money:read", "money:write", "approve", "system:read"],
  support: ["customers:read", "notes:write", "impersonate", "money:read"],
  auditor: ["customers:read", "money:read", "system:read", "operators:read", "evidence"],
};
const OPERATORS = ["admin", "finance", "support", "auditor"];
const CUSTOMERS = ["owner", "billing_admin", "viewer"];
// Who looks at somebody else's pages may do these all the same.
const COMING_OR_GOING = new Set(["/api/session/passkey", "/api/session/passkey/options", "/api/session/recovery-code", "/api/session/totp"]);
// What ends or replaces the session that calls it comes last, by itself.
const ENDS_SESSIONS = new Set(["POST /api/session/sign-out", "DELETE /api/me", "DELETE /api/me/sessions"]);

function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: path.replace(/\{\w+\}/g, "nobody-at-all"),
      name: `${method.toUpperCase()} ${path}`,
      isStream: JSON.stringify(operation.responses["200"] ?? {}).includes("text/event-stream"),
      changes: !["get", "head"].includes(method),
      byKey: operation.security?.some(({ key }) => key) ?? false,
      byPerson: operation.security?.some(({ session }) => session) ?? false,
      permission: operation["x-permission"],
    })));
}

// Status and code of an answer, which is held against the description; of a stream only how it begins.
function ask(server, person, { method, path, changes, isStream }, more = {}) {
  const body = changes && method !== "DELETE" ? "{}" : undefined;
  const headers = { ...person?.headers, ...(body && { "Content-Type": "application/json" }), ...more };
  return new Promise((answered, failed) => {
    const request = httpRequest(new URL(path, server.url), { method, headers }, (response) => {
      if (isStream && response.statusCode === 200) {
        answered({ status: 200 });
        request.destroy();
        return;
      }
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => { text += chunk; });
      response.on("end", () => {
        const isJson = /[/+]json(;|$)/.test(response.headers["content-type"] ?? "") && text !== "";
        const answer = { status: response.statusCode, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
        try {
          server.contract.check(method, path, answer);
          answered({ status: answer.status, code: answer.body?.code });
        } catch (error) {
          failed(error);
        }
      });
    });
    request.on("error", failed);
    request.end(body);
  });
}

// What was agreed for a role on an operation: the code of the refusal, or "in".
function expected(role, operation, isLooking) {
  const { permission, byKey, byPerson, changes } = operation;
  if (!byKey && !byPerson) return "in";
  if (permission === undefined && !byPerson) return "key_missing";
  if (isLooking && changes && byPerson) return COMING_OR_GOING.has(operation.path) ? "in" : "reads_only";
  if (permission === undefined) return "in";
  if (byPerson && OPERATORS.includes(role)) { // a customer's operation, by an operator
    return changes ? "role_forbidden" : AGREED[role].includes("customers:read") ? "in" : "role_forbidden";
  }
  return AGREED[role].includes(permission) ? "in" : "role_forbidden";
}

// Words of being let in or not; whatever else an operation says, it has let the caller in.
const REFUSALS = new Set(["role_forbidden", "reads_only", "key_missing", "session_expired", "session_missing", "scope_missing", "second_factor_required", "cross_site", "csrf_token_invalid", "step_up_required"]);
const heard = ({ code }) => (REFUSALS.has(code) ? code : "in");

test("routes x roles x tenants", async (t) => {
  const server = await startServer(t);
  const operations = operationsOf(server.api.description).filter(({ name }) => !ENDS_SESSIONS.has(name));
  await newCustomer(server, "ours");
  await newCustomer(server, "theirs");
  const persons = {};

  await t.test("everybody comes in", async () => {
    for (const role of CUSTOMERS) {
      persons[role] = await Person.ofPortal(server, "ours", { role, person: { id: role }, authentication: await vouched(server) });
    }
    const comeIn = async (name, role) => {
      const person = new Person(server);
      if (role === "admin") {
        const { url } = done(await server.api.post("/api/setup/link", {}), 201);
        done(await person.post("/api/setup", { token: new URL(url).hash.slice(1), email: "admin@example.com", name }), 204);
      } else {
        done(await server.api.post("/api/admin/operators", { email: `${name}@example.com`, role }), 201);
        const { data } = done(await server.api.get("/api/admin/outbox"));
        const { text } = done(await server.api.get(`/api/admin/outbox/${data.find(({ to }) => to === `${name}@example.com`).id}`));
        done(await person.post("/api/invitations/accept", { token: /#([0-9a-f]{64})/.exec(text)[1], name }), 204);
      }
      await person.look();
      const options = done(await person.post("/api/me/passkeys/options"));
      done(await person.post("/api/me/passkeys", new Passkey(server.url.replace("127.0.0.1", "localhost")).register(options)), 204);
      await person.look();
      return person;
    };
    for (const role of OPERATORS) persons[role] = await comeIn(role, role);
    // Nobody of the matrix: who changes their second factor, as the matrix does, no longer looks.
    const looker = await comeIn("looker", "support");
    const { url } = done(await looker.post("/api/admin/impersonations", { userId: "ours", reason: "the matrix" }), 201);
    persons.looking = new Person(server);
    await persons.looking.open(new URL(url).pathname);
  });

  await t.test("0 differences from what was agreed", async () => {
    const differences = [];
    let count = 0;
    for (const [role, person] of Object.entries(persons)) {
      const isLooking = role === "looking";
      for (const operation of operations) {
        const isForeign = operation.byPerson && operation.permission !== undefined && OPERATORS.includes(role);
        const more = isForeign ? { "Turnpike-User": "ours" } : {};
        const is = heard(await ask(server, person, operation, more));
        const should = expected(isLooking ? "viewer" : role, operation, isLooking);
        count++;
        if (is !== should) differences.push(`${role} ${operation.name}: ${is}, not ${should}`);
      }
      await person.look(); // some of what was called has ended it, or given it a new secret
    }
    assert.deepEqual(differences, []);
    t.diagnostic(`${count} calls: ${operations.length} operations x ${Object.keys(persons).length} people, 0 differences`);
  });

  await t.test("for another customer nothing is there, whatever the role", async () => {
    const differences = [];
    let count = 0;
    for (const role of [...CUSTOMERS, "looking"]) {
      const own = operations.filter(({ byPerson, permission, changes }) => byPerson && permission && (role !== "looking" || !changes));
      for (const operation of own) {
        const { status, code } = await ask(server, persons[role], operation, { "Turnpike-User": "theirs" });
        count++;
        if (`${status} ${code}` !== "404 customer_not_found") differences.push(`${role} ${operation.name}: ${status} ${code}`);
      }
    }
    assert.deepEqual(differences, []);
    t.diagnostic(`${count} calls for another customer, 404 each`);
  });

  await t.test("nobody gets in without a session, by a forged one, or without what our pages send", async () => {
    const differences = [];
    const forged = { headers: { ...persons.owner.headers, Cookie: `__Host-sid=${"0".repeat(64)}` } };
    for (const operation of operations.filter(({ byKey, byPerson }) => byKey || byPerson)) {
      const none = heard(await ask(server, undefined, operation));
      const other = heard(await ask(server, forged, operation));
      const isPersonal = operation.byPerson || operation.permission !== undefined;
      if (!["key_missing", "session_missing"].includes(none)) differences.push(`nobody ${operation.name}: ${none}`);
      if (other !== (isPersonal ? "session_expired" : "key_missing")) differences.push(`forged ${operation.name}: ${other}`);
      if (isPersonal && operation.changes) {
        const bare = heard(await ask(server, { headers: { Cookie: persons.admin.cookie } }, operation));
        if (bare !== "cross_site") differences.push(`bare ${operation.name}: ${bare}`);
      }
    }
    assert.deepEqual(differences, []);
  });

  await t.test("each change that a person may make is in the table of step-up", async () => {
    const document = server.api.description;
    const missing = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods)
      .filter(([method, operation]) => method !== "get" && (operation["x-permission"] || operation.security?.some(({ session }) => session)))
      .filter(([, operation]) => operation["x-step-up"] === undefined)
      .map(([method]) => `${method} ${path}`));
    assert.deepEqual(missing, []);
  });
});
