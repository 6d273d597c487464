// Whom a page is for. Whoever is not signed in is led to where they can, and back; who has yet to prove who they are, too.

import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { session, sessionEnded } from './app_state';

/** True for who is signed in and has proved it; others are sent on, and nothing is drawn meanwhile. */
export function useSignedIn(): boolean {
  const { route } = useLocation();
  const who = session.state.value;
  const isAnonymous = who.status === 'ready' && who.data === null && !sessionEnded.value;
  const mustProve = session.data?.needsSecondFactor === true;
  useEffect(() => {
    // The address as it is by now: a page that is left may have led on already.
    const next = `?next=${encodeURIComponent(location.pathname + location.search)}`;
    if (isAnonymous) route(`/sign-in${next}`, true);
    else if (mustProve) route(`/security${next}`, true);
  }, [isAnonymous, mustProve]);
  return who.status !== 'loading' && !isAnonymous && !mustProve;
}

/** The same for who acts for a customer. */
export function useMember(): boolean {
  const { route } = useLocation();
  const isSignedIn = useSignedIn();
  const isElsewhere = isSignedIn && session.data?.userId === null;
  useEffect(() => {
    if (isElsewhere) route('/security', true);
  }, [isElsewhere]);
  return isSignedIn && !isElsewhere;
}
