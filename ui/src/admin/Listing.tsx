// Lists and sheets as they are declared (listing.ts). What a role may not do is not there.

import type { ComponentChildren } from 'preact';
import { signal, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { request } from '../api/http';
import { Button } from '../components/Button';
import { DataTable, type Column } from '../components/DataTable';
import { Facts } from '../components/Facts';
import { Freshness } from '../components/Freshness';
import { Section } from '../components/Section';
import { session } from '../lib/app_state';
import { useAddress, type Query } from '../lib/address';
import { usePoll } from '../lib/poll';
import { useResource } from '../lib/use_resource';
import { ActDialog, Field, sumOf } from './ActDialog';
import { About, cellOf, wordOf } from './cells';
import { andQuery, chosenOf, filled, isFor, readListing, type Act, type Input, type Listing as Spec, type Row, type Sheet as SheetSpec, type Way, type Words } from './listing';
import { isOne } from './may';
import { tell } from './words';

const SHEET_LINES = 4;

/** "status+kind" are two names. */
const partsOf = (column: string): string[] => column.replace('#', '').split('+');

/** Whether who looks may, as far as the pages show it; the server decides for itself. */
export const mayDo = ({ by = 'admin' }: Act): boolean => isOne(...by.split(' '));

/** Whether who looks asked for it. */
export const isMine = (row: Row): boolean => row['requestedBy'] != null && row['requestedBy'] === session.data?.personId;

interface DoingProps {
  /** Of the list or sheet. */
  of: string;
  acts?: readonly Act[] | undefined;
  ways?: readonly Way[] | undefined;
  row: Row;
  /** What of the row is told before something is done to it. */
  about?: readonly string[];
  /** What names the row; empty: nothing does. */
  subject: string;
  /** Of its buttons. */
  look?: 'plain';
  words: Words;
  onDone: () => void;
}

/** What may be done to a row, or above all, and where more of it is; and the dialog of what was pressed. */
export function Doing({ of, acts = [], ways = [], row, about = [], subject, look, words, onDone }: DoingProps) {
  const asked = useSignal<Act | null>(null);
  const holder = useRef<HTMLDivElement>(null);
  const isDone = useRef(false);
  // Where the button that was pressed is gone with what it did, the focus stays here.
  useEffect(() => {
    if (!isDone.current || asked.value || document.activeElement !== document.body) return;
    isDone.current = false;
    holder.current?.focus();
  });
  const named = (name: string, sum = '') => {
    const word = words.sayOf('act', name);
    return { key: name, children: word, label: [word, sum, subject].filter(Boolean).join(': ') };
  };
  return (
    <div class="actions" tabIndex={-1} ref={holder}>
      {ways.filter((way) => isFor(way, row)).map(({ name, at }) => {
        const { label, ...link } = named(name);
        return <a {...link} class="button quiet" href={filled(at, row)} aria-label={label} download={at.startsWith('/api/')} />;
      })}
      {acts.filter((act) => mayDo(act) && isFor(act, row) && (act.mine ?? isMine(row)) === isMine(row)).map((act) => (
        <Button {...named(act.name, sumOf(act, row))} look={look ?? (subject === '' ? 'plain' : 'quiet')} onPress={() => { asked.value = act; }} />
      ))}
      {asked.value && <ActDialog of={of} act={asked.value} row={row} about={about} subject={subject} words={words} onClose={() => { asked.value = null; }} onDone={() => { isDone.current = true; onDone(); }} />}
    </div>
  );
}

/** By what rows are chosen; it is applied by going to its address. */
function Filters({ inputs, without, words }: { inputs: readonly Input[]; without: Query; words: Words }) {
  const { query, change, hrefOf } = useAddress();
  const values = useMemo(() => inputs.map((input) => ({ input: { ...input, empty: 'left' } as const, value: signal(query[input.name] ?? '') })), []);
  const nothing = { ...without, ...Object.fromEntries(inputs.map(({ name }) => [name, undefined])) };
  const apply = (event: Event): void => {
    event.preventDefault();
    change({ ...nothing, ...Object.fromEntries(values.map(({ input, value }) => [input.name, value.value.trim()])) });
  };
  return (
    <form class="filters" role="search" aria-label={tell('find.label')} onSubmit={apply}>
      {values.map((field) => <Field key={field.input.name} {...field} words={words} />)}
      <button type="submit" class="button plain">{tell('find.apply')}</button>
      <a class="button quiet" href={hrefOf(nothing)}>{tell('find.clear')}</a>
    </form>
  );
}

/** One row, alone. */
function Open({ path, id, words }: { path: string; id: string; words: Words }) {
  const { hrefOf } = useAddress();
  const one = useResource(() => request<Row>(`${path}/${encodeURIComponent(id)}`), id);
  return (
    <Section title={id} of={one} lines={SHEET_LINES} className="data" aside={() => <a class="button quiet" href={hrefOf({ open: undefined })}>{tell('act.close')}</a>}>
      {(row) => <About row={row} words={words} />}
    </Section>
  );
}

interface Props<T> {
  of: T;
  words: Words;
  /** Of columns that are told in another way than by what they are. */
  cells?: Record<string, (row: never) => ComponentChildren>;
  /** What each row has beside what the list says of it. */
  row?: Row;
  /** Something was done to a row. */
  onDone?: () => void;
  /** Each row as an item, where no table has room for it: of what it says and what may be done to it. */
  item?: (row: never, parts: { facts: ComponentChildren; doing: ComponentChildren }) => ComponentChildren;
}

export function Listing({ of: spec, words, cells = {}, row: beside, onDone, item }: Props<Spec>) {
  const { name, columns, more, whole, states, acts, ways, makes, moves, filters = [], opens } = spec;
  const { query, hrefOf } = useAddress();
  const { open } = query;
  const bare = filled(spec.path, query);
  const chosen = { ...(states && { status: query['status'] }), ...chosenOf(filters, query) };
  const cursor = query[name];
  const path = bare + andQuery(bare, chosen);
  const page = useResource(() => readListing(spec, path, { cursor }), `${path}/${cursor ?? ''}`);
  usePoll(() => void page.load(), moves !== undefined && (page.data?.data.some((row) => isFor(moves, row)) ?? false));
  const doing = { of: name, words, onDone: () => { void page.load(); onDone?.(); } };
  const names = columns.flatMap(partsOf);
  const [first = ''] = names;
  const subjectOf = (row: Row): string => (spec.subject ?? [first]).map((member) => wordOf(member, String(row[member] ?? row['id']), words)).join(' ');
  const draw = (member: string, row: Row): ComponentChildren => (cells[member]?.(row as never) ?? cellOf(member, row, words));
  const shown: Column<Row>[] = columns.map((column, at) => {
    const [member = '', ...below] = partsOf(column);
    const means = (row: Row): string => `means.${row[member]}`;
    const isHead = at === 0;
    return {
      title: words.sayOf('col', member),
      isHead,
      isNumber: column.endsWith('#'),
      cell: (row) => {
        const it = isHead && opens ? <a href={opens === true ? hrefOf({ open: String(row['id']) }) : filled(opens, row)}>{draw(member, row)}</a> : draw(member, row);
        const hints = below.filter((other) => row[other]).map((other) => <p key={other} class="hint">{words.sayOf('col', other)}: {draw(other, row)}</p>);
        if (isHead && words.has(means(row))) hints.push(<p class="hint">{words.say(means(row) as never)}</p>);
        return hints.length > 0 ? <div>{it}{hints}</div> : it;
      },
    };
  });
  if (more) {
    shown.push({
      title: tell('act.more'),
      cell: (row) => (
        <details>
          <summary aria-label={tell('act.moreOf', { name: subjectOf(row) })}>{tell('act.show')}</summary>
          <About row={row} names={more} words={words} />
        </details>
      ),
    });
  }
  const doneTo = (row: Row) => <Doing {...doing} {...(item && { look: 'plain' as const })} acts={acts} ways={ways} row={{ ...query, ...beside, ...row }} about={[...names, ...more ?? []]} subject={subjectOf(row)} />;
  if (ways || acts?.some(mayDo)) shown.push({ title: tell('act.column'), cell: doneTo });
  const itemOf = item && ((row: Row) => item(row as never, {
    facts: <Facts rows={names.slice(1).filter((member) => row[member] != null).map((member) => [words.sayOf('col', member), draw(member, row)])} />,
    doing: doneTo(row),
  }));
  return (
    <>
      {opens === true && open !== undefined && <Open key={open} path={bare} id={open} words={words} />}
      <DataTable
        title={words.sayOf(name, 'title')}
        of={page}
        columns={shown}
        keyOf={(row) => String(row['id'] ?? JSON.stringify(row))}
        empty={{ title: words.sayOf(name, 'emptyTitle'), text: filters.some((input) => query[input.name]) ? tell('find.none') : words.sayOf(name, 'empty') }}
        filter={
          <>
            {page.data?.asOf && <Freshness asOf={page.data.asOf} />}
            {filters.length > 0 && <Filters key={path} inputs={filters} without={{ [name]: undefined, open: undefined }} words={words} />}
            {(states || makes?.some(mayDo)) && (
              <div class="filters">
                {states && ['', ...states].map((state) => {
                  const isIt = (query['status'] ?? '') === state;
                  return <a key={state} class={`button ${isIt ? 'plain' : 'quiet'}`} aria-current={isIt || undefined} href={hrefOf({ status: state, [name]: undefined })}>{words.sayOf('value', state || 'all')}</a>;
                })}
                <Doing {...doing} acts={makes} row={query} subject="" />
              </div>
            )}
          </>
        }
        {...(spec.hasNoFile ? {} : { path })}
        item={itemOf}
        what={name}
        naming={spec.naming}
        at={name}
        isWhole={whole !== undefined}
      />
    </>
  );
}

export function Sheet({ of: spec, words }: Props<SheetSpec>) {
  const { name, facts, acts, ways, moves, filters = [] } = spec;
  const { query } = useAddress();
  const bare = filled(spec.path, query);
  const path = bare + andQuery(bare, chosenOf(filters, query));
  const sheet = useResource(() => request<Row>(path), path);
  usePoll(() => void sheet.load(), moves !== undefined && isFor(moves, sheet.data));
  return (
    <Section title={words.sayOf(name, 'title')} of={sheet} lines={SHEET_LINES} className={facts ? '' : 'data'}>
      {(row) => (
        <>
          {words.has(`${name}.text`) && <p class="muted">{words.sayOf(name, 'text')}</p>}
          {filters.length > 0 && <Filters key={path} inputs={filters} without={{}} words={words} />}
          <About row={row} {...(facts && { names: facts })} words={words} />
          <Doing of={name} acts={acts} ways={ways} row={row} subject="" words={words} onDone={() => void sheet.load()} />
        </>
      )}
    </Section>
  );
}
