// The six digits an authenticator app would show (RFC 6238, SHA-1, 30 s).
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The half-minute of now, counted from 1970. */
export function presentStep() {
  return Math.floor(Date.now() / 30_000);
}

/** The code of a base-32 secret in the half-minute `step`. */
export function totp(secret, step) {
  let bits = '';
  for (const symbol of secret.replace(/[\s=]/g, '').toUpperCase()) bits += ALPHABET.indexOf(symbol).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest.at(-1) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
