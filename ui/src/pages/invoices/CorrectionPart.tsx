// Below an invoice: which one it takes the place of or is replaced by, and the way to have it corrected: first what
// would change, then doing that.

import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';

import { correctInvoice, showCorrection, type CorrectionPreview } from '../../api/corrections';
import { Keyring } from '../../api/idempotency';
import type { Invoice, InvoiceLink } from '../../api/types';
import { Button } from '../../components/Button';
import { ProblemNote } from '../../components/ProblemNote';
import { formatMoney } from '../../format/money';
import { locale } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import { mayChange } from '../../lib/may';
import { invoiceHref } from '../../paying/PayButton';
import { say, type CorrectionKey } from './words';

const PURCHASE_ORDER_LENGTH_MAX = 140;

/** The words around a link to the other invoice. */
function linked(to: InvoiceLink | null, word: CorrectionKey) {
  if (to === null) return null;
  const [before, after] = say(word, { number: '\n' }).split('\n');
  return <p class="hint">{before}<a href={invoiceHref(to.id)}>{to.number ?? say('draft')}</a>{after}</p>;
}

const Links = ({ invoice }: { invoice: Invoice }) => <>{linked(invoice.corrects, 'corrects')}{linked(invoice.correctedBy, 'correctedBy')}</>;

function outcomeOf(shown: CorrectionPreview): string {
  const amount = formatMoney(shown.totalAfter, locale());
  if (shown.totalAfter.amount !== shown.totalBefore.amount) return say('other', { amount, before: formatMoney(shown.totalBefore, locale()) });
  if (shown.needsOperator) return say('late');
  return say(shown.due.amount > 0 ? 'stillDue' : 'same', { amount });
}

/** What changes, and the focus: what follows a press is read from its beginning. */
function Shown({ shown }: { shown: CorrectionPreview }) {
  const element = useRef<HTMLParagraphElement>(null);
  useEffect(() => element.current?.focus(), [shown]);
  const sides = [{ lead: say('before'), lines: shown.billedBefore }, { lead: say('after'), lines: shown.billedAfter }];
  return (
    <>
      {sides.map(({ lead, lines }, index) => (
        <div key={index}>
          <p class="muted">{lead}</p>
          <blockquote class="statement">{lines.map((line, at) => <div key={at}>{line}</div>)}</blockquote>
        </div>
      ))}
      <p ref={element} tabIndex={-1} class={shown.needsOperator ? 'inline-note tone-warning' : ''}>{outcomeOf(shown)}</p>
    </>
  );
}

function useSteps(invoice: Invoice, onDone: () => void) {
  const purchaseOrder = useSignal('');
  const shown = useSignal<CorrectionPreview | null>(null);
  const keys = useMemo(() => new Keyring(), []);
  const { busy, problem, run } = useAction();
  const show = (): Promise<void> => run(async () => {
    shown.value = await showCorrection(invoice.id, purchaseOrder.value.trim(), crypto.randomUUID());
  });
  const correct = (correctionId: string): Promise<void> => run(async () => {
    try {
      await keys.run(correctionId, (key) => correctInvoice(invoice.id, correctionId, key));
    } catch (error) {
      shown.value = null; // what it said may hold no longer: back to the first step
      throw error;
    }
    announce(say('done'));
    onDone();
  });
  return { purchaseOrder, shown, busy, problem, show, correct };
}

function Steps({ invoice, onDone }: { invoice: Invoice; onDone: () => void }) {
  const id = useId();
  const { purchaseOrder, shown, busy, problem, show, correct } = useSteps(invoice, onDone);
  const current = shown.value;
  return (
    <>
      {current === null ? (
        <>
          <p>{say('text')}</p>
          <label class="field" for={id}>{say('purchaseOrder')}</label>
          <input id={id} value={purchaseOrder.value} maxLength={PURCHASE_ORDER_LENGTH_MAX} autoComplete="off" onInput={(event) => { purchaseOrder.value = event.currentTarget.value; }} />
          <p><Button busy={busy.value} onPress={() => void show()}>{say('show')}</Button></p>
        </>
      ) : (
        <>
          <Shown shown={current} />
          {!current.needsOperator && <p><Button look="primary" busy={busy.value} onPress={() => void correct(current.correctionId)}>{say('confirm')}</Button></p>}
        </>
      )}
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </>
  );
}

export function CorrectionPart({ invoice, onDone }: { invoice: Invoice; onDone: () => void }) {
  const isOpen = useSignal(false);
  const isIssued = invoice.status === 'paid' || invoice.status === 'open';
  const mayBe = mayChange() && isIssued && invoice.correctedBy === null && invoice.amount.amount > 0;
  return (
    <>
      <Links invoice={invoice} />
      {mayBe && !isOpen.value && (
        <p class="hint"><button type="button" class="link" onClick={() => { isOpen.value = true; }}>{say('open')}</button></p>
      )}
      {mayBe && isOpen.value && <Steps invoice={invoice} onDone={onDone} />}
    </>
  );
}
