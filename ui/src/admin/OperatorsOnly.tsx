// The pages of those who operate the installation. Here they are told apart from everybody else; the server decides for
// itself.

import type { ComponentChildren } from 'preact';

import { PageTitle } from '../components/PageTitle';
import { t } from '../i18n';
import { session } from '../lib/app_state';
import { useSignedIn } from '../lib/visitor';

export function OperatorsOnly({ children }: { children: ComponentChildren }) {
  if (!useSignedIn()) return null;
  if (session.data?.kind === 'operator') return <>{children}</>;
  return (
    <div class="narrow">
      <PageTitle>{t('app.notYoursTitle')}</PageTitle>
      <p class="lead">{t('app.notYours')}</p>
    </div>
  );
}
