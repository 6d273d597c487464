// Measures what each route makes a browser fetch, against the budgets: the bytes of the gzip copies that the server sends, since
// gzip is the worst encoding that any current browser asks for. `npm run size` prints it; tests/browser/sizes.test.mjs asks it.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const dist = new URL('../dist/', import.meta.url);
const BUDGET = { routeScript: 35_000, allScript: 120_000, style: 15_000 };

// What does not get smaller by it is sent as it is.
function gz(path) {
  const copy = new URL(`${path}.gz`, dist);
  return statSync(existsSync(copy) ? copy : new URL(path, dist)).size;
}
const sum = (paths) => paths.reduce((total, path) => total + gz(path), 0);
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

function scriptsOf(document) {
  const html = readFileSync(new URL(document, dist), 'utf8');
  const names = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);
  return [...new Set(names)];
}

/** Rows { what, bytes, budget }. Words are data, fetched in one language; they are no script. */
export function measure() {
  const documents = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.html') && !name.endsWith('.de.html')).sort();
  const assets = readdirSync(new URL('assets/', dist)).map((name) => `assets/${name}`);
  return [
    ...documents.map((document) => ({ what: `script of ${document}`, bytes: sum(scriptsOf(document)), budget: BUDGET.routeScript })),
    { what: 'all script', bytes: sum(assets.filter((path) => path.endsWith('.js'))), budget: BUDGET.allScript },
    { what: 'style', bytes: sum(assets.filter((path) => path.endsWith('.css'))), budget: BUDGET.style },
  ];
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  for (const { what, bytes, budget } of measure()) {
    console.log(`${what.padEnd(32)} ${kb(bytes).padStart(9)} of ${kb(budget).padStart(9)}  ${bytes <= budget ? 'ok' : 'TOO LARGE'}`);
    if (bytes > budget) process.exitCode = 1;
  }
}
