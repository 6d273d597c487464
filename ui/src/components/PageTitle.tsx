// The one h1 of a page: names the document, and takes the focus when the visitor came here without a reload, so that
// a screen reader says where they are.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { t } from '../i18n';
import { aside } from './aside';
import { later } from './later';

const Definitions = later(async () => (await aside()).Definitions);

let isFirstPage = true;

export function showTitle(title: string, heading: HTMLElement | null): void {
  document.title = `${title} · ${t('app.name')}`;
  if (!isFirstPage) heading?.focus();
  isFirstPage = false;
}

/** With what the figures of the page mean beside it. `title` is what the document is called where more than text stands in the heading. */
export function PageTitle({ children, title = String(children) }: { children: ComponentChildren; title?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => showTitle(title, heading.current), [title]);
  return <><h1 ref={heading} tabIndex={-1}>{children}</h1><Definitions /></>;
}
