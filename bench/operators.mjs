// Operators look at today, at the board of subscriptions, its rows and what is stuck, and at one customer's long history, among 100,000
// customers with a paid plan; from the question on a connection that is open to the end of the answer, one after the other. None may take
// longer than 150 ms in 95 of 100.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

import { Api } from "../tests/harness/api.mjs";
import { makeDataFolder, Server } from "../tests/harness/server.mjs";
import { IS_QUICK, programOf, ROOT, row, summary, TURNPIKE } from "./support/measure.mjs";
import { freePort, startProcess } from "./support/process.mjs";

const CUSTOMERS = IS_QUICK ? 1_000 : 100_000;
const ASKED = IS_QUICK ? 5 : 100;
const PAGE = 50;
const data = await makeDataFolder();
execFileSync(programOf("fill"), ["sold", data, String(CUSTOMERS)], { cwd: ROOT, stdio: "inherit" });
const key = await new Server(data).createKey();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const server = await startProcess(TURNPIKE, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`],
  { isReady: () => fetch(`${url}/readyz`).then((answer) => answer.ok, () => false) });
const api = new Api(url, { key });

const ROWS = "/api/admin/subscriptions";
const STORY = "/api/admin/customers/customer-0000000/timeline";
const middle = `customer-${String(CUSTOMERS / 2).padStart(7, "0")}`;

/** As many as there are of a hundred (bench/fill.c). */
const places = { trialing: 3, active: 90, cancelling: 2, past_due: 2, suspended: 1, paused: 2, ended: 0 };

async function answerOf(path) {
  const { status, body, text } = await api.get(path);
  if (status !== 200) throw new Error(`${path}: ${status}: ${text.slice(0, 300)}`);
  return body;
}

/** What is measured is also right: the board counts those that were filled in. */
async function check() {
  const board = await answerOf(`${ROWS}/board`);
  for (const { name, count } of board.places) {
    if (count !== places[name] * CUSTOMERS / 100) throw new Error(`${name}: ${count}`);
  }
  const stuck = board.stuck.reduce((sum, { count }) => sum + count, 0);
  if (stuck < CUSTOMERS / 500) throw new Error(`${stuck} are stuck`);
}

/** Where the page is that begins in the middle of a long history. */
async function cursorInside(path, pages) {
  let cursor = null;
  for (let n = 0; n < pages; n++) ({ nextCursor: cursor } = await answerOf(`${path}?limit=100${cursor === null ? "" : `&cursor=${cursor}`}`));
  return cursor;
}

await check();
const QUESTIONS = [
  ["today", "/api/admin/today"],
  ["the board", `${ROWS}/board`],
  ["rows of all", `${ROWS}?limit=${PAGE}`],
  ["rows in the middle", `${ROWS}?limit=${PAGE}&cursor=${middle}`],
  ...Object.keys(places).map((place) => [`rows that are ${place}`, `${ROWS}?limit=${PAGE}&status=${place}`]),
  ["rows that are stuck", `${ROWS}?limit=${PAGE}&stuck=any`],
  ["a timeline's begin", `${STORY}?limit=${PAGE}`],
  ["a timeline's middle", `${STORY}?limit=${PAGE}&cursor=${await cursorInside(STORY, IS_QUICK ? 2 : 100)}`],
];
for (const [what, path] of QUESTIONS) {
  const waits = [];
  for (let n = 0; n < ASKED; n++) {
    const at = performance.now();
    await answerOf(path);
    waits.push(performance.now() - at);
  }
  waits.sort((a, b) => a - b);
  row(`operators, ${what}: p50`, summary([waits[Math.floor(ASKED / 2)]]), "ms");
  row(`operators, ${what}: p95`, summary([waits[Math.floor(ASKED * 0.95)]]), "ms");
}
api.close();
await server.stop();
rmSync(data, { recursive: true });
