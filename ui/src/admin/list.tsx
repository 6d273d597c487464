// A list that is read page by page.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import { tell } from './words';
import type { Page } from '../api/types';
import { Button } from '../components/Button';
import { ProblemNote } from '../components/ProblemNote';
import { useAction } from '../lib/action';
import { noteSession } from '../lib/app_state';
import { resource, type Resource } from '../lib/resource';

/** Read afresh when `key` changes. */
export function useList<T>(read: (cursor?: string) => Promise<Page<T>>, key = ''): Resource<Page<T>> {
  const list = useMemo(() => resource(() => read(), noteSession), [key]);
  useEffect(() => void list.load(), [list]);
  return list;
}

export function More<T>({ of, read }: { of: Resource<Page<T>>; read: (cursor?: string) => Promise<Page<T>> }) {
  const action = useAction();
  const page = of.data;
  const isBusy = useSignal(false);
  if (!page?.nextCursor) return null;
  const more = (): Promise<void> => action.run(async () => {
    isBusy.value = true;
    const next = await read(page.nextCursor ?? undefined);
    of.set({ data: [...page.data, ...next.data], nextCursor: next.nextCursor });
  });
  return (
    <>
      <div class="actions"><Button busy={action.busy.value} onPress={() => void more()}>{tell('admin.more')}</Button></div>
      {action.problem.value && <ProblemNote problem={action.problem.value} of="load" />}
    </>
  );
}
