// What a part of a page shows, asked for when it is first drawn, and afresh whenever `key` changes: with the answer before
// still in sight.

import { useEffect, useMemo, useRef } from 'preact/hooks';

import { noteSession } from './app_state';
import { resource, type Resource } from './resource';

export function useResource<T>(read: () => Promise<T>, key = ''): Resource<T> {
  const latest = useRef(read);
  latest.current = read;
  const asked = useMemo(() => resource(() => latest.current(), noteSession), []);
  useEffect(() => void asked.load(), [key]);
  return asked;
}
