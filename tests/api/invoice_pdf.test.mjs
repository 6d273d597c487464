// Promise: an invoice's PDF is the provider's; a draft, and the next invoice as it stands, have one of ours that
// says that it is none yet, with the same figures as the API.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { customerWithCard, done, invoices, newCustomer, refused, startSelling, subscriber } from "./support.mjs";

const UPCOMING = "/api/billing/invoices/upcoming/pdf";

// The words of a PDF as a reader sees them, a line a line.
async function read(t, server, userId, path, headers = {}) {
  const answer = await fetch(server.url + path, {
    redirect: "manual",
    headers: { authorization: `Bearer ${server.key}`, "turnpike-user": userId, ...headers },
  });
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "application/pdf"]);
  const folder = await mkdtemp(join(tmpdir(), "turnpike-pdf-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "draft.pdf");
  await writeFile(file, Buffer.from(await answer.arrayBuffer()));
  const words = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
  return words.split("\n").map((line) => line.replace(/\s+/g, " ").trim()).filter(Boolean);
}

test("the next invoice, with its discount, as a preview in the reader's language", async (t) => {
  const server = await startSelling(t, (it) => {
    it.coupons = [{ code: "HALF", name: "Half off", percentOff: 50, duration: "forever" }];
  }, { testClock: "2026-04-01T00:00:00Z" });
  const ada = await customerWithCard(server, "ada");
  done(await ada.post("/api/billing/subscribe", { tier: "starter", coupon: "HALF" }), 201);
  done(await ada.get(UPCOMING)); // as the description says it is
  const english = await read(t, server, "ada", UPCOMING);
  assert.equal(english[0], "Invoice Preview");
  for (const line of ["Discount -$14.50", "Total $14.50", "Amount due $14.50"]) assert.ok(english.includes(line), `${line}: ${english.join(" | ")}`);
  assert.ok(english.some((line) => line.includes("1 × Starter") && line.endsWith("1 $29.00")), english.join(" | "));
  assert.ok(english.some((line) => line.includes("This is no invoice yet")));
  const german = await read(t, server, "ada", UPCOMING, { "accept-language": "de-DE,de;q=0.9" });
  assert.equal(german[0], "Rechnung Vorschau");
  assert.ok(german.includes("Gesamt 14,50 $"), german.join(" | "));
});

test("a draft has a paper of ours until it is finalized, then the provider's", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-01T00:00:00Z" });
  const ada = await subscriber(server, "ada");
  await server.clock.to("2026-05-01T00:10:00Z");
  const [draft, first] = await invoices(ada);
  assert.deepEqual([draft.status, draft.pdfUrl], ["draft", null]);
  const lines = await read(t, server, "ada", `/api/billing/invoices/${draft.id}/pdf`);
  assert.equal(lines[0], "Invoice Draft");
  for (const line of ["Total $29.00", "Amount due $29.00"]) assert.ok(lines.includes(line), lines.join(" | "));
  await server.clock.to("2026-05-01T02:00:00Z");
  for (const { id } of [draft, first]) {
    const answer = await fetch(`${server.url}/api/billing/invoices/${id}/pdf`, {
      redirect: "manual", headers: { authorization: `Bearer ${server.key}`, "turnpike-user": "ada" },
    });
    assert.equal(answer.status, 303);
    assert.match(answer.headers.get("location"), /\/invoice\/in_\w+\/pdf/);
  }
});

test("what there is none of", async (t) => {
  const server = await startServer(t, { testClock: "2026-04-01T00:00:00Z" });
  const free = await newCustomer(server, "free");
  refused(await free.get(UPCOMING), 404, "no_upcoming_invoice");
  refused(await free.get("/api/billing/invoices/invo_none/pdf"), 404, "invoice_not_found");
  const ada = await subscriber(server, "ada");
  const [{ id }] = await invoices(ada);
  refused(await free.get(`/api/billing/invoices/${id}/pdf`), 404, "invoice_not_found");
  const other = done(await server.api.post("/api/keys", { name: "usage", scopes: ["usage:write"] }), 201).key;
  refused(await server.api.withKey(other).get(UPCOMING), 403, "scope_missing");
});
