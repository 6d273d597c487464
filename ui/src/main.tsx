// Starts the app: the visitor's language, who they are, and the route.

import { render } from 'preact';
import { ErrorBoundary, lazy, LocationProvider, Route, Router } from 'preact-iso';

import { PageTitle } from './components/PageTitle';
import { Shell } from './components/Shell';
import { loadLanguage, t } from './i18n';
import { session } from './lib/app_state';

const PricingPage = lazy(() => import('./pages/pricing/PricingPage'));
const BillingPage = lazy(() => import('./pages/billing/BillingPage'));
const SignInPage = lazy(() => import('./pages/sign-in/SignInPage'));

/** Links that the router may take; all others (API, payment pages) are the browser's. */
const PAGES = /^\/(pricing|billing|sign-in)\/?$/;

function NotFound() {
  return (
    <div class="narrow">
      <PageTitle>{t('app.notFoundTitle')}</PageTitle>
      <p class="lead">{t('app.notFoundText')}</p>
      <p><a class="button primary" href="/billing">{t('app.toBilling')}</a></p>
    </div>
  );
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
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </Shell>
    </LocationProvider>
  );
}

void session.load();
await loadLanguage(navigator.languages);
const root = document.getElementById('app');
if (root) render(<App />, root);
