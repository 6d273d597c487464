// What operators look at again and again: filters of the list under a name, each a link to its address; one's own, and those
// that somebody keeps for all.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

import type { CustomerFilter } from '../../api/customers';
import { Keyring } from '../../api/idempotency';
import { dropView, getViews, saveView, type SavedView } from '../../api/views';
import { Button } from '../../components/Button';
import { CheckField, TextField } from '../../components/fields';
import { Icon } from '../../components/Icon';
import { ProblemNote } from '../../components/ProblemNote';
import { useAction } from '../../lib/action';
import { queryText } from '../../lib/address';
import { announce, session } from '../../lib/app_state';
import { useResource } from '../../lib/use_resource';
import { say } from './words';

const NAME_CHARS = 60;
const WRITERS = ['admin', 'finance', 'support'];

const mayKeep = (): boolean => WRITERS.includes(session.data?.role ?? '');

function Keep({ query, onKept }: { query: string; onKept: () => void }) {
  const name = useSignal('');
  const shared = useSignal(false);
  const keys = useMemo(() => new Keyring(), []);
  const { busy, problem, run } = useAction();
  const keep = (): Promise<void> => run(async () => {
    const view = { name: name.value.trim(), query, shared: shared.value };
    await keys.run(view, (key) => saveView(view, key));
    announce(say('views.kept', { name: view.name }));
    name.value = '';
    onKept();
  });
  return (
    <details>
      <summary>{say('views.keep')}</summary>
      <form class="filters" onSubmit={(event) => { event.preventDefault(); void keep(); }}>
        <TextField label={say('views.name')} value={name} maxLength={NAME_CHARS} isRequired />
        <CheckField label={say('views.share')} value={shared} />
        <button type="submit" class="button plain" disabled={busy.value}>{say('views.do')}</button>
      </form>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </details>
  );
}

function View({ view, isCurrent, onDropped }: { view: SavedView; isCurrent: boolean; onDropped: () => void }) {
  const { busy, run } = useAction();
  const drop = (): Promise<void> => run(async () => {
    await dropView(view);
    onDropped();
  });
  return (
    <li>
      <a href={`/admin/customers${view.query === '' ? '' : `?${view.query}`}`} aria-current={isCurrent || undefined}><bdi>{view.name}</bdi></a>
      {view.shared && <span class="hint"> {say('views.ofAll')}</span>}
      {view.own && <Button look="quiet" busy={busy.value} label={say('views.drop', { name: view.name })} onPress={() => void drop()}><Icon name="close" /></Button>}
    </li>
  );
}

export function Views({ filter: { q, ...filter } }: { filter: CustomerFilter }) {
  const views = useResource(getViews);
  const query = queryText({ ...filter }).slice(1);
  const again = (): void => void views.load();
  if (!views.data) return null;
  const isNew = query !== '' && !q && !views.data.some((view) => view.query === query);
  if (views.data.length === 0 && !isNew) return null;
  return (
    <nav class="views" aria-label={say('views')}>
      <ul>{views.data.map((view) => <View key={view.id} view={view} isCurrent={!q && view.query === query} onDropped={again} />)}</ul>
      {isNew && mayKeep() && <Keep query={query} onKept={again} />}
    </nav>
  );
}
