// Makes the documents of the table of pages out of page.html: one for each page and language, NAME.html (English) and
// NAME.LANGUAGE.html, so that language, title and description stand there before any script runs, and so that the chunk
// and the words of the page are fetched together with the entry and not after it.

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin, ResolvedConfig } from 'vite';

import { LANGUAGES, PAGES, wordFiles, type Language, type PageRow } from './pages.ts';

const TEMPLATE = new URL('../page.html', import.meta.url);
const NO_SCRIPT: Record<Language, string> = {
  en: 'This page needs JavaScript. The same data is in the API, at',
  de: 'Diese Seite braucht JavaScript. Dieselben Daten gibt die API, unter',
};
/** What the script asks for: the paths, by document, and the folders with their words. */
const TABLE = 'virtual:pages';

const fileOf = (page: PageRow): string => `${page.document}.html`;

/** Each document as Vite is to read it. */
export const documentFiles = (): string[] => PAGES.map(fileOf);

function fill(page: PageRow, language: Language): string {
  const values: Record<string, string> = { ...page[language], noscript: NO_SCRIPT[language] };
  return readFileSync(TEMPLATE, 'utf8')
    .replace('lang="en"', `lang="${language}"`)
    .replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '');
}

const link = (attributes: string): string => `    <link ${attributes}>\n`;

export function documents(): Plugin {
  let config: ResolvedConfig;
  const pageOf = (path: string): PageRow | undefined => PAGES.find((page) => fileOf(page) === relative(config.root, path));
  return {
    name: 'turnpike:documents',
    enforce: 'pre',
    configResolved(resolved) {
      config = resolved;
    },
    resolveId(id) {
      if (id === TABLE) return `\0${TABLE}`;
      const path = join(config.root, id.replace(config.root, ''));
      return id.endsWith('.html') && pageOf(path) ? path : null;
    },
    load(id) {
      if (id === `\0${TABLE}`) {
        return `export const PAGES = ${JSON.stringify(PAGES.map(({ document, words, paths }) => ({ document, words, paths })))};`;
      }
      const page = pageOf(id);
      return page ? fill(page, 'en') : null;
    },
    // Last of all, when names are final.
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const files = Object.values(bundle);
        const assetOf = (source: string): string => {
          const found = files.find((file) => file.type === 'asset' && file.originalFileNames.includes(source));
          if (!found) throw new Error(`no asset of ${source}: expected an import of it with ?url`);
          return found.fileName;
        };
        const chunkOf = (name: string): string => {
          const found = files.find((file) => file.type === 'chunk' && file.name === name);
          if (!found) throw new Error(`no chunk of the name ${name}: expected a module of that name, imported by main.tsx`);
          return found.fileName;
        };
        for (const page of PAGES) {
          const built = bundle[fileOf(page)];
          if (built?.type !== 'asset') throw new Error(`no document ${fileOf(page)}`);
          const text = String(built.source);
          const head = text.slice(text.indexOf('<script'), text.indexOf('</head>'));
          for (const language of LANGUAGES) {
            const ahead = link(`rel="modulepreload" crossorigin href="/${chunkOf(page.module)}"`)
              + wordFiles(page, language).map((file) => link(`rel="preload" as="fetch" crossorigin href="/${assetOf(file)}"`)).join('');
            const source = fill(page, language).replace(/ *<link rel="stylesheet".*\n *<script.*\n/, `    ${head.trim()}\n${ahead}`);
            const name = language === 'en' ? fileOf(page) : `${page.document}.${language}.html`;
            if (language === 'en') built.source = source;
            else this.emitFile({ type: 'asset', fileName: name, source });
          }
        }
      },
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = (request.originalUrl ?? '').split('?')[0] ?? '';
        const page = PAGES.find(({ paths }) => paths.some((pattern) => new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(path)));
        if (!page) return next();
        const wanted = request.headers['accept-language']?.startsWith('de') ? 'de' : 'en';
        server.transformIndexHtml(path, fill(page, wanted)).then((html) => response.setHeader('Content-Type', 'text/html').end(html), next);
      });
    },
  };
}
