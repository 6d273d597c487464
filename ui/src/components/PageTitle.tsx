// The one h1 of a page: names the document, and takes the focus when the visitor came here without a reload, so that
// a screen reader says where they are.

import { useEffect, useRef } from 'preact/hooks';

import { t } from '../i18n';

let isFirstPage = true;

export function PageTitle({ children, title = children }: { children: string; title?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t('app.name')}`;
    if (!isFirstPage) heading.current?.focus();
    isFirstPage = false;
  }, [title]);
  return <h1 ref={heading} tabIndex={-1}>{children}</h1>;
}
