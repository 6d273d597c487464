// A button that cannot be pressed twice: while `busy` it stays focusable, says so, and does nothing.

import type { ComponentChildren } from 'preact';

import { t } from '../i18n';

interface Props {
  children: ComponentChildren;
  onPress: () => void;
  look?: 'primary' | 'plain' | 'quiet' | 'danger';
  busy?: boolean;
  disabled?: boolean;
  label?: string;
}

export function Button({ children, onPress, look = 'plain', busy = false, disabled = false, label }: Props) {
  return (
    <button
      type="button"
      class={`button ${look}`}
      disabled={disabled}
      aria-disabled={busy || undefined}
      aria-label={label}
      onClick={() => {
        if (!busy) onPress();
      }}
    >
      {busy ? t('common.working') : children}
    </button>
  );
}
