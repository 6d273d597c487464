// What went wrong, in one shape: the server's RFC 9457 document, or the same shape made here when no document came.

export interface FieldError {
  field: string;
  expected: string;
}

/** 401 for other reasons than that the session has ended. */
const STILL_SIGNED_IN = ['step_up_required', 'second_factor_required', 'proof_wrong', 'password_wrong'];

export class Problem extends Error {
  constructor(
    /** HTTP status; 0 when no answer arrived. */
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly requestId: string | null = null,
    readonly errors: readonly FieldError[] = [],
    /** Where the person can put it right, e.g. the bank's confirmation page. */
    readonly actionUrl: string | null = null,
    /** Of step_up_required: how the person can prove who they are. */
    readonly methods: readonly string[] = [],
  ) {
    super(`${status} ${code}`);
  }

  /** No verdict was given: the work may or may not have been done, so a repeat must carry the same key. */
  get isUndecided(): boolean {
    return this.status === 0 || this.status >= 500 || this.code === 'payment_pending';
  }

  /** A proof is asked for, and the person has nothing to give one but to come in again. */
  get wantsNewSignIn(): boolean {
    return this.code === 'step_up_required' && this.methods.every((method) => method === 'platform');
  }

  get isSignedOut(): boolean {
    // The token for changes is of another session: somebody signed in anew in another tab.
    return this.code === 'csrf_token_invalid' || (this.status === 401 && !STILL_SIGNED_IN.includes(this.code));
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** An answer's problem; `body` is whatever JSON came, trusted in nothing. */
export function problemOf(status: number, body: unknown, requestId: string | null): Problem {
  const document = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const errors = Array.isArray(document['errors']) ? document['errors'] : [];
  const methods = Array.isArray(document['methods']) ? document['methods'] : [];
  return new Problem(
    status,
    text(document['code']) ?? `http_${status}`,
    text(document['detail']) ?? text(document['title']) ?? '',
    text(document['requestId']) ?? requestId,
    errors.filter((item): item is FieldError => typeof item?.field === 'string' && typeof item?.expected === 'string'),
    text(document['actionUrl']),
    methods.filter((item) => typeof item === 'string'),
  );
}

export const unreachable = (): Problem => new Problem(0, 'unreachable', '');
