// Guards what operators type: that no cent, byte or month is lost between the form and the server; and what a second
// person is shown of it.

import { describe, expect, test } from 'vitest';

import type { ContractRecord, ContractTerms } from '../../api/contract_types';
import { moneyOf, moneyText, numberOf, quantityOf, quantityText } from '../../contracts/amounts';
import { diffOf } from '../../lib/diff';
import { amendmentOf, draftOf, readDraft } from './draft';

const usd = (amount: number) => ({ amount, currency: 'usd' });

const TERMS: ContractTerms = {
  amount: usd(480_000), interval: 'month', termMonths: 24, ramp: [{ month: 12, amount: usd(600_050) }],
  limits: { api_requests: { limit: 2_000_000, softLimitPercent: 120 }, storage: { limit: 'unlimited' }, bandwidth: { limit: 2_500_000_000 } },
  features: ['custom_domains'], startsAt: '2027-01-01T00:00:00Z', renewal: 'auto', upliftBasisPoints: 350, noticeDays: 60,
  collectionMethod: 'send_invoice', daysUntilDue: 30, planVersion: 1,
};

const RECORD: ContractRecord = {
  id: 'cont_1', number: 1, status: 'draft', userId: 'ada', terms: TERMS, total: usd(1), termsHash: '', purchaseOrder: 'PO-7', note: 'Hello', message: null,
  validUntil: null, acceptedAt: null, acceptedName: null, startsAt: null, endsAt: null, version: 1, amends: null, changes: null, price: null, prices: null,
  renews: null, noticeUntil: null, noticeAt: null, dueOnAcceptance: null, declineReason: null, createdAt: '', requestedBy: null,
  writtenBy: null, approvalId: null, offerDays: 14, updatedAt: '',
};

describe('what is typed', () => {
  test.each([
    ['4,800', 'en-US', 480_000], ['4800', 'en-US', 480_000], ['4,800.5', 'en-US', 480_050], ["1'000", 'en-US', 100_000], ['0.07', 'en-US', 7],
    ['90071992547409.91', 'en-US', 9_007_199_254_740_991], ['90071992547409.92', 'en-US', null], ['4.800,50', 'de-DE', 480_050], ['4.800', 'de-DE', 480_000], ['0,07', 'de-DE', 7],
    ['4.800,50', 'en-US', null], ['4.800', 'en-US', null], ['0,005', 'en-US', null], ['48,00', 'en-US', null], ['-1', 'en-US', null], ['', 'en-US', null], ['1e3', 'en-US', null], ['four', 'en-US', null],
  ])('"%s" dollars in %s are %s cents', (text, locale, cents) => {
    expect(moneyOf(text, 'usd', locale)?.amount ?? null).toBe(cents);
  });

  test('a currency without cents has none', () => {
    expect([moneyOf('4,800', 'jpy', 'en'), moneyOf('4.5', 'jpy', 'en'), moneyText({ amount: 4800, currency: 'jpy' }, 'en')]).toEqual([{ amount: 4800, currency: 'jpy' }, null, '4800']);
  });

  test('numbers, and amounts in the units of people, as their language writes them', () => {
    expect(['1.5', '1,5', '2,000,000', ' 7 ', '', 'x', '-3'].map((text) => numberOf(text, 'en'))).toEqual([1.5, Number.NaN, 2_000_000, 7, Number.NaN, Number.NaN, Number.NaN]);
    expect([quantityOf('storage', '2.5', 'en'), quantityOf('storage', '2,5', 'de'), quantityOf('storage', '2.500', 'de'), quantityOf('build_minutes', '1.5', 'en'), quantityOf('modules', '3', 'en')])
      .toEqual([2_500_000_000, 2_500_000_000, 2_500_000_000_000, 90, 3]);
    expect([quantityText('storage', 2_500_000_000, 'de'), quantityText('build_minutes', 90, 'en'), quantityText('modules', 3, 'en')]).toEqual(['2,5', '1.5', '3']);
  });
});

describe('a draft', () => {
  test.each(['en-US', 'de-DE', 'fr-FR', 'de-CH'])('what was written comes back as it was, in %s', (locale) => {
    const { planVersion: _of, ...terms } = TERMS;
    expect(readDraft(draftOf(RECORD, locale), 'usd', locale)).toEqual({ draft: { terms, offerDays: 14, purchaseOrder: 'PO-7', note: 'Hello' }, problems: null });
  });

  test('what does not hold together is not sent: no uplift without renewal, no days without invoice', () => {
    const { draft } = readDraft({ ...draftOf(RECORD, 'en'), renewal: 'none', collection: 'charge_automatically', startsOn: '' }, 'usd', 'en');
    expect([draft?.terms.upliftBasisPoints, draft?.terms.daysUntilDue, draft?.terms.startsAt]).toEqual([0, 0, undefined]);
  });

  test('every place that is no number is named', () => {
    const bad = { ...draftOf(null, 'en'), amount: 'much', termMonths: '1.5', ramp: [{ month: '', amount: '1' }], limits: { storage: { limit: 'big', isUnlimited: false, soft: 'x' } }, renewal: 'auto', uplift: 'y', noticeDays: '', offerDays: 'z' };
    expect(readDraft(bad, 'usd', 'en').problems?.sort()).toEqual([
      'offerDays', 'terms.amount', 'terms.limits.storage', 'terms.limits.storage.softLimitPercent', 'terms.noticeDays', 'terms.ramp.0.month', 'terms.termMonths', 'terms.upliftBasisPoints',
    ]);
  });
});

test('a second person sees every place that changes, and nothing of what nobody says', () => {
  expect(diffOf({ refunded: 0, note: '', gone: 'x' }, { refunded: 900, list: [{ a: 1 }, 'b'], empty: [], nothing: null })).toEqual([
    { place: 'refunded', before: '0', after: '900' },
    { place: 'list[1].a', before: null, after: '1' },
    { place: 'list[2]', before: null, after: 'b' },
    { place: 'nothing', before: null, after: 'null' },
    { place: 'gone', before: 'x', after: null },
  ]);
});

describe('what an amendment begins with', () => {
  const ramped: ContractTerms = { ...TERMS, ramp: [{ month: 2, amount: usd(500_000) }, { month: 12, amount: usd(600_050) }] };
  const active: ContractRecord = { ...RECORD, status: 'active', terms: ramped, startsAt: '2027-01-31T10:00:00Z', price: usd(500_000) };
  const at = (now: string, contract = active) => amendmentOf(contract, Date.parse(now), 'en-US');

  test('the price that holds now, and the steps to come as far away as they are', () => {
    const draft = at('2027-05-01T00:00:00Z');
    expect([draft.amount, draft.ramp, draft.startsOn, draft.note]).toEqual(['5000.00', [{ month: '10', amount: '6000.50' }], '', '']);
    expect([draft.termMonths, draft.purchaseOrder, draft.renewal]).toEqual(['24', 'PO-7', 'auto']);
  });

  test('months are counted whole, from the start', () => {
    const first = (now: string): string | undefined => at(now).ramp[0]?.month;
    expect(['2027-01-31T10:00:00Z', '2027-02-27T00:00:00Z', '2027-04-30T00:00:00Z', '2027-05-31T10:00:00Z'].map(first)).toEqual(['3', '3', '11', '9']);
    expect(at('2028-03-01T00:00:00Z').ramp).toEqual([]);
  });

  test('of what is paid by the year, whole years', () => {
    const yearly: ContractRecord = { ...active, terms: { ...ramped, interval: 'year', ramp: [{ month: 24, amount: usd(1) }] }, price: usd(2) };
    expect([at('2028-01-01T00:00:00Z', yearly).ramp[0]?.month, at('2028-03-01T00:00:00Z', yearly).ramp[0]?.month]).toEqual(['25', '13']);
  });
});
