// What was asked, and by when it is answered.

import type { PrivacyRequest } from '../../api/privacy';
import { Badge, type Tone } from '../../components/Badge';
import { Empty, Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { locale } from '../../i18n';
import { isOpen, type PartProps } from './part';
import { tell } from './words';

const TONES: Record<PrivacyRequest['status'], Tone> = {
  waiting: 'warning', running: 'warning', ready: 'good', done: 'good', refused: 'bad', failed: 'bad', expired: 'neutral', cancelled: 'neutral',
};

function Row({ of }: { of: PrivacyRequest }) {
  const date = (at: string): string => formatDate(at, locale());
  const parts = [tell('requests.asked', { date: date(of.createdAt) })];
  if (isOpen(of)) parts.push(tell('requests.due', { date: date(of.dueAt) }));
  else if (of.finishedAt !== null) parts.push(tell('requests.finished', { date: date(of.finishedAt) }));
  if (of.reason !== null) parts.push(tell(of.status === 'refused' ? 'requests.refused' : 'requests.extended', { reason: of.reason }));
  return (
    <li class="row">
      <div>
        <p class="row-name">{tell(`requests.${of.kind}`)}</p>
        <p class="hint">{parts.join(' · ')}</p>
      </div>
      <Badge tone={of.isOverdue ? 'bad' : TONES[of.status]}>{tell(of.isOverdue ? 'status.overdue' : `status.${of.status}`)}</Badge>
    </li>
  );
}

export function RequestsSection({ name, privacy }: PartProps) {
  const title = tell('requests.title');
  return (
    <Section title={name === null ? title : `${title}: ${name}`} of={privacy} lines={2}>
      {({ requests }) => requests.length === 0
        ? <Empty title={tell('requests.none')}>{tell('requests.noneText')}</Empty>
        : <ul class="rows">{requests.map((item) => <Row key={item.id} of={item} />)}</ul>}
    </Section>
  );
}
