// A small form: Enter sends it, once at a time, and what went wrong stands in it.

import type { ComponentChildren, ComponentType } from 'preact';
import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';

import type { Problem } from '../api/problem';
import { ProblemNote } from './ProblemNote';
import { t } from '../i18n';
import type { Action } from '../lib/action';

interface FormProps {
  action: Action;
  work: () => Promise<void>;
  submit: string;
  look?: 'primary' | 'plain';
  children?: ComponentChildren;
  /** Beside the button. */
  aside?: ComponentChildren;
  /** What went wrong, where it needs words of its own. */
  Note?: ComponentType<{ problem: Problem }>;
}

const ChangeProblem = ({ problem }: { problem: Problem }) => <ProblemNote problem={problem} of="change" />;

export function Form({ action, work, submit, look = 'primary', children, aside, Note = ChangeProblem }: FormProps) {
  const isBusy = action.busy.value;
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(work);
      }}
    >
      {children}
      <div class="actions">
        <button type="submit" class={`button ${look}`} aria-disabled={isBusy || undefined}>{isBusy ? t('common.working') : submit}</button>
        {aside}
      </div>
      {action.problem.value && <Note problem={action.problem.value} />}
    </form>
  );
}

interface FieldProps {
  label: string;
  value: Signal<string>;
  type?: 'text' | 'email' | 'password';
  autoComplete: string;
  inputMode?: 'text' | 'numeric' | 'email';
  maxLength?: number;
  minLength?: number;
  hint?: string;
}

export function Field({ label, value, type = 'text', autoComplete, inputMode = 'text', maxLength = 200, minLength = 1, hint }: FieldProps) {
  const id = useId();
  // Preact's types know an input of one type at a time.
  const ofType = { type } as { type: 'text' };
  return (
    <div class="form-field">
      <label class="field" for={id}>{label}</label>
      <input
        id={id}
        {...ofType}
        value={value.value}
        autoComplete={autoComplete}
        inputMode={inputMode}
        maxLength={maxLength}
        minLength={minLength}
        required
        spellcheck={false}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={(event) => { value.value = event.currentTarget.value; }}
      />
      {hint !== undefined && <p class="hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}
