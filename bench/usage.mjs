// What a customer's usage costs the server to show, from the totals that 100 million events leave: a month
// of hourly totals of two metrics from two regions of 2,000 customers (fill.c). Beside each the least that
// an answer of this server costs, /healthz.
import { execFileSync } from "node:child_process";

import { Server, makeDataFolder } from "../tests/harness/server.mjs";
import { compare, IS_QUICK, measure, MS, pin, portOf, programOf, ROOT, row } from "./support/measure.mjs";

const CUSTOMERS = IS_QUICK ? 20 : 2_000;
const NAME = `customer-${String(CUSTOMERS >> 1).padStart(7, "0")}`;

const data = await makeDataFolder();
execFileSync(programOf("fill"), ["history", data, String(CUSTOMERS)], { cwd: ROOT, stdio: "inherit" });
const server = new Server(data, { testClock: null });
await server.start({ key: await server.createKey() });
pin(server.pid);
const header = `Authorization: Bearer ${server.key}\r\nTurnpike-User: ${NAME}`;
const ask = (path) => () => measure(portOf(server), { connections: 1, ms: IS_QUICK ? MS : 1_000, pid: server.pid, request: { method: "GET", path, header } });

const found = await compare({
  least: ask("/healthz"),
  now: ask("/api/billing/usage"),
  days: ask("/api/billing/usage?granularity=day"),
  periods: ask("/api/billing/usage?granularity=period"),
  sources: ask("/api/billing/usage/sources"),
});
const rowOf = (what, { p99Us, cpuUs }) => {
  row(`${what}: p99 as the client sees it`, p99Us, "us", found.least.p99Us, "GET /healthz");
  row(`${what}: processor time`, cpuUs, "us", found.least.cpuUs, "GET /healthz");
};
rowOf("a customer's month against its limits", found.now);
rowOf("a customer's month by day, from 2,880 hourly totals", found.days);
rowOf("a customer's periods", found.periods);
rowOf("a customer's sources", found.sources);
await server.dispose();
