// /email#token confirms a new address, /email?stop=true#token stops a change of it. Nothing happens until a button is pressed:
// programs that look through mails open links, and press nothing.

import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';

import { confirmEmail, stopEmail } from '../../api/people';
import { PageTitle } from '../../components/PageTitle';
import { useAction } from '../../lib/action';
import { session } from '../../lib/app_state';
import { useToken } from '../../lib/token';
import { Form } from '../../components/Form';
import { say } from '../../people/words';

type Way = 'confirm' | 'stop';

function Ask({ way, token }: { way: Way; token: string }) {
  const isDone = useSignal(false);
  const action = useAction();
  if (isDone.value) {
    return (
      <div class="note tone-good" role="status">
        <div class="note-text">
          <p>{say(`email.${way}.done`)}</p>
          <div class="note-actions">
            {way === 'stop' && <a class="button primary" href="/reset">{say('email.stop.toReset')}</a>}
            {way === 'confirm' && <a class="button primary" href="/account/privacy">{say('email.confirm.toAccount')}</a>}
          </div>
        </div>
      </div>
    );
  }
  const answer = async (): Promise<void> => {
    await (way === 'stop' ? stopEmail(token) : confirmEmail(token));
    isDone.value = true;
    await session.load();
  };
  return (
    <section class="card" aria-label={say(`email.${way}.title`)}>
      <p>{say(`email.${way}.text`)}</p>
      <Form action={action} work={answer} submit={say(`email.${way}.submit`)} />
    </section>
  );
}

export default function EmailPage() {
  const token = useToken();
  const way: Way = useLocation().query['stop'] === 'true' ? 'stop' : 'confirm';
  return (
    <div class="narrow">
      <PageTitle>{say(`email.${way}.title`)}</PageTitle>
      {token === null ? <p class="lead">{say('email.noLink')}</p> : <Ask key={token} way={way} token={token} />}
    </div>
  );
}
