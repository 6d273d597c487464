// An app for one-time codes: its secret as an image and as text, then the first code, which confirms it.

import { useSignal } from '@preact/signals';

import { beginTotp, proveByCode } from '../api/people';
import type { TotpSecret } from '../api/types';
import { Button } from '../components/Button';
import { useAction } from '../lib/action';
import { session } from '../lib/app_state';
import { FactorProblem } from './FactorProblem';
import { Field, Form } from '../components/Form';
import { say } from './words';

interface Props {
  isProof?: boolean;
  look?: 'primary' | 'plain';
  /** The secret is shown; what else there was to choose from can go. */
  onBegun?: () => void;
  onDone: () => void;
}

/** Groups of four, as people read them aloud. */
const inGroups = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;

function Confirm({ made, onDone }: { made: TotpSecret; onDone: () => void }) {
  const code = useSignal('');
  const action = useAction();
  const confirm = async (): Promise<void> => {
    await proveByCode(code.value.replace(/\s/g, ''));
    await session.load();
    onDone();
  };
  return (
    <>
      <p>{say('app.scan')}</p>
      {/* As the source of an image, so that no markup from an answer becomes part of the page. */}
      <img class="qr" src={`data:image/svg+xml,${encodeURIComponent(made.qrSvg)}`} alt={say('app.qrAlt')} width={200} height={200} />
      <p>{say('app.type')}</p>
      <p class="secret">{inGroups(made.secret)}</p>
      <Form action={action} work={confirm} submit={say('app.confirm')}>
        <Field label={say('app.firstCode')} value={code} autoComplete="one-time-code" inputMode="numeric" maxLength={8} minLength={6} />
      </Form>
    </>
  );
}

export function AddApp({ isProof = false, look = 'primary', onBegun, onDone }: Props) {
  const made = useSignal<TotpSecret | null>(null);
  const action = useAction();
  if (made.value) return <Confirm made={made.value} onDone={onDone} />;
  const begin = async (): Promise<void> => {
    made.value = await beginTotp(isProof);
    onBegun?.();
  };
  return (
    <div class="form">
      <div class="actions">
        <Button look={look} busy={action.busy.value} onPress={() => void action.run(begin)}>
          {say('app.add')}
        </Button>
      </div>
      {action.problem.value && <FactorProblem problem={action.problem.value} />}
    </div>
  );
}
