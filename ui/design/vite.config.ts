// Builds the page of components alone: into ui/dist-design, which nothing embeds.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'es2022', outDir: 'dist-design', emptyOutDir: true, assetsInlineLimit: 0, rolldownOptions: { input: 'design/index.html' } },
});
