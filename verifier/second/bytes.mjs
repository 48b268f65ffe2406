// Bytes are Buffers, whole numbers are BigInts.
import { keccak_256 } from "@noble/hashes/sha3.js";

export const ZERO = Buffer.alloc(32);

/** Bytes as hex with 0x. */
export const hex = (bytes) => "0x" + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");

/** Bytes of hex with 0x, an even number of digits in either case; null for anything else. */
export function raw(text) {
  if (typeof text !== "string" || !text.startsWith("0x") || text.length % 2) return null;
  const found = Buffer.from(text.slice(2), "hex"); // which stops at the first letter that is no digit
  return 2 * found.length === text.length - 2 ? found : null;
}

export const join = (...parts) => Buffer.concat(parts);
export const ascii = (text) => Buffer.from(text, "latin1");
export const same = (a, b) => Buffer.compare(a, b) === 0;

/** The whole number of big-endian bytes. */
export const number = (bytes) => (bytes.length ? BigInt(hex(bytes)) : 0n);

/** A whole number as big-endian bytes of that length, which it fits. */
export const sized = (value, length) =>
  Buffer.from(
    BigInt(value)
      .toString(16)
      .padStart(2 * length, "0"),
    "hex",
  );

/** A number, a truth value, or bytes of at most 32, as one word of 32 bytes. */
export function word(value) {
  if (!Buffer.isBuffer(value)) return sized(value, 32);
  return value.length === 32 ? value : Buffer.concat([Buffer.alloc(32 - value.length), value]);
}

/** Keccak-256 of the parts, one behind the other. */
export function keccak(...parts) {
  const found = keccak_256(parts.length === 1 ? parts[0] : Buffer.concat(parts));
  return Buffer.from(found.buffer, found.byteOffset, found.length);
}
