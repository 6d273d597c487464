// A shop with a candidate price, an experiment with it, and visitors who have no account yet.
import { done, planIn, startSelling } from "../api/support.mjs";

export const EXPERIMENTS = "/api/admin/experiments";
export const START = "2026-03-01T12:00:00Z";
export const LOWER = 1_900;

/** Sells the default plans, and starter at 19.00 to whom an experiment offers it. */
export const shop = (t, change = () => {}) => startSelling(t, (document) => {
  const plan = structuredClone(planIn(document, "starter"));
  document.plans.push({ ...plan, version: 2, candidate: true, prices: { month: LOWER, year: 20_520 } });
  change(document);
}, { testClock: START });

const ARM = { emphasis: "none", headline: "", interval: "default", versions: { professional: 0, starter: 0 } };
export const arm = (name, weight, more = {}) => ({ ...ARM, name, weight, ...more });

export const plan = (more = {}) => ({
  alphaPpm: 50_000, baselinePpm: 50_000, cut: 0, daysLeast: 14, guardrailPpm: 20_000, horizon: 8_158,
  hypothesis: "A lower price of Starter brings more who pay.", mdePpm: 25_000, method: "sequential", metric: "conversion",
  powerPpm: 800_000, range: { from: 0, to: 10_000 }, stopRule: "When there is an effect, or after a quarter.", tau: 25_000, windowDays: 14,
  arms: [arm("control", 5_000), arm("lower", 5_000, { versions: { professional: 0, starter: 2 } })], ...more,
});

export const draft = (more = {}, fields = {}) => ({ name: "starter_price", title: "A lower price of Starter", monthlyUnits: 1_200, plan: plan(more), ...fields });

export const move = (server, id, event, more = {}) => server.api.post(`${EXPERIMENTS}/${id}/move`, { event, reason: "as agreed", ...more });

/** One that runs. */
export async function running(server, more = {}, fields = {}) {
  const { id } = done(await server.api.post(EXPERIMENTS, draft(more, fields)), 201);
  done(await move(server, id, "register", { acceptsWeakness: true }));
  done(await move(server, id, "start"));
  return id;
}

/** A stranger's browser: opens the pricing page and keeps the cookie that it is given. */
export class Visitor {
  cookie;

  constructor(server, headers = {}) {
    this.server = server;
    this.headers = headers;
  }

  async open(path = "/pricing", session = undefined) {
    const cookie = [this.cookie, session].filter(Boolean).join("; ");
    const answer = await fetch(this.server.url + path, { headers: { "accept-language": "en", ...(cookie && { cookie }), ...this.headers } });
    const line = answer.headers.get("set-cookie");
    if (line?.startsWith("__Host-visitor=")) [this.cookie] = line.split(";");
    return { status: answer.status, html: await answer.text(), line };
  }

  get id() {
    return this.cookie?.split("=")[1];
  }

  /** What the page says that a month of Starter costs. */
  async price() {
    const { html } = await this.open();
    return starterIn(html);
  }
}

export const starterIn = (html) => {
  const card = html.slice(html.indexOf('aria-labelledby="plan-starter"'));
  return Math.round(100 * Number(/<div class="by-month"><p class="price-amount">\$([\d.]+)/.exec(card)[1]));
};

/** Visitors of both arms: who sees 29.00 and who sees 19.00. */
export async function visitorOf(server, price) {
  for (let i = 0; i < 64; i++) {
    const visitor = new Visitor(server);
    if (await visitor.price() === price) return visitor;
  }
  throw new Error(`nobody of 64 saw ${price}`);
}
