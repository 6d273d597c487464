// /sign-in: by a passkey, or by address and password and then a second factor. Most customers have neither: the platform
// brings them here, signed in, and the page says so to who came without.

import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import { useEffect } from 'preact/hooks';

import { getSignInProvider, signInByPasskey, signInByPassword, signInOptions } from '../../api/people';
import type { Session } from '../../api/types';
import { Button } from '../../components/Button';
import { PageTitle } from '../../components/PageTitle';
import { ProblemNote } from '../../components/ProblemNote';
import { useAction } from '../../lib/action';
import { session } from '../../lib/app_state';
import { hasPasskeys, usePasskey } from '../../lib/passkey';
import { providerAddress, tellProved } from '../../lib/provider';
import { Field, Form } from '../../components/Form';
import { SecondFactor } from '../../people/SecondFactor';
import { isPeopleKey, say, type PeopleKey } from '../../people/words';
import { homeOf, safeNext } from '../../lib/next';

const EXAMPLE = `curl ${location.origin}/api/portal-sessions \\
  -H 'Authorization: Bearer tp_test_…' \\
  -H 'Content-Type: application/json' \\
  -d '{"userId": "user_42", "returnPath": "/billing"}'`;

const EMAIL_LENGTH_MAX = 254;
const PASSWORD_LENGTH_MAX = 128;

function ByPasskey({ onIn }: { onIn: () => Promise<void> }) {
  const action = useAction();
  const enter = async (): Promise<void> => {
    await signInByPasskey(await usePasskey(await signInOptions()));
    await onIn();
  };
  return (
    <div class="form">
      <div class="actions"><Button look="primary" busy={action.busy.value} onPress={() => void action.run(enter)}>{say('signIn.passkey')}</Button></div>
      {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
    </div>
  );
}

function ByPassword({ onIn }: { onIn: () => Promise<void> }) {
  const email = useSignal('');
  const password = useSignal('');
  const action = useAction();
  const enter = async (): Promise<void> => {
    await signInByPassword(email.value.trim(), password.value);
    await onIn();
  };
  return (
    <Form action={action} work={enter} submit={say('signIn.byPassword')} look="plain" aside={<a class="button quiet" href="/reset">{say('signIn.forgot')}</a>}>
      <Field label={say('email')} value={email} type="email" inputMode="email" autoComplete="username webauthn" maxLength={EMAIL_LENGTH_MAX} minLength={3} />
      <Field label={say('password.title')} value={password} type="password" autoComplete="current-password" maxLength={PASSWORD_LENGTH_MAX} />
    </Form>
  );
}

function ByProvider({ name, next }: { name: string; next: string }) {
  return (
    <>
      <div class="actions"><a class="button primary" target="_top" href={providerAddress(next)}>{say('signIn.provider', { name })}</a></div>
      <p class="or"><span>{say('or')}</span></p>
    </>
  );
}

/** Why coming in by the provider failed, in words; other errors have notes of their own. */
function ProviderFailed({ code }: { code: string }) {
  return (
    <div class="note tone-warning" role="status">
      <div class="note-text">
        <strong>{say('signIn.providerFailed')}</strong>
        <p>{say(`problem.${code}` as PeopleKey)}</p>
      </div>
    </div>
  );
}

/** Who came from another tab, to which they go back. */
function BackAgain() {
  return <div class="narrow"><PageTitle>{say('signIn.againTitle')}</PageTitle><p role="status">{say('signIn.againText')}</p></div>;
}

function Proved() {
  useEffect(tellProved, []);
  return <div class="narrow"><PageTitle>{say('signIn.provedTitle')}</PageTitle><p role="status">{say('signIn.provedText')}</p></div>;
}

function Hints({ hasNext }: { hasNext: boolean }) {
  return (
    <div class="card stack">
      <section>
        <h2>{say('signIn.customerTitle')}</h2>
        <p>{say('signIn.customerText')}</p>
        {hasNext && <p class="muted">{say('signIn.next')}</p>}
      </section>
      <section>
        <h2>{say('signIn.demoTitle')}</h2>
        <p>{say('signIn.demoText')}</p>
      </section>
      <section>
        <h2>{say('signIn.developerTitle')}</h2>
        <p>{say('signIn.developerText')}</p>
        <pre class="code" tabIndex={0}><code>{EXAMPLE}</code></pre>
      </section>
    </div>
  );
}

function Already({ who, next }: { who: Session; next: string }) {
  return (
    <div class="note tone-good">
      <div class="note-text">
        <strong>{say('signIn.alreadyTitle')}</strong>
        <p>{say('signIn.alreadyText', { email: who.personEmail ?? who.email })}</p>
        <div class="note-actions"><a class="button primary" href={next}>{say('signIn.continue')}</a></div>
      </div>
    </div>
  );
}

export default function SignInPage() {
  const { query, route } = useLocation();
  const isEntering = useSignal(false);
  const isBack = useSignal(false);
  const provider = useSignal<string | null>(null);
  useEffect(() => {
    // Without an answer there is no such button; the other ways say what is wrong.
    void getSignInProvider().then((name) => { provider.value = name; }, () => {});
  }, []);
  const who = session.data;
  const failed = query['error'];
  // Signed in too long ago for what they want to do: the doors are shown all the same.
  const isAgain = query['again'] === 'true';
  const next = safeNext(query['next'], homeOf(who));
  const leave = (isRecovered: boolean): void => route(isRecovered ? '/security' : safeNext(query['next'], homeOf(session.data)), true);
  const enter = async (): Promise<void> => {
    await session.load();
    if (isAgain) isBack.value = true;
    else if (session.data?.needsSecondFactor) isEntering.value = true;
    else leave(false);
  };
  if (query['proved'] === 'true') return <Proved />;
  if (isBack.value) return <BackAgain />;
  const asksMore = !isAgain && (isEntering.value || who?.needsSecondFactor === true);
  return (
    <div class="narrow">
      <PageTitle>{say('signIn.title')}</PageTitle>
      {query['error'] === 'link_invalid' && (
        <div class="note tone-warning" role="status">
          <div class="note-text">
            <strong>{say('signIn.linkTitle')}</strong>
            <p>{say('signIn.linkText')}</p>
          </div>
        </div>
      )}
      {failed !== undefined && failed !== 'link_invalid' && isPeopleKey(`problem.${failed}`) && <ProviderFailed code={failed} />}
      {asksMore && <SecondFactor onDone={leave} />}
      {!asksMore && !isAgain && who && <Already who={who} next={next} />}
      {!asksMore && (
        <section class="card" aria-label={say('signIn.doors')}>
          {provider.value !== null && <ByProvider name={provider.value} next={next === '/billing' && query['next'] === undefined ? '/sign-in' : next} />}
          {hasPasskeys() && <ByPasskey onIn={enter} />}
          {hasPasskeys() && <p class="or"><span>{say('or')}</span></p>}
          <ByPassword onIn={enter} />
        </section>
      )}
      {!asksMore && <Hints hasNext={query['next'] !== undefined && next !== '/billing'} />}
    </div>
  );
}
