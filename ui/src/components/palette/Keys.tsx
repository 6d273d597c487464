// Which keys do what, and whether single ones do anything: whoever speaks to the computer, or strays onto keys, turns them off
// (WCAG 2.1.4).

import { useSignal } from '@preact/signals';

import { request } from '../../api/http';
import { t } from '../../i18n';
import { useAction } from '../../lib/action';
import { session } from '../../lib/app_state';
import { setSingleKeys, singleKeys } from './keyboard';
import { Button } from '../Button';
import { Dialog } from '../Dialog';
import { CheckField } from '../fields';
import { ProblemNote } from '../ProblemNote';
import { Segmented } from '../Segmented';
import { say } from './words';

const KEYS = [
  [['Ctrl', 'K'], 'keys.palette'], [['/'], 'keys.search'], [['?'], 'keys.list'], [['Esc'], 'keys.close'], [['←', '→', 'Home', 'End'], 'keys.chart'],
] as const;

const SCHEMES = ['system', 'light', 'dark'] as const;
type Scheme = (typeof SCHEMES)[number];

/** As the server's style sheet says it, for whoever is signed in. */
const schemeNow = (): Scheme => SCHEMES.find((scheme) => scheme === getComputedStyle(document.documentElement).colorScheme) ?? 'system';

function Appearance() {
  const scheme = useSignal(schemeNow());
  const action = useAction();
  const choose = (wanted: Scheme): void => void action.run(async () => {
    scheme.value = wanted;
    try {
      await request('/api/me/appearance', { method: 'PUT', body: { scheme: wanted } });
    } catch (error) {
      scheme.value = schemeNow();
      throw error;
    }
    // The server says it anew; what it said before is drawn until then.
    for (const sheet of document.querySelectorAll('link[href="/appearance.css"]')) {
      const next = sheet.cloneNode();
      next.addEventListener('load', () => sheet.remove());
      sheet.after(next);
    }
  });
  return (
    <>
      <p><strong>{say('scheme')}</strong></p>
      <Segmented legend={say('scheme')} value={scheme.value} options={SCHEMES.map((value) => ({ value, label: say(`scheme.${value}`) }))} onChange={choose} />
      {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
    </>
  );
}

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
      {session.data && <Appearance />}
    </Dialog>
  );
}
