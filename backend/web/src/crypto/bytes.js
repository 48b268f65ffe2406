// Bytes, words and hashes as the protocol writes them (protocol §1).

import { keccak_256 } from "@noble/hashes/sha3.js";

/** Keccak-256 of bytes, 32 bytes. */
export const keccak = (bytes) => keccak_256(bytes);

/** UTF-8 bytes of a text. */
export const utf8 = (text) => new TextEncoder().encode(text);

/** Bytes of `0x…`. Throws a RangeError when it is not whole bytes in hex. */
export function fromHex(text) {
  if (typeof text !== "string" || !/^0x([0-9a-fA-F]{2})*$/.test(text)) throw new RangeError("not bytes in hex");
  const bytes = new Uint8Array((text.length - 2) / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16);
  return bytes;
}

/** `0x…` in lower case. */
export const toHex = (bytes) => "0x" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The parts, one after the other. */
export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A whole number (number, bigint, decimal or 0x text) as 32 big-endian bytes. Throws a RangeError outside 0 .. 2^256-1. */
export function word(value) {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new RangeError("not a whole number that is exact");
  const number = BigInt(value);
  if (number < 0n || number >= 1n << 256n) throw new RangeError("not a word");
  return fromHex("0x" + number.toString(16).padStart(64, "0"));
}

/** The number that big-endian bytes stand for. */
export const toNumber = (bytes) => (bytes.length ? BigInt(toHex(bytes)) : 0n);

/** Whether two byte strings are the same. */
export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
