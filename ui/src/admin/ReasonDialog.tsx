// A decision with a few words about it.

import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';

import { TextField } from '../components/fields';
import { FormDialog } from '../components/FormDialog';

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

export function ReasonDialog({ label, isRequired = false, work, children, ...dialog }: Props) {
  const reason = useSignal('');
  return (
    <FormDialog {...dialog} work={() => work(reason.value.trim())}>
      {children}
      <TextField label={label} value={reason} maxLength={REASON_MAX} isRequired={isRequired} />
    </FormDialog>
  );
}
