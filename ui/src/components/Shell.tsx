// The frame of every page: skip link, header with who is looking, banners, footer, message line, and the modal for a
// session that ended.

import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { signOut } from '../api/billing';
import { t, zone } from '../i18n';
import { announce, comeBack, notice, overlay, session, sessionEnded } from '../lib/app_state';
import { asProblem } from '../lib/resource';
import { asked } from '../lib/step_up';
import { areaOf, AreaNav } from './AreaNav';
import { aside } from './aside';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { Icon, Mark } from './Icon';
import { later } from './later';
import { problemText } from './problem_text';

const NOTICE_MS = 8_000;

const people = () => import('../people/aside');

const StepUpDialog = later(async () => (await people()).StepUpDialog);

const LookingBanner = later(async () => (await people()).LookingBanner);

const Shortcuts = later(async () => (await aside()).Shortcuts);

/** `of`: what it leads into, where that is more than one page. */
function NavLink({ href, of = href, children }: { href: string; of?: string; children: string }) {
  const { path } = useLocation();
  const isInside = path.startsWith(`${of}/`);
  return <a href={href} aria-current={path === href ? 'page' : isInside || undefined}>{children}</a>;
}

function Account() {
  const state = session.state.value;
  if (state.status !== 'ready') return <span class="account" />;
  if (state.data === null) return <a class="button plain small" href="/sign-in">{t('app.signIn')}</a>;
  const email = state.data.personEmail ?? state.data.email;
  const leave = async (): Promise<void> => {
    try {
      await signOut();
      // Afresh, so that nothing of theirs stays in the memory of the page.
      location.assign('/pricing');
    } catch (error) {
      announce(problemText(asProblem(error)));
    }
  };
  return (
    <div class="account">
      <button type="button" class="icon-button" aria-label={t('app.goTo')} aria-keyshortcuts="Control+K" onClick={() => { overlay.value = 'palette'; }}>
        <Icon name="search" />
      </button>
      <a class="account-name" href="/security" title={t('app.signedInAs', { email })}>{email}</a>
      <Button look="quiet" onPress={() => void leave()}>{t('app.signOut')}</Button>
    </div>
  );
}

function Header() {
  return (
    <header class="header">
      <div class="header-row">
        <a class="brand" href="/pricing"><Mark /><span>{t('app.name')}</span></a>
        <nav class="nav" aria-label={t('app.nav')}>
          <NavLink href="/pricing">{t('app.pricing')}</NavLink>
          {session.data?.userId !== null && <NavLink href="/billing">{t('app.billing')}</NavLink>}
          {session.data?.userId === null && !session.data.needsSecondFactor && (
            <NavLink href="/admin">{t('app.operating')}</NavLink>
          )}
          {session.data && <NavLink href="/security">{t('app.security')}</NavLink>}
        </nav>
        <Account />
      </div>
      <Banners />
    </header>
  );
}

function Banners() {
  const offline = useSignal(!navigator.onLine);
  useEffect(() => {
    const update = (): void => {
      offline.value = !navigator.onLine;
    };
    addEventListener('online', update);
    addEventListener('offline', update);
    return () => {
      removeEventListener('online', update);
      removeEventListener('offline', update);
    };
  }, []);
  return (
    <>
      {session.data?.kind === 'impersonation' && <LookingBanner />}
      {session.data?.mode === 'test' && (
        <p class="banner test"><strong>{t('app.testMode')}</strong> {t('app.testModeText')}</p>
      )}
      {offline.value && <p class="banner offline" role="status">{t('app.offline')}</p>}
    </>
  );
}

function NoticeLine() {
  const current = notice.value;
  useEffect(() => {
    // A message with a choice in it waits for the choice.
    if (!current || current.action) return;
    const timer = setTimeout(() => {
      notice.value = null;
    }, NOTICE_MS);
    return () => clearTimeout(timer);
  }, [current]);
  const dismiss = (): void => {
    notice.value = null;
  };
  return (
    <div class="notice-line" role="status" aria-live="polite">
      {current && (
        <div class="notice">
          <span>{current.text}</span>
          {current.action && (
            <button type="button" class="link" onClick={() => { dismiss(); current.action?.run(); }}>
              {current.action.label}
            </button>
          )}
          <button type="button" class="icon-button" aria-label={t('common.close')} onClick={dismiss}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}

function SessionEnded() {
  const isNotYet = useSignal(false);
  if (!sessionEnded.value) return null;
  const check = async (): Promise<void> => {
    try {
      isNotYet.value = !(await comeBack());
    } catch (error) {
      announce(problemText(asProblem(error)));
    }
  };
  return (
    <Dialog
      title={t('session.endedTitle')}
      onClose={() => { sessionEnded.value = false; isNotYet.value = false; }}
      footer={
        <>
          <a class="button plain" href="/sign-in" target="_blank">{t('app.signIn')}</a>
          <Button look="primary" onPress={() => void check()}>{t('session.goOn')}</Button>
        </>
      }
    >
      <p>{t('session.endedText')}</p>
      {isNotYet.value && <p class="inline-note tone-warning" role="alert">{t('session.notYet')}</p>}
    </Dialog>
  );
}

export function Shell({ children }: { children: ComponentChildren }) {
  const area = areaOf(useLocation().path);
  return (
    <>
      <a class="skip" href="#main">{t('app.skip')}</a>
      <Header />
      <div class={area ? 'area' : ''}>
        {area && <AreaNav area={area} />}
        <main id="main" class="main" tabIndex={-1}>{children}</main>
      </div>
      <footer class="footer">
        <p>{t('app.footer', { zone: zone() })} <a href="/api/openapi.json">{t('app.apiLink')}</a> · <a href="/accessibility">{t('app.accessibility')}</a></p>
      </footer>
      <NoticeLine />
      <SessionEnded />
      <Shortcuts />
      {asked.value && <StepUpDialog />}
    </>
  );
}
