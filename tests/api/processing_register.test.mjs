// Promise: the record of processing activities says of every sealed column what for, on which basis, who gets it and for
// how long, as the catalogue has it now.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { Person } from "../harness/person.mjs";
import { operator, firstOperator } from "../harness/operators.mjs";
import { done, refused, startSelling } from "./support.mjs";

const REGISTER = "/api/admin/processing-register";

test("the register of processing", async (t) => {
  const server = await startSelling(t, (catalogue) => { catalogue.retention = { country: "DE", periods: { mails: "P5Y" } }; }, { testClock: "2026-03-01T12:00:00Z" });
  const { activities, measures } = done(await server.api.get(REGISTER));
  const columns = activities.flatMap((activity) => activity.columns);
  const of = (table, column) => columns.find((row) => row.table === table && row.column === column);

  await t.test("has every sealed column, by the source's own list", async () => {
    const source = await readFile(new URL("../../src/store/sealed.c", import.meta.url), "utf8");
    const sealed = [...source.matchAll(/= \{"(\w+)", SEALED_BY_/g)].length;
    assert.ok(sealed > 60);
    assert.equal(columns.filter(({ sealedUnder }) => sealedUnder !== null).length, sealed);
    for (const { purpose, basis, people, recipients } of activities) assert.ok(purpose && basis && people && recipients);
    assert.ok(measures.length >= 5);
  });

  await t.test("periods are the catalogue's", () => {
    assert.deepEqual([of("invoices", "lines").period, of("invoices", "lines").sealedUnder], ["P8Y", "books"]);
    assert.deepEqual([of("contracts", "note").period, of("billing_events", "description").period], ["P6Y", "P10Y"]);
    assert.deepEqual([of("mails", "address").period, of("mails", "address").kind], ["P5Y", "mails"]);
    assert.deepEqual([of("customers", "email").period, of("customers", "email").sealedUnder], [null, "customer"]);
    assert.deepEqual([of("customers", "country").sealedUnder, of("people", "email").sealedUnder], [null, "person"]);
  });

  await t.test("as a table, a line a column", async () => {
    const answer = await fetch(new URL(`${REGISTER}?format=csv`, server.url), { headers: { Authorization: `Bearer ${server.key}` } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), "text/csv; charset=utf-8");
    assert.match(answer.headers.get("content-disposition"), /processing-register\.csv/);
    const lines = (await answer.text()).trimEnd().split("\r\n");
    assert.equal(lines.length, columns.length + 1);
    assert.ok(lines.some((line) => line.includes('"invoices","lines","books","invoices","P8Y"')), lines[20]);
  });

  await t.test("for who may see evidence alone", async () => {
    refused(await server.api.get(`${REGISTER}?format=pdf`), 422, "invalid_query", "format");
    refused(await server.api.get(`${REGISTER}?x=1`), 422, "invalid_query", "x");
    refused(await new Person(server).get(REGISTER), 401, "key_missing");
    await firstOperator(server, "kim");
    refused(await (await operator(server, "fin", "finance")).get(REGISTER), 403, "role_forbidden");
    done(await (await operator(server, "aud", "auditor")).get(REGISTER));
  });
});
