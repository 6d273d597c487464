// To be forgotten: what goes and what stays is said before it is asked.

import { useSignal } from '@preact/signals';

import { askForErasure, leaveForGood } from '../../api/privacy';
import { Button } from '../../components/Button';
import { FormDialog } from '../../components/FormDialog';
import { Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { locale } from '../../i18n';
import { announce, session } from '../../lib/app_state';
import { isOpen, titleOf, type PartProps } from './part';
import { tell } from './words';

function SureDialog({ name, work, onClose }: { name: string | null; work: () => Promise<void>; onClose: () => void }) {
  const isPerson = name === null;
  return (
    <FormDialog title={titleOf('erase', name)} confirm={tell(isPerson ? 'erase.askYou' : 'erase.ask')} look="danger" onClose={onClose} work={work}>
      <p>{tell(isPerson ? 'erase.leadYou' : 'erase.lead')}</p>
      <p>{tell(isPerson ? 'erase.staysYou' : 'erase.stays')}</p>
      <p>{tell('erase.sure')}</p>
    </FormDialog>
  );
}

export function EraseSection({ name, privacy, isLocked }: PartProps) {
  const isAsking = useSignal(false);
  const isPerson = name === null;
  const ask = async (): Promise<void> => {
    if (isPerson) {
      await leaveForGood();
      isAsking.value = false;
      session.set(null);
      return;
    }
    await askForErasure();
    isAsking.value = false;
    announce(tell('erase.asked'));
    await privacy.load();
  };
  return (
    <Section title={titleOf('erase', name)} of={privacy} lines={3}>
      {({ requests }) => {
        const open = requests.find((item) => item.kind === 'erasure' && isOpen(item));
        return (
          <>
            <p>{tell(isPerson ? 'erase.leadYou' : 'erase.lead')}</p>
            <p class="hint">{tell(isPerson ? 'erase.staysYou' : 'erase.stays')}</p>
            {open && <p role="status">{tell('erase.waiting', { date: formatDate(open.dueAt, locale()) })}</p>}
            {!isLocked && !open && (
              <div class="actions">
                <Button look="danger" onPress={() => { isAsking.value = true; }}>{tell(isPerson ? 'erase.askYou' : 'erase.ask')}</Button>
              </div>
            )}
            {isAsking.value && <SureDialog name={name} work={ask} onClose={() => { isAsking.value = false; }} />}
          </>
        );
      }}
    </Section>
  );
}
