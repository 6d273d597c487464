// What a customer's page has in its tabs: lists as they are declared, and what of them is told in another way.

import type { ComponentChildren } from 'preact';

import { Listing } from '../../admin/Listing';
import { filled } from '../../admin/listing';
import { maySeeEvidence, maySeeSystem } from '../../admin/may';
import { naming, type TimelineEntry } from '../../api/customer';
import type { Invoice, MetricUsage } from '../../api/types';
import { formatPercent, formatQuantity, isNumber } from '../../format/quantity';
import { locale, tName } from '../../i18n';
import { useAddress } from '../../lib/address';
import { places, words } from './lists/words';
import { say, sayOf } from './words';

export const TABS = ['timeline', 'subscriptions', 'usage', 'invoices', 'payments', 'notes', 'access'] as const;

const KINDS = ['billing', 'mail', 'payment', 'note', 'webhook', 'delivery', 'audit'] as const;
const isSeen = (kind: string): boolean => (kind === 'audit' ? maySeeEvidence() : kind === 'webhook' || kind === 'delivery' ? maySeeSystem() : true);

function Kinds() {
  const { query, hrefOf } = useAddress();
  const choice = (value: string | undefined, label: string) => (
    <a key={label} class="button quiet" href={hrefOf({ kind: value, timeline: undefined })} aria-current={query['kind'] === value || undefined}>{label}</a>
  );
  return <nav class="actions" aria-label={say('kinds')}>{choice(undefined, say('all'))}{KINDS.filter(isSeen).map((name) => choice(name, sayOf('kind', name)))}</nav>;
}

/** To where the same is proved. */
const proofOf = (id: string, { kind, type }: TimelineEntry): string | null =>
  (maySeeEvidence() && (kind === 'billing' || kind === 'audit') ? `/admin/audit?userId=${encodeURIComponent(id)}&action=${type}` : null);

/** A link where there is somewhere to go. */
const link = (href: string | null, text: ComponentChildren): ComponentChildren => (href === null ? text : <a href={href}>{text}</a>);

const quantity = (metric: string, value: number | null): string => (value === null ? '' : formatQuantity(metric, value, locale()));

const cellsOf = (id: string): Record<string, (row: never) => ComponentChildren> => ({
  type: (entry: TimelineEntry) => (
    <div>
      {entry.text !== null && <bdi class="open-text">{entry.text}</bdi>}
      {entry.type !== '' && <p class="hint">{link(proofOf(id, entry), <code>{entry.type}</code>)}</p>}
    </div>
  ),
  object: ({ object, actor }: TimelineEntry) => <div>{object !== null && <code class="hint">{object}</code>}{actor !== null && <p class="hint">{say('by', { who: actor })}</p>}</div>,
  metric: ({ metric }: MetricUsage) => tName('metric', metric),
  used: ({ metric, used }: MetricUsage) => quantity(metric, used),
  limit: ({ metric, limit }: MetricUsage) => (isNumber(limit) ? quantity(metric, limit) : say('unlimited')),
  percent: ({ percent }: MetricUsage) => percent !== null && formatPercent(percent, locale()),
  projected: ({ metric, projected }: MetricUsage) => quantity(metric, projected),
  number: ({ number, id: invoice, hostedUrl }: Invoice) => link(hostedUrl, number ?? invoice),
});

interface Props {
  id: string;
  name: string;
}

export function Tab({ id, name }: Props) {
  const { kind } = useAddress().query;
  const cells = cellsOf(id);
  return (
    <>
      {name === 'timeline' && <Kinds />}
      {places().find((place) => place.name === name)?.parts.map((part) => {
        if (!('columns' in part)) return null;
        const path = filled(part.path, { customer: id }) + (name === 'timeline' && kind !== undefined ? `?kind=${kind}` : '');
        return <Listing key={part.name} of={{ ...part, path, ...(path.startsWith('/api/billing') ? { naming: naming(id) } : {}) }} words={words} cells={cells} />;
      })}
    </>
  );
}
