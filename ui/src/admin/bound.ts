// One signal of a whole form, seen as signals of its members, so that each field knows its own value alone.

import type { Signal } from '@preact/signals';

/** What a field needs of a signal. */
export interface Bound<T extends object> {
  readonly value: T;
  set(changes: Partial<T>): void;
  at<K extends keyof T>(name: K): Signal<T[K]>;
  /** Of a member deeper down. */
  of<V>(value: V, set: (value: V) => void): Signal<V>;
}

const like = <V>(read: () => V, write: (value: V) => void): Signal<V> =>
  ({
    get value() {
      return read();
    },
    set value(next: V) {
      write(next);
    },
  }) as Signal<V>;

export function bound<T extends object>(form: Signal<T>): Bound<T> {
  const set = (changes: Partial<T>): void => {
    form.value = { ...form.value, ...changes };
  };
  return {
    get value() {
      return form.value;
    },
    set,
    at: (name) => like(() => form.value[name], (value) => set({ [name]: value } as unknown as Partial<T>)),
    of: (value, write) => like(() => value, write),
  };
}
