// The calls about what is kept of somebody: of the person who is signed in, or of the customer they act for.

import { request, type Change } from './http';

export type Subject = 'person' | 'customer';

export interface PrivacyChoices {
  analytics: boolean;
  experiments: boolean;
  feedbackMail: boolean;
  marketing: boolean;
  updatedAt: string | null;
  /** Since when none of it is done, whatever is allowed. */
  restrictedAt: string | null;
}
export const PURPOSES = ['analytics', 'experiments', 'feedbackMail', 'marketing'] as const;
/** Of the words beside the boxes, in both languages: a new one whenever they change. */
const TEXT_VERSION = '2026-11';
export type Purpose = (typeof PURPOSES)[number];

export interface PrivacyRequest {
  id: string;
  kind: 'export' | 'erasure';
  status: 'waiting' | 'running' | 'ready' | 'done' | 'refused' | 'failed' | 'expired' | 'cancelled';
  createdAt: string;
  dueAt: string;
  isOverdue: boolean;
  extendedAt: string | null;
  reason: string | null;
  finishedAt: string | null;
  expiresAt: string | null;
  size: number;
  isYours: boolean;
}

export interface Privacy {
  choices: PrivacyChoices;
  requests: PrivacyRequest[];
}

const BASE: Record<Subject, string> = { person: '/api/me', customer: '/api/billing' };
const change = (method: Change['method'], body?: unknown): Change =>
  ({ method, key: crypto.randomUUID(), ...(body === undefined ? {} : { body }) });

const privacyPath = (of: Subject): string => `${BASE[of]}/privacy`;
const exportPath: Record<Subject, string> = { person: '/api/me/export', customer: '/api/billing/privacy/export' };
const filesPath: Record<Subject, string> = { person: '/api/me/exports', customer: '/api/billing/privacy/exports' };

export const getPrivacy = (of: Subject): Promise<Privacy> => request(privacyPath(of));
export const setChoices = (of: Subject, choices: Record<Purpose, boolean>): Promise<Privacy> =>
  request(privacyPath(of), change('PUT', { ...choices, textVersion: TEXT_VERSION }));
export const setRestriction = (of: Subject, restricted: boolean): Promise<Privacy> =>
  request(`${privacyPath(of)}/restriction`, change('PUT', { restricted }));
export const startExport = (of: Subject): Promise<PrivacyRequest> => request(exportPath[of], change('POST', {}));
export const cancelExport = (of: Subject, { id }: PrivacyRequest): Promise<PrivacyRequest> =>
  request(`${filesPath[of]}/${encodeURIComponent(id)}/cancel`, change('POST', {}));
export const fileOf = (of: Subject, { id }: PrivacyRequest): string => `${filesPath[of]}/${encodeURIComponent(id)}`;
export const askForErasure = (): Promise<PrivacyRequest> => request('/api/billing/privacy/erasure', change('POST', {}));
export const leaveForGood = (): Promise<void> => request('/api/me', change('DELETE'));
export const rename = (name: string): Promise<void> => request('/api/me', change('PUT', { name }));
