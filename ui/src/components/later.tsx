// A component whose code is fetched when it is first shown: what few visitors open is nobody else's wait.

import type { ComponentType } from 'preact';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { unreachable } from '../api/problem';
import { announce } from '../lib/app_state';
import { asProblem } from '../lib/resource';
import { wordsReady } from './part_words';
import { problemText } from './problem_text';

export function later<P extends object>(load: () => Promise<ComponentType<P>>) {
  const fetchWhole = async (): Promise<ComponentType<P>> => {
    const Component = await load();
    await wordsReady();
    return Component;
  };
  return function Later(props: P) {
    const loaded = useSignal<{ Component: ComponentType<P> } | null>(null);
    useEffect(() => {
      let isGone = false;
      const fetchIt = (): void => {
        fetchWhole().then(
          (Component) => { loaded.value = { Component }; },
          (error: unknown) => {
            if (isGone) return;
            // What cannot be fetched without a line is fetched when there is one; the banner says so until then.
            if (error instanceof TypeError && !navigator.onLine) addEventListener('online', fetchIt, { once: true });
            else announce(problemText(error instanceof TypeError ? unreachable() : asProblem(error)));
          },
        );
      };
      fetchIt();
      return () => {
        isGone = true;
        removeEventListener('online', fetchIt);
      };
    }, []);
    const Component = loaded.value?.Component;
    return Component ? <Component {...props} /> : null;
  };
}
