// Fields of forms that people/Form has none of: longer text, a choice from a list, an amount.

import type { ComponentChildren } from 'preact';
import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';

interface Props {
  label: string;
  /** Says more than the label, for who does not see where it stands. */
  name?: string;
  value: Signal<string>;
  hint?: string | undefined;
  isRequired?: boolean;
  /** What is wrong with it, by the server. */
  problem?: string | undefined;
}

interface Frame extends Omit<Props, 'value'> {
  children: (ids: { id: string; 'aria-label'?: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }) => ComponentChildren;
}

function FieldFrame({ label, name, hint, problem, children }: Frame) {
  const id = useId();
  const described = [hint === undefined ? '' : `${id}-hint`, problem === undefined ? '' : `${id}-problem`].filter((name) => name !== '').join(' ');
  return (
    <div class="form-field">
      <label class="field" for={id}>{label}</label>
      {children({ id, ...(name === undefined ? {} : { 'aria-label': name }), ...(described === '' ? {} : { 'aria-describedby': described }), ...(problem === undefined ? {} : { 'aria-invalid': true }) })}
      {hint !== undefined && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {problem !== undefined && <p class="field-problem" id={`${id}-problem`}>{problem}</p>}
    </div>
  );
}

export function TextField({ value, isRequired = false, maxLength = 200, type = 'text', autoComplete = 'off', ...frame }: Props & { maxLength?: number; type?: 'text' | 'email' | 'date' | 'datetime-local'; autoComplete?: string }) {
  const ofType = { type } as { type: 'text' };
  return (
    <FieldFrame {...frame}>
      {(ids) => (
        <input
          {...ids}
          {...ofType}
          value={value.value}
          maxLength={maxLength}
          autoComplete={autoComplete}
          required={isRequired}
          spellcheck={false}
          onInput={(event) => { value.value = event.currentTarget.value; }}
        />
      )}
    </FieldFrame>
  );
}

export function TextArea({ value, isRequired = false, rows = 4, maxLength, ...frame }: Props & { rows?: number; maxLength: number }) {
  return (
    <FieldFrame {...frame}>
      {(ids) => (
        <textarea
          {...ids}
          rows={rows}
          value={value.value}
          maxLength={maxLength}
          required={isRequired}
          onInput={(event) => { value.value = event.currentTarget.value; }}
        />
      )}
    </FieldFrame>
  );
}

/** A number is typed as text: browsers' number fields lose what they do not understand. */
export function NumberField({ value, isRequired = false, unit, ...frame }: Props & { unit?: string | undefined }) {
  return (
    <FieldFrame {...frame} label={unit === undefined ? frame.label : `${frame.label} (${unit})`}>
      {(ids) => (
        <input
          {...ids}
          class="number-field"
          value={value.value}
          inputMode="decimal"
          autoComplete="off"
          maxLength={20}
          required={isRequired}
          onInput={(event) => { value.value = event.currentTarget.value; }}
        />
      )}
    </FieldFrame>
  );
}

interface SelectProps extends Props {
  options: readonly { value: string; label: string }[];
  autoComplete?: string;
  /** It works at once: there is no button. */
  onPick?: (value: string) => void;
}

export function SelectField({ value, options, isRequired = false, autoComplete = 'off', onPick, ...frame }: SelectProps) {
  return (
    <FieldFrame {...frame}>
      {(ids) => (
        <select {...ids} value={value.value} required={isRequired} autoComplete={autoComplete} onChange={(event) => { value.value = event.currentTarget.value; onPick?.(value.value); }}>
          {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
        </select>
      )}
    </FieldFrame>
  );
}

/** `name` says more than the label, for who does not see where it stands. */
export function CheckField({ label, name, value }: { label: string; name?: string; value: Signal<boolean> }) {
  return (
    <label class="check">
      <input type="checkbox" aria-label={name} checked={value.value} onChange={(event) => { value.value = event.currentTarget.checked; }} />
      <span>{label}</span>
    </label>
  );
}
