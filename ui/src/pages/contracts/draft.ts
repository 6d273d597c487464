// Terms as they are typed, and as the server takes them. Every field is text until it is sent; what is no number is named
// by its place, in the server's own names of places.

import type { ContractDraft, ContractLimit, ContractRecord, TermsDraft } from '../../api/contract_types';
import { METRICS, moneyOf, moneyText, numberOf, numberText, quantityOf, quantityText } from '../../contracts/amounts';

export interface RampDraft {
  /** From which month of the term, counted from 1. */
  month: string;
  amount: string;
}

export interface LimitDraft {
  limit: string;
  isUnlimited: boolean;
  soft: string;
}

export interface Draft {
  userId: string;
  amount: string;
  interval: string;
  termMonths: string;
  ramp: RampDraft[];
  limits: Record<string, LimitDraft>;
  features: string[];
  /** yyyy-mm-dd; empty: when it is accepted. */
  startsOn: string;
  renewal: string;
  uplift: string;
  noticeDays: string;
  collection: string;
  daysUntilDue: string;
  purchaseOrder: string;
  note: string;
  offerDays: string;
}

const EMPTY: Draft = {
  userId: '', amount: '', interval: 'month', termMonths: '12', ramp: [], limits: {}, features: [], startsOn: '', renewal: 'none', uplift: '',
  noticeDays: '0', collection: 'charge_automatically', daysUntilDue: '30', purchaseOrder: '', note: '', offerDays: '30',
};

const NO_LIMIT: LimitDraft = { limit: '', isUnlimited: false, soft: '' };
const BASIS_POINTS = 100;

const limitDraft = (metric: string, { limit, softLimitPercent }: ContractLimit, locale: string): LimitDraft => ({
  limit: limit === 'unlimited' ? '' : quantityText(metric, limit, locale), isUnlimited: limit === 'unlimited', soft: String(softLimitPercent ?? ''),
});

export const limitOf = (draft: Draft, metric: string): LimitDraft => draft.limits[metric] ?? NO_LIMIT;

/** What the form begins with: what was written last, or nothing. */
export function draftOf(contract: ContractRecord | null, locale: string): Draft {
  const terms = contract?.terms;
  if (!contract || !terms) return { ...EMPTY, userId: contract?.userId ?? '' };
  return {
    userId: contract.userId,
    amount: moneyText(terms.amount, locale),
    interval: terms.interval,
    termMonths: String(terms.termMonths),
    ramp: terms.ramp.map((step) => ({ month: String(step.month + 1), amount: moneyText(step.amount, locale) })),
    limits: Object.fromEntries(Object.entries(terms.limits ?? {}).map(([metric, limit]) => [metric, limitDraft(metric, limit, locale)])),
    features: terms.features,
    startsOn: terms.startsAt?.slice(0, 10) ?? '',
    renewal: terms.renewal,
    uplift: terms.upliftBasisPoints === 0 ? '' : numberText(terms.upliftBasisPoints / BASIS_POINTS, locale),
    noticeDays: String(terms.noticeDays),
    collection: terms.collectionMethod,
    daysUntilDue: String(terms.daysUntilDue),
    purchaseOrder: contract.purchaseOrder ?? '',
    note: contract.note ?? '',
    offerDays: String(contract.offerDays),
  };
}

const MONTHS_A_YEAR = 12;

/** Whole intervals of the term that lie behind, in months. */
function monthsBehind(start: Date, now: Date, months: number): number {
  const calendar = (now.getUTCFullYear() - start.getUTCFullYear()) * MONTHS_A_YEAR + now.getUTCMonth() - start.getUTCMonth();
  const isShort = new Date(start).setUTCMonth(start.getUTCMonth() + calendar) > now.getTime();
  return Math.max(0, Math.floor((calendar - (isShort ? 1 : 0)) / months) * months);
}

/** What an amendment begins with: the terms as they hold now. Its term begins anew, so that steps of the price to come are nearer. */
export function amendmentOf(contract: ContractRecord, nowMs: number, locale: string): Draft {
  const draft = draftOf(contract, locale);
  const { terms } = contract;
  if (!terms) return draft;
  const interval = terms.interval === 'year' ? MONTHS_A_YEAR : 1;
  const behind = contract.startsAt === null ? 0 : monthsBehind(new Date(contract.startsAt), new Date(nowMs), interval);
  const ramp = terms.ramp.filter(({ month }) => month > behind);
  return {
    ...draft,
    amount: moneyText(contract.price ?? terms.amount, locale),
    ramp: ramp.map((step) => ({ month: String(step.month - behind + 1), amount: moneyText(step.amount, locale) })),
    startsOn: '',
    note: '',
  };
}

export type Read = { draft: ContractDraft; problems: null } | { draft: null; problems: string[] };

/** A whole number, or NaN. */
const wholeOf = (text: string, locale: string): number => (Number.isInteger(numberOf(text, locale)) ? numberOf(text, locale) : Number.NaN);

/** The draft to be sent, or the places of what is none. `currency` is the catalogue's, `locale` says how numbers are typed. */
export function readDraft(draft: Draft, currency: string, locale: string): Read {
  const problems: string[] = [];
  const whole = (place: string, text: string): number => {
    const value = wholeOf(text, locale);
    if (Number.isNaN(value)) problems.push(place);
    return value;
  };
  const money = (place: string, text: string) => {
    const value = moneyOf(text, currency, locale);
    if (value === null) problems.push(place);
    return value ?? { amount: 0, currency };
  };
  const limits = METRICS.flatMap((metric) => {
    const { limit, isUnlimited, soft } = limitOf(draft, metric);
    if (!isUnlimited && limit.trim() === '') return [];
    const amount = isUnlimited ? ('unlimited' as const) : quantityOf(metric, limit, locale);
    if (Number.isNaN(amount)) problems.push(`terms.limits.${metric}`);
    const percent = soft.trim() === '' || isUnlimited ? {} : { softLimitPercent: whole(`terms.limits.${metric}.softLimitPercent`, soft) };
    return [[metric, { limit: amount, ...percent }] as const];
  });
  const isByInvoice = draft.collection === 'send_invoice';
  const isRenewed = draft.renewal === 'auto';
  const terms: TermsDraft = {
    amount: money('terms.amount', draft.amount),
    interval: draft.interval === 'year' ? 'year' : 'month',
    termMonths: whole('terms.termMonths', draft.termMonths),
    ramp: draft.ramp.map((step, i) => ({ month: whole(`terms.ramp.${i}.month`, step.month) - 1, amount: money(`terms.ramp.${i}.amount`, step.amount) })),
    features: draft.features,
    renewal: isRenewed ? 'auto' : 'none',
    upliftBasisPoints: isRenewed && draft.uplift.trim() !== '' ? Math.round(numberOf(draft.uplift, locale) * BASIS_POINTS) : 0,
    noticeDays: whole('terms.noticeDays', draft.noticeDays),
    collectionMethod: isByInvoice ? 'send_invoice' : 'charge_automatically',
    daysUntilDue: isByInvoice ? whole('terms.daysUntilDue', draft.daysUntilDue) : 0,
    ...(draft.startsOn === '' ? {} : { startsAt: `${draft.startsOn}T00:00:00Z` }),
    ...(limits.length > 0 ? { limits: Object.fromEntries(limits) } : {}),
  };
  if (Number.isNaN(terms.upliftBasisPoints)) problems.push('terms.upliftBasisPoints');
  const offerDays = whole('offerDays', draft.offerDays);
  if (problems.length > 0) return { draft: null, problems };
  const words = { ...(draft.purchaseOrder.trim() === '' ? {} : { purchaseOrder: draft.purchaseOrder.trim() }), ...(draft.note.trim() === '' ? {} : { note: draft.note.trim() }) };
  return { draft: { terms, offerDays, ...words }, problems: null };
}
