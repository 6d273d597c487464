// Either side says that a contract does not renew: until when it may, what follows, and that it cannot be taken back.

import type { Contract } from '../api/contract_types';
import { Button } from '../components/Button';
import { Dialog } from '../components/Dialog';
import { ProblemNote } from '../components/ProblemNote';
import { formatDate, formatTime } from '../format/date';
import { locale, t } from '../i18n';
import { useAction } from '../lib/action';
import { serverNow } from '../lib/clock';
import { say } from './words';

/** Whether it renews unless somebody says otherwise, and it is not too late to. */
export const mayBeNoticed = ({ status, renews, noticeUntil }: Contract): boolean =>
  status === 'active' && renews === true && noticeUntil !== null && Date.parse(noticeUntil) > serverNow();

/** A deadline, to the second. */
export const momentText = (instant: string): string => `${formatDate(instant, locale())}, ${formatTime(instant, locale())} UTC`;

interface Props {
  contract: Contract;
  /** What it means for the side that gives it. */
  text: string;
  onClose: () => void;
  work: () => Promise<void>;
}

export function NoticeDialog({ contract, text, onClose, work }: Props) {
  const { busy, problem, run } = useAction();
  const ends = formatDate(contract.endsAt ?? '', locale());
  return (
    <Dialog
      title={say('notice.title', { number: contract.number })}
      onClose={onClose}
      locked={busy.value}
      footer={
        <>
          <Button onPress={onClose} disabled={busy.value}>{t('common.cancel')}</Button>
          <Button look="danger" busy={busy.value} onPress={() => void run(work)}>{say('notice.confirm')}</Button>
        </>
      }
    >
      <p>{say('notice.what', { date: ends })} {text}</p>
      <p>{say('notice.until', { time: momentText(contract.noticeUntil ?? '') })}</p>
      <p><strong>{say('notice.final')}</strong></p>
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </Dialog>
  );
}
