// What the build makes of the table of pages (build/documents.ts).
declare module 'virtual:pages' {
  import type { ComponentType } from 'preact';

  /** The page of each path, to be fetched. */
  export const PAGES: readonly (readonly [path: string, load: () => Promise<{ default: ComponentType<{ id: string }> }>])[];
}
