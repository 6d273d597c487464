// Says to a viewer why there is nothing to press.

import { t } from '../i18n';
import { session } from '../lib/app_state';

export const ReadOnlyNote = () =>
  (session.data?.role === 'viewer' && session.data.kind !== 'impersonation' ? <p class="inline-note tone-neutral">{t('billing.readOnly')}</p> : null);
