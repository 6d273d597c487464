// Operators in a browser: they come in as people do, by the mail of an invitation, and set up a passkey.
import { expectStatus } from '../../harness/http.mjs';
import { button, settled, visitor, withPasskeys } from './browser.mjs';

const done = (answer, status = 200) => expectStatus(answer, status).body;

/** An address of numbers is no place for a passkey. */
export const byName = (url) => url.replace('127.0.0.1', 'localhost');

export async function mailedLink(server, address, kind) {
  const [mail] = done(await server.api.get('/api/admin/outbox?limit=100')).data.filter((item) => item.to === address && item.kind === kind);
  const { text } = done(await server.api.get(`/api/admin/outbox/${mail.id}`));
  return byName(/https?:\/\/\S+#[0-9a-f]{64}/.exec(text)[0]);
}

/** An operator with a passkey of this browser; there must be one already. */
export async function comeAsOperator(server, browser, name, role, options = {}) {
  const address = `${name}.page@example.com`;
  done(await server.api.post('/api/admin/operators', { email: address, role }), 201);
  const seat = await visitor(browser, { reducedMotion: 'reduce', refusals: [401, 403, 409, 422], ...options });
  await withPasskeys(seat.page);
  await seat.page.goto(await mailedLink(server, address, 'invitation'));
  await settled(seat.page);
  await seat.page.getByLabel('Your name').fill(name);
  await button(seat.page, 'Accept the invitation').click();
  await seat.page.getByText('Step 1 of 2').waitFor();
  await button(seat.page, 'Add this passkey').click();
  await button(seat.page, 'Later').click();
  await seat.page.waitForURL('**/security');
  return seat;
}
