// /reset asks for a link by mail; /reset#token, where that link leads, takes the new password. The answer to the first is the
// same whether the address is known or not.

import { useSignal } from '@preact/signals';

import { askForReset, completeReset } from '../../api/people';
import { PageTitle } from '../../components/PageTitle';
import { useAction } from '../../lib/action';
import { useToken } from '../../lib/token';
import { Field, Form } from '../../components/Form';
import { say } from '../../people/words';

const EMAIL_LENGTH_MAX = 254;
const PASSWORD_LENGTH_MIN = 12;
const PASSWORD_LENGTH_MAX = 128;

function Done({ children, toSignIn }: { children: string; toSignIn: boolean }) {
  return (
    <div class="note tone-good" role="status">
      <div class="note-text">
        <p>{children}</p>
        {toSignIn && <div class="note-actions"><a class="button primary" href="/sign-in">{say('reset.toSignIn')}</a></div>}
      </div>
    </div>
  );
}

function Ask() {
  const email = useSignal('');
  const isSent = useSignal(false);
  const action = useAction();
  if (isSent.value) return <Done toSignIn={false}>{say('reset.sent')}</Done>;
  const ask = async (): Promise<void> => {
    await askForReset(email.value.trim());
    isSent.value = true;
  };
  return (
    <>
      <p class="lead">{say('reset.lead')}</p>
      <section class="card" aria-label={say('reset.title')}>
        <Form action={action} work={ask} submit={say('reset.send')}>
          <Field label={say('email')} value={email} type="email" inputMode="email" autoComplete="username" maxLength={EMAIL_LENGTH_MAX} minLength={3} />
        </Form>
      </section>
    </>
  );
}

function Choose({ token }: { token: string }) {
  const password = useSignal('');
  const isDone = useSignal(false);
  const action = useAction();
  if (isDone.value) return <Done toSignIn>{say('reset.done')}</Done>;
  const choose = async (): Promise<void> => {
    await completeReset(token, password.value);
    isDone.value = true;
  };
  return (
    <section class="card" aria-label={say('reset.title')}>
      <Form action={action} work={choose} submit={say('password.choose')}>
        <Field
          label={say('password.new')}
          value={password}
          type="password"
          autoComplete="new-password"
          minLength={PASSWORD_LENGTH_MIN}
          maxLength={PASSWORD_LENGTH_MAX}
          hint={say('password.hint')}
        />
      </Form>
    </section>
  );
}

export default function ResetPage() {
  const token = useToken();
  return (
    <div class="narrow">
      <PageTitle>{say('reset.title')}</PageTitle>
      {token === null ? <Ask /> : <Choose key={token} token={token} />}
    </div>
  );
}
