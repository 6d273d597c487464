// Operators look for customers among 100,000: pages at the begin and in the middle, every kind of search, filters that match many and
// none; from the question on a connection that is open to the end of the answer, one after the other, audit row included.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

import { Api } from "../tests/harness/api.mjs";
import { makeDataFolder, Server } from "../tests/harness/server.mjs";
import { IS_QUICK, programOf, ROOT, row, summary, TURNPIKE } from "./support/measure.mjs";
import { freePort, startProcess } from "./support/process.mjs";

const CUSTOMERS = IS_QUICK ? 1_000 : 100_000;
const ASKED = IS_QUICK ? 5 : 200;
const PAGE = 50;
const data = await makeDataFolder();
execFileSync(programOf("fill"), ["old", data, String(CUSTOMERS)], { cwd: ROOT, stdio: "inherit" });
const key = await new Server(data).createKey();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const server = await startProcess(TURNPIKE, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`], { isReady: () => fetch(`${url}/readyz`).then((answer) => answer.ok, () => false) });
const api = new Api(url, { key });

const idOf = (n) => `customer-${String(n).padStart(7, "0")}`;
const middle = idOf(CUSTOMERS / 2);
const QUESTIONS = [
  ["the first page", "", PAGE],
  ["a page in the middle", `&cursor=${middle}`, PAGE],
  ["one by the whole id", `&q=${middle}`, 1],
  ["the begin of all ids", "&q=customer-", PAGE],
  ["the begin of all ids, in the middle", `&q=customer-&cursor=${middle}`, PAGE],
  ["an invoice that is not there", "&q=IN-2026-0001", 0],
  ["an address that is nobody's", "&q=nobody%40example.com", 0],
  ["a filter that all match", "&tier=free", PAGE],
  ["a filter that none matches", "&tier=enterprise", 0],
];

for (const [what, query, expected] of QUESTIONS) {
  const waits = [];
  for (let n = 0; n < ASKED; n++) {
    const at = performance.now();
    const { status, body, text } = await api.get(`/api/admin/customers?limit=${PAGE}${query}`);
    waits.push(performance.now() - at);
    if (status !== 200 || body.data.length !== expected) throw new Error(`${what}: ${status}: ${text.slice(0, 300)}`);
  }
  waits.sort((a, b) => a - b);
  row(`customers, ${what}: p50`, summary([waits[Math.floor(ASKED / 2)]]), "ms");
  row(`customers, ${what}: p95`, summary([waits[Math.floor(ASKED * 0.95)]]), "ms");
}
api.close();
await server.stop();
rmSync(data, { recursive: true });
