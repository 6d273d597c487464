// Holds every answer of a server against the server's own description, /api/openapi.json: the status
// is one that the operation names, the body is what the description says of it, and a refusal is a
// problem document whose requestId is in the headers too. What was seen is recorded, so that a test
// can say which operations no story has called.
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";

import { HttpClient, expectStatus } from "./http.mjs";

// All files of one `node --test` have the same parent; a folder of their own holds what the stories of
// tests/api saw. A process is known by its number and the tick of its start.
const PARENT_START = readFileSync(`/proc/${process.ppid}/stat`, "utf8").split(")").at(-1).split(" ")[20];
export const RECORD_FOLDER = join(tmpdir(), `turnpike-calls-${process.ppid}-${PARENT_START}`);
const STORY = process.argv[1] ?? "";
const RECORD_FILE = join(RECORD_FOLDER, basename(STORY));
const IS_RECORDED = basename(dirname(STORY)) === "api" && process.env.STORIES !== "a part"; // nobody would read it

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export function makeAjv() {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
  ajv.addFormat("date-time", INSTANT);
  ajv.addFormat("int64", true);
  return ajv;
}

// "/api/billing/invoices/{id}" as a pattern for paths.
function patternOf(template) {
  return new RegExp(`^${template.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);
}

const escapePointer = (text) => encodeURIComponent(text.replaceAll("~", "~0").replaceAll("/", "~1"));

export class Contract {
  #ajv = makeAjv();
  #templates;

  constructor(document) {
    this.document = document;
    this.#ajv.addSchema(document, "openapi");
    const templates = Object.keys(document.paths);
    const literalFirst = (a, b) => a.includes("{") - b.includes("{");
    this.#templates = templates.sort(literalFirst).map((path) => ({ path, pattern: patternOf(path) }));
  }

  // The description of the server at `origin`.
  static async load(origin) {
    const http = new HttpClient(origin);
    try {
      return new Contract(expectStatus(await http.request("GET", "/api/openapi.json"), 200).body);
    } finally {
      http.close();
    }
  }

  // Throws when the answer is none that the description allows.
  check(method, target, answer) {
    const path = target.split("?")[0];
    const template = this.#templates.find(({ pattern }) => pattern.test(path))?.path;
    const name = template && this.document.paths[template][method.toLowerCase()] ? `${method} ${template}` : null;
    record(name ?? `${method} ${template ?? "(none)"}`, answer);
    assert.ok(answer.headers["x-request-id"], `${method} ${path}: no X-Request-Id`);
    if (answer.status >= 400) this.#checkProblem(`${method} ${path}`, answer);
    if (name) this.#checkAnswer(name, template, method, answer);
  }

  #checkProblem(what, answer) {
    if (answer.headers["content-length"] === "0") return; // the gate's denial has no body
    assert.equal(answer.headers["content-type"], "application/problem+json", `${what}: ${answer.text}`);
    this.#conforms("openapi#/components/schemas/Problem", answer.body, what);
    assert.equal(answer.body.status, answer.status, what);
    assert.equal(answer.body.requestId, answer.headers["x-request-id"], what);
  }

  #checkAnswer(name, template, method, answer) {
    const { responses } = this.document.paths[template][method.toLowerCase()];
    const what = `${name} ${answer.status}`;
    const response = responses[answer.status];
    assert.ok(response, `${what} is not described: ${answer.text.slice(0, 300)}`);
    const pointer = response.$ref
      ? `openapi${response.$ref}`
      : `openapi#/paths/${escapePointer(template)}/${method.toLowerCase()}/responses/${answer.status}`;
    const { content = {}, "x-codes": codes } = response.$ref ? this.#resolve(response.$ref) : response;
    if (answer.body?.code && codes) assert.ok(codes.includes(answer.body.code), `${what}: ${answer.body.code} is not described`);
    if (answer.body === undefined) return;
    const type = answer.headers["content-type"].split(";")[0];
    assert.ok(content[type], `${what}: ${type} is not described`);
    this.#conforms(`${pointer}/content/${escapePointer(type)}/schema`, answer.body, what);
  }

  #resolve(reference) {
    const names = reference.slice(2).split("/");
    return names.reduce((node, name) => node[name.replaceAll("~1", "/").replaceAll("~0", "~")], this.document);
  }

  #conforms(reference, value, what) {
    const validate = this.#ajv.getSchema(reference) ?? this.#ajv.compile({ $ref: reference });
    if (validate(value)) return;
    const problems = validate.errors.map(({ instancePath, message }) => `${instancePath} ${message}`);
    assert.fail(`${what} is not as described: ${problems.join("; ")}\n${JSON.stringify(value).slice(0, 1000)}`);
  }
}

function record(operation, { status, body }) {
  if (!IS_RECORDED) return;
  const fields = status >= 400 ? (body?.errors ?? []).map(({ field }) => field) : [];
  const seen = { operation, status, code: status >= 400 ? (body?.code ?? "none") : null, fields };
  appendFileSync(RECORD_FILE, `${JSON.stringify(seen)}\n`);
}

if (IS_RECORDED) {
  mkdirSync(RECORD_FOLDER, { recursive: true });
  process.on("exit", () => writeFileSync(`${RECORD_FILE}.ended`, ""));
}
