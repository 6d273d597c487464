// A small stand-in for the billing API, for the browser tests alone: the shapes of the real one, a customer per
// session, changes kept in memory. `/mock/sign-in?scenario=NAME` opens a session as one of the customers of
// scenarios.mjs. It serves ui/dist under the same Content-Security-Policy as the real server.

import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { CATALOGUE, planOf } from './catalogue.mjs';
import { NOW, SCENARIOS } from './scenarios.mjs';

const DIST = fileURLToPath(new URL('../../../ui/dist/', import.meta.url));
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json' };
const PAGES = ['/pricing', '/billing', '/billing/cancel', '/billing/invoices', '/billing/payment-methods', '/billing/plan', '/billing/plan/change', '/billing/settings', '/sign-in'];
const PAGE_SIZE = 4;

const usd = (amount) => ({ amount, currency: 'usd' });
const firstPeriodEnd = (interval) => (interval === 'year' ? '2027-11-21T14:05:40Z' : '2026-12-21T14:05:40Z');

class Refusal extends Error {
  constructor(status, code, detail, more = {}) {
    super(code);
    this.document = { type: `https://turnpike.example/problems/${code}`, title: code, status, code, detail, ...more };
  }
}

function upcoming({ subscription }) {
  if (subscription.tier === 'free' || subscription.cancelAtPeriodEnd) {
    throw new Refusal(404, 'no_upcoming_invoice', 'There is no next invoice.');
  }
  const { price, currentPeriodEnd } = subscription;
  const line = { description: `${planOf(subscription.tier).name} plan`, amount: price, period: null, proration: false };
  return { amount: price, amountDue: price, tax: usd(0), discount: usd(0), balance: usd(0), estimated: false, periodStart: currentPeriodEnd, periodEnd: currentPeriodEnd, dueDate: currentPeriodEnd, lines: [line] };
}

function renewalOf(plan, interval, at) {
  const text = `${plan.name} renews every ${interval} for $${plan.prices[interval].amount / 100}, for the first time on ${at.slice(0, 10)}, until you cancel.`;
  return { text, textHash: createHash('sha256').update(text).digest('hex'), language: 'en', required: false };
}

function preview(customer, { tier, interval, when }) {
  const { subscription, usage } = customer;
  const target = planOf(tier);
  const isFirst = subscription.tier === 'free';
  const nextAt = isFirst ? firstPeriodEnd(interval) : subscription.currentPeriodEnd;
  const to = { start: NOW, end: nextAt };
  const half = (money) => Math.round(money.amount / 2);
  const first = { description: `${target.name} plan`, amount: target.prices[interval], period: to, proration: false };
  const lines = isFirst ? [first] : when === 'period_end' ? [] : [
    { description: `Unused time on ${planOf(subscription.tier).name}`, amount: usd(-half(subscription.price)), period: to, proration: true },
    { description: `Remaining time on ${target.name}`, amount: usd(half(target.prices[interval])), period: to, proration: true },
  ];
  const total = lines.reduce((sum, line) => sum + line.amount.amount, 0);
  const quoteId = `quote_${randomUUID()}`;
  const quote = {
    lines,
    amountDueNow: usd(Math.max(0, total)),
    amount: usd(total),
    balance: usd(Math.max(0, total) - total),
    tax: usd(0),
    discount: usd(0),
    estimated: false,
    nextInvoice: { at: nextAt, amount: target.prices[interval] },
    featuresLost: Object.keys(target.features).filter((name) => subscription.features[name] && !target.features[name]),
    limitsExceeded: usage.metrics
      .filter(({ metric, kind, used }) => kind === 'gauge' && typeof target.limits[metric].limit === 'number' && used > target.limits[metric].limit)
      .map(({ metric, used }) => ({ metric, used, limit: target.limits[metric].limit })),
    quoteId,
    renewal: renewalOf(target, interval, nextAt),
    earlyStart: null,
    validUntil: new Date(Date.parse(NOW) + (customer.quoteLifeMs ?? 900_000)).toISOString(),
  };
  customer.quotes = { ...customer.quotes, [quoteId]: quote };
  customer.quoteLifeMs = undefined;
  return quote;
}

function moveTo(customer, tier, interval) {
  const plan = planOf(tier);
  const { subscription } = customer;
  const period = subscription.currentPeriodEnd === null
    ? { currentPeriodStart: NOW, currentPeriodEnd: firstPeriodEnd(interval) } : {};
  customer.subscription = {
    ...subscription, ...period, tier, interval, price: plan.prices[interval], limits: plan.limits, features: plan.features,
    stripeSubscriptionId: 'sub_1Qx', resumesAt: null, pendingChange: null, priceChange: null,
  };
  return customer.subscription;
}

function addInvoice(customer, amount) {
  const index = 320 + customer.invoices.length;
  const number = `TP-2026-0${index}`;
  customer.invoices.unshift({
    id: `inv_0${index}`, number, userId: 'user_42', status: 'paid', state: 'paid', givenBack: usd(0), amount, amountDue: usd(0), amountPaid: amount, tax: usd(0), discount: usd(0),
    dueDate: null, periodStart: NOW, periodEnd: NOW, createdAt: NOW, stripeInvoiceId: 'in_x', hostedUrl: '/mock/hosted/invoice', pdfUrl: null, corrects: null, correctedBy: null,
  });
}

function failOnce(customer) {
  const fault = customer.commitFault;
  customer.commitFault = undefined;
  if (fault) throw new Refusal(fault.status, fault.code, fault.detail, fault.actionUrl ? { actionUrl: fault.actionUrl } : {});
}

function change(customer, body, query) {
  if (query.get('preview') === 'true') return preview(customer, body);
  if (body.resume) {
    customer.subscription = { ...customer.subscription, cancelAtPeriodEnd: false, pendingChange: null };
    return customer.subscription;
  }
  failOnce(customer);
  const quote = customer.quotes?.[body.quoteId];
  if (!quote) throw new Refusal(409, 'quote_expired', 'The quote is not known.');
  if (body.when === 'period_end') {
    const { currentPeriodEnd: at } = customer.subscription;
    customer.subscription = { ...customer.subscription, pendingChange: { tier: body.tier, interval: body.interval, at } };
    return customer.subscription;
  }
  if (quote.amountDueNow.amount > 0) addInvoice(customer, quote.amountDueNow);
  return moveTo(customer, body.tier, body.interval);
}

function subscribe(customer, { tier, interval = 'month' }) {
  if (customer.subscription.tier !== 'free') throw new Refusal(409, 'already_subscribed', 'There is a paid plan already.');
  if (customer.methods.length === 0) throw new Refusal(409, 'payment_method_required', 'Add a payment method.');
  failOnce(customer);
  addInvoice(customer, planOf(tier).prices[interval]);
  return moveTo(customer, tier, interval);
}

function listInvoices({ invoices }, query) {
  const from = Number(query.get('cursor') ?? 0);
  const to = from + PAGE_SIZE;
  return { data: invoices.slice(from, to), nextCursor: to < invoices.length ? String(to) : null };
}

function pay(customer, id) {
  failOnce(customer);
  const found = customer.invoices.find((item) => item.id === id);
  if (!found) throw new Refusal(404, 'not_found', 'There is no such invoice.');
  Object.assign(found, { status: 'paid', state: 'paid', amountPaid: found.amountDue, amountDue: usd(0) });
  customer.subscription = { ...customer.subscription, status: 'active', access: 'full' };
  return found;
}

function removeMethod(customer, id) {
  const owes = customer.invoices.some((item) => item.status === 'open');
  if (owes && customer.methods.length === 1) throw new Refusal(409, 'payment_method_in_use', 'Money is owed.');
  customer.methods = customer.methods.filter((method) => method.id !== id);
}

function makeDefault(customer, id) {
  customer.methods = customer.methods.map((method) => ({ ...method, isDefault: method.id === id }));
  return customer.methods.find((method) => method.id === id);
}

/** The hosted page gives its card a moment late, as a webhook would. */
function setupPage(customer, body, session) {
  customer.returnUrl = body.returnUrl;
  return { setupUrl: `/mock/hosted/setup?session=${session}`, expiresAt: '2026-11-21T15:05:40Z' };
}

const ROUTES = [
  ['GET', /^\/api\/session$/, (it) => it.session],
  ['GET', /^\/api\/billing\/subscription$/, (it) => it.subscription],
  ['PUT', /^\/api\/billing\/subscription$/, (it, { body, query }) => change(it, body, query)],
  ['POST', /^\/api\/billing\/subscribe$/, (it, { body }) => subscribe(it, body), 201],
  ['POST', /^\/api\/billing\/cancel$/, (it) => (it.subscription = { ...it.subscription, cancelAtPeriodEnd: true })],
  ['GET', /^\/api\/billing\/usage$/, (it) => it.usage],
  ['GET', /^\/api\/billing\/usage\/live$/, () => undefined, 204], // nothing happens here by itself
  ['GET', /^\/api\/billing\/invoices$/, (it, { query }) => listInvoices(it, query)],
  ['GET', /^\/api\/billing\/invoices\/years$/, () => ({ data: [], nextCursor: null })],
  ['GET', /^\/api\/billing\/invoices\/upcoming$/, (it) => upcoming(it)],
  ['GET', /^\/api\/billing\/invoices\/(\w+)$/, (it, { id }) => it.invoices.find((item) => item.id === id)],
  ['POST', /^\/api\/billing\/invoices\/(\w+)\/pay$/, (it, { id }) => pay(it, id)],
  ['GET', /^\/api\/billing\/details$/, (it) => ({ email: it.session.email, name: it.session.name, address: { country: 'US' } })],
  ['GET', /^\/api\/billing\/members$/, () => ({ data: [], invitations: [] })],
  ['GET', /^\/api\/billing\/tax-ids$/, () => ({ data: [] })],
  ['GET', /^\/api\/billing\/withdrawal$/, () => ({ open: false, reason: 'withdrawal_not_offered', until: null, paysForTime: false, last: null })],
  ['GET', /^\/api\/billing\/contracts$/, () => ({ data: [], nextCursor: null })],
  ['GET', /^\/api\/billing\/alerts$/, () => ({ data: [], nextCursor: null })],
  ['GET', /^\/api\/billing\/feedback\/question$/, () => ({ ask: 'no_occasion', isNew: false })],
  ['GET', /^\/api\/billing\/payment-methods$/, (it) => ({ data: it.methods })],
  ['POST', /^\/api\/billing\/payment-methods$/, (it, { body, session }) => setupPage(it, body, session), 201],
  ['PUT', /^\/api\/billing\/payment-methods\/(\w+)\/default$/, (it, { id }) => makeDefault(it, id)],
  ['DELETE', /^\/api\/billing\/payment-methods\/(\w+)$/, (it, { id }) => removeMethod(it, id), 204],
];

export function createMock() {
  const sessions = new Map();
  const keysSeen = new Map();

  function api(request, path, query, body, session) {
    if (path === '/api/billing/plans') return [200, CATALOGUE];
    const customer = sessions.get(session);
    if (!customer && path === '/api/session') return [200, { userId: null, email: null, name: null, mode: 'test', csrfToken: null, personId: null }];
    if (!customer) throw new Refusal(401, 'unauthenticated', 'Sign in first.');
    if (path === '/api/session/sign-out') {
      sessions.delete(session);
      return [204];
    }
    const fault = customer.faults[`${request.method} ${path}`];
    if (fault) throw new Refusal(fault.status, fault.code, fault.detail);
    const route = ROUTES.find(([method, pattern]) => method === request.method && pattern.test(path));
    if (!route) throw new Refusal(404, 'not_found', 'There is no such resource.');
    const [method, pattern, handle, status = 200] = route;
    const key = request.headers['idempotency-key'];
    if (method !== 'GET' && !key) throw new Refusal(400, 'idempotency_key_required', 'Send an Idempotency-Key.');
    if (key) keysSeen.set(key, (keysSeen.get(key) ?? 0) + 1);
    return [status, handle(customer, { body, query, session, id: pattern.exec(path)[1] })];
  }

  function mockPages(path, query, response) {
    if (path === '/mock/sign-in') {
      const make = SCENARIOS[query.get('scenario')];
      if (!make) return answer(response, 404, { 'content-type': 'text/plain' }, `expected scenario=${Object.keys(SCENARIOS).join('|')}`);
      const id = randomUUID();
      sessions.set(id, make());
      return answer(response, 303, { location: query.get('next') ?? '/billing', 'set-cookie': `sid=${id}; HttpOnly; SameSite=Lax; Path=/` });
    }
    if (path === '/mock/hosted/setup') {
      const customer = sessions.get(query.get('session'));
      const arrive = () => customer.methods.push({
        id: `pm_${randomUUID().slice(0, 8)}`, type: 'card', brand: 'visa', last4: '4242', expiry: { month: 12, year: 2030 },
        isDefault: customer.methods.length === 0, stripePaymentMethodId: 'pm_new',
      });
      setTimeout(arrive, 300);
      return answer(response, 303, { location: customer.returnUrl });
    }
    return answer(response, 200, { 'content-type': TYPES['.html'] }, '<!doctype html><html lang="en"><title>Hosted page</title><h1>Hosted page</h1></html>');
  }

  function file(path, language, response) {
    const name = PAGES.includes(path) ? `${path}${language}.html` : path;
    const full = join(DIST, normalize(name));
    if (path === '/') return answer(response, 303, { location: '/pricing' });
    if (!full.startsWith(DIST) || !existsSync(full)) return answer(response, 404, { 'content-type': 'text/plain' }, 'not found');
    return answer(response, 200, { 'content-type': TYPES[extname(full)] ?? 'application/octet-stream', 'content-security-policy': CSP }, readFileSync(full));
  }

  function answer(response, status, headers, body) {
    response.writeHead(status, { date: new Date(Date.parse(NOW)).toUTCString(), 'x-content-type-options': 'nosniff', ...headers });
    response.end(body);
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://mock');
    if (pathname.startsWith('/mock/')) return mockPages(pathname, searchParams, response);
    if (pathname === '/appearance.css') return answer(response, 200, { 'content-type': TYPES['.css'] }, '');
    if (!pathname.startsWith('/api/')) return file(pathname, request.headers['accept-language']?.startsWith('de') ? '.de' : '', response);
    try {
      const chunks = await collect(request);
      const text = Buffer.concat(chunks).toString();
      const session = /(?:^|; )sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
      const [status, body] = api(request, pathname, searchParams, text === '' ? {} : JSON.parse(text), session);
      return answer(response, status, { 'content-type': 'application/json' }, body === undefined ? undefined : JSON.stringify(body));
    } catch (error) {
      const document = error.document ?? { status: 500, code: 'internal', title: 'internal', detail: '' };
      const requestId = `req_${randomUUID().slice(0, 13)}`;
      return answer(response, document.status, { 'content-type': 'application/problem+json' }, JSON.stringify({ ...document, requestId, errors: [] }));
    }
  });
  return { server, keysSeen };
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}
