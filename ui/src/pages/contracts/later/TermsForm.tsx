// The terms of a contract, written or written anew. The server says what they come to, and what is wrong with them, by place.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import { tell } from '../../../admin/words';
import { getPlans } from '../../../api/billing';
import { amendContract, createContract, writeContract } from '../../../api/admin';
import type { ContractDraft, ContractRecord } from '../../../api/contract_types';
import { Button } from '../../../components/Button';
import { ProblemNote } from '../../../components/ProblemNote';
import { METRICS, unitOf } from '../../../contracts/amounts';
import { CheckField, NumberField, SelectField, TextArea, TextField } from '../../../components/fields';
import { say } from '../../../contracts/words';
import { formatMoney } from '../../../format/money';
import { locale, t, tName } from '../../../i18n';
import { useAction } from '../../../lib/action';
import { serverNow } from '../../../lib/clock';
import { resource } from '../../../lib/resource';
import { Form } from '../../../components/Form';
import { amendmentOf, draftOf, limitOf, readDraft, type Draft, type LimitDraft } from '../draft';
import { bound, type Bound } from '../../../admin/bound';

const NOTE_MAX = 2000;
const RAMP_MAX = 8;
const PURCHASE_ORDER_MAX = 64;
const USER_ID_MAX = 255;

type ProblemsBy = (place: string) => string | undefined;

interface Part {
  form: Bound<Draft>;
  problemOf: ProblemsBy;
}

function Price({ form, problemOf, currency }: Part & { currency: string }) {
  const intervals = [{ value: 'month', label: t('common.monthly') }, { value: 'year', label: t('common.yearly') }];
  return (
    <fieldset class="group">
      <legend>{tell('form.price')}</legend>
      <div class="field-grid">
        <NumberField label={tell('form.amount')} unit={currency.toUpperCase()} value={form.at('amount')} isRequired problem={problemOf('terms.amount')} />
        <SelectField label={tell('form.interval')} value={form.at('interval')} options={intervals} />
        <NumberField label={tell('form.termMonths')} value={form.at('termMonths')} isRequired problem={problemOf('terms.termMonths')} />
      </div>
    </fieldset>
  );
}

function Ramp({ form, problemOf, currency }: Part & { currency: string }) {
  const { ramp } = form.value;
  const set = (i: number, changes: Partial<(typeof ramp)[number]>): void =>
    form.set({ ramp: ramp.map((step, at) => (at === i ? { ...step, ...changes } : step)) });
  return (
    <fieldset class="group">
      <legend>{tell('form.ramp')}</legend>
      <p class="hint">{tell('form.rampHint')}</p>
      {ramp.map((step, i) => (
        <div class="field-row" key={i}>
          <NumberField label={tell('form.rampMonth')} value={form.of(step.month, (month) => set(i, { month }))} isRequired problem={problemOf(`terms.ramp.${i}.month`)} />
          <NumberField label={tell('form.rampAmount')} unit={currency.toUpperCase()} value={form.of(step.amount, (amount) => set(i, { amount }))} isRequired problem={problemOf(`terms.ramp.${i}.amount`)} />
          <Button look="quiet" label={tell('form.rampRemoveLabel', { number: i + 1 })} onPress={() => form.set({ ramp: ramp.filter((_, at) => at !== i) })}>{tell('form.rampRemove')}</Button>
        </div>
      ))}
      {ramp.length < RAMP_MAX && (
        <div class="actions"><Button onPress={() => form.set({ ramp: [...ramp, { month: '', amount: '' }] })}>{tell('form.rampAdd')}</Button></div>
      )}
    </fieldset>
  );
}

function Limits({ form, problemOf }: Part) {
  const set = (metric: string, changes: Partial<LimitDraft>): void =>
    form.set({ limits: { ...form.value.limits, [metric]: { ...limitOf(form.value, metric), ...changes } } });
  return (
    <fieldset class="group">
      <legend>{tell('form.limits')}</legend>
      <p class="hint">{tell('form.limitsHint')}</p>
      {METRICS.map((metric) => {
        const limit = limitOf(form.value, metric);
        const name = tName('metric', metric);
        return (
          <div class="field-row" key={metric}>
            <NumberField
              label={name}
              unit={unitOf(metric)}
              value={form.of(limit.isUnlimited ? '' : limit.limit, (value) => set(metric, { limit: value, isUnlimited: false }))}
              problem={problemOf(`terms.limits.${metric}`) ?? problemOf(`terms.limits.${metric}.limit`)}
            />
            <NumberField
              label={tell('form.soft')}
              name={tell('form.softOf', { metric: name })}
              unit="%"
              value={form.of(limit.soft, (soft) => set(metric, { soft }))}
              problem={problemOf(`terms.limits.${metric}.softLimitPercent`)}
            />
            <CheckField label={tell('form.unlimited')} name={tell('form.unlimitedOf', { metric: name })} value={form.of(limit.isUnlimited, (isUnlimited) => set(metric, { isUnlimited }))} />
          </div>
        );
      })}
    </fieldset>
  );
}

function Features({ form, names }: { form: Bound<Draft>; names: readonly string[] }) {
  const { features } = form.value;
  const set = (name: string, isIn: boolean): void => form.set({ features: isIn ? [...features, name] : features.filter((other) => other !== name) });
  return (
    <fieldset class="group">
      <legend>{tell('form.features')}</legend>
      <p class="hint">{tell('form.featuresHint')}</p>
      <div class="checks">
        {names.map((name) => <CheckField key={name} label={tName('feature', name)} value={form.of(features.includes(name), (isIn) => set(name, isIn))} />)}
      </div>
    </fieldset>
  );
}

function Time({ form, problemOf }: Part) {
  const renewals = [{ value: 'none', label: tell('form.renewsNot') }, { value: 'auto', label: tell('form.renews') }];
  return (
    <fieldset class="group">
      <legend>{tell('form.time')}</legend>
      <div class="field-grid">
        <TextField label={tell('form.startsOn')} value={form.at('startsOn')} type="date" hint={tell('form.startsOnHint')} problem={problemOf('terms.startsAt')} />
        <SelectField label={tell('form.renewal')} value={form.at('renewal')} options={renewals} />
        {form.value.renewal === 'auto' && <NumberField label={tell('form.uplift')} unit="%" value={form.at('uplift')} problem={problemOf('terms.upliftBasisPoints')} />}
        <NumberField label={tell('form.noticeDays')} value={form.at('noticeDays')} isRequired hint={form.value.renewal === 'auto' ? tell('form.noticeDaysHint') : undefined} problem={problemOf('terms.noticeDays')} />
      </div>
    </fieldset>
  );
}

function Payment({ form, problemOf }: Part) {
  const methods = [{ value: 'charge_automatically', label: tell('form.charged') }, { value: 'send_invoice', label: tell('form.byInvoice') }];
  return (
    <fieldset class="group">
      <legend>{tell('form.payment')}</legend>
      <div class="field-grid">
        <SelectField label={tell('form.collection')} value={form.at('collection')} options={methods} />
        {form.value.collection === 'send_invoice' && <NumberField label={tell('form.daysUntilDue')} value={form.at('daysUntilDue')} isRequired problem={problemOf('terms.daysUntilDue')} />}
        <TextField label={tell('form.purchaseOrder')} value={form.at('purchaseOrder')} maxLength={PURCHASE_ORDER_MAX} problem={problemOf('purchaseOrder')} />
      </div>
    </fieldset>
  );
}

interface Props {
  /** None: a new one. */
  contract: ContractRecord | null;
  /** Its next version is written, while this one holds. */
  isAmendment?: boolean;
  onSaved: (contract: ContractRecord) => void;
  onLeave?: () => void;
}

/** Features that a contract can add: those that some plan has. */
const featureNames = (plans: readonly { features: Record<string, boolean> }[]): string[] => [...new Set(plans.flatMap((plan) => Object.keys(plan.features)))];

const expectedOf = (what: string | undefined): string | undefined => (what === undefined ? undefined : tell('form.expected', { what }));

const firstDraft = (contract: ContractRecord | null, isAmendment: boolean): Draft =>
  contract !== null && isAmendment ? amendmentOf(contract, serverNow(), locale()) : draftOf(contract, locale());

function send(contract: ContractRecord | null, isAmendment: boolean, draft: ContractDraft, userId: string): Promise<ContractRecord> {
  if (contract === null) return createContract({ ...draft, userId });
  return isAmendment ? amendContract(contract.id, draft) : writeContract(contract.id, draft);
}

export function TermsForm({ contract, isAmendment = false, onSaved, onLeave }: Props) {
  const draft = useSignal(firstDraft(contract, isAmendment));
  const form = bound(draft);
  const unread = useSignal<readonly string[]>([]);
  const action = useAction();
  const catalogue = useMemo(() => resource(getPlans), []);
  useEffect(() => void catalogue.load(), []);
  const plans = catalogue.state.value;
  if (plans.status === 'failed') return <ProblemNote problem={plans.problem} of="load" onRetry={() => void catalogue.load()} />;
  if (plans.status === 'loading') return null;
  const { currency } = plans.data;
  const problemOf: ProblemsBy = (place) =>
    unread.value.includes(place) ? say('form.number') : expectedOf(action.problem.value?.errors.find(({ field }) => field === place)?.expected);
  const save = async (): Promise<void> => {
    const read = readDraft(draft.value, currency, locale());
    unread.value = read.problems ?? [];
    if (read.draft === null) return;
    onSaved(await send(contract, isAmendment, read.draft, draft.value.userId.trim()));
  };
  const part = { form, problemOf };
  return (
    <Form action={action} work={save} submit={tell('form.save')} aside={onLeave && <Button look="quiet" onPress={onLeave}>{t('common.cancel')}</Button>}>
      {isAmendment && <p>{tell('amend.text')}</p>}
      {contract === null && <TextField label={tell('form.userId')} value={form.at('userId')} maxLength={USER_ID_MAX} isRequired hint={tell('form.userIdHint')} problem={problemOf('userId')} />}
      <Price {...part} currency={currency} />
      <Ramp {...part} currency={currency} />
      <Limits {...part} />
      <Features form={form} names={featureNames(plans.data.plans)} />
      <Time {...part} />
      <Payment {...part} />
      <fieldset class="group">
        <legend>{tell('form.offer')}</legend>
        <NumberField label={tell('form.offerDays')} value={form.at('offerDays')} isRequired problem={problemOf('offerDays')} />
        <TextArea label={tell('form.note')} value={form.at('note')} maxLength={NOTE_MAX} rows={3} hint={tell('form.noteHint')} problem={problemOf('note')} />
      </fieldset>
      <p class="total" role="status">
        {contract?.total && !isAmendment ? tell('form.total', { total: formatMoney(contract.total, locale()) }) : tell('form.totalLater')}
      </p>
    </Form>
  );
}
