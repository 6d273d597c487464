// What chooses among the entries of the whole log. It is applied by going to its address.

import { useSignal } from '@preact/signals';

import type { AuditFilter } from '../../api/audit';
import { TextField } from '../../components/fields';
import { useAddress } from '../../lib/address';
import { say } from './words';

const DATE_CHARS = 10;

const instantOf = (day: string): string | undefined => (day === '' ? undefined : `${day}T00:00:00Z`);

export function FilterForm({ filter }: { filter: AuditFilter }) {
  const { change, hrefOf } = useAddress();
  const action = useSignal(filter.action ?? '');
  const userId = useSignal(filter.userId ?? '');
  const actor = useSignal(filter.actor ?? '');
  const from = useSignal((filter.from ?? '').slice(0, DATE_CHARS));
  const to = useSignal((filter.to ?? '').slice(0, DATE_CHARS));
  const apply = (): void => change({
    action: action.value.trim(), userId: userId.value.trim(), actor: actor.value.trim(),
    from: instantOf(from.value), to: instantOf(to.value), cursor: undefined, open: undefined,
  });
  const nothing = { action: undefined, userId: undefined, actor: undefined, from: undefined, to: undefined, cursor: undefined, open: undefined };
  return (
    <form class="filters" role="search" aria-label={say('filter')} onSubmit={(event) => { event.preventDefault(); apply(); }}>
      <TextField label={say('filterAction')} value={action} maxLength={64} />
      <TextField label={say('filterUser')} value={userId} maxLength={128} />
      <TextField label={say('filterActor')} value={actor} maxLength={64} />
      <TextField label={say('filterFrom')} value={from} type="date" />
      <TextField label={say('filterTo')} value={to} type="date" />
      <button type="submit" class="button plain">{say('apply')}</button>
      <a class="button quiet" href={hrefOf(nothing)}>{say('clear')}</a>
    </form>
  );
}
