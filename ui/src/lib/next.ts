// Where to go after signing in. Only our own pages: an address from a link must never lead elsewhere.

import type { Session } from '../api/types';

const PAGES = /^\/(pricing|security|contract|(billing|account|admin)(\/[\w-]+)*)(\?[\w=&%.:-]*)?$/;

export const safeNext = (next: string | undefined, home = '/billing'): string => (next !== undefined && PAGES.test(next) ? next : home);

/** Who operates the installation has no bills of their own. */
export const homeOf = (who: Pick<Session, 'userId'> | null | undefined): string => (who && who.userId === null ? '/security' : '/billing');
