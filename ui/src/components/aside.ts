// What no page waits for, in one fetch: what keys open, and what figures mean.

export const aside = () => import('./palette/Shortcuts');
