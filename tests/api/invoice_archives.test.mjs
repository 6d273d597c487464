// Promise: a year's invoices are to be had as one file, papers and list; it says how far it is, can be given up, and outlives its page and
// a crash; what the provider does not give is told; who asked is told by mail, and fetches it behind the sign-in.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { holding, startWithPapers } from "../harness/papers.mjs";
import { Person, vouched } from "../harness/person.mjs";
import { startServer } from "../harness/server.mjs";
import { done, eventually, invoices, newCustomer, refused, subscriber } from "./support.mjs";

const ARCHIVES = "/api/billing/invoice-archives";
const UNKNOWN = `${ARCHIVES}/ivar_01k8m5zzbe2bs6pw92ayngj66a`;

// The members of a ZIP, each read by its checksum, by name.
function unzip(bytes) {
  const program = "import base64,io,json,sys,zipfile; z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); assert z.testzip() is None; print(json.dumps({n: base64.b64encode(z.read(n)).decode() for n in z.namelist()}))";
  const text = execFileSync("python3", ["-c", program], { input: bytes, maxBuffer: 1 << 30 });
  return new Map(Object.entries(JSON.parse(text)).map(([name, content]) => [name, Buffer.from(content, "base64")]));
}

async function fileOf(server, headers, id) {
  const answer = await fetch(new URL(`${ARCHIVES}/${id}/file`, server.url), { headers });
  assert.equal(answer.status, 200, answer.status === 200 ? "" : await answer.text());
  assert.equal(answer.headers.get("content-type"), "application/zip");
  assert.match(answer.headers.get("content-disposition"), /^attachment; filename="invoices-\d{4}\.zip"$/);
  return Buffer.from(await answer.arrayBuffer());
}

const keyHeaders = (server, userId) => ({ Authorization: `Bearer ${server.key}`, "Turnpike-User": userId });
const show = async (api, id) => done(await api.get(`${ARCHIVES}/${id}`));

async function settled(api, id) {
  for (let archive = await show(api, id); ; archive = await show(api, id)) {
    if (archive.status !== "running") return archive;
    await new Promise((fulfil) => { setImmediate(fulfil); });
  }
}

// The lines of a CSV without commas or quotation marks inside its cells.
const table = (bytes) => bytes.toString("utf8").trim().split("\r\n").map((line) => line.split(",").map((cell) => cell.replace(/^"(.*)"$/, "$1")));
const mailsOf = async (server, userId) => done(await server.api.get(`/api/admin/outbox?userId=${userId}`)).data.filter(({ kind }) => kind === "invoice_archive");

test("a year's invoices in one file, for who may read them, for a week", async (t) => {
  const server = await startServer(t, { testClock: "2025-08-15T12:00:00Z" });
  const ada = await subscriber(server, "ada");
  await newCustomer(server, "bob");
  await server.clock.to("2026-02-20T12:00:00Z");
  const authentication = await vouched(server);
  const person = (role) => Person.ofPortal(server, "ada", { role, person: { id: role, email: `${role}@members.example`, name: role }, authentication });
  const owner = await person("owner");
  const viewer = await person("viewer");
  const of2025 = (await invoices(ada)).filter(({ createdAt }) => createdAt.startsWith("2025"));
  assert.equal(of2025.length, 5);

  refused(await viewer.post(ARCHIVES, { year: 2025 }), 403, "role_forbidden");
  const asked = done(await owner.post(ARCHIVES, { year: 2025 }), 202);
  assert.deepEqual([asked.year, asked.status, asked.finishedAt], [2025, "running", null]);
  const ready = await settled(viewer, asked.id);
  refused(await viewer.post(`${ARCHIVES}/${asked.id}/cancel`), 403, "role_forbidden");
  assert.deepEqual([ready.status, ready.papers, ready.missing, ready.percent, ready.expiresAt], ["ready", 5, 0, 100, "2026-02-27T12:00:00Z"]);
  assert.equal((await viewer.get(`${ARCHIVES}/${ready.id}/file`)).status, 200);
  const bytes = await fileOf(server, viewer.headers, ready.id);
  assert.deepEqual([bytes.length, createHash("sha256").update(bytes).digest("hex")], [ready.size, ready.sha256]);

  const files = unzip(bytes);
  assert.deepEqual([...files.keys()].sort(), [...of2025.map(({ number }) => `${number}.pdf`), "invoices.csv"].sort());
  for (const { number } of of2025) assert.equal(files.get(`${number}.pdf`).subarray(0, 5).toString(), "%PDF-", number);
  const [head, ...rows] = table(files.get("invoices.csv"));
  const cell = (row, name) => row[head.indexOf(name)];
  assert.deepEqual(rows.map((row) => cell(row, "number")), of2025.map(({ number }) => number));
  for (const row of rows) {
    assert.deepEqual([cell(row, "state"), cell(row, "currency"), cell(row, "total.minor"), cell(row, "total.amount"), cell(row, "paid.amount"), cell(row, "file")],
      ["paid", "usd", "2900", "29.00", "29.00", `${cell(row, "number")}.pdf`]);
  }

  const [mail] = await mailsOf(server, "ada");
  assert.deepEqual([mail.to, mail.subject.includes("the invoices of 2025 in one file")], ["owner@members.example", true]);
  const { text } = done(await server.api.get(`/api/admin/outbox/${mail.id}`));
  assert.match(text, /\/billing\/invoices\?year=2025/);
  assert.doesNotMatch(text, /invoice-archives|token|sign-in\//, "nothing in it lets anybody in");

  done(await ada.post(ARCHIVES, { year: 2025 }), 202);
  assert.deepEqual(done(await owner.get(ARCHIVES)).data.map(({ year }) => year), [2025, 2025]);
  const acts = done(await server.api.get("/api/admin/audit?userId=ada&limit=100")).data.map(({ action }) => action);
  for (const action of ["invoice_archive.create", "invoice_archive.download"]) assert.ok(acts.includes(action), acts.join(" "));

  await server.clock.advance("P8D");
  assert.equal((await show(ada, ready.id)).status, "expired");
  refused(await ada.get(`${ARCHIVES}/${ready.id}/file`), 409, "invoice_archive_not_ready");
});

test("credit notes stand beside the invoice that they correct", async (t) => {
  const server = await startServer(t, { testClock: "2025-12-15T12:00:00Z" });
  const ada = await subscriber(server, "ada");
  await server.clock.to("2026-01-05T12:00:00Z");
  const [invoice] = await invoices(ada);
  const note = done(await server.api.post("/api/admin/credit-notes",
    { userId: "ada", invoiceId: invoice.id, amount: { amount: 500, currency: "usd" }, reason: "order_change", returns: "balance" }, { idempotencyKey: "note" }), 201);
  await server.clock.advance("PT1S");
  const ready = await settled(ada, done(await ada.post(ARCHIVES, { year: 2025 }), 202).id);
  assert.deepEqual([ready.status, ready.papers, ready.missing], ["ready", 2, 0]);
  const files = unzip(await fileOf(server, keyHeaders(server, "ada"), ready.id));
  assert.deepEqual([...files.keys()].sort(), [`${invoice.number}.pdf`, `${note.number}.pdf`, "invoices.csv"].sort());
  assert.equal(files.get(`${note.number}.pdf`).subarray(0, 5).toString(), "%PDF-");
  const [head, ...rows] = table(files.get("invoices.csv"));
  const cells = (row, ...names) => names.map((name) => row[head.indexOf(name)]);
  assert.deepEqual(rows.map((row) => cells(row, "number", "state", "total.minor", "givenBack.minor", "file")), [
    [invoice.number, cells(rows[0], "state")[0], "2900", "500", `${invoice.number}.pdf`],
    [note.number, "credit_note", "-500", "500", `${note.number}.pdf`],
  ]);
});

test("what is refused", async (t) => {
  const server = await startServer(t, { testClock: "2026-01-15T12:00:00Z" });
  const ada = await subscriber(server, "ada");
  const bob = await newCustomer(server, "bob");
  await t.test("asking", async () => {
    refused(await ada.post(ARCHIVES, { year: 2025 }), 409, "invoice_archive_empty");
    refused(await bob.post(ARCHIVES, { year: 2026 }), 409, "invoice_archive_empty");
    refused(await ada.post(ARCHIVES, { year: 1969 }), 422, "invalid_fields", "year");
    refused(await ada.post(ARCHIVES, {}), 422, "invalid_fields", "year");
    refused(await server.api.as("nobody").post(ARCHIVES, { year: 2026 }), 404, "customer_not_found");
    assert.equal((await fetch(server.url + ARCHIVES, { method: "POST" })).status, 401);
    refused(await server.api.as("nobody").get(ARCHIVES), 404, "customer_not_found");
    assert.equal((await fetch(server.url + ARCHIVES)).status, 401);
    refused(await server.api.get(ARCHIVES), 400, "customer_required");
  });
  const archive = await settled(ada, done(await ada.post(ARCHIVES, { year: 2026 }), 202).id);
  await t.test("of others, and of none", async () => {
    for (const path of ["", "/file"]) {
      refused(await bob.get(`${ARCHIVES}/${archive.id}${path}`), 404, "invoice_archive_not_found");
      refused(await ada.get(UNKNOWN + path), 404, "invoice_archive_not_found");
      assert.equal((await fetch(`${server.url}${ARCHIVES}/${archive.id}${path}`)).status, 401);
    }
    refused(await bob.post(`${ARCHIVES}/${archive.id}/cancel`), 404, "invoice_archive_not_found");
    refused(await ada.post(`${UNKNOWN}/cancel`), 404, "invoice_archive_not_found");
    assert.equal((await fetch(`${server.url}${ARCHIVES}/${archive.id}/cancel`, { method: "POST" })).status, 401);
    assert.equal(done(await ada.post(`${ARCHIVES}/${archive.id}/cancel`)).status, "ready", "what is made stays");
  });
  await t.test("a part behind the end", async () => {
    const headers = { ...keyHeaders(server, "ada"), Range: `bytes=${archive.size}-` };
    assert.equal((await fetch(`${server.url}${ARCHIVES}/${archive.id}/file`, { headers })).status, 416);
  });
  await t.test("the eleventh", async () => {
    for (let n = 1; n < 10; n += 1) await settled(ada, done(await ada.post(ARCHIVES, { year: 2026 }), 202).id);
    refused(await ada.post(ARCHIVES, { year: 2026 }), 409, "invoice_archives_too_many");
  });
});

test("it says how far it is, and can be given up", async (t) => {
  const { papers, ada } = await startWithPapers(t);
  const hold = holding(papers, 1);
  const { id } = done(await ada.post(ARCHIVES, { year: 2026 }), 202);
  assert.equal(done(await ada.post(ARCHIVES, { year: 2026 }), 202).id, id, "one that is being made is joined");
  await hold.first;
  const half = await show(ada, id);
  assert.deepEqual([half.status, half.percent], ["running", 33], "one of two papers, and the list");
  assert.ok(Date.parse(half.doneAt) >= Date.parse(half.requestedAt));
  refused(await ada.get(`${ARCHIVES}/${id}/file`), 409, "invoice_archive_not_ready");
  const gone = done(await ada.post(`${ARCHIVES}/${id}/cancel`));
  assert.deepEqual([gone.status, gone.percent, gone.doneAt, gone.sha256], ["cancelled", null, null, null]);
  hold.letGo();
  const next = await settled(ada, done(await ada.post(ARCHIVES, { year: 2026 }), 202).id);
  assert.deepEqual([next.status, next.papers], ["ready", 2]);
  assert.equal((await show(ada, id)).status, "cancelled", "what was given up stays so");
  refused(await ada.get(`${ARCHIVES}/${id}/file`), 409, "invoice_archive_not_ready");
});

test("it is made although the program dies in the middle", async (t) => {
  const { papers, server, ada } = await startWithPapers(t);
  const hold = holding(papers, 1);
  const { id } = done(await ada.post(ARCHIVES, { year: 2026 }), 202);
  await hold.first;
  await server.kill();
  hold.letGo();
  await server.start();
  const again = server.api.as("ada");
  const ready = await settled(again, id);
  assert.deepEqual([ready.status, ready.papers, ready.missing], ["ready", 2, 0]);
  assert.equal(unzip(await fileOf(server, keyHeaders(server, "ada"), id)).size, 3);
});

test("papers that the provider does not give are told, and those elsewhere are fetched there", async (t) => {
  const { papers, server, ada } = await startWithPapers(t);
  const [newest, oldest] = await invoices(ada);
  const tail = (invoice) => new URL(invoice.pdfUrl).pathname;
  papers.give = (response, path) => {
    if (path === tail(newest)) response.writeHead(302, { Location: `${papers.url}/elsewhere` }).end();
    else if (path === "/elsewhere") response.end("%PDF-1.7 from elsewhere");
    else response.end("<html>Sign in, please</html>");
  };
  const some = await settled(ada, done(await ada.post(ARCHIVES, { year: 2026 }), 202).id);
  assert.deepEqual([some.status, some.papers, some.missing], ["ready", 1, 1]);
  assert.equal(papers.asked.filter((path) => path === tail(oldest)).length, 3, "three tries");
  const files = unzip(await fileOf(server, keyHeaders(server, "ada"), some.id));
  assert.equal(files.get(`${newest.number}.pdf`).toString(), "%PDF-1.7 from elsewhere");
  const [head, ...rows] = table(files.get("invoices.csv"));
  assert.deepEqual(rows.map((row) => row[head.indexOf("file")]), [`${newest.number}.pdf`, ""]);

  papers.give = (response) => response.writeHead(500).end();
  const authentication = await vouched(server);
  const owner = await Person.ofPortal(server, "ada", { role: "owner", person: { id: "o", email: "o@members.example", name: "O" }, authentication });
  const none = await settled(owner, done(await owner.post(ARCHIVES, { year: 2026 }), 202).id);
  assert.deepEqual([none.status, none.papers, none.missing, none.size, none.expiresAt], ["failed", 0, 2, 0, null]);
  const [mail] = await eventually(() => mailsOf(server, "ada"), (list) => list.length > 0);
  assert.match(mail.subject, /could not be gathered/);
});
