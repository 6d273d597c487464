// Lines of an invoice or a preview with what stands below them: one table for both.

import type { ComponentChildren } from 'preact';

import type { InvoiceLine } from '../api/types';
import { formatRange } from '../format/date';
import { formatMoney } from '../format/money';
import { locale, t } from '../i18n';
import { lineWords } from './line_words';
import { sumRows, type Sums } from './sums';

interface RowProps {
  label: string;
  amount: ComponentChildren;
  note?: string;
  strong?: boolean;
}

export function TotalRow({ label, amount, note, strong = false }: RowProps) {
  return (
    <tr class={strong ? 'total' : ''}>
      <th scope="row">
        {label}
        {note !== undefined && <span class="muted">{note}</span>}
      </th>
      <td class="number">{amount}</td>
    </tr>
  );
}

interface Props {
  label: string;
  lines: readonly InvoiceLine[];
  sums: Sums;
  /** The rows below the sums. */
  children: ComponentChildren;
  caption?: string | null;
  /** What there is to say of a line, below it. */
  more?: (line: InvoiceLine, index: number) => ComponentChildren;
}

export function LinesTable({ label, lines, sums, children, caption = null, more }: Props) {
  return (
    <table class="preview-lines" aria-label={label}>
      <tbody>
        {lines.map((line, index) => (
          <tr key={index}>
            <th scope="row">
              {lineWords(line.description)}
              {line.period && <span class="muted">{formatRange(line.period.start, line.period.end, locale())}</span>}
              {more?.(line, index)}
            </th>
            <td class="number">{formatMoney(line.amount, locale())}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        {sumRows(sums).map((sum) => <TotalRow key={sum.label} label={t(sum.label)} amount={formatMoney(sum.amount, locale())} />)}
        {children}
      </tfoot>
      {caption !== null && <caption>{caption}</caption>}
    </table>
  );
}
