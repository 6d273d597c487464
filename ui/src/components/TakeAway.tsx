// Beside each table: all its rows as CSV or JSON, and the call that gives the same.

import { useSignal } from '@preact/signals';

import type { Naming } from '../api/http';
import { curlOf, takeAway, type FileForm } from '../api/take_away';
import { locale, t } from '../i18n';
import { useAction } from '../lib/action';
import { announce, session } from '../lib/app_state';
import { serverNow } from '../lib/clock';
import { Button } from './Button';
import { ProblemNote } from './ProblemNote';

const DATE_CHARS = 10;

/** "invoices_nova_2026-11-01_2026-12-01_2026-12-03.csv": what, whose, from and to where there are any, made when. */
export function fileName(what: string, whose: string | null, range: readonly string[], nowMs: number, form: FileForm): string {
  const made = new Date(nowMs).toISOString().slice(0, DATE_CHARS);
  const parts = [what, whose ?? 'all', ...range.map((at) => at.slice(0, DATE_CHARS)), made];
  return `${parts.join('_').replace(/[^\w.-]+/g, '-')}.${form}`;
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

interface Props {
  /** Of the list in the API, with its filters. */
  path: string;
  /** For the file's name: "invoices". */
  what: string;
  range?: readonly string[];
  /** Whose list it is, where an operator reads it. */
  naming?: Naming | undefined;
  /** The list comes in one page. */
  isWhole?: boolean;
}

export function TakeAway({ path, what, range = [], naming, isWhole = false }: Props) {
  const action = useAction();
  const rows = useSignal(0);
  const number = (value: number): string => new Intl.NumberFormat(locale()).format(value);
  const take = (form: FileForm): void => {
    rows.value = 0;
    void action.run(async () => {
      const taken = await takeAway(path, form, (count) => { rows.value = count; }, isWhole, naming);
      save(taken.blob, fileName(what, naming?.['turnpike-user'] ?? session.data?.userId ?? null, range, serverNow(), form));
      announce(t(taken.isCut ? 'table.cut' : 'table.taken', { rows: taken.rows, count: taken.rows }));
    });
  };
  const copy = (): void => {
    void navigator.clipboard.writeText(curlOf(path, location.origin, naming)).then(
      () => announce(t('table.curlCopied')),
      () => announce(curlOf(path, location.origin, naming)),
    );
  };
  return (
    <div class="take-away" role="group" aria-label={t('table.takeAway')}>
      {action.busy.value
        ? <p class="muted" role="status">{t('table.taking', { rows: number(rows.value) })}</p>
        : (
          <>
            <Button look="quiet" label={t('table.asCsv')} onPress={() => take('csv')}>CSV</Button>
            <Button look="quiet" label={t('table.asJson')} onPress={() => take('json')}>JSON</Button>
            <Button look="quiet" onPress={copy}>{t('table.curl')}</Button>
          </>
        )}
      {action.problem.value && <ProblemNote problem={action.problem.value} of="load" />}
    </div>
  );
}
