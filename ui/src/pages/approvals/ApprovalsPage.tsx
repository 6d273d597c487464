// /admin/approvals: what one person asked for and another one agrees to, or not.

import type { ComponentChildren } from 'preact';

import { wordOf } from '../../admin/cells';
import { isMine } from '../../admin/Listing';
import type { Row } from '../../admin/listing';
import { mayDecide } from '../../admin/may';
import { Places } from '../../admin/Places';
import type { Approval } from '../../api/contract_types';
import { formatDateTime, formatUntil } from '../../format/date';
import { locale } from '../../i18n';
import { useAddress } from '../../lib/address';
import { serverNow } from '../../lib/clock';
import { diffOf } from '../../lib/diff';
import { places, words } from './words';

const { say } = words;
const BASE = '/admin/approvals';

const at = (instant: string): string => formatDateTime(instant, locale());
const rowOf = (approval: Approval): Row => ({ ...approval });

const askerOf = ({ requestedByName, requestedBy, requesterKind }: Approval): string =>
  requestedByName ?? (requestedBy === null ? say('machine') : `${wordOf('kind', requesterKind, words)} ${requestedBy}`);

function Diff({ approval }: { approval: Approval }) {
  const lines = diffOf(approval.before, approval.after);
  if (lines.length === 0) return null;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={say('diffOf', { action: wordOf('action', approval.action, words) })}>
      <table class="diff">
        <thead>
          <tr><th scope="col">{say('place')}</th><th scope="col">{say('before')}</th><th scope="col">{say('after')}</th></tr>
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

const cells = {
  objectId: ({ action, objectId }: Approval) => (action === 'contract' ? <a href={`/admin/contracts/${objectId}`}>{objectId}</a> : objectId),
  requestedAt: (approval: Approval) => say('askedBy', { name: askerOf(approval), at: at(approval.requestedAt) }),
  expiresAt: ({ expiresAt, status }: Approval) => `${status === 'pending' ? `${formatUntil(expiresAt, serverNow(), locale())} · ` : ''}${at(expiresAt)}`,
  decidedAt: ({ decidedByName, decidedBy, decidedAt }: Approval) => say('askedBy', { name: decidedByName ?? decidedBy ?? '', at: at(decidedAt ?? '') }),
};

/** Why the one who looks cannot decide; null when they can. */
const whyNot = (approval: Approval): string | null => (isMine(rowOf(approval)) ? say('own') : mayDecide() ? null : say('role'));

function item(approval: Approval, { facts, doing }: { facts: ComponentChildren; doing: ComponentChildren }) {
  const why = approval.status === 'pending' ? whyNot(approval) : null;
  return (
    <li class="approval">
      <h3>{wordOf('action', approval.action, words)}</h3>
      {facts}
      <Diff approval={approval} />
      {why !== null && <p class="inline-note tone-warning">{why}</p>}
      {doing}
    </li>
  );
}

export default function ApprovalsPage() {
  return <Places base={BASE} to={`${BASE}?view=`} place={useAddress().query['view']} places={places()} words={words} how={{ cells, item }} />;
}
