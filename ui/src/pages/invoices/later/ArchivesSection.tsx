// A year's invoices in one file: asked for, watched while it is made, given up, and fetched. It is made whether or not anybody looks.

import { useEffect, useRef } from 'preact/hooks';

import { request } from '../../../api/http';
import type { Instant, Page } from '../../../api/types';
import { Button } from '../../../components/Button';
import { Rows, type Column } from '../../../components/DataTable';
import { ProblemNote } from '../../../components/ProblemNote';
import { Section } from '../../../components/Section';
import { formatDate, formatTime } from '../../../format/date';
import { formatBytes, formatPercent } from '../../../format/quantity';
import { locale, t } from '../../../i18n';
import { useAction } from '../../../lib/action';
import { announce } from '../../../lib/app_state';
import { mayChange } from '../../../lib/may';
import { useResource } from '../../../lib/use_resource';
import { say } from '../../../paying/words';

interface Archive {
  id: string;
  year: number;
  status: 'running' | 'ready' | 'failed' | 'cancelled' | 'expired';
  expiresAt: Instant | null;
  size: number;
  missing: number;
  percent: number | null;
  doneAt: Instant | null;
}

/** A year, and the newest file of it. */
interface Row {
  year: number;
  file: Archive | undefined;
}

const ARCHIVES = '/api/billing/invoice-archives';
const LINES = 2;
const LOOK_AGAIN_MS = 1_500;

function State({ file }: { file: Archive | undefined }) {
  const missing = file?.missing ?? 0;
  switch (file?.status) {
    case 'running':
      return (
        <div class="whole">
          <progress max={100} value={file.percent ?? 0} aria-label={say('archives.of', { year: String(file.year) })} />
          <p class="hint">{file.doneAt === null ? say('archives.waits') : say('archives.runs', { percent: formatPercent(file.percent ?? 0, locale()), time: formatTime(file.doneAt, locale()) })}</p>
        </div>
      );
    case 'ready':
      return (
        <div class="whole">
          {say('archives.until', { size: formatBytes(file.size, locale()), date: formatDate(file.expiresAt ?? '', locale()) })}
          {missing > 0 && <p class="hint">{say('archives.missing', { count: missing })}</p>}
        </div>
      );
    case 'failed':
      return <>{say('archives.failed')}</>;
    default:
      return <>{say('archives.none')}</>;
  }
}

function Acts({ year, file, onChange }: Row & { onChange: () => Promise<void> }) {
  const action = useAction();
  const of = { year: String(year) };
  const start = (path: string, body: unknown, words: 'archives.started' | 'archives.cancelled') => (): void => void action.run(async () => {
    await request(path, { method: 'POST', body, key: crypto.randomUUID() });
    announce(say(words, of));
    await onChange();
  });
  return (
    <div class="actions">
      {file?.status === 'running'
        ? mayChange() && <Button busy={action.busy.value} onPress={start(`${ARCHIVES}/${file.id}/cancel`, {}, 'archives.cancelled')} label={say('archives.cancelOf', of)}>{t('common.cancel')}</Button>
        : file?.status === 'ready'
          ? <a class="button plain" href={`${ARCHIVES}/${file.id}/file`} download aria-label={say('archives.of', of)}>{say('archives.fetch')}</a>
          : mayChange() && <Button busy={action.busy.value} onPress={start(ARCHIVES, { year }, 'archives.started')} label={say('archives.startOf', of)}>{say('archives.start')}</Button>}
      {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
    </div>
  );
}

const columnsOf = (onChange: () => Promise<void>): readonly Column<Row>[] => [
  { title: say('year'), isHead: true, cell: ({ year }) => String(year) },
  { title: say('archives.file'), cell: ({ file }) => <State file={file} /> },
  { title: t('invoices.actions'), cell: (row) => <Acts {...row} onChange={onChange} /> },
];

export function ArchivesSection({ years }: { years: readonly number[] }) {
  const files = useResource(async () => (await request<Page<Archive>>(ARCHIVES)).data);
  const running = files.data?.find(({ status }) => status === 'running');
  const before = useRef(running);
  useEffect(() => {
    const ended = running === undefined && files.data?.find(({ id }) => id === before.current?.id);
    if (ended && ended.status === 'ready') announce(say('archives.ready', { year: String(ended.year) }));
    before.current = running;
    if (running === undefined) return undefined;
    const timer = setInterval(() => void files.load(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [running?.id]);
  const rows = (data: readonly Archive[]): Row[] => years.map((year) => ({ year, file: data.find((file) => file.year === year) }));
  return (
    <Section title={say('archives')} of={files} lines={LINES} className="data">
      {(data) => (
        <>
          <Rows rows={rows(data)} columns={columnsOf(files.load)} keyOf={({ year }) => String(year)} title={say('archives')} />
          <p class="hint">{say('archives.text')}</p>
        </>
      )}
    </Section>
  );
}
