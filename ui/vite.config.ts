// One app in several documents: each route has its own HTML file, so that title, description and the preload of its
// chunk are there before any script runs; from then on the router moves between them without a reload.

import { defineConfig } from 'vitest/config';

import { compress } from './build/compress.ts';
import { preloadRoutes } from './build/preload.ts';

// The mock API of tests/browser, or a running turnpike.
const backend = process.env['TURNPIKE_URL'] ?? 'http://127.0.0.1:4173';

/** Each document and the module of its page. */
const PAGES = {
  'pricing.html': 'PricingPage', 'billing.html': 'BillingPage', 'sign-in.html': 'SignInPage', 'security.html': 'SecurityPage',
  'join.html': 'JoinPage', 'set-up.html': 'SetUpPage', 'reset.html': 'ResetPage',
  'account/privacy.html': 'PrivacyPage',
  'contract.html': 'ContractPage', 'admin.html': 'AdminPage',
};

/** A document without the app: its script is its own. */
const ALONE = 'card-form.html';

export default defineConfig({
  appType: 'mpa',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [
    preloadRoutes(PAGES),
    compress(),
  ],
  build: {
    target: 'es2022',
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: [...Object.keys(PAGES), ALONE] },
  },
  server: { proxy: { '/api': backend, '/mock': backend } },
  test: { include: ['src/**/*.test.ts'] },
});
