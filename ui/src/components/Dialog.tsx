// A modal on the native element: focus is kept inside, Esc closes, and focus goes back to what opened it. While
// `locked` (money is moving) it cannot be closed.

import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

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

  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      // Closed first: while it is modal, nothing outside can take the focus.
      dialog?.close();
      const back = opener.current?.isConnected ? opener.current : document.querySelector('h1');
      if (back instanceof HTMLElement) back.focus();
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
