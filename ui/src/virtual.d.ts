// What the build makes of the table of pages (build/documents.ts).
declare module 'virtual:pages' {
  /** Of each document: its paths, with the page of each below src/pages. */
  export const PAGES: readonly { paths: Record<string, string> }[];
}
