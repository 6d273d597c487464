// Makes the documents of the table of pages out of page.html: one for each page and language, NAME.html (English) and
// NAME.LANGUAGE.html, so that language, title and description stand there before any script runs, and so that the chunk
// and the words of the page are fetched together with the entry and not after it.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Plugin, ResolvedConfig } from 'vite';

import { LANGUAGES, moduleOf, modulesOf, PAGES, type Language, type PageRow } from './pages.ts';

const TEMPLATE = new URL('../page.html', import.meta.url);
const NO_SCRIPT: Record<Language, string> = {
  en: 'This page needs JavaScript. The same data is in the API, at',
  de: 'Diese Seite braucht JavaScript. Dieselben Daten gibt die API, unter',
};
/** What the script asks for: the pages by their paths. */
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
        const rows = PAGES.flatMap(({ paths }) => Object.entries(paths)).map(([path, page]) => `[${JSON.stringify(path)}, () => import('/src/pages/${page}.tsx')]`);
        return `export const PAGES = [${rows.join(', ')}];`;
      }
      const page = pageOf(id);
      return page ? fill(page, 'en') : null;
    },
    // Last of all, when names are final.
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
        const sourceOf = (path: string | null): string => (path === null ? '' : relative(config.root, path));
        /** The chunk and all that it imports, itself first. */
        const withImports = (name: string, found = new Set<string>()): Set<string> => {
          const chunk = bundle[name];
          if (chunk?.type !== 'chunk' || found.has(name)) return found;
          found.add(name);
          for (const imported of chunk.imports) withImports(imported, found);
          return found;
        };
        const chunksOf = (source: string): Set<string> => {
          const chunk = chunks.find(({ facadeModuleId }) => sourceOf(facadeModuleId) === source)
            ?? chunks.find(({ moduleIds }) => moduleIds.some((id) => sourceOf(id) === source));
          if (!chunk) throw new Error(`no chunk of ${source}: expected a page that pages.json names`);
          return withImports(chunk.fileName);
        };
        /** The words that the modules of chunks ask for, and the declarations: NAME.json beside words.ts, by its address. */
        const wordsOf = (names: Iterable<string>, language: Language): Record<string, unknown> => {
          const modules = [...names].flatMap((name) => (bundle[name]?.type === 'chunk' ? bundle[name].moduleIds : []));
          const folders = modules.filter((id) => /\/(words|i18n\/index)\.ts$/.test(id)).map((id) => dirname(sourceOf(id)));
          const sources = new Set(folders.flatMap((folder) => [language, 'places'].map((name) => join(folder, `${name}.json`))));
          const assets = Object.values(bundle).filter((file) => file.type === 'asset');
          return Object.fromEntries(assets.filter(({ originalFileNames }) => originalFileNames.some((source) => sources.has(source)))
            .map(({ fileName, source }) => [`/${fileName}`, JSON.parse(String(source))]));
        };
        /** A file of all of them, since each request costs a slow processor more than what it brings. */
        const wordsFile = (words: Record<string, unknown>): string => {
          const source = JSON.stringify(words);
          const fileName = `assets/words-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.json`;
          if (!bundle[fileName]) this.emitFile({ type: 'asset', fileName, source });
          return fileName;
        };
        for (const page of PAGES) {
          const built = bundle[fileOf(page)];
          if (built?.type !== 'asset') throw new Error(`no document ${fileOf(page)}`);
          const text = String(built.source);
          const head = text.slice(text.indexOf('<script'), text.indexOf('</head>'));
          const first = new Set([...chunksOf(moduleOf(page)), ...chunksOf('src/main.tsx'), ...(page.document.startsWith('admin/') ? chunksOf('src/admin/OperatorsOnly.tsx') : [])]);
          const all = modulesOf(page).flatMap((module) => [...chunksOf(module)]);
          for (const language of LANGUAGES) {
            const scripts = [...first].filter((script) => !head.includes(script));
            const ahead = scripts.map((script) => link(`rel="modulepreload" crossorigin href="/${script}"`)).join('')
              + link(`id="words" rel="preload" as="fetch" crossorigin href="/${wordsFile(wordsOf([...first, ...all], language))}"`);
            const source = fill(page, language).replace(/ *<link rel="stylesheet".*\n *<script.*\n/, `    ${head.trim()}\n${ahead}`).replace(' vite-ignore', '');
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
        const page = PAGES.find(({ paths }) => Object.keys(paths).some((pattern) => new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(path)));
        if (!page) return next();
        const wanted = request.headers['accept-language']?.startsWith('de') ? 'de' : 'en';
        server.transformIndexHtml(path, fill(page, wanted)).then((html) => response.setHeader('Content-Type', 'text/html').end(html), next);
      });
    },
  };
}
