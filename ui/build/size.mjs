// Measures what each route makes a browser fetch and fails when a budget is passed. Budgets are gzip bytes, since gzip
// is the worst encoding that any current browser asks for.

import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const BUDGET = { routeScript: 35_000, allScript: 120_000, style: 15_000 };

const gz = (path) => gzipSync(readFileSync(new URL(path, dist)), { level: 9 }).length;
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

function assetsOf(document) {
  const html = readFileSync(new URL(document, dist), 'utf8');
  const names = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
  return [...new Set(names)];
}

let failed = false;
function report(what, bytes, budget) {
  const verdict = bytes <= budget ? 'ok' : 'TOO LARGE';
  failed ||= bytes > budget;
  console.log(`${what.padEnd(28)} ${kb(bytes).padStart(9)} of ${kb(budget).padStart(9)}  ${verdict}`);
}

const sum = (paths) => paths.reduce((total, path) => total + gz(path), 0);
for (const document of readdirSync(dist).filter((name) => name.endsWith('.html'))) {
  report(`script of ${document}`, sum(assetsOf(document).filter((path) => path.endsWith('.js'))), BUDGET.routeScript);
}
const assets = readdirSync(new URL('assets/', dist)).map((name) => `assets/${name}`);
report('all script', sum(assets.filter((path) => path.endsWith('.js'))), BUDGET.allScript);
report('style', sum(assets.filter((path) => path.endsWith('.css'))), BUDGET.style);
process.exitCode = failed ? 1 : 0;
