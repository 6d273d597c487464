// The one-time code that an authenticator app shows for a secret at an instant (RFC 6238).
import { createHmac } from "node:crypto";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function bytesOf(base32) {
  const bits = [...base32].map((digit) => DIGITS.indexOf(digit).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

export function totp(secret, instant) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.parse(instant) / 30_000)));
  const mac = createHmac("sha1", bytesOf(secret)).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
