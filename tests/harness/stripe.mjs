// The sandbox as Stripe's own libraries call it: form-encoded in, JSON out.
import { HttpClient, expectStatus } from "./http.mjs";

// Stripe's encoding of nested values: a[b]=c, list[0][d]=e; null is the empty string, which unsets.
export function encodeForm(fields) {
  const pairs = [];
  const add = (name, value) => {
    if (value === undefined) return;
    if (value !== null && typeof value === "object") {
      for (const [key, inner] of Object.entries(value)) add(name ? `${name}[${key}]` : key, inner);
    } else {
      pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(value ?? "")}`);
    }
  };
  add("", fields);
  return pairs.join("&");
}

// The version that Stripe's libraries of today pin, as ours does.
export const API_VERSION = "2026-10-28.endive";

export class Stripe {
  #http;
  #secretKey;
  #judge;

  // `judge(method, path, answer)` may throw on an answer that is not as it should be.
  constructor(url, secretKey, { judge = () => {} } = {}) {
    this.#http = new HttpClient(url);
    this.#secretKey = secretKey;
    this.#judge = judge;
  }

  get(path, fields, options) {
    const query = fields ? `?${encodeForm(fields)}` : "";
    return this.#call("GET", path + query, undefined, options);
  }

  post(path, fields = {}, options) {
    return this.#call("POST", path, encodeForm(fields), options);
  }

  // As version 2 of the API has it.
  postJson(path, fields = {}, { headers = {}, ...options } = {}) {
    const json = { "Content-Type": "application/json", ...headers };
    return this.#call("POST", path, JSON.stringify(fields), { ...options, headers: json });
  }

  delete(path, options) {
    return this.#call("DELETE", path, undefined, options);
  }

  async #call(method, path, body, { idempotencyKey, headers = {} } = {}) {
    const answer = await this.#http.request(method, path, {
      body,
      headers: {
        Authorization: `Bearer ${this.#secretKey}`,
        "Stripe-Version": API_VERSION,
        ...(body !== undefined && { "Content-Type": "application/x-www-form-urlencoded" }),
        ...(idempotencyKey && { "Idempotency-Key": idempotencyKey }),
        ...headers,
      },
    });
    this.#judge(method, path, answer);
    return answer;
  }

  // A card as the browser would make it, of one of Stripe's published test tokens. Gives its id.
  async createCard(token = "tok_visa") {
    const answer = await this.post("/v1/payment_methods", { type: "card", card: { token } });
    return expectStatus(answer, 200).body.id;
  }

  close() {
    this.#http.close();
  }
}
