// The table of pages: pages.json. A row is a document: its name (also its file, below the root), its paths with the page of
// each (a module below src/pages), its title and description in each language.

import pages from '../pages.json' with { type: 'json' };

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface PageRow {
  document: string;
  paths: Record<string, string>;
  en: { title: string; description: string };
  de: { title: string; description: string };
}

// TypeScript makes one type of all rows, with each path of any.
export const PAGES = pages as unknown as readonly PageRow[];

/** Those of all pages of a document. */
export const modulesOf = (page: PageRow): string[] => Object.values(page.paths).map((path) => `src/pages/${path}.tsx`);

/** The file of the first page of a document. */
export const moduleOf = (page: PageRow): string => modulesOf(page)[0] ?? '';
