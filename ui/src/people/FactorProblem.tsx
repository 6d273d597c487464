// Why a factor was not set up. Who has none yet needs no proof, but must have come in lately: after that, the way is to come
// in again, in another tab, while the page with its form stays open and goes on where it was.

import { useEffect } from 'preact/hooks';

import type { Problem } from '../api/problem';
import { ProblemNote } from '../components/ProblemNote';
import { comeBack, session } from '../lib/app_state';
import { say } from './words';

function TooLate() {
  const isFromPlatform = session.data?.kind === 'portal';
  useEffect(() => {
    // The new session has a token of its own for changes. Without an answer, the next press says what is wrong.
    const look = (): void => void comeBack().catch(() => {});
    addEventListener('focus', look);
    return () => removeEventListener('focus', look);
  }, []);
  return (
    <div class="note tone-warning" role="alert">
      <div class="note-text">
        <strong>{say('tooLate.title')}</strong>
        <p>{say(isFromPlatform ? 'tooLate.platform' : 'tooLate.text')}</p>
        {!isFromPlatform && (
          <div class="note-actions"><a class="button plain" href="/sign-in?again=true" target="_blank">{say('tooLate.signIn')}</a></div>
        )}
      </div>
    </div>
  );
}

export const FactorProblem = ({ problem }: { problem: Problem }) =>
  (problem.wantsNewSignIn ? <TooLate /> : <ProblemNote problem={problem} of="change" />);
