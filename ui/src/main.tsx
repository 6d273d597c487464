// Starts the app: the visitor's language, who they are, and the route.

import { Fragment, render, type ComponentType } from 'preact';
import { ErrorBoundary, lazy, LocationProvider, Route, Router } from 'preact-iso';
import { PAGES } from 'virtual:pages';

import { PageTitle } from './components/PageTitle';
import { wordsReady } from './components/part_words';
import { Shell } from './components/Shell';
import { loadLanguage, t } from './i18n';
import { session } from './lib/app_state';
import { startStepUp } from './lib/step_up';

type Page = ComponentType<{ id: string }>;

/** Every page there is, by its file. */
const LOADERS = import.meta.glob<{ default: Page }>('./pages/*/*Page.tsx');

/** A page, fetched together with its words, and what tells others than operators that it is not for them. */
function pageAt(path: string, name: string): ComponentType<{ id?: string }> {
  const load = LOADERS[`./pages/${name}.tsx`];
  if (!load) throw new Error(`pages.json names ${name}, src/pages has it not`);
  return lazy(async () => {
    const [{ default: Page }, Gate] = await Promise.all([
      load(), path.startsWith('/admin') ? import('./admin/OperatorsOnly').then((part) => part.OperatorsOnly) : Fragment,
    ]);
    await wordsReady();
    return ({ id = '' }) => <Gate><Page key={id} id={id} /></Gate>;
  });
}

const ROUTES = PAGES.flatMap(({ paths }) => Object.entries(paths).map(([path, name]) => ({ path, component: pageAt(path, name) })));
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
