// All that is kept, as a file: asked for, watched while it is made, and fetched.

import { useEffect } from 'preact/hooks';

import { cancelExport, fileOf, startExport, type Privacy } from '../../api/privacy';
import { Button } from '../../components/Button';
import { ProblemNote } from '../../components/ProblemNote';
import { Section } from '../../components/Section';
import { formatDate } from '../../format/date';
import { formatBytes } from '../../format/quantity';
import { locale } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce } from '../../lib/app_state';
import { newest, titleOf, type PartProps } from './part';
import { tell } from './words';

const LOOK_AGAIN_MS = 1_500;

function State({ of, known }: { of: PartProps['of']; known: Privacy }) {
  const file = newest(known, 'export');
  if (file?.status === 'running') return <p role="status">{tell('export.running')}</p>;
  if (file?.status === 'failed') return <p class="inline-note tone-warning">{tell('export.failed')}</p>;
  if (file?.status !== 'ready' || !file.isYours) return null;
  const date = (at: string | null): string => (at === null ? '' : formatDate(at, locale()));
  return (
    <p>
      {tell('export.ready', { date: date(file.finishedAt), size: formatBytes(file.size, locale()), until: date(file.expiresAt) })}{' '}
      <a class="button plain" href={fileOf(of, file)} download>{tell('export.download')}</a>
    </p>
  );
}

export function ExportSection({ of, name, privacy, isLocked }: PartProps) {
  const action = useAction();
  const running = privacy.data?.requests.find(({ kind, status }) => kind === 'export' && status === 'running');
  const isRunning = running !== undefined;
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => void privacy.load(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isRunning]);
  const giveUp = async (): Promise<void> => {
    if (running) await cancelExport(of, running);
    await privacy.load();
  };
  const start = async (): Promise<void> => {
    await startExport(of);
    announce(tell('export.started'));
    await privacy.load();
  };
  return (
    <Section title={titleOf('export', name)} of={privacy} lines={2}>
      {(known) => (
        <>
          <p>{tell('export.lead')}</p>
          <State of={of} known={known} />
          {!isLocked && !isRunning && (
            <div class="actions"><Button busy={action.busy.value} onPress={() => void action.run(start)}>{tell('export.start')}</Button></div>
          )}
          {running?.isYours && <div class="actions"><Button busy={action.busy.value} onPress={() => void action.run(giveUp)}>{tell('export.cancel')}</Button></div>}
          {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
        </>
      )}
    </Section>
  );
}
