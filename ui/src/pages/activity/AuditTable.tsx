// The audit log as a table: of a customer, or of all. What a row changed is told when it is opened, and then stands in the
// address.

import { auditPath, listAudit, type AuditFilter, type AuditRow, type AuditScope } from '../../api/audit';
import { Badge } from '../../components/Badge';
import { DataTable, usePage, type Column } from '../../components/DataTable';
import { formatDateTime } from '../../format/date';
import { locale } from '../../i18n';
import { queryText, useAddress } from '../../lib/address';
import { diffOf, type Line } from '../../lib/diff';
import { FilterForm } from './FilterForm';
import { kindWord, outcomeWord, say } from './words';

const HASH_CHARS = 12;
/** Outcomes of what was let in and done; all others are codes of refusals, or of what still waits. */
const CAME_TO_PASS = new Set(['done', 'created', 'begun', 'unchanged']);

function Changes({ lines }: { lines: readonly Line[] }) {
  if (lines.length === 0) return <p class="muted">{say('noChange')}</p>;
  return (
    <dl class="changes">
      {lines.map(({ place, before, after }) => (
        <div key={place}>
          <dt>{place}</dt>
          <dd>
            {before !== null && <><del><span class="visually-hidden">{say('before')} </span>{before}</del>{' '}</>}
            <ins><span class="visually-hidden">{say('after')} </span>{after ?? say('nothing')}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Detail({ entry, scope }: { entry: AuditRow; scope: AuditScope }) {
  const { query, change } = useAddress();
  return (
    <details
      open={query['open'] === entry.id}
      onToggle={(event) => {
        const isOpen = event.currentTarget.open;
        if (isOpen !== (query['open'] === entry.id)) change({ open: isOpen ? entry.id : undefined });
      }}
    >
      <summary aria-label={say('showLabel', { seq: entry.seq })}>{say('show')}</summary>
      {entry.reason !== null && <p>{say('reason', { reason: entry.reason })}</p>}
      <Changes lines={diffOf(entry.row.before, entry.row.after)} />
      <p class="hint"><code>{entry.id}</code> · {say('proof', { seq: entry.seq, hash: entry.hash.slice(0, HASH_CHARS) })}</p>
      {scope === 'all' && <p><a href={`/api/admin/audit/${entry.id}/proof`} download aria-label={say('prove', { seq: entry.seq })}>{say('proveIt')}</a></p>}
    </details>
  );
}

const columnsOf = (scope: AuditScope): readonly Column<AuditRow>[] => [
  { title: say('when'), cell: ({ at }) => <time dateTime={at}>{formatDateTime(at, locale())}</time> },
  { title: say('who'), cell: ({ actorKind, actor }) => <>{kindWord(actorKind)}{actor !== '' && <><br /><code class="hint">{actor}</code></>}</> },
  { title: say('what'), cell: ({ action }) => <code>{action}</code>, isHead: true },
  ...(scope === 'all' ? [{ title: say('whose'), cell: ({ chain }: AuditRow) => (chain === '' ? say('operators') : chain) }] : []),
  {
    title: say('outcome'),
    cell: ({ outcome }) => (CAME_TO_PASS.has(outcome) ? <Badge tone="good">{say('done')}</Badge> : <Badge tone="warning">{outcomeWord(outcome)}</Badge>),
  },
  { title: say('change'), cell: (entry) => <Detail entry={entry} scope={scope} /> },
];

export function AuditTable({ scope }: { scope: AuditScope }) {
  const { query } = useAddress();
  const { actor, action, userId, from, to, cursor } = query;
  const filter: AuditFilter = scope === 'all' ? { actor, action, userId, from, to } : {};
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  const page = usePage(() => listAudit(scope, filter, cursor), queryText({ ...filter, cursor }));
  return (
    <DataTable
      title={say('rows')}
      of={page}
      columns={columnsOf(scope)}
      keyOf={({ id }) => id}
      empty={isFiltered ? { title: say('noneTitle'), text: say('none') } : { title: say('emptyTitle'), text: say('empty') }}
      filter={scope === 'all' && <FilterForm key={queryText({ ...filter })} filter={filter} />}
      path={auditPath(scope, filter)}
      what="audit"
      range={[from, to].filter((at) => at !== undefined)}
    />
  );
}
