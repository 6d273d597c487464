// Cancelling: one window, the reason is asked and never insisted on, and it can be taken back until it takes effect.

import { useSignal } from '@preact/signals';
import { useId, useMemo } from 'preact/hooks';

import { cancel, type Cancellation } from '../../../api/billing';
import { Keyring } from '../../../api/idempotency';
import type { Subscription } from '../../../api/types';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { ProblemNote } from '../../../components/ProblemNote';
import { formatDate } from '../../../format/date';
import { locale, t, tName } from '../../../i18n';
import { useAction } from '../../../lib/action';
import { announce } from '../../../lib/app_state';
import type { BillingStore } from '../store';

/** The reasons that Stripe knows, so that both sides count the same. */
const REASONS = ['too_expensive', 'missing_features', 'switched_service', 'unused', 'too_complex', 'other'] as const;
const COMMENT_LENGTH_MAX = 1_000;

interface Props {
  store: BillingStore;
  subscription: Subscription;
  onClose: () => void;
}

function Reasons({ onReason, onComment }: { onReason: (reason: string) => void; onComment: (comment: string) => void }) {
  const commentId = useId();
  return (
    <>
      <fieldset class="choices plain">
        <legend>{t('cancel.reason')}</legend>
        {REASONS.map((reason) => (
          <label key={reason} class="choice">
            <input type="radio" name="reason" value={reason} onChange={() => onReason(reason)} />
            <span>{t(`cancel.reason.${reason}`)}</span>
          </label>
        ))}
      </fieldset>
      <label class="field" for={commentId}>{t('cancel.comment')}</label>
      <textarea
        id={commentId}
        rows={3}
        maxLength={COMMENT_LENGTH_MAX}
        onInput={(event) => onComment(event.currentTarget.value)}
      />
    </>
  );
}

export function CancelDialog({ store, subscription, onClose }: Props) {
  const reason = useSignal('');
  const comment = useSignal('');
  const { busy, problem, run } = useAction();
  const keys = useMemo(() => new Keyring(), []);
  const date = subscription.currentPeriodEnd === null ? '' : formatDate(subscription.currentPeriodEnd, locale());

  const confirm = async (): Promise<void> => {
    const text = comment.value.trim();
    const body: Cancellation = {
      when: 'period_end',
      ...(reason.value === '' ? {} : { reason: reason.value }),
      ...(text === '' ? {} : { comment: text }),
    };
    await run(async () => {
      store.planChanged(await keys.run(body, (key) => cancel(body, key)));
      onClose();
      announce(t('plan.cancelled', { date }), { label: t('common.undo'), run: () => void store.takeBack() });
    });
  };
  return (
    <Dialog
      title={t('cancel.title')}
      onClose={onClose}
      locked={busy.value}
      footer={
        <>
          <Button onPress={onClose} disabled={busy.value}>{t('plan.keep')}</Button>
          <Button look="danger" busy={busy.value} onPress={() => void confirm()}>{t('cancel.confirm', { date })}</Button>
        </>
      }
    >
      <p>{t('cancel.text', { date, plan: tName('tier', 'free') })}</p>
      <Reasons onReason={(next) => { reason.value = next; }} onComment={(next) => { comment.value = next; }} />
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </Dialog>
  );
}
