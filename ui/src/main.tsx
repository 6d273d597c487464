// Starts the app: the visitor's language, who they are, and the route.

import { render } from 'preact';
import { ErrorBoundary, lazy, LocationProvider, Route, Router } from 'preact-iso';

import { PageTitle } from './components/PageTitle';
import { Shell } from './components/Shell';
import { loadLanguage, t } from './i18n';
import { session } from './lib/app_state';
import { startStepUp } from './lib/step_up';

/** The words about people are fetched together with a page that needs them. */
async function withWords<T>(load: () => Promise<{ default: T }>): Promise<{ default: T }> {
  const [page] = await Promise.all([load(), import('./people/words').then((words) => words.loadWords())]);
  return page;
}

/** The same with those about contracts. */
async function withContracts<T>(load: () => Promise<{ default: T }>): Promise<{ default: T }> {
  const [page] = await Promise.all([withWords(load), import('./contracts/words').then((words) => words.loadWords())]);
  return page;
}

const PricingPage = lazy(() => import('./pages/pricing/PricingPage'));
const BillingPage = lazy(() => import('./pages/billing/BillingPage'));
const SignInPage = lazy(() => withWords(() => import('./pages/sign-in/SignInPage')));
const SecurityPage = lazy(() => withWords(() => import('./pages/security/SecurityPage')));
const PrivacyPage = lazy(async () => {
  const [page] = await Promise.all([
    withWords(() => import('./pages/privacy/PrivacyPage')), import('./pages/privacy/words').then((words) => words.loadWords()),
  ]);
  return page;
});
const JoinPage = lazy(() => withWords(() => import('./pages/join/JoinPage')));
const SetUpPage = lazy(() => withWords(() => import('./pages/set-up/SetUpPage')));
const ContractPage = lazy(() => withContracts(() => import('./pages/contract/ContractPage')));
const AdminPage = lazy(async () => {
  const [page] = await Promise.all([withContracts(() => import('./pages/admin/AdminPage')), import('./admin/words').then((words) => words.loadWords())]);
  return page;
});
const ResetPage = lazy(() => withWords(() => import('./pages/reset/ResetPage')));

/** Links that the router may take; all others (API, payment pages) are the browser's. */
const PAGES = /^\/(pricing|billing|contract|sign-in|security|join|set-up|reset|account\/privacy|admin\/(approvals|contracts(\/[\w-]+)?))\/?$/;

function NotFound() {
  return (
    <div class="narrow">
      <PageTitle>{t('app.notFoundTitle')}</PageTitle>
      <p class="lead">{t('app.notFoundText')}</p>
      <p><a class="button primary" href="/billing">{t('app.toBilling')}</a></p>
    </div>
  );
}

/** The prices alone, in another site's frame: whatever is followed there opens in the whole window. */
function Embedded() {
  return (
    <LocationProvider scope={/^$/}>
      <main class="main">
        <ErrorBoundary onError={(error) => console.error(error)}>
          <Router>
            <Route path="/embed/pricing" component={PricingPage} />
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </main>
    </LocationProvider>
  );
}

function openInWholeWindow(): void {
  const base = document.createElement('base');
  base.target = '_top';
  document.head.append(base);
}

function App() {
  return (
    <LocationProvider scope={PAGES}>
      <Shell>
        <ErrorBoundary onError={(error) => console.error(error)}>
          <Router>
            <Route path="/pricing" component={PricingPage} />
            <Route path="/billing" component={BillingPage} />
            <Route path="/sign-in" component={SignInPage} />
            <Route path="/security" component={SecurityPage} />
            <Route path="/account/privacy" component={PrivacyPage} />
            <Route path="/contract" component={ContractPage} />
            <Route path="/admin/approvals" component={AdminPage} />
            <Route path="/admin/contracts" component={AdminPage} />
            <Route path="/admin/contracts/:id" component={AdminPage} />
            <Route path="/join" component={JoinPage} />
            <Route path="/set-up" component={SetUpPage} />
            <Route path="/reset" component={ResetPage} />
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </Shell>
    </LocationProvider>
  );
}

const isEmbedded = location.pathname.startsWith('/embed/');
if (isEmbedded) openInWholeWindow();
startStepUp();
void session.load();
await loadLanguage(navigator.languages);
const root = document.getElementById('app');
if (root) render(isEmbedded ? <Embedded /> : <App />, root);
