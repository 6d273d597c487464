// A decision with a few words about it.

import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';

import { Button } from '../components/Button';
import { Dialog } from '../components/Dialog';
import { ProblemNote } from '../components/ProblemNote';
import { TextField } from '../components/fields';
import { t } from '../i18n';
import { useAction } from '../lib/action';

const REASON_MAX = 500;

interface Props {
  title: string;
  label: string;
  confirm: string;
  look?: 'primary' | 'danger';
  /** Words must be given. */
  isRequired?: boolean;
  onClose: () => void;
  /** Done, the dialog's owner closes it. */
  work: (reason: string) => Promise<void>;
  children?: ComponentChildren;
}

export function ReasonDialog({ title, label, confirm, look = 'primary', isRequired = false, onClose, work, children }: Props) {
  const reason = useSignal('');
  const { busy, problem, run } = useAction();
  const formId = 'reason-form';
  return (
    <Dialog
      title={title}
      onClose={onClose}
      locked={busy.value}
      footer={
        <>
          <Button onPress={onClose} disabled={busy.value}>{t('common.cancel')}</Button>
          <button type="submit" form={formId} class={`button ${look}`} aria-disabled={busy.value || undefined}>
            {busy.value ? t('common.working') : confirm}
          </button>
        </>
      }
    >
      <form id={formId} class="form" onSubmit={(event) => { event.preventDefault(); void run(() => work(reason.value.trim())); }}>
        {children}
        <TextField label={label} value={reason} maxLength={REASON_MAX} isRequired={isRequired} />
      </form>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </Dialog>
  );
}
