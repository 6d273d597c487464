// /admin/approvals: what one person asked for and another one agrees to, or not.

import { useSignal } from '@preact/signals';

import { tell, tellOf } from '../../admin/words';
import { approve, listApprovals, reject, withdrawApproval } from '../../api/admin';
import type { Approval, ApprovalStatus } from '../../api/contract_types';
import { Badge, type Tone } from '../../components/Badge';
import { Button } from '../../components/Button';
import { PageTitle } from '../../components/PageTitle';
import { ProblemNote } from '../../components/ProblemNote';
import { Empty, Section } from '../../components/Section';
import { SelectField } from '../../components/fields';
import { formatDateTime, formatUntil } from '../../format/date';
import { formatMoney } from '../../format/money';
import { locale } from '../../i18n';
import { useAction } from '../../lib/action';
import { announce, session } from '../../lib/app_state';
import { serverNow } from '../../lib/clock';
import type { Resource } from '../../lib/resource';
import type { Page } from '../../api/types';
import { diffOf } from '../../lib/diff';
import { More, useList } from '../../admin/list';
import { mayDecide } from '../../admin/may';
import { ReasonDialog } from '../../admin/ReasonDialog';

const STATUSES: readonly ApprovalStatus[] = ['pending', 'executed', 'failed', 'rejected', 'withdrawn', 'expired'];
const TONES: Record<ApprovalStatus, Tone> = {
  pending: 'warning', approved: 'good', executed: 'good', failed: 'bad', rejected: 'neutral', withdrawn: 'neutral', expired: 'neutral',
};

const isMine = (approval: Approval): boolean => approval.requestedBy !== null && approval.requestedBy === session.data?.personId;

const askerOf = (approval: Approval): string =>
  approval.requestedByName ?? (approval.requestedBy === null ? tell('approvals.machine') : `${tellOf('kind', approval.requesterKind)} ${approval.requestedBy}`);

function Diff({ approval }: { approval: Approval }) {
  const lines = diffOf(approval.before, approval.after);
  if (lines.length === 0) return null;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={tell('approvals.diffOf', { action: tellOf('action', approval.action) })}>
      <table class="diff">
        <thead>
          <tr><th scope="col">{tell('approvals.place')}</th><th scope="col">{tell('approvals.before')}</th><th scope="col">{tell('approvals.after')}</th></tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.place}>
              <th scope="row"><code>{line.place}</code></th>
              <td>{line.before === null ? '–' : <del>{line.before}</del>}</td>
              <td>{line.after === null ? '–' : <ins>{line.after}</ins>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Why the one who looks cannot decide; null when they can. */
function whyNot(approval: Approval): string | null {
  if (isMine(approval)) return tell('approvals.own');
  return mayDecide() ? null : tell('approvals.role');
}

function Decide({ approval, list }: { approval: Approval; list: Resource<Page<Approval>> }) {
  const open = useSignal<'approve' | 'reject' | null>(null);
  const action = useAction();
  const reason = whyNot(approval);
  const name = tellOf('action', approval.action);
  const done = (words: string): void => {
    open.value = null;
    announce(words);
    void list.load();
  };
  const takeBack = (): Promise<void> => action.run(async () => {
    await withdrawApproval(approval.id);
    done(tell('approvals.withdrawn'));
  });
  if (reason !== null) {
    return (
      <>
        <p class="inline-note tone-warning">{reason}</p>
        {isMine(approval) && <div class="actions"><Button look="quiet" busy={action.busy.value} onPress={() => void takeBack()}>{tell('approvals.withdraw')}</Button></div>}
        {action.problem.value && <ProblemNote problem={action.problem.value} of="change" />}
      </>
    );
  }
  return (
    <>
      <div class="actions">
        <Button look="primary" label={tell('approvals.approveLabel', { action: name, id: approval.objectId })} onPress={() => { open.value = 'approve'; }}>{tell('approvals.approve')}</Button>
        <Button label={tell('approvals.rejectLabel', { action: name, id: approval.objectId })} onPress={() => { open.value = 'reject'; }}>{tell('approvals.reject')}</Button>
      </div>
      {open.value === 'approve' && (
        <ReasonDialog
          title={tell('approvals.approveTitle', { action: name })}
          label={tell('approvals.comment')}
          confirm={tell('approvals.approve')}
          onClose={() => { open.value = null; }}
          work={async (comment) => { await approve(approval.id, comment); done(tell('approvals.approved')); }}
        >
          <p>{tell('approvals.approveText')}</p>
          <p class="hash">{approval.quoteHash}</p>
        </ReasonDialog>
      )}
      {open.value === 'reject' && (
        <ReasonDialog
          title={tell('approvals.rejectTitle', { action: name })}
          label={tell('approvals.why')}
          confirm={tell('approvals.reject')}
          look="danger"
          isRequired
          onClose={() => { open.value = null; }}
          work={async (comment) => { await reject(approval.id, comment); done(tell('approvals.rejected')); }}
        >
          <p>{tell('approvals.rejectText')}</p>
        </ReasonDialog>
      )}
    </>
  );
}

function Facts({ approval }: { approval: Approval }) {
  const isContract = approval.action === 'contract';
  return (
    <dl class="lines">
      {approval.userId !== null && <div><dt>{tell('work.customer')}</dt><dd>{approval.userId}</dd></div>}
      <div><dt>{tell('approvals.about')}</dt><dd>{isContract ? <a href={`/admin/contracts/${approval.objectId}`}>{approval.objectId}</a> : approval.objectId}</dd></div>
      {approval.amount && <div><dt>{tell('approvals.amount')}</dt><dd>{formatMoney(approval.amount, locale())}</dd></div>}
      <div><dt>{tell('approvals.asked')}</dt><dd>{tell('approvals.askedBy', { name: askerOf(approval), at: formatDateTime(approval.requestedAt, locale()) })}</dd></div>
      {approval.reason !== null && <div><dt>{tell('approvals.reason')}</dt><dd>{approval.reason}</dd></div>}
      {approval.status === 'pending'
        ? <div><dt>{tell('approvals.expires')}</dt><dd>{formatUntil(approval.expiresAt, serverNow(), locale())} · {formatDateTime(approval.expiresAt, locale())}</dd></div>
        : approval.decidedAt !== null && (
          <div><dt>{tell('approvals.decided')}</dt><dd>{tell('approvals.askedBy', { name: approval.decidedByName ?? approval.decidedBy ?? '', at: formatDateTime(approval.decidedAt, locale()) })}</dd></div>
        )}
      {approval.decisionReason !== null && <div><dt>{tell('approvals.comment')}</dt><dd>{approval.decisionReason}</dd></div>}
    </dl>
  );
}

function Item({ approval, list }: { approval: Approval; list: Resource<Page<Approval>> }) {
  return (
    <li class="approval">
      <header class="card-head">
        <h3>{tellOf('action', approval.action)}</h3>
        <Badge tone={TONES[approval.status]}>{tellOf('approval', approval.status)}</Badge>
      </header>
      <Facts approval={approval} />
      <Diff approval={approval} />
      <div><p class="hint">{tell('approvals.hash')}</p><p class="hash">{approval.quoteHash}</p></div>
      {approval.status === 'pending' && <Decide approval={approval} list={list} />}
    </li>
  );
}

export default function ApprovalsPage() {
  const status = useSignal<string>('pending');
  const read = (cursor?: string) => listApprovals(status.value as ApprovalStatus | '', cursor);
  const list = useList(read, status.value);
  const choices = [{ value: '', label: tell('contracts.any') }, ...STATUSES.map((name) => ({ value: name, label: tellOf('approval', name) }))];
  return (
    <div class="admin">
      <PageTitle>{tell('approvals.pageTitle')}</PageTitle>
      <Section title={tell('approvals.title')} of={list} lines={6}>
        {(page) => (
          <>
            <div class="form filter"><SelectField label={tell('contracts.status')} value={status} options={choices} /></div>
            {page.data.length === 0
              ? <Empty title={tell('approvals.emptyTitle')}>{tell('approvals.empty')}</Empty>
              : <ul class="approvals">{page.data.map((approval) => <Item key={approval.id} approval={approval} list={list} />)}</ul>}
            <More of={list} read={read} />
          </>
        )}
      </Section>
    </div>
  );
}
