// Makes the built script smaller than the bundler's own minifier does: it merges what only several passes over a chunk see (a constant
// used once, a branch that cannot be taken, two declarations in one). Names of members stay as they are, since the API has them, too.

import { minify } from 'terser';
import type { Plugin } from 'vite';

/** Two find what one leaves; a fourth finds nothing. */
const PASSES = 3;
/** What every browser of the build's target reads; arrow functions and the like are written as such. */
const ECMA = 2020;

export function smaller(): Plugin {
  return {
    name: 'turnpike:smaller',
    apply: 'build',
    // After the bundler's minifier and facades(): what it looks at is what is written.
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type !== 'chunk') continue;
          const { code } = await minify(file.code, { module: true, ecma: ECMA, compress: { passes: PASSES } });
          if (code === undefined) throw new Error(`${file.fileName}: nothing is left of it, expected a module`);
          file.code = code;
        }
      },
    },
  };
}
