// /join#token: somebody who was invited says how others shall see them, and sets up what proves them from then on.

import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';

import { acceptInvitation } from '../../api/people';
import { PageTitle } from '../../components/PageTitle';
import { useAction } from '../../lib/action';
import { session } from '../../lib/app_state';
import { useToken } from '../../lib/token';
import { Field, Form } from '../../components/Form';
import { SecondFactor } from '../../people/SecondFactor';
import { say } from '../../people/words';
import { homeOf } from '../../lib/next';

export default function JoinPage() {
  const { route } = useLocation();
  const token = useToken();
  const isIn = useSignal(false);
  const name = useSignal('');
  const action = useAction();
  const leave = (isRecovered: boolean): void => route(isRecovered ? '/security' : homeOf(session.data), true);
  const accept = async (): Promise<void> => {
    await acceptInvitation(token ?? '', name.value.trim());
    await session.load();
    isIn.value = true;
  };
  return (
    <div class="narrow">
      <PageTitle>{say('join.title')}</PageTitle>
      {isIn.value && <SecondFactor onDone={leave} />}
      {!isIn.value && token === null && <p class="lead">{say('link.missing')}</p>}
      {!isIn.value && token !== null && (
        <>
          <p class="lead">{say('join.lead')}</p>
          <section class="card" aria-label={say('join.title')}>
            <Form action={action} work={accept} submit={say('join.accept')}>
              <Field label={say('name')} value={name} autoComplete="name" hint={say('name.hint')} />
            </Form>
          </section>
        </>
      )}
    </div>
  );
}
