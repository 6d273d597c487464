// A component whose code is fetched when it is first shown: what few visitors open is nobody else's wait.

import type { ComponentType } from 'preact';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { unreachable } from '../api/problem';
import { announce } from '../lib/app_state';
import { asProblem } from '../lib/resource';
import { wordsReady } from './part_words';
import { problemText } from './problem_text';

/** What cannot be fetched without a line is fetched when there is one; the banner says so until then. */
export async function withLine<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof TypeError) || navigator.onLine) throw error;
    await new Promise((back) => addEventListener('online', back, { once: true }));
    return withLine(load);
  }
}

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
      withLine(fetchWhole).then(
        (Component) => { loaded.value = { Component }; },
        (error: unknown) => { if (!isGone) announce(problemText(error instanceof TypeError ? unreachable() : asProblem(error))); },
      );
      return () => { isGone = true; };
    }, []);
    const Component = loaded.value?.Component;
    return Component ? <Component {...props} /> : null;
  };
}
