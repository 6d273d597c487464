// A small OpenID provider that can be told to lie: one at a time, in every place where a provider's word counts. What it
// is not told to lie about it does as the standards say. Sign-in at its page is left out: authorize() is the browser there.
//
//   const provider = await startProvider(t, () => server.clock.now());
//   provider.lies.claims = (claims) => ({ ...claims, aud: "somebody" });
//   const { answer } = await visitor.signIn(provider);
import assert from "node:assert/strict";
import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { createServer } from "node:http";

import { Api } from "./api.mjs";

const CLIENT_ID = "turnpike";
const CLIENT_SECRET = "s3cret & more: 100 %";

const base64url = (value) => Buffer.from(value).toString("base64url");
const sha256 = (text) => createHash("sha256").update(text).digest();

// { kid, alg, privateKey, jwk } of a new key.
export function newKey(kid, alg = "RS256") {
  const { privateKey, publicKey } = alg === "ES256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { kid, alg, privateKey, publicKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" } };
}

export function signToken(header, claims, key) {
  const text = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  const how = key.alg === "ES256" ? { key: key.privateKey, dsaEncoding: "ieee-p1363" } : key.privateKey;
  return `${text}.${sign("sha256", Buffer.from(text), how).toString("base64url")}`;
}

// What a confused verifier would take: HMAC with the public key's text as its secret.
export function signByPublicKey(header, claims, key) {
  const text = `${base64url(JSON.stringify({ ...header, alg: "HS256" }))}.${base64url(JSON.stringify(claims))}`;
  const secret = key.publicKey.export({ type: "spki", format: "pem" });
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

class Provider {
  clientId = CLIENT_ID;
  clientSecret = CLIENT_SECRET;
  keys = [newKey("one")];
  asked = { document: 0, keys: 0, token: 0 }; // how often
  lies = {};
  #codes = new Map();
  #now;
  #server = createServer((request, response) => this.#take(request, response).catch((error) => response.destroy(error)));

  constructor(now) {
    this.#now = now;
  }

  listen() {
    return new Promise((fulfil) => this.#server.listen(0, "127.0.0.1", () => fulfil(this)));
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  get issuer() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  // How a server is told of it.
  get options() {
    return {
      args: ["--oidc-issuer", this.issuer, "--oidc-client-id", this.clientId, "--oidc-name", "Example ID"],
      env: { TURNPIKE_OIDC_CLIENT_SECRET: this.clientSecret },
    };
  }

  get document() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256", "ES256", "HS256", "none"],
      token_endpoint_auth_methods_supported: ["client_secret_basic"],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
    };
  }

  // The browser at its page, signed in as `person`: the address that it is sent back to.
  async authorize(location, person = {}) {
    const url = new URL(location);
    const query = Object.fromEntries(url.searchParams);
    assert.equal(url.origin + url.pathname, `${this.issuer}/authorize`);
    assert.equal(query.response_type, "code");
    assert.equal(query.client_id, this.clientId);
    assert.equal(query.code_challenge_method, "S256");
    assert.match(query.code_challenge, /^[\w-]{43}$/);
    assert.ok(query.scope.split(" ").includes("openid"));
    const code = randomBytes(16).toString("hex");
    this.#codes.set(code, { query, person });
    const back = { code, state: query.state, iss: this.issuer, session_state: "theirs", ...this.lies.back };
    const answer = new URL(query.redirect_uri);
    for (const [name, value] of Object.entries(back)) if (value !== null) answer.searchParams.set(name, value);
    return { query, path: answer.pathname + answer.search };
  }

  async #claims({ query, person }, accessToken) {
    const now = Math.floor(Date.parse(await this.#now()) / 1000);
    const claims = {
      iss: this.issuer,
      aud: this.clientId,
      exp: now + 300,
      iat: now,
      auth_time: now,
      nonce: query.nonce,
      at_hash: sha256(accessToken).subarray(0, 16).toString("base64url"),
      sub: "sub-1",
      ...person,
    };
    return this.lies.claims?.(claims, now) ?? claims;
  }

  async #take(request, response) {
    const parts = [];
    for await (const part of request) parts.push(part);
    const json = (status, value, headers = {}) => {
      response.writeHead(status, { "Content-Type": "application/json", ...headers });
      response.end(typeof value === "string" || Buffer.isBuffer(value) ? value : JSON.stringify(value));
    };
    if (request.url === "/.well-known/openid-configuration") {
      this.asked.document++;
      return json(200, this.lies.document?.(this.document) ?? this.document);
    }
    if (request.url === "/keys") {
      this.asked.keys++;
      return json(200, this.lies.keys?.() ?? { keys: this.keys.map(({ jwk }) => jwk) });
    }
    assert.equal(request.url, "/token");
    this.asked.token++;
    if (this.lies.token) return this.lies.token(json, response);
    return this.#redeem(request, new URLSearchParams(Buffer.concat(parts).toString()), json);
  }

  async #redeem(request, form, json) {
    const pair = `${encodeURIComponent(this.clientId)}:${encodeURIComponent(this.clientSecret)}`;
    const posts = this.document.token_endpoint_auth_methods_supported[0] !== "client_secret_basic" || this.lies.posts;
    const isClient = posts
      ? form.get("client_id") === this.clientId && form.get("client_secret") === this.clientSecret && !request.headers.authorization
      : request.headers.authorization === `Basic ${Buffer.from(pair).toString("base64")}` && !form.has("client_secret");
    if (!isClient) return json(401, { error: "invalid_client" });
    const given = this.#codes.get(form.get("code"));
    this.#codes.delete(form.get("code"));
    const isRight = given && form.get("grant_type") === "authorization_code" && form.get("redirect_uri") === given.query.redirect_uri;
    const holds = given && (this.lies.anyVerifier || base64url(sha256(form.get("code_verifier") ?? "")) === given.query.code_challenge);
    if (!isRight || !holds) return json(400, { error: "invalid_grant" });
    const accessToken = randomBytes(16).toString("hex");
    const claims = await this.#claims(given, accessToken);
    const key = this.lies.key ?? this.keys[0];
    const header = { alg: key.alg, kid: key.kid, typ: "JWT", ...this.lies.header };
    const idToken = this.lies.sign?.(header, claims, key) ?? signToken(header, claims, key);
    return json(200, { access_token: accessToken, token_type: "Bearer", expires_in: 60, id_token: idToken, ...this.lies.tokens });
  }
}

export async function startProvider(t, now) {
  const provider = await new Provider(now).listen();
  t.after(() => provider.close());
  return provider;
}

// A browser that goes there and comes back: it keeps cookies by their names, and follows nothing by itself.
export class Visitor {
  #api;
  #origin;
  cookies = new Map();

  constructor(server) {
    this.#api = new Api(server.url, { contract: server.contract });
    this.#origin = server.url;
  }

  get cookie() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async get(path, headers = {}) {
    const answer = await this.#api.get(path, { headers: { ...(this.cookies.size > 0 && { Cookie: this.cookie }), ...headers } });
    this.#keep(answer);
    return answer;
  }

  // A change, as the pages send it.
  async change(method, path, body) {
    const { csrfToken } = (await this.get("/api/session")).body;
    const headers = { Cookie: this.cookie, Origin: this.#origin, "Sec-Fetch-Site": "same-origin", ...(csrfToken && { "X-CSRF-Token": csrfToken }) };
    const answer = await this.#api.request(method, path, body, { headers });
    this.#keep(answer);
    return answer;
  }

  post(path, body = {}) {
    return this.change("POST", path, body);
  }

  put(path, body) {
    return this.change("PUT", path, body);
  }

  delete(path) {
    return this.change("DELETE", path);
  }

  #keep({ headers }) {
    for (const line of headers["set-cookie"] ?? []) {
      const [pair] = line.split(";");
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (/Max-Age=0\b/.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  // There; where it is sent.
  async begin(query = "") {
    const answer = await this.get(`/api/sign-in/oidc${query}`);
    assert.equal(answer.status, 303, answer.text);
    return answer.headers.location;
  }

  // There and back; what the server says in the end.
  async signIn(provider, person, query = "") {
    const there = await provider.authorize(await this.begin(query), person);
    return { ...there, answer: await this.get(there.path) };
  }

  close() {
    this.#api.close();
  }
}
