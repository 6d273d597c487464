// Where the person is signed in, and how to end it there.

import { endOtherSessions, endSession } from '../../api/people';
import type { SessionOfMine } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { ProblemNote } from '../../components/ProblemNote';
import { Section } from '../../components/Section';
import { formatDateTime } from '../../format/date';
import { locale } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import type { Resource } from '../../lib/resource';
import { say } from '../../people/words';

/** "Firefox on Linux", as far as the browser's own words go; the rest is told as it is. */
export function browserOf(userAgent: string): string {
  const browser = [['Edg/', 'Edge'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']].find(([mark]) => userAgent.includes(mark ?? ''))?.[1];
  const system = [['Android', 'Android'], ['iPhone', 'iPhone'], ['Windows', 'Windows'], ['Mac OS', 'macOS'], ['Linux', 'Linux']]
    .find(([mark]) => userAgent.includes(mark ?? ''))?.[1];
  if (browser === undefined) return userAgent === '' ? say('sessions.unknown') : userAgent;
  return system === undefined ? browser : say('sessions.browser', { browser, system });
}

function Row({ of, onEnd }: { of: SessionOfMine; onEnd: (() => void) | undefined }) {
  const name = browserOf(of.userAgent);
  return (
    <li class="row">
      <div>
        <p class="row-name">{name} {of.isThis && <Badge tone="good">{say('sessions.this')}</Badge>}</p>
        <p class="hint">{say('sessions.seen', { address: of.address, time: formatDateTime(of.seenAt, locale()) })}</p>
      </div>
      {onEnd && <Button look="quiet" label={say('sessions.endLabel', { name, address: of.address })} onPress={onEnd}>{say('sessions.end')}</Button>}
    </li>
  );
}

export function SessionsSection({ sessions, isLocked }: { sessions: Resource<SessionOfMine[]>; isLocked: boolean }) {
  const action = useAction();
  const end = (work: () => Promise<void>): void =>
    void action.run(async () => {
      await work();
      announce(say('sessions.ended'));
      await sessions.load();
    });
  return (
    <Section title={say('sessions.title')} of={sessions} lines={3}>
      {(list) => (
        <>
          <ul class="rows">
            {list.map((item) => <Row key={item.id} of={item} onEnd={isLocked || item.isThis ? undefined : () => end(() => endSession(item.id))} />)}
          </ul>
          {!isLocked && list.length > 1 && (
            <div class="actions"><Button busy={action.busy.value} onPress={() => end(endOtherSessions)}>{say('sessions.endOthers')}</Button></div>
          )}
          {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
        </>
      )}
    </Section>
  );
}
