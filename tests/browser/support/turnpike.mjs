// A running turnpike with a test clock for a whole file, the way into its pages, and what its visitors' browsers
// have reported to it.

import { expectStatus } from '../../harness/http.mjs';
import { makeDataFolder, Server } from '../../harness/server.mjs';

/** Half-way through the first period of most customers, so that figures and pictures stay the same from run to run. */
export const NOW = '2026-11-21T14:05:40Z';

/** Whoever starts it ends it, with dispose(). */
export async function startTurnpike({ testClock = NOW, args = [], env = {} } = {}) {
  const server = new Server(await makeDataFolder(), { testClock, args, env });
  return server.start({ key: await server.createKey() });
}

/** An address that signs its bearer in, once; the platform has just asked them for a second factor. */
export async function signInLink(server, userId, returnPath = '/billing') {
  const authentication = { at: await server.clock.now(), methods: ['mfa'] };
  return expectStatus(await server.api.post('/api/portal-sessions', { userId, returnPath, authentication }), 201).body.url;
}

/** How many violations of the pages' policy browsers have reported. */
export async function cspReports(server) {
  const { text } = expectStatus(await server.api.get('/metrics'), 200);
  return Number(/^turnpike_csp_reports_total (\d+)$/m.exec(text)[1]);
}
