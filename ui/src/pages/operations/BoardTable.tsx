// A list as it is declared (boards.ts). Filters, the page of the list and the row that is open stand in the address.

import { useSignal } from '@preact/signals';

import { request } from '../../api/http';
import type { Page } from '../../api/types';
import { bound } from '../../admin/bound';
import { mayDecide, mayOperate } from '../../admin/may';
import { Button } from '../../components/Button';
import { DataTable, usePage } from '../../components/DataTable';
import { Dialog } from '../../components/Dialog';
import { Freshness } from '../../components/Freshness';
import { SelectField, TextField } from '../../components/fields';
import { Section } from '../../components/Section';
import { queryText, useAddress, type Query } from '../../lib/address';
import { announce } from '../../lib/app_state';
import { usePoll } from '../../lib/poll';
import { useResource } from '../../lib/use_resource';
import { ActDialog, actName } from './ActDialog';
import type { Act, Board, Row } from './boards';
import { About, Shown } from './Shown';
import { has, nameOf, say, sayOf } from './words';

const PER_PAGE = 50;
const LINES = 8;

const isDay = (name: string): boolean => name === 'from' || name === 'to' || name === 'openedBefore';

/** What is chosen, as the API takes it: a day stands for its midnight. */
const queryOf = (filters: object, chosen: Query, more: Query = {}): string =>
  queryText({ ...Object.fromEntries(Object.keys(filters).map((name) => [name, chosen[name] && isDay(name) ? `${chosen[name]}T00:00:00Z` : chosen[name]])), ...more });

function Filters({ names }: { names: Record<string, readonly string[]> }) {
  const { query, change, hrefOf } = useAddress();
  const nothing = Object.fromEntries(['cursor', 'open', ...Object.keys(names)].map((name) => [name, undefined]));
  const form = bound(useSignal<Record<string, string>>(Object.fromEntries(Object.keys(names).map((name) => [name, query[name] ?? '']))));
  return (
    <form class="filters" role="search" aria-label={say('filter')} onSubmit={(event) => { event.preventDefault(); change({ ...nothing, ...form.value }); }}>
      {Object.entries(names).map(([name, values]) => (values.length === 0
        ? <TextField key={name} label={nameOf(name)} value={form.at(name)} maxLength={128} type={isDay(name) ? 'date' : 'text'} />
        : <SelectField key={name} label={nameOf(name)} value={form.at(name)} options={['', ...values].map((value) => ({ value, label: value === '' ? say('any') : sayOf(name === 'status' ? 'state' : 'value', value) }))} />
      ))}
      <button type="submit" class="button plain">{say('apply')}</button>
      <a class="button quiet" href={hrefOf(nothing)}>{say('clear')}</a>
    </form>
  );
}

function Open({ path, id, onClose }: { path: string; id: string; onClose: string }) {
  const one = useResource(() => request<Row>(`${path}/${encodeURIComponent(id)}`), id);
  return (
    <Section title={say('one', { id })} of={one} lines={LINES} className="data" aside={() => <a class="button quiet" href={onClose}>{say('close')}</a>}>
      {(row) => <About row={row} />}
    </Section>
  );
}

/** A secret is shown this once. */
function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog title={say('secret.title')} onClose={onClose} footer={<Button look="primary" onPress={onClose}>{say('secret.kept')}</Button>}>
      <p>{say('secret.text')}</p>
      <pre class="raw" tabIndex={0}>{secret}</pre>
    </Dialog>
  );
}

/** What is no list, but figures. */
export function BoardFigures({ board: { name, path, filters = {} } }: { board: Board }) {
  const { query } = useAddress();
  const chosen = queryOf(filters, query);
  const figures = useResource(() => request<Row>(path + chosen), chosen);
  return (
    <Section title={sayOf('title', name)} of={figures} lines={LINES} className="data">
      {(row) => (
        <>
          <p class="muted">{sayOf('text', name)}</p>
          <Filters key={chosen} names={filters} />
          <About row={row} />
        </>
      )}
    </Section>
  );
}

export function BoardTable({ board }: { board: Board }) {
  const { name, columns, key: keyName = 'id', filters = {}, opens = false, acts = [], heads = [], may, isWhole = false, lives = false } = board;
  const { query, hrefOf } = useAddress();
  const doing = useSignal<{ act: Act; row: Row | null } | null>(null);
  const secret = useSignal('');
  const chosen = queryOf(filters, query);
  const { cursor, open } = query;
  const path = `${board.path}${chosen}`;
  const page = usePage<Row>(
    () => request<Page<Row>>(board.path + (isWhole ? chosen : queryOf(filters, query, { limit: String(PER_PAGE), cursor }))),
    `${chosen}/${cursor ?? ''}`,
  );
  usePoll(() => void page.load(), lives);
  const asOf = (page.data as { asOf?: string } | undefined)?.asOf;
  const mayAct = may === 'money' ? mayDecide() : mayOperate();
  const rowActs = (row: Row): readonly Act[] => acts.filter(({ when }) => !when || when.includes(String(row['status'])));
  const start = (act: Act, row: Row | null) => () => { doing.value = { act, row }; };
  const done = (act: Act) => (answer: Row | undefined): void => {
    doing.value = null;
    secret.value = String(answer?.['secret'] ?? '');
    announce(answer?.['requestedBy'] === undefined ? sayOf('done', act.name) : say('waits'));
    void page.load();
  };
  return (
    <>
      {open !== undefined && <Open key={open} path={board.path} id={open} onClose={hrefOf({ open: undefined })} />}
      <DataTable<Row>
        title={sayOf('title', name)}
        of={page}
        columns={[
          ...columns.map((column, at) => {
            const [name = '', ...below] = column.split('+');
            return {
              title: nameOf(name),
              isHead: at === 0,
              cell: (row: Row) => {
                const shown = <Shown name={name} value={row[name]} unit={row['unit']} isFolded />;
                return (
                  <div>
                    {at === 0 && opens ? <a href={hrefOf({ open: String(row[keyName]) })}>{shown}</a> : shown}
                    {at === 0 && has(`means.${row[name]}`) && <p class="hint">{sayOf('means', String(row[name]))}</p>}
                    {below.filter((more) => row[more]).map((more) => <p key={more} class="hint">{nameOf(more)}: <Shown name={more} value={row[more]} /></p>)}
                  </div>
                );
              },
            };
          }),
          ...(mayAct && acts.length > 0 ? [{
            title: nameOf('acts'),
            cell: (row: Row) => (
              <div class="take-away">
                {rowActs(row).map((act) => <Button key={act.name} label={`${actName(act, row)}: ${String(row[columns[0]?.split('+')[0] ?? keyName])}`} look="quiet" onPress={start(act, row)}>{sayOf('act', act.name)}</Button>)}
              </div>
            ),
          }] : []),
        ]}
        keyOf={(row) => String(row[keyName])}
        empty={{ title: sayOf('none', name), text: say(chosen === '' ? 'noneYet' : 'noneChosen') }}
        filter={(
          <>
            {asOf !== undefined && <Freshness asOf={asOf} />}
            {Object.keys(filters).length > 0 && <Filters key={chosen} names={filters} />}
            {!mayAct && acts.length + heads.length > 0 && <p class="muted">{say(may === 'money' ? 'readOnlyMoney' : 'readOnly')}</p>}
            {mayAct && heads.length > 0 && <div class="actions">{heads.map((act) => <Button key={act.name} onPress={start(act, null)}>{sayOf('act', act.name)}</Button>)}</div>}
          </>
        )}
        path={path}
        what={name}
        isWhole={isWhole}
      />
      {doing.value && (
        <ActDialog key={doing.value.act.name} {...doing.value} about={columns} onClose={() => { doing.value = null; }} onDone={done(doing.value.act)} />
      )}
      {secret.value !== '' && <Secret secret={secret.value} onClose={() => { secret.value = ''; }} />}
    </>
  );
}
