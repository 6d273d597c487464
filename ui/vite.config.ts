// One app in several documents (pages.json): each page has its own HTML file in each language, so that title, description
// and the preload of its chunk and its words are there before any script runs; from then on the router moves between them
// without a reload.

import { readdirSync } from 'node:fs';

import { defineConfig } from 'vitest/config';

import { compress } from './build/compress.ts';
import { documentFiles, documents } from './build/documents.ts';
import { facades } from './build/facades.ts';

// The mock API of tests/browser, or a running turnpike.
const backend = process.env['TURNPIKE_URL'] ?? 'http://127.0.0.1:4173';

/** A document without the app: its script is its own. */
const ALONE = 'card-form.html';

/** Lists as operators' pages declare them, and the pages that are nothing else. */
const DECLARED = /\/src\/(admin\/(Listing|listing|ActDialog|cells|Places)\.|pages\/(compliance|admin-settings)\/)/;

/** Charts that are larger than a line beside a number. */
const DRAWN = /\/components\/chart\/(Chart|Frame|HeatMap|Waterfall)\./;

/** What pages are made of, but not all of them. */
function piecesOf(id: string): string | null {
  if (/\/(components\/(fields|Form|FormDialog)|format\/countries)\./.test(id)) return 'forms';
  if (/\/(components\/(DataTable|TakeAway)|api\/take_away)\./.test(id)) return 'tables';
  return /\/(lib\/(passkey|provider)|api\/people)\.|\/src\/people\//.test(id) ? 'people' : null;
}

/** What the pages of an area share. A chunk takes along what it needs, so pieces come before areas, and areas before pages. */
function sharedOf(id: string): string | null {
  if (DECLARED.test(id) || DRAWN.test(id)) return null;
  const [, part = null] = /\/src\/(?:components\/|api\/)?(admin|billing(?=[./](?!plan))|contracts|paying|chart)[./]/.exec(id) ?? [];
  return part;
}

/** Folders of small pages that who sees one is likely to see next. */
const TOGETHER = [['sign-in', 'join', 'reset', 'email', 'set-up', 'security'], ['customers', 'activity', 'approvals'], ['usage', 'alerts']];

/** The pages of a folder are one chunk, what they open later (its folder `later`) another: small files are told apart by no
 * visitor, and compress far better together. */
function pageOf(id: string): string | null {
  const [, folder, later = ''] = /\/src\/pages\/([\w-]+)\/(later\/)?/.exec(id) ?? [];
  if (folder === undefined || isOneEntry(folder)) return null;
  return (TOGETHER.find((folders) => folders.includes(folder))?.[0] ?? folder) + later.replace('/', '');
}

/** Who has one entry alone is one chunk as it is, and needs no other that leads to it. */
function isOneEntry(folder: string): boolean {
  const files = readdirSync(new URL(`src/pages/${folder}`, import.meta.url));
  return !files.includes('later') && files.filter((file) => file.endsWith('Page.tsx')).length === 1 && !TOGETHER.flat().includes(folder);
}

/** The plan in force, as two areas show it; after what it needs of `billing`, which others need without it. */
const ACCOUNT = /\/src\/billing\/plan\//;

/** What every page needs. */
const CORE = /\/node_modules\/|\/src\/(components\/(?!DataTable|TakeAway|fields|Form)[^/]+$|format\/(?!countries)|i18n|lib\/(?!passkey|provider)|api\/(billing|http|idempotency|live|problem|types)\.)/;

export default defineConfig({
  appType: 'mpa',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [
    facades(),
    documents(),
    compress(),
    // Vite wraps each import() so that styles and chunks are fetched ahead; ours are named in the documents.
    { name: 'turnpike:plain-imports', enforce: 'pre', load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load();' : null) },
  ],
  build: {
    target: 'es2022',
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: [...documentFiles(), ALONE],
      output: {
        codeSplitting: {
          groups: [
            { name: 'core', test: CORE, priority: 5 },
            { name: piecesOf, priority: 4 },
            { name: sharedOf, priority: 3 },
            { name: 'account', test: ACCOUNT, priority: 2 },
            { name: 'lists', test: DECLARED, priority: 2 },
            { name: 'charts', test: DRAWN, priority: 2 },
            { name: pageOf, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': backend, '/mock': backend } },
  test: { include: ['src/**/*.test.ts'], setupFiles: ['build/test_words.ts'] },
});
