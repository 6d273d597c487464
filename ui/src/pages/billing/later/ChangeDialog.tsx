// Change of plan in one window: choose, see to the cent what it costs, confirm on a button that carries the amount.

import { useEffect, useId, useMemo, useRef } from 'preact/hooks';

import type { Plan, Subscription } from '../../../api/types';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { ProblemNote } from '../../../components/ProblemNote';
import { Segmented } from '../../../components/Segmented';
import { formatDate } from '../../../format/date';
import { formatMoney } from '../../../format/money';
import { locale, t, tName } from '../../../i18n';
import { isForSale, whenFor, type Choice } from '../change';
import { ChangeState } from './change_state';
import { CouponField } from './CouponField';
import { Preview } from './PreviewLines';
import { RenewalConsent } from './RenewalConsent';
import type { BillingStore } from '../store';

interface Props {
  store: BillingStore;
  initial: Choice;
  onClose: () => void;
  onCancelPlan: () => void;
}

function PlanChoice({ plans, current, state }: { plans: readonly Plan[]; current: Subscription; state: ChangeState }) {
  const name = useId();
  const { tier, interval } = state.choice.value;
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">{t('change.plan')}</legend>
      {plans.filter(isForSale).map((plan) => {
        const price = plan.prices[interval];
        return (
          <label key={plan.tier} class="choice">
            <input
              type="radio"
              name={name}
              value={plan.tier}
              checked={plan.tier === tier}
              onChange={() => state.choose({ tier: plan.tier })}
            />
            <span class="choice-name">
              {tName('tier', plan.tier)}
              {plan.tier === current.tier && <span class="muted"> {t('change.currentTag')}</span>}
            </span>
            {price && (
              <span class="choice-price">
                {formatMoney(price, locale())} <span class="muted">{interval === 'year' ? t('common.perYear') : t('common.perMonth')}</span>
              </span>
            )}
          </label>
        );
      })}
    </fieldset>
  );
}

function WhenChoice({ state, current }: { state: ChangeState; current: Subscription }) {
  if (state.direction !== 'down') return null;
  const end = current.currentPeriodEnd === null ? '' : `, ${formatDate(current.currentPeriodEnd, locale())}`;
  const name = 'when';
  const options = [
    { value: 'period_end', label: t('change.periodEnd') + end },
    { value: 'now', label: t(current.interval === 'year' ? 'change.now.year' : 'change.now') },
  ] as const;
  return (
    <fieldset class="choices plain">
      <legend>{t('change.when')}</legend>
      {options.map((option) => (
        <label key={option.value} class="choice">
          <input
            type="radio"
            name={name}
            checked={state.choice.value.when === option.value}
            onChange={() => state.choose({ when: option.value })}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

function confirmWords(state: ChangeState, current: Subscription): string {
  const preview = state.preview.value;
  const { tier, when } = state.choice.value;
  if (preview && preview.amountDueNow.amount > 0) return t('change.pay', { amount: formatMoney(preview.amountDueNow, locale()) });
  if (whenFor(state.direction, when) === 'period_end' && current.currentPeriodEnd !== null) {
    return t('change.schedule', { date: formatDate(current.currentPeriodEnd, locale()) });
  }
  return t('change.confirm', { plan: tName('tier', tier) });
}

function ChangeProblem({ state }: { state: ChangeState }) {
  const problem = state.problem.value;
  if (!problem) return null;
  const wantsCard = problem.code === 'payment_method_required' || problem.code === 'payment_failed';
  const canRetry = state.step.value === 'choose';
  return (
    <ProblemNote problem={problem} of={canRetry ? 'load' : 'change'} {...(canRetry ? { onRetry: () => void state.refresh() } : {})}>
      {wantsCard && <Button onPress={() => void state.addCard()}>{t('change.addCard')}</Button>}
    </ProblemNote>
  );
}

function Receipt({ state }: { state: ChangeState }) {
  const changed = state.receipt.value;
  const text = useRef<HTMLParagraphElement>(null);
  useEffect(() => text.current?.focus(), []);
  if (!changed) return null;
  const paid = state.preview.value?.amountDueNow;
  const pending = changed.pendingChange;
  const title = pending
    ? t('plan.scheduled', { plan: tName('tier', pending.tier), date: formatDate(pending.at, locale()) })
    : t('plan.changed', { plan: tName('tier', changed.tier) });
  return (
    <>
      <p class="receipt" ref={text} tabIndex={-1} role="status">{title}</p>
      {paid && paid.amount > 0 && <p>{t('change.paid', { amount: formatMoney(paid, locale()) })}</p>}
      {!pending && changed.currentPeriodEnd && (
        <p class="muted">{t('plan.renews', { date: formatDate(changed.currentPeriodEnd, locale()) })}</p>
      )}
    </>
  );
}

interface BodyProps {
  state: ChangeState;
  current: Subscription;
  plans: readonly Plan[];
  onCancelPlan: () => void;
}

function Choosing({ state, current, plans, onCancelPlan }: BodyProps) {
  return (
    <>
      <Segmented
        legend={t('pricing.interval')}
        value={state.choice.value.interval}
        options={[{ value: 'month', label: t('common.monthly') }, { value: 'year', label: t('common.yearly') }]}
        onChange={(interval) => state.choose({ interval })}
      />
      <PlanChoice plans={plans} current={current} state={state} />
      <WhenChoice state={state} current={current} />
      {state.direction !== 'none' && <CouponField state={state} />}
      <div class="preview" aria-live="polite" aria-busy={state.step.value === 'previewing'}>
        {state.requoted.value !== 'none' && (
          <p class="inline-note tone-warning">{t(state.requoted.value === 'same' ? 'change.requotedSame' : 'change.requoted')}</p>
        )}
        {state.step.value === 'previewing' && <p class="muted">{t('change.calculating')}</p>}
        {state.step.value === 'choose' && !state.problem.value && <p class="muted">{t('change.pick')}</p>}
        {state.preview.value && <Preview preview={state.preview.value} />}
      </div>
      <RenewalConsent state={state} />
      <ChangeProblem state={state} />
      {state.direction !== 'first' && (
        <p class="hint">
          {t('change.toFree')} <button type="button" class="link" onClick={onCancelPlan}>{t('plan.cancel')}</button>
        </p>
      )}
    </>
  );
}

function Footer({ state, current, onClose }: { state: ChangeState; current: Subscription; onClose: () => void }) {
  const isPaying = state.step.value === 'paying';
  if (state.step.value === 'done') return <Button look="primary" onPress={onClose}>{t('common.close')}</Button>;
  return (
    <>
      <Button onPress={onClose} disabled={isPaying}>{t('common.cancel')}</Button>
      {state.needsCard ? (
        <Button look="primary" onPress={() => void state.addCard()}>{t('change.addCard')}</Button>
      ) : (
        <Button look="primary" busy={isPaying} disabled={state.preview.value === null} onPress={() => void state.confirm()}>
          {confirmWords(state, current)}
        </Button>
      )}
    </>
  );
}

export function ChangeDialog({ store, initial, onClose, onCancelPlan }: Props) {
  const state = useMemo(() => new ChangeState(store, initial), []);
  useEffect(() => {
    void state.refresh();
    return () => state.stop();
  }, []);

  const current = store.subscription.data;
  const plans = store.plans.data?.plans;
  if (!current || !plans) return null;
  return (
    <Dialog
      title={t('change.title')}
      onClose={onClose}
      locked={state.step.value === 'paying'}
      footer={<Footer state={state} current={current} onClose={onClose} />}
    >
      {state.step.value === 'done' ? (
        <Receipt state={state} />
      ) : (
        <Choosing state={state} current={current} plans={plans} onCancelPlan={onCancelPlan} />
      )}
    </Dialog>
  );
}
