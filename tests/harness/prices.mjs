// A shop whose plans get new versions, and the way to a price change that two people agree to.
import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { done, planIn } from "../api/support.mjs";
import { firstOperator, operator } from "./operators.mjs";
import { makeDataFolder, startServer } from "./server.mjs";
import { startSmtp } from "./smtp.mjs";

const CATALOGUE = resolve(import.meta.dirname, "../../catalog/plans.json");
export const CHANGES = "/api/admin/price-changes";
export const START = "2026-01-31T10:00:00Z";
export const FROM = "2026-04-01T00:00:00Z";

// A server that sells version 1 of each plan; `sell` makes the next versions those that are sold.
export async function shop(t, change = () => {}) {
  const folder = await makeDataFolder();
  t.after(() => rm(folder, { recursive: true, force: true }));
  const document = JSON.parse(await readFile(CATALOGUE, "utf8"));
  change(document);
  const path = join(folder, "plans.json");
  await writeFile(path, JSON.stringify(document));
  const smtp = await startSmtp(t);
  const server = await startServer(t, { testClock: START, args: ["--catalog", path, ...smtp.args], env: smtp.env });
  const sell = async (tier, fields, version = 2) => {
    const plan = structuredClone(planIn(document, tier));
    document.plans.push({ ...plan, version, ...fields, limits: { ...plan.limits, ...fields.limits } });
    await writeFile(path, JSON.stringify(document));
    await server.restart();
  };
  return { server, smtp, sell };
}

export const NEW = { prices: { month: 3_500, year: 37_800 }, limits: { modules: { limit: 77 } } };

export async function people(server) {
  const admin = await firstOperator(server);
  const kim = await operator(server, "kim", "finance");
  const lee = await operator(server, "lee", "finance");
  return { admin, kim, lee };
}

export async function planned(server, who, fields = {}) {
  const { id } = done(await who.post(CHANGES, { tier: "starter", fromVersions: [1], toVersion: 2, effectiveFrom: FROM, ...fields }), 202);
  await server.clock.advance("PT1S"); // it is counted when all is quiet
  const change = done(await server.api.get(`${CHANGES}/${id}`));
  assert.equal(change.status, "ready");
  return change;
}

export async function agreed(server, change, asks, agrees) {
  const { id } = done(await asks.post(`${CHANGES}/${change.id}/publish`, { hash: change.hash, reason: "as announced" }), 202);
  const approval = done(await agrees.post(`/api/admin/approvals/${id}/approve`, {}));
  assert.equal(approval.status, "executed");
  await server.clock.advance("PT1S");
  return done(await server.api.get(`${CHANGES}/${change.id}`));
}
