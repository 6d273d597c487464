// Takes the pictures of the guide into docs/images/: prices, billing, the hosted payment page and the hosted invoice,
// light and dark, on phone and desk. They show the demo on a test clock, three and a half months after its start.
//
//   TURNPIKE=build/turnpike node tools/screenshots.mjs

import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';

import { DESK, launch, PHONE, settled, visitor } from '../tests/browser/support/browser.mjs';
import { usageEvent } from '../tests/harness/events.mjs';
import { startTurnpike } from '../tests/harness/program.mjs';
import { makeDataFolder } from '../tests/harness/server.mjs';

const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));
const START = '2026-08-06T14:05:40Z';
const NOW = '2026-11-21T14:05:40Z';
const USED = { api_requests: 84_120, bandwidth: 10_412_000_000, build_minutes: 11_460 };
const HELD = { modules: 18, deployments: 7, collaborators: 2, storage: 38_400_000_000 };

const data = await makeDataFolder();
const { match, process: demo } = await startTurnpike(
  ['demo', '--data', data, '--listen', '127.0.0.1:0', '--test-clock', START],
  /^turnpike: listening on (http:\/\/\S+)$/m,
);
const base = match[1];
const browser = await launch();

/** A call over the socket in the data folder, whose owner may do everything; gives the answer's JSON. */
function call(method, path, body, { user, type = 'application/json' } = {}) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, ...(user && { 'turnpike-user': user }) };
    const out = request({ socketPath: `${data}/turnpike.sock`, method, path, headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode >= 400) reject(new Error(`${method} ${path}: ${text}`));
        else resolve(JSON.parse(text));
      });
    });
    out.on('error', reject);
    out.end(body && JSON.stringify(body));
  });
}

async function passTime() {
  await call('POST', '/api/test/clock', { to: NOW });
  const event = (metric, amount) => usageEvent({ userId: 'acme', metric, id: metric, ...amount });
  const events = [
    ...Object.entries(USED).map(([metric, value]) => event(metric, { value })),
    ...Object.entries(HELD).map(([metric, set]) => event(metric, { set })),
  ];
  await call('POST', '/api/usage/events', events, { type: 'application/cloudevents-batch+json' });
}

async function shoot(name, open, size, scheme) {
  const { page, complaints, close } = await visitor(browser, { ...size, scheme, deviceScaleFactor: 1, reducedMotion: 'reduce' });
  await open(page);
  await settled(page);
  if (complaints.length > 0) throw new Error(`${name}: ${complaints.join('; ')}`);
  await page.screenshot({ path: `${FOLDER}${name}-${scheme}-${size.width}.png`, fullPage: true });
  await close();
}

mkdirSync(FOLDER, { recursive: true });
try {
  await passTime();
  const user = 'acme';
  const invoices = await call('GET', '/api/billing/invoices', undefined, { user });
  const setup = await call('POST', '/api/billing/payment-methods', { type: 'card', returnUrl: `${base}/billing?setup=done` }, { user });
  const pages = {
    pricing: (page) => page.goto(`${base}/pricing`),
    billing: async (page) => page.goto((await call('POST', '/api/portal-sessions', { userId: user })).url),
    payment: (page) => page.goto(setup.setupUrl),
    invoice: (page) => page.goto(invoices.data[0].hostedUrl),
  };
  for (const [name, open] of Object.entries(pages)) {
    for (const size of [PHONE, DESK]) {
      for (const scheme of ['light', 'dark']) await shoot(name, open, size, scheme);
    }
  }
} finally {
  await browser.close();
  await demo.end('SIGTERM');
  await rm(data, { recursive: true, force: true });
}
