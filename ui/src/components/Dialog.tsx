// A modal on the native element: focus is kept inside, Esc closes, and focus goes back to what opened it. While
// `locked` (money is moving) it cannot be closed.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

import { t } from '../i18n';
import { Icon } from './Icon';

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  footer: ComponentChildren;
  locked?: boolean;
}

export function Dialog({ title, onClose, children, footer, locked = false }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const opener = useRef(document.activeElement);
  const titleId = useId();

  useEffect(() => {
    element.current?.showModal();
    return () => {
      if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus();
    };
  }, []);

  const close = (): void => {
    if (!locked) onClose();
  };
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <header class="dialog-head">
        <h2 id={titleId} tabIndex={-1}>{title}</h2>
        <button type="button" class="icon-button" aria-label={t('common.close')} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="dialog-body">{children}</div>
      <footer class="dialog-foot">{footer}</footer>
    </dialog>
  );
}
