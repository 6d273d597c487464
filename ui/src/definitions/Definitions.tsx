// Beside the title of a page: what its figures mean. Each by how it comes about, what it leaves out, of what it is a share, and with
// the way to its rows.

import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';

import { Button } from '../components/Button';
import { Dialog } from '../components/Dialog';
import { Facts, type Fact } from '../components/Facts';
import { t } from '../i18n';
import { definitions, isAt, words, type Definition } from './words';

const rowsOf = ({ id, isRatio }: Definition): Fact[] => [
  [words.say('panel.formula'), words.sayOf('formula', id)],
  ...(isRatio ? [[words.say('panel.over'), words.sayOf('over', id)], [words.say('panel.under'), words.sayOf('under', id)]] as const : []),
  [words.say('panel.without'), words.sayOf('without', id)],
];

export function Definitions() {
  const { path } = useLocation();
  const isOpen = useSignal(false);
  const shown = definitions().filter(({ at }) => at.some((page) => isAt(page, path)));
  if (shown.length === 0) return null;
  const title = words.say('panel.open');
  const close = (): void => { isOpen.value = false; };
  return (
    <>
      <button type="button" class="icon-button define" aria-label={title} title={title} onClick={() => { isOpen.value = true; }}><strong>i</strong></button>
      {isOpen.value && (
        <Dialog title={title} onClose={close} footer={<Button onPress={close}>{t('common.close')}</Button>}>
          {shown.map((definition) => {
            const { rows } = definition;
            const name = words.sayOf('name', definition.id);
            return (
              <section key={name} class="definition">
                <h3>{name}</h3>
                <Facts rows={rowsOf(definition)} />
                <p><a href={rows.at(path.startsWith('/admin') ? -1 : 0) ?? path} aria-label={`${words.say('panel.rows')}: ${name}`} onClick={close}>{words.say('panel.rows')}</a></p>
              </section>
            );
          })}
        </Dialog>
      )}
    </>
  );
}
