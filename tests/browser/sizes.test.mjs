// Promise: no page makes a browser fetch more than its budget (gzip), however many pages there are.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { measure } from '../../ui/build/size.mjs';

test('each page, all script and the style are within their budgets', () => {
  const rows = measure();
  assert.ok(rows.length > 5);
  for (const { what, bytes, budget } of rows) {
    assert.ok(bytes > 1000, `${what}: ${bytes} bytes`);
    assert.ok(bytes <= budget, `${what}: ${bytes} of ${budget} bytes`);
  }
});
