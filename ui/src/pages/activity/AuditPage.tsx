// /admin/audit: who did what, of the whole installation.

import { PageTitle } from '../../components/PageTitle';
import { AuditTable } from './AuditTable';
import { say } from './words';

export default function AuditPage() {
  return (
    <div class="wide">
      <PageTitle>{say('titleAll')}</PageTitle>
      <p class="lead">{say('leadAll')}</p>
      <AuditTable scope="all" />
    </div>
  );
}
