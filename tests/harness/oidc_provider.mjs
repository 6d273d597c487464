// An OpenID provider that is not ours: the package oidc-provider, with a page for signing in, on this machine. It keeps
// the real time, so that the server must as well.
//
//   const provider = await startOidcProvider(t);
//   const server = await startServer(t, { testClock: null, ...provider.options });
//   provider.serve(server.url);
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

import Provider from "oidc-provider";

const CLIENT_ID = "turnpike";
const CLIENT_SECRET = "a secret of 32 characters, or so";
const LONG_AGO_S = 3600;

// What people are there; `amr` is what the page asked them for, and `isOld` that it was long ago.
const PEOPLE = {
  ada: { email: "ada@example.com", email_verified: true, name: "Ada", amr: ["pwd", "otp"] },
  bob: { email: "bob@example.com", email_verified: true, name: "Bob", amr: ["pwd"] },
  eve: { email: "eve@example.com", email_verified: false, name: "Eve", amr: ["pwd"] },
};

class Outside {
  #server = createServer((request, response) => this.#handle(request, response));
  #handle;

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

  get options() {
    return {
      args: ["--oidc-issuer", this.issuer, "--oidc-client-id", CLIENT_ID, "--oidc-name", "Example ID"],
      env: { TURNPIKE_OIDC_CLIENT_SECRET: CLIENT_SECRET },
    };
  }

  // Knows the server that listens at `url` from now on.
  serve(url) {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const provider = new Provider(this.issuer, {
      clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [`${url}/api/sign-in/oidc/callback`] }],
      jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "own", alg: "RS256", use: "sig" }] },
      cookies: { keys: ["for a test"] },
      claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], acr: null, amr: null, auth_time: null },
      features: { devInteractions: { enabled: false }, claimsParameter: { enabled: true } },
      pkce: { required: () => true },
      findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
      interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
      loadExistingGrant: (context) => grantAll(provider, context),
    });
    const rest = provider.callback();
    this.#handle = (request, response) => {
      const isPage = request.url.startsWith("/interaction/");
      const work = isPage ? this.#interact(provider, request, response) : rest(request, response);
      Promise.resolve(work).catch((error) => response.destroy(error));
    };
  }

  async #interact(provider, request, response) {
    if (request.method === "GET") {
      const { params } = await provider.interactionDetails(request, response);
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
      response.end(`<!doctype html><html lang="en"><title>Example ID</title><link rel="icon" href="data:,"><form method="post"><label>Login <input name="login"></label><button>Sign in</button><output>${params.prompt ?? ""}</output></form></html>`);
      return;
    }
    const parts = [];
    for await (const part of request) parts.push(part);
    const login = new URLSearchParams(Buffer.concat(parts).toString()).get("login");
    const { params } = await provider.interactionDetails(request, response);
    const isOld = params.prompt !== "login";
    const ts = Math.floor(Date.now() / 1000) - (isOld ? LONG_AGO_S : 0);
    await provider.interactionFinished(request, response, { login: { accountId: login, amr: PEOPLE[login].amr, ts } });
  }
}

async function grantAll(provider, { oidc }) {
  const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope("openid email profile");
  grant.addOIDCClaims(["email", "email_verified", "name", "auth_time", "amr"]);
  await grant.save();
  return grant;
}

export async function startOidcProvider(t) {
  const provider = await new Outside().listen();
  t.after(() => provider.close());
  return provider;
}
