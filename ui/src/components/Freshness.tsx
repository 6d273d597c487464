// Up to when figures are complete; amber when that is long ago.

import { formatDate, formatTime } from '../format/date';
import { locale, t } from '../i18n';
import { serverNow } from '../lib/clock';
import { isStale } from '../lib/fresh';
import { Icon } from './Icon';

/** "2026-11-21" of an instant's text. */
const DAY_CHARS = 10;

export function Freshness({ asOf }: { asOf: string }) {
  const stale = isStale(asOf, serverNow());
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
