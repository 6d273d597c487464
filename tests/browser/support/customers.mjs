// Customers made over the API, as a platform makes them: one for each state that the pages have to show.

import { usageEvent } from '../../harness/events.mjs';
import { expectStatus } from '../../harness/http.mjs';

const GB = 1_000_000_000;
const MONTHS_OF_HISTORY = 11;

export const DECLINED_LATER = 'pm_card_chargeCustomerFail';

const done = (answer) => expectStatus(answer, 200, 201, 204).body;

/** A customer and the API in their name. */
export async function customer(server, userId, name = 'Ada Fern, Fernworks') {
  await server.api.createCustomer(userId, { name });
  return server.api.as(userId);
}

export async function addCard(api, card = 'pm_card_visa') {
  const method = done(await api.post('/api/billing/payment-methods', { paymentMethodId: card }));
  done(await api.put(`/api/billing/payment-methods/${method.id}/default`));
  return method;
}

/** A customer who pays for `plan`. */
export async function payer(server, userId, plan = { tier: 'starter' }) {
  const api = await customer(server, userId);
  await addCard(api);
  done(await api.post('/api/billing/subscribe', plan));
  return api;
}

/** `figures` maps metrics to what was used (counters) or to the level (gauges). */
export async function use(server, userId, figures) {
  const gauges = ['modules', 'deployments', 'collaborators', 'storage'];
  const events = Object.entries(figures).map(([metric, amount]) =>
    usageEvent({ userId, metric, ...(gauges.includes(metric) ? { set: amount } : { value: amount }) }));
  const { rejected } = done(await server.api.sendEvents(events));
  if (rejected > 0) throw new Error(`${rejected} events of ${userId} were rejected`);
}

const QUIET = { api_requests: 21_300, bandwidth: 3 * GB, build_minutes: 4_200, modules: 9, deployments: 4, collaborators: 2, storage: 4 * GB };
const BUSY = { api_requests: 84_120, bandwidth: 9.412 * GB, build_minutes: 11_460, modules: 18, deployments: 8, collaborators: 2, storage: 38.4 * GB };

/** The states, by the name of their customer. The server must stand at the beginning: this moves its clock a year. */
export async function populate(server) {
  const { clock } = server;
  await payer(server, 'veteran');
  await payer(server, 'yearly', { tier: 'professional', interval: 'year' });
  for (let month = 0; month < MONTHS_OF_HISTORY; month += 1) await clock.advance('P1M');

  await addCard(await payer(server, 'past_due', { tier: 'professional' }), DECLINED_LATER);
  await clock.advance('P16D');
  for (const name of ['cancelling', 'pending', 'over', 'blocked']) {
    await payer(server, name, { tier: name === 'pending' ? 'professional' : 'starter' });
  }
  for (const name of ['new', 'near']) await customer(server, name);
  await use(server, 'blocked', { ...QUIET, deployments: 11 });
  await clock.advance('P16D');

  for (const name of ['veteran', 'past_due', 'cancelling', 'pending']) await use(server, name, QUIET);
  await use(server, 'yearly', { ...BUSY, modules: 64, collaborators: 6 });
  await use(server, 'near', { api_requests: 9_999, bandwidth: 0.91 * GB, build_minutes: 2_310, modules: 2, deployments: 1, collaborators: 1, storage: 1.2 * GB });
  await use(server, 'over', BUSY);
  await use(server, 'over', { bandwidth: GB });
  await use(server, 'blocked', { bandwidth: 11 * GB });
  done(await server.api.as('cancelling').post('/api/billing/cancel', {}));
  done(await server.api.as('pending').put('/api/billing/subscription', { tier: 'starter' }));
  await clock.advance('PT2H');
}

export const STATES = ['new', 'near', 'veteran', 'yearly', 'over', 'blocked', 'past_due', 'cancelling', 'pending'];

/** Where the clock starts so that populate() leaves it at NOW of turnpike.mjs. */
export const POPULATION_START = '2025-11-20T12:05:40Z';
