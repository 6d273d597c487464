// Either side says that a contract does not renew: until when it may, what follows, and that it cannot be taken back.

import type { Contract } from '../api/contract_types';
import { FormDialog } from '../components/FormDialog';
import { formatDate, formatTime } from '../format/date';
import { locale } from '../i18n';
import { serverNow } from '../lib/clock';
import { say } from './words';

/** Whether it renews unless somebody says otherwise, and it is not too late to. */
export const mayBeNoticed = ({ status, renews, noticeUntil }: Contract): boolean =>
  status === 'active' && renews === true && noticeUntil !== null && Date.parse(noticeUntil) > serverNow();

/** A deadline, to the second. */
export const momentText = (instant: string): string => `${formatDate(instant, locale())}, ${formatTime(instant, locale())}`;

interface Props {
  contract: Contract;
  /** What it means for the side that gives it. */
  text: string;
  onClose: () => void;
  work: () => Promise<void>;
}

export function NoticeDialog({ contract, text, onClose, work }: Props) {
  const ends = formatDate(contract.endsAt ?? '', locale());
  return (
    <FormDialog title={say('notice.title', { number: contract.number })} confirm={say('notice.confirm')} look="danger" onClose={onClose} work={work}>
      <p>{say('notice.what', { date: ends })} {text}</p>
      <p>{say('notice.until', { time: momentText(contract.noticeUntil ?? '') })}</p>
      <p><strong>{say('notice.final')}</strong></p>
    </FormDialog>
  );
}
