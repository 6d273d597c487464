// Promise: what fails for a reason of its own is undone alone and answered with 500; the server goes on for everybody else,
// and operators are told once a day, with the place, and without whose it was.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { startServer } from "../harness/server.mjs";
import { done, eventually, refused, subscriber, subscription } from "./support.mjs";

// Straight into the file, past all that keeps it right.
async function plant(server, sql) {
  const script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()";
  await promisify(execFile)("python3", ["-c", script, join(server.data, "turnpike.db"), sql]);
}

const alerts = async (server) =>
  done(await server.api.get("/api/admin/outbox?limit=100")).data.filter(({ kind }) => kind === "command_failed");

test("a row that cannot be read fails what is asked of it, and nothing else", async (t) => {
  const server = await startServer(t, { args: ["--alerts-to", "ops@nova.example"] });
  const ada = await subscriber(server, "ada");
  const bob = await subscriber(server, "bob");
  await plant(server, "update subscriptions set status = 'befogged' where user_id = 'ada'");
  const problem = refused(await ada.post("/api/billing/cancel", {}), 500, "internal");
  assert.doesNotMatch(problem.detail, /befogged|\.c:/);
  refused(await ada.post("/api/billing/cancel", {}), 500, "internal");
  done(await bob.post("/api/billing/cancel", {}));
  assert.equal((await subscription(bob)).cancelAtPeriodEnd, true);
  const [told, ...others] = await alerts(server);
  assert.deepEqual(others, [], "once a day for each place");
  const mail = done(await server.api.get(`/api/admin/outbox/${told.id}`));
  assert.match(mail.text, /store\/row\.c:\d+/);
  assert.doesNotMatch(mail.text, /ada|befogged/);
  await plant(server, "update subscriptions set status = 'active' where user_id = 'ada'");
  done(await ada.post("/api/billing/cancel", {}));
  assert.equal((await subscription(ada)).cancelAtPeriodEnd, true);
});

test("what the payment provider tells waits for its row to be mended, and nobody else waits for that", async (t) => {
  const server = await startServer(t);
  const stripe = await server.stripe();
  const ada = await subscriber(server, "ada");
  const { stripeSubscriptionId } = await subscription(ada);
  await plant(server, "update subscriptions set status = 'befogged' where user_id = 'ada'");
  done(await stripe.post(`/v1/subscriptions/${stripeSubscriptionId}`, { cancel_at_period_end: true }));
  await eventually(() => Promise.resolve(server.stderr), (log) => /command\.failed .*err=corrupt/.test(log));
  const bob = await subscriber(server, "bob");
  assert.equal((await subscription(bob)).status, "active");
  await plant(server, "update subscriptions set status = 'active' where user_id = 'ada'");
  await server.clock.advance("PT1S"); // ends once the event is applied
  assert.equal((await subscription(ada)).cancelAtPeriodEnd, true);
});
