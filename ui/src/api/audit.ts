// Who did what: of one customer, or of all for those who operate.

import { request } from './http';
import type { Instant, Page } from './types';

export interface AuditRow {
  id: string;
  /** Whose chain: a userId; empty: the operators'. */
  chain: string;
  seq: number;
  at: Instant;
  actorKind: 'system' | 'local' | 'key' | 'portal' | 'member' | 'operator' | 'nobody';
  actor: string;
  action: string;
  object: string;
  /** "done", or the code of a refusal. */
  outcome: string;
  reason: string | null;
  row: { before?: unknown; after?: unknown; origin?: unknown };
  leaf: string;
  hash: string;
}

export interface AuditFilter {
  actor?: string | undefined;
  action?: string | undefined;
  userId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export type AuditScope = 'customer' | 'all';

/** The list in the API, as it is asked for and as it is shown to be called. */
export function auditPath(scope: AuditScope, filter: AuditFilter): string {
  const set = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  const query = new URLSearchParams(set).toString();
  return `${scope === 'customer' ? '/api/billing/audit' : '/api/admin/audit'}${query === '' ? '' : `?${query}`}`;
}

export function listAudit(scope: AuditScope, filter: AuditFilter, cursor: string | undefined): Promise<Page<AuditRow>> {
  const path = auditPath(scope, filter);
  const page = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  return request(`${path}${path.includes('?') ? '&' : '?'}limit=50${page}`);
}
