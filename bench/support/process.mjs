// What is measured of a process from outside, and processes that are started to be measured.
import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

// A process may end between two looks at /proc.
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function list(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

// The fields of /proc/PID/stat from the state on, which is its third (proc(5)).
function statOf(pid) {
  return read(`/proc/${pid}/stat`).split(") ").at(-1).split(" ");
}

function childrenOf(pid) {
  const all = list("/proc").filter((name) => /^\d+$/.test(name));
  return all.filter((name) => statOf(name)[1] === String(pid));
}

const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

// Of the threads of a process, in nanoseconds (https://docs.kernel.org/scheduler/sched-stats.html).
function threadSeconds(pid) {
  return list(`/proc/${pid}/task`).reduce((sum, task) => sum + Number(read(`/proc/${pid}/task/${task}/schedstat`).split(" ")[0]) / 1e9, 0);
}

// Of its children that have ended, in ticks.
function endedSeconds(pid) {
  const [user = 0, system = 0] = statOf(pid).slice(13, 15).map(Number);
  return (user + system) / TICKS;
}

// Processor seconds of a process and its children so far, all threads, user and system. It looks again when
// a child ended meanwhile, which would be missed or counted twice.
export function cpuSeconds(pid) {
  for (;;) {
    const ended = endedSeconds(pid);
    const children = childrenOf(pid);
    const living = children.reduce((sum, child) => sum + cpuSeconds(child), threadSeconds(pid));
    if (endedSeconds(pid) === ended && childrenOf(pid).length === children.length) return ended + living;
  }
}

// Processor seconds of a process alone, its threads that have ended among them, to a hundredth of a second.
export function wholeSeconds(pid) {
  const [user, system] = statOf(pid).slice(11, 13).map(Number);
  return (user + system) / TICKS;
}

// Resident memory of a process in megabytes.
export function residentMegabytes(pid) {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1_024;
}

// Bytes that a process and its children have sent to the disk so far.
export function writtenBytes(pid) {
  const own = Number(/^write_bytes: (\d+)$/m.exec(read(`/proc/${pid}/io`))?.[1] ?? 0);
  return childrenOf(pid).reduce((sum, child) => sum + writtenBytes(child), own);
}

export function freePort() {
  return new Promise((fulfil) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => fulfil(port));
    });
  });
}

const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

// Starts a program that stays and asks `isReady`, which sees what it has printed, until it says yes; null
// when it ends before that. Its end is awaited by `stop`; a script that fails takes it along.
export async function startProcess(program, args, { isReady, user = {}, signal = "SIGTERM" }) {
  const started = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"], ...user });
  running.add(child);
  const ended = new Promise((fulfil) => child.on("exit", fulfil)).then(() => running.delete(child));
  const failed = new Promise((_, reject) => child.on("error", reject));
  failed.catch(() => {});
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
  while (!(await Promise.race([isReady(printed), failed]))) {
    if (child.exitCode !== null) return null;
    await delay(1);
  }
  const readyMs = performance.now() - started;
  const stop = async () => {
    child.kill(signal);
    await ended;
  };
  return { pid: child.pid, readyMs, printed, stop };
}
