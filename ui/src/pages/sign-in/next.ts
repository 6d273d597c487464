// Where to go after signing in. Only our own pages: an address from a link must never lead elsewhere.

const PAGES = /^\/(billing|pricing)(\?[\w=&-]*)?$/;

export const safeNext = (next: string | undefined): string => (next !== undefined && PAGES.test(next) ? next : '/billing');
