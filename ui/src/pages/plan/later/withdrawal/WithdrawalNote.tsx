// A consumer's withdrawal beside the plan: the way to it for as long as it is open, and what became of the last one.
// Nothing where there is neither.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import { getWithdrawal, type Withdrawal, type WithdrawalOffer } from '../../../../api/withdrawal';
import { formatMoney } from '../../../../format/money';
import { locale } from '../../../../i18n';
import { noteSession } from '../../../../lib/app_state';
import { resource } from '../../../../lib/resource';
import { WithdrawDialog } from './WithdrawDialog';
import { momentOf, say } from './words';

/** What became of the last one is told as long as nothing was bought after it. */
const lastToTell = ({ open, last }: WithdrawalOffer, tier: string): Withdrawal | null =>
  tier === 'free' || last?.status === 'ending' || (last?.status === 'refused' && open) ? last : null;

function Last({ last }: { last: Withdrawal }) {
  const words = { ...momentOf(last.receivedAt), amount: formatMoney(last.returned, locale()) };
  const isGood = last.status !== 'refused' && last.status !== 'unpaid';
  return <p class={`inline-note tone-${isGood ? 'neutral' : 'warning'}`} role="status">{say(`last.${last.status}`, words)}</p>;
}

interface Props {
  /** Of the plan that is in force: what is open for one plan is not for another. */
  tier: string;
  onChange: () => void;
}

export function WithdrawalNote({ tier, onChange }: Props) {
  const offer = useMemo(() => resource(getWithdrawal, noteSession), []);
  const isOpen = useSignal(false);
  useEffect(() => void offer.load(), [tier]);
  const close = (): void => {
    isOpen.value = false;
    void offer.load();
    onChange();
  };
  const current = offer.data;
  if (!current) return null;
  const last = lastToTell(current, tier);
  return (
    <>
      {current.open && current.until !== null && (
        <p class="hint">
          <button type="button" class="link" onClick={() => { isOpen.value = true; }}>{say('open')}</button>{' '}
          {say('until', momentOf(current.until))}
        </p>
      )}
      {last && <Last last={last} />}
      {isOpen.value && <WithdrawDialog paysForTime={current.paysForTime} onClose={close} />}
    </>
  );
}
