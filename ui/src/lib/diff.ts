// What would become of what: two JSON values, as lines of places with what stood there and what will.

export interface Line {
  place: string;
  before: string | null;
  after: string | null;
}

type Leaves = Map<string, string>;

function collect(value: unknown, place: string, into: Leaves): Leaves {
  if (Array.isArray(value) && value.length > 0) value.forEach((item, i) => collect(item, `${place}[${i + 1}]`, into));
  else if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    for (const [name, member] of Object.entries(value)) collect(member, place === '' ? name : `${place}.${name}`, into);
  } else if (typeof value !== 'object' || value === null) {
    if (value !== undefined) into.set(place, String(value));
  }
  return into;
}

/** Every place of which either side says something, in the order of `after`, then of what is only in `before`. */
export function diffOf(before: unknown, after: unknown): Line[] {
  const [old, next] = [collect(before, '', new Map()), collect(after, '', new Map())];
  const places = [...new Set([...next.keys(), ...old.keys()])];
  const said = (of: Leaves, place: string): string | null => of.get(place) || null;
  return places.map((place) => ({ place, before: said(old, place), after: said(next, place) })).filter(({ before: was, after: is }) => was !== null || is !== null);
}
