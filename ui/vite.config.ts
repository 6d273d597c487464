// One app in several documents (pages.json): each page has its own HTML file in each language, so that title, description
// and the preload of its chunk and its words are there before any script runs; from then on the router moves between them
// without a reload.

import { defineConfig } from 'vitest/config';

import { compress } from './build/compress.ts';
import { documentFiles, documents } from './build/documents.ts';

// The mock API of tests/browser, or a running turnpike.
const backend = process.env['TURNPIKE_URL'] ?? 'http://127.0.0.1:4173';

/** A document without the app: its script is its own. */
const ALONE = 'card-form.html';

export default defineConfig({
  appType: 'mpa',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [
    documents(),
    compress(),
  ],
  build: {
    target: 'es2022',
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: [...documentFiles(), ALONE] },
  },
  server: { proxy: { '/api': backend, '/mock': backend } },
  test: { include: ['src/**/*.test.ts'], setupFiles: ['build/test_words.ts'] },
});
