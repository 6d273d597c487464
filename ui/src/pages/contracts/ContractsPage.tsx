// /admin/contracts: who asks for a contract, and all contracts.

import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';

import { tell } from '../../admin/words';
import { listContracts, listInquiries } from '../../api/admin';
import type { ContractRecord, ContractStatus, InquiryRecord } from '../../api/contract_types';
import { Button } from '../../components/Button';
import { Empty, Section } from '../../components/Section';
import { later } from '../../components/later';
import { PageTitle } from '../../components/PageTitle';
import { countryName } from '../../format/countries';
import { SelectField } from '../../components/fields';
import { StatusBadge } from '../../contracts/status';
import { sayOf } from '../../contracts/words';
import { formatDate } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale } from '../../i18n';
import { announce } from '../../lib/app_state';
import { More, useList } from '../../admin/list';
import { mayWriteTerms } from '../../admin/may';

const InquiryDialog = later(async () => (await import('./later/InquiryDialog')).InquiryDialog);

const STATUSES: readonly ContractStatus[] = [
  'requested', 'draft', 'pending', 'offered', 'accepted', 'active', 'declined', 'withdrawn', 'expired', 'superseded', 'renewed', 'ended',
];

function InquiryRow({ inquiry, onOpen }: { inquiry: InquiryRecord; onOpen: () => void }) {
  return (
    <li class="row">
      <div>
        <p class="row-name">{inquiry.company}</p>
        <p class="hint">{inquiry.name} · {countryName(inquiry.country, locale())} · {formatDate(inquiry.createdAt, locale())}</p>
      </div>
      <Button label={tell('inquiries.openLabel', { name: inquiry.company })} onPress={onOpen}>{tell('inquiries.open')}</Button>
    </li>
  );
}

const openInquiries = (cursor?: string) => listInquiries('open', cursor);

function Inquiries() {
  const list = useList(openInquiries);
  const open = useSignal<InquiryRecord | null>(null);
  const { route } = useLocation();
  const answered = (words: string, contractId: string | null): void => {
    open.value = null;
    announce(words);
    if (contractId === null) void list.load();
    else route(`/admin/contracts/${contractId}`);
  };
  return (
    <>
      <Section title={tell('inquiries.title')} of={list} lines={2}>
        {(page) => (page.data.length === 0 ? <Empty title={tell('inquiries.emptyTitle')}>{tell('inquiries.empty')}</Empty> : (
          <>
            <p class="muted">{tell('inquiries.text')}</p>
            <ul class="rows">
              {page.data.map((inquiry) => <InquiryRow key={inquiry.id} inquiry={inquiry} onOpen={() => { open.value = inquiry; }} />)}
            </ul>
            <More of={list} read={openInquiries} />
          </>
        ))}
      </Section>
      {open.value && <InquiryDialog inquiry={open.value} onClose={() => { open.value = null; }} onAnswered={answered} />}
    </>
  );
}

function ContractRow({ contract }: { contract: ContractRecord }) {
  return (
    <li class="row">
      <div>
        <p class="row-name"><a href={`/admin/contracts/${contract.id}`}>{tell('contracts.row', { number: contract.number, customer: contract.userId })}</a></p>
        <p class="hint">
          {contract.total === null ? tell('contracts.noTerms') : formatMoney(contract.total, locale())} · {tell('contracts.changed', { date: formatDate(contract.updatedAt, locale()) })}
        </p>
      </div>
      <StatusBadge status={contract.status} />
    </li>
  );
}

function Contracts() {
  const status = useSignal<string>('');
  const read = (cursor?: string) => listContracts(status.value as ContractStatus | '', cursor);
  const list = useList(read, status.value);
  const choices = [{ value: '', label: tell('contracts.any') }, ...STATUSES.map((name) => ({ value: name, label: sayOf('status', name) }))];
  return (
    <Section
      title={tell('contracts.title')}
      of={list}
      lines={3}
      aside={() => mayWriteTerms() && <a class="button primary small" href="/admin/contracts/new">{tell('contracts.new')}</a>}
    >
      {(page) => (
        <>
          <div class="form filter"><SelectField label={tell('contracts.status')} value={status} options={choices} /></div>
          {page.data.length === 0
            ? <Empty title={tell('contracts.emptyTitle')}>{tell('contracts.empty')}</Empty>
            : <ul class="rows">{page.data.map((contract) => <ContractRow key={contract.id} contract={contract} />)}</ul>}
          <More of={list} read={read} />
        </>
      )}
    </Section>
  );
}

export default function ContractsPage() {
  return (
    <div class="admin">
      <PageTitle>{tell('contracts.pageTitle')}</PageTitle>
      <Inquiries />
      <Contracts />
    </div>
  );
}
