// What is allowed beyond what the contract needs: all four at once, each a box.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { PURPOSES, setChoices, type Privacy, type Purpose } from '../../api/privacy';
import { Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { locale } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import { Form } from '../../people/Form';
import { titleOf, type PartProps } from './part';
import { tell } from './words';

function Box({ purpose, isOn, onChange, isLocked }: { purpose: Purpose; isOn: boolean; onChange: (isOn: boolean) => void; isLocked: boolean }) {
  const id = useId();
  return (
    <div class="check">
      <input id={id} type="checkbox" checked={isOn} disabled={isLocked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <label for={id}>{tell(`choices.${purpose}`)}</label>
    </div>
  );
}

function ChoicesForm({ of, privacy, isLocked, known }: PartProps & { known: Privacy }) {
  const action = useAction();
  const { updatedAt, ...said } = known.choices;
  const choices = useSignal<Record<Purpose, boolean>>(said);
  const save = async (): Promise<void> => {
    privacy.set(await setChoices(of, choices.value));
    announce(tell('choices.saved'));
  };
  return (
    <>
      <p>{tell('choices.lead')}</p>
      <Form action={action} work={save} submit={tell('choices.save')} look="plain">
        {PURPOSES.map((purpose) => (
          <Box
            key={purpose}
            purpose={purpose}
            isOn={choices.value[purpose]}
            isLocked={isLocked}
            onChange={(isOn) => { choices.value = { ...choices.value, [purpose]: isOn }; }}
          />
        ))}
      </Form>
      <p class="hint">{updatedAt === null ? tell('choices.never') : tell('choices.since', { date: formatDate(updatedAt, locale()) })}</p>
    </>
  );
}

export function ChoicesSection(part: PartProps) {
  return (
    <Section title={titleOf('choices', part.name)} of={part.privacy} lines={4}>
      {(known) => <ChoicesForm {...part} known={known} />}
    </Section>
  );
}
