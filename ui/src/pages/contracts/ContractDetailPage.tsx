// /admin/contracts/:id: one contract as operators work on it, from the request to the offer; /admin/contracts/new writes one.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { tell } from '../../admin/words';
import { findAmendment, noticeContract, readContract, submitContract, withdrawContract } from '../../api/admin';
import type { ContractRecord } from '../../api/contract_types';
import { Button } from '../../components/Button';
import { later } from '../../components/later';
import { PageTitle } from '../../components/PageTitle';
import { Section } from '../../components/Section';
import { Amendment } from '../../contracts/Amendment';
import { mayBeNoticed, momentText, NoticeDialog } from '../../contracts/NoticeDialog';
import { PricesToCome } from '../../contracts/PricesToCome';
import { isOver, StatusBadge } from '../../contracts/status';
import { days, TermsList } from '../../contracts/TermsList';
import { say, sayOf } from '../../contracts/words';
import { formatDate, formatDateTime } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale } from '../../i18n';
import { announce, noteSession } from '../../lib/app_state';
import { resource, type Resource } from '../../lib/resource';
import { mayWriteTerms } from '../../admin/may';
import { ReasonDialog } from '../../admin/ReasonDialog';

const TermsForm = later(async () => (await import('./later/TermsForm')).TermsForm);

const BACK = '/admin/contracts';

const isOneOf = (contract: ContractRecord, ...statuses: ContractRecord['status'][]): boolean => statuses.includes(contract.status);

function whatNext(contract: ContractRecord): string {
  switch (contract.status) {
    case 'requested':
      return tell('work.requested');
    case 'draft':
      return tell('work.draft');
    case 'pending':
      return tell('work.pending');
    case 'offered':
      return tell('work.offered', { date: contract.validUntil === null ? '' : formatDate(contract.validUntil, locale()) });
    case 'accepted':
      return tell('work.accepted', { name: contract.acceptedName ?? '' });
    case 'active':
      return tell('work.active', { name: contract.acceptedName ?? '', date: contract.acceptedAt === null ? '' : formatDate(contract.acceptedAt, locale()) });
    default:
      return tell('work.over');
  }
}

function Words({ title, text }: { title: string; text: string | null }) {
  if (text === null || text === '') return null;
  return <div class="quote"><p class="hint">{title}</p><p class="open-text">{text}</p></div>;
}

function SubmitDialog({ contract, onClose, onDone }: { contract: ContractRecord; onClose: () => void; onDone: (contract: ContractRecord) => void }) {
  return (
    <ReasonDialog
      title={tell('submit.title')}
      label={tell('submit.reason')}
      confirm={tell('submit.confirm')}
      onClose={onClose}
      work={async (reason) => onDone(await submitContract(contract.id, reason))}
    >
      <p>{tell('submit.text', { total: contract.total === null ? '' : formatMoney(contract.total, locale()), days: days(contract.offerDays) })}</p>
    </ReasonDialog>
  );
}

function WithdrawDialog({ contract, onClose, onDone }: { contract: ContractRecord; onClose: () => void; onDone: (contract: ContractRecord) => void }) {
  return (
    <ReasonDialog
      title={tell('withdraw.title')}
      label={tell('withdraw.reason')}
      confirm={tell('withdraw.confirm')}
      look="danger"
      onClose={onClose}
      work={async (reason) => onDone(await withdrawContract(contract.id, reason))}
    >
      <p>{tell('withdraw.text')}</p>
    </ReasonDialog>
  );
}

/** What can be done about one in force: its next version is written, or it is said that it does not renew. */
function InForce({ contract, of, onAmend }: { contract: ContractRecord; of: Resource<ContractRecord>; onAmend: () => void }) {
  const isNoticing = useSignal(false);
  const amendment = useMemo(() => resource(() => findAmendment(contract), noteSession), [contract.id]);
  useEffect(() => void amendment.load(), [amendment]);
  const next = amendment.data;
  const close = (): void => {
    isNoticing.value = false;
  };
  return (
    <>
      {next && <p><a href={`${BACK}/${next.id}`}>{tell('amend.open', { status: sayOf('status', next.status) })}</a></p>}
      {contract.noticeUntil !== null && contract.renews === true && <p class="hint">{say('notice.until', { time: momentText(contract.noticeUntil) })}</p>}
      {mayWriteTerms() && (
        <div class="actions">
          {next === null && <Button onPress={onAmend}>{tell('amend.do')}</Button>}
          {mayBeNoticed(contract) && <Button look="quiet" onPress={() => { isNoticing.value = true; }}>{say('notice.do')}</Button>}
        </div>
      )}
      {isNoticing.value && (
        <NoticeDialog
          contract={contract}
          text={tell('notice.text')}
          onClose={close}
          work={async () => {
            of.set(await noticeContract(contract.id));
            close();
            announce(say('notice.done'));
          }}
        />
      )}
    </>
  );
}

function Work({ contract, of }: { contract: ContractRecord; of: Resource<ContractRecord> }) {
  const open = useSignal<'write' | 'amend' | 'submit' | 'withdraw' | null>(null);
  const { route } = useLocation();
  const close = (): void => {
    open.value = null;
  };
  const done = (words: string) => (next: ContractRecord): void => {
    of.set(next);
    close();
    announce(words);
  };
  const mayWrite = mayWriteTerms() && isOneOf(contract, 'requested', 'draft', 'offered');
  const mayTakeBack = mayWriteTerms() && isOneOf(contract, 'requested', 'draft', 'pending', 'offered');
  if (open.value === 'write') {
    return <TermsForm contract={contract} onSaved={done(tell('work.saved'))} onLeave={close} />;
  }
  if (open.value === 'amend') {
    return <TermsForm contract={contract} isAmendment onSaved={({ id }) => route(`${BACK}/${id}`)} onLeave={close} />;
  }
  return (
    <>
      <Amendment contract={contract} />
      <TermsList contract={contract} />
      <PricesToCome contract={contract} />
      <Words title={tell('work.note')} text={contract.note} />
      {contract.termsHash !== null && <div><p class="hint">{tell('work.hash')}</p><p class="hash">{contract.termsHash}</p></div>}
      <div class="actions">
        {mayWrite && (
          <Button look={contract.status === 'requested' ? 'primary' : 'plain'} onPress={() => { open.value = 'write'; }}>
            {tell(contract.terms === null ? 'work.write' : 'work.writeAnew')}
          </Button>
        )}
        {mayWriteTerms() && contract.status === 'draft' && <Button look="primary" onPress={() => { open.value = 'submit'; }}>{tell('work.submit')}</Button>}
        {contract.status === 'pending' && <a class="button plain" href="/admin/approvals">{tell('work.toApproval')}</a>}
        {mayTakeBack && <Button look="quiet" onPress={() => { open.value = 'withdraw'; }}>{tell('work.withdraw')}</Button>}
      </div>
      {contract.status === 'active' && <InForce contract={contract} of={of} onAmend={() => { open.value = 'amend'; }} />}
      {contract.status === 'offered' && mayWrite && <p class="hint">{tell('work.offeredHint')}</p>}
      {!mayWriteTerms() && !isOver(contract.status) && <p class="hint">{tell('admin.readOnlyMoney')}</p>}
      {open.value === 'submit' && <SubmitDialog contract={contract} onClose={close} onDone={done(tell('submit.done'))} />}
      {open.value === 'withdraw' && <WithdrawDialog contract={contract} onClose={close} onDone={done(tell('withdraw.done'))} />}
    </>
  );
}

function Facts({ contract }: { contract: ContractRecord }) {
  return (
    <>
      <p>{whatNext(contract)}</p>
      <dl class="lines">
        <div><dt>{tell('work.customer')}</dt><dd>{contract.userId}</dd></div>
        {contract.amends !== null && <div><dt>{tell('work.follows')}</dt><dd><a href={`${BACK}/${contract.amends}`}>{tell('work.before', { version: contract.version - 1 })}</a></dd></div>}
        <div><dt>{tell('work.asked')}</dt><dd>{formatDateTime(contract.createdAt, locale())}</dd></div>
        <div><dt>{tell('work.changed')}</dt><dd>{formatDateTime(contract.updatedAt, locale())}</dd></div>
      </dl>
      <Words title={tell('work.message')} text={contract.message} />
      <Words title={tell('work.reason')} text={contract.declineReason} />
    </>
  );
}

function New() {
  const { route } = useLocation();
  return (
    <div class="admin">
      <p><a href={BACK}>{tell('work.back')}</a></p>
      <PageTitle>{tell('work.newTitle')}</PageTitle>
      <section class="card" aria-label={tell('work.terms')}>
        {mayWriteTerms() ? <TermsForm contract={null} onSaved={({ id }) => route(`${BACK}/${id}`, true)} /> : <p>{tell('admin.readOnlyMoney')}</p>}
      </section>
    </div>
  );
}

function One({ id }: { id: string }) {
  const of = useMemo(() => resource(() => readContract(id), noteSession), [id]);
  useEffect(() => void of.load(), [of]);
  const contract = of.data;
  const title = contract ? tell(contract.version > 1 ? 'work.titleVersion' : 'work.title', { number: contract.number, version: contract.version }) : tell('work.titleLoading');
  return (
    <div class="admin">
      <p><a href={BACK}>{tell('work.back')}</a></p>
      <PageTitle title={title}>{title}</PageTitle>
      <Section title={tell('work.state')} of={of} lines={3} aside={(data) => <StatusBadge status={data.status} />}>
        {(data) => <Facts contract={data} />}
      </Section>
      {contract && (
        <Section title={tell('work.terms')} of={of} lines={6}>
          {(data) => <Work contract={data} of={of} />}
        </Section>
      )}
    </div>
  );
}

const ContractDetailPage = ({ id }: { id: string }) => (id === 'new' ? <New /> : <One id={id} />);
export default ContractDetailPage;
