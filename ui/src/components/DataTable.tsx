// A list as a table that is read page by page. What it shows stands in the address; on a phone each row is a card with the
// names of its cells. A page that is asked for is waited for with the one before still in sight.

import { Fragment, type ComponentChildren } from 'preact';

import type { Naming } from '../api/http';
import type { Page } from '../api/types';
import { t } from '../i18n';
import { useAddress } from '../lib/address';
import type { Resource } from '../lib/resource';
import { useResource } from '../lib/use_resource';
import { Empty, Section } from './Section';
import { TakeAway } from './TakeAway';

export interface Column<T> {
  title: string;
  cell: (row: T) => ComponentChildren;
  /** Amounts and counts stand under each other. */
  isNumber?: boolean;
  /** What names the row: one column has it. */
  isHead?: boolean;
}

/** The page of a list that the address names; read afresh whenever `key` changes. */
export const usePage = <T,>(read: () => Promise<Page<T>>, key: string): Resource<Page<T>> => useResource(read, key);

interface Props<T> {
  title: string;
  of: Resource<Page<T>>;
  columns: readonly Column<T>[];
  keyOf: (row: T) => string;
  empty: { title: string; text: string };
  /** What chooses among the rows; above the table. */
  filter?: ComponentChildren;
  /** Of the list in the API, with its filters; none: the rows are a part of something else. */
  path?: string;
  /** Whose list it is, where an operator reads it. */
  naming?: Naming | undefined;
  what: string;
  range?: readonly string[];
  /** What the next page has: what is older, or what follows by name. */
  order?: 'newest' | 'name';
  /** Where in the address its page stands. */
  at?: string;
  /** Each row as an item, where no table has room for it. */
  item?: ((row: T) => ComponentChildren) | undefined;
  /** It has one page, which nobody cuts. */
  isWhole?: boolean;
}

const SKELETON_LINES = 8;

/** Without what a page of a list has around it. */
export function Rows<T>({ rows, columns, keyOf, title }: Pick<Props<T>, 'columns' | 'keyOf' | 'title'> & { rows: readonly T[] }) {
  return (
    <table class="data-table" aria-label={title}>
      <thead>
        <tr>{columns.map((column) => <th key={column.title} scope="col" class={column.isNumber ? 'number' : ''}>{column.title}</th>)}</tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column) => {
              const props = { 'key': column.title, 'data-label': column.title, 'class': column.isNumber ? 'number' : '' };
              return column.isHead ? <th scope="row" {...props}>{column.cell(row)}</th> : <td {...props}>{column.cell(row)}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Older and newest: a list grows at its head, so that a page has no number. */
function Pager({ next, order, at }: { next: string | null; order: 'newest' | 'name'; at: string }) {
  const { query, hrefOf } = useAddress();
  if (!next && query[at] === undefined) return null;
  return (
    <nav class="pager" aria-label={t('table.pages')}>
      {query[at] !== undefined && <a class="button plain" href={hrefOf({ [at]: undefined })}>{t(order === 'newest' ? 'table.first' : 'table.begin')}</a>}
      {next && <a class="button plain" href={hrefOf({ [at]: next })}>{t(order === 'newest' ? 'table.next' : 'table.more')}</a>}
    </nav>
  );
}

export function DataTable<T>({ title, of, columns, keyOf, empty, filter, path, naming, what, range = [], order = 'newest', at = 'cursor', isWhole = false, item }: Props<T>) {
  return (
    <Section title={title} of={of} lines={SKELETON_LINES} className="data" aside={() => path !== undefined && <TakeAway path={path} naming={naming} what={what} range={range} isWhole={isWhole} />}>
      {(page) => (
        <>
          {filter}
          {page.data.length === 0
            ? <Empty title={empty.title}>{empty.text}</Empty>
            : item ? <ul class="approvals">{page.data.map((row) => <Fragment key={keyOf(row)}>{item(row)}</Fragment>)}</ul> : <Rows rows={page.data} columns={columns} keyOf={keyOf} title={title} />}
          <Pager next={page.nextCursor} order={order} at={at} />
        </>
      )}
    </Section>
  );
}
