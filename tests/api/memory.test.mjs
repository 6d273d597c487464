// Promise: what a load took of memory is given back once it is over, by itself.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { usageEvents } from "../harness/events.mjs";
import { TURNPIKE } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";
import { newCustomer } from "./support.mjs";

const BATCHES = 6;
const EVENTS = 10_000; // 2 MB of text
const LOOK_MS = 200;

// A sanitizer keeps freed memory for itself, to find who still uses it.
const isSanitized = () => readFileSync(TURNPIKE).includes("__asan_init");

const heldBy = (pid) => Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

test("a burst of large batches leaves no lasting mark", { skip: isSanitized() && "a sanitizer's allocator", timeout: 60_000 }, async (t) => {
  const server = await startServer(t);
  await newCustomer(server, "ada");
  const idle = heldBy(server.pid);
  const batches = Array.from({ length: BATCHES }, () => usageEvents(EVENTS, { userId: "ada" }));
  // The most of what is seen as the answers come: memory may be given back before the last of them is read.
  let loaded = 0;
  const send = async (batch) => {
    const { status } = await server.api.sendEvents(batch);
    loaded = Math.max(loaded, heldBy(server.pid));
    assert.ok([200, 503].includes(status), `${status}`); // it may be too much at once
  };
  await Promise.all(batches.map(send));
  assert.ok(loaded > 2 * idle, `${idle} kB became ${loaded}`);
  // Nobody asks it meanwhile; what stays is what is known of the events.
  while (heldBy(server.pid) > idle + (2 * (loaded - idle)) / 3) await delay(LOOK_MS);
});
