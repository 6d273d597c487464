// Tells the browser, in each document, which chunk its route will import, so that it is fetched together with the
// entry and not after it.

import type { Plugin } from 'vite';

/** `routes`: document → name of the lazily imported module (its chunk carries the same name). */
export function preloadRoutes(routes: Record<string, string>): Plugin {
  return {
    name: 'turnpike:preload-routes',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, context) {
        const page = routes[context.path.replace(/^\//, '')];
        if (page === undefined) return [];
        const chunk = Object.values(context.bundle ?? {}).find((item) => item.type === 'chunk' && item.name === page);
        if (!chunk) throw new Error(`no chunk for ${context.path}: expected a module named ${page}`);
        return [
          { tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${chunk.fileName}` }, injectTo: 'head' },
        ];
      },
    },
  };
}
