// Keys for changes. One keyring belongs to one dialog: the same content asked twice gets the same key while the first
// outcome is unknown, so a repeat after a lost answer cannot charge twice. A verdict ends the key: the next attempt,
// say with another card, is new work.

import { Problem } from './problem';

export class Keyring {
  readonly #keys = new Map<string, string>();
  readonly #make: () => string;

  constructor(make: () => string = () => crypto.randomUUID()) {
    this.#make = make;
  }

  /** Runs `work` under the key for this content. */
  async run<T>(content: unknown, work: (key: string) => Promise<T>): Promise<T> {
    const name = JSON.stringify(content);
    const key = this.#keys.get(name) ?? this.#make();
    this.#keys.set(name, key);
    try {
      const result = await work(key);
      this.#keys.delete(name);
      return result;
    } catch (error) {
      if (!(error instanceof Problem && error.isUndecided)) this.#keys.delete(name);
      throw error;
    }
  }
}
