// What stands between coming in and being in: whoever has a second factor proves it, whoever has none sets one up, in two
// steps.

import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import { getMe, makeRecoveryCodes } from '../api/people';
import type { Me } from '../api/types';
import { Button } from '../components/Button';
import { ProblemNote } from '../components/ProblemNote';
import { Section } from '../components/Section';
import { useAction } from '../lib/action';
import { noteSession } from '../lib/app_state';
import { resource } from '../lib/resource';
import { AddApp } from './AddApp';
import { AddPasskey } from './AddPasskey';
import { ProofForm } from './ProofForm';
import { RecoveryCodes } from './RecoveryCodes';
import { say } from './words';

export const methodsOf = (me: Me): string[] => [...(me.passkeys.length > 0 ? ['passkey'] : []), ...(me.hasTotp ? ['totp'] : [])];

/** Takes the focus, so that who cannot see the page hears that it has changed. */
function StepTitle({ children }: { children: string }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [children]);
  return <h3 ref={title} tabIndex={-1}>{children}</h3>;
}

export function ChooseFactor({ isProof = false, onDone }: { isProof?: boolean; onDone: () => void }) {
  const hasApp = useSignal(false);
  return (
    <>
      {!hasApp.value && (
        <>
          <AddPasskey isProof={isProof} onDone={onDone} />
          <p class="or"><span>{say('or')}</span></p>
        </>
      )}
      <AddApp isProof={isProof} look="plain" onBegun={() => { hasApp.value = true; }} onDone={onDone} />
    </>
  );
}

function Steps({ onDone }: { onDone: () => void }) {
  const step = useSignal<'factor' | 'codes'>('factor');
  const codes = useSignal<string[] | null>(null);
  const action = useAction();
  if (step.value === 'factor') {
    return (
      <>
        <StepTitle>{say('steps.first')}</StepTitle>
        <p>{say('steps.firstText')}</p>
        <ChooseFactor onDone={() => { step.value = 'codes'; }} />
      </>
    );
  }
  if (codes.value) return <RecoveryCodes codes={codes.value} onDone={onDone} />;
  return (
    <div class="form">
      <StepTitle>{say('steps.second')}</StepTitle>
      <p>{say('codes.text')}</p>
      <div class="actions">
        <Button look="primary" busy={action.busy.value} onPress={() => void action.run(async () => { codes.value = await makeRecoveryCodes(); })}>
          {say('codes.make')}
        </Button>
        <Button look="quiet" onPress={onDone}>{say('steps.later')}</Button>
      </div>
      {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
    </div>
  );
}

interface Props {
  /** A recovery code lets in whoever has lost all else: they should set up something new. */
  onDone: (isRecovered: boolean) => void;
  children?: ComponentChildren;
}

/** The frame is shown while what there is to prove is being asked. */
export function SecondFactor({ onDone, children }: Props) {
  const me = useMemo(() => resource(getMe, noteSession), []);
  useEffect(() => void me.load(), []);
  return (
    <Section title={say('steps.title')} of={me} lines={4}>
      {(data) => (
        <>
          {children}
          {methodsOf(data).length > 0
            ? <ProofForm methods={methodsOf(data)} mayRecover={data.recoveryCodesLeft > 0} onProved={onDone} />
            : <Steps onDone={() => onDone(false)} />}
        </>
      )}
    </Section>
  );
}
