// Takes a picture of every page of the table of pages (ui/pages.json) into docs/images, on a desk in light and on a phone in dark,
// and of the provider's pages that customers are led to; and writes docs/images/README.md, which shows them all. They show the
// installation of the browser tests, whose clock and figures are the same in each run.
//
//   TURNPIKE=build/turnpike node tools/screenshots.mjs [FOLDER [PATH...]]

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

import { DESK, launch, PHONE, settled } from '../tests/browser/support/browser.mjs';
import { OWNER, seatOf, startInstallation, takeSeats } from '../tests/browser/support/installation.mjs';
import { byName, mailedLink } from '../tests/browser/support/operators.mjs';
import { startTurnpike } from '../tests/browser/support/turnpike.mjs';
import { Person } from '../tests/harness/person.mjs';
import { operator } from '../tests/harness/operators.mjs';

const [, , folder = fileURLToPath(new URL('../docs/images/', import.meta.url)), ...wanted] = argv;
const PAGES = JSON.parse(readFileSync(new URL('../ui/pages.json', import.meta.url)));
const VIEWS = [['desk', DESK, 'light'], ['phone', PHONE, 'dark']];
const DETAIL = /:\w+/;

/** "/admin/catalog/:id" is "admin-catalog-one". */
const nameOf = (path) => path.slice(1).replace(DETAIL, 'one').replaceAll('/', '-');

async function shoot(page, name, address) {
  await page.goto(address);
  await settled(page);
  await page.waitForLoadState('networkidle');
  for (const [view, size, colorScheme] of VIEWS) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: `${folder}/${name}-${view}.jpg`, type: 'jpeg', quality: 70, fullPage: true });
  }
}

/** What mails, and the first start of a server, lead to. */
async function linksOf(server, fresh) {
  const person = await operator(server, 'noor', 'finance');
  await person.put('/api/me/password', { password: 'four long words in a row' });
  await person.post('/api/me/email', { email: 'noor@new.example' });
  await new Person(server).post('/api/sign-in/reset', { email: 'noor@example.com' });
  await server.api.post('/api/admin/operators', { email: 'sam@example.com', role: 'support' });
  return {
    '/join': await mailedLink(server, 'sam@example.com', 'invitation'),
    '/reset': await mailedLink(server, 'noor@example.com', 'password_reset'),
    '/email': await mailedLink(server, 'noor@new.example', 'email_confirm'),
    '/set-up': byName((await fresh.api.post('/api/setup/link', {})).body.url),
    '/billing/plan/change': `${byName(server.url)}/billing/plan/change?to=professional`,
  };
}

mkdirSync(folder, { recursive: true });
const [installation, fresh, browser] = await Promise.all([startInstallation(), startTurnpike(), launch()]);
try {
  const { server, samples } = installation;
  const base = byName(server.url);
  const seats = await takeSeats(server, browser, OWNER);
  const links = await linksOf(server, fresh);
  const rows = PAGES.flatMap(({ paths, en }) => Object.keys(paths).map((path) => [path, en.title]));
  for (const [path] of rows.filter(([each]) => wanted.length === 0 || wanted.includes(each))) {
    await shoot(seats[seatOf(path)].page, nameOf(path), links[path] ?? base + (samples[path] ?? path));
  }
  if (wanted.length === 0) {
    const owner = server.api.as(OWNER);
    const setup = (await owner.post('/api/billing/payment-methods', { type: 'card', returnUrl: `${server.url}/billing?setup=done` })).body;
    // Of whom bought since the start: a restart gives the sandbox another address.
    const [invoice] = (await server.api.as('newcomer').get('/api/billing/invoices')).body.data;
    await shoot(seats.stranger.page, 'sandbox-payment', setup.setupUrl);
    await shoot(seats.stranger.page, 'sandbox-invoice', invoice.hostedUrl);
    const all = [...rows.map(([path, title]) => [nameOf(path), `${title}: \`${path}\``]), ['sandbox-payment', 'The sandbox: a card is added'], ['sandbox-invoice', 'The sandbox: an invoice']];
    const shown = all.map(([name, title]) => `## ${title}\n\n<img src="${name}-desk.jpg" width="640" alt="on a desk, light"> <img src="${name}-phone.jpg" width="200" alt="on a phone, dark">\n`);
    writeFileSync(`${folder}/README.md`, `# Every page\n\nTaken by \`tools/screenshots.mjs\`, on a desk in light and on a phone in dark.\n\n${shown.join('\n')}`);
  }
} finally {
  await browser.close();
  await installation.dispose();
  await fresh.dispose();
}
