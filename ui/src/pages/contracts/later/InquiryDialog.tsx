// Who asks for a contract without an account, and the two answers: it is a customer's, or nothing comes of it.

import { useSignal } from '@preact/signals';

import { tell } from '../../../admin/words';
import { attachInquiry, closeInquiry } from '../../../api/admin';
import type { InquiryRecord } from '../../../api/contract_types';
import { Button } from '../../../components/Button';
import { Dialog } from '../../../components/Dialog';
import { ProblemNote } from '../../../components/ProblemNote';
import { Segmented } from '../../../components/Segmented';
import { countryName } from '../../../format/countries';
import { SelectField, TextField } from '../../../components/fields';
import { say } from '../../../contracts/words';
import { formatDateTime } from '../../../format/date';
import { formatQuantity } from '../../../format/quantity';
import { locale, t, tName } from '../../../i18n';
import { useAction } from '../../../lib/action';
import { mayMakeCustomers, mayWriteTerms } from '../../../admin/may';

const USER_ID_MAX = 255;
const REASON_MAX = 500;
const ROLES = ['owner', 'billing_admin', 'viewer'] as const;

type Answer = 'new' | 'known' | 'close';

interface Props {
  inquiry: InquiryRecord;
  onClose: () => void;
  /** With the contract that it became, if it did. */
  onAnswered: (words: string, contractId: string | null) => void;
}

function Facts({ inquiry }: { inquiry: InquiryRecord }) {
  return (
    <>
      <dl class="lines">
        <div><dt>{say('ask.name')}</dt><dd>{inquiry.name}</dd></div>
        <div><dt>{say('ask.email')}</dt><dd><a href={`mailto:${inquiry.email}`}>{inquiry.email}</a></dd></div>
        <div><dt>{say('ask.country')}</dt><dd>{countryName(inquiry.country, locale())}</dd></div>
        <div><dt>{tell('inquiries.asked')}</dt><dd>{formatDateTime(inquiry.createdAt, locale())}</dd></div>
        {Object.entries(inquiry.usage).map(([metric, amount]) => (
          <div key={metric}><dt>{tName('metric', metric)}</dt><dd>{formatQuantity(metric, amount, locale())}</dd></div>
        ))}
      </dl>
      <div class="quote"><p class="hint">{tell('inquiries.words')}</p><p class="open-text">{inquiry.message}</p></div>
    </>
  );
}

const answers = (): { value: Answer; label: string }[] => [
  ...(mayMakeCustomers() ? [{ value: 'new' as const, label: tell('inquiries.new') }, { value: 'known' as const, label: tell('inquiries.known') }] : []),
  { value: 'close' as const, label: tell('inquiries.close') },
];

export function InquiryDialog({ inquiry, onClose, onAnswered }: Props) {
  const answer = useSignal<Answer>(mayMakeCustomers() ? 'new' : 'close');
  const [userId, role, reason] = [useSignal(''), useSignal<string>('owner'), useSignal('')];
  const { busy, problem, run } = useAction();
  const roles = [{ value: '', label: tell('inquiries.inviteNobody') }, ...ROLES.map((name) => ({ value: name, label: tell(`inquiries.role.${name}`) }))];
  const choose = (to: Answer): void => {
    answer.value = to;
    role.value = to === 'new' ? 'owner' : '';
  };
  const send = (): Promise<void> => run(async () => {
    if (answer.value === 'close') {
      await closeInquiry(inquiry.id, reason.value.trim());
      onAnswered(tell('inquiries.closed', { name: inquiry.company }), null);
      return;
    }
    const body = { userId: userId.value.trim(), isNew: answer.value === 'new', ...(role.value === '' ? {} : { inviteAs: role.value }) };
    const { contractId } = await attachInquiry(inquiry.id, body);
    onAnswered(tell('inquiries.attached', { name: inquiry.company, customer: body.userId }), contractId);
  });
  const formId = 'answer-inquiry';
  return (
    <Dialog
      title={inquiry.company}
      onClose={onClose}
      locked={busy.value}
      footer={
        <>
          <Button onPress={onClose} disabled={busy.value}>{t('common.cancel')}</Button>
          {mayWriteTerms() && (
            <button type="submit" form={formId} class={`button ${answer.value === 'close' ? 'danger' : 'primary'}`} aria-disabled={busy.value || undefined}>
              {busy.value ? t('common.working') : tell(answer.value === 'close' ? 'inquiries.doClose' : 'inquiries.doAttach')}
            </button>
          )}
        </>
      }
    >
      <Facts inquiry={inquiry} />
      {mayWriteTerms() ? (
        <form id={formId} class="form" onSubmit={(event) => { event.preventDefault(); void send(); }}>
          <Segmented legend={tell('inquiries.answer')} value={answer.value} options={answers()} onChange={choose} />
          {answer.value === 'close' ? (
            <TextField label={tell('inquiries.reason')} value={reason} maxLength={REASON_MAX} isRequired hint={tell('inquiries.reasonHint')} />
          ) : (
            <>
              <TextField label={tell('inquiries.userId')} value={userId} maxLength={USER_ID_MAX} isRequired hint={tell(answer.value === 'new' ? 'inquiries.newHint' : 'inquiries.knownHint')} />
              <SelectField label={tell('inquiries.invite', { email: inquiry.email })} value={role} options={roles} hint={tell('inquiries.inviteHint')} />
            </>
          )}
        </form>
      ) : <p class="hint">{tell('admin.readOnly')}</p>}
      {problem.value && <ProblemNote problem={problem.value} of="change" />}
    </Dialog>
  );
}
