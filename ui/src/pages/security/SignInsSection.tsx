// Where the person came in lately, and where somebody tried to.

import { useSignal } from '@preact/signals';

import type { SignIn } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Button } from '../../components/Button';
import { Section } from '../../components/Section';
import { formatDateTime } from '../../format/date';
import { locale } from '../../i18n';
import type { Resource } from '../../lib/resource';
import { say } from '../../people/words';
import { browserOf } from './SessionsSection';

const SHOWN_FIRST = 5;

function Row({ of }: { of: SignIn }) {
  const isBad = of.outcome === 'wrong' || of.outcome === 'locked';
  return (
    <li class="row">
      <div>
        <p class="row-name">
          {say(`signIns.by.${of.method}`)}{' '}
          {of.outcome !== 'done' && <Badge tone={isBad ? 'warning' : 'neutral'}>{say(`signIns.outcome.${of.outcome}`)}</Badge>}
        </p>
        <p class="hint">
          {formatDateTime(of.at, locale())} · {browserOf(of.userAgent)} ·{' '}
          {of.network === null ? say('signIns.here') : say('signIns.network', { network: of.network })}
        </p>
      </div>
    </li>
  );
}

export function SignInsSection({ signIns }: { signIns: Resource<SignIn[]> }) {
  const showsAll = useSignal(false);
  return (
    <Section title={say('signIns.title')} of={signIns} lines={3}>
      {(list) => (
        <>
          <p class="muted">{say(list.length === 0 ? 'signIns.none' : 'signIns.text')}</p>
          <ul class="rows">
            {(showsAll.value ? list : list.slice(0, SHOWN_FIRST)).map((item, index) => <Row key={index} of={item} />)}
          </ul>
          {!showsAll.value && list.length > SHOWN_FIRST && (
            <div class="actions">
              <Button onPress={() => { showsAll.value = true; }}>{say('signIns.all', { count: list.length })}</Button>
            </div>
          )}
        </>
      )}
    </Section>
  );
}
