// Every component of src/components in every state, on one page: `npm run design` shows it, tests/browser/design.test.mjs looks at
// it in every view. It is no part of the program.

import { render } from 'preact';
import { LocationProvider } from 'preact-iso';

import { wordsReady } from '../src/components/part_words';
import { loadLanguage } from '../src/i18n';
import { PIECES } from './pieces';

function Page() {
  return (
    <main class="main" id="main" tabIndex={-1}>
      {PIECES.map(({ name, says, states }) => (
        <section key={name} class="card" aria-labelledby={`of-${name}`} data-component={name}>
          <header class="card-head"><h2 id={`of-${name}`}>{name}</h2></header>
          <p class="muted">{says}</p>
          {states.map(({ state, show: Show }) => (
            <div key={state} data-state={state}>
              <p class="hint">{state}</p>
              <Show />
            </div>
          ))}
        </section>
      ))}
    </main>
  );
}

await loadLanguage('en', ['en-US']);
await wordsReady();
render(<LocationProvider><Page /></LocationProvider>, document.getElementById('app') ?? document.body);
