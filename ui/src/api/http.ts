// One request to our own server: JSON in, JSON out, a Problem on anything else. The session is the browser's cookie;
// a change carries an Idempotency-Key, which is the caller's to choose since only the caller knows what a repeat is.

import { noteServerTime } from '../lib/clock';
import { Problem, problemOf, unreachable } from './problem';

const TIMEOUT_MS = 30_000;

let csrfToken = '';

/** Of the session that the browser has now: goes along with every change, beside the cookie. */
export function useCsrfToken(token: string | null): void {
  csrfToken = token ?? '';
}

type AskForProof = (problem: Problem) => Promise<boolean>;

let askForProof: AskForProof = () => Promise.resolve(false);

/** Who asks the person to prove who they are, when the server wants that before a change. */
export function onStepUp(ask: AskForProof): void {
  askForProof = ask;
}

export interface Naming {
  'turnpike-user': string;
}

export interface Change {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  key?: string;
  /** An operator reads what is a customer's by naming them. */
  naming?: Naming;
  /** It is itself the proof, or comes from where one is asked for. */
  isProof?: boolean;
  /** It sets up what proves somebody: whoever has nothing yet cannot be asked to prove it first. */
  setsUp?: boolean;
}

async function readJson(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  if (!/^application\/(problem\+)?json\b/.test(type)) return undefined;
  return response.json().catch(() => undefined);
}

function requestOf(change: Change | undefined): RequestInit {
  const headers = new Headers({ accept: 'application/json', ...change?.naming });
  // Also of a change that says nothing more: no other site's form can send this type (the server's cross_site.c).
  if (change?.body !== undefined || change?.method === 'POST') headers.set('content-type', 'application/json');
  if (change !== undefined && csrfToken !== '') headers.set('x-csrf-token', csrfToken);
  if (change?.key !== undefined) headers.set('idempotency-key', change.key);
  return {
    method: change?.method ?? 'GET',
    headers,
    credentials: 'same-origin',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(change?.body === undefined ? {} : { body: JSON.stringify(change.body) }),
  };
}

async function requestOnce<T>(path: string, change?: Change): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, requestOf(change));
  } catch {
    throw unreachable();
  }
  noteServerTime(response.headers.get('date'));
  const body = await readJson(response);
  const requestId = response.headers.get('x-request-id');
  if (!response.ok) throw problemOf(response.status, body, requestId);
  if (response.status !== 204 && response.status !== 202 && body === undefined) {
    throw new Problem(502, 'unreadable_answer', '', requestId);
  }
  return body as T;
}

/** Where a change needs a fresh proof first, it waits for one and is then sent again as it was: it had not begun. */
export async function request<T>(path: string, change?: Change): Promise<T> {
  try {
    return await requestOnce<T>(path, change);
  } catch (error) {
    const isAsked = error instanceof Problem && error.code === 'step_up_required' && change?.isProof !== true;
    const leadsNowhere = error instanceof Problem && error.wantsNewSignIn && change?.setsUp === true;
    if (!isAsked || leadsNowhere || !(await askForProof(error))) throw error;
    return requestOnce<T>(path, change);
  }
}
