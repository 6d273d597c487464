// What customers say.

import { request } from './http';

export interface Saying {
  score?: number;
  comment?: string;
  page?: string;
  consent: boolean;
  mayReply: boolean;
}

export const say = (body: Saying, key: string): Promise<unknown> => request('/api/billing/feedback', { method: 'POST', body, key });
