// The person's own address: asked for here, and theirs once the link in the mail is confirmed.

import { useSignal } from '@preact/signals';

import { askForEmail, dropEmail } from '../../api/people';
import type { Me } from '../../api/types';
import { Button } from '../../components/Button';
import { ProblemNote } from '../../components/ProblemNote';
import { Section } from '../../components/Section';
import { formatDateTime } from '../../format/date';
import { locale } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import type { Resource } from '../../lib/resource';
import { Field, Form } from '../../components/Form';
import { tell } from './words';

const EMAIL_LENGTH_MAX = 254;

function Waiting({ me, email, until }: { me: Resource<Me>; email: string; until: string }) {
  const action = useAction();
  const drop = async (): Promise<void> => {
    await dropEmail();
    announce(tell('email.dropped'));
    await me.load();
  };
  return (
    <div class="note tone-neutral">
      <div class="note-text">
        <p>{tell('email.waiting', { email, until: formatDateTime(until, locale()) })}</p>
        <div class="note-actions">
          <Button busy={action.busy.value} onPress={() => void action.run(drop)}>{tell('email.drop')}</Button>
        </div>
        {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
      </div>
    </div>
  );
}

function Ask({ me }: { me: Resource<Me> }) {
  const action = useAction();
  const email = useSignal('');
  const ask = async (): Promise<void> => {
    await askForEmail(email.value.trim());
    email.value = '';
    announce(tell('email.asked'));
    await me.load();
  };
  return (
    <Form action={action} work={ask} submit={tell('email.ask')} look="plain">
      <Field
        label={tell('email.label')}
        value={email}
        type="email"
        inputMode="email"
        autoComplete="email"
        minLength={3}
        maxLength={EMAIL_LENGTH_MAX}
        hint={tell('email.hint')}
      />
    </Form>
  );
}

export function EmailSection({ me }: { me: Resource<Me> }) {
  return (
    <Section title={tell('email.title')} of={me} lines={2}>
      {(person) => (
        <>
          <p class="muted">{person.email === null ? tell('email.none') : tell('name.email', { email: person.email })}</p>
          {person.newEmail !== null && person.newEmailUntil !== null && <Waiting me={me} email={person.newEmail} until={person.newEmailUntil} />}
          <Ask me={me} />
        </>
      )}
    </Section>
  );
}
