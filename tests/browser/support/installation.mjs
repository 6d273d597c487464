// A whole installation for what looks at every page: customers of each state (customers.mjs), and what operators find beside
// them: a contract that waits for its second person, a price change, a customer with names that are hard to set.

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { expectStatus } from '../../harness/http.mjs';
import { arm, draft, EXPERIMENTS } from '../../harness/experiments.mjs';
import { firstOperator, operator } from '../../harness/operators.mjs';
import { NEW } from '../../harness/prices.mjs';
import { makeDataFolder } from '../../harness/server.mjs';
import { customer, payer, populate, POPULATION_START } from './customers.mjs';
import { signInLink, startTurnpike } from './turnpike.mjs';
import { byName, comeAsOperator } from './operators.mjs';
import { settled, visitor } from './browser.mjs';

const CATALOGUE = resolve(import.meta.dirname, '../../../catalog/plans.json');
const LONG_NAME = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft für Überlandleitungen und angrenzende Gewerke '.repeat(2).slice(0, 190).trim();

const TERMS = {
  amount: { amount: 480_000, currency: 'usd' }, interval: 'month', termMonths: 12, renewal: 'auto', noticeDays: 30, collectionMethod: 'charge_automatically',
};

/** Whose pages show most of what there is to show. */
export const OWNER = 'over';

const done = (answer, status = 200) => expectStatus(answer, status).body;

async function waitingContract(server, writer) {
  const { id } = done(await writer.post('/api/admin/contracts', { userId: 'yearly', terms: TERMS }), 201);
  done(await writer.post(`/api/admin/contracts/${id}/submit`, {}), 202);
  return id;
}

async function plannedChange(server, writer) {
  const draft = { tier: 'starter', fromVersions: [1], toVersion: 2, effectiveFrom: '2027-03-01T00:00:00Z' };
  const { id } = done(await writer.post('/api/admin/price-changes', draft), 202);
  await server.clock.advance('PT1S'); // it is counted when all is quiet
  return id;
}

/** Registered, so that it changes no page. */
async function registeredExperiment(writer) {
  const arms = [arm('control', 5_000), arm('recommended', 5_000, { emphasis: 'professional' })];
  const { id } = done(await writer.post(EXPERIMENTS, draft({ arms })), 201);
  done(await writer.post(`${EXPERIMENTS}/${id}/move`, { event: 'register', reason: 'as agreed' }));
  return id;
}

/** Whoever starts it ends it, with dispose(). `samples` are addresses of pages with an id in them, by their pattern. */
export async function startInstallation({ args = [], env = {} } = {}) {
  const folder = await makeDataFolder();
  const catalogue = JSON.parse(await readFile(CATALOGUE, 'utf8'));
  const path = join(folder, 'plans.json');
  const sell = () => writeFile(path, JSON.stringify(catalogue));
  await sell();
  const server = await startTurnpike({ testClock: POPULATION_START, args: ['--catalog', path, ...args], env });
  const dispose = async () => {
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await populate(server);
    const starter = catalogue.plans.find(({ tier }) => tier === 'starter');
    catalogue.plans.push({ ...starter, version: 2, ...NEW, limits: { ...starter.limits, ...NEW.limits } });
    await sell();
    // Before there is an operator: after that a catalogue waits for two of them.
    await server.restart();
    await firstOperator(server, 'root');
    await customer(server, 'long', LONG_NAME);
    await customer(server, 'right-to-left', 'شركة السحابة المحدودة');
    await payer(server, 'newcomer');
    const kim = await operator(server, 'kim', 'finance');
    const [invoice] = done(await server.api.as(OWNER).get('/api/billing/invoices')).data;
    const samples = {
      '/billing/invoices/:id': `/billing/invoices/${invoice.id}`,
      '/admin/compliance/:id': '/admin/compliance/breaches',
      '/admin/settings/:id': '/admin/settings/keys',
      '/admin/revenue/:id': '/admin/revenue/cohorts',
      '/admin/customers/:id': `/admin/customers/${OWNER}`,
      '/admin/catalog/:id': `/admin/catalog/${await plannedChange(server, kim)}`,
      '/admin/experiments/:id': `/admin/experiments/${await registeredExperiment(kim)}`,
      '/admin/contracts/:id': `/admin/contracts/${await waitingContract(server, kim)}`,
    };
    return { server, samples, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Whom a page is for. */
export const seatOf = (path) => (path.startsWith('/admin') ? 'operator' : /^\/(billing|account|security|contract$)/.test(path) ? 'owner' : 'stranger');

/** The seats that look at pages: a stranger, the owner of `userId`, an operator who may do everything. */
export async function takeSeats(server, browser, userId, options = {}) {
  const view = { reducedMotion: 'reduce', ...options };
  const stranger = await visitor(browser, view);
  const owner = await visitor(browser, view);
  await owner.page.goto(byName(await signInLink(server, userId)));
  await settled(owner.page);
  const seat = await comeAsOperator(server, browser, 'ines', 'admin', view);
  return { stranger, owner, operator: seat };
}
