// A passkey in software: makes registrations and assertions as a browser would (Web Authentication Level 3),
// with a key of ES256.
import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";

const b64 = (bytes) => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

const head = (major, length) =>
  length < 24 ? Buffer.from([(major << 5) | length])
    : length < 256 ? Buffer.from([(major << 5) | 24, length])
      : Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
const int = (value) => (value >= 0 ? head(0, value) : head(1, -1 - value));
const bytes = (value) => Buffer.concat([head(2, value.length), value]);
const text = (value) => Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
const map = (pairs) => Buffer.concat([head(5, pairs.length), ...pairs.flat()]);

const [UP, UV, AT] = [1, 4, 64];

export class Authenticator {
  #origin;
  #key = generateKeyPairSync("ec", { namedCurve: "P-256" });
  #count = 0;
  id = randomBytes(32);

  // `origin` is that of the page; each answer may change what it says, to be refused.
  constructor(origin) {
    this.#origin = origin;
  }

  #clientData(type, challenge, { origin = this.#origin, ...more } = {}) {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...more }));
  }

  #data(rpId, flags, tail = Buffer.alloc(0), count = this.#count) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(count);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), counter, tail]);
  }

  register({ challenge, rpId }, { flags = UP | UV, clientData = {}, ...more } = {}) {
    const jwk = this.#key.publicKey.export({ format: "jwk" });
    const cose = map([
      [int(1), int(2)], [int(3), int(-7)], [int(-1), int(1)],
      [int(-2), bytes(Buffer.from(jwk.x, "base64url"))], [int(-3), bytes(Buffer.from(jwk.y, "base64url"))],
    ]);
    const length = Buffer.from([0, this.id.length]);
    const data = this.#data(more.rpId ?? rpId, flags | AT, Buffer.concat([Buffer.alloc(16), length, this.id, cose]));
    const attestation = map([[text("fmt"), text("none")], [text("attStmt"), map([])], [text("authData"), bytes(data)]]);
    return { clientDataJSON: b64(this.#clientData("webauthn.create", challenge, clientData)), attestationObject: b64(attestation) };
  }

  assert({ challenge, rpId }, { flags = UP | UV, clientData = {}, count, ...more } = {}) {
    this.#count = count ?? this.#count + 1;
    const client = this.#clientData("webauthn.get", challenge, clientData);
    const data = this.#data(more.rpId ?? rpId, flags);
    const signature = createSign("sha256").update(Buffer.concat([data, sha256(client)])).sign(this.#key.privateKey);
    return { credentialId: b64(this.id), clientDataJSON: b64(client), authenticatorData: b64(data), signature: b64(signature) };
  }
}
