// Invoice lines in the visitor's language. The server words them in English, as they stand on the invoice; those that
// every change of plan is made of are known here, without their dates, which the page shows by itself.

import { t, type MessageKey } from '../i18n';

const KINDS: readonly [RegExp, MessageKey][] = [
  [/^Unused time on (?:1 × )?(.+) after \d\d? \w{3} \d{4}$/, 'line.unused'],
  [/^Remaining time on (?:1 × )?(.+) after \d\d? \w{3} \d{4}$/, 'line.remaining'],
  [/^(.+?)(?:,| for) one month(?: from \d\d? \w{3} \d{4})?$/, 'line.month'],
  [/^1 × (.+) \(at [^)]+ \/ month\)$/, 'line.month'],
  [/^1 × (.+) \(at [^)]+ \/ year\)$/, 'line.year'],
  [/^(.+?)(?:,| for) one year(?: from \d\d? \w{3} \d{4})?$/, 'line.year'],
];

/** `description` in our words; what we have none for stays as it is. */
export function lineWords(description: string): string {
  for (const [pattern, key] of KINDS) {
    const plan = pattern.exec(description)?.[1];
    if (plan !== undefined) return t(key, { plan });
  }
  return description;
}
