// /admin/experiments: all experiments; /admin/experiments/:id: what one of them was written down to be, and what came of it.

import { filled } from '../../admin/listing';
import { Places } from '../../admin/Places';
import { later } from '../../components/later';
import { places, words } from './words';

const Looks = later(async () => (await import('./later/Looks')).Looks);

export default function ExperimentsPage({ id }: { id?: string }) {
  const page = id ? 'one' : 'title';
  const shown = places().filter((place) => (place.page ?? 'title') === page);
  const own = shown.map((place) => ({ ...place, parts: place.parts.map((part) => ({ ...part, path: filled(part.path, { experiment: id }) })) }));
  return <Places key={id} base="/admin/experiments" place={undefined} places={own} words={words} page={page} how={{ row: { experiment: id } }}>{id && <Looks id={id} />}</Places>;
}
