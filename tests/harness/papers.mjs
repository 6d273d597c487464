// A server whose invoices' papers are given by a story instead of the provider: held back, refused, led elsewhere.
import assert from "node:assert/strict";
import { createServer } from "node:http";

import { expectStatus } from "./http.mjs";
import { startBehindLine } from "./line.mjs";

const done = (answer, status = 200) => expectStatus(answer, status).body;

// Who gives the papers, as the provider would: `give(response, path)` decides what becomes of each.
async function startPapers(t) {
  const papers = { asked: [], give: (response) => response.end("%PDF-1.7 a paper") };
  const server = createServer((request, response) => {
    papers.asked.push(request.url);
    papers.give(response, request.url);
  });
  await new Promise((fulfil) => { server.listen(0, "127.0.0.1", fulfil); });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  papers.url = `http://127.0.0.1:${server.address().port}`;
  return papers;
}

// The customer ada with two invoices of 2026, whose papers are `papers`.
export async function startWithPapers(t) {
  const papers = await startPapers(t);
  const lead = async (call, pass) => {
    const { status, body } = await pass();
    const text = body.toString().replace(/("invoice_pdf":\s*)"[^"]*\/invoice\/(\w+)\/pdf"/g, `$1"${papers.url}/$2"`);
    return { status, headers: { "Content-Type": "application/json" }, body: text };
  };
  const { server } = await startBehindLine(t, () => lead, { now: "2026-01-15T12:00:00Z" });
  await server.api.createCustomer("ada");
  const ada = server.api.as("ada");
  done(await ada.post("/api/billing/payment-methods", { paymentMethodId: "pm_card_visa" }), 201);
  done(await ada.post("/api/billing/subscribe", { tier: "starter" }), 201);
  done(await ada.put("/api/billing/subscription", { tier: "professional" }));
  assert.equal(done(await ada.get("/api/billing/invoices")).data.length, 2);
  return { papers, server, ada };
}

// Holds every paper from the `after`-th on; gives a promise of the first that is held, and lets all go.
export function holding(papers, after = 0) {
  const held = [];
  let tell;
  const first = new Promise((fulfil) => { tell = fulfil; });
  let given = 0;
  papers.give = (response) => {
    given += 1;
    if (given <= after) {
      response.end("%PDF-1.7 a paper");
      return;
    }
    held.push(response);
    tell();
  };
  const letGo = () => {
    papers.give = (response) => response.end("%PDF-1.7 a paper");
    held.forEach(papers.give);
  };
  return { first, letGo };
}
