// What a customer was told of the limits of a counter, everywhere it stands: in their history, in their mails, and
// beside their usage. The three are written together, so whoever looks finds the same in each.
import assert from "node:assert/strict";

import { expectStatus } from "../harness/http.mjs";

// By the name of the notice: the line of history is `usage.<name>`.
const MAILS = { warning: "usage_80", limit_reached: "usage_100", grace_ending: "usage_grace_ending", blocked: "usage_blocked" };
const NAMES = Object.keys(MAILS);

const read = async (api, path) => expectStatus(await api.get(path), 200).body;
const countsOf = (words) => words.reduce((counts, word) => ({ ...counts, [word]: (counts[word] ?? 0) + 1 }), {});

/** Reads the three and holds them against each other; gives the names of the notices, each of which was given once. */
export async function toldOnce(server, userId, metric = "api_requests") {
  const api = server.api.as(userId);
  const { metrics } = await read(api, "/api/billing/usage");
  const notices = metrics.find((row) => row.metric === metric).notices.map(({ notice }) => notice);
  const history = (await read(api, "/api/billing/events?limit=100")).data;
  const lines = history.filter(({ type, metadata }) => type.startsWith("usage.") && metadata.metric === metric);
  const mails = (await read(server.api, `/api/admin/outbox?userId=${userId}&limit=100`)).data;
  const once = countsOf(notices);
  const label = metric === "api_requests" ? "API requests" : metric;
  assert.deepEqual(countsOf(lines.map(({ type }) => type.slice("usage.".length))), once, `${userId}: history`);
  const kinds = mails.filter(({ kind, subject }) => kind.startsWith("usage_") && subject.includes(label));
  assert.deepEqual(countsOf(kinds.map(({ kind }) => NAMES.find((name) => MAILS[name] === kind))), once, `${userId}: mails`);
  for (const name of notices) assert.equal(once[name], 1, `${userId}: ${name}`);
  return notices;
}
