// Guards: a lost answer is never charged twice, a verdict is never replayed, a problem is read for what it is.

import { afterEach, describe, expect, test, vi } from 'vitest';

import { request } from './http';
import { Keyring } from './idempotency';
import { Problem, problemOf } from './problem';

const answer = (status: number, body: unknown, type = 'application/json', headers: Record<string, string> = {}) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { 'content-type': type, ...headers } });

const serve = (response: Response | Error) =>
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => (response instanceof Error ? Promise.reject(response) : Promise.resolve(response)));

const problemFrom = (path: string): Promise<Problem> => request(path).then(() => { throw new Error('expected a problem'); }, (error: Problem) => error);

afterEach(() => vi.restoreAllMocks());

describe('request', () => {
  test('a change goes out as JSON with its key and the session of this origin only', async () => {
    const fetch = serve(answer(200, { ok: true }));
    expect(await request('/api/x', { method: 'POST', body: { a: 1 }, key: 'k1' })).toEqual({ ok: true });
    const init = fetch.mock.calls[0]?.[1];
    const headers = new Headers(init?.headers);
    expect([init?.method, init?.body, init?.credentials]).toEqual(['POST', '{"a":1}', 'same-origin']);
    expect([headers.get('content-type'), headers.get('idempotency-key')]).toEqual(['application/json', 'k1']);
  });

  test('a change that says nothing more is JSON all the same: the server takes no other from a page', async () => {
    const fetch = serve(answer(200, {}));
    await request('/api/x', { method: 'POST', key: 'k1' });
    const init = fetch.mock.calls[0]?.[1];
    expect([init?.body, new Headers(init?.headers).get('content-type')]).toEqual([undefined, 'application/json']);
  });

  test('a problem document is read whole', async () => {
    serve(answer(422, { code: 'invalid_request', detail: 'No.', requestId: 'req_1', errors: [{ field: 'tier', expected: 'one of …' }, 'junk'] }, 'application/problem+json'));
    const problem = await problemFrom('/api/x');
    expect(problem).toMatchObject({ status: 422, code: 'invalid_request', detail: 'No.', requestId: 'req_1', errors: [{ field: 'tier' }] });
    expect(problem.errors).toHaveLength(1);
  });

  test('an answer of a proxy in HTML is still a problem, with the request id of its header', async () => {
    serve(answer(503, '<html>', 'text/html', { 'x-request-id': 'req_9' }));
    expect(await problemFrom('/api/x')).toMatchObject({ status: 503, code: 'http_503', requestId: 'req_9', isUndecided: true });
  });

  test('a success without JSON is not taken for data', async () => {
    serve(answer(200, '<html>', 'text/html'));
    expect(await problemFrom('/api/x')).toMatchObject({ code: 'unreadable_answer' });
  });

  test('no answer at all', async () => {
    serve(new TypeError('network'));
    expect(await problemFrom('/api/x')).toMatchObject({ status: 0, code: 'unreachable', isUndecided: true });
  });
});

describe('problem', () => {
  test('only a 401 that is not a step-up means: signed out', () => {
    expect(problemOf(401, { code: 'unauthenticated' }, null).isSignedOut).toBe(true);
    expect(problemOf(401, { code: 'step_up_required' }, null).isSignedOut).toBe(false);
    expect(problemOf(403, null, null).isSignedOut).toBe(false);
  });
});

describe('keyring', () => {
  const ring = () => {
    let made = 0;
    return new Keyring(() => `key-${++made}`);
  };
  const lost = () => Promise.reject(new Problem(0, 'unreachable', ''));
  const declined = () => Promise.reject(new Problem(402, 'payment_failed', ''));
  const echo = (key: string) => Promise.resolve(key);

  test('after a lost answer the same content carries the same key', async () => {
    const keys = ring();
    await expect(keys.run({ tier: 'starter' }, lost)).rejects.toThrow();
    expect(await keys.run({ tier: 'starter' }, echo)).toBe('key-1');
  });

  test('a payment that is still under way keeps its key', async () => {
    const keys = ring();
    await expect(keys.run('pay', () => Promise.reject(new Problem(409, 'payment_pending', '')))).rejects.toThrow();
    expect(await keys.run('pay', echo)).toBe('key-1');
  });

  test('other content never shares a key', async () => {
    const keys = ring();
    await expect(keys.run({ tier: 'starter' }, lost)).rejects.toThrow();
    expect(await keys.run({ tier: 'professional' }, echo)).toBe('key-2');
  });

  test('after a verdict, bad or good, the next attempt is new work', async () => {
    const keys = ring();
    await expect(keys.run('pay', declined)).rejects.toThrow();
    expect(await keys.run('pay', echo)).toBe('key-2');
    expect(await keys.run('pay', echo)).toBe('key-3');
  });
});
