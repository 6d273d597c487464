// What the build makes of the table of pages (build/documents.ts).
declare module 'virtual:pages' {
  export interface PageRow {
    document: string;
    /** Folders below src whose words the page shows. */
    words: string[];
    paths: string[];
  }
  export const PAGES: readonly PageRow[];
}
