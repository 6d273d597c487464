// /set-up#token: the first operator of a new installation.

import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';

import { setUpFirst } from '../../api/people';
import { PageTitle } from '../../components/PageTitle';
import { useAction } from '../../lib/action';
import { session } from '../../lib/app_state';
import { useToken } from '../../lib/token';
import { Field, Form } from '../../components/Form';
import { SecondFactor } from '../../people/SecondFactor';
import { say } from '../../people/words';

const EMAIL_LENGTH_MAX = 254;

export default function SetUpPage() {
  const { route } = useLocation();
  const token = useToken();
  const isIn = useSignal(false);
  const email = useSignal('');
  const name = useSignal('');
  const action = useAction();
  const setUp = async (): Promise<void> => {
    await setUpFirst(token ?? '', email.value.trim(), name.value.trim());
    await session.load();
    isIn.value = true;
  };
  return (
    <div class="narrow">
      <PageTitle>{say('setUp.title')}</PageTitle>
      {isIn.value && <SecondFactor onDone={() => route('/security', true)} />}
      {!isIn.value && token === null && <p class="lead">{say('setUp.missing')}</p>}
      {!isIn.value && token !== null && (
        <>
          <p class="lead">{say('setUp.lead')}</p>
          <section class="card" aria-label={say('setUp.title')}>
            <Form action={action} work={setUp} submit={say('setUp.go')}>
              <Field label={say('name')} value={name} autoComplete="name" hint={say('name.hint')} />
              <Field label={say('email')} value={email} type="email" inputMode="email" autoComplete="email" maxLength={EMAIL_LENGTH_MAX} minLength={3} hint={say('setUp.emailHint')} />
            </Form>
          </section>
        </>
      )}
    </div>
  );
}
