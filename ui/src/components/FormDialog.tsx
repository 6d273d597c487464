// A dialog with a form in it: Enter sends it, once at a time; while it is sent the dialog cannot be closed, and what went
// wrong stands in it. Each change that it sends has one key for as long as what it says stays the same.

import type { ComponentChildren } from 'preact';
import { useId, useMemo } from 'preact/hooks';

import { Keyring } from '../api/idempotency';
import { t } from '../i18n';
import { useAction } from '../lib/action';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { ProblemNote } from './ProblemNote';

interface Props {
  title: string;
  /** On the button that sends it: what it does, with the amount where money moves. */
  confirm: string;
  look?: 'primary' | 'danger';
  /** False: something has yet to be chosen. */
  isReady?: boolean;
  onClose: () => void;
  /** Done, the dialog's owner closes it. */
  work: (keys: Keyring) => Promise<void>;
  children?: ComponentChildren;
}

export function FormDialog({ title, confirm, look = 'primary', isReady = true, onClose, work, children }: Props) {
  const { busy, problem, run } = useAction();
  const keys = useMemo(() => new Keyring(), []);
  const formId = useId();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      locked={busy.value}
      footer={
        <>
          <Button onPress={onClose} disabled={busy.value}>{t('common.cancel')}</Button>
          <button type="submit" form={formId} class={`button ${look}`} disabled={!isReady} aria-disabled={busy.value || undefined}>
            {busy.value ? t('common.working') : confirm}
          </button>
        </>
      }
    >
      <form id={formId} class="form" onSubmit={(event) => { event.preventDefault(); if (isReady) void run(() => work(keys)); }}>
        {children}
      </form>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </Dialog>
  );
}
