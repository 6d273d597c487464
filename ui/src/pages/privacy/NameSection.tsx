// What the person may correct by themselves.

import { useSignal } from '@preact/signals';

import { rename } from '../../api/privacy';
import type { Me } from '../../api/types';
import { Section } from '../../components/Section';
import { useAction } from '../../lib/action';
import { announce, session } from '../../lib/app_state';
import type { Resource } from '../../lib/resource';
import { Field, Form } from '../../components/Form';
import { tell } from './words';

const NAME_LENGTH_MAX = 100;

function NameForm({ me, known }: { me: Resource<Me>; known: string }) {
  const action = useAction();
  const name = useSignal(known);
  const save = async (): Promise<void> => {
    await rename(name.value.trim());
    announce(tell('name.saved'));
    await Promise.all([me.load(), session.load()]);
  };
  return (
    <Form action={action} work={save} submit={tell('name.save')} look="plain">
      <Field label={tell('name.label')} value={name} autoComplete="name" maxLength={NAME_LENGTH_MAX} />
    </Form>
  );
}

export function NameSection({ me, hasBilling }: { me: Resource<Me>; hasBilling: boolean }) {
  return (
    <Section title={tell('name.title')} of={me} lines={2}>
      {(person) => (
        <>
          <NameForm me={me} known={person.name ?? ''} />
          {hasBilling && <p class="hint">{tell('name.billing')} <a href="/billing">{tell('name.toBilling')}</a></p>}
        </>
      )}
    </Section>
  );
}
