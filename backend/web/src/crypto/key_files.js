// Key files: plain, {"private_key": "0x…"}, or locked with a password (Web3 Secret Storage, version 3, PBKDF2), as `lendervote key make` writes them.

import { fromHex, join, keccak, same, toHex, utf8 } from "./bytes.js";
import { readKeyFile } from "./keys.js";

const MOST_ROUNDS = 10_000_000; // a file must not keep a page busy for minutes

/** The password does not open the file. */
export class PasswordWrong extends Error {}

/** Whether a file's text is a locked key file. */
export function isLocked(text) {
  try {
    return JSON.parse(text)?.version === 3;
  } catch {
    return false;
  }
}

/** The private key, 32 bytes; the password counts for a locked file only. Throws a RangeError for no key file, PasswordWrong. */
export async function openKeyFile(text, password = "") {
  if (!isLocked(text)) return readKeyFile(text);
  const { crypto: locked } = JSON.parse(text);
  const { cipher, ciphertext, salt, rounds, iv, mac } = partsOf(locked);
  const secret = await crypto.subtle.importKey("raw", utf8(password.normalize("NFKC")), "PBKDF2", false, ["deriveBits"]);
  const derived = new Uint8Array(
    await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, secret, 256),
  );
  if (!same(keccak(join(derived.subarray(16), ciphertext)), mac)) throw new PasswordWrong();
  const key = await crypto.subtle.importKey("raw", derived.subarray(0, 16), cipher, false, ["decrypt"]);
  const plain = new Uint8Array(await crypto.subtle.decrypt({ name: cipher, counter: iv, length: 128 }, key, ciphertext));
  return readKeyFile(JSON.stringify({ private_key: toHex(plain) }));
}

function partsOf(locked) {
  const { cipher, ciphertext, cipherparams, kdf, kdfparams, mac } = locked ?? {};
  const right = cipher === "aes-128-ctr" && kdf === "pbkdf2" && kdfparams?.prf === "hmac-sha256" && kdfparams.dklen === 32;
  const rounds = kdfparams?.c;
  if (!right || !Number.isInteger(rounds) || rounds < 1 || rounds > MOST_ROUNDS)
    throw new RangeError("not a key file that this page opens");
  const [sealed, salt, iv, check] = [ciphertext, kdfparams.salt, cipherparams?.iv, mac].map(bytesIn);
  if (sealed.length !== 32 || iv.length !== 16 || check.length !== 32) throw new RangeError("not a key file");
  return { cipher: "AES-CTR", ciphertext: sealed, salt, rounds, iv, mac: check };
}

function bytesIn(text) {
  if (typeof text !== "string" || !/^(0x)?([0-9a-fA-F]{2})+$/.test(text)) throw new RangeError("not a key file");
  return fromHex("0x" + text.replace(/^0x/, ""));
}
