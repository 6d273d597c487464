// What a change costs and takes away, line by line.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

import { LinesTable, TotalRow } from '../../paying/LinesTable';
import { creditOf } from '../../paying/sums';
import { limitText } from '../../billing/usage_words';
import type { ChangePreview, LimitExceeded, Money } from '../../api/types';
import { Icon } from '../../components/Icon';
import { formatDate, formatTime } from '../../format/date';
import { formatMoney } from '../../format/money';
import { formatQuantity } from '../../format/quantity';
import { locale, tName } from '../../i18n';
import { serverNow } from '../../lib/clock';
import { lowered } from './change';
import type { ChangeState } from './change_state';
import { say } from './words';

/** An amount beside what it was when the price was held before, where that differs. */
function Amount({ now, before }: { now: Money; before: Money | undefined }) {
  const text = formatMoney(now, locale());
  if (!before || before.amount === now.amount) return text;
  return <><mark>{text}</mark><span class="muted">{say('change.before', { amount: formatMoney(before, locale()) })}</span></>;
}

function Lines({ preview, before }: { preview: ChangePreview; before: ChangePreview | null }) {
  const credit = creditOf(preview);
  return (
    <LinesTable
      label={say('change.preview')}
      lines={preview.lines}
      sums={preview}
      caption={credit && say('change.creditNote', { amount: formatMoney(credit, locale()) })}
    >
      <TotalRow label={say('change.dueNow')} amount={<Amount now={preview.amountDueNow} before={before?.amountDueNow} />} strong />
      {preview.nextInvoice && (
        <TotalRow
          label={say('change.next')}
          note={formatDate(preview.nextInvoice.at, locale())}
          amount={<Amount now={preview.nextInvoice.amount} before={before?.nextInvoice?.amount} />}
        />
      )}
    </LinesTable>
  );
}

function Warning({ tone, title, children }: { tone: 'warning' | 'over'; title: string; children: ComponentChildren }) {
  return (
    <div class={`note tone-${tone}`}>
      <Icon name="warning" />
      <div class="note-text"><strong>{title}</strong>{children}</div>
    </div>
  );
}

/** What is in use beyond a limit to come, with the way to where it is seen. */
export function Exceeded({ items }: { items: readonly LimitExceeded[] }) {
  return (
    <ul>
      {items.map(({ metric, used, limit }) => (
        <li key={metric}>
          <a href={`/billing/usage?metric=${metric}`}>
            {say('change.exceeded', { metric: tName('metric', metric), used: formatQuantity(metric, used, locale()), limit: formatQuantity(metric, limit, locale()) })}
          </a>
        </li>
      ))}
    </ul>
  );
}

function Losses({ state, preview }: { state: ChangeState; preview: ChangePreview }) {
  const { current, plans } = state.known;
  const target = plans.find(({ tier }) => tier === state.choice.value.tier);
  const lower = target ? lowered(current.limits, target.limits) : [];
  return (
    <>
      {preview.featuresLost.length + lower.length > 0 && (
        <Warning tone="warning" title={say('change.lostTitle')}>
          <ul>
            {preview.featuresLost.map((name) => <li key={name}>{tName('feature', name)}</li>)}
            {lower.map(({ metric, before, after }) => (
              <li key={metric}>{say('change.lower', { metric: tName('metric', metric), before: limitText(metric, before), after: limitText(metric, after) })}</li>
            ))}
          </ul>
        </Warning>
      )}
      {preview.limitsExceeded.length > 0 && (
        <Warning tone="over" title={say('change.exceededTitle')}>
          <Exceeded items={preview.limitsExceeded} />
          <p>{say('change.exceededText')}</p>
        </Warning>
      )}
    </>
  );
}

const SECOND_MS = 1_000;

/** How long the price is still held, by the server's clock. */
function Held({ until }: { until: string }) {
  const left = useSignal(0);
  useEffect(() => {
    const count = (): void => { left.value = Math.max(0, Math.round((Date.parse(until) - serverNow()) / SECOND_MS)); };
    count();
    const timer = setInterval(count, SECOND_MS);
    return () => clearInterval(timer);
  }, [until]);
  const [minutes, seconds] = [Math.floor(left.value / 60), String(left.value % 60).padStart(2, '0')];
  return <>{say('change.quoteUntil', { time: formatTime(until, locale()) })} <span class="countdown" role="timer">{say('change.left', { time: `${minutes}:${seconds}` })}</span></>;
}

export function Preview({ state, preview }: { state: ChangeState; preview: ChangePreview }) {
  return (
    <>
      <Losses state={state} preview={preview} />
      <Lines preview={preview} before={state.before.value} />
      <p class="hint">
        {preview.estimated && `${say('change.taxNote')} `}
        {preview.validUntil && <Held until={preview.validUntil} />}
      </p>
    </>
  );
}
