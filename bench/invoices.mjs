// A customer looks through 10,000 invoices: pages at the begin and in the middle, by status and year, what years came to, and one of them;
// from the question on a connection that is open to the end of the answer, one after the other. Beside each stands the same question to a
// customer who has as many invoices as a page.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

import { Api } from "../tests/harness/api.mjs";
import { makeDataFolder, Server } from "../tests/harness/server.mjs";
import { IS_QUICK, programOf, ROOT, row, summary, TURNPIKE } from "./support/measure.mjs";
import { freePort, startProcess } from "./support/process.mjs";

const MANY = IS_QUICK ? 1_000 : 10_000;
const PAGE = 50;
const ASKED = IS_QUICK ? 5 : 200;
const LIST = "/api/billing/invoices";

async function houseWith(invoices) {
  const data = await makeDataFolder();
  execFileSync(programOf("fill"), ["bills", data, String(invoices)], { cwd: ROOT, stdio: "inherit" });
  const key = await new Server(data).createKey();
  const url = `http://127.0.0.1:${await freePort()}`;
  const server = await startProcess(TURNPIKE, ["serve", "--data", data, "--listen", url.slice("http://".length)],
    { isReady: () => fetch(`${url}/readyz`).then((answer) => answer.ok, () => false) });
  const api = new Api(url, { key, user: "customer-0000000" });
  const end = async () => {
    api.close();
    await server.stop();
    rmSync(data, { recursive: true });
  };
  return { api, end, ids: await idsOf(api) };
}

/** By walking through them, as a reader would. */
async function idsOf(api) {
  const ids = [];
  for (let cursor = ""; cursor !== null;) {
    const { body } = await api.get(`${LIST}?limit=100${cursor === "" ? "" : `&cursor=${cursor}`}`);
    ids.push(...body.data.map(({ id }) => id));
    cursor = body.nextCursor;
  }
  return ids;
}

const year = new Date().getUTCFullYear();
const QUESTIONS = [
  ["the first page", () => `?limit=${PAGE}`],
  ["a page in the middle", (ids) => `?limit=${PAGE}&cursor=${ids[Math.floor(ids.length / 2)]}`],
  ["by status, which few have", () => `?limit=${PAGE}&state=past_due`],
  ["by status, which most have", () => `?limit=${PAGE}&state=paid`],
  ["by status, which none has", () => `?limit=${PAGE}&state=refunded`],
  ["corrected, which none is", () => `?limit=${PAGE}&state=corrected`],
  ["by year and status", () => `?limit=${PAGE}&year=${year}&state=written_off`],
  ["what years came to", () => "/years"],
  ["one of them", (ids) => `/${ids[Math.floor(ids.length / 2)]}`],
];

async function waitsOf({ api, ids }, query) {
  const waits = [];
  for (let n = 0; n < ASKED; n++) {
    const at = performance.now();
    const { status, text } = await api.get(LIST + query(ids));
    waits.push(performance.now() - at);
    if (status !== 200) throw new Error(`${query(ids)}: ${status}: ${text.slice(0, 300)}`);
  }
  return waits.sort((a, b) => a - b);
}

const houses = [await houseWith(MANY), await houseWith(PAGE)];
if (houses[0].ids.length !== MANY) throw new Error(`${houses[0].ids.length} invoices, not ${MANY}`);
for (const [what, query] of QUESTIONS) {
  const [many, few] = [await waitsOf(houses[0], query), await waitsOf(houses[1], query)];
  const at = (waits, part) => summary([waits[Math.floor(ASKED * part)]]);
  row(`invoices, ${what}: p50`, at(many, 0.5), "ms", at(few, 0.5), "of 50 invoices");
  row(`invoices, ${what}: p95`, at(many, 0.95), "ms", at(few, 0.95), "of 50 invoices");
}
for (const house of houses) await house.end();
