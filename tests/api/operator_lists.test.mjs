// Guards that what operators' pages declare (places.json) is in the API: each list and action by its path and method, each column
// by a member of the answer, each field by a member of the body, and no required member forgotten.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

import { startServer } from "../harness/server.mjs";

const FOLDER = new URL("../../ui/src/pages/", import.meta.url);
const PAGES = (await readdir(FOLDER, { recursive: true })).filter((name) => name.endsWith("/places.json"));
const CHOICE = /^(area|date|datetime|whole|choice|several|words|money)$/;

let document;

const resolved = (schema) => {
  if (schema?.$ref === undefined) return schema?.anyOf === undefined ? schema : resolved(schema.anyOf.find((one) => one.type !== "null"));
  return resolved(schema.$ref.slice(2).split("/").reduce((at, step) => at[step], document));
};

function operationOf(path, method) {
  const segments = path.split("?")[0].split("/");
  const fits = (template) => {
    const theirs = template.split("/");
    return theirs.length === segments.length && theirs.every((step, at) => step === segments[at] || (step.startsWith("{") && segments[at].startsWith(":")));
  };
  const [, operations] = Object.entries(document.paths).find(([template]) => fits(template)) ?? [];
  return operations?.[method.toLowerCase()];
}

/** A member of a member; of what is any JSON, no more is known. */
function has(schema, name) {
  let at = resolved(schema);
  for (const step of name.split(".")) {
    if (at.properties === undefined) return true;
    if (!(step in at.properties)) return false;
    at = resolved(at.properties[step]);
  }
  return true;
}

/** What a member of a body may be, "plan.arms.0.name" as well; undefined where there is none. */
function bodyMember(body, name) {
  return name.split(".").reduce((at, step) => {
    const schema = resolved(at);
    return /^\d+$/.test(step) ? schema?.items : schema?.properties?.[step];
  }, body);
}

function rowOf(part) {
  const operation = operationOf(part.path, "GET");
  assert.ok(operation, `GET ${part.path}`);
  const answer = resolved(operation.responses["200"].content["application/json"].schema);
  if (part.columns === undefined) return answer;
  const [list, ...rest] = (part.whole ?? "data").split(".");
  assert.ok(list in answer.properties, `${list} of ${part.path}`);
  return rest.length > 0 ? { type: "object" } : resolved(resolved(answer.properties[list]).items);
}

function wrongIn(part) {
  const row = rowOf(part);
  const named = [...(part.columns ?? part.facts ?? []), ...(part.more ?? [])].flatMap((name) => name.replace("#", "").split("+"));
  const conditions = [...(part.acts ?? []), ...(part.ways ?? []), part.moves ?? {}].flatMap(({ is = {}, has: there = [], lacks = [], above = [] }) => [...Object.keys(is), ...there, ...lacks, ...above]);
  const asked = (operationOf(part.path, "GET").parameters ?? []).map((one) => one.name);
  const unknown = (part.filters ?? []).filter(({ name }) => !asked.includes(name)).map(({ name }) => `${part.name}: not chosen by ${name}`);
  const places = [...(part.acts ?? []), ...(part.ways ?? [])].flatMap(({ at }) => [...at.matchAll(/:(\w+)/g)].map(([, name]) => name).filter((name) => !part.path.includes(`:${name}`)));
  return [...unknown, ...[...named, ...conditions, ...places].filter((name) => !has(row, name)).map((name) => `${part.name}: no ${name}`)];
}

function wrongOf(part, act) {
  const method = act.method ?? "POST";
  const operation = operationOf(act.at, method);
  if (operation === undefined) return [`${part.name}.${act.name}: no ${method} ${act.at}`];
  const asked = { properties: Object.fromEntries((operation.parameters ?? []).filter((one) => one.in === "query").map((one) => [one.name, one.schema])) };
  const body = act.asQuery ? asked : resolved(operation.requestBody?.content["application/json"]?.schema) ?? { properties: {} };
  const inputs = (act.inputs ?? []).filter(({ name }) => !act.at.includes(`:${name}`));
  const sent = [...inputs.map(({ name }) => name), ...Object.keys(act.adds ?? {})];
  const kept = act.preview?.with ?? [];
  const always = [...inputs.filter(({ empty }) => empty !== "left").map(({ name }) => name), ...Object.keys(act.adds ?? {})];
  return [
    ...sent.filter((name) => bodyMember(body, name) === undefined).map((name) => `${part.name}.${act.name}: no ${name}`),
    ...(body.required ?? []).filter((name) => !always.some((given) => given.split(".")[0] === name)).map((name) => `${part.name}.${act.name}: ${name} is missing`),
    ...kept.filter((name) => !sent.includes(name)).map((name) => `${part.name}.${act.name}: ${name} is not asked for`),
    ...(act.preview && !(act.preview.id in body.properties) ? [`${part.name}.${act.name}: no ${act.preview.id}`] : []),
    ...inputs.filter(({ kind = "text" }) => kind !== "text" && kind !== "email" && !CHOICE.test(kind)).map(({ kind }) => `${part.name}.${act.name}: no field of ${kind}`),
    ...inputs.flatMap(({ name, max, kind = "text" }) => {
      const limit = resolved(bodyMember(body, name))?.maxLength;
      return (kind === "text" || kind === "area") && limit !== undefined && limit < (max ?? 500) ? [`${part.name}.${act.name}: ${name} takes ${limit}`] : [];
    }),
  ];
}

test("what operators' pages declare is in the API", async (t) => {
  const server = await startServer(t);
  document = await (await fetch(`${server.url}/api/openapi.json`)).json();
  assert.ok(PAGES.length > 0);
  for (const page of PAGES) {
    await t.test(page, async () => {
      const places = JSON.parse(await readFile(new URL(page, FOLDER)));
      const parts = places.flatMap((place) => place.parts);
      assert.ok(parts.length > 0);
      assert.deepEqual(parts.flatMap(wrongIn), []);
      assert.deepEqual(parts.flatMap((part) => [...(part.acts ?? []), ...(part.makes ?? [])].flatMap((act) => wrongOf(part, act))), []);
    });
  }
});
