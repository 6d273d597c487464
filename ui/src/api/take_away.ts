// A list as a file: all its pages, as the server writes them, in the order in which they are read.

import type { Naming } from './http';
import { problemOf, unreachable } from './problem';

export type FileForm = 'csv' | 'json';

/** What a browser is asked to hold; more is the API's to give. */
export const ROWS_MAX = 10_000;
const PER_PAGE = 100;

const TYPES: Record<FileForm, string> = { csv: 'text/csv', json: 'application/json' };

export interface TakenAway {
  blob: Blob;
  rows: number;
  /** There is more than ROWS_MAX: the rest is not in the file. */
  isCut: boolean;
}

async function read(path: string, form: FileForm, naming?: Naming): Promise<Response> {
  const answer = await fetch(path, { headers: { accept: TYPES[form], ...naming }, credentials: 'same-origin' }).catch(() => {
    throw unreachable();
  });
  if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => undefined), answer.headers.get('x-request-id'));
  return answer;
}

const nextOf = (answer: Response): string | undefined => /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];

/** Lines are told from line breaks inside a cell by their quotation marks. */
export function countLines(text: string): number {
  let isQuoted = false;
  let lines = 0;
  for (const char of text) {
    if (char === '"') isQuoted = !isQuoted;
    else if (char === '\n' && !isQuoted) lines += 1;
  }
  return lines;
}

async function csvOf(first: string, onRows: (rows: number) => void, naming?: Naming): Promise<TakenAway> {
  const parts: string[] = [];
  let rows = 0;
  let path: string | undefined = first;
  for (; path !== undefined && rows < ROWS_MAX; onRows(rows)) {
    const answer = await read(path, 'csv', naming);
    const text = await answer.text();
    rows += countLines(text) - 1;
    parts.push(parts.length === 0 ? text : text.slice(text.indexOf('\r\n') + 2));
    path = nextOf(answer);
  }
  return { blob: new Blob(parts, { type: 'text/csv' }), rows, isCut: path !== undefined };
}

async function jsonOf(first: string, onRows: (rows: number) => void, naming?: Naming): Promise<TakenAway> {
  const rows: unknown[] = [];
  let cursor: string | null = '';
  for (; cursor !== null && rows.length < ROWS_MAX; onRows(rows.length)) {
    const path = cursor === '' ? first : `${first}&cursor=${encodeURIComponent(cursor)}`;
    const page = (await (await read(path, 'json', naming)).json()) as { nextCursor?: string | null } & Record<string, unknown>;
    // A list that comes whole may have another name than data.
    rows.push(...((page['data'] ?? Object.values(page).find(Array.isArray)) as unknown[]));
    cursor = page.nextCursor ?? null;
  }
  return { blob: new Blob([`${JSON.stringify(rows, null, 2)}\n`], { type: 'application/json' }), rows: rows.length, isCut: cursor !== null };
}

/** `path`: of the list, with its filters. `isWhole`: it has one page, which nobody cuts. `naming`: whose list it is,
 * where an operator reads it. */
export function takeAway(path: string, form: FileForm, onRows: (rows: number) => void, isWhole = false, naming?: Naming): Promise<TakenAway> {
  const first = isWhole ? path : `${path}${path.includes('?') ? '&' : '?'}limit=${PER_PAGE}`;
  return form === 'csv' ? csvOf(first, onRows, naming) : jsonOf(first, onRows, naming);
}

/** The call as somebody types it, with a place for their key. */
export const curlOf = (path: string, origin: string, naming?: Naming): string =>
  `curl -H 'Authorization: Bearer tp_live_YOUR_KEY' ${naming ? `-H 'Turnpike-User: ${naming['turnpike-user']}' ` : ''}'${origin}${path}'`;
