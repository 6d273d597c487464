// What went wrong, what was not changed, the number to quote, and the next step.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import type { Problem } from '../api/problem';
import { t } from '../i18n';
import { Button } from './Button';
import { Icon } from './Icon';
import { problemDetail, problemText } from './problem_text';

interface Props {
  problem: Problem;
  /** A load that failed, or a change that was refused. */
  of: 'load' | 'change';
  onRetry?: () => void;
  children?: ComponentChildren;
}

function titleOf(problem: Problem, of: Props['of']): string {
  if (of === 'load') return t('problem.failedTitle');
  return problem.isUndecided ? t('problem.unknownTitle') : t('problem.changeTitle');
}

export function ProblemNote({ problem, of, onRetry, children }: Props) {
  const detail = problemDetail(problem);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What a press of a button led to must be in sight, also in a dialog that scrolls.
    if (of === 'change') element.current?.scrollIntoView({ block: 'nearest' });
  }, [problem]);
  return (
    <div class="note tone-bad" role="alert" ref={element}>
      <Icon name="warning" />
      <div class="note-text">
        <strong>{titleOf(problem, of)}</strong>
        <p>{problemText(problem)}</p>
        {detail && <p>{detail}</p>}
        {of === 'change' && problem.isUndecided && <p>{t('problem.unknownText')}</p>}
        {problem.errors.length > 0 && (
          <ul>
            {problem.errors.map((error) => (
              <li key={error.field}><code>{error.field}</code>: {error.expected}</li>
            ))}
          </ul>
        )}
        {problem.requestId && <p class="request-id">{t('common.requestId', { id: problem.requestId })}</p>}
        <div class="note-actions">
          {problem.actionUrl && <a class="button primary" href={problem.actionUrl}>{t('problem.paymentActionDo')}</a>}
          {onRetry && <Button onPress={onRetry}>{t('common.retry')}</Button>}
          {children}
        </div>
      </div>
    </div>
  );
}
