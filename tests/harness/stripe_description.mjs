// Holds every answer of the sandbox against Stripe's own description of its API: the body has the
// members that the description calls required, of the types it gives, and none that it does not know;
// a refusal is an error envelope with a code that Stripe has; an event carries the object that its
// type is about. The description is data outside the product (see FILE); without it nothing is judged.
//
// It walks the schemas itself rather than compile them: an expanded object reaches nearly every other
// one, and of several alternatives the one is meant whose `object` is that of the value.
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

const FOLDER = resolve(import.meta.dirname, "../../../shared/stripe");
const FILE = resolve(FOLDER, "openapi.json");
export const HAS_DESCRIPTION = existsSync(FILE);

// Codes of Stripe's changelog and error pages that the description's list does not have.
const CODES_BESIDE = ["billing_meter_event_session_expired", "invalid_bank_account_iban", "sepa_debit_bank_not_supported", "sepa_debit_debits_not_supported", "payment_method_types_no_longer_supported", "subscription_payment_intent_requires_action"];
// Members that only an object as it is fetched has (the official client's types of v2 events).
const MEMBERS_BESIDE = { "v2.core.event": ["data"] };
const PROBLEMS_MAX = 12; // of one answer; more help nobody

const typeOf = (value) => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};

export class StripeDescription {
  #document;
  #templates;
  #fixtures;

  static load() {
    return HAS_DESCRIPTION ? new StripeDescription() : undefined;
  }

  constructor() {
    this.#document = JSON.parse(readFileSync(FILE, "utf8"));
    this.#fixtures = JSON.parse(readFileSync(resolve(FOLDER, "fixtures.json"), "utf8")).resources;
    const literalFirst = ([a], [b]) => a.includes("{") - b.includes("{");
    this.#templates = Object.entries(this.#document.paths).sort(literalFirst).map(([template, operations]) => {
      const pattern = new RegExp(`^${template.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);
      return { pattern, operations };
    });
  }

  // What is wrong with an answer: sentences, none when it is as described. A path that the description
  // does not have is judged by what its objects say they are.
  problemsOf(method, target, { status, body }) {
    if (body === undefined) return [];
    if (status >= 400) return this.#ofError(status, body);
    const path = target.split("?")[0];
    const operation = this.#templates.find(({ pattern, operations }) => pattern.test(path) && operations[method.toLowerCase()])
      ?.operations[method.toLowerCase()];
    const schema = operation?.responses["200"].content?.["application/json"].schema;
    const problems = schema ? this.#of(body, schema, "") : this.#ofObject(body, "");
    return [...problems, ...this.#ofEventsIn(body)].slice(0, PROBLEMS_MAX);
  }

  // The same of one event, as webhooks bring it.
  problemsOfEvent(event) {
    const schema = this.#document.components.schemas[event.object];
    return [...this.#of(event, schema, ""), ...this.#ofPayload(event)].slice(0, PROBLEMS_MAX);
  }

  #ofError(status, body) {
    const schema = this.#document.components.schemas.error;
    const { code, type, message } = body.error ?? {};
    const isOfV2 = schema.properties.error.properties.type["x-sdk-raw-types"].includes(type);
    const judged = isOfV2 ? { error: { ...body.error, type: "api_error" } } : body; // version 2 has types of its own
    const problems = this.#of(judged, schema, "");
    const known = schema.properties.error.properties.code["x-known-values"];
    if (code !== undefined && ![...known, ...CODES_BESIDE].includes(code)) problems.push(`error.code: Stripe has no code ${code}`);
    if (!message) problems.push("error.message: is empty");
    if ((status === 402) !== (type === "card_error")) problems.push(`error.type: ${type} with status ${status}`);
    return problems;
  }

  // Objects of no described path: by the schema of their name, else by Stripe's example of one.
  #ofObject(value, path) {
    if (Array.isArray(value?.data)) return value.data.flatMap((item, i) => this.#ofObject(item, `${path}.data[${i}]`));
    const name = value?.deleted ? `deleted_${value.object}` : value?.object;
    const schema = this.#document.components.schemas[name];
    if (schema) return this.#of(value, schema, path);
    const example = this.#fixtures[name] ?? {};
    return Object.keys(example).filter((key) => !(key in value)).map((key) => `${path}.${key}: is missing`);
  }

  #ofEventsIn(body) {
    const found = body.object === "event" ? [body] : Array.isArray(body.data) ? body.data : [];
    return found.filter(({ object }) => object === "event").flatMap((event) => this.#ofPayload(event));
  }

  #ofPayload({ object, type, data }) {
    if (object === "v2.core.event") {
      return this.#document["x-thin-event-types"].includes(type) ? [] : [`type: there is no thin event ${type}`];
    }
    const kind = this.#document["x-events"][type];
    if (!kind) return this.#ofObject(data.object, `${type}: data.object`);
    const schemas = this.#document.components.schemas;
    const name = data.object.deleted && schemas[`deleted_${kind.object}`] ? `deleted_${kind.object}` : kind.object;
    const problems = this.#of(data.object, schemas[name], `${type}: data.object`);
    const before = Object.keys(data.previous_attributes ?? {});
    if (before.length > 0 && !kind.previous_attributes) problems.push(`${type}: takes no previous_attributes`);
    const unknown = before.filter((key) => !(key in schemas[name].properties));
    return [...problems, ...unknown.map((key) => `${type}: data.previous_attributes.${key}: is unknown`)];
  }

  #resolve(schema) {
    return schema.$ref ? this.#resolve(this.#document.components.schemas[schema.$ref.split("/").at(-1)]) : schema;
  }

  #of(value, given, path) {
    const schema = this.#resolve(given);
    if (value === null) return given.nullable || schema.nullable || isAnything(schema) ? [] : [`${path}: is null`];
    const alternatives = schema.anyOf ?? schema.oneOf;
    if (alternatives) return this.#ofAlternatives(value, alternatives, path);
    const type = typeOf(value);
    const fits = !schema.type || schema.type === type || (schema.type === "number" && type === "integer");
    if (!fits) return [`${path}: is ${type}, not ${schema.type}`];
    if (schema.enum && !schema["x-open-enum"] && !schema.enum.includes(value)) {
      return [`${path}: ${JSON.stringify(value)} is none of ${schema.enum.join(", ")}`];
    }
    if (type === "array") return value.flatMap((item, i) => (schema.items ? this.#of(item, schema.items, `${path}[${i}]`) : []));
    return type === "object" ? this.#ofMembers(value, schema, path) : [];
  }

  #ofMembers(value, schema, path) {
    const { properties, required = [], additionalProperties: rest } = schema;
    const problems = required.filter((key) => !(key in value)).map((key) => `${path}.${key}: is missing`);
    for (const [key, inner] of Object.entries(value)) {
      const known = properties?.[key];
      if (known) problems.push(...this.#of(inner, known, `${path}.${key}`));
      else if (rest && typeof rest === "object") problems.push(...this.#of(inner, rest, `${path}.${key}`));
      else if (MEMBERS_BESIDE[value.object]?.includes(key)) continue;
      else if (properties && !schema["x-cut"]) problems.push(`${path}.${key}: is unknown`);
    }
    return problems;
  }

  // The alternative that is meant is judged; when none is, each says why not.
  #ofAlternatives(value, alternatives, path) {
    const flat = alternatives.flatMap((each) => {
      const inner = this.#resolve(each);
      return inner.anyOf ?? inner.oneOf ?? [inner];
    }).map((each) => this.#resolve(each));
    const isMeant = (schema) => {
      if (typeOf(value) !== "object") return schema.type === typeOf(value);
      const names = schema.properties?.object?.enum;
      const isDeleted = schema.properties?.deleted !== undefined && schema.required?.includes("deleted");
      return !names || (names.includes(value.object) && isDeleted === Boolean(value.deleted));
    };
    const meant = flat.filter(isMeant);
    if (meant.length === 0) return [`${path}: ${JSON.stringify(value)?.slice(0, 60)} is none of the alternatives`];
    const found = meant.map((schema) => this.#of(value, schema, path));
    return found.reduce((best, each) => (each.length < best.length ? each : best));
  }
}

const isAnything = (schema) => !schema.type && !schema.anyOf && !schema.oneOf && !schema.properties;

let shared;
// The one of this process.
export function stripeDescription() {
  shared ??= StripeDescription.load();
  return shared;
}

// Throws when an answer is not as Stripe describes it.
export function judge(method, target, answer) {
  const problems = stripeDescription()?.problemsOf(method, target, answer) ?? [];
  if (problems.length > 0) throw new Error(`${method} ${target} is answered otherwise than Stripe would:\n${problems.join("\n")}`);
}

export function judgeEvent(event) {
  const problems = stripeDescription()?.problemsOfEvent(event) ?? [];
  if (problems.length > 0) throw new Error(`event ${event.type} is not as Stripe sends it:\n${problems.join("\n")}`);
}
