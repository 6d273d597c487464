// Which keys do what, and whether single ones do anything: whoever speaks to the computer, or strays onto keys, turns them off
// (WCAG 2.1.4).

import { useSignal } from '@preact/signals';

import { t } from '../../i18n';
import { setSingleKeys, singleKeys } from './keyboard';
import { Button } from '../Button';
import { Dialog } from '../Dialog';
import { CheckField } from '../fields';
import { say } from './words';

const KEYS = [
  [['Ctrl', 'K'], 'keys.palette'], [['/'], 'keys.search'], [['?'], 'keys.list'], [['Esc'], 'keys.close'], [['←', '→', 'Home', 'End'], 'keys.chart'],
] as const;

export function Keys({ onClose }: { onClose: () => void }) {
  const on = useSignal(singleKeys());
  return (
    <Dialog title={say('keys')} onClose={onClose} footer={<Button onPress={onClose}>{t('common.close')}</Button>}>
      <dl class="lines">
        {KEYS.map(([keys, what]) => (
          <div key={what}><dt>{say(what)}</dt><dd>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dd></div>
        ))}
      </dl>
      <div onChange={() => setSingleKeys(on.value)}><CheckField label={say('keys.single')} value={on} /></div>
    </Dialog>
  );
}
