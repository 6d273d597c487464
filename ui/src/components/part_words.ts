// The words of a part of the pages, with what the problems mean that only it can meet. They are fetched when its code is
// there, by whoever fetched that code (`wordsReady`).

import { fetchData, wordsOf, type Language } from '../i18n';
import { explainBy } from './problem_text';

const PROBLEM = 'problem.';

const awaited = new Set<() => Promise<void>>();

/** The words of all code that has been fetched so far: to be awaited before any of it is drawn. Rejects when some could not
 * be fetched; they are then asked for again the next time. */
export async function wordsReady(): Promise<void> {
  await Promise.all([...awaited].map(async (load) => {
    await load();
    awaited.delete(load);
  }));
}

/** Data of a part, there before any of it is drawn. */
export function partData<T>(address: string): () => T {
  let data: T | undefined;
  awaited.add(async () => {
    data ??= await fetchData<T>(address);
  });
  return () => data as T;
}

export function partWords<C>(addresses: Record<Language, string>) {
  const { load, has, say } = wordsOf<C>(addresses);
  awaited.add(load);
  explainBy((code) => {
    const key = PROBLEM + code;
    return has(key) ? say(key) : null;
  });
  /** A word of a group that the server names; itself when there is none here. */
  const sayOf = (group: string, name: string): string => {
    const key = `${group}.${name}`;
    return has(key) ? say(key) : name;
  };
  return { has, say, sayOf };
}
