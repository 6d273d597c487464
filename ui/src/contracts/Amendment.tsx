// What an amendment makes of the terms that it changes, and what accepting it bills at once.

import type { Contract, ContractChange, ContractLimit, ContractTerms, RampStep } from '../api/contract_types';
import type { Money } from '../api/types';
import { formatDate } from '../format/date';
import { formatMoney } from '../format/money';
import { locale, t, tName } from '../i18n';
import { days, limitText, months, percentText } from './TermsList';
import { say } from './words';

const money = (value: unknown): string => formatMoney(value as Money, locale());

const rampText = (ramp: readonly RampStep[]): string =>
  ramp.map((step) => `${say('terms.rampFrom', { month: step.month + 1 })}: ${money(step.amount)}`).join('; ');

const limitsText = (limits: Record<string, ContractLimit>): string =>
  Object.entries(limits).map(([metric, limit]) => `${tName('metric', metric)}: ${limitText(metric, limit)}`).join('; ');

const TEXTS: Record<keyof ContractTerms, (value: unknown) => string> = {
  amount: money,
  interval: (value) => t(value === 'year' ? 'common.yearly' : 'common.monthly'),
  termMonths: (value) => months(Number(value)),
  ramp: (value) => rampText(value as RampStep[]),
  limits: (value) => limitsText(value as Record<string, ContractLimit>),
  features: (value) => (value as string[]).map((name) => tName('feature', name)).join(', '),
  startsAt: (value) => formatDate(String(value), locale()),
  renewal: (value) => say(value === 'auto' ? 'terms.renews' : 'terms.renewsNot'),
  upliftBasisPoints: (value) => percentText(Number(value)),
  noticeDays: (value) => days(Number(value)),
  collectionMethod: (value) => say(value === 'send_invoice' ? 'change.byInvoice' : 'terms.charged'),
  daysUntilDue: (value) => days(Number(value)),
  planVersion: String,
};

/** As people read it; a dash where nothing was, or will be, agreed. */
export function changeText(name: keyof ContractTerms, value: unknown): string {
  const text = value === null ? '' : TEXTS[name](value);
  return text === '' ? '–' : text;
}

function Differences({ changes }: { changes: readonly ContractChange[] }) {
  if (changes.length === 0) return <p>{say('change.none')}</p>;
  return (
    <table class="diff" aria-label={say('change.title')}>
      <thead>
        <tr><th scope="col">{say('change.term')}</th><th scope="col">{say('change.before')}</th><th scope="col">{say('change.after')}</th></tr>
      </thead>
      <tbody>
        {changes.map(({ name, before, after }) => (
          <tr key={name}>
            <th scope="row">{say(`change.of.${name}`)}</th>
            <td><del>{changeText(name, before)}</del></td>
            <td><ins>{changeText(name, after)}</ins></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const mayBeAccepted = ({ status }: Contract): boolean => ['draft', 'pending', 'offered'].includes(status);

/** Why there is no amount: it has a day of its own, or coupon and trial are the provider's arithmetic. */
export function dueText({ dueOnAcceptance: due, terms }: Contract): string {
  if (due === null) return terms?.startsAt ? say('due.later', { date: formatDate(terms.startsAt, locale()) }) : say('due.unknown');
  if (due.price.amount === 0) return say('due.nothing');
  if (due.amount.amount < 0) return say('due.credit', { amount: money({ ...due.amount, amount: -due.amount.amount }) });
  return say('due.now', { amount: money(due.amount) });
}

function Due({ contract }: { contract: Contract }) {
  const due = contract.dueOnAcceptance;
  return (
    <section class="sub-part" aria-label={say('due.title')}>
      <h3>{say('due.title')}</h3>
      {due !== null && due.price.amount > 0 && (
        <dl class="lines">
          <div><dt>{say('due.price')}</dt><dd>{money(due.price)}</dd></div>
          <div><dt>{say('due.unused')}</dt><dd>{money(due.unused)}</dd></div>
          <div><dt>{say('due.sum')}</dt><dd><strong>{money(due.amount)}</strong></dd></div>
        </dl>
      )}
      <p class="hint">{dueText(contract)}</p>
    </section>
  );
}

/** Nothing of a first version, nor of one in force that renewed by itself. */
export function Amendment({ contract }: { contract: Contract }) {
  if (contract.changes === null || !(mayBeAccepted(contract) || contract.status === 'accepted')) return null;
  return (
    <>
      <section class="sub-part" aria-label={say('change.title')}>
        <h3>{say('change.title')}</h3>
        <Differences changes={contract.changes} />
      </section>
      {mayBeAccepted(contract) && <Due contract={contract} />}
    </>
  );
}
