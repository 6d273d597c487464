// Operators ask for reports on three years of 100,000 customers: each report, as of today and of a day that is past, by plan and by country; from
// the question on a connection that is open to the end of the answer, one after the other. First the facts are written from the
// subscriptions, as by a program that has just begun to keep them; at the end their sums are proved, and made anew.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

import { Api } from "../tests/harness/api.mjs";
import { makeDataFolder, Server } from "../tests/harness/server.mjs";
import { IS_QUICK, programOf, ROOT, row, summary, TURNPIKE } from "./support/measure.mjs";
import { freePort, startProcess } from "./support/process.mjs";

const CUSTOMERS = IS_QUICK ? 1_000 : 100_000;
const ASKED = IS_QUICK ? 5 : 60;
const REVENUE = "/api/admin/revenue";
const data = await makeDataFolder();
execFileSync(programOf("fill"), ["revenue", data, String(CUSTOMERS)], { cwd: ROOT, stdio: "inherit" });
const begun = performance.now();
const key = await new Server(data).createKey();
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const server = await startProcess(TURNPIKE, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`], { isReady: () => fetch(`${url}/readyz`).then((answer) => answer.ok, () => false) });
const api = new Api(url, { key });

async function ask(path) {
  const { status, body, text } = await api.get(`${REVENUE}/${path}`);
  if (status !== 200) throw new Error(`${path}: ${status}: ${text.slice(0, 300)}`);
  return body;
}

const accounts = async () => (await ask("plans")).figures.find(({ id }) => id === "accounts").value;
while (await accounts() < CUSTOMERS) await new Promise((resolve) => setTimeout(resolve, 500));
row("revenue, the past of all customers written", summary([(performance.now() - begun) / 1000]), "s");

const past = new Date(Date.now() - 500 * 86_400_000).toISOString().slice(0, 10);
const first = new Date(Date.now() - 1000 * 86_400_000).toISOString().slice(0, 10);
const QUESTIONS = ["overview", `overview?asOf=${past}`, `movements?from=${first}`, "movements?by=day", "movements?tier=starter", "overview?country=DE", "churn", "retention", "plans",
  "geography", "expansion", "cohorts?measure=mrr", "conversion", "ltv", "targets", "forecast", "adoption", "adoption?by=driver", `adoption?by=driver&from=${first}`, "rows?limit=50", "rows?limit=50&kind=churn&tier=starter"];

let slowest = 0;
for (const question of QUESTIONS) {
  const waits = [];
  for (let n = 0; n < ASKED; n++) {
    const at = performance.now();
    await ask(question);
    waits.push(performance.now() - at);
  }
  waits.sort((a, b) => a - b);
  const name = question.replace(past, "500 days ago").replace(first, "1000 days ago");
  row(`revenue, ${name}: p50`, summary([waits[Math.floor(ASKED / 2)]]), "ms");
  row(`revenue, ${name}: p95`, summary([waits[Math.floor(ASKED * 0.95)]]), "ms");
  slowest = Math.max(slowest, waits[Math.floor(ASKED * 0.95)]);
}
row("revenue, the slowest report: p95", summary([slowest]), "ms");

const proving = performance.now();
const { figures } = await ask("reconciliation");
row("revenue, the reports of a month proved", summary([(performance.now() - proving) / 1000]), "s");
for (const { id, value } of figures) {
  if (id.startsWith("differencesOf") && value !== 0) throw new Error(`${id}: ${value}`);
}

async function rebuilt(dryRun) {
  const at = performance.now();
  let { body: run } = await api.post(`${REVENUE}/rebuilds`, { dryRun });
  while (run.status === "running") {
    await new Promise((resolve) => setTimeout(resolve, 50));
    run = await ask(`rebuilds/${run.id}`);
  }
  if (run.status !== "done" || run.days + run.months + run.cohorts + run.accounts + run.corrected !== 0) throw new Error(JSON.stringify(run));
  return (performance.now() - at) / 1000;
}
row("revenue, all sums and accounts proved", summary([await rebuilt(true)]), "s");
row("revenue, rebuild time: all sums made anew, all accounts proved", summary([await rebuilt(false)]), "s");
api.close();
await server.stop();
rmSync(data, { recursive: true });
