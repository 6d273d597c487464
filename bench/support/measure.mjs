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
import { cpuSeconds, writtenBytes } from "./process.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const BUILD = resolve(process.env.BENCH_BUILD ?? join(dirname(TURNPIKE), "bench"));
const TASKSET = "/usr/bin/taskset";
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

// What a client prints that runs on the clients' core; one that `yields` lets the others there go first.
async function outputOf(program, args, { yields = false } = {}) {
  const command = [...(CORES ? [TASKSET, "-c", CORES.client] : []), ...(yields ? ["nice", "-n", "19"] : []), program];
  const { stdout } = await promisify(execFile)(command[0], [...command.slice(1), ...args.map(String)]);
  return stdout;
}

// The object of JSON that a client prints.
export async function runClient(program, args) {
  return JSON.parse(await outputOf(program, args));
}

export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

// Of the rounds of one figure: what the table shows, and how far they lay apart.
export function summary(values) {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values), rounds: values.length };
}

// The same in another unit: `factor` of the new one are one of the old.
export function scaled({ median, low, high, rounds }, factor) {
  return { median: median * factor, low: low * factor, high: high * factor, rounds };
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
  if (figure && typeof figure === "object") more.push(`low=${text(figure.low)}`, `high=${text(figure.high)}`, `rounds=${figure.rounds}`);
  if (reference && typeof reference === "object") more.push(`referenceLow=${text(reference.low)}`, `referenceHigh=${text(reference.high)}`);
  console.log([name, middle(figure), unit, middle(reference), ...more].join("\t"));
}

// A server on empty data, with the clock of the machine and these customers.
export async function startOnEmpty({ customers = [], ...options } = {}) {
  const testClock = new Date().toISOString().replace(/\.\d+/, "");
  const server = new Server(await makeDataFolder(), { testClock, ...options });
  await server.start({ key: await server.createKey() });
  await Promise.all(customers.map((user) => server.api.createCustomer(user)));
  return server;
}

// NAME0 and on, as event_load.c draws them.
export function usersNamed(name, count) {
  return Array.from({ length: count }, (_, i) => `${name}${i}`);
}

export function portOf({ url }) {
  return Number(new URL(url).port);
}

// A request of a server, as `measure` takes it.
export function post({ key }, path, body, type = "application/json") {
  return { method: "POST", path, header: `Authorization: Bearer ${key}\r\nContent-Type: ${type}`, body: JSON.stringify(body) };
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

// Batches of `size` events with ids of their own, as event_load.c describes; `rate` is of events. Gives
// perSecond (events), p50Ms, p99Ms, p999Ms, refused, counted, cpuUs and bytes: what a counted event cost the
// server, and how much it wrote. One that `yields` is not what is measured, but what others are measured beside.
export async function measureEvents(server, { size, connections, customers, rate = 0, ms = MS, name = "load", yields = false }) {
  const [cpu, written] = [cpuSeconds(server.pid), writtenBytes(server.pid)];
  const header = `Authorization: Bearer ${server.key}`;
  const args = [portOf(server), connections, ms, size, customers, rate, header, name];
  const printed = await outputOf(programOf("event_load"), args, { yields });
  const [perSecond, p50Ms, p99Ms, p999Ms, refused, counted] = printed.split(" ").map(Number);
  const cpuUs = ((cpuSeconds(server.pid) - cpu) / counted) * 1e6;
  return { perSecond, p50Ms, p99Ms, p999Ms, refused, counted, cpuUs, bytes: (writtenBytes(server.pid) - written) / counted };
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
