// What customers say, and whether they are asked.

import { request } from './http';

const FEEDBACK = '/api/billing/feedback';

export interface Saying {
  score?: number;
  comment?: string;
  page?: string;
  consent: boolean;
  mayReply: boolean;
}

export const say = (body: Saying, key: string): Promise<unknown> => request(FEEDBACK, { method: 'POST', body, key });
/** Whether a question is due; that it is put is noted, once. */
export async function isAsked(): Promise<boolean> {
  const { ask, isNew } = await request<{ ask: string; isNew: boolean }>(`${FEEDBACK}/question`);
  if (isNew) await request(`${FEEDBACK}/question`, { method: 'POST', body: {} });
  return ask === 'ask';
}
export const putOff = (): Promise<unknown> => request(`${FEEDBACK}/later`, { method: 'POST', body: {} });
