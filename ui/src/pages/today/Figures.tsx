// Figures beside each other: each with where its rows are, and with what it counts and leaves out.

import type { ComponentChildren } from 'preact';

import { Listing } from '../../admin/Listing';
import type { Money } from '../../api/types';
import { Badge, type Tone } from '../../components/Badge';
import { formatMoney } from '../../format/money';
import { locale } from '../../i18n';
import { places, words } from './words';

export interface Shown {
  /** Of its words: "figure.revenue". */
  name: string;
  value: ComponentChildren;
  note?: string;
  state?: string;
  href: string;
  isHere?: boolean;
}

export const number = (value: number): string => new Intl.NumberFormat(locale()).format(value);
export const moneyText = (amounts: readonly Money[]): string => amounts.map((one) => formatMoney(one, locale())).join(' + ');

const TONES: Record<string, Tone> = { good: 'good', watch: 'warning', bad: 'bad' };

export function Figures({ rows }: { rows: readonly Shown[] }) {
  return (
    <ul class="figures">
      {rows.map(({ name, value, note, state, href, isHere }) => {
        const title = words.sayOf('value', name);
        return (
          <li key={name}>
            <a href={href} aria-current={isHere || undefined}>{title}</a>
            <strong class="figure">{value}</strong>
            {note && <p class="hint">{note}</p>}
            {state && <Badge tone={TONES[state] ?? 'neutral'}>{words.sayOf('value', state)}</Badge>}
            <details>
              <summary aria-label={words.say('value.whatOf', { name: title })}>{words.say('value.what')}</summary>
              <p class="hint">{words.sayOf('define', `${name}.text`)}</p>
            </details>
          </li>
        );
      })}
    </ul>
  );
}

/** The lists behind the figures; what moved and ended, since when it is asked for. */
export function Parts({ of, since }: { of: string; since?: string | undefined }) {
  return (
    <>
      {places().find(({ name }) => name === of)?.parts.map((part) => 'columns' in part && (
        <div key={part.name} id={part.name}>
          <Listing of={since !== undefined && part.name !== 'stuck' ? { ...part, path: `${part.path}?from=${encodeURIComponent(since)}` } : part} words={words} />
        </div>
      ))}
    </>
  );
}
