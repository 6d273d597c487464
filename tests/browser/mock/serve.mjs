// The mock by itself, for work on the pages: `npm run mock`, then `npm run dev`.

import { createMock } from './server.mjs';
import { SCENARIOS } from './scenarios.mjs';

const PORT = Number(process.env.PORT ?? 4173);
const base = `http://127.0.0.1:${PORT}`;

createMock().server.listen(PORT, '127.0.0.1', () => {
  for (const name of Object.keys(SCENARIOS)) console.log(`${base}/mock/sign-in?scenario=${name}`);
});
