// The address holds what a page shows: period, filters, page of a list, what is open. So the back button works, and a link
// shows another person the same, as far as they may see it.

import { useRef } from 'preact/hooks';
import { useLocation } from 'preact-iso';

export type Query = Record<string, string | undefined>;

/** The query without what is empty, in the order of its names: the same choice is the same address. */
export function queryText(query: Query): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  const text = new URLSearchParams(set.sort(([a], [b]) => (a < b ? -1 : 1))).toString();
  return text === '' ? '' : `?${text}`;
}

export interface Address {
  query: Query;
  /** Goes to the same page with these members changed; undefined takes one out. */
  change: (changes: Query) => void;
  /** The address of such a change, for a link. */
  hrefOf: (changes: Query) => string;
}

export function useAddress(): Address {
  const { path, query, route } = useLocation();
  const hrefOf = (changes: Query): string => path + queryText({ ...query, ...changes });
  return { query, hrefOf, change: (changes) => route(hrefOf(changes)) };
}

/** The query of the page at `own`. The router leaves a page in sight until the next one is there, with the address of that one. */
export function useQueryOf(own: string): Query {
  const { path, query } = useLocation();
  const latest = useRef<Query>(query);
  if (path === own) latest.current = query;
  return latest.current;
}
