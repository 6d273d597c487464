// /billing/plan/change: choose, see to the cent what it costs, confirm on a button that carries the amount, and read the receipt.
// The address has the choice (?to=starter&interval=year), and after it the receipt in its place, so that neither a reload nor the
// back button can pay again.

import { useEffect, useId, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { getPaymentMethods, getPlans, getSubscription } from '../../api/billing';
import type { Subscription } from '../../api/types';
import { SetupNote, useSetup } from '../../paying/SetupNote';
import { isForSale } from '../../billing/offer';
import { Button } from '../../components/Button';
import { PageTitle } from '../../components/PageTitle';
import { ProblemNote } from '../../components/ProblemNote';
import { Section } from '../../components/Section';
import { Segmented } from '../../components/Segmented';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale, t, tName } from '../../i18n';
import { useQueryOf } from '../../lib/address';
import { mayChange } from '../../lib/may';
import { useResource } from '../../lib/use_resource';
import { useMember } from '../../lib/visitor';
import { choiceOf, queryOf, whenFor } from './change';
import { ChangeState, receiptOf, type Known } from './change_state';
import { CouponField } from './CouponField';
import { Preview } from './PreviewLines';
import { ReadOnlyNote } from '../../paying/ReadOnlyNote';
import { Receipt } from './Receipt';
import { RenewalConsent } from './RenewalConsent';
import { say } from './words';

const PATH = '/billing/plan/change';
const LINES = 8;
const POLL_MS = 2_000;

/** Where a purchase waits for the bank, the address says so: who comes back from there finds how it ended. */
const ASKED = 'asked';

function PlanChoice({ state }: { state: ChangeState }) {
  const name = useId();
  const { tier, interval } = state.choice.value;
  const { plans, current } = state.known;
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">{say('change.plan')}</legend>
      {plans.filter(isForSale).map((plan) => {
        // Who bought before a price changed keeps theirs.
        const price = plan.tier === current.tier && interval === current.interval ? current.price : plan.prices[interval];
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
              {plan.tier === current.tier && <span class="muted"> {say('change.currentTag')}</span>}
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

function WhenChoice({ state }: { state: ChangeState }) {
  if (state.direction !== 'down') return null;
  const { currentPeriodEnd, interval } = state.known.current;
  const end = currentPeriodEnd === null ? '' : `, ${formatDate(currentPeriodEnd, locale())}`;
  const options = [
    { value: 'period_end', label: say('change.periodEnd') + end },
    { value: 'now', label: say(interval === 'year' ? 'change.now.year' : 'change.now') },
  ] as const;
  return (
    <fieldset class="choices plain">
      <legend>{say('change.when')}</legend>
      {options.map((option) => (
        <label key={option.value} class="choice">
          <input
            type="radio"
            name="when"
            checked={state.choice.value.when === option.value}
            onChange={() => state.choose({ when: option.value })}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

function confirmWords(state: ChangeState): string {
  const preview = state.preview.value;
  const { currentPeriodEnd } = state.known.current;
  const { tier, when } = state.choice.value;
  if (preview && preview.amountDueNow.amount > 0) return say('change.pay', { amount: formatMoney(preview.amountDueNow, locale()) });
  if (whenFor(state.direction, when) === 'period_end' && currentPeriodEnd !== null) {
    return say('change.schedule', { date: formatDate(currentPeriodEnd, locale()) });
  }
  return say('change.confirm', { plan: tName('tier', tier) });
}

function ChangeProblem({ state }: { state: ChangeState }) {
  const problem = state.problem.value;
  if (!problem) return null;
  const wantsCard = problem.code === 'payment_method_required' || problem.code === 'payment_failed';
  const canRetry = state.step.value === 'choose';
  return (
    <ProblemNote problem={problem} of={canRetry ? 'load' : 'change'} {...(canRetry ? { onRetry: () => void state.refresh() } : {})}>
      {problem.code === 'payment_failed' && <p>{say('change.unchanged', { plan: tName('tier', state.known.current.tier) })}</p>}
      {wantsCard && <Button onPress={() => void state.addCard()}>{say('change.addCard')}</Button>}
    </ProblemNote>
  );
}

function Actions({ state }: { state: ChangeState }) {
  const isPaying = state.step.value === 'paying';
  return (
    <div class="actions sticky">
      {state.needsCard ? (
        <Button look="primary" onPress={() => void state.addCard()}>{say('change.addCard')}</Button>
      ) : (
        <Button look="primary" busy={isPaying} disabled={state.preview.value === null} onPress={() => void state.confirm()}>
          {confirmWords(state)}
        </Button>
      )}
      {!isPaying && <a class="button plain" href="/billing/plan">{t('common.cancel')}</a>}
    </div>
  );
}

/** Looks, as long as the bank asks, whether the plan is the one that was chosen. */
function useBank(state: ChangeState, isAsked: boolean, onDone: (receipt: string) => void): void {
  useEffect(() => {
    if (!isAsked) return;
    const look = async (now: Subscription): Promise<void> => {
      const { tier, interval } = state.choice.value;
      if (now.tier === tier && now.interval === interval && now.status === 'active') onDone(await receiptOf(null));
    };
    void look(state.known.current);
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void getSubscription().then(look, () => {});
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [isAsked]);
}

function Choosing({ known }: { known: Known }) {
  const { route } = useLocation();
  const query = useQueryOf(PATH);
  const finish = (receipt: string): void => route(`${PATH}?receipt=${receipt}`, true);
  const state = useMemo(() => new ChangeState(known, choiceOf(query, known.current, known.plans), finish), []);
  const isAsked = query[ASKED] !== undefined || state.problem.value?.code === 'payment_action_required';
  useEffect(() => {
    void state.refresh();
    return () => state.stop();
  }, []);
  const address = PATH + queryOf(state.choice.value) + (isAsked ? `&${ASKED}=1` : '');
  useEffect(() => {
    if (location.pathname === PATH) route(address, true);
  }, [address]);
  useBank(state, isAsked, finish);
  const { step, preview, requoted } = state;
  return (
    <div class="change-grid">
      <fieldset class="change-choice" disabled={step.value === 'paying'}>
        <legend class="visually-hidden">{say('change.choice')}</legend>
        <Segmented
          legend={t('pricing.interval')}
          value={state.choice.value.interval}
          options={[{ value: 'month', label: t('common.monthly') }, { value: 'year', label: t('common.yearly') }]}
          onChange={(interval) => state.choose({ interval })}
        />
        <PlanChoice state={state} />
        <WhenChoice state={state} />
        {state.direction !== 'none' && <CouponField state={state} />}
        {state.direction !== 'first' && <p class="hint">{say('change.toFree')} <a href="/billing/cancel">{t('plan.cancel')}</a></p>}
      </fieldset>
      <div class="change-sum">
        {isAsked && <p class="inline-note tone-warning" role="status">{say('change.asked')}</p>}
        <div class="preview" aria-live="polite" aria-busy={step.value === 'previewing'}>
          {requoted.value !== 'none' && <p class="inline-note tone-warning">{say(requoted.value === 'same' ? 'change.requotedSame' : 'change.requoted')}</p>}
          {step.value === 'previewing' && <p class="muted">{say('change.calculating')}</p>}
          {step.value === 'choose' && !state.problem.value && <p class="muted">{say('change.pick')}</p>}
          {preview.value && <Preview state={state} preview={preview.value} />}
        </div>
        <RenewalConsent state={state} />
        <ChangeProblem state={state} />
        <Actions state={state} />
      </div>
    </div>
  );
}

/** Who may change nothing, or is bound otherwise, is told so in the place of a choice. */
function Change({ known }: { known: Known }) {
  const { current, plans } = known;
  const plan = plans.find(({ tier }) => tier === current.tier);
  if (!mayChange()) return <p class="muted">{say('change.notYours')}</p>;
  if (current.cancelAtPeriodEnd) return <p>{say('change.ending')} <a href="/billing/plan">{t('plan.title')}</a></p>;
  if (plan && !isForSale(plan) && current.tier !== 'free') return <p>{t('plan.byContract')} <a href="/billing/plan">{t('plan.title')}</a></p>;
  return <Choosing known={known} />;
}

async function readKnown(): Promise<Known> {
  const [{ plans }, current, methods] = await Promise.all([getPlans(), getSubscription(), getPaymentMethods().catch(() => null)]);
  return { plans, current, methods };
}

function Loaded() {
  const known = useResource(readKnown);
  return (
    <Section title={say('change.choice')} of={known} lines={LINES} className="change">
      {(data) => <Change known={data} />}
    </Section>
  );
}

export default function ChangePage() {
  const query = useQueryOf(PATH);
  const isMember = useMember();
  const setup = useSetup(query['setup'] === 'done', isMember);
  if (!isMember) return null;
  const { receipt } = query;
  return (
    <div class="billing">
      <PageTitle>{say(receipt === undefined ? 'change.title' : 'receipt.title')}</PageTitle>
      <ReadOnlyNote />
      {receipt === undefined ? (
        <>
          <SetupNote state={setup.value} />
          {setup.value !== 'pending' && <Loaded />}
        </>
      ) : <Receipt id={receipt} />}
    </div>
  );
}
