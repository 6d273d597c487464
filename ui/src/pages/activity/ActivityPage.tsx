// /billing/activity: what was done to the customer's billing, for its members.

import { PageTitle } from '../../components/PageTitle';
import { useMember } from '../../lib/visitor';
import { AuditTable } from './AuditTable';
import { say } from './words';

export default function ActivityPage() {
  if (!useMember()) return null;
  return (
    <div class="wide">
      <PageTitle>{say('title')}</PageTitle>
      <p class="lead">{say('lead')}</p>
      <AuditTable scope="customer" />
    </div>
  );
}
