// Reports on recurring revenue: all of one form.

export type Unit = 'money' | 'count' | 'share' | 'ratio' | 'months' | 'day';

export interface Figure {
  id: string;
  unit: Unit;
  /** null: see reason. */
  value: number | null;
  before: number | null;
  reason: string | null;
}

export interface Column {
  id: string;
  unit: Unit;
}

export interface Row {
  /** "2026-03", "starter month", "DE". */
  key: string;
  isPartial: boolean;
  /** Of all its cells, where it is not that of their columns. */
  unit: Unit | null;
  values: (number | null)[];
}

export interface Report {
  asOf: string;
  from: string;
  currency: string;
  lacksRates: boolean;
  figures: Figure[];
  columns: Column[];
  data: Row[];
}
