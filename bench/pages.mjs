// What visitors wait for on each page, with a processor slowed to a quarter and nothing in the browser's cache: until the largest
// thing is drawn (LCP), until what they press shows (INP), and how far things jump (CLS). Beside it a page without any script,
// which is the least that this browser and machine allow.
import { readFileSync } from "node:fs";

import { launch, settled } from "../tests/browser/support/browser.mjs";
import { seatOf, startInstallation, takeSeats, OWNER } from "../tests/browser/support/installation.mjs";
import { byName } from "../tests/browser/support/operators.mjs";
import { IS_QUICK, median, ROUNDS, row, summary } from "./support/measure.mjs";

const PAGES = JSON.parse(readFileSync(new URL("../ui/pages.json", import.meta.url)));
const PATHS = PAGES.flatMap(({ paths }) => Object.keys(paths)).slice(0, IS_QUICK ? 3 : undefined);
const BARE = "/accessibility";
const SLOWDOWN = 4;

/** Before any script of the page: what the browser tells of drawing, jumping and pressing. */
function watch() {
  globalThis.seen = { lcp: 0, cls: 0, inp: 0 };
  const on = (type, take, options) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...options });
  on("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; });
  on("layout-shift", (entry) => { seen.cls += entry.hadRecentInput ? 0 : entry.value; });
  on("event", (entry) => { if (entry.interactionId) seen.inp = Math.max(seen.inp, entry.duration); }, { durationThreshold: 16 });
}

const drawn = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/** Presses what a visitor presses: keys that move the focus, the palette, and what is typed there. */
async function interact(page) {
  for (const key of ["Tab", "Tab", "Control+k", "u", "s", "Escape"]) {
    await page.keyboard.press(key);
    await drawn(page);
  }
}

async function visit(context, address) {
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await page.addInitScript(watch);
  await page.goto(address);
  await settled(page);
  await page.waitForLoadState("networkidle");
  await drawn(page);
  // What is pressed ends the watch of the largest thing.
  const { lcp, cls } = await page.evaluate(() => seen);
  await interact(page);
  const { inp } = await page.evaluate(() => seen);
  await page.close();
  return { lcp, cls, inp };
}

const installation = await startInstallation();
const browser = await launch();
const seats = await takeSeats(installation.server, browser, OWNER);
const base = byName(installation.server.url);
const contextOf = (path) => seats[seatOf(path)].page.context();
const addressOf = (path) => base + (installation.samples[path] ?? path);

const found = new Map([...PATHS, BARE].map((path) => [path, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [path, visits] of found) visits.push(await visit(contextOf(path), addressOf(path)));
}
const of = (path, name) => found.get(path).map((visit) => visit[name]);
const worst = (name) => PATHS.reduce((slowest, path) => (median(of(path, name)) > median(of(slowest, name)) ? path : slowest));

for (const [name, unit] of [["lcp", "ms"], ["inp", "ms"], ["cls", ""]]) {
  const path = worst(name);
  console.error(`# ${name}: ${PATHS.map((each) => `${each} ${Number(median(of(each, name)).toPrecision(3))}`).join(", ")}`);
  row(`pages, the worst of all: ${name.toUpperCase()}`, summary(of(path, name)), unit, summary(of(BARE, name)), `${BARE} (worst: ${path})`);
}
await browser.close();
await installation.dispose();
process.exit(0);
