// The words of a part that few visitors see, with what the problems mean that only it can meet.

import { wordsOf, type Language } from '../i18n';
import { explainBy } from './problem_text';

const PROBLEM = 'problem.';

/** `loadWords` is to be awaited before anything of the part is drawn. */
export function partWords<C>(addresses: Record<Language, string>) {
  const { load, has, say } = wordsOf<C>(addresses);
  let isExplained = false;
  const loadWords = async (): Promise<void> => {
    await load();
    if (isExplained) return;
    isExplained = true;
    explainBy((code) => {
      const key = PROBLEM + code;
      return has(key) ? say(key) : null;
    });
  };
  /** A word of a group that the server names; itself when there is none here. */
  const sayOf = (group: string, name: string): string => {
    const key = `${group}.${name}`;
    return has(key) ? say(key) : name;
  };
  return { loadWords, has, say, sayOf };
}
