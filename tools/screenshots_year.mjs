// Takes a picture of the operators' pages on a simulated year into docs/images/year, and writes its README.md, which shows them all
// with who was there. DATA is a folder that `turnpike simulate` made; without one it is made here.
//
//   TURNPIKE=build/turnpike node tools/screenshots_year.mjs [DATA [FOLDER]]

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

import { DESK, launch, settled } from '../tests/browser/support/browser.mjs';
import { byName, comeAsOperator } from '../tests/browser/support/operators.mjs';
import { runTurnpike } from '../tests/harness/program.mjs';
import { Server } from '../tests/harness/server.mjs';

const [, , given, folder = fileURLToPath(new URL('../docs/images/year/', import.meta.url))] = argv;
/** What a year leaves something on. */
const LISTS = ['/admin', '/admin/customers', '/admin/subscriptions', '/admin/dunning', '/admin/feedback', '/admin/experiments', '/admin/audit', '/admin/jobs'];

const nameOf = (path) => path.slice(1).replaceAll('/', '-');

async function shoot(page, base, path) {
  await page.setViewportSize(DESK);
  await page.goto(base + path);
  await settled(page);
  await page.waitForLoadState('networkidle');
  const title = await page.locator('h1').first().textContent();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${nameOf(path)}.jpg`), type: 'jpeg', quality: 70, fullPage: true });
  return title;
}

async function simulated(scratch) {
  if (given !== undefined) return given;
  const data = join(scratch, 'made');
  const { code, stderr } = await runTurnpike(['simulate', '--data', data]);
  if (code !== 0) throw new Error(`simulate: status ${code}: ${stderr}`);
  return data;
}

/** Every report that the page of revenue leads to. */
async function reportsOf(page, base) {
  await page.goto(`${base}/admin/revenue`);
  await settled(page);
  const paths = await page.locator('main a[href^="/admin/revenue/"]').evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
  return ['/admin/revenue', ...new Set(paths)];
}

function readmeOf({ accounts, endedAt }, shown) {
  const plans = Object.entries(accounts).map(([plan, count]) => `${count.toLocaleString('en')} on ${plan}`).join(', ');
  const pictures = shown.map(([path, title]) => `## ${title}: \`${path}\`\n\n<img src="${nameOf(path)}.jpg" width="640" alt="${title}">\n`);
  return `# The pages on a simulated year\n\nTaken by \`tools/screenshots_year.mjs\` on what \`turnpike simulate\` made, as it ended at ${endedAt}, with ${plans}.\n\n${pictures.join('\n')}`;
}

const scratch = mkdtempSync(join(tmpdir(), 'turnpike-year-'));
try {
  const made = await simulated(scratch);
  const year = JSON.parse(readFileSync(join(made, 'simulation.json')));
  cpSync(made, join(scratch, 'data'), { recursive: true });
  const server = new Server(join(scratch, 'data'), { testClock: year.endedAt });
  await server.start({ key: await server.createKey() });
  const browser = await launch();
  try {
    const base = byName(server.url);
    const { page } = await comeAsOperator(server, browser, 'ines', 'admin', { reducedMotion: 'reduce' });
    mkdirSync(folder, { recursive: true });
    const shown = [];
    for (const path of [...LISTS, ...await reportsOf(page, base)]) shown.push([path, await shoot(page, base, path)]);
    writeFileSync(join(folder, 'README.md'), readmeOf(year, shown));
  } finally {
    await browser.close();
    await server.stop();
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
