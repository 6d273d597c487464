// Starts the app: the visitor's language, who they are, and the route.

import { render, type ComponentType } from 'preact';
import { ErrorBoundary, lazy, LocationProvider, Route, Router } from 'preact-iso';
import { PAGES, type PageRow } from 'virtual:pages';

import { PageTitle } from './components/PageTitle';
import { Shell } from './components/Shell';
import { loadLanguage, t } from './i18n';
import { session } from './lib/app_state';
import { startStepUp } from './lib/step_up';

/** What a folder of words is loaded by. */
const WORDS: Record<string, () => Promise<{ loadWords: () => Promise<void> }>> = {
  'admin': () => import('./admin/words'),
  'contracts': () => import('./contracts/words'),
  'people': () => import('./people/words'),
  'pages/activity': () => import('./pages/activity/words'),
  'pages/catalog': () => import('./pages/catalog/words'),
  'pages/customers': () => import('./pages/customers/words'),
  'pages/privacy': () => import('./pages/privacy/words'),
  'pages/usage': () => import('./pages/usage/words'),
};

/** The page of each document. */
const MODULES: Record<string, () => Promise<{ default: ComponentType }>> = {
  'pricing': () => import('./pages/pricing/PricingPage'),
  'billing/usage': () => import('./pages/usage/UsagePage'),
  'billing/activity': () => import('./pages/activity/ActivityPage'),
  'billing': () => import('./pages/billing/BillingPage'),
  'sign-in': () => import('./pages/sign-in/SignInPage'),
  'security': () => import('./pages/security/SecurityPage'),
  'account/privacy': () => import('./pages/privacy/PrivacyPage'),
  'contract': () => import('./pages/contract/ContractPage'),
  'admin': () => import('./pages/admin/AdminPage'),
  'join': () => import('./pages/join/JoinPage'),
  'set-up': () => import('./pages/set-up/SetUpPage'),
  'reset': () => import('./pages/reset/ResetPage'),
  'email': () => import('./pages/email/EmailPage'),
};

/** A page, fetched together with its words. */
function pageOf({ document, words }: PageRow): ComponentType {
  const load = MODULES[document];
  if (!load) throw new Error(`pages.json has ${document}, main.tsx has not`);
  return lazy(async () => {
    const [page] = await Promise.all([load(), ...words.map(async (folder) => (await WORDS[folder]?.())?.loadWords())]);
    return page;
  });
}

const ROUTES = PAGES.flatMap((row) => {
  const component = pageOf(row);
  return row.paths.map((path) => ({ path, component }));
});
const PricingPage = ROUTES.find(({ path }) => path === '/pricing')?.component ?? NotFound;

/** Links that the router may take; all others (API, payment pages) are the browser's. */
const SCOPE = new RegExp(`^(${ROUTES.map(({ path }) => path.replace(/:\w+/g, '[\\w-]+')).join('|')})/?$`);

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
    <LocationProvider scope={SCOPE}>
      <Shell>
        <ErrorBoundary onError={(error) => console.error(error)}>
          <Router>
            {ROUTES.map(({ path, component }) => <Route key={path} path={path} component={component} />)}
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
const root = document.getElementById('app') ?? document.body;

/** Without words there is nothing to draw; they come from where the script came from, so this is a line that broke. */
const NO_WORDS: Record<string, string> = {
  en: 'This page could not be loaded. Please reload it.', de: 'Diese Seite konnte nicht geladen werden. Bitte laden Sie sie neu.',
};
try {
  await loadLanguage(document.documentElement.lang, navigator.languages);
  render(isEmbedded ? <Embedded /> : <App />, root);
} catch (error) {
  console.error(error);
  root.textContent = NO_WORDS[document.documentElement.lang] ?? '';
}
