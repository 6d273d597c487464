// There is no password here: a session is opened by the platform. This page says how, to each who may land on it.

import { useLocation } from 'preact-iso';

import { PageTitle } from '../../components/PageTitle';
import { t } from '../../i18n';
import { session } from '../../lib/app_state';
import { safeNext } from './next';

const EXAMPLE = `curl ${location.origin}/api/portal-sessions \\
  -H 'Authorization: Bearer tp_test_…' \\
  -H 'Content-Type: application/json' \\
  -d '{"userId": "user_42", "returnUrl": "/billing"}'`;

export default function SignInPage() {
  const { query } = useLocation();
  const next = safeNext(query['next']);
  const who = session.data;
  return (
    <div class="narrow">
      <PageTitle>{t('signIn.title')}</PageTitle>
      <p class="lead">{t('signIn.lead')}</p>
      {query['error'] === 'link_invalid' && (
        <div class="note tone-warning" role="status">
          <div class="note-text">
            <strong>{t('signIn.linkTitle')}</strong>
            <p>{t('signIn.linkText')}</p>
          </div>
        </div>
      )}
      {who && (
        <div class="note tone-good">
          <div class="note-text">
            <strong>{t('signIn.alreadyTitle')}</strong>
            <p>{t('signIn.alreadyText', { email: who.email })}</p>
            <div class="note-actions"><a class="button primary" href={next}>{t('signIn.continue')}</a></div>
          </div>
        </div>
      )}
      <div class="card stack">
        <section>
          <h2>{t('signIn.customerTitle')}</h2>
          <p>{t('signIn.customerText')}</p>
          {next !== '/billing' && <p class="muted">{t('signIn.next')}</p>}
        </section>
        <section>
          <h2>{t('signIn.demoTitle')}</h2>
          <p>{t('signIn.demoText')}</p>
        </section>
        <section>
          <h2>{t('signIn.developerTitle')}</h2>
          <p>{t('signIn.developerText')}</p>
          <pre class="code" tabIndex={0}><code>{EXAMPLE}</code></pre>
        </section>
      </div>
    </div>
  );
}
