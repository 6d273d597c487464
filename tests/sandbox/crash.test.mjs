// Promise: a power cut at any moment loses nothing that was answered, and a retry with the same key
// finishes what was not, once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sandbox } from "./support.mjs";

const ROUNDS = 10;
const BURST = 12;

test("kill -9 in the middle of a burst, then the same requests again", async (t) => {
  const sandbox = await Sandbox.start(t);
  const answered = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    const send = (i) => {
      const name = `${round}-${i}`;
      return sandbox.stripe
        .post("/v1/customers", { name }, { idempotencyKey: name })
        .then((answer) => answered.set(name, answer.body.id));
    };
    const burst = Array.from({ length: BURST }, (_, i) => send(i).catch(() => {}));
    await burst[round]; // so that the cut comes at another place of each burst
    await sandbox.crash();
    await Promise.all(burst);
    const before = new Map(answered);
    for (let i = 0; i < BURST; i++) await send(i);
    for (const [name, id] of before) assert.equal(answered.get(name), id, name);
  }
  const ids = new Set();
  for (let after; ; after = [...ids].at(-1)) {
    const page = await sandbox.get("/v1/customers", { limit: 100, ...(after && { starting_after: after }) });
    for (const { id } of page.data) ids.add(id);
    if (!page.has_more) break;
  }
  assert.deepEqual(ids, new Set([...answered.values()].reverse()));
  assert.equal(ids.size, ROUNDS * BURST);
});
