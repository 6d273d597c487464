// Guards that the passkey and the codes of the stories are those of the specifications: what it makes is
// what W3C's examples say, and verifies by the key that it shows.
import assert from "node:assert/strict";
import { createECDH, createHash, createPrivateKey, createPublicKey, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { Authenticator } from "./authenticator.mjs";
import { secretOf, totp } from "./totp.mjs";

const bytes = (text) => Buffer.from(text, "base64url");

async function example(name) {
  const { cases } = JSON.parse(await readFile(new URL("../vectors/webauthn.json", import.meta.url), "utf8"));
  return cases.find((vector) => vector.name === name);
}

function p256Keys(hex) {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(hex, "hex");
  const point = curve.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  const d = Buffer.from(hex, "hex").toString("base64url");
  const privateKey = createPrivateKey({ key: { kty: "EC", crv: "P-256", d, x, y }, format: "jwk" });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

test("a registration is W3C's example, byte by byte", async () => {
  const vector = await example("none-es256");
  const passkey = new Authenticator({
    origin: "https://example.org",
    keys: p256Keys(vector.privateKey),
    id: Buffer.from(vector.credentialId, "hex"),
    aaguid: Buffer.from(vector.aaguid, "hex"),
  });
  const challenge = Buffer.from(vector.registration.challenge, "hex").toString("base64url");
  const { response } = passkey.create({ challenge, pubKeyCredParams: [{ type: "public-key", alg: -7 }] }, { flags: 0x59 });
  assert.equal(bytes(response.attestationObject).toString("hex"), vector.registration.attestationObject);
  const told = JSON.parse(bytes(response.clientDataJSON).toString());
  const { extraData, ...expected } = JSON.parse(vector.registration.clientDataJSON);
  assert.deepEqual(told, expected);
  assert.ok(extraData);
});

for (const alg of [-7, -8, -257]) {
  test(`an assertion verifies by the key of its registration, algorithm ${alg}`, () => {
    const passkey = new Authenticator({ origin: "https://billing.example.com", counts: true });
    const pubKeyCredParams = [{ type: "public-key", alg: -65535 }, { type: "public-key", alg }];
    const made = passkey.create({ challenge: "AAAA", pubKeyCredParams, user: { id: "YWRh" } });
    assert.equal(made.response.publicKeyAlgorithm, alg);
    const { id, response } = passkey.get({ challenge: "BBBB", allowCredentials: [{ id: passkey.id }] });
    assert.equal(id, made.id);
    assert.equal(response.userHandle, "YWRh");
    const data = bytes(response.authenticatorData);
    assert.equal(data[32], 0x05);
    assert.equal(data.readUInt32BE(33), 1);
    const hash = createHash("sha256").update(bytes(response.clientDataJSON)).digest();
    const key = createPublicKey({ key: bytes(made.response.publicKey), type: "spki", format: "der" });
    const message = Buffer.concat([data, hash]);
    assert.ok(verify(alg === -8 ? null : "sha256", message, key, bytes(response.signature)));
  });
}

test("it refuses as a browser does", () => {
  const passkey = new Authenticator({ origin: "https://example.org" });
  const pubKeyCredParams = [{ type: "public-key", alg: -8 }];
  const excludeCredentials = [{ id: passkey.id }];
  assert.throws(() => passkey.create({ challenge: "", pubKeyCredParams, excludeCredentials }), /InvalidStateError/);
  assert.throws(() => passkey.create({ challenge: "", pubKeyCredParams: [{ alg: -39 }] }), /NotSupportedError/);
  passkey.create({ challenge: "", pubKeyCredParams });
  assert.throws(() => passkey.get({ challenge: "", allowCredentials: [{ id: "other" }] }), /NotAllowedError/);
});

test("lies are signed", () => {
  const passkey = new Authenticator({ origin: "https://example.org", syncs: true });
  passkey.create({ challenge: "", pubKeyCredParams: [{ type: "public-key", alg: -7 }] });
  const lies = { clientData: { origin: "https://evil.test" }, flags: 0, signCount: 9, rpId: "evil.test" };
  const { response } = passkey.get({ challenge: "AAAA" }, lies);
  assert.equal(JSON.parse(bytes(response.clientDataJSON)).origin, "https://evil.test");
  const data = bytes(response.authenticatorData);
  assert.deepEqual(data.subarray(0, 32), createHash("sha256").update("evil.test").digest());
  assert.deepEqual([data[32], data.readUInt32BE(33)], [0, 9]);
});

test("codes are those of RFC 6238", () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  const codes = [[59, "287082"], [1111111109, "081804"], [1234567890, "005924"], [20000000000, "353130"]];
  for (const [seconds, code] of codes) assert.equal(totp(secret, seconds * 1000), code);
  assert.equal(totp("gezd gnbv-gy3t qojq gezd gnbv gy3t qojq", 59_000), "287082");
  assert.throws(() => totp("0189", 0), /no base32/);
  assert.equal(secretOf(`otpauth://totp/a:b?secret=${secret}&issuer=a`), secret);
});
