// Events as they come in and what became of them; and how to begin: the call that sends one, and a trial of it that counts nothing.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { watch } from '../../../api/live';
import { curlOf } from '../../../api/take_away';
import { tryEvent, type SeenEvent } from '../../../api/usage';
import { Badge } from '../../../components/Badge';
import { Button } from '../../../components/Button';
import { ProblemNote } from '../../../components/ProblemNote';
import { formatDateTime } from '../../../format/date';
import { formatQuantity } from '../../../format/quantity';
import { locale, tName } from '../../../i18n';
import { useAction } from '../../../lib/action';
import { session } from '../../../lib/app_state';
import { outcomeWord, say } from '../words';

const SHOWN_MAX = 50;
/** What came is told to who listens now and then, however much it is. */
const TELL_MS = 5000;

const quantityOf = ({ metric, value }: SeenEvent): string => (metric === null ? '–' : formatQuantity(metric, value, locale()));

function Try() {
  const action = useAction();
  const answer = useSignal('');
  const event = { specversion: '1.0', id: '1', source: 'test', type: 'api_requests', subject: session.data?.userId, data: { value: 1 } };
  const call = `${curlOf('/api/usage/events', location.origin)} \\\n  -H 'Content-Type: application/cloudevents+json' \\\n  -d '${JSON.stringify(event)}'`;
  const send = (): void => void action.run(async () => {
    const seen = await tryEvent({ ...event, id: crypto.randomUUID() });
    answer.value = say('tried', { outcome: outcomeWord(seen.status), quantity: quantityOf(seen) });
  });
  return (
    <>
      <pre class="snippet" tabIndex={0} role="region" aria-label={say('snippet')}><code>{call}</code></pre>
      <p><Button busy={action.busy.value} onPress={send}>{say('try')}</Button> {say('tryHow')}</p>
      <p role="status">{answer.value}</p>
      {action.problem.value && <ProblemNote problem={action.problem.value} of="load" />}
    </>
  );
}

function List() {
  const events = useSignal<SeenEvent[]>([]);
  const state = useSignal<'tailOn' | 'tailPaused' | 'tailRefused'>('tailOn');
  const told = useSignal('');
  const isOn = state.value === 'tailOn';
  useEffect(() => {
    if (!isOn) return;
    let [count, dropped] = [0, 0];
    const unwatch = watch<{ events: SeenEvent[]; dropped: number }>('events', 'events', (more) => {
      events.value = [...more.events.reverse(), ...events.value].slice(0, SHOWN_MAX);
      count += more.events.length;
      dropped += more.dropped;
    }, () => { state.value = 'tailRefused'; });
    const timer = setInterval(() => { told.value = say('tailTold', { count: count + dropped, dropped }); }, TELL_MS);
    return () => {
      unwatch();
      clearInterval(timer);
    };
  }, [isOn]);
  return (
    <>
      <p>
        <Button onPress={() => { state.value = isOn ? 'tailPaused' : 'tailOn'; }}>{say(isOn ? 'tailPause' : 'tailGoOn')}</Button>
        <span role="status">{say(state.value)} {told.value}</span>
      </p>
      <ol class="tail">
        {events.value.map((event, i) => (
          <li key={events.value.length - i}>
            <Badge tone="neutral">{outcomeWord(event.status)}</Badge>
            {say('tailLine', {
              time: formatDateTime(event.time, locale()),
              quantity: quantityOf(event),
              metric: event.metric === null ? '–' : tName('metric', event.metric),
              group: [event.region, event.resource].filter(Boolean).join(', ') || say('unlabelled'),
            })} {event.isTest && say('tailTest')} {event.detail}
          </li>
        ))}
      </ol>
    </>
  );
}

/** `isFirst`: nothing was counted in the cycle, so that it stands open, with how to begin. */
export function Tail({ isFirst }: { isFirst: boolean }) {
  const isOpen = useSignal(isFirst);
  return (
    <details class="about" open={isOpen.value} onToggle={(event) => { isOpen.value = event.currentTarget.open; }}>
      <summary>{say('tail')}</summary>
      {isOpen.value && <div class="nothing-yet">{isFirst && <Try />}<List /></div>}
    </details>
  );
}
