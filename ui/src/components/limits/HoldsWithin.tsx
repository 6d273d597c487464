// How soon a cap or a limit holds for use that is reported, as the server measured it lately.

import { request } from '../../api/http';
import { locale, t } from '../../i18n';
import { usePoll } from '../../lib/poll';
import { useResource } from '../../lib/use_resource';

interface Enforcement {
  windowSeconds: number;
  p99Microseconds: number | null;
  isFew: boolean;
}

const inUnit = (value: number, unit: string): string =>
  new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'long', maximumSignificantDigits: 2 }).format(value);

function textOf({ windowSeconds, p99Microseconds: p99, isFew }: Enforcement): string {
  const window = inUnit(Math.ceil(windowSeconds / 60), 'minute');
  return p99 === null ? t('usage.holdsUnknown', { window }) : t(isFew ? 'usage.holdsFew' : 'usage.holds', { time: inUnit(p99 / 1000, 'millisecond'), window });
}

export function HoldsWithin() {
  const measured = useResource(() => request<Enforcement>('/api/billing/usage/enforcement'));
  usePoll(() => void measured.load());
  return measured.data ? <p class="hint holds">{textOf(measured.data)}</p> : null;
}
