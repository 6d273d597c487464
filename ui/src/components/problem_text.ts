// A problem in words that say what to do. What we have no words for is told by the server's own `detail`.

import type { Problem } from '../api/problem';
import { t, type MessageKey } from '../i18n';

const BY_CODE: Record<string, MessageKey> = {
  unreachable: 'problem.unreachable',
  payment_failed: 'problem.paymentFailed',
  payment_action_required: 'problem.paymentAction',
  payment_method_required: 'problem.paymentMethodRequired',
  payment_method_in_use: 'problem.paymentMethodInUse',
  already_subscribed: 'problem.alreadySubscribed',
  payment_pending: 'problem.pending',
  coupon_unknown: 'problem.couponUnknown',
  coupon_expired: 'problem.couponExpired',
  coupon_not_applicable: 'problem.couponNotApplicable',
  tax_id_invalid: 'problem.taxIdInvalid',
  step_up_required: 'problem.stepUp',
};

const BY_STATUS: Record<number, MessageKey> = {
  403: 'problem.forbidden',
  429: 'problem.tooMany',
};

type Explain = (code: string) => string | null;
const more: Explain[] = [];

/** A part that is fetched later brings words for the problems that only it can meet. */
export function explainBy(explain: Explain): void {
  more.push(explain);
}

export function problemText(problem: Problem): string {
  const words = more.map((explain) => explain(problem.code)).find((text) => text !== null);
  if (words) return words;
  const key = BY_CODE[problem.code] ?? BY_STATUS[problem.status];
  if (key) return t(key);
  if (problem.status >= 500) return t('problem.server');
  return problem.detail || t('problem.generic', { code: problem.code });
}

/** The server's own words, where they add to ours: why a card was declined, who may grant a role. */
export function problemDetail(problem: Problem): string | null {
  const adds = problem.code === 'payment_failed' || problem.code === 'role_forbidden';
  return adds && problem.detail !== '' ? problem.detail : null;
}
