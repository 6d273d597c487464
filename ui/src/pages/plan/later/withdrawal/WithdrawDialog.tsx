// A withdrawal in two steps: who states it, then the statement and its confirmation; no question stands in between. It
// ends on what was received, and when.

import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';

import { Keyring } from '../../../../api/idempotency';
import { Problem } from '../../../../api/problem';
import { stateWithdrawal, withdraw, type Withdrawal, type WithdrawalStatement } from '../../../../api/withdrawal';
import { Button } from '../../../../components/Button';
import { Dialog } from '../../../../components/Dialog';
import { ProblemNote } from '../../../../components/ProblemNote';
import { serverLanguage, t } from '../../../../i18n';
import { useAction } from '../../../../lib/action';
import { session } from '../../../../lib/app_state';
import { momentOf, say } from './words';

const NAME_LENGTH_MAX = 200;

/** The words as they were stated, and the focus: what follows a press is read from its beginning. */
function Statement({ lead, words }: { lead: string; words: WithdrawalStatement }) {
  const element = useRef<HTMLParagraphElement>(null);
  useEffect(() => element.current?.focus(), [lead]);
  return (
    <>
      <p ref={element} tabIndex={-1}>{lead}</p>
      <blockquote class="statement">{words.statement}</blockquote>
    </>
  );
}

function Received({ made, words }: { made: Withdrawal; words: WithdrawalStatement }) {
  return (
    <>
      <Statement lead={say('received', momentOf(made.receivedAt))} words={words} />
      <p>{say('receipt', { email: words.receiptTo })}</p>
    </>
  );
}

function useSteps() {
  const name = useSignal(session.data?.name ?? '');
  const stated = useSignal<WithdrawalStatement | null>(null);
  const made = useSignal<Withdrawal | null>(null);
  const keys = useMemo(() => new Keyring(), []);
  const { busy, problem, run } = useAction();
  const state = (): Promise<void> => run(async () => {
    stated.value = await stateWithdrawal(name.value.trim(), serverLanguage(), crypto.randomUUID());
  });
  const confirm = (hash: string): Promise<void> => run(async () => {
    try {
      made.value = await keys.run(hash, (key) => withdraw(name.value.trim(), hash, key));
    } catch (error) {
      // Other words would have to be confirmed: back to the first step.
      if (error instanceof Problem && error.code === 'withdrawal_changed') stated.value = null;
      throw error;
    }
  });
  return { name, stated, made, busy, problem, state, confirm };
}

export function WithdrawDialog({ paysForTime, onClose }: { paysForTime: boolean; onClose: () => void }) {
  const id = useId();
  const { name, stated, made, busy, problem, state, confirm } = useSteps();
  const words = stated.value;
  const isMade = made.value !== null;
  return (
    <Dialog
      title={say('open')}
      onClose={onClose}
      locked={busy.value}
      footer={
        <>
          <Button onPress={onClose} disabled={busy.value}>{t(isMade ? 'common.close' : 'common.cancel')}</Button>
          {!isMade && words === null && (
            <Button look="primary" busy={busy.value} disabled={name.value.trim() === ''} onPress={() => void state()}>{say('next')}</Button>
          )}
          {!isMade && words !== null && (
            <Button look="danger" busy={busy.value} onPress={() => void confirm(words.statementHash)}>{say('confirm')}</Button>
          )}
        </>
      }
    >
      {made.value !== null && words !== null && <Received made={made.value} words={words} />}
      {!isMade && <p>{say(paysForTime ? 'textShare' : 'text')}</p>}
      {!isMade && words !== null && <Statement lead={say('stated')} words={words} />}
      {words === null && (
        <>
          <label class="field" for={id}>{say('name')}</label>
          <input id={id} value={name.value} maxLength={NAME_LENGTH_MAX} autoComplete="name" onInput={(event) => { name.value = event.currentTarget.value; }} />
        </>
      )}
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </Dialog>
  );
}
