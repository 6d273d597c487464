// A `turnpike serve` of its own for each story: empty data, a free port, a clock that stands still
// until it is moved. Stories await answers, never time.
//
//   const server = await startServer(t);            // ends with the test `t`
//   const api = server.api.as("ada");
//   await server.clock.advance("P1M");
//   await server.kill(); await server.start();      // as after a power cut
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Api, Clock } from "./api.mjs";
import { Contract } from "./contract.mjs";
import { expectStatus } from "./http.mjs";
import { runTurnpike, startTurnpike } from "./program.mjs";
import { Stripe } from "./stripe.mjs";

const LISTENING = /^turnpike: listening on (http:\/\/\S+)$/m;
export const TEST_START = "2026-01-15T12:00:00Z";
export const ALL_SCOPES = "all";

export class Server {
  #process = null;
  #open = [];
  #arguments;
  #env;

  // Made by startServer(). `data` is a folder that this server may fill; without a test clock
  // (null) it runs on the real one.
  constructor(data, { testClock = TEST_START, args = [], env = {} } = {}) {
    this.data = data;
    const clock = testClock === null ? [] : ["--test-clock", testClock];
    this.#arguments = ["serve", "--data", data, "--listen", "127.0.0.1:0", ...clock, ...args];
    this.#env = env;
  }

  // Makes an API key. The data folder belongs to one process at a time, so the server must not run.
  async createKey(scopes = ALL_SCOPES) {
    const args = ["keys", "create", "--scopes", scopes, "--data", this.data, "--json"];
    const result = await runTurnpike(args, { env: this.#env });
    if (result.code !== 0) throw new Error(`keys create: status ${result.code}: ${result.stderr}`);
    return JSON.parse(result.stdout).key;
  }

  // Starts on the data as it is; with `key`, calls of `api` carry it.
  async start({ key = this.key } = {}) {
    const { match, process } = await startTurnpike(this.#arguments, LISTENING, { env: this.#env });
    this.#process = process;
    this.key = key;
    this.url = match[1];
    this.contract ??= await Contract.load(this.url);
    this.api = this.#keep(new Api(this.url, { key, contract: this.contract }));
    this.clock = new Clock(this.api);
    expectStatus(await this.api.get("/readyz"), 200);
    return this;
  }

  get stderr() {
    return this.#process?.stderr ?? "";
  }

  get pid() {
    return this.#process.pid;
  }

  // The sandbox that this server charges through.
  async stripe() {
    const { url, secretKey } = expectStatus(await this.api.get("/api/test/sandbox"), 200).body;
    return this.#keep(new Stripe(url, secretKey));
  }

  // Asks it to stop, and insists that it does so properly.
  async stop() {
    const { code, signal } = await this.#end("SIGTERM");
    if (code !== 0) throw new Error(`the server ended with ${signal ?? `status ${code}`}: ${this.stderr}`);
  }

  // As a power cut of the process: nothing is flushed, nobody says goodbye.
  async kill() {
    await this.#end("SIGKILL");
  }

  async restart() {
    await this.stop();
    return this.start();
  }

  // Waits for an end that the server decides on itself.
  ended() {
    return this.#process.ended();
  }

  async dispose() {
    if (this.#process?.isRunning) await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }

  #keep(client) {
    this.#open.push(client);
    return client;
  }

  async #end(signal) {
    const end = await this.#process.end(signal);
    for (const client of this.#open.splice(0)) client.close();
    return end;
  }
}

export function makeDataFolder() {
  return mkdtemp(join(tmpdir(), "turnpike-"));
}

// A running server on an empty folder, with a key for all scopes (or `scopes`). When the test fails,
// the server's log is part of the report.
export async function startServer(t, { scopes, ...options } = {}) {
  const server = new Server(await makeDataFolder(), options);
  t.after(async () => {
    if (t.error) t.diagnostic(`the server's log:\n${server.stderr.slice(-8000)}`);
    await server.dispose();
  });
  return server.start({ key: await server.createKey(scopes) });
}
