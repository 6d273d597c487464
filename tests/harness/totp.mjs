// One-time codes of an authenticator app (RFC 6238), for stories.
import { createHmac } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_MS = 30_000;

/** The six digits of a base32 secret at an instant, in milliseconds since 1970. */
export function totp(secret, atMs) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / STEP_MS)));
  const mac = createHmac("sha1", decodeBase32(secret)).update(counter).digest();
  const bits = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(bits % 1_000_000).padStart(6, "0");
}

/** The secret in an otpauth:// URL. */
export function secretOf(url) {
  return new URL(url).searchParams.get("secret");
}

function decodeBase32(text) {
  const digits = [...text.replace(/[ -]/g, "").toUpperCase()].map((digit) => ALPHABET.indexOf(digit));
  if (digits.includes(-1)) throw new Error(`no base32: ${text}`);
  const bits = digits.map((digit) => digit.toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}
