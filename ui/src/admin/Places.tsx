// A page of operators in several places, each a row of lists and sheets: which place stands in the path.

import type { ComponentChildren, ComponentProps } from 'preact';

import { PageTitle } from '../components/PageTitle';
import { useAddress } from '../lib/address';
import { Listing, mayDo, Sheet } from './Listing';
import type { Act, Place, Words } from './listing';
import { tell } from './words';

interface Props {
  /** Of the page: "/admin/compliance". */
  base: string;
  place: string | undefined;
  places: readonly Place[];
  words: Words;
  /** Before the name of a place, in its address. */
  to?: string;
  /** Of the word that is the page's title. */
  page?: string;
  /** Above the lists. */
  children?: ComponentChildren;
  /** How lists are drawn where what they are does not say it. */
  how?: Omit<ComponentProps<typeof Listing>, 'of' | 'words'>;
}

export function Places({ base, place, places, words, to = `${base}/`, page = 'title', children, how }: Props) {
  const { query } = useAddress();
  const [first] = places;
  const shown = places.find(({ name }) => name === place) ?? first;
  if (shown === undefined) return null;
  const title = words.sayOf('page', page);
  const acts = shown.parts.flatMap((part): readonly Act[] => [...part.acts ?? [], ...('makes' in part && part.makes) || []]);
  return (
    <div class="wide">
      <PageTitle title={places.length > 1 ? `${words.sayOf('place', shown.name)} · ${title}` : title}>{title}</PageTitle>
      {places.length > 1 && <nav class="views" aria-label={title}>
        {places.map(({ name }) => (
          <a key={name} aria-current={name === shown.name ? 'page' : undefined} href={name === first?.name ? base : to + name}>
            {words.sayOf('place', name)}
          </a>
        ))}
      </nav>}
      <p class="lead">{words.sayOf('lead', shown.name)}</p>
      {acts.length > 0 && !acts.some(mayDo) && <p class="muted">{tell(acts.every(({ by }) => by === 'admin finance') ? 'admin.readOnlyMoney' : 'admin.readOnly')}</p>}
      {children}
      {shown.parts.filter(({ path }) => !path.includes(':of') || query['of'] !== undefined).map((part) => {
        const props = { key: `${shown.name}/${part.name}`, words };
        return 'columns' in part ? <Listing {...props} {...how} of={part} /> : <Sheet {...props} of={part} />;
      })}
    </div>
  );
}
