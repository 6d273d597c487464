// /admin/audit: who did what, of the whole installation; and whether it is as it was written.

import { later } from '../../components/later';
import { PageTitle } from '../../components/PageTitle';
import { AuditTable } from './AuditTable';
import { say } from './words';

const Evidence = later(async () => (await import('./later/Evidence')).Evidence);

export default function AuditPage() {
  return (
    <div class="wide">
      <PageTitle>{say('titleAll')}</PageTitle>
      <p class="lead">{say('leadAll')}</p>
      <AuditTable scope="all" />
      <Evidence />
    </div>
  );
}
