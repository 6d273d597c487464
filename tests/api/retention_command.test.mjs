// Promise: what is kept, what may go and who is held is seen and asked for from the command line; what two people must
// agree to only waits there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { runTurnpike } from "../harness/program.mjs";
import { done, newCustomer, startSelling } from "./support.mjs";

const RETENTION = "/api/admin/retention";

test("turnpike retention", async (t) => {
  const server = await startSelling(t, (catalogue) => { catalogue.retention = { country: "DE" }; }, { testClock: "2026-03-01T12:00:00Z" });
  const run = (...args) => runTurnpike(["retention", ...args, "--data", server.data]);
  const lines = (told) => told.stdout.trim().split("\n").map((line) => line.split("  "));
  const good = async (...args) => {
    const told = await run(...args);
    assert.deepEqual([told.code, told.stderr], [0, ""], args.join(" "));
    return told;
  };
  for (const userId of ["ada", "bob"]) await newCustomer(server, userId);

  await t.test("schedule: a line a kind, or all of it", async () => {
    const rows = lines(await good("schedule"));
    assert.deepEqual(rows.find(([kind]) => kind === "invoices").slice(0, 4), ["invoices", "key", "P8Y", "P8Y"]);
    assert.deepEqual(rows.find(([kind]) => kind === "auditLog").slice(0, 3), ["auditLog", "none", "-"]);
    const all = JSON.parse((await good("schedule", "--json")).stdout);
    assert.equal(all.country, "DE");
    assert.equal(rows.length, all.kinds.length);
  });

  await t.test("holds: made, listed, ended", async () => {
    await good("hold", "bob", "--reason", "Case 12 O 345/26", "--until", "2040-01-01T00:00:00Z");
    assert.deepEqual(lines(await good("holds")), [["bob", "2040-01-01T00:00:00Z", "-", "-", "Case 12 O 345/26"]]);
    const again = await run("hold", "bob", "--reason", "Case 12 O 345/26", "--until", "2040-01-01T00:00:00Z");
    assert.equal(again.code, 1);
    assert.match(again.stderr, /held/);
    const past = await run("hold", "ada", "--reason", "a case", "--until", "2020-01-01T00:00:00Z");
    assert.equal(past.code, 1);
    assert.equal((await run("hold", "ada", "--reason", "a case")).code, 2);
    assert.equal((await run("hold", "nobody", "--reason", "a case", "--until", "2040-01-01T00:00:00Z")).code, 1);
  });

  await t.test("a plan is counted, shown, and waits for a second person", async () => {
    for (const year of [2028, 2030, 2032, 2033]) await server.clock.to(`${year}-01-01T00:00:01Z`); // letters: six years, in Germany
    const [[id, status, customers, purged, skipped, hash], ...kinds] = lines(await good("plan"));
    assert.deepEqual([status, customers, purged, skipped], ["ready", "1", "0", "1"]);
    assert.match(hash, /^[0-9a-f]{64}$/);
    assert.ok(kinds.some(([kind]) => kind === "mails"));
    assert.deepEqual(lines(await good("show", id))[0], [id, status, customers, purged, skipped, hash]);
    const asked = await run("purge", id, "--reason", "as each year");
    assert.equal(asked.code, 0);
    const [[approval, pending, action]] = lines(asked);
    assert.deepEqual([pending, action], ["pending", "purge"]);
    assert.match(asked.stderr, /nothing goes before a second person agrees/);
    assert.equal(done(await server.api.get(`/api/admin/approvals/${approval}`)).status, "pending");
    assert.equal(done(await server.api.get(`${RETENTION}/plans/${id}`)).status, "ready");
    const twice = await run("purge", id, "--reason", "as each year");
    assert.equal(twice.code, 1);
    assert.equal((await run("purge", id)).code, 2, "without a reason");
    assert.equal((await run("show", "rpln_none")).code, 1);
  });

  await t.test("a plan that takes rows alone is carried out at once", async () => {
    await good("hold", "ada", "--reason", "Another case", "--until", "2040-01-01T00:00:00Z");
    const [[id, , customers]] = lines(await good("plan"));
    assert.equal(customers, "0");
    const told = await good("purge", id, "--reason", "rows alone");
    assert.deepEqual(lines(told)[0].slice(0, 4), [id, "done", "0", "0"]);
    await good("release", "ada");
    assert.equal((await run("release", "ada")).code, 1);
    assert.deepEqual(lines(await good("holds", "--all")).map(([userId]) => userId).sort(), ["ada", "bob"]);
  });
});
