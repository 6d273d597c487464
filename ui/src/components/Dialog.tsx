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
  /** Beside the page, which stays as it is: it goes when a press or the focus goes elsewhere. To make a whole page inert,
      each of its elements is styled anew; that is too slow for what a key opens anywhere. */
  isLight?: boolean;
}

export function Dialog({ title, onClose, children, footer, locked = false, isLight = false }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const opener = useRef(document.activeElement);
  const isGone = useRef(false);
  const titleId = useId();

  useLayoutEffect(() => {
    const dialog = element.current;
    if (isLight) dialog?.showPopover();
    else dialog?.showModal();
    return () => {
      isGone.current = true;
      // Closed first: while it is modal, nothing outside can take the focus. Who pressed elsewhere is there already.
      const isElsewhere = document.activeElement !== document.body && dialog?.contains(document.activeElement) === false;
      if (isLight) dialog?.hidePopover();
      else dialog?.close();
      const back = opener.current?.isConnected ? opener.current : document.querySelector('h1');
      if (back instanceof HTMLElement && !isElsewhere) back.focus();
    };
  }, []);

  const close = (): void => {
    if (!locked && !isGone.current) onClose();
  };
  const light = isLight && {
    popover: 'auto' as const,
    onToggle: ({ newState }: { newState: string }): void => { if (newState === 'closed') close(); },
    onFocusOut: ({ relatedTarget, currentTarget }: FocusEvent): void => {
      if (relatedTarget instanceof Node && !(currentTarget as Node).contains(relatedTarget)) close();
    },
  };
  return (
    <dialog
      ref={element}
      class="dialog"
      {...light}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <div class="dialog-head">
        <h2 id={titleId} tabIndex={-1}>{title}</h2>
        <button type="button" class="icon-button" aria-label={t('common.close')} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div class="dialog-body">{children}</div>
      <div class="dialog-foot">{footer}</div>
    </dialog>
  );
}
