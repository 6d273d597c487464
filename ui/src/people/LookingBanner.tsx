// Always in sight while an operator looks at a customer's pages: who looks at whose, why, until when.

import { formatDateTime } from '../format/date';
import { locale } from '../i18n';
import { session } from '../lib/app_state';
import { say } from './words';

export function LookingBanner() {
  const who = session.data;
  if (!who) return null;
  return (
    <p class="banner looking" role="status">
      <strong>{say('looking.who', { operator: who.personName ?? who.personEmail ?? '', customer: who.name })}</strong>{' '}
      {say('looking.why', { reason: who.reason ?? '', until: formatDateTime(who.expiresAt, locale()) })}
    </p>
  );
}
