// Filters of the list of customers that operators keep under a name.

import { request } from './http';
import type { Page } from './types';

export interface SavedView {
  id: string;
  name: string;
  /** As the list's address has them. */
  query: string;
  shared: boolean;
  own: boolean;
}

const VIEWS = '/api/admin/saved-views';

export const getViews = async (): Promise<SavedView[]> => (await request<Page<SavedView>>(`${VIEWS}?limit=100`)).data;
export const saveView = (view: Pick<SavedView, 'name' | 'query' | 'shared'>, key: string): Promise<SavedView> =>
  request(VIEWS, { method: 'POST', body: { list: 'customers', ...view }, key });
export const dropView = ({ id }: SavedView): Promise<void> => request(`${VIEWS}/${encodeURIComponent(id)}`, { method: 'DELETE' });
