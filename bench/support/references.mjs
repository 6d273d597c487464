// Servers of others that the figures stand beside, each in a folder of its own that goes with it; null
// where it is not installed. `./dev bench` installs them (PACKAGES_BENCH in dev).
import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { MS, programOf, runClient } from "./measure.mjs";
import { cpuSeconds, freePort, startProcess } from "./process.mjs";

const NGINX = "/usr/sbin/nginx";
const REDIS = "/usr/bin/redis-server";
const POSTGRES = "/usr/lib/postgresql";

async function startIn(folder, program, args, options) {
  const server = await startProcess(program, args, options);
  if (!server) {
    rmSync(folder, { recursive: true });
    throw new Error(`${program} ${args.join(" ")} ended before it was ready`);
  }
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  };
  return { ...server, folder, stop };
}

// nginx with one worker. `http` is what stands inside its http block, `locations` inside its only server,
// which answers 200 to everything unless told.
export async function startNginx({ locations = 'location / { return 200 "ok"; }', http = "" } = {}) {
  if (!existsSync(NGINX)) return null;
  const folder = mkdtempSync(join(tmpdir(), "nginx-"));
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
  // Without a master the one process that serves is also the one that is started.
  const configuration = `daemon off; master_process off; pid ${folder}/pid; error_log stderr crit;
    events { worker_connections 4096; }
    http { access_log off; keepalive_requests 1000000000; ${temporary.join(" ")} ${http}
      server { listen 127.0.0.1:${port}; ${locations} } }`;
  writeFileSync(join(folder, "conf"), configuration);
  const isReady = () => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
  const server = await startIn(folder, NGINX, ["-c", join(folder, "conf"), "-p", folder], { isReady });
  return { ...server, port };
}

// libuv and llhttp answering a constant: the least that an HTTP server in C costs (plain_server.c).
export async function startPlain() {
  const program = programOf("plain_server");
  if (!program) return null;
  const server = await startProcess(program, [], { isReady: hasPrintedLine });
  return server && { ...server, port: Number(server.printed) };
}

// The least that a durable answer costs: the body appended to a file that is synced for many at once
// (plain_durable.c), and with `scans` read once before. It has a url and a key as the program's server does.
export async function startPlainDurable({ scans = false } = {}) {
  const program = programOf("plain_durable");
  if (!program) return null;
  const folder = mkdtempSync(join(tmpdir(), "plain-"));
  const server = await startIn(folder, program, [join(folder, "log"), ...(scans ? ["scan"] : [])], { isReady: hasPrintedLine });
  const port = Number(server.printed);
  return { ...server, port, url: `http://127.0.0.1:${port}`, key: "0".repeat(48) };
}

function hasPrintedLine(printed) {
  return printed.includes("\n");
}

function accepts(path) {
  return new Promise((fulfil) => {
    const socket = connect(path, () => {
      socket.end();
      fulfil(true);
    });
    socket.on("error", () => fulfil(false));
  });
}

function portAccepts(port) {
  return accepts({ host: "127.0.0.1", port });
}

// Redis; `isDurable` has each answer wait for the disk (appendfsync always), else it keeps nothing.
export async function startRedis({ isDurable = false } = {}) {
  if (!existsSync(REDIS)) return null;
  const folder = mkdtempSync(join(tmpdir(), "redis-"));
  const port = await freePort();
  const durable = isDurable ? ["--appendonly", "yes", "--appendfsync", "always"] : ["--appendonly", "no"];
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, ...durable];
  const server = await startIn(folder, REDIS, args, { isReady: () => portAccepts(port) });
  return { ...server, port, incr: { redis: ["INCR", "counter"] } };
}

// PostgreSQL refuses to run as root: then it runs as the user that its package made.
function postgresUser() {
  if (process.getuid() !== 0) return {};
  const idOf = (flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

function postgresBinaries() {
  if (!existsSync(POSTGRES) || !programOf("pg_load")) return null;
  const versions = readdirSync(POSTGRES).filter((version) => existsSync(join(POSTGRES, version, "bin/postgres")));
  versions.sort((a, b) => Number(b) - Number(a));
  return versions.length > 0 ? join(POSTGRES, versions[0], "bin") : null;
}

// Durable as it comes, but with memory enough for what is written and no checkpoint in between.
const POSTGRES_SETTINGS = { shared_buffers: "512MB", max_wal_size: "8GB", checkpoint_timeout: "1h", autovacuum: "off", listen_addresses: "" };

// PostgreSQL on a socket in its folder. `measure` loads it by pg_load.c: so many events a statement over
// so many connections; gives perSecond in events, p50Us, p99Us and cpuUs, what an event cost the server.
export async function startPostgres() {
  const binaries = postgresBinaries();
  if (!binaries) return null;
  const user = postgresUser();
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const initialise = ["-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  execFileSync(join(binaries, "initdb"), initialise, { stdio: "ignore", cwd: folder, ...user });
  const settings = Object.entries(POSTGRES_SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const isReady = () => accepts(join(folder, ".s.PGSQL.5432"));
  const args = ["-D", data, "-k", folder, ...settings];
  const server = await startIn(folder, join(binaries, "postgres"), args, { isReady, user: { cwd: folder, ...user }, signal: "SIGINT" });
  const measure = async ({ connections, events, customers = 1_000, ms = MS }) => {
    const before = cpuSeconds(server.pid);
    const found = await runClient(programOf("pg_load"), [folder, connections, ms, events, customers]);
    return { ...found, cpuUs: ((cpuSeconds(server.pid) - before) / found.answers) * 1e6 };
  };
  return { ...server, measure };
}
