// What the operator who looks may do, as far as the pages show it; the server decides for itself.

import { session } from '../lib/app_state';

export const isOne = (...roles: string[]): boolean => roles.includes(session.data?.role ?? '');

export const mayWriteTerms = (): boolean => isOne('admin', 'finance');
export const mayDecide = (): boolean => isOne('admin', 'finance');
export const maySeeEvidence = (): boolean => isOne('admin', 'auditor');
export const maySeeSystem = (): boolean => isOne('admin', 'finance', 'auditor');
