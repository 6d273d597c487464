// Lists and sheets as they are declared (listing.ts). What a role may not do is not there.

import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';

import { request } from '../api/http';
import { Button } from '../components/Button';
import { DataTable, usePage, type Column } from '../components/DataTable';
import { Facts, type Fact } from '../components/Facts';
import { Section } from '../components/Section';
import { queryText, useAddress } from '../lib/address';
import { usePoll } from '../lib/poll';
import { useResource } from '../lib/use_resource';
import { ActDialog } from './ActDialog';
import { cellOf } from './cells';
import { filled, isFor, readListing, type Act, type Listing as Spec, type Row, type Sheet as SheetSpec, type Way, type Words } from './listing';
import { mayDecide, mayOperate } from './may';
import { tell } from './words';

const SHEET_LINES = 4;

const nameOf = (column: string): string => column.replace('#', '');

const factsOf = (names: readonly string[], row: Row, words: Words): Fact[] =>
  names.map((name) => [words.sayOf('col', name), cellOf(name, row, words)]);

/** Whether who looks may, as far as the pages show it; the server decides for itself. */
export const mayDo = ({ by }: Act): boolean => (by === 'money' ? mayDecide() : mayOperate());

interface DoingProps {
  /** Of the list or sheet. */
  of: string;
  acts?: readonly Act[] | undefined;
  ways?: readonly Way[] | undefined;
  row: Row;
  /** What names the row; empty: nothing does. */
  subject: string;
  words: Words;
  onDone: () => void;
}

/** What may be done to a row, or above all, and where more of it is; and the dialog of what was pressed. */
function Doing({ of, acts = [], ways = [], row, subject, words, onDone }: DoingProps) {
  const asked = useSignal<Act | null>(null);
  const named = (name: string) => {
    const word = words.sayOf('act', name);
    return { key: name, children: word, label: subject === '' ? word : `${word}: ${subject}` };
  };
  return (
    <div class="actions">
      {ways.filter((way) => isFor(way, row)).map(({ name, at }) => {
        const { label, ...link } = named(name);
        return <a {...link} class="button quiet" href={filled(at, row)} aria-label={label} download={at.startsWith('/api/')} />;
      })}
      {acts.filter((act) => mayDo(act) && isFor(act, row)).map((act) => (
        <Button {...named(act.name)} look={subject === '' ? 'plain' : 'quiet'} onPress={() => { asked.value = act; }} />
      ))}
      {asked.value && <ActDialog of={of} act={asked.value} row={row} subject={subject} words={words} onClose={() => { asked.value = null; }} onDone={onDone} />}
    </div>
  );
}

interface Props<T> {
  of: T;
  words: Words;
  /** Of columns that are told in another way than by what they are. */
  cells?: Record<string, (row: never) => ComponentChildren>;
  /** What may be done to a row, where no declaration says it. */
  doing?: ((row: never) => ComponentChildren) | undefined;
}

export function Listing({ of: spec, words, cells = {}, doing: own }: Props<Spec>) {
  const { name, columns, more, whole, states, acts, ways, makes, moves } = spec;
  const { query, hrefOf } = useAddress();
  const chosen = states && { status: query['status'] };
  const asked = { ...chosen, cursor: query[name] };
  const path = filled(spec.path, query);
  const page = usePage(() => readListing(spec, path, asked), path + queryText(asked));
  usePoll(() => void page.load(), moves !== undefined && (page.data?.data.some((row) => isFor(moves, row)) ?? false));
  const doing = { of: name, words, onDone: () => void page.load() };
  const [first = ''] = columns;
  const subjectOf = (row: Row): string => String(row[first] ?? row['id']);
  const shown: Column<Row>[] = columns.map((column, at) => ({
    title: words.sayOf('col', nameOf(column)),
    isHead: at === 0,
    isNumber: column.endsWith('#'),
    cell: (row) => (cells[nameOf(column)] ?? ((of: Row) => cellOf(nameOf(column), of, words)))(row as never),
  }));
  if (more) {
    shown.push({
      title: tell('act.more'),
      cell: (row) => (
        <details>
          <summary aria-label={tell('act.moreOf', { name: subjectOf(row) })}>{tell('act.show')}</summary>
          <Facts rows={factsOf(more, row, words)} />
        </details>
      ),
    });
  }
  if (own) {
    shown.push({ title: tell('act.column'), cell: (row) => own(row as never) });
  } else if (ways || acts?.some(mayDo)) {
    shown.push({ title: tell('act.column'), cell: (row) => <Doing {...doing} acts={acts} ways={ways} row={{ ...query, ...row }} subject={subjectOf(row)} /> });
  }
  return (
    <DataTable
      title={words.sayOf(name, 'title')}
      of={page}
      columns={shown}
      keyOf={(row) => String(row['id'] ?? JSON.stringify(row))}
      empty={{ title: words.sayOf(name, 'emptyTitle'), text: words.sayOf(name, 'empty') }}
      filter={(states || makes?.some(mayDo)) && (
        <div class="filters">
          {states && ['', ...states].map((state) => {
            const isIt = (query['status'] ?? '') === state;
            return <a key={state} class={`button ${isIt ? 'plain' : 'quiet'}`} aria-current={isIt || undefined} href={hrefOf({ status: state, [name]: undefined })}>{words.sayOf('value', state || 'all')}</a>;
          })}
          <Doing {...doing} acts={makes} row={query} subject="" />
        </div>
      )}
      {...(spec.hasNoFile ? {} : { path: path + queryText(chosen ?? {}).replace('?', path.includes('?') ? '&' : '?') })}
      what={name}
      naming={spec.naming}
      at={name}
      isWhole={whole !== undefined}
    />
  );
}

export function Sheet({ of: spec, words }: Props<SheetSpec>) {
  const { name, facts, acts, ways, moves } = spec;
  const path = filled(spec.path, useAddress().query);
  const sheet = useResource(() => request<Row>(path), path);
  usePoll(() => void sheet.load(), moves !== undefined && isFor(moves, sheet.data));
  return (
    <Section title={words.sayOf(name, 'title')} of={sheet} lines={SHEET_LINES}>
      {(row) => (
        <>
          {words.has(`${name}.text`) && <p class="muted">{words.sayOf(name, 'text')}</p>}
          <Facts rows={factsOf(facts, row, words)} />
          <Doing of={name} acts={acts} ways={ways} row={row} subject="" words={words} onDone={() => void sheet.load()} />
        </>
      )}
    </Section>
  );
}
