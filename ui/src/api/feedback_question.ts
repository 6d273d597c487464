// Whether a customer is asked for a score.

import { request } from './http';

const QUESTION = '/api/billing/feedback/question';

/** Whether a question is due; that it is put is noted, once. */
export async function isAsked(): Promise<boolean> {
  const { ask, isNew } = await request<{ ask: string; isNew: boolean }>(QUESTION);
  if (isNew) await request(QUESTION, { method: 'POST', body: {} });
  return ask === 'ask';
}

export const putOff = (): Promise<unknown> => request('/api/billing/feedback/later', { method: 'POST', body: {} });
