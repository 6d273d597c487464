// What is allowed beyond what the contract needs: all four at once, each a box.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';

import { PURPOSES, setChoices, setRestriction, type Privacy, type Purpose } from '../../api/privacy';
import { Section } from '../../components/Section';
import { Button } from '../../components/Button';
import { ProblemNote } from '../../components/ProblemNote';
import { formatDate } from '../../format/date';
import { locale } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import { Form } from '../../components/Form';
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
  const { updatedAt, restrictedAt, ...said } = known.choices;
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

/** Nothing at all for a while, whatever the boxes say. */
function Restriction({ of, privacy, isLocked, known }: PartProps & { known: Privacy }) {
  const action = useAction();
  const since = known.choices.restrictedAt;
  const turn = async (): Promise<void> => {
    privacy.set(await setRestriction(of, since === null));
    announce(tell(since === null ? 'restrict.done' : 'restrict.lifted'));
  };
  return (
    <>
      <h3>{tell('restrict.title')}</h3>
      <p>{since === null ? tell('restrict.lead') : tell('restrict.since', { date: formatDate(since, locale()) })}</p>
      {!isLocked && (
        <div class="actions">
          <Button busy={action.busy.value} onPress={() => void action.run(turn)}>{tell(since === null ? 'restrict.set' : 'restrict.lift')}</Button>
        </div>
      )}
      {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
    </>
  );
}

export function ChoicesSection(part: PartProps) {
  return (
    <Section title={titleOf('choices', part.name)} of={part.privacy} lines={4}>
      {(known) => (
        <>
          <ChoicesForm {...part} known={known} />
          <Restriction {...part} known={known} />
        </>
      )}
    </Section>
  );
}
