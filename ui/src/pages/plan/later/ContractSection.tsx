// The contract of the customer: asked for, offered with its terms, accepted, in force, over. Nothing where there is none.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import { declineContract, getContract, getContracts, giveNotice, paperOf } from '../../../api/contracts';
import type { Contract } from '../../../api/contract_types';
import { Keyring } from '../../../api/idempotency';
import { Button } from '../../../components/Button';
import { Icon } from '../../../components/Icon';
import { ProblemNote } from '../../../components/ProblemNote';
import { Section } from '../../../components/Section';
import { Amendment } from '../../../contracts/Amendment';
import { mayBeNoticed, NoticeDialog } from '../../../contracts/NoticeDialog';
import { PricesToCome } from '../../../contracts/PricesToCome';
import { isOver, StatusBadge } from '../../../contracts/status';
import { reminderAt, TermsList } from '../../../contracts/TermsList';
import { say } from '../../../contracts/words';
import { formatDate, formatUntil } from '../../../format/date';
import { locale } from '../../../i18n';
import { useAction } from '../../../lib/action';
import { announce, noteSession, session } from '../../../lib/app_state';
import { serverNow } from '../../../lib/clock';
import { changesOf, mayChange } from '../../../lib/may';
import { resource, type Resource } from '../../../lib/resource';
import { AcceptDialog, DeclineDialog } from './ContractDialogs';

const POLL_MS = 1_000;
const POLLS_MAX = 30;

/** Those that matter now: what is open, and below it what is in force; else the newest. */
export function currentOf(contracts: readonly Contract[]): Contract[] {
  const current = contracts.filter(({ status }) => !isOver(status));
  return current.length > 0 ? current : contracts.slice(0, 1);
}

/** It is to take the place of one in force. */
const isAmendment = ({ amends, status }: Contract): boolean => amends !== null && status !== 'active' && !isOver(status);

const date = (instant: string | null): string => (instant === null ? '' : formatDate(instant, locale()));

function activeText(contract: Contract): string {
  const dates = { from: date(contract.startsAt), to: date(contract.endsAt) };
  const reminder = reminderAt(contract);
  const words = [say('own.active', dates)];
  if (contract.noticeAt !== null) words.push(say('own.noticed', { date: date(contract.noticeAt) }));
  else if (contract.renews === true) words.push(say('own.renews'), say('own.noticeUntil', { date: date(contract.noticeUntil) }));
  else words.push(say('own.endsThen'), reminder === null ? '' : say('own.notice', { date: date(reminder) }));
  return words.join(' ').trim();
}

/** One that begins on a day to come waits for it. */
function acceptedText(contract: Contract): string {
  const words = { name: contract.acceptedName ?? '', date: date(contract.acceptedAt) };
  const start = contract.terms?.startsAt ?? null;
  return start !== null && Date.parse(start) > serverNow() ? say('own.acceptedAhead', { ...words, start: date(start) }) : say('own.accepted', words);
}

function stateText(contract: Contract): string {
  switch (contract.status) {
    case 'requested':
    case 'draft':
    case 'pending':
      return say('own.requested', { date: date(contract.createdAt) });
    case 'offered':
      return say(contract.amends === null ? 'own.offered' : 'own.amends', { date: date(contract.validUntil), until: contract.validUntil === null ? '' : formatUntil(contract.validUntil, serverNow(), locale()) });
    case 'accepted':
      return acceptedText(contract);
    case 'active':
      return activeText(contract);
    case 'declined':
      return say('own.declined');
    case 'withdrawn':
      return say('own.withdrawn');
    case 'expired':
      return say('own.expired', { date: date(contract.validUntil) });
    case 'superseded':
    case 'renewed':
    case 'ended':
      return say('own.ended', { date: date(contract.endsAt) });
  }
}

function Words({ title, text }: { title: string; text: string | null }) {
  if (text === null || text === '') return null;
  return <div class="quote"><p class="hint">{title}</p><p class="open-text">{text}</p></div>;
}

/** A request that nobody works on yet can be taken back without further questions. */
function TakeBack({ contract, contracts }: { contract: Contract; contracts: Resource<Contract[]> }) {
  const action = useAction();
  const keys = useMemo(() => new Keyring(), []);
  const takeBack = (): Promise<void> => action.run(async () => {
    await keys.run(contract.id, (key) => declineContract(contract.id, '', key));
    announce(say('own.takenBack'));
    await contracts.load();
  });
  return (
    <>
      <div class="actions"><Button look="quiet" busy={action.busy.value} onPress={() => void takeBack()}>{say('own.takeBack')}</Button></div>
      {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
    </>
  );
}

/** The owner says that it does not renew. */
function Notice({ contract, contracts }: { contract: Contract; contracts: Resource<Contract[]> }) {
  const isOpen = useSignal(false);
  const keys = useMemo(() => new Keyring(), []);
  const close = (): void => {
    isOpen.value = false;
  };
  if (changesOf(session.data) !== 'all') return <p class="hint">{say('notice.ownersOnly')}</p>;
  return (
    <>
      <div class="actions"><Button look="quiet" onPress={() => { isOpen.value = true; }}>{say('notice.do')}</Button></div>
      {isOpen.value && (
        <NoticeDialog
          contract={contract}
          text={say('notice.own')}
          onClose={close}
          work={async () => {
            await keys.run(contract.id, (key) => giveNotice(contract.id, key));
            close();
            announce(say('notice.done'));
            await contracts.load();
          }}
        />
      )}
    </>
  );
}

interface Props {
  /** What is bought may be another by now. */
  onChange: () => Promise<void>;
}

function Card({ contract, contracts, onChange }: Props & { contract: Contract; contracts: Resource<Contract[]> }) {
  const open = useSignal<'accept' | 'decline' | null>(null);
  const hasFailed = useSignal(false);
  const isOwner = changesOf(session.data) === 'all';
  const isOffered = contract.status === 'offered';

  /** What was accepted is bought in the meantime: until that has ended either way. */
  const follow = async (polls = 0): Promise<void> => {
    const now = await getContract(contract.id);
    contracts.set((contracts.data ?? []).map((item) => (item.id === now.id ? now : item)));
    if (now.status === 'accepted' && polls < POLLS_MAX) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      await follow(polls + 1);
      return;
    }
    hasFailed.value = now.status === 'offered';
    if (now.status === 'active') announce(say('own.begun'));
    if (now.amends !== null) await contracts.load(); // what it takes the place of is over
    await onChange();
  };
  return (
    <>
      <p class={isOffered ? '' : 'muted'}>{stateText(contract)}</p>
      {hasFailed.value && <p class="inline-note tone-bad" role="alert">{say('own.failed')}</p>}
      <Words title={say('own.yourWords')} text={isOver(contract.status) || contract.terms ? null : contract.message} />
      {!isOver(contract.status) && contract.terms && (
        <>
          <Words title={say('own.theirWords')} text={contract.note} />
          <Amendment contract={contract} />
          <TermsList contract={contract} />
          <PricesToCome contract={contract} />
          <p><a class="row-link" href={paperOf(contract.id)} target="_blank" rel="noopener">{say(contract.status === 'offered' ? 'own.paper' : 'own.paperContract')}<Icon name="external" /></a></p>
        </>
      )}
      {isOffered && mayChange() && (
        <div class="actions">
          {isOwner && <Button look="primary" onPress={() => { open.value = 'accept'; }}>{say('own.accept')}</Button>}
          <Button look={isOwner ? 'quiet' : 'plain'} onPress={() => { open.value = 'decline'; }}>{say('own.decline')}</Button>
        </div>
      )}
      {isOffered && !isOwner && <p class="hint">{say('own.ownersOnly')}</p>}
      {mayBeNoticed(contract) && <Notice contract={contract} contracts={contracts} />}
      {contract.status === 'requested' && mayChange() && <TakeBack contract={contract} contracts={contracts} />}
      {isOver(contract.status) && mayChange() && <div class="actions"><a class="button plain" href="/contract">{say('own.askAgain')}</a></div>}
      {open.value === 'accept' && (
        <AcceptDialog
          contract={contract}
          onClose={() => { open.value = null; }}
          onAccepted={() => { open.value = null; void follow(); }}
          onChanged={() => void contracts.load()}
        />
      )}
      {open.value === 'decline' && (
        <DeclineDialog
          contract={contract}
          onClose={() => { open.value = null; }}
          onDeclined={() => { open.value = null; announce(say('own.declinedNow')); void contracts.load(); }}
        />
      )}
    </>
  );
}

export function ContractSection({ onChange }: Props) {
  const contracts = useMemo(() => resource(getContracts, noteSession), []);
  useEffect(() => void contracts.load(), []);
  const current = currentOf(contracts.data ?? []);
  if (contracts.state.value.status !== 'failed' && current.length === 0) return null;
  const shown: (Contract | null)[] = current.length > 0 ? current : [null];
  return (
    <>
      {shown.map((contract) => (
        <Section
          key={contract?.id ?? ''}
          title={contract === null ? say('own.title') : say(isAmendment(contract) ? 'own.titleAmends' : 'own.titleOf', { number: contract.number })}
          of={contracts}
          lines={2}
          className="contract"
          aside={() => contract && <StatusBadge status={contract.status} />}
        >
          {() => contract && <Card contract={contract} contracts={contracts} onChange={onChange} />}
        </Section>
      ))}
    </>
  );
}
