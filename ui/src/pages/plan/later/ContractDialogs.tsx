// Answering an offer: accepted in one's own name by the very terms that were read, or declined, with a reason if one likes.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';

import { acceptContract, declineContract } from '../../../api/contracts';
import type { Contract } from '../../../api/contract_types';
import { Keyring } from '../../../api/idempotency';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { ProblemNote } from '../../../components/ProblemNote';
import { TextField } from '../../../components/fields';
import { dueText } from '../../../contracts/Amendment';
import { months, priceText } from '../../../contracts/TermsList';
import { say } from '../../../contracts/words';
import { formatMoney } from '../../../format/money';
import { locale, t } from '../../../i18n';
import { useAction } from '../../../lib/action';
import { session } from '../../../lib/app_state';

const NAME_MAX = 255;
const REASON_MAX = 500;

interface AcceptProps {
  contract: Contract;
  onClose: () => void;
  onAccepted: () => void;
  /** The terms are others by now. */
  onChanged: () => void;
}

function whatIsBought({ terms, total }: Contract): string {
  if (!terms) return '';
  return say('accept.what', {
    price: priceText(terms, terms.amount), term: months(terms.termMonths), total: total === null ? '' : formatMoney(total, locale()),
  });
}

export function AcceptDialog({ contract, onClose, onAccepted, onChanged }: AcceptProps) {
  const name = useSignal(session.data?.personName ?? '');
  const { busy, problem, run } = useAction();
  const keys = useMemo(() => new Keyring(), []);
  const isByInvoice = contract.terms?.collectionMethod === 'send_invoice';
  const accept = async (): Promise<void> => {
    const body = { termsHash: contract.termsHash ?? '', name: name.value.trim() };
    await run(async () => {
      await keys.run(body, (key) => acceptContract(contract.id, body, key));
      onAccepted();
    });
    if (problem.value?.code === 'contract_changed') onChanged();
  };
  const formId = 'accept-contract';
  return (
    <Dialog
      title={say('accept.title', { number: contract.number })}
      onClose={onClose}
      locked={busy.value}
      footer={
        <>
          <Button onPress={onClose} disabled={busy.value}>{t('common.cancel')}</Button>
          <button type="submit" form={formId} class="button primary" aria-disabled={busy.value || undefined}>
            {busy.value ? t('common.working') : say('accept.confirm')}
          </button>
        </>
      }
    >
      <form id={formId} class="form" onSubmit={(event) => { event.preventDefault(); void accept(); }}>
        <p>{whatIsBought(contract)}</p>
        <p>{contract.amends === null ? say(isByInvoice ? 'accept.byInvoice' : 'accept.charged') : dueText(contract)}</p>
        <TextField label={say('accept.name')} value={name} autoComplete="name" maxLength={NAME_MAX} isRequired hint={say('accept.nameHint')} />
        <div>
          <p class="hint">{say('accept.hash')}</p>
          <p class="hash">{contract.termsHash}</p>
        </div>
      </form>
      {problem.value && (
        <ProblemNote problem={problem.value} of="change">
          {problem.value.code === 'payment_method_required' && <Button onPress={onClose}>{say('accept.toMethods')}</Button>}
        </ProblemNote>
      )}
    </Dialog>
  );
}

interface DeclineProps {
  contract: Contract;
  onClose: () => void;
  onDeclined: () => void;
}

export function DeclineDialog({ contract, onClose, onDeclined }: DeclineProps) {
  const reason = useSignal('');
  const { busy, problem, run } = useAction();
  const keys = useMemo(() => new Keyring(), []);
  const decline = (): Promise<void> => run(async () => {
    const text = reason.value.trim();
    await keys.run(text, (key) => declineContract(contract.id, text, key));
    onDeclined();
  });
  return (
    <Dialog
      title={say('decline.title')}
      onClose={onClose}
      locked={busy.value}
      footer={
        <>
          <Button onPress={onClose} disabled={busy.value}>{say('decline.keep')}</Button>
          <Button look="danger" busy={busy.value} onPress={() => void decline()}>{say('decline.confirm')}</Button>
        </>
      }
    >
      <p>{say('decline.text')}</p>
      <TextField label={say('decline.reason')} value={reason} maxLength={REASON_MAX} />
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </Dialog>
  );
}
