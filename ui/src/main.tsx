// Starts the app: the visitor's language, who they are, and the route.

import { Fragment, render } from 'preact';
import { ErrorBoundary, lazy, LocationProvider, Route, Router } from 'preact-iso';
import { PAGES } from 'virtual:pages';

import { withLine } from './components/later';
import { PageTitle } from './components/PageTitle';
import { wordsReady } from './components/part_words';
import { Shell } from './components/Shell';
import { loadLanguage, t, takeAhead } from './i18n';
import { session } from './lib/app_state';
import { startStepUp } from './lib/step_up';

/** A page, fetched together with its words, and what tells others than operators that it is not for them. */
function pageAt(path: string, load: (typeof PAGES)[number][1]) {
  return lazy(() => withLine(async () => {
    const [{ default: Page }, Gate] = await Promise.all([
      load(), path.startsWith('/admin') ? import('./admin/OperatorsOnly').then((part) => part.OperatorsOnly) : Fragment,
    ]);
    await wordsReady();
    return ({ id = '' }: { id?: string }) => <Gate><Page key={id} id={id} /></Gate>;
  }));
}

const ROUTES = PAGES.map(([path, load]) => ({ path, component: pageAt(path, load) }));
const PricingPage = pageAt('/pricing', () => import('./pages/pricing/PricingPage'));

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

/** The prices alone, in another site's frame. */
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
startStepUp();
const who = session.load();
const root = document.getElementById('app') ?? document.body;
const isServed = root.firstChild !== null;

/** Without words there is nothing to draw; they come from where the script came from, so this is a line that broke. */
const NO_WORDS: Record<string, string> = {
  en: 'This page could not be loaded. Please reload it.', de: 'Diese Seite konnte nicht geladen werden. Bitte laden Sie sie neu.',
};
try {
  await takeAhead(document.querySelector('#words'));
  await loadLanguage(document.documentElement.lang, navigator.languages);
  // What the server has made stays in sight until all of it can be taken over at once.
  if (isServed) await Promise.all([PricingPage.preload(), isEmbedded || who]);
  const focused = document.activeElement;
  root.replaceChildren();
  render(isEmbedded ? <Embedded /> : <App />, root);
  if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true });
} catch (error) {
  console.error(error);
  if (!isServed) root.textContent = NO_WORDS[document.documentElement.lang] ?? '';
}
