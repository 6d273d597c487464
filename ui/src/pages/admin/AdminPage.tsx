// /admin/…: the pages of those who operate the installation. Here they are told apart from everybody else; the server
// decides for itself.

import { useEffect } from 'preact/hooks';
import { lazy, useLocation, useRoute } from 'preact-iso';

import { tell } from '../../admin/words';
import { PageTitle } from '../../components/PageTitle';
import { session, sessionEnded } from '../../lib/app_state';

const ApprovalsPage = lazy(() => import('./ApprovalsPage'));
const AuditPage = lazy(() => import('./AuditPage'));
const CatalogPage = lazy(() => import('../catalog/CatalogPage'));
const ChangePage = lazy(() => import('../catalog/ChangePage'));
const CustomersPage = lazy(() => import('../customers/CustomersPage'));
const ContractsPage = lazy(() => import('./ContractsPage'));
const ContractDetailPage = lazy(() => import('./ContractDetailPage'));

export default function AdminPage() {
  const { path, route, url } = useLocation();
  const { params } = useRoute();
  const who = session.state.value;
  const isAnonymous = who.status === 'ready' && who.data === null && !sessionEnded.value;
  const mustProve = session.data?.needsSecondFactor === true;
  useEffect(() => {
    if (isAnonymous) route(`/sign-in?next=${encodeURIComponent(url)}`, true);
    else if (mustProve) route(`/security?next=${encodeURIComponent(url)}`, true);
  }, [isAnonymous, mustProve]);
  if (who.status === 'loading' || isAnonymous || mustProve) return null;
  if (session.data?.kind !== 'operator') {
    return (
      <div class="narrow">
        <PageTitle>{tell('admin.notYoursTitle')}</PageTitle>
        <p class="lead">{tell('admin.notYours')}</p>
      </div>
    );
  }
  if (path.startsWith('/admin/approvals')) return <ApprovalsPage />;
  if (path.startsWith('/admin/audit')) return <AuditPage />;
  if (path.startsWith('/admin/customers')) return <CustomersPage />;
  const id = params['id'];
  if (path.startsWith('/admin/catalog')) return id === undefined ? <CatalogPage /> : <ChangePage key={id} id={id} />;
  return id === undefined ? <ContractsPage /> : <ContractDetailPage key={id} id={id} />;
}
