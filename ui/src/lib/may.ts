// What the person who looks may do, as far as the pages show it; the server decides for itself.

import type { Session } from '../api/types';
import { session } from './app_state';

/** Somebody who looks at another's pages changes nothing, whatever they are at home. */
export const changesOf = (who: Session | null | undefined): 'none' | 'billing' | 'all' => {
  if (!who || who.kind === 'impersonation' || who.needsSecondFactor) return 'none';
  if (who.role === 'owner') return 'all';
  return who.role === 'billing_admin' ? 'billing' : 'none';
};

export const mayChange = (): boolean => changesOf(session.data) !== 'none';
export const mayChangeMembers = (): boolean => changesOf(session.data) === 'all';
