// What the bench scripts share: medians, rows of the table, requests by load.c, and what is measured beside.
import { execFile, execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

import { TURNPIKE } from "../../tests/harness/program.mjs";
import { makeDataFolder, Server } from "../../tests/harness/server.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const LOAD = resolve(process.env.LOAD ?? join(dirname(TURNPIKE), "bench/load"));
const NGINX = "/usr/sbin/nginx";

export { ROOT, TURNPIKE };

export function median(figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

// A row of the table; tools/lanes.py aligns it and adds the ratio.
export function row(name, figure, unit, reference) {
  const text = (value) => (value === undefined ? "-" : Number(value.toPrecision(4)).toString());
  console.log([name, text(figure), unit, text(reference)].join("\t"));
}

// A server on empty data, with the clock of the machine.
export async function startOnEmpty() {
  const server = new Server(await makeDataFolder(), { testClock: new Date().toISOString().replace(/\.\d+/, "") });
  await server.start({ key: await server.createKey() });
  return server;
}

// Answers a second of requests that are all alike.
export async function load(port, connections, milliseconds, { method, path, header, body }) {
  const args = [port, connections, milliseconds, method, path].map(String);
  const { stdout } = await promisify(execFile)(LOAD, header === undefined ? args : [...args, header, body ?? ""]);
  return Number(stdout.split(" ")[0]);
}

// nginx answering 200 with one worker, or null where it is not installed.
export async function startNginx() {
  if (!existsSync(NGINX)) return null;
  const folder = mkdtempSync(join(tmpdir(), "nginx-"));
  const port = await freePort();
  const configuration = `daemon off; pid ${folder}/pid; error_log stderr crit; worker_processes 1;
    events { worker_connections 1024; }
    http { access_log off; keepalive_requests 100000000; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/p;
      fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
      server { listen 127.0.0.1:${port}; location / { return 200 "ok"; } } }`;
  writeFileSync(join(folder, "conf"), configuration);
  const started = performance.now();
  const child = spawn(NGINX, ["-c", join(folder, "conf"), "-p", folder], { stdio: "ignore" });
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (answer?.ok) break;
    if (child.exitCode !== null) return null;
  }
  const stop = async () => {
    const ended = new Promise((fulfil) => child.on("exit", fulfil));
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true });
  };
  return { port, readyMs: performance.now() - started, stop };
}

function freePort() {
  return new Promise((fulfil) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => fulfil(port));
    });
  });
}

// Appends of 4 KB made durable, a second: what the disk allows one writer that waits for each.
export function syncsPerSecond(count = 200) {
  const folder = mkdtempSync(join(tmpdir(), "sync-"));
  const file = openSync(join(folder, "file"), "w");
  const page = Buffer.alloc(4_096, 1);
  const started = performance.now();
  for (let i = 0; i < count; i++) {
    writeSync(file, page);
    fdatasyncSync(file);
  }
  const seconds = (performance.now() - started) / 1_000;
  closeSync(file);
  rmSync(folder, { recursive: true });
  return count / seconds;
}

// Resident memory of a process in megabytes.
export function residentMegabytes(pid) {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1_024;
}

