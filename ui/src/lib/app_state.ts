// What every page shares: who is looking, whether that session still lives, and the one message line.

import { signal } from '@preact/signals';

import { getSession } from '../api/billing';
import type { Problem } from '../api/problem';
import { resource } from './resource';

/** `data` is null for a visitor without a session. */
export const session = resource(getSession);

/** A session that was there has ended: the modal asks to sign in again and leaves the page as it is. */
export const sessionEnded = signal(false);

/** What lies over the page, whichever it is. */
export const overlay = signal<'palette' | 'keys' | null>(null);

export interface Notice {
  text: string;
  action?: { label: string; run: () => void };
}

/** Shown at the foot of the page and read out politely. */
export const notice = signal<Notice | null>(null);

export const announce = (text: string, action?: Notice['action']): void => {
  notice.value = action ? { text, action } : { text };
};

/**
 * Looks whether the same person is signed in again, in another tab. Until they are nothing changes here, so that no form is
 * lost; somebody else gets the page afresh.
 */
export async function comeBack(): Promise<boolean> {
  const before = session.data;
  const found = await getSession();
  if (found === null) return false;
  if (before && (before.personId !== found.personId || before.userId !== found.userId)) {
    location.reload();
    return false;
  }
  session.set(found);
  sessionEnded.value = false;
  return true;
}

/** Called with every problem of a signed-in page; true when it was about the session and is dealt with. */
export function noteSession(problem: Problem): boolean {
  if (problem.code === 'second_factor_required') {
    // Where to prove it, the page decides as soon as it knows.
    void session.load();
    return true;
  }
  if (!problem.isSignedOut) return false;
  if (session.data) sessionEnded.value = true;
  else session.set(null);
  return true;
}
