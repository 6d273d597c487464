// A passkey without a device, for stories that need no browser: it answers the options of a server as
// navigator.credentials.create() and .get() do, in the form of PublicKeyCredential.toJSON() (Web
// Authentication Level 3, 5.1). With `lies` it says what no honest one would, and signs that.
//
//     const passkey = new Authenticator({ origin: server.url });
//     const { body: options } = await api.post("/api/…/options");
//     await api.post("/api/…", passkey.create(options.publicKey));
//     await api.post("/api/…", passkey.get(options.publicKey, { signCount: 1 }));
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

const FLAG = { present: 0x01, verified: 0x04, eligible: 0x08, backedUp: 0x10, credential: 0x40 };

// The algorithms that servers may offer, by their numbers in COSE (RFC 9053, RFC 8812).
const ALGORITHMS = new Map([
  [-7, { make: () => generateKeyPairSync("ec", { namedCurve: "P-256" }), hash: "sha256" }],
  [-8, { make: () => generateKeyPairSync("ed25519"), hash: null }],
  [-257, { make: () => generateKeyPairSync("rsa", { modulusLength: 2048 }), hash: "sha256" }],
]);

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
const toBytes = (base64url) => Buffer.from(base64url, "base64url");

/** CBOR of integers, texts, bytes and Maps, in the order in which they are given. */
export function encodeCbor(value) {
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Map) {
    const members = [...value].flatMap(([key, member]) => [encodeCbor(key), encodeCbor(member)]);
    return Buffer.concat([head(5, value.size), ...members]);
  }
  return Buffer.concat([head(2, value.length), value]);
}

function head(type, number) {
  if (number < 24) return Buffer.from([(type << 5) | number]);
  if (number < 256) return Buffer.from([(type << 5) | 24, number]);
  return Buffer.from([(type << 5) | 25, number >> 8, number & 255]);
}

// COSE_Key, its members in canonical order.
function encodeKey(algorithm, publicKey) {
  const jwk = publicKey.export({ format: "jwk" });
  const part = (name) => toBytes(jwk[name]);
  if (algorithm === -7) return encodeCbor(new Map([[1, 2], [3, -7], [-1, 1], [-2, part("x")], [-3, part("y")]]));
  if (algorithm === -8) return encodeCbor(new Map([[1, 1], [3, -8], [-1, 6], [-2, part("x")]]));
  return encodeCbor(new Map([[1, 3], [3, -257], [-1, part("n")], [-2, part("e")]]));
}

export class Authenticator {
  #keys;
  #id;
  #aaguid;
  #algorithm;
  #signCount = 0;

  /** `keys`, `id` and `aaguid` are drawn unless given. `counts`: whether each use has a number, as on a
   * key of hardware; passkeys that sync have none. */
  constructor({ origin, rpId, keys, id, aaguid, verifiesUser = true, syncs = false, counts = false } = {}) {
    this.origin = origin;
    this.rpId = rpId ?? new URL(origin).hostname;
    this.verifiesUser = verifiesUser;
    this.syncs = syncs;
    this.counts = counts;
    this.#keys = keys;
    this.#id = id ?? randomBytes(32);
    this.#aaguid = aaguid ?? Buffer.alloc(16);
  }

  get id() {
    return this.#id.toString("base64url");
  }

  /** Answers PublicKeyCredentialCreationOptionsJSON: makes the key, of the first algorithm that it knows. */
  create(options, lies = {}) {
    const excluded = (options.excludeCredentials ?? []).some(({ id }) => id === this.id);
    if (excluded) throw new Error("InvalidStateError: this authenticator is registered already");
    this.#algorithm = options.pubKeyCredParams.map(({ alg }) => alg).find((alg) => ALGORITHMS.has(alg));
    if (this.#algorithm === undefined) throw new Error("NotSupportedError: no algorithm that is known");
    this.#keys ??= ALGORITHMS.get(this.#algorithm).make();
    this.userHandle = options.user?.id;
    const clientData = this.#clientData("webauthn.create", options.challenge, lies);
    const length = Buffer.from([this.#id.length >> 8, this.#id.length & 255]);
    const key = lies.key ?? encodeKey(this.#algorithm, this.#keys.publicKey);
    const data = Buffer.concat([this.#head(FLAG.credential, lies), this.#aaguid, length, this.#id, key]);
    const attestation = encodeCbor(new Map([["fmt", "none"], ["attStmt", new Map()], ["authData", data]]));
    return this.#credential({
      clientDataJSON: clientData.toString("base64url"),
      attestationObject: (lies.attestationObject ?? attestation).toString("base64url"),
      authenticatorData: data.toString("base64url"),
      publicKey: this.#keys.publicKey.export({ type: "spki", format: "der" }).toString("base64url"),
      publicKeyAlgorithm: this.#algorithm,
      transports: ["internal"],
    });
  }

  /** Answers PublicKeyCredentialRequestOptionsJSON. */
  get(options, lies = {}) {
    const allowed = options.allowCredentials ?? [];
    if (allowed.length > 0 && !allowed.some(({ id }) => id === this.id)) {
      throw new Error("NotAllowedError: none of these credentials is here");
    }
    if (this.counts) this.#signCount++;
    const clientData = this.#clientData("webauthn.get", options.challenge, lies);
    const data = this.#head(0, lies);
    const { hash } = ALGORITHMS.get(this.#algorithm);
    const signature = sign(hash, Buffer.concat([data, sha256(clientData)]), this.#keys.privateKey);
    return this.#credential({
      clientDataJSON: clientData.toString("base64url"),
      authenticatorData: data.toString("base64url"),
      signature: (lies.signature ?? signature).toString("base64url"),
      userHandle: this.userHandle,
    });
  }

  #clientData(type, challenge, lies) {
    const members = { type, challenge, origin: this.origin, crossOrigin: false, ...lies.clientData };
    return Buffer.from(JSON.stringify(members));
  }

  // Section 6.1: the hash of the rp id, flags, the count.
  #head(flags, lies) {
    const honest = flags | FLAG.present | (this.verifiesUser ? FLAG.verified : 0) |
      (this.syncs ? FLAG.eligible | FLAG.backedUp : 0);
    const bytes = Buffer.alloc(37);
    sha256(lies.rpId ?? this.rpId).copy(bytes);
    bytes[32] = lies.flags ?? honest;
    bytes.writeUInt32BE(lies.signCount ?? this.#signCount, 33);
    return bytes;
  }

  #credential(response) {
    return {
      id: this.id,
      rawId: this.id,
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response,
    };
  }
}
