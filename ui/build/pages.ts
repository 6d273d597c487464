// The table of pages: pages.json. A row is a document: its name (also its file, below the root), the module of its page,
// the folders whose words it shows (src/i18n is shown by all), its paths, its title and description in each language.

import pages from '../pages.json' with { type: 'json' };

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface PageRow {
  document: string;
  module: string;
  words: string[];
  paths: string[];
  en: { title: string; description: string };
  de: { title: string; description: string };
}

export const PAGES: readonly PageRow[] = pages;

/** Where the words of a page lie, before the build. */
export const wordFiles = (page: PageRow, language: Language): string[] =>
  ['i18n', ...page.words].map((folder) => `src/${folder}/${language}.json`);
