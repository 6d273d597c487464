// What the operator who looks may do, as far as the pages show it; the server decides for itself.

import { session } from '../lib/app_state';

const isOne = (...roles: string[]): boolean => roles.includes(session.data?.role ?? '');

export const mayWriteTerms = (): boolean => isOne('admin', 'finance');
export const mayDecide = (): boolean => isOne('admin', 'finance');
export const mayMoveMoney = mayDecide;
export const mayNote = (): boolean => isOne('admin', 'finance', 'support');
export const mayLookAs = (): boolean => isOne('admin', 'support');
export const maySeeEvidence = (): boolean => isOne('admin', 'auditor');
export const maySeeSystem = (): boolean => isOne('admin', 'finance', 'auditor');
export const mayMakeCustomers = (): boolean => isOne('admin');
export const mayOperate = (): boolean => isOne('admin');
