// The mock on a port of its own, and the way in as one of its customers.

import { createMock } from '../mock/server.mjs';

export async function startMock() {
  const { server } = createMock();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return { base: `http://127.0.0.1:${server.address().port}`, stop };
}

export const mockSignIn = (base, scenario) => `${base}/mock/sign-in?scenario=${scenario}`;
