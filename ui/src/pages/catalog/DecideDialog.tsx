// Who could not be told of a price change: they were told in another way, or keep their price.

import { useSignal } from '@preact/signals';

import type { Decision, PriceMove } from '../../api/catalog';
import { Button } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { ProblemNote } from '../../components/ProblemNote';
import { TextField } from '../../components/fields';
import { t } from '../../i18n';
import { useAction } from '../../lib/action';
import { serverNow } from '../../lib/clock';
import { say } from './words';

const DATE_CHARS = 10;

/** A day as an instant: today's is now, and that of the change's start no sooner than it. */
export function toldAtOf(day: string, startedAt: string | null, nowMs: number): string {
  const now = new Date(Math.floor(nowMs / 1000) * 1000).toISOString();
  if (day === now.slice(0, DATE_CHARS)) return now;
  return startedAt !== null && day === startedAt.slice(0, DATE_CHARS) ? startedAt : `${day}T00:00:00Z`;
}

interface Props {
  move: PriceMove;
  startedAt: string | null;
  onClose: () => void;
  work: (decision: Decision) => Promise<void>;
}

export function DecideDialog({ move, startedAt, onClose, work }: Props) {
  const day = useSignal('');
  const { busy, problem, run } = useAction();
  const moved = (): void => void run(() => work({ decision: 'move', toldAt: toldAtOf(day.value, startedAt, serverNow()) }));
  const left = (): void => void run(() => work({ decision: 'leave' }));
  return (
    <Dialog
      title={say('decide.title', { userId: move.userId })}
      onClose={onClose}
      locked={busy.value}
      footer={
        <>
          <Button onPress={left} busy={busy.value}>{say('decide.leave')}</Button>
          <button type="submit" form="decide-form" class="button primary" disabled={day.value === ''} aria-disabled={busy.value || undefined}>
            {busy.value ? t('common.working') : say('decide.move')}
          </button>
        </>
      }
    >
      <p>{say('decide.text')}</p>
      <form id="decide-form" class="form" onSubmit={(event) => { event.preventDefault(); if (day.value !== '') moved(); }}>
        <TextField label={say('decide.toldAt')} hint={say('decide.hint')} value={day} type="date" />
      </form>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </Dialog>
  );
}
