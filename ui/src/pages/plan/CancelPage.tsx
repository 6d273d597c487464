// /billing/cancel: what ends when, and the button. The reason is asked and never insisted on; until the end it can be taken back.

import { useSignal } from '@preact/signals';
import { useId, useMemo } from 'preact/hooks';

import { cancel, getInvoices, getPlans, getSubscription, getUsage, pause, resume, type Cancellation } from '../../api/billing';
import { Keyring } from '../../api/idempotency';
import type { Invoice, LimitExceeded, MetricUsage, Plan, Subscription } from '../../api/types';
import { isForSale } from '../../billing/offer';
import { Button } from '../../components/Button';
import { Facts } from '../../components/Facts';
import { Icon } from '../../components/Icon';
import { later } from '../../components/later';
import { PageTitle } from '../../components/PageTitle';
import { ProblemNote } from '../../components/ProblemNote';
import { Empty, Section } from '../../components/Section';
import { formatDate, formatTime } from '../../format/date';
import { formatMoney } from '../../format/money';
import { isNumber } from '../../format/quantity';
import { locale, t, tName } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce, session } from '../../lib/app_state';
import { mayChange } from '../../lib/may';
import { useResource } from '../../lib/use_resource';
import { useMember } from '../../lib/visitor';
import { numberOf, PayButton } from '../../paying/PayButton';
import { ReadOnlyNote } from '../../paying/ReadOnlyNote';
import { Exceeded } from './PreviewLines';
import { say } from './words';

const WithdrawalNote = later(async () => (await import('./later/withdrawal/WithdrawalNote')).WithdrawalNote);

/** The reasons that Stripe knows, so that both sides count the same. */
const REASONS = ['too_expensive', 'missing_features', 'switched_service', 'unused', 'too_complex', 'other'] as const;
const COMMENT_LENGTH_MAX = 1_000;
const FREE = 'free';
const PAUSES = [1, 2, 3] as const;
const LINES = 8;

interface Known {
  current: Subscription;
  plans: Plan[];
  /** null: it could not be read, and is no reason to keep anybody. */
  usage: MetricUsage[] | null;
  /** What is due, where a payment failed. */
  owed: Invoice[];
  isJustNow: boolean;
}

async function readKnown(): Promise<Known> {
  const [current, { plans }, usage] = await Promise.all([getSubscription(), getPlans(), getUsage().then(({ metrics }) => metrics, () => null)]);
  const isOwing = current.status === 'past_due' || current.status === 'unpaid';
  const owed = isOwing ? (await getInvoices()).data.filter(({ status }) => status === 'open') : [];
  return { current, plans, usage, owed, isJustNow: false };
}

const dayOf = ({ currentPeriodEnd }: Subscription): string => (currentPeriodEnd === null ? '' : formatDate(currentPeriodEnd, locale()));
const momentOf = (subscription: Subscription): string =>
  subscription.currentPeriodEnd === null ? '' : say('cancel.moment', { date: dayOf(subscription), time: formatTime(subscription.currentPeriodEnd, locale()) });

/** What is kept in use and more than the free plan allows; what is counted by the month begins anew. */
function beyondFree({ plans, usage }: Known): LimitExceeded[] {
  const free = plans.find(({ tier }) => tier === FREE);
  return (usage ?? []).flatMap(({ metric, kind, used }) => {
    const limit = free?.limits[metric]?.limit;
    return kind === 'gauge' && isNumber(limit) && used > limit ? [{ metric, used, limit }] : [];
  });
}

function WhatEnds({ known }: { known: Known }) {
  const beyond = beyondFree(known);
  const free = tName('tier', FREE);
  return (
    <Facts
      label={say('cancel.what')}
      className="ends"
      rows={[
        [say('cancel.until'), momentOf(known.current)],
        [say('cancel.then'), say('cancel.thenText', { plan: free })],
        [say('cancel.beyond'), beyond.length > 0 ? <Exceeded items={beyond} /> : null],
        [say('cancel.money'), say('cancel.moneyText')],
        [say('cancel.data'), <>{say('cancel.dataText')} <a href="/account/privacy">{say('cancel.export')}</a></>],
      ]}
    />
  );
}

/** A payment that failed can be made here: perhaps that is all that is amiss. */
function PayFirst({ owed, onPaid }: { owed: readonly Invoice[]; onPaid: () => void }) {
  const [invoice] = owed;
  if (!invoice) return null;
  return (
    <div class="note tone-warning">
      <Icon name="card" />
      <div class="note-text">
        <p>{say('cancel.owed', { amount: formatMoney(invoice.amountDue, locale()), number: numberOf(invoice) })}</p>
        <div class="note-actions"><PayButton invoice={invoice} methods={undefined} onPaid={onPaid} /></div>
      </div>
    </div>
  );
}

function Reasons({ onReason, onComment }: { onReason: (reason: string) => void; onComment: (comment: string) => void }) {
  const commentId = useId();
  return (
    <>
      <fieldset class="choices plain">
        <legend>{say('cancel.reason')}</legend>
        {REASONS.map((reason) => (
          <label key={reason} class="choice">
            <input type="radio" name="reason" value={reason} onChange={() => onReason(reason)} />
            <span>{say(`cancel.reason.${reason}`)}</span>
          </label>
        ))}
      </fieldset>
      <div class="form-field">
        <label class="field" for={commentId}>{say('cancel.comment')}</label>
        <textarea id={commentId} rows={3} maxLength={COMMENT_LENGTH_MAX} onInput={(event) => onComment(event.currentTarget.value)} />
      </div>
    </>
  );
}

interface Props {
  known: Known;
  onChanged: (current: Subscription, isJustNow: boolean) => void;
  onReload: () => void;
}

function Leaving({ known, onChanged, onReload }: Props) {
  const reason = useSignal('');
  const comment = useSignal('');
  const { busy, problem, run } = useAction();
  const keys = useMemo(() => new Keyring(), []);
  // Its period stands still: there is no end of it to wait for.
  const isPaused = known.current.status === 'paused';
  const confirm = (): Promise<void> => run(async () => {
    const text = comment.value.trim();
    const body: Cancellation = {
      when: 'period_end',
      ...(reason.value === '' ? {} : { reason: reason.value }),
      ...(text === '' ? {} : { comment: text }),
    };
    onChanged(await keys.run(body, (key) => cancel(body, key)), true);
  });
  const rest = (months: number): Promise<void> => run(async () => {
    await keys.run(`pause ${months}`, (key) => pause(months, key));
    location.assign('/billing/plan');
  });
  return (
    <>
      <PayFirst owed={known.owed} onPaid={onReload} />
      <p>{say(isPaused ? 'cancel.paused' : 'cancel.text', { date: dayOf(known.current), plan: tName('tier', FREE) })}</p>
      {!isPaused && <WhatEnds known={known} />}
      {known.current.status === 'active' && known.current.interval === 'month' && !known.current.pendingChange && (
        <>
          <p>{say('cancel.pause')}</p>
          <div class="actions">{PAUSES.map((months) => <Button key={months} busy={busy.value} onPress={() => void rest(months)}>{say(`cancel.pause.${months}`)}</Button>)}</div>
        </>
      )}
      <Reasons onReason={(next) => { reason.value = next; }} onComment={(next) => { comment.value = next; }} />
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
      <div class="actions sticky">
        <Button look="danger" busy={busy.value} onPress={() => void confirm()}>{isPaused ? say('cancel.end') : say('cancel.confirm', { date: dayOf(known.current) })}</Button>
        <a class="button plain" href="/billing/plan">{t('plan.keep')}</a>
      </div>
      <WithdrawalNote tier={known.current.tier} onChange={onReload} />
    </>
  );
}

function Left({ known, onChanged }: Props) {
  const { busy, problem, run } = useAction();
  const keys = useMemo(() => new Keyring(), []);
  const takeBack = (): Promise<void> => run(async () => {
    onChanged(await keys.run('resume', resume), false);
    announce(t('plan.resumed'));
  });
  return (
    <>
      <p class="receipt" role="status">{t('plan.cancelled', { date: dayOf(known.current) })}</p>
      {known.isJustNow && <p>{say('cancel.mailed', { email: session.data?.email ?? '' })}</p>}
      <WhatEnds known={known} />
      <p class="hint">{say('cancel.undo', { moment: momentOf(known.current) })}</p>
      <div class="actions">
        {mayChange() && <Button look="primary" busy={busy.value} onPress={() => void takeBack()}>{t('plan.keep')}</Button>}
        <a class="button plain" href="/billing">{say('receipt.overview')}</a>
      </div>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </>
  );
}

function Shown(props: Props) {
  const { current, plans } = props.known;
  const plan = plans.find(({ tier }) => tier === current.tier);
  if (current.tier === FREE) return <Empty title={say('cancel.none')}>{say('cancel.noneText')} <a href="/billing">{say('receipt.overview')}</a></Empty>;
  if (current.cancelAtPeriodEnd) return <Left {...props} />;
  if (plan && !isForSale(plan)) return <p>{t('plan.byContract')} <a href="/billing/plan">{say('cancel.contract')}</a></p>;
  if (!mayChange()) return <p class="muted">{say('change.notYours')}</p>;
  return <Leaving {...props} />;
}

function Loaded() {
  const known = useResource(readKnown);
  return (
    <Section title={say('cancel.section')} of={known} lines={LINES} className="cancel">
      {(data) => (
        <Shown
          known={data}
          onChanged={(current, isJustNow) => known.set({ ...data, current, isJustNow })}
          onReload={() => void known.load()}
        />
      )}
    </Section>
  );
}

export default function CancelPage() {
  if (!useMember()) return null;
  return (
    <div class="narrow">
      <PageTitle>{say('cancel.title')}</PageTitle>
      <ReadOnlyNote />
      <Loaded />
    </div>
  );
}
