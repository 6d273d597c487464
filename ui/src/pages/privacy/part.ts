// What the sections about one subject share.

import type { Privacy, PrivacyRequest, Subject } from '../../api/privacy';
import type { Resource } from '../../lib/resource';
import { tell, type PrivacyKey } from './words';

export interface PartProps {
  of: Subject;
  /** The customer's name; of oneself none. */
  name: string | null;
  privacy: Resource<Privacy>;
  isLocked: boolean;
}

/** "choices.title" of a customer, "choices.titleYou" of oneself. */
export const titleOf = (key: 'choices' | 'export' | 'erase', name: string | null): string =>
  name === null ? tell(`${key}.titleYou` as PrivacyKey) : tell(`${key}.title` as PrivacyKey, { of: name });

export const isOpen = ({ status }: PrivacyRequest): boolean => status === 'waiting' || status === 'running';
export const newest = (privacy: Privacy, kind: PrivacyRequest['kind']): PrivacyRequest | undefined =>
  privacy.requests.find((request) => request.kind === kind);
