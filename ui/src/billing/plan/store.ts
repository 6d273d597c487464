// The plan in force and the plans that there are, for the pages that show them, and what takes a decision about it back.

import { getPlans, getSubscription, goOn, resume } from '../../api/billing';
import { Keyring } from '../../api/idempotency';
import type { Subscription } from '../../api/types';
import { problemText } from '../../components/problem_text';
import { t } from '../../i18n';
import { announce, noteSession } from '../../lib/app_state';
import { asProblem, resource } from '../../lib/resource';

const PAUSED = 'paused';

export type PlanStore = ReturnType<typeof createPlanStore>;

/** `follow`: asks again for what depends on the plan. */
export function createPlanStore(follow: () => void = () => {}) {
  const plans = resource(getPlans);
  const subscription = resource(getSubscription, noteSession);
  const keys = new Keyring();

  /** After any change of the plan: its answer is shown at once, what follows from it is asked for. */
  const planChanged = (changed: Subscription): void => {
    subscription.set(changed);
    follow();
  };

  /** For changes without a dialog of their own: the message line says what happened. */
  const fail = (error: unknown): void => {
    const problem = asProblem(error);
    if (!noteSession(problem)) announce(problemText(problem));
  };

  const takeBack = async (): Promise<void> => {
    try {
      planChanged(await keys.run('resume', subscription.data?.status === PAUSED ? goOn : resume));
      announce(t('plan.resumed'));
    } catch (error) {
      fail(error);
    }
  };

  return { plans, subscription, keys, planChanged, takeBack, fail };
}
