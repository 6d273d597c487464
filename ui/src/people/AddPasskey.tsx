// A new passkey, with the name by which its person will know it.

import { useSignal } from '@preact/signals';

import { addPasskey, passkeyOptions } from '../api/people';
import { useAction } from '../lib/action';
import { session } from '../lib/app_state';
import { hasPasskeys, makePasskey } from '../lib/passkey';
import { FactorProblem } from './FactorProblem';
import { Field, Form } from '../components/Form';
import { say } from './words';

interface Props {
  /** Asked from where a proof is asked for. */
  isProof?: boolean;
  look?: 'primary' | 'plain';
  onDone: () => void;
}

export const NAME_LENGTH_MAX = 200;

export function AddPasskey({ isProof = false, look = 'primary', onDone }: Props) {
  const name = useSignal(say('passkeys.nameDefault'));
  const action = useAction();
  if (!hasPasskeys()) return <p class="hint">{say('passkeys.notHere')}</p>;
  const add = async (): Promise<void> => {
    const who = session.data;
    const options = await passkeyOptions(isProof);
    const made = await makePasskey(options, who?.personEmail ?? who?.email ?? '', name.value.trim());
    await addPasskey(made, isProof);
    await session.load();
    onDone();
  };
  return (
    <Form action={action} work={add} submit={say('passkeys.add')} look={look} Note={FactorProblem}>
      <Field label={say('passkeys.name')} value={name} autoComplete="off" maxLength={NAME_LENGTH_MAX} hint={say('passkeys.nameHint')} />
    </Form>
  );
}
