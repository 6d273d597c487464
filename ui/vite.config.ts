// One app in several documents (pages.json): each page has its own HTML file in each language, so that title, description
// and the preload of its chunk and its words are there before any script runs; from then on the router moves between them
// without a reload.

import { readdirSync } from 'node:fs';

import { defineConfig } from 'vitest/config';

import { compress } from './build/compress.ts';
import { documentFiles, documents } from './build/documents.ts';
import { facades } from './build/facades.ts';
import { smaller } from './build/smaller.ts';
import { words } from './build/words.ts';

// The mock API of tests/browser, or a running turnpike.
const backend = process.env['TURNPIKE_URL'] ?? 'http://127.0.0.1:4173';

/** A document without the app: its script is its own. */
const ALONE = 'card-form.html';

/** Folders of pages that who sees one is likely to see next. */
const TOGETHER = [['settings', 'privacy', 'feedback'], ['customers', 'activity'], ['usage', 'alerts'], ['invoices', 'payment-methods']];

/** The pages of a folder are one chunk, what they open later (its folder `later`) another: small files are told apart by no
 * visitor, and compress far better together. */
function pageOf(id: string): string | null {
  const [, folder, later = ''] = /\/src\/pages\/([\w-]+)\/(later\/)?/.exec(id) ?? [];
  if (folder === undefined || isOneEntry(folder)) return null;
  if (later !== '' && folder !== 'usage' && folder !== 'alerts') return 'later';
  return (TOGETHER.find((folders) => folders.includes(folder))?.[0] ?? folder) + later.replace('/', '');
}

/** Who has one entry alone is one chunk as it is, and needs no other that leads to it. */
function isOneEntry(folder: string): boolean {
  const files = readdirSync(new URL(`src/pages/${folder}`, import.meta.url));
  return !files.includes('later') && files.filter((file) => file.endsWith('Page.tsx')).length === 1 && !TOGETHER.flat().includes(folder);
}

/** What several pages need, by who needs it: a chunk takes along what it imports, so what is needed most comes first. */
// main.tsx is none of it: it waits for a page, and what waits may not be what the page imports.
const SHARED: readonly (readonly [name: string, test: RegExp])[] = [
  ['core', /\/node_modules\/|\/src\/(components\/(?!DataTable|TakeAway|fields|Form)[^/]+$|format\/(?!countries|typed)|i18n|lib\/(?!passkey|provider|diff|next|token)|api\/(billing|http|idempotency|problem|types)\.)/],
  ['tables', /\/src\/(components\/(DataTable|TakeAway|fields|Form)|api\/take_away|format\/countries|contracts\/amounts|lib\/diff)/],
  ['me', /\/src\/api\/people/],
  // What no page waits for (components/aside.ts).
  ['aside', /\/src\/(components\/palette\/|definitions\/|api\/customers)/],
  // Who comes in, and what proves them.
  ['people', /\/src\/(people\/|lib\/(passkey|provider|next|token)|pages\/(settings\/Members|(sign-in|join|reset|email|set-up|security)\/))/],
  ['billing', /\/src\/(billing\/(?!plan)|api\/live)/],
  ['paying', /\/src\/paying\//],
  ['account', /\/src\/billing\//],
  ['contracts', /\/src\/(contracts\/|api\/contract|pages\/contract\/)/],
  ['chart', /\/components\/chart\/(?!Chart|Frame|HeatMap|Waterfall)/],
  ['charts', /\/components\/chart\//],
  // Lists as operators' pages declare them, and the pages that are nothing else.
  // Who may come here at all, and do what.
  ['gate', /\/src\/admin\/(may|OperatorsOnly)/],
  ['lists', /\/src\/(admin\/|api\/admin|pages\/((compliance|admin-settings|operations|insights|today|approvals|revenue-rows|experiments(?!\/later))\/|contracts\/(ContractsPage|words)))/],
  ['catalog', /\/src\/(pages\/catalog\/(?!ChangePage)|api\/catalog)/],
  // What operators open from a list: one of its rows.
  ['opened', /\/src\/pages\/(catalog|customer|contracts)\//],
];

export default defineConfig({
  appType: 'mpa',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [
    words(),
    facades(),
    smaller(),
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
            ...SHARED.map(([name, test], place) => ({ name, test, priority: SHARED.length + 1 - place })),
            { name: pageOf, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': backend, '/mock': backend } },
  test: { include: ['src/**/*.test.ts'], setupFiles: ['build/test_words.ts'] },
});
