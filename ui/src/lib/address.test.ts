// Guards what stands in addresses, in files that are taken away, and in calls that are copied.

import { expect, test } from 'vitest';

import { auditPath } from '../api/audit';
import { countLines, curlOf, takeAway } from '../api/take_away';
import { fileName } from '../components/TakeAway';
import { queryText } from './address';

test('the same choice is the same address, whatever was chosen first', () => {
  expect(queryText({ to: 'b', from: 'a' })).toBe('?from=a&to=b');
  expect(queryText({ from: 'a', to: 'b', cursor: undefined, action: '' })).toBe('?from=a&to=b');
  expect(queryText({})).toBe('');
  expect(queryText({ userId: 'a&b=c' })).toBe('?userId=a%26b%3Dc');
});

test('a file says what, whose, of when, and made when', () => {
  const at = Date.parse('2026-12-03T10:00:00Z');
  expect(fileName('invoices', 'nova', ['2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'], at, 'csv')).toBe('invoices_nova_2026-11-01_2026-12-01_2026-12-03.csv');
  expect(fileName('audit', null, [], at, 'json')).toBe('audit_all_2026-12-03.json');
  expect(fileName('audit', '../../etc/x y', [], at, 'csv')).toBe('audit_..-..-etc-x-y_2026-12-03.csv');
});

test('lines are counted past breaks and marks inside cells', () => {
  expect(countLines('"a","b"\r\n')).toBe(1);
  expect(countLines('"a"\r\n"two\nlines"\r\n"say ""hi""\n"\r\n')).toBe(3);
});

test('a call that is copied has a place for the key', () => {
  expect(curlOf('/api/billing/audit', 'https://billing.example')).toBe("curl -H 'Authorization: Bearer tp_live_YOUR_KEY' 'https://billing.example/api/billing/audit'");
  expect(auditPath('all', { action: 'refund.create', userId: '' })).toBe('/api/admin/audit?action=refund.create');
});

const answer = (body: string, headers: Record<string, string> = {}): Response => new Response(body, { headers });

test('a file is all pages, with the names of the columns once', async () => {
  const asked: string[] = [];
  const pages = [answer('"id"\r\n"1"\r\n', { link: '</api/x?limit=100&cursor=c1>; rel="next"' }), answer('"id"\r\n"2"\r\n')];
  globalThis.fetch = (path) => {
    asked.push(String(path));
    return Promise.resolve(pages.shift() ?? answer(''));
  };
  const taken = await takeAway('/api/x', 'csv', () => {});
  expect([await taken.blob.text(), taken.rows, taken.isCut]).toEqual(['"id"\r\n"1"\r\n"2"\r\n', 2, false]);
  expect(asked).toEqual(['/api/x?limit=100', '/api/x?limit=100&cursor=c1']);
});

test('the same as JSON', async () => {
  const pages = [answer('{"data":[{"id":1}],"nextCursor":"c 1"}'), answer('{"data":[{"id":2}],"nextCursor":null}')];
  globalThis.fetch = () => Promise.resolve(pages.shift() ?? answer('{}'));
  const taken = await takeAway('/api/x?a=b', 'json', () => {});
  expect([JSON.parse(await taken.blob.text()), taken.rows]).toEqual([[{ id: 1 }, { id: 2 }], 2]);
});

test('a list that is too long is cut, and says so', async () => {
  const page = `"id"\r\n${'"1"\r\n'.repeat(5000)}`;
  globalThis.fetch = () => Promise.resolve(answer(page, { link: '</api/x?cursor=c>; rel="next"' }));
  const taken = await takeAway('/api/x', 'csv', () => {});
  expect([taken.rows, taken.isCut]).toEqual([10_000, true]);
});

test('a refusal is told', async () => {
  globalThis.fetch = () => Promise.resolve(new Response('{"code":"role_forbidden","status":403,"detail":"no"}', { status: 403, headers: { 'content-type': 'application/problem+json' } }));
  await expect(takeAway('/api/x', 'csv', () => {})).rejects.toMatchObject({ code: 'role_forbidden', status: 403 });
});
