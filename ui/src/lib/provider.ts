// Proving it at the OpenID provider, in a window of its own, so that what the person was doing stays as it is. The window
// ends on our page for signing in, which tells all others; whether anything was proved, the server says.

const CHANNEL = 'turnpike-proof';
const WINDOW = 'popup,width=480,height=720';
const BEGIN = '/api/sign-in/oidc';

export const providerAddress = (next: string): string => `${BEGIN}?next=${encodeURIComponent(next.split('?')[0] ?? next)}`;

/** Resolves when the window came back; never, when it does not. */
export function proveAtProvider(): { came: Promise<void>; stop: () => void } {
  const channel = new BroadcastChannel(CHANNEL);
  const came = new Promise<void>((resolve) => {
    channel.onmessage = () => {
      channel.close();
      resolve();
    };
  });
  window.open(`${BEGIN}?again=true&next=/sign-in`, CHANNEL, WINDOW);
  return { came, stop: () => channel.close() };
}

/** In that window: tells those who wait, and goes. */
export function tellProved(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('proved');
  channel.close();
  window.close();
}
