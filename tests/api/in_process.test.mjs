// Guards the example of docs/guide/in-process.md: a host that runs real WebAssembly modules runs what is
// allowed and no more, and what it recorded is counted.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { expectStatus } from "../harness/http.mjs";
import { TURNPIKE } from "../harness/program.mjs";
import { startServer } from "../harness/server.mjs";

const FOLDER = join(dirname(TURNPIKE), "examples/wasm_host");
const HARD_LIMIT = 11_000; // api_requests of the plan `free`
const BYTES_A_CALL = 8;
const skip = existsSync(join(FOLDER, "wasm_host")) ? false : "wabt is not installed";

async function host(server, userId, calls) {
  const args = [server.url, userId, join(FOLDER, "sum.wasm"), String(calls), "100"];
  const env = { ...process.env, TURNPIKE_KEY: server.key };
  const { stdout } = await promisify(execFile)(join(FOLDER, "wasm_host"), args, { env });
  return stdout.trim();
}

async function usedOf(server, userId, name) {
  const { metrics } = expectStatus(await server.api.as(userId).get("/api/billing/usage"), 200).body;
  return metrics.find(({ metric }) => metric === name).used;
}

test("a host runs the calls that are allowed, bills them, and runs no other", { skip }, async (t) => {
  const server = await startServer(t, { testClock: null });
  expectStatus(await server.api.post("/api/customers", { userId: "ada", email: "ada@example.com", name: "Ada" }), 201);
  assert.equal(await host(server, "ada", 50), "run 50 denied 0 because - result 5050 closed ok");
  assert.equal(await usedOf(server, "ada", "api_requests"), 50);
  assert.equal(await usedOf(server, "ada", "bandwidth"), 50 * BYTES_A_CALL);
  assert.equal(await usedOf(server, "ada", "build_minutes"), 1);
  assert.equal(
    await host(server, "ada", HARD_LIMIT),
    `run ${HARD_LIMIT - 50} denied 50 because hard_limit result 5050 closed ok`,
  );
  assert.equal(await usedOf(server, "ada", "api_requests"), HARD_LIMIT);
});

test("nothing runs for a customer that does not exist", { skip }, async (t) => {
  const server = await startServer(t, { testClock: null });
  assert.match(await host(server, "nobody", 3), /^run 0 denied 3 because no_customer result 0 closed ok$/);
});
