// Up to when figures are complete; amber when that is long ago, also when nothing new comes while somebody looks.

import { useSignal } from '@preact/signals';

import { formatDate, formatTime } from '../format/date';
import { locale, t } from '../i18n';
import { serverNow } from '../lib/clock';
import { isStale } from '../lib/fresh';
import { usePoll } from '../lib/poll';
import { Icon } from './Icon';

/** "2026-11-21" of an instant's text. */
const DAY_CHARS = 10;

export function Freshness({ asOf }: { asOf: string }) {
  const seen = useSignal(0);
  usePoll(() => { seen.value = serverNow(); });
  const stale = isStale(asOf, Math.max(seen.value, serverNow()));
  const time = asOf.slice(0, DAY_CHARS) === new Date(serverNow()).toISOString().slice(0, DAY_CHARS)
    ? formatTime(asOf, locale())
    : `${formatDate(asOf, locale())}, ${formatTime(asOf, locale())}`;
  return (
    <p class={`freshness ${stale ? 'is-stale' : ''}`}>
      <Icon name={stale ? 'warning' : 'refresh'} />
      <time dateTime={asOf}>{t(stale ? 'usage.stale' : 'usage.asOf', { time })}</time>
    </p>
  );
}
