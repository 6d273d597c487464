// The calls of operators' pages.

import type { Approval, ApprovalStatus, ContractDraft, ContractRecord, ContractStatus, InquiryAnswer, InquiryRecord } from './contract_types';
import { request, type Change } from './http';
import type { Page } from './types';

const ADMIN = '/api/admin';
const PER_PAGE = 20;

/** A change of which a repeat does no harm, or is refused by how things stand then. */
const change = (method: Change['method'], body: unknown = {}): Change => ({ method, body });

function listOf(path: string, filter: Record<string, string | undefined>, cursor?: string): string {
  const query = new URLSearchParams({ limit: String(PER_PAGE) });
  for (const [name, value] of Object.entries({ ...filter, cursor })) if (value !== undefined && value !== '') query.set(name, value);
  return `${ADMIN}/${path}?${query.toString()}`;
}

const pathOf = (what: string, id: string, step = ''): string => `${ADMIN}/${what}/${encodeURIComponent(id)}${step}`;
const reasonOf = (reason: string): { reason?: string } => (reason === '' ? {} : { reason });

// Contracts.

export const listContracts = (status: ContractStatus | '', cursor?: string): Promise<Page<ContractRecord>> =>
  request(listOf('contracts', { status }, cursor));
export const readContract = (id: string): Promise<ContractRecord> => request(pathOf('contracts', id));
export const createContract = (draft: ContractDraft): Promise<ContractRecord> => request(`${ADMIN}/contracts`, change('POST', draft));
export const writeContract = (id: string, draft: ContractDraft): Promise<ContractRecord> =>
  request(pathOf('contracts', id), change('PUT', draft));
/** The next version of one in force, with all its terms. */
export const amendContract = (id: string, draft: ContractDraft): Promise<ContractRecord> =>
  request(pathOf('contracts', id, '/amend'), change('POST', draft));
/** What is written, offered or accepted, and takes the place of this one; null when nothing does. */
export async function findAmendment({ id, userId }: ContractRecord): Promise<ContractRecord | null> {
  const { data } = await request<Page<ContractRecord>>(listOf('contracts', { userId }));
  return data.find((other) => other.amends === id && ['draft', 'pending', 'offered', 'accepted'].includes(other.status)) ?? null;
}
export const noticeContract = (id: string): Promise<ContractRecord> => request(pathOf('contracts', id, '/notice'), change('POST'));
export const submitContract = (id: string, reason: string): Promise<ContractRecord> =>
  request(pathOf('contracts', id, '/submit'), change('POST', reasonOf(reason)));
export const withdrawContract = (id: string, reason: string): Promise<ContractRecord> =>
  request(pathOf('contracts', id, '/withdraw'), change('POST', reasonOf(reason)));

// Who asks without an account.

export const listInquiries = (status: InquiryRecord['status'], cursor?: string): Promise<Page<InquiryRecord>> =>
  request(listOf('contract-requests', { status }, cursor));
export const attachInquiry = (id: string, answer: InquiryAnswer): Promise<InquiryRecord> =>
  request(pathOf('contract-requests', id, '/attach'), change('POST', answer));
export const closeInquiry = (id: string, reason: string): Promise<InquiryRecord> =>
  request(pathOf('contract-requests', id, '/close'), change('POST', { reason }));

// What needs a second person.

export const listApprovals = (status: ApprovalStatus | '', cursor?: string): Promise<Page<Approval>> =>
  request(listOf('approvals', { status }, cursor));
export const approve = (id: string, reason: string): Promise<Approval> => request(pathOf('approvals', id, '/approve'), change('POST', reasonOf(reason)));
export const reject = (id: string, reason: string): Promise<Approval> => request(pathOf('approvals', id, '/reject'), change('POST', { reason }));
export const withdrawApproval = (id: string): Promise<Approval> => request(pathOf('approvals', id, '/withdraw'), { method: 'POST' });
