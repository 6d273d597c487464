// Guards: a pack of evidence says how far it is; one that is being made can be given up, and leaves nothing that could be taken for a file.
import assert from "node:assert/strict";
import { test } from "node:test";

import { expectStatus } from "../harness/http.mjs";
import { firstOperator, operator } from "../harness/operators.mjs";
import { startServer } from "../harness/server.mjs";

const PACKS = "/api/admin/evidence-packs";
const refused = (answer, status, code) => assert.equal(`${answer.status} ${answer.body?.code}`, `${status} ${code}`, answer.text);

test("a pack is given up", async (t) => {
  const server = await startServer(t);
  const { api } = server;
  const ask = async (day) => expectStatus(await api.post(PACKS, { from: `2026-01-0${day}T00:00:00Z`, to: "2026-01-10T00:00:00Z" }), 202).body;
  const packs = await Promise.all([1, 2, 3, 4, 5].map(ask));
  // They are made one after the other, so that the last one waits.
  const last = packs.map(({ id }) => id).sort().at(-1);
  const cancel = () => api.post(`${PACKS}/${last}/cancel`, {});
  const gone = expectStatus(await cancel(), 200).body;
  assert.deepEqual([gone.status, gone.percent, gone.doneAt, gone.sha256], ["cancelled", null, null, null]);
  refused(await api.get(`${PACKS}/${last}/file`), 409, "evidence_not_ready");
  assert.equal(expectStatus(await cancel(), 200).body.status, "cancelled", "once more changes nothing");
  const listed = async (status) => expectStatus(await api.get(`${PACKS}?status=${status}`), 200).body.data;
  assert.deepEqual((await listed("cancelled")).map(({ id }) => id), [last]);

  for (let running = await listed("running"); running.length > 0; running = await listed("running")) {
    for (const { percent, doneAt } of running) assert.ok(percent === null ? doneAt === null : percent >= 0 && percent < 100 && doneAt !== null, `${percent} ${doneAt}`);
  }
  const ready = await listed("ready");
  assert.deepEqual(ready.map(({ percent }) => percent), [100, 100, 100, 100], "the others are made");
  assert.equal(expectStatus(await api.post(`${PACKS}/${ready[0].id}/cancel`, {}), 200).body.status, "ready", "what is made stays");

  await firstOperator(server);
  const auditor = await operator(server, "aud", "auditor");
  refused(await auditor.post(`${PACKS}/${last}/cancel`, {}), 403, "role_forbidden");
  refused(await api.post(`${PACKS}/evpk_01k8m5zzbe2bs6pw92ayngj66a/cancel`, {}), 404, "evidence_not_found");
  assert.equal((await fetch(`${server.url}${PACKS}/${last}/cancel`, { method: "POST" })).status, 401);
});
