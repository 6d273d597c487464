// The token behind the # of a link. It stands there so that it comes into no log; here it also leaves the address and the
// history at once.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

function takeToken(): string | null {
  const match = /^#([0-9a-f]{64})$/.exec(location.hash);
  if (match?.[1] === undefined) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return match[1];
}

/** Null as long as none came. A link that is opened where its page is open already changes the # alone. */
export function useToken(): string | null {
  const token = useSignal<string | null | undefined>(undefined);
  if (token.value === undefined) token.value = takeToken();
  useEffect(() => {
    const take = (): void => {
      token.value = takeToken() ?? token.value ?? null;
    };
    addEventListener('hashchange', take);
    return () => removeEventListener('hashchange', take);
  }, []);
  return token.value ?? null;
}
