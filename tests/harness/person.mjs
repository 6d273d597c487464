// A person in front of this server's pages, as their browser speaks for them.
import assert from "node:assert/strict";

import { Api } from "./api.mjs";
import { expectStatus } from "./http.mjs";

// What the platform says of somebody who just gave a second factor.
export async function vouched(server) {
  return { at: await server.clock.now(), methods: ["mfa"] };
}

export class Person {
  #api;
  #origin;
  cookie;
  csrfToken;

  constructor(server) {
    this.#api = new Api(server.url, { contract: server.contract });
    this.#origin = server.url;
  }

  // As the platform sends its user here; `more` goes into the call that asks for the link.
  static async ofPortal(server, userId, more = {}) {
    const person = new Person(server);
    const { url } = expectStatus(await server.api.post("/api/portal-sessions", { userId, ...more }), 201).body;
    await person.open(new URL(url).pathname);
    return person;
  }

  // Follows a link that signs in.
  async open(path) {
    const answer = await this.#api.get(path);
    assert.equal(answer.status, 303, answer.text);
    this.take(answer);
    await this.look();
    return answer;
  }

  // Keeps the cookie of an answer that brings one.
  take(answer) {
    const line = answer.headers["set-cookie"]?.[0];
    if (line !== undefined) this.cookie = line.split(";")[0];
  }

  // Who the server says this is.
  async look() {
    const session = expectStatus(await this.get("/api/session"), 200).body;
    this.csrfToken = session.csrfToken ?? undefined;
    return session;
  }

  // The headers that a browser and a page of ours send.
  get headers() {
    return {
      ...(this.cookie && { Cookie: this.cookie }),
      ...(this.csrfToken && { "X-CSRF-Token": this.csrfToken }),
      Origin: this.#origin,
      "Sec-Fetch-Site": "same-origin",
    };
  }

  async request(method, path, body, { headers = {}, ...options } = {}) {
    const answer = await this.#api.request(method, path, body, { ...options, headers: { ...this.headers, ...headers } });
    this.take(answer);
    return answer;
  }

  get(path, options) {
    return this.request("GET", path, undefined, options);
  }

  post(path, body = {}, options = {}) {
    return this.request("POST", path, body, options);
  }

  put(path, body, options) {
    return this.request("PUT", path, body, options);
  }

  delete(path, options) {
    return this.request("DELETE", path, undefined, options);
  }

  close() {
    this.#api.close();
  }
}
