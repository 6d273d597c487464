// Promise: every list is also there as CSV, with the same rows: each plain value in its column, money in minor units and in
// decimals, nothing a formula; and page after page is the whole.
import assert from "node:assert/strict";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";
import { newCustomer, subscriber } from "./support.mjs";

/** RFC 4180: rows of cells; a cell in quotation marks may hold anything. */
function parse(text) {
  const rows = [];
  let row = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push(row.splice(0));
  }
  assert.deepEqual(row, [], "the last line has an end");
  const [names, ...lines] = rows;
  return { names, rows: lines.map((cells) => Object.fromEntries(names.map((name, n) => [name, cells[n]]))) };
}

/** Figures of the machine. */
const MEASURED = "/api/admin/health";

const isMoney = (value) => typeof value === "object" && value !== null && "amount" in value && "currency" in value;

/** What the JSON says, as the cells that it has to become. */
function cellsOf(value, name = "") {
  if (Array.isArray(value)) return { [name]: JSON.stringify(value) };
  if (isMoney(value)) return { [`${name}.minor`]: String(value.amount), [`${name}.currency`]: value.currency };
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).reduce((all, [key, inside]) => ({ ...all, ...cellsOf(inside, name === "" ? key : `${name}.${key}`) }), {});
  }
  return { [name]: value === null ? null : String(value) };
}

/** What the list of an answer is called, where other things are told besides. */
const itemsOf = (body) => ["data", "checks", "history", "items", "kinds"].map((name) => body[name]).find(Array.isArray);

const withoutGuard = (cell) => (/^'[=+\-@\t\r\0]/.test(cell) ? cell.slice(1) : cell);

async function asCsv(api, path) {
  const answer = await api.get(path, { headers: { accept: "text/csv" } });
  assert.equal(answer.status, 200, path);
  assert.match(answer.headers["content-type"], /^text\/csv; charset=utf-8; header=present$/, path);
  return { ...parse(answer.text), link: answer.headers.link };
}

test("lists as CSV", async (t) => {
  const server = await startServer(t);
  for (const name of ["ben", "cleo"]) await newCustomer(server, name);
  const ada = await subscriber(server, "ada");

  await t.test("each list of the API has the rows of its JSON", async () => {
    const { paths } = (await server.api.get("/api/openapi.json")).body;
    // What chooses its form by a parameter is a document, not a list.
    const isList = ({ get }) => !get?.parameters?.some(({ name }) => name === "format") && ["application/json", "text/csv"].every((type) => get?.responses["200"]?.content?.[type]);
    const lists = Object.keys(paths).filter((path) => !path.includes("{") && isList(paths[path]));
    assert.ok(lists.length > 25, `${lists.length} lists`);
    let [asked, rows] = [0, 0];
    for (const path of lists) {
      const { status, body } = await ada.get(path);
      if (status !== 200) continue; // a person's, not a key's
      asked += 1;
      const { rows: lines } = await asCsv(ada, path);
      // The audit log grows by being read: its rows are found by their ids, and the last may have left the page.
      const lineOf = (item, n) => (item.id === undefined ? lines[n] : lines.find(({ id }) => id === item.id));
      const items = itemsOf(body);
      const pairs = items.map((item, n) => [item, lineOf(item, n)]).filter(([, line]) => line !== undefined);
      assert.ok(pairs.length === items.length || (path.includes("audit") && pairs.length >= items.length - 5), path);
      rows += pairs.length;
      for (const [item, line] of pairs) {
        for (const [name, text] of Object.entries(cellsOf(item))) {
          if (path === MEASURED && name === "value") continue; // another one each time
          if (text !== null && name in line) assert.equal(withoutGuard(line[name]), text, `${path} ${name}`);
          else if (text === null) assert.ok(!(name in line) || line[name] === "", `${path} ${name}`);
        }
      }
    }
    assert.ok(asked > 20 && rows > 10, `${asked} lists, ${rows} rows`);
  });

  await t.test("money stands in minor units and in decimals", async () => {
    const { names, rows } = await asCsv(ada, "/api/billing/invoices");
    const at = names.indexOf("amount.minor");
    assert.deepEqual(names.slice(at, at + 3), ["amount.minor", "amount.amount", "amount.currency"]);
    assert.deepEqual([rows[0]["amount.minor"], rows[0]["amount.amount"], rows[0]["amount.currency"]], ["2900", "29.00", "usd"]);
  });

  await t.test("page after page is the whole, and the last one names no other", async () => {
    const seen = [];
    for (let path = "/api/customers?limit=2"; path !== undefined;) {
      const { rows, link } = await asCsv(server.api, path);
      seen.push(...rows.map(({ userId }) => userId));
      path = link?.match(/^<([^>]+)>; rel="next"$/)?.[1];
    }
    assert.deepEqual(seen.sort(), ["ada", "ben", "cleo"]);
  });

  await t.test("a name that a spreadsheet would compute is text", async () => {
    await server.api.post("/api/customers", { userId: "eve", name: "=HYPERLINK(\"http://evil.example\")", email: "eve@example.com" });
    const { rows } = await asCsv(server.api, "/api/customers");
    assert.equal(rows.find(({ userId }) => userId === "eve").name, "'=HYPERLINK(\"http://evil.example\")");
  });

  await t.test("JSON stays what it was for who asks for it, for anything, or for both refusing CSV", async () => {
    for (const accept of ["application/json", "*/*", "text/csv;q=0, application/json"]) {
      const { headers } = await server.api.get("/api/customers", { headers: { accept } });
      assert.equal(headers["content-type"], "application/json", accept);
    }
  });

  await t.test("a refusal is a problem, not a table", async () => {
    const { status, headers } = await server.api.get("/api/customers?cursor=%00", { headers: { accept: "text/csv" } });
    assert.deepEqual([status, headers["content-type"]], [400, "application/problem+json"]);
  });
});
