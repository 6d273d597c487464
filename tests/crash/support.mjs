// What the crash stories share: chance that can be repeated, and a server that dies at a chosen moment.
import { setTimeout as delay } from "node:timers/promises";

// The same numbers for the same seed (xorshift, 32 bits). TURNPIKE_SEED repeats a run that failed.
export class Chance {
  #state;

  constructor(t, fallback) {
    const seed = Number(process.env.TURNPIKE_SEED ?? fallback);
    if (!Number.isInteger(seed) || seed < 1) throw new Error(`TURNPIKE_SEED: a positive integer, not ${seed}`);
    t.diagnostic(`TURNPIKE_SEED=${seed}`);
    this.#state = seed;
  }

  // For what must follow from a number alone, and again. Neighbours are spread (Knuth, multiplicative hash).
  static of(number) {
    const chance = new Chance({ diagnostic() {} }, 1);
    chance.#state = (Math.imul(number, 2_654_435_761) ^ (number >>> 15)) | 1;
    return chance;
  }

  // From 0 up to, and without, 1.
  fraction() {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }

  // An integer, both ends included.
  between(least, most) {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  pick(list) {
    return list[this.between(0, list.length - 1)];
  }

  shuffle(list) {
    const mixed = [...list];
    for (let i = mixed.length - 1; i > 0; i--) {
      const k = this.between(0, i);
      [mixed[i], mixed[k]] = [mixed[k], mixed[i]];
    }
    return mixed;
  }
}

// How often the lane kills; the long run sets TURNPIKE_KILLS.
export function killsWanted(fallback) {
  const kills = Number(process.env.TURNPIKE_KILLS ?? fallback);
  if (!Number.isInteger(kills) || kills < 1) throw new Error(`TURNPIKE_KILLS: a positive integer, not ${kills}`);
  return kills;
}

// Kills the server `afterMs` from now, whatever it is doing: the moment is the test, nothing waits for it.
export async function killAfter(server, afterMs) {
  await delay(afterMs);
  await server.kill();
}

// The answer, or null when the server died first. A connection that ends is no answer; anything else is
// a failure of the test itself.
export async function answerOf(call) {
  try {
    return await call;
  } catch (error) {
    if (["ECONNRESET", "ECONNREFUSED", "EPIPE"].includes(error.code)) return null;
    throw error;
  }
}
