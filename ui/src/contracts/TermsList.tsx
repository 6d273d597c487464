// The terms of a contract, as both sides read them.

import type { ComponentChildren } from 'preact';

import type { Contract, ContractTerms } from '../api/contract_types';
import { formatDate } from '../format/date';
import { formatMoney } from '../format/money';
import { formatPercent, formatQuantity } from '../format/quantity';
import { locale, t, tName } from '../i18n';
import { say } from './words';

const BASIS_POINTS = 100;

export const months = (count: number): string =>
  new Intl.NumberFormat(locale(), { style: 'unit', unit: 'month', unitDisplay: 'long' }).format(count);
export const days = (count: number): string =>
  new Intl.NumberFormat(locale(), { style: 'unit', unit: 'day', unitDisplay: 'long' }).format(count);

export const priceText = (terms: Pick<ContractTerms, 'interval'>, amount: ContractTerms['amount']): string =>
  `${formatMoney(amount, locale())} ${t(terms.interval === 'year' ? 'common.perYear' : 'common.perMonth')}`;

function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

export const percentText = (basisPoints: number): string =>
  new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 2 }).format(basisPoints / (BASIS_POINTS * BASIS_POINTS));

function renewalText(terms: ContractTerms, notice: string | null): string {
  if (notice !== null) return say('terms.noticed', { date: formatDate(notice, locale()) });
  if (terms.renewal === 'none') return say('terms.renewsNot');
  if (terms.upliftBasisPoints === 0) return say('terms.renews');
  return say('terms.renewsAt', { percent: new Intl.NumberFormat(locale(), { maximumFractionDigits: 2 }).format(terms.upliftBasisPoints / BASIS_POINTS) });
}

const paymentText = (terms: ContractTerms): string =>
  terms.collectionMethod === 'send_invoice' ? say('terms.byInvoice', { days: days(terms.daysUntilDue) }) : say('terms.charged');

export function limitText(metric: string, { limit, softLimitPercent }: { limit: number | 'unlimited'; softLimitPercent?: number }): string {
  if (limit === 'unlimited') return t('pricing.value.unlimited');
  const soft = softLimitPercent === undefined ? '' : ` · ${say('terms.soft', { percent: formatPercent(softLimitPercent, locale()) })}`;
  return `${formatQuantity(metric, limit, locale())}${soft}`;
}

/** When both sides are reminded that it ends with its term, if they are. */
export function reminderAt(contract: Pick<Contract, 'terms' | 'endsAt'>): string | null {
  if (!contract.terms || contract.terms.renewal === 'auto' || contract.terms.noticeDays === 0 || contract.endsAt === null) return null;
  const DAY_MS = 86_400_000;
  return new Date(Date.parse(contract.endsAt) - contract.terms.noticeDays * DAY_MS).toISOString();
}

export function TermsList({ contract }: { contract: Contract }) {
  const { terms, total } = contract;
  if (!terms) return null;
  const isRenewed = terms.renewal === 'auto';
  const notice = isRenewed ? contract.noticeUntil : reminderAt(contract);
  const start = contract.startsAt ?? terms.startsAt;
  return (
    <dl class="lines terms">
      <Row name={say('terms.price')}>{priceText(terms, terms.amount)}</Row>
      {terms.ramp.map((step) => (
        <Row key={step.month} name={say('terms.rampFrom', { month: step.month + 1 })}>{priceText(terms, step.amount)}</Row>
      ))}
      <Row name={say('terms.term')}>{months(terms.termMonths)}</Row>
      {total && <Row name={say('terms.total')}><strong>{formatMoney(total, locale())}</strong></Row>}
      <Row name={say('terms.start')}>{start === null ? say('terms.startsAtOnce') : formatDate(start, locale())}</Row>
      {contract.endsAt !== null && <Row name={say('terms.end')}>{formatDate(contract.endsAt, locale())}</Row>}
      <Row name={say('terms.renewal')}>{renewalText(terms, contract.noticeAt)}</Row>
      {terms.noticeDays > 0 && contract.noticeAt === null && (
        <Row name={say(isRenewed ? 'terms.noticeUntil' : 'terms.notice')}>{notice === null ? say('terms.noticeDays', { days: days(terms.noticeDays) }) : formatDate(notice, locale())}</Row>
      )}
      <Row name={say('terms.payment')}>{paymentText(terms)}</Row>
      {Object.entries(terms.limits ?? {}).map(([metric, limit]) => (
        <Row key={metric} name={tName('metric', metric)}>{limitText(metric, limit)}</Row>
      ))}
      {terms.features.length > 0 && (
        <Row name={say('terms.features')}>{terms.features.map((name) => tName('feature', name)).join(', ')}</Row>
      )}
      {contract.purchaseOrder !== null && <Row name={say('terms.purchaseOrder')}>{contract.purchaseOrder}</Row>}
    </dl>
  );
}
