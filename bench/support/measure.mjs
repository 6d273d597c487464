// What the bench scripts share: interleaved runs and their medians, rows of the table, requests by load.c.
//
// One core is the server's and the other the client's, where the machine has two: `pin` puts a server on
// the first, `load` runs on the second. Each load also says what the server's processes cost per answer
// (`cpuUs`), which other work on the machine disturbs far less than it does the rate.
import { execFile, execFileSync } from "node:child_process";
import { closeSync, existsSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

import { TURNPIKE } from "../../tests/harness/program.mjs";
import { makeDataFolder, Server } from "../../tests/harness/server.mjs";
import { cpuSeconds } from "./process.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const BUILD = resolve(process.env.BENCH_BUILD ?? join(dirname(TURNPIKE), "bench"));
export const TASKSET = "/usr/bin/taskset";
const IS_QUICK = process.env.TURNPIKE_QUICK === "1";

// Of a whole run and of a smoke, in which no figure means anything.
export const ROUNDS = IS_QUICK ? 1 : 5;
export const MS = IS_QUICK ? 300 : 600;
export const CORES = existsSync(TASKSET) && availableParallelism() > 1 ? { server: "0", client: "1" } : null;
export { IS_QUICK, ROOT, TURNPIKE };

// A program of bench/ as built, or null where it is not.
export function programOf(name) {
  const path = join(BUILD, name);
  return existsSync(path) ? path : null;
}

// Puts a process, with all of its threads and all that they will start, on the server's core.
export function pin(pid) {
  if (CORES) execFileSync(TASKSET, ["-a", "-p", "-c", CORES.server, String(pid)], { stdio: "ignore" });
}

// Lets it run everywhere again.
export function unpin(pid) {
  if (CORES) execFileSync(TASKSET, ["-a", "-p", "-c", `0-${availableParallelism() - 1}`, String(pid)], { stdio: "ignore" });
}

// Runs a client on its own core and reads the object of JSON that it prints.
export async function runClient(program, args) {
  const command = CORES ? [TASKSET, "-c", CORES.client, program] : [program];
  const { stdout } = await promisify(execFile)(command[0], [...command.slice(1), ...args.map(String)]);
  return JSON.parse(stdout);
}

export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

// Of the rounds of one figure: what the table shows, and how far they lay apart.
export function summary(values) {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values), rounds: values.length };
}

// Runs take turns, so that what else the machine does falls on all of them alike. `runs` are functions by
// name, each giving a number or an object of numbers; the result has a summary by name, or one by name
// and member.
export async function compare(runs, rounds = ROUNDS) {
  const found = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(runs)) found[name].push(await run());
  }
  const summaryOf = (list) => {
    if (typeof list[0] === "number") return summary(list);
    return Object.fromEntries(Object.keys(list[0]).map((member) => [member, summary(list.map((one) => one[member]))]));
  };
  return Object.fromEntries(Object.entries(found).map(([name, list]) => [name, summaryOf(list)]));
}

// A row of the table: figure and reference are numbers or summaries; `than` names the reference where the
// row's name does not. tools/bench.py aligns it, adds the ratio and judges it by bench/goals.json.
export function row(name, figure, unit, reference, than) {
  const text = (value) => (value === undefined || value === null ? "-" : Number(value.toPrecision(4)).toString());
  const middle = (value) => text(typeof value === "object" ? value?.median : value);
  const more = [];
  if (than) more.push(`than=${than}`);
  if (typeof figure === "object") more.push(`low=${text(figure.low)}`, `high=${text(figure.high)}`, `rounds=${figure.rounds}`);
  if (reference && typeof reference === "object") more.push(`referenceLow=${text(reference.low)}`, `referenceHigh=${text(reference.high)}`);
  console.log([name, middle(figure), unit, middle(reference), ...more].join("\t"));
}

// A server on empty data, with the clock of the machine.
export async function startOnEmpty(options = {}) {
  const testClock = new Date().toISOString().replace(/\.\d+/, "");
  const server = new Server(await makeDataFolder(), { testClock, ...options });
  await server.start({ key: await server.createKey() });
  return server;
}

// Requests that are all alike but for their nil UUIDs, as load.c describes. `address` is a port or
// "unix:PATH"; with `pid` the cost of that process and its children is measured too. Gives perSecond,
// p50Us, p90Us, p99Us, p999Us, maxUs, clientBusy, and cpuUs: what an answer cost the server.
export async function measure(address, { connections = 64, ms = MS, depth = 1, rate, pid, request }) {
  const options = ["-d", depth, ...(rate ? ["-r", rate] : []), ...(request.redis ? ["-R"] : [])];
  const { method, path, header = "", body = "" } = request;
  const words = request.redis ?? [method, path, header, body];
  const before = pid && cpuSeconds(pid);
  const found = await runClient(programOf("load"), [...options, address, connections, ms, ...words]);
  return pid ? { ...found, cpuUs: ((cpuSeconds(pid) - before) / found.answers) * 1e6 } : found;
}

// Answers a second of requests that are all alike.
export async function load(address, connections, ms, request) {
  return (await measure(address, { connections, ms, request })).perSecond;
}

// Appends of 4 KB made durable: what the disk allows one writer that waits for each. Milliseconds, and a
// second.
export function syncs(count = IS_QUICK ? 20 : 200) {
  const folder = mkdtempSync(join(tmpdir(), "sync-"));
  const file = openSync(join(folder, "file"), "w");
  const page = Buffer.alloc(4_096, 1);
  const times = Array.from({ length: count }, () => {
    writeSync(file, page);
    const started = performance.now();
    fdatasyncSync(file);
    return performance.now() - started;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(count - 1, Math.floor(count * share))];
  const sum = times.reduce((a, b) => a + b, 0);
  return { perSecond: (count / sum) * 1_000, p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999) };
}

export function syncsPerSecond() {
  return syncs().perSecond;
}
