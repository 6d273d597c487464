// Who is signed in proves afresh who they are: by a passkey, by a code, or at the OpenID provider. Where somebody comes in, a recovery code does as well.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { proofOptions, proveByCode, proveByPasskey, proveByRecoveryCode } from '../api/people';
import { Button } from '../components/Button';
import { ProblemNote } from '../components/ProblemNote';
import { useAction } from '../lib/action';
import { session } from '../lib/app_state';
import { hasPasskeys, usePasskey } from '../lib/passkey';
import { proveAtProvider } from '../lib/provider';
import { Field, Form } from '../components/Form';
import { say } from './words';

interface Props {
  methods: readonly string[];
  mayRecover?: boolean;
  onProved: (isRecovered: boolean) => void;
}

function PasskeyProof({ prove }: { prove: (work: () => Promise<void>) => Promise<void> }) {
  const action = useAction();
  return (
    <div class="form">
      <div class="actions">
        <Button
          look="primary"
          busy={action.busy.value}
          onPress={() => void action.run(() => prove(async () => proveByPasskey(await usePasskey(await proofOptions()))))}
        >
          {say('proof.passkey')}
        </Button>
      </div>
      {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
    </div>
  );
}

function ProviderProof({ onCame, look }: { onCame: () => Promise<void>; look: 'plain' | 'primary' }) {
  const stop = useRef<() => void>(() => {});
  useEffect(() => () => stop.current(), []);
  const open = (): void => {
    stop.current();
    const window = proveAtProvider();
    stop.current = window.stop;
    void window.came.then(onCame);
  };
  return (
    <div class="form">
      <div class="actions"><Button look={look} onPress={open}>{say('proof.provider')}</Button></div>
      <p class="hint">{say('proof.providerHint')}</p>
    </div>
  );
}

export function ProofForm({ methods, mayRecover = false, onProved }: Props) {
  const code = useSignal('');
  const recovers = useSignal(false);
  const action = useAction();
  const canPasskey = methods.includes('passkey') && hasPasskeys();
  const canCode = methods.includes('totp');
  const canProvider = methods.includes('provider');
  const prove = async (work: () => Promise<void>): Promise<void> => {
    await work();
    // Every proof gives the session a new secret, and with it a new token for changes.
    await session.load();
    onProved(recovers.value);
  };
  /** Every proof changes it. */
  const noteProof = async (): Promise<void> => {
    const before = session.data?.csrfToken;
    await session.load();
    if (session.data && session.data.csrfToken !== before) onProved(false);
  };
  const sendCode = (): Promise<void> => prove(() => (recovers.value ? proveByRecoveryCode(code.value.trim()) : proveByCode(code.value.replace(/\s/g, ''))));
  const other = (
    <button type="button" class="link" onClick={() => { recovers.value = !recovers.value; code.value = ''; }}>
      {say(recovers.value ? 'proof.notRecovery' : 'proof.useRecovery')}
    </button>
  );
  return (
    <>
      {canPasskey && !recovers.value && <PasskeyProof prove={prove} />}
      {canPasskey && canCode && !recovers.value && <p class="or"><span>{say('or')}</span></p>}
      {recovers.value && (
        <Form key="recovery" action={action} work={sendCode} submit={say('proof.confirm')}>
          <Field label={say('proof.recoveryCode')} value={code} autoComplete="off" maxLength={64} minLength={6} hint={say('proof.recoveryHint')} />
        </Form>
      )}
      {canCode && !recovers.value && (
        <Form key="code" action={action} work={sendCode} submit={say('proof.confirm')} look={canPasskey ? 'plain' : 'primary'}>
          <Field label={say('proof.code')} value={code} autoComplete="one-time-code" inputMode="numeric" maxLength={8} minLength={6} hint={say('proof.codeHint')} />
        </Form>
      )}
      {canProvider && (canPasskey || canCode) && !recovers.value && <p class="or"><span>{say('or')}</span></p>}
      {canProvider && !recovers.value && <ProviderProof onCame={noteProof} look={canPasskey || canCode ? 'plain' : 'primary'} />}
      {mayRecover && <p>{other}</p>}
    </>
  );
}
