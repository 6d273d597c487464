// A component whose code is fetched when it is first shown: what few visitors open is nobody else's wait.

import type { ComponentType } from 'preact';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { announce } from '../lib/app_state';
import { asProblem } from '../lib/resource';
import { problemText } from './problem_text';

export function later<P extends object>(load: () => Promise<ComponentType<P>>) {
  return function Later(props: P) {
    const loaded = useSignal<{ Component: ComponentType<P> } | null>(null);
    useEffect(() => {
      load().then(
        (Component) => { loaded.value = { Component }; },
        (error: unknown) => announce(problemText(asProblem(error))),
      );
    }, []);
    const Component = loaded.value?.Component;
    return Component ? <Component {...props} /> : null;
  };
}
