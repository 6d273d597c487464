// A real nginx before a server, with a configuration in a folder of its own.
//
//   const nginx = await startNginx(t, (port) => `server { listen 127.0.0.1:${port}; … }`);
//   await nginx.get("/", { "X-Customer": "ada" });
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { HttpClient } from "./http.mjs";

const NGINX = "/usr/sbin/nginx";
export const hasNginx = existsSync(NGINX);

function freePort() {
  return new Promise((fulfil) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => fulfil(port));
    });
  });
}

const answers = (http) => http.request("GET", "/").then(() => true, () => false);

export async function startNginx(t, http) {
  const folder = mkdtempSync(join(tmpdir(), "turnpike-nginx-"));
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`);
  // Without a master the one process that serves is also the one that is started.
  writeFileSync(join(folder, "conf"), `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/log;
    events { worker_connections 256; }
    http { access_log off; ${temporary.join(" ")} ${http(port, folder)} }`);
  const child = spawn(NGINX, ["-c", join(folder, "conf"), "-p", folder, "-e", join(folder, "log")], { stdio: "ignore" });
  const ended = new Promise((fulfil) => child.on("exit", fulfil));
  const client = new HttpClient(`http://127.0.0.1:${port}`);
  t.after(async () => {
    if (t.error) t.diagnostic(`nginx: ${readFileSync(join(folder, "log"), "utf8").slice(-4000)}`);
    client.close();
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  while (!(await answers(client))) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${readFileSync(join(folder, "log"), "utf8")}`);
  }
  return { port, get: (path, headers = {}) => client.request("GET", path, { headers }) };
}
