// Before each test file: the words are fetched from the tree instead of a server, and those of all pages are there.

import { readFile } from 'node:fs/promises';

const root = new URL('..', import.meta.url);

globalThis.fetch = async (address) => new Response(await readFile(new URL(`.${String(address)}`, root), 'utf8'));

const { loadLanguage } = await import('../src/i18n/index.ts');
await loadLanguage('en', ['en-US']);
