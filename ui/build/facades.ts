// Beside a chunk of several modules the bundler puts a file for each module that is asked for by name; all it says is which of the
// chunk's exports that is. Here whoever asks for such a file asks for the chunk itself: a file less to fetch for each page.

import { basename } from 'node:path';
import type { Plugin } from 'vite';

const FACADE = /^export\{(\w+) as (\w+)\}from"\.\/([^"]+)";?\s*$/;
const ASKED = /import\(`\.\/([^`]+)`\)/g;

export function facades(): Plugin {
  return {
    name: 'turnpike:facades',
    // Names are final, and nothing has looked at what imports what.
    generateBundle: {
      order: 'pre',
      handler(_options, bundle) {
        const calls = new Map<string, string>();
        for (const file of Object.values(bundle)) {
          const [, inner, outer, chunk] = (file.type === 'chunk' && FACADE.exec(file.code)) || [];
          if (chunk === undefined) continue;
          calls.set(basename(file.fileName), `import(\`./${chunk}\`).then(e=>({${outer}:e.${inner}}))`);
          delete bundle[file.fileName];
        }
        for (const file of Object.values(bundle)) {
          if (file.type === 'chunk') file.code = file.code.replace(ASKED, (asked, name: string) => calls.get(name) ?? asked);
        }
      },
    },
  };
}
