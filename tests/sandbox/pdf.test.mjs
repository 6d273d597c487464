// Promise: the PDF of an invoice says what the invoice says, in any script, on as many pages as it takes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { KEY, Sandbox } from "./support.mjs";

// The words of a PDF as a reader sees them, a line a line, and its number of pages.
async function read(t, url) {
  return words(t, await fetch(url));
}

async function words(t, answer) {
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "application/pdf"]);
  const folder = await mkdtemp(join(tmpdir(), "turnpike-pdf-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "invoice.pdf");
  await writeFile(file, Buffer.from(await answer.arrayBuffer()));
  const words = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
  const pages = Number(/Pages:\s+(\d+)/.exec(execFileSync("pdfinfo", [file], { encoding: "utf8" }))[1]);
  return { lines: words.split("\n").map((line) => line.replace(/\s+/g, " ").trim()).filter(Boolean), pages };
}

async function subscribed(t, name) {
  const sandbox = await Sandbox.start(t);
  const { customer, clock } = await sandbox.customer();
  await sandbox.post(`/v1/customers/${customer}`, { name });
  const price = await sandbox.price(2_900);
  const subscription = await sandbox.post("/v1/subscriptions", { customer, items: [{ price: price.id }] });
  return { sandbox, clock, subscription, invoice: await sandbox.get(`/v1/invoices/${subscription.latest_invoice}`) };
}

test("every word and sum of a paid invoice is on its one page", async (t) => {
  const { invoice } = await subscribed(t, "Müller & Söhne GmbH");
  const { lines, pages } = await read(t, invoice.invoice_pdf);
  assert.equal(pages, 1);
  assert.equal(lines[0], `Invoice ${invoice.number} Paid`);
  for (const line of ["Subtotal $29.00", "Total $29.00", "Paid -$29.00", "Amount due $0.00"]) assert.ok(lines.includes(line), `${line}: ${lines.join(" | ")}`);
  assert.ok(lines.some((line) => line.startsWith("Müller & Söhne GmbH")), lines.join(" | "));
  assert.ok(lines.includes("2015-01-31 – 2015-02-28"), lines.join(" | "));
});

test("a name in Arabic is shaped, and nothing of it is lost", async (t) => {
  const { invoice } = await subscribed(t, "شركة الحوسبة");
  const { lines } = await read(t, invoice.invoice_pdf);
  const letters = lines.join("").normalize("NFKC").replace(/[^\u0600-\u06ff]/g, "");
  assert.equal([...letters].sort().join(""), [..."شركةالحوسبة"].sort().join(""));
});

test("sixty lines take more pages than one, each numbered, and the sum is theirs", async (t) => {
  const { sandbox, clock, subscription } = await subscribed(t, "Ada");
  for (let i = 0; i < 60; i++) {
    await sandbox.post("/v1/invoiceitems", { customer: subscription.customer, subscription: subscription.id, amount: 100 + i, currency: "usd", description: `Extra ${i}` });
  }
  const end = subscription.items.data[0].current_period_end;
  await sandbox.advance(clock, end + 7_200);
  const renewed = await sandbox.get(`/v1/subscriptions/${subscription.id}`, { expand: ["latest_invoice"] });
  const { lines, pages } = await read(t, renewed.latest_invoice.invoice_pdf);
  assert.ok(pages > 1, `${pages} pages`);
  for (let page = 1; page <= pages; page++) assert.ok(lines.some((line) => line.replaceAll(" ", "") === `${page}/${pages}`));
  for (let i = 0; i < 60; i++) assert.ok(lines.some((line) => line.startsWith(`Extra ${i} `) && line.endsWith(` $${((100 + i) / 100).toFixed(2)}`)), `Extra ${i}`);
  assert.ok(lines.includes("Total $106.70"), lines.slice(-8).join(" | "));
});

test("the widest number stands in one line", async (t) => {
  const { sandbox, subscription } = await subscribed(t, "Ada");
  const { customer } = subscription;
  await sandbox.post(`/v1/customers/${customer}`, { invoice_prefix: "WWWWWWWWWWWW" });
  await sandbox.post("/v1/invoiceitems", { customer, amount: 5_000, currency: "usd" });
  const draft = await sandbox.post("/v1/invoices", { customer, pending_invoice_items_behavior: "include" });
  const invoice = await sandbox.post(`/v1/invoices/${draft.id}/pay`);
  const note = await sandbox.post("/v1/credit_notes", { invoice: invoice.id, amount: 900, credit_amount: 900 });
  assert.match(note.number, /^W{12}-\d{4}-CN-01$/);
  assert.equal((await read(t, note.pdf)).lines[0], `Credit note ${note.number} Issued`);
});

test("a credit note's paper says what was credited, and where it went", async (t) => {
  const { sandbox, invoice } = await subscribed(t, "Ada");
  const note = await sandbox.post("/v1/credit_notes", { invoice: invoice.id, amount: 900, refund_amount: 400, credit_amount: 500, memo: "Sorry." });
  const { lines, pages } = await read(t, note.pdf);
  assert.equal(pages, 1);
  assert.equal(lines[0], `Credit note ${note.number} Issued`);
  for (const line of ["Total credit $9.00", "Refunded $4.00", "Credited to the balance $5.00"]) assert.ok(lines.includes(line), `${line}: ${lines.join(" | ")}`);
  assert.ok(lines.some((line) => line.includes(invoice.number)), lines.join(" | "));
  const answer = await fetch(`${sandbox.origin}/credit_note/${invoice.id}/pdf`);
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [404, "text/html; charset=utf-8"]);
});

test("a quote's paper says what is offered, until when, and what is due", async (t) => {
  const { sandbox, invoice, subscription } = await subscribed(t, "Ada");
  const setup = await sandbox.post("/v1/prices", { currency: "usd", unit_amount: 10_000, product_data: { name: "Setup" } });
  const line_items = [{ price: subscription.items.data[0].price.id, quantity: 2 }, { price: setup.id }];
  const draft = await sandbox.post("/v1/quotes", { customer: invoice.customer, line_items, header: "For Ada" });
  const quote = await sandbox.post(`/v1/quotes/${draft.id}/finalize`);
  const answer = await fetch(`${sandbox.origin}/v1/quotes/${quote.id}/pdf`, { headers: { authorization: `Bearer ${KEY}` } });
  const { lines } = await words(t, answer);
  assert.equal(lines[0], `Quote ${quote.number} Open`);
  for (const line of ["Total $158.00", "Due on acceptance $158.00", "Every period $58.00"]) assert.ok(lines.includes(line), `${line}: ${lines.join(" | ")}`);
  for (const part of ["Every month", "Once", "2015-03-02", "For Ada"]) assert.ok(lines.some((line) => line.includes(part)), `${part}: ${lines.join(" | ")}`);
});

test("there is no PDF of what is no invoice", async (t) => {
  const { sandbox, invoice } = await subscribed(t, "Ada");
  for (const id of ["in_nobody", invoice.customer]) {
    const answer = await fetch(`${sandbox.origin}/invoice/${id}/pdf`);
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [404, "text/html; charset=utf-8"]);
  }
});
