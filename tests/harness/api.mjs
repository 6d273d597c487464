// Turnpike's HTTP API as a platform's backend calls it.
import { HttpClient, expectStatus } from "./http.mjs";

export class Api {
  #http;
  #key;
  #user;
  #contract;

  // Without a key the calls are anonymous; `user` names the customer in Turnpike-User. With a
  // `contract` (contract.mjs) every answer is held against the server's description.
  constructor(origin, { key, user, contract, http = new HttpClient(origin) } = {}) {
    this.#http = http;
    this.#key = key;
    this.#user = user;
    this.#contract = contract;
  }

  // The same connections, with another customer or key.
  as(user) {
    return this.#with({ user });
  }

  withKey(key) {
    return this.#with({ key });
  }

  #with(other) {
    const own = { key: this.#key, user: this.#user, contract: this.#contract, http: this.#http };
    return new Api(this.#http.origin, { ...own, ...other });
  }

  get description() {
    return this.#contract.document;
  }

  request(method, path, body, options) {
    return this.#call(method, path, body, options);
  }

  get(path, options) {
    return this.#call("GET", path, undefined, options);
  }

  post(path, body, options) {
    return this.#call("POST", path, body, options);
  }

  put(path, body, options) {
    return this.#call("PUT", path, body, options);
  }

  delete(path, options) {
    return this.#call("DELETE", path, undefined, options);
  }

  // `options.raw` sends bytes as they are; `options.headers` win over all others.
  async #call(method, path, body, { idempotencyKey, headers = {}, raw, type = "application/json" } = {}) {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const answer = await this.#http.request(method, path, {
      body: content,
      headers: {
        ...(this.#key && { Authorization: `Bearer ${this.#key}` }),
        ...(this.#user && { "Turnpike-User": this.#user }),
        ...(content !== undefined && { "Content-Type": type }),
        ...(idempotencyKey && { "Idempotency-Key": idempotencyKey }),
        ...headers,
      },
    });
    this.#contract?.check(method, path, answer);
    return answer;
  }

  // One event or several, in the mode that fits.
  sendEvents(events) {
    const type = Array.isArray(events) ? "application/cloudevents-batch+json" : "application/cloudevents+json";
    return this.post("/api/usage/events", events, { type });
  }

  async createCustomer(userId, fields = {}) {
    const customer = { userId, email: `${userId}@example.com`, name: `Customer ${userId}`, ...fields };
    return expectStatus(await this.post("/api/customers", customer), 200, 201).body;
  }

  close() {
    this.#http.close();
  }
}

// The clock of a server in test mode. Moving it answers when all that fell due is done.
export class Clock {
  #api;

  constructor(api) {
    this.#api = api;
  }

  async now() {
    return expectStatus(await this.#api.get("/api/test/clock"), 200).body.now;
  }

  // `duration` is ISO 8601: "P1M", "PT48H".
  async advance(duration) {
    return expectStatus(await this.#api.post("/api/test/clock", { advance: duration }), 200).body.now;
  }

  async to(instant) {
    return expectStatus(await this.#api.post("/api/test/clock", { to: instant }), 200).body.now;
  }
}
