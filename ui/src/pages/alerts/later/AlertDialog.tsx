// A rule as it is to be: what it watches, at which percents, who is told, and what it would have told so far.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import { previewAlert, previewOf, setAlert, type AlertPreview, type AlertRule, type UsageAlert } from '../../../api/alerts';
import { getPlans } from '../../../api/billing';
import { CheckField, NumberField, SelectField, TextField } from '../../../components/fields';
import { FormDialog } from '../../../components/FormDialog';
import { METRICS, moneyOf, moneyText, quantityOf, quantityText, unitOf } from '../../../contracts/amounts';
import { formatDateTime } from '../../../format/date';
import { formatPercent } from '../../../format/quantity';
import { locale, tName } from '../../../i18n';
import { noteSession } from '../../../lib/app_state';
import { resource } from '../../../lib/resource';
import { useResource } from '../../../lib/use_resource';
import { figureOf, say } from '../words';

const MONEY = 'money';
const ACCOUNT = 'account';
/** Between the last key and the question what such a rule would have told. */
const SETTLE_MS = 300;
const SHOWN_MAX = 5;
const DEFAULT_THRESHOLDS = '80, 100';

const wordsOf = (text: string): string[] => text.split(/[\s,;%]+/).filter((part) => part !== '');
const thresholdsOf = (text: string): number[] => [...new Set(wordsOf(text).map(Number))].sort((a, b) => a - b);

function draftOf(alert: UsageAlert | null, currency: string) {
  const amount = alert === null ? '' : alert.budget !== null ? moneyText(alert.budget, locale())
    : alert.amount !== null ? quantityText(alert.metric ?? '', alert.amount, locale()) : '';
  return {
    currency: alert?.budget?.currency ?? currency,
    of: useSignal(alert === null ? 'api_requests' : (alert.metric ?? MONEY)),
    basis: useSignal(alert?.basis ?? 'limit'),
    amount: useSignal(amount),
    thresholds: useSignal(alert?.thresholds.join(', ') ?? DEFAULT_THRESHOLDS),
    blocks: useSignal(alert?.action === 'block'),
    knows: useSignal(false),
    account: useSignal(alert === null || alert.recipients.includes(ACCOUNT)),
    others: useSignal((alert?.recipients ?? []).filter((one) => one !== ACCOUNT).join(', ')),
  };
}
type Draft = ReturnType<typeof draftOf>;

/** null while something is missing, or is no number. */
function ruleOf(draft: Draft): AlertRule | null {
  const isMoney = draft.of.value === MONEY;
  const basis = isMoney ? MONEY : draft.basis.value === MONEY ? 'quantity' : draft.basis.value;
  const typed = draft.amount.value;
  const amount = basis === 'limit' ? undefined : isMoney ? moneyOf(typed, draft.currency, locale())?.amount : quantityOf(draft.of.value, typed, locale());
  const blocks = draft.blocks.value && !isMoney;
  const thresholds = thresholdsOf(draft.thresholds.value + (blocks ? ' 100' : ''));
  const recipients = [...(draft.account.value ? [ACCOUNT] : []), ...wordsOf(draft.others.value)];
  const isAmount = basis === 'limit' || (amount !== undefined && Number.isSafeInteger(amount) && amount > 0);
  const isWhole = thresholds.length > 0 && thresholds.every((percent) => Number.isInteger(percent) && percent > 0);
  if (!isAmount || !isWhole || recipients.length === 0) return null;
  return {
    basis, thresholds, recipients, action: blocks ? 'block' : 'notify',
    ...(isMoney ? {} : { metric: draft.of.value }), ...(amount === undefined ? {} : { amount }), ...(blocks && draft.knows.value ? { mayBlockNow: true } : {}),
  };
}

function usePreview(rule: AlertRule | null) {
  const path = rule === null ? '' : previewOf(rule);
  const asked = useMemo(() => resource<AlertPreview>(() => previewAlert(path), noteSession), [path]);
  useEffect(() => {
    if (path === '') return;
    const timer = setTimeout(() => void asked.load(), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [path]);
  return path === '' ? undefined : asked.data;
}

/** Nothing more is let through from the moment that it is saved. */
const blocksNow = (rule: AlertRule | null, preview: AlertPreview | undefined): boolean =>
  rule?.action === 'block' && preview?.value != null && preview.base !== null && preview.value >= preview.base;

function Preview({ rule, preview }: { rule: AlertRule; preview: AlertPreview }) {
  const metric = rule.metric ?? null;
  const percents = preview.reached.map((percent) => formatPercent(percent, locale())).join(', ');
  return (
    <section class="alert-preview" aria-live="polite">
      {preview.base !== null && (
        <p>{say('now', { value: figureOf(metric, preview.value, null) ?? '', base: figureOf(metric, preview.base, null) ?? '', percent: formatPercent(preview.percent ?? 0, locale()) })}</p>
      )}
      {preview.base === null && metric !== null && <p class="inline-note tone-warning">{say('noLimit')}</p>}
      {preview.reached.length > 0 && <p class="inline-note tone-warning">{say('atOnce', { percents })}</p>}
      <h3>{say('would')}</h3>
      {preview.data.length === 0
        ? <p class="muted">{say('wouldNot')}</p>
        : (
          <ul>
            {preview.data.slice(0, SHOWN_MAX).map(({ at, threshold, value, spend }) => (
              <li key={at + String(threshold)}>
                <time dateTime={at}>{formatDateTime(at, locale())}</time>: {say('wouldAt', { percent: formatPercent(threshold, locale()), value: figureOf(metric, value, spend) ?? '' })}
              </li>
            ))}
            {preview.data.length > SHOWN_MAX && <li class="muted">{say('wouldMore', { count: preview.data.length - SHOWN_MAX })}</li>}
          </ul>
        )}
      <p class="hint">{say(metric === null ? 'wouldHowMoney' : 'wouldHow')}</p>
    </section>
  );
}

interface Props {
  /** null: a new one. */
  alert: UsageAlert | null;
  onClose: () => void;
  onDone: () => void;
}

function Filled({ alert, currency, onClose, onDone }: Props & { currency: string }) {
  const draft = draftOf(alert, currency);
  const isMoney = draft.of.value === MONEY;
  const rule = ruleOf(draft);
  const preview = usePreview(rule);
  const isBlockedNow = blocksNow(rule, preview);
  const basis = draft.basis.value === MONEY ? 'limit' : draft.basis.value;
  return (
    <FormDialog
      title={say(alert === null ? 'add' : 'changeTitle')}
      confirm={say('save')}
      isReady={rule !== null && (!isBlockedNow || draft.knows.value)}
      onClose={onClose}
      work={async (keys) => {
        if (rule === null) return;
        await keys.run(rule, (key) => setAlert(alert?.id ?? null, rule, key));
        onDone();
      }}
    >
      <SelectField label={say('what')} value={draft.of} options={[...METRICS.map((metric) => ({ value: metric, label: tName('metric', metric) })), { value: MONEY, label: say('money') }]} />
      {!isMoney && <SelectField label={say('basis')} value={draft.basis} options={[{ value: 'limit', label: say('basisLimit') }, { value: 'quantity', label: say('basisAmount') }]} />}
      {(isMoney || basis === 'quantity') && (
        <NumberField label={say(isMoney ? 'budget' : 'amount')} unit={isMoney ? draft.currency.toUpperCase() : unitOf(draft.of.value)} hint={isMoney ? say('budgetHint') : undefined} value={draft.amount} isRequired />
      )}
      <TextField label={say('thresholdsLabel')} hint={say('thresholdsHint')} value={draft.thresholds} maxLength={40} isRequired />
      {!isMoney && <CheckField label={say('block')} value={draft.blocks} />}
      {!isMoney && draft.blocks.value && <p class="hint">{say('blockHint')}</p>}
      <CheckField label={say('account')} value={draft.account} />
      <TextField label={say('others')} hint={say('othersHint')} value={draft.others} maxLength={1000} />
      {rule === null && <p class="muted">{say('missing')}</p>}
      {rule !== null && preview && <Preview rule={rule} preview={preview} />}
      {isBlockedNow && (
        <>
          <p class="inline-note tone-warning" role="alert">{say('blocksNow')}</p>
          <CheckField label={say('knows')} value={draft.knows} />
        </>
      )}
    </FormDialog>
  );
}

export function AlertDialog(props: Props) {
  const plans = useResource(getPlans);
  return plans.data === undefined ? null : <Filled {...props} currency={plans.data.currency} />;
}
