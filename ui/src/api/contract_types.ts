// The wire shapes of contracts, of who asks for one, and of what needs a second person.

import type { Instant, Interval, Money } from './types';

export type ContractStatus =
  | 'requested' | 'draft' | 'pending' | 'offered' | 'accepted' | 'active'
  | 'declined' | 'withdrawn' | 'expired' | 'superseded' | 'renewed' | 'ended';

export interface ContractLimit {
  limit: number | 'unlimited';
  softLimitPercent?: number;
}

export interface RampStep {
  /** So many months after the start. */
  month: number;
  amount: Money;
}

export interface ContractTerms {
  amount: Money;
  interval: Interval;
  termMonths: number;
  ramp: RampStep[];
  limits?: Record<string, ContractLimit>;
  features: string[];
  startsAt: Instant | null;
  renewal: 'none' | 'auto';
  upliftBasisPoints: number;
  noticeDays: number;
  collectionMethod: 'charge_automatically' | 'send_invoice';
  daysUntilDue: number;
  planVersion: number | null;
}

/** A member of the terms that is another. */
export interface ContractChange {
  name: keyof ContractTerms;
  before: unknown;
  after: unknown;
}

export interface PriceToCome {
  at: Instant;
  amount: Money;
  /** The next term begins with it. */
  renewal: boolean;
}

/** Before taxes; `unused` is not positive, and a negative `amount` becomes credit. */
export interface DueOnAcceptance {
  price: Money;
  unused: Money;
  amount: Money;
}

export interface Contract {
  id: string;
  number: number;
  status: ContractStatus;
  userId: string;
  /** These three: null until it is offered; to operators, until it is written. */
  terms: ContractTerms | null;
  total: Money | null;
  termsHash: string | null;
  purchaseOrder: string | null;
  note: string | null;
  message: string | null;
  validUntil: Instant | null;
  acceptedAt: Instant | null;
  acceptedName: string | null;
  startsAt: Instant | null;
  endsAt: Instant | null;
  version: number;
  amends: string | null;
  /** What it makes of the version that it amends; null for a first one. */
  changes: ContractChange[] | null;
  /** These: null unless it is in force. */
  price: Money | null;
  prices: PriceToCome[] | null;
  renews: boolean | null;
  /** Null where it does not renew by itself. */
  noticeUntil: Instant | null;
  noticeAt: Instant | null;
  /** Of an amendment that may be accepted; null where nothing is billed at once, or it cannot be known. */
  dueOnAcceptance: DueOnAcceptance | null;
  declineReason: string | null;
  createdAt: Instant;
}

/** The same to operators. */
export interface ContractRecord extends Contract {
  requestedBy: string | null;
  writtenBy: string | null;
  approvalId: string | null;
  offerDays: number;
  updatedAt: Instant;
}

/** As it is written: the plan is the one that is sold, and it begins when it is accepted unless a day is said. */
export type TermsDraft = Omit<ContractTerms, 'planVersion' | 'startsAt'> & { startsAt?: Instant };

/** What operators write: all of it, each time. */
export interface ContractDraft {
  userId?: string;
  terms: TermsDraft;
  purchaseOrder?: string;
  note?: string;
  offerDays: number;
}

/** A contract is asked for without an account. */
export interface Inquiry {
  company: string;
  name: string;
  email: string;
  country: string;
  message: string;
  usage?: Record<string, number>;
  language: string;
}

export interface InquiryRecord extends Required<Inquiry> {
  id: string;
  status: 'open' | 'attached' | 'closed';
  userId: string | null;
  contractId: string | null;
  reason: string | null;
  answeredBy: string | null;
  answeredAt: Instant | null;
  createdAt: Instant;
}

export interface InquiryAnswer {
  userId: string;
  isNew: boolean;
  inviteAs?: string;
}

export type ApprovalStatus = 'pending' | 'approved' | 'executed' | 'failed' | 'rejected' | 'withdrawn' | 'expired';

export interface Approval {
  id: string;
  action: string;
  status: ApprovalStatus;
  userId: string | null;
  objectId: string;
  amount: Money | null;
  /** What will be done, what it rests on, and what becomes of that. */
  request: unknown;
  before: unknown;
  after: unknown;
  quoteHash: string;
  reason: string | null;
  requestedBy: string | null;
  requestedByName: string | null;
  requesterKind: string;
  requestedAt: Instant;
  expiresAt: Instant;
  decidedBy: string | null;
  decidedByName: string | null;
  decidedAt: Instant | null;
  decisionReason: string | null;
  outcome: string | null;
}
